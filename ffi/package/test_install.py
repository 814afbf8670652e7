"""What `make install` and `make dist` hand out serves programs outside the repository."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import install
import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PROGRAMS = HERE / "programs"
VERSION = re.findall(r'^version = "(.*)"$', (REPOSITORY / "Cargo.toml").read_text(), re.MULTILINE)[0]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(*command: str | Path, at: Path | None = None, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=at,
        env=clean_environment() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


def clean_environment() -> dict[str, str]:
    """Without what would lead to the library by another way, or make this `make` part of the outer one."""
    ours = ("LD_", "PKG_CONFIG", "CMAKE", "MAKE", "MFLAGS", "CGO_", "PREFIX", "DESTDIR", "TARGET")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def make(*arguments: str) -> str:
    return run("make", "--no-print-directory", *arguments, at=REPOSITORY)


@pytest.fixture(scope="session")
def archive() -> Path:
    make("dist")
    (found,) = (REPOSITORY / "target/dist").glob(f"libpagecrypt-{VERSION}-*-linux-gnu.tar.gz")
    return found


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefix with a space in its name."""
    folder = tmp_path_factory.mktemp("a prefix")
    make("install", f"PREFIX={folder}")
    return folder


@pytest.fixture(scope="session")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("an archive")
    run("tar", "-xf", archive, at=folder)
    (top,) = folder.iterdir()
    return top


@pytest.fixture(params=["installed", "unpacked"])
def prefix(request: pytest.FixtureRequest) -> Path:
    """Either way of getting it."""
    found: Path = request.getfixturevalue(request.param)
    return found


def flags(prefix: Path, *arguments: str) -> list[str]:
    """What pkg-config prints, one flag each: the shell would take away what it quotes."""
    printed = run("pkg-config", *arguments, "pagecrypt", PKG_CONFIG_PATH=str(prefix / "lib/pkgconfig"))
    return [re.sub(r"\\(.)", r"\1", flag) for flag in re.findall(r"(?:\\.|\S)+", printed)]


def cc(at: Path, source: str, *arguments: str | Path) -> Path:
    run("cc", "-std=c99", *STRICT, PROGRAMS / source, *arguments, "-o", at / "program")
    return at / "program"


def libraries_of(program: Path) -> set[str]:
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", program)))


C_SAYS = f"pagecrypt {VERSION}, abi 0: pages opened\n"


def test_a_c_program_finds_the_shared_library_through_pkg_config(prefix: Path, tmp_path: Path) -> None:
    program = cc(tmp_path, "pages.c", *flags(prefix, "--cflags", "--libs"))
    assert "libpagecrypt.so.0" in libraries_of(program)
    assert run(program, LD_LIBRARY_PATH=str(prefix / "lib")) == C_SAYS
    program = cc(tmp_path, "pages.c", *flags(prefix, "--cflags", "--libs"), f"-Wl,-rpath,{prefix / 'lib'}")
    assert run(program) == C_SAYS


def test_a_c_program_is_wholly_static_through_pkg_config(prefix: Path, tmp_path: Path) -> None:
    # The linker warns of SQLite's dlopen; the compiler's warnings stay errors.
    program = cc(tmp_path, "pages.c", *flags(prefix, "--cflags", "--libs", "--static"), "-static")
    assert libraries_of(program) == set()
    assert run(program) == C_SAYS


def test_the_static_library_alone_is_enough(prefix: Path, tmp_path: Path) -> None:
    private = [flag for flag in flags(prefix, "--libs", "--static") if "pagecrypt" not in flag]
    program = cc(tmp_path, "pages.c", f"-I{prefix / 'include'}", prefix / "lib/libpagecrypt.a", *private)
    assert not any("pagecrypt" in name for name in libraries_of(program))
    assert run(program) == C_SAYS


@pytest.mark.parametrize(
    ("target", "options", "shared"),
    [
        ("pagecrypt::shared", [], True),
        ("pagecrypt::static", [], False),
        ("pagecrypt::pagecrypt", [], True),
        ("pagecrypt::pagecrypt", ["-DPAGECRYPT_STATIC=ON"], False),
    ],
)
def test_a_cpp_program_finds_it_through_cmake(
    prefix: Path, tmp_path: Path, target: str, options: list[str], shared: bool
) -> None:
    where = [f"-DCMAKE_PREFIX_PATH={prefix}", f"-DTARGET={target}", *options]
    run("cmake", "-S", PROGRAMS, "-B", tmp_path, *where)
    run("cmake", "--build", tmp_path)
    assert ("libpagecrypt.so.0" in libraries_of(tmp_path / "outside")) is shared
    assert run(tmp_path / "outside") == f"pagecrypt {VERSION}, C++: pages opened\n"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(VERSION, True), ("0.1", True), (f"{VERSION};EXACT", True), ("0.0.9", False), ("0.2", False), ("1.0", False)],
)
def test_cmake_takes_only_versions_that_fit(installed: Path, tmp_path: Path, wanted: str, found: bool) -> None:
    done = subprocess.run(
        [
            *("cmake", "-S", PROGRAMS, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={installed}"),
            *(f"-DWANTED={wanted}", "-DTARGET=pagecrypt::shared"),
        ],
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) is found, done.stderr


def test_a_program_keeps_its_own_sqlite(installed: Path, tmp_path: Path) -> None:
    libraries = ["-lsqlite3", str(installed / "lib/libpagecrypt.a")]
    version = run("pkg-config", "--modversion", "sqlite3").strip()
    for order in (libraries, libraries[::-1]):
        folder = tmp_path / order[0].rpartition("/")[2]
        folder.mkdir()
        program = cc(folder, "own_sqlite.c", f"-I{installed / 'include'}", *order, "-lm")
        assert run(program, at=folder) == f"sqlite {version} its own: sum 42, encrypted -1, again 42\n"


def test_a_program_keeps_its_own_static_sqlite(installed: Path, tmp_path: Path) -> None:
    archive = run("cc", "-print-file-name=libsqlite3.a").strip()
    program = cc(
        tmp_path, "own_sqlite.c", f"-I{installed / 'include'}", archive, installed / "lib/libpagecrypt.a", "-lm"
    )
    assert "its own: sum 42, encrypted -1, again 42" in run(program, at=tmp_path)


@pytest.mark.parametrize("ours_first", [True, False])
def test_another_rust_library_may_stand_beside_it(installed: Path, tmp_path: Path, ours_first: bool) -> None:
    other = tmp_path / "libother.a"
    run("rustc", "--edition=2024", "--crate-type=staticlib", "-O", PROGRAMS / "other.rs", "-o", other)
    libraries: list[Path] = [installed / "lib/libpagecrypt.a", other]
    order = libraries if ours_first else libraries[::-1]
    program = cc(tmp_path, "beside_rust.c", f"-I{installed / 'include'}", *order, "-lm")
    assert run(program) == "other: caught, ours: invalid_argument\n"


def test_the_static_library_may_become_part_of_a_shared_one(installed: Path, tmp_path: Path) -> None:
    """As bindings for other languages do it; -z text refuses code that would have to be changed when it is loaded."""
    (tmp_path / "binding.c").write_text("#include <pagecrypt.h>\nint bound(void) { return !pagecrypt_version(); }\n")
    strict = ["-shared", "-fPIC", "-Wl,-z,text", "-Wl,-z,defs", f"-I{installed / 'include'}"]
    sources = [tmp_path / "binding.c", installed / "lib/libpagecrypt.a"]
    run("cc", *strict, *sources, "-lm", "-o", tmp_path / "libbinding.so")
    assert ctypes.CDLL(str(tmp_path / "libbinding.so")).bound() == 0


@pytest.mark.parametrize("tags", ["", "pagecrypt_system"])
def test_a_go_program_uses_the_module(prefix: Path, tmp_path: Path, tags: str) -> None:
    """The archive has the module with its library; with the tag, it links the library that pkg-config finds."""
    module = prefix / "go" if (prefix / "go").exists() else REPOSITORY / "go"
    name = (module / "go.mod").read_text().split()[1]
    (tmp_path / "main.go").write_text((PROGRAMS / "pages.go").read_text().replace("MODULE", name))
    (tmp_path / "go.mod").write_text(
        f'module outside\n\ngo 1.24\n\nrequire {name} v0.0.0\n\nreplace {name} => "{module}"\n'
    )
    where = {"GOPROXY": "off", "GOFLAGS": "", "PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    run("go", "build", f"-tags={tags}", "-o", "program", ".", at=tmp_path, **where)
    assert ("libpagecrypt.so.0" in libraries_of(tmp_path / "program")) is bool(tags)
    assert run(tmp_path / "program", LD_LIBRARY_PATH=str(prefix / "lib")) == "Go: pages opened\n"


def test_the_commands_of_its_readme_work(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "prefix").symlink_to(unpacked)
    environment = {"prefix": str(tmp_path / "prefix"), "GOPROXY": "off", "GOFLAGS": ""}
    of_c, of_go = re.findall(r"```sh\n(.*?)```", (unpacked / "README.md").read_text(), re.DOTALL)

    (tmp_path / "c").mkdir()
    shutil.copyfile(PROGRAMS / "pages.c", tmp_path / "c/program.c")
    script = re.sub(r"^(cc .*)$", r"\1\n./a.out", of_c, flags=re.MULTILINE)
    assert run("bash", "-ec", script, at=tmp_path / "c", **environment).count(C_SAYS) == 3

    (tmp_path / "go").mkdir()
    (tmp_path / "go/main.go").write_text((PROGRAMS / "pages.go").read_text().replace("MODULE", "libpagecrypt/go"))
    (tmp_path / "go/go.mod").write_text("module outside\n\ngo 1.24\n")
    assert run("bash", "-ec", f"{of_go}\n./outside", at=tmp_path / "go", **environment) == "Go: pages opened\n"


def test_the_command_comes_with_its_manual_and_completions(prefix: Path) -> None:
    command = prefix / "bin/pagecrypt"
    assert run(command, "--version") == f"pagecrypt {VERSION}\n"
    listed = re.findall(r"^  ([a-z]+)", run(command, "--help").split("Commands:")[1].split("\n\n")[0], re.MULTILINE)
    pages = {path.name for path in (prefix / "share/man/man1").iterdir()}
    nested = {"pagecrypt-record-seal.1", "pagecrypt-record-open.1"}
    assert pages == {"pagecrypt.1"} | nested | {f"pagecrypt-{name}.1" for name in listed if name != "help"}
    assert ".TH pagecrypt 1" in (prefix / "share/man/man1/pagecrypt.1").read_text()
    run("bash", "-n", prefix / "share/bash-completion/completions/pagecrypt")
    assert (prefix / "share/zsh/site-functions/_pagecrypt").read_text().startswith("#compdef pagecrypt")
    assert "complete -c pagecrypt" in (prefix / "share/fish/vendor_completions.d/pagecrypt.fish").read_text()


def test_nothing_installed_names_the_place_where_it_was_built(prefix: Path) -> None:
    for path in prefix.rglob("*"):
        if path.is_file() and path.suffix in {".pc", ".cmake", ".h", ".hpp", ".md", ".json", ".1"}:
            assert str(REPOSITORY) not in path.read_text(), path
            assert str(prefix) not in path.read_text(), path


# --- installing and uninstalling -------------------------------------------------------------------------------------


def tree(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_uninstalling_leaves_the_prefix_as_it_was(tmp_path: Path) -> None:
    make("install", f"PREFIX={tmp_path}")
    make("install", f"PREFIX={tmp_path}")
    assert (tmp_path / "lib/libpagecrypt.so").is_file()
    make("uninstall", f"PREFIX={tmp_path}")
    assert tree(tmp_path) == set()


def test_destdir_stands_before_the_prefix(tmp_path: Path) -> None:
    make("install", "PREFIX=/usr", f"DESTDIR={tmp_path}")
    assert (tmp_path / "usr/include/pagecrypt.h").is_file()
    make("uninstall", "PREFIX=/usr", f"DESTDIR={tmp_path}")
    assert tree(tmp_path / "usr") == set()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "lib/pkgconfig").mkdir(parents=True)
    (folder / "lib/pkgconfig/pagecrypt.pc").write_text("new")
    (folder / "lib/libpagecrypt.so.0.1.0").write_text("library")
    (folder / "lib/libpagecrypt.so").symlink_to("libpagecrypt.so.0.1.0")
    return folder


def test_what_others_installed_stays(tmp_path: Path, built: Path) -> None:
    prefix = tmp_path / "prefix"
    (prefix / "lib/empty").mkdir(parents=True)
    (prefix / "lib/other.so").write_text("other")
    before = tree(prefix)
    install.install(built, prefix)
    (prefix / "lib/pkgconfig/other.pc").write_text("came later")
    install.uninstall(prefix)
    assert tree(prefix) == before | {"lib/pkgconfig", "lib/pkgconfig/other.pc"}


def test_a_later_version_takes_away_what_it_does_not_bring(tmp_path: Path, built: Path) -> None:
    prefix = tmp_path / "prefix"
    install.install(built, prefix)
    (built / "lib/libpagecrypt.so.0.1.0").rename(built / "lib/libpagecrypt.so.0.2.0")
    (built / "lib/libpagecrypt.so").unlink()
    (built / "lib/libpagecrypt.so").symlink_to("libpagecrypt.so.0.2.0")
    install.install(built, prefix)
    assert {name for name in tree(prefix / "lib") if ".so" in name} == {"libpagecrypt.so", "libpagecrypt.so.0.2.0"}
    install.uninstall(prefix)
    assert tree(prefix) == set()


def test_a_library_in_use_is_replaced_and_not_overwritten(tmp_path: Path, built: Path) -> None:
    prefix = tmp_path / "prefix"
    install.install(built, prefix)
    with (prefix / "lib/libpagecrypt.so.0.1.0").open() as used:
        (built / "lib/libpagecrypt.so.0.1.0").write_text("newer")
        install.install(built, prefix)
        assert used.read() == "library"
    assert (prefix / "lib/libpagecrypt.so").read_text() == "newer"


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "lib/../../outside"])
def test_a_list_that_leads_out_of_the_prefix_is_refused(tmp_path: Path, built: Path, name: str) -> None:
    prefix = tmp_path / "prefix"
    install.install(built, prefix)
    with (prefix / install.LIST).open("a") as installed:
        installed.write(f"{name}\n")
    (tmp_path / "outside").write_text("mine")
    assert install.main(["uninstall", str(prefix)]) == 1
    assert (tmp_path / "outside").exists()


@pytest.mark.parametrize("arguments", [["uninstall", "/nowhere"], ["install", "x", "relative/prefix"]])
def test_a_wrong_prefix_is_an_error(arguments: list[str]) -> None:
    assert install.main(arguments) == 1


# --- the archive -----------------------------------------------------------------------------------------------------


def test_the_archive_has_what_one_looks_for_and_its_checksum_fits(archive: Path) -> None:
    top = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as packed:
        members = packed.getmembers()
    names = [member.name for member in members]
    for name in ("README.md", "CHANGELOG.md", "LICENSE-MIT", "libpagecrypt.cdx.json", "include/pagecrypt.h"):
        assert f"{top}/{name}" in names
    assert f"{top}/lib/libpagecrypt.so.{VERSION}" in names
    bundled = {f"{top}/{path.relative_to(REPOSITORY)}" for path in (REPOSITORY / "go/lib").glob("*/libpagecrypt.a")}
    assert bundled
    assert bundled == {name for name in names if name.startswith(f"{top}/go/lib/") and name.endswith(".a")}
    assert names == sorted(names)
    assert {(member.uid, member.gid, member.uname) for member in members} == {(0, 0, "root")}
    assert len({member.mtime for member in members}) == 1
    assert run("sha256sum", "--check", "SHA256SUMS", at=archive.parent)


def test_the_same_sources_give_the_same_archive(archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()
    shutil.rmtree(REPOSITORY / "target/prefix")
    make("dist")
    assert archive.read_bytes() == before
