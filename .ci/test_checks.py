"""Each check passes what is right and fails on what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import check_commands
import check_layering
import check_package
import check_paths
import check_unsafe
import check_versions
import machine_code
import pytest
from rust_source import code_only, without_unit_tests

SETUP = Path(__file__).parent / "setup"
STEP = Path(__file__).parent / "step"
SIDE_BY_SIDE = Path(__file__).parent / "side_by_side"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


# --- Rust source -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "// word",
        "/* word */",
        "/* /* nested */ word */",
        '"word"',
        '"\\" word"',
        'r#"" word"#',
        'b"word"',
        '#[doc = "word"]',
        "#[cfg(test)]\nmod tests { fn f() { word } }",
        "#[cfg(test)]\n#[allow(x)]\nmod tests { fn f() { { word } } }",
    ],
)
def test_comments_texts_and_unit_tests_are_not_code(source: str) -> None:
    assert "word" not in without_unit_tests(code_only(source))


@pytest.mark.parametrize(
    "source",
    [
        "word",
        "/* a */ word",
        "fn f<'a>(x: &'a str, y: &'a str) { word }",
        "let c = '\"'; word; let d = '\"';",
        "let c = '\\''; word; let d = '\\'';",
        '"a" word "b"',
        "#[cfg(test)]\nmod tests { fn f() {} }\nfn g() { word }",
    ],
)
def test_code_is_code(source: str) -> None:
    assert "word" in without_unit_tests(code_only(source))


# --- layers ----------------------------------------------------------------------------------------------------------

GOOD_CORE = {
    "core/src/lib.rs": "mod file; mod key; mod error; pub use file::x;",
    "core/src/error.rs": "use crate::cipher::Cipher;\nfn f() { crate::engine::available() }",
    "core/src/key.rs": "use crate::aead::Aead;\n// crate::page is above\nuse crate::{error::Error, cipher};",
    "core/src/key/text.rs": "use super::Usage; use super::super::error::Error;",
    "core/src/page.rs": "use crate::key::Key;\n#[cfg(test)]\nmod tests { use crate::file::open; }",
    "core/src/file.rs": "use crate::page::PageCodec;",
}


def test_downward_uses_pass(tmp_path: Path) -> None:
    assert check_layering.check_core(write(tmp_path, GOOD_CORE)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("core/src/key.rs", "use crate::page::PageCodec;"),
        ("core/src/key/text.rs", "fn f() { crate::file::open() }"),
        ("core/src/key/text.rs", "use super::super::page::PageCodec;"),
        ("core/src/engine/aegis.rs", "use crate::{error::Error, key::{self, Key}};"),
        ("core/src/engine/aegis.rs", "use crate::{\n    error::{Error, Unit},\n    cipher,\n};"),
        ("core/src/error/code.rs", "use crate::key::Key;"),
        ("core/src/random.rs", "use crate::cipher::Cipher;"),
        ("core/src/novel.rs", ""),
    ],
)
def test_an_upward_use_fails(tmp_path: Path, name: str, text: str) -> None:
    problems = check_layering.check_core(write(tmp_path, GOOD_CORE | {name: text}))
    assert len(problems) == 1
    assert problems[0].startswith(name)


def test_an_exception_that_nobody_needs_fails(tmp_path: Path) -> None:
    files = GOOD_CORE | {"core/src/error.rs": "use crate::cipher::Cipher;"}
    assert check_layering.check_core(write(tmp_path, files)) == ["exception error -> engine is not needed any more"]


def crate(name: str, *dependencies: str, table: str = "dependencies") -> str:
    lines = "".join(f'{other} = {{ path = "x", version = "1.2.3" }}\n' for other in dependencies)
    inherited = "".join(f"{field}.workspace = true\n" for field in check_versions.INHERITED)
    return f'[package]\nname = "{name}"\n{inherited}[lints]\nworkspace = true\n[{table}]\n{lines}'


def test_crates_depend_downwards_only(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "core/Cargo.toml": crate("pagecrypt"),
            "sqlite/Cargo.toml": crate("pagecrypt-sqlite", "pagecrypt"),
            "cli/Cargo.toml": crate("pagecrypt-cli", "pagecrypt", "pagecrypt-sqlite"),
        },
    )
    assert check_layering.check_crates(tmp_path) == []
    write(tmp_path, {"core/Cargo.toml": crate("pagecrypt", "pagecrypt-sqlite")})
    assert check_layering.check_crates(tmp_path) == [
        "core: `pagecrypt` depends on `pagecrypt-sqlite`, which does not stand below it"
    ]
    write(tmp_path, {"core/Cargo.toml": crate("pagecrypt"), "ffi/Cargo.toml": crate("pagecrypt-ffi", "pagecrypt-cli")})
    assert len(check_layering.check_crates(tmp_path)) == 1
    write(tmp_path, {"ffi/Cargo.toml": crate("pagecrypt-ffi", "pagecrypt")})
    write(tmp_path, {"core/Cargo.toml": crate("pagecrypt", "pagecrypt-cli", table="target.'cfg(unix)'.dependencies")})
    assert len(check_layering.check_crates(tmp_path)) == 1
    write(tmp_path, {"core/Cargo.toml": crate("pagecrypt"), "novel/Cargo.toml": crate("novel")})
    assert len(check_layering.check_crates(tmp_path)) == 1


# --- unsafe ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "problems"),
    [
        ("core/src/engine/aegis.rs", "unsafe fn f() {}", 0),
        ("core/src/engine.rs", "#![allow(unsafe_code)]", 0),
        ("core/src/key.rs", '// unsafe\nlet x = "unsafe";', 0),
        ("core/src/lib.rs", "#![deny(unsafe_code)]\n#![forbid(unsafe_code)]", 0),
        ("core/src/key.rs", "fn f() { unsafe { g() } }", 1),
        ("core/src/key.rs", "#![allow(missing_docs, unsafe_code)]", 1),
        ("core/src/key.rs", '#[expect(unsafe_code, reason = "x")]', 1),
        ("core/src/engines.rs", "unsafe impl Send for X {}", 1),
        ("cli/src/main.rs", "/* a */ unsafe {}\nunsafe {}", 2),
        ("core/tests/x.rs", "unsafe {}", 1),
    ],
)
def test_unsafe_stands_where_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, problems: int
) -> None:
    monkeypatch.setattr(check_unsafe, "EXCEPTIONS", {})
    assert len(check_unsafe.check(write(tmp_path, {name: text}))) == problems


def test_an_exception_for_unsafe_must_be_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_unsafe, "EXCEPTIONS", {"core/tests/x.rs": "reason"})
    assert check_unsafe.check(write(tmp_path, {"core/tests/x.rs": "unsafe {}"})) == []
    assert len(check_unsafe.check(write(tmp_path, {"core/tests/x.rs": "// safe"}))) == 1


# --- versions --------------------------------------------------------------------------------------------------------

GOOD_VERSIONS = {
    "Cargo.toml": '[workspace.package]\nversion = "1.2.3"\nrust-version = "1.89"\n',
    "core/Cargo.toml": crate("pagecrypt"),
    "cli/Cargo.toml": crate("pagecrypt-cli", "pagecrypt"),
    "benches/Cargo.toml": '[workspace]\n[package]\nname = "b"\npublish = false\nrust-version = "1.89"\n',
    "CHANGELOG.md": "# Changes\n\n## [Unreleased]\n",
    "docs/go.md": "require libpagecrypt/go v1.2.3\n",
    "python/pyproject.toml": '[project]\ndynamic = ["version"]\n',
    "node/package.json": '{"version": "1.2.3"}',
    "node/package-lock.json": '{"version": "1.2.3"}',
    "node/npm/x/package.json": '{"version": "1.2.3"}',
    "README.md": "Needs Rust 1.89 or newer.",
    "core/README.md": "Needs Rust 1.89 or newer.",
}


def test_equal_versions_pass(tmp_path: Path) -> None:
    assert check_versions.check(write(tmp_path, GOOD_VERSIONS)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("core/Cargo.toml", crate("pagecrypt").replace("version.workspace = true", 'version = "1.2.2"', 1)),
        ("core/Cargo.toml", crate("pagecrypt").replace("rust-version.workspace = true", "")),
        ("core/Cargo.toml", crate("pagecrypt").replace("[lints]\nworkspace = true", "")),
        ("cli/Cargo.toml", crate("pagecrypt-cli", "pagecrypt").replace("1.2.3", "1.2.2")),
        ("benches/Cargo.toml", '[workspace]\n[package]\nname = "b"\npublish = false\nrust-version = "1.88"\n'),
        ("benches/Cargo.toml", '[workspace]\n[package]\nname = "b"\nrust-version = "1.89"\n'),
        ("CHANGELOG.md", "## [1.2.2]"),
        ("docs/go.md", "require libpagecrypt/go v1.2.2\n"),
        ("docs/go.md", ""),
        ("python/pyproject.toml", '[project]\nversion = "1.2.2"\n'),
        ("python/pyproject.toml", "[project]\n"),
        ("node/package.json", '{"version": "1.2.2"}'),
        ("node/package-lock.json", "{}"),
        ("node/npm/x/package.json", '{"version": "1.2.2"}'),
        ("README.md", "Needs Rust 1.88."),
    ],
)
def test_a_differing_version_fails(tmp_path: Path, name: str, text: str) -> None:
    assert len(check_versions.check(write(tmp_path, GOOD_VERSIONS | {name: text}))) == 1


# --- paths -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problems"),
    [("see docs/work/plan.md and ~/work/x", 0), ("a\nsee /" + "home/someone/x\n", 1), ("/" + "root/.x", 1)],
)
def test_a_path_of_one_machine_fails(tmp_path: Path, text: str, problems: int) -> None:
    write(tmp_path, {"a.md": text, "binary": "\0 /" + "home/someone"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    assert len(check_paths.check(tmp_path)) == problems


# --- package ---------------------------------------------------------------------------------------------------------


def test_a_package_is_complete_and_has_nothing_foreign() -> None:
    good = [*check_package.NEEDED, *check_package.ADDED, "src/key.rs", "tests/aead.rs"]
    assert check_package.check(good) == []
    assert check_package.check([name for name in good if name != "LICENSE-MIT"]) == ["not in the package: LICENSE-MIT"]
    assert len(check_package.check([*good, "notes.key"])) == 1


# --- documented commands ---------------------------------------------------------------------------------------------

RUST = "```rust\nlet x = 1;\n```\n"


def commands(root: Path, readme: str, core: str = "") -> tuple[int, list[str]]:
    write(root, {"README.md": readme, "core/README.md": core, "Makefile": "demo:\n\techo ran > ran\n", "bin/x": ""})
    return check_commands.check(root, root / "bin")


def test_commands_run_in_order_in_one_folder(tmp_path: Path) -> None:
    count, problems = commands(
        tmp_path, "```sh\necho a > f\n```\ntext\n```console\n$ cat f\na\n$ echo b c; echo d\nb…\n```\n"
    )
    assert (count, problems) == (2, [])


@pytest.mark.parametrize(
    "readme",
    [
        "```sh\nfalse\ntrue\n```\n",
        "```sh\nmake nothing\n```\n",
        "```sh\nexit 1\n```\n",
        "```console\n$ echo a\nb\n```\n",
        "```console\n$ echo a\n```\n",
        "```console\n$ echo a; false\na\n```\n",
        "```console\nno command\n```\n",
        "```\nwhat is this\n```\n```sh\ntrue\n```\n",
        "no command at all\n",
        "```sh\ntrue\n```\n" + RUST,
    ],
)
def test_a_document_that_does_not_hold_fails(tmp_path: Path, readme: str) -> None:
    _, problems = commands(tmp_path, readme)
    assert len(problems) == 1


def test_documents_in_folders_are_checked(tmp_path: Path) -> None:
    write(tmp_path, {"docs/recipes/one.md": "```sh\nfalse\n```\n"})
    count, problems = commands(tmp_path, "```sh\ntrue\n```\n")
    assert count == 2
    assert len(problems) == 1
    assert problems[0].startswith("docs/recipes/one.md:1: ")


def test_make_targets_are_looked_up_and_not_made(tmp_path: Path) -> None:
    assert commands(tmp_path, "```sh\nmake demo\n```\n") == (1, [])
    assert not (tmp_path / "ran").exists()


def test_a_rust_snippet_must_be_one_of_the_tested(tmp_path: Path) -> None:
    assert commands(tmp_path, "```sh\ntrue\n```\n" + RUST, RUST) == (1, [])


# --- the steps -------------------------------------------------------------------------------------------------------


def test_a_step_passes_the_exit_code_on() -> None:
    assert subprocess.run([STEP, "t", "true"], check=False, capture_output=True).returncode == 0
    failed = subprocess.run([STEP, "t", "bash", "-c", "exit 7"], check=False, capture_output=True, text=True)
    assert failed.returncode == 7
    assert "FAILED" in failed.stderr


CHAINS = """
one two:
	@echo begin $@; sleep 0.3; echo end $@
wrong:
	@echo begin $@; sleep 0.3; echo end $@; exit 3
"""


@pytest.mark.parametrize(
    ("chains", "made", "code"),
    [
        (("one", "two"), ["one", "two"], 0),
        (("one two", "two one"), ["one", "one", "two", "two"], 0),
        (("one", "wrong two two"), ["one", "wrong"], 1),
        (("wrong two", "one one one"), ["one", "one", "one", "wrong"], 1),
        (("wrong", "wrong"), ["wrong", "wrong"], 1),
    ],
)
def test_chains_end_at_their_own_failures(tmp_path: Path, chains: tuple[str, ...], made: list[str], code: int) -> None:
    write(tmp_path, {"Makefile": CHAINS})
    (tmp_path / ".ci").mkdir()
    shutil.copy(SIDE_BY_SIDE, tmp_path / ".ci")
    done = subprocess.run([tmp_path / ".ci/side_by_side", *chains], check=False, capture_output=True, text=True)
    assert done.returncode == code
    assert ("FAILED" in done.stderr) == (code != 0)
    words = [line.split() for line in done.stdout.splitlines() if line.startswith(("begin", "end"))]
    # What one target prints is not interrupted by another one.
    assert [name for _, name in words[::2]] == [name for _, name in words[1::2]]
    assert [word for word, _ in words] == ["begin", "end"] * len(made)
    assert sorted(name for _, name in words[::2]) == made


def test_setup_refuses_a_need_it_does_not_know() -> None:
    assert subprocess.run([SETUP, "novelty"], check=False, capture_output=True).returncode == 2


@pytest.mark.parametrize(("need", "missing"), [("go", ("go",)), ("node", ("node", "nodejs", "npm", "npx"))])
def test_setup_brings_what_debian_lacks(tmp_path: Path, need: str, missing: tuple[str, ...]) -> None:
    """As on a machine without it, and without leave to install Debian packages."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for folder in (Path(sys.executable).parent, Path("/usr/bin"), Path("/bin")):
        for program in folder.iterdir():
            if program.name not in (*missing, "apt-get") and not (commands / program.name).exists():
                (commands / program.name).symlink_to(program)
    (tmp_path / ".ci").mkdir()
    for name in ("setup", "requirements-go.txt", "requirements-node.txt"):
        shutil.copy(SETUP.parent / name, tmp_path / ".ci")
    alone = {"PATH": str(commands), "HOME": str(tmp_path)}
    alone |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    setup = [str(tmp_path / ".ci/setup"), need]
    assert subprocess.run(setup, check=False, env=alone, timeout=300).returncode == 0
    for name in missing if need == "go" else ("node", "npm", "npx"):
        version = [tmp_path / "target" / need / "bin" / name, "version" if need == "go" else "--version"]
        with_it = alone | {"PATH": f"{tmp_path}/target/{need}/bin:{commands}"}
        assert subprocess.run(version, check=False, env=with_it).returncode == 0


def disassembly(
    body: str, engine: str = "x86_64_vaes512", instruction: str = "vaesenc %zmm0,%zmm1,%zmm2", rounds: int = 16
) -> str:
    """Twelve kernels with a loop of rounds each, `body` in the first, and the portable round."""
    listing = ["0000 <aegis::portable::aes_round_without_key>:", "  10:\txor    %rax,%rbx"]
    for kernel in range(machine_code.KERNELS):
        base = 0x1000 * (kernel + 1)
        extra = body if kernel == 0 else "nop"
        listing += [
            f"{base:x} <aegis::{engine}::kernel{kernel}>:",
            f"  {base + 1:x}:\tcall   9999 <memcpy>",
            *[f"  {base + 2 + at:x}:\t{instruction}" for at in range(rounds)],
            f"  {base + 2 + rounds:x}:\t{extra}",
            f"  {base + 3 + rounds:x}:\tjne    {base + 2:x} <aegis::{engine}::kernel{kernel}+0x2>",
            f"  {base + 4 + rounds:x}:\tret",
        ]
    return "\n".join(listing)


ARM = """
0000 <aegis::portable::aes_round_without_key>:
  10:\teor     x0, x1, x2
""" + "".join(
    f"""
{base:x} <aegis::aarch64::kernel_aes_sha3{base:x}>:
  {base + 4:x}:\tbl      9000 <memcpy>
  ROUNDS
  {base + 100:x}:\tBODY
  {base + 104:x}:\tcbnz    x8, {base + 8:x} <aegis::aarch64::kernel_aes_sha3{base:x}+0x8>
  {base + 108:x}:\tret
""".replace("ROUNDS", "\n  ".join(f"{base + 8 + 4 * at:x}:\taese    v0.16b, v1.16b" for at in range(16)))
    for base in range(0x1000, 0x1000 * (machine_code.KERNELS + 1), 0x1000)
)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("nop", None),
        ("bl      1234 <vaeseq_u8>", "no loop over whole blocks"),
        ("blr     x8", "no loop over whole blocks"),
        ("str     q8, [sp, #16]", "no loop over whole blocks"),
        ("str     q8, [x8, #16]", None),
    ],
)
def test_the_kernels_of_arm_are_looked_at_alike(body: str, problem: str | None) -> None:
    engine = {name: checks for name, checks in machine_code.AARCH64.items() if name.endswith("sha3")}
    found = machine_code.problems(machine_code.parse(ARM.replace("BODY", body)), engine)
    assert len(found) == (0 if problem is None else machine_code.KERNELS), found
    assert all(problem is not None and problem in line for line in found), found


@pytest.mark.parametrize(("others", "clean"), [(63, True), (62, False)])
def test_one_register_put_on_the_stack_in_64_instructions_passes(others: int, clean: bool) -> None:
    loop = ["aese    v0.16b, v1.16b"] * others + ["str     q8, [sp, #16]"]
    assert machine_code.is_clean(loop, has_room=True) == clean
    assert machine_code.is_clean(loop, has_room=False)


ENGINE = {name: checks for name, checks in machine_code.X86_64.items() if "vaes512" in name}


def test_a_call_beside_the_loops_of_rounds_passes() -> None:
    assert machine_code.problems(machine_code.parse(disassembly("nop")), ENGINE) == []


def test_loops_of_other_numbers_of_rounds_may_call() -> None:
    """What reads the ends of texts, and what overwrites a forged one."""
    rest = [
        "  1016:\tcall   1234 <read_lanes>",
        "  1017:\tvaesenc %zmm0,%zmm1,%zmm2",
        "  1018:\tjne    1016 <kernel0+0x16>",
    ]
    listing = disassembly("nop").replace("  1014:\tret", "\n".join(rest))
    assert "read_lanes" in listing
    assert machine_code.problems(machine_code.parse(listing), ENGINE) == []


@pytest.mark.parametrize(
    ("listing", "problem"),
    [
        (disassembly("call   1234 <core::core_arch::x86::_mm512_xor_si512>"), "no loop over whole blocks"),
        (disassembly("call   1234 <<Zip as core::iter::Iterator>::next>", rounds=20), "a loop of rounds holds"),
        (disassembly("call   1234 <core4iter8adapters3zip>"), "a loop of rounds holds"),
        (disassembly("nop", rounds=8), "no loop over whole blocks"),
        (disassembly("nop", instruction="vaesenc %xmm0,%xmm1,%xmm2"), "0 kernels"),
        (disassembly("nop", engine="x86_64_vaes256"), "0 kernels"),
        (disassembly("vmovdqu64 %zmm17,0x40(%rsp)"), "without calls and spills"),
        (disassembly("nop").replace("xor    %rax,%rbx", "aesenc %xmm0,%xmm1"), "portable engine uses"),
        (disassembly("nop").replace("aes_round_without_key", "gone"), "is not there"),
    ],
)
def test_a_kernel_that_lost_its_inlining_fails(listing: str, problem: str) -> None:
    found = machine_code.problems(machine_code.parse(listing), ENGINE)
    assert any(problem in line for line in found), found


def gcm_disassembly(instructions: list[str], kind: str = "4long") -> str:
    """Eight kernels of AES-GCM with these in a loop each."""
    listing = []
    for kernel in range(8):
        base = 0x1000 * (kernel + 1)
        name = f"_$LT$gcm..x86_64_vaes256..Vaes256Kernels$u20$as$u20$gcm..batch..Kernels$GT${kind}{kernel}"
        lines = ["call   9999 <memcpy>", *instructions, f"jne    {base + 1:x} <{name}+0x1>", "ret"]
        listing += [f"{base:x} <{name}>:", *(f"  {base + at:x}:\t{text}" for at, text in enumerate(lines))]
    return "\n".join(listing)


GCM_ROUND = ["vaesenc %ymm1,%ymm2,%ymm2"] * 8
GCM_MULTIPLICATION = ["vpclmullqlqdq %ymm3,%ymm4,%ymm5"]


@pytest.mark.parametrize(
    ("instructions", "problem"),
    [
        ([*GCM_ROUND, *GCM_MULTIPLICATION, *GCM_ROUND], None),
        ([*GCM_ROUND, *GCM_ROUND], "no loop of rounds and multiplications"),
        (GCM_MULTIPLICATION, "no loop of rounds and multiplications"),
        ([*GCM_ROUND, *GCM_MULTIPLICATION, *GCM_ROUND, "call   1234 <_mm256_clmulepi64_epi128>"], "holds call"),
    ],
)
def test_kernels_of_aes_gcm_alternate_between_rounds_and_multiplications(
    instructions: list[str], problem: str | None
) -> None:
    engines = {"x86_64_vaes256": machine_code.GCM_X86_64["x86_64_vaes256"]}
    found = machine_code.gcm_problems(machine_code.parse(gcm_disassembly(instructions)), engines)
    assert len(found) == (0 if problem is None else 8), found
    assert all(problem is not None and problem in line for line in found), found


def test_a_missing_kernel_of_aes_gcm_is_missed() -> None:
    engines = {"x86_64_vaes512": machine_code.GCM_X86_64["x86_64_vaes512"]}
    found = machine_code.gcm_problems(machine_code.parse(gcm_disassembly(GCM_ROUND)), engines)
    assert found == ["AES-GCM, x86_64_vaes512: 0 kernels, expected 8"]


@pytest.mark.parametrize(
    ("call", "is_found"),
    [("<memcpy>", False), ("<_ZN4core5array11try_from_fn17h0E>", True), ("<core_arch..x86..sse2>", True)],
)
def test_kernels_of_aes_gcm_for_one_message_call_none_of_their_instructions(call: str, is_found: bool) -> None:
    engines = {"x86_64_vaes256": machine_code.GCM_X86_64["x86_64_vaes256"]}
    listing = gcm_disassembly([f"call   1234 {call}"], "7alone_8")
    found = machine_code.gcm_alone_problems(machine_code.parse(listing), engines)
    assert len(found) == (8 if is_found else 0), found


def test_a_missing_kernel_of_aes_gcm_for_one_message_is_missed() -> None:
    found = machine_code.gcm_alone_problems([], {"aarch64": machine_code.GCM_AARCH64["aarch64"]})
    assert found == ["AES-GCM, aarch64: 0 kernels for one message, expected 4"]


def chacha_disassembly(rounds: list[str], products: list[str], outside: str = "nop") -> str:
    """Ten kernels of ChaCha20-Poly1305 with these in a loop each."""
    listing = []
    for kernel in range(10):
        base = 0x1000 * (kernel + 1)
        name = f"pagecrypt::engine::chacha::x86_64_avx512::kernel{kernel}"
        lines = [outside, *rounds, f"jne    {base + 1:x} <{name}+0x1>", *products]
        lines += [f"jne    {base + len(rounds) + 2:x} <{name}+0x2>", "ret"]
        listing += [f"{base:x} <{name}>:", *(f"  {base + at:x}:\t{text}" for at, text in enumerate(lines))]
    return "\n".join(listing)


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (["push   %rbp", "push   %rbx", "ret"], None),
        (["push   %rbx", "sub    $0x60,%rsp", "ret"], None),
        (["push   %rbx", "sub    $0x78,%rsp", "ret"], 136),
        (["push   %rbp", "mov    %rsp,%rbp", "and    $0xffffffffffffffc0,%rsp", "sub    $0x40,%rsp", "ret"], 144),
    ],
)
def test_frames_of_kernels_for_one_message_are_no_larger_than_what_is_wiped(body: list[str], size: int | None) -> None:
    name = "_ZN9pagecrypt6engine5aegis14x86_64_vaes5126kernel3one17h{:016x}E"
    kernel = [(0x10 * i, text) for i, text in enumerate(body)]
    functions = [machine_code.Function(name.format(i), kernel) for i in range(machine_code.KERNELS)]
    found = machine_code.frame_problems(functions)
    assert len(found) == (0 if size is None else machine_code.KERNELS)
    assert all(f"uses {size} bytes" in problem for problem in found)


def test_kernels_for_one_message_that_are_not_found_are_reported() -> None:
    assert machine_code.frame_problems([]) == [f"0 kernels for one message, expected {machine_code.KERNELS}"]


CHACHA_ROUND = ["vprold $0x7,%zmm1,%zmm1"] * machine_code.ROTATIONS
CHACHA_PRODUCTS = ["vpmuludq %zmm1,%zmm2,%zmm3"] * machine_code.PRODUCTS
SPLAT = "call   1234 <core::core_arch::x86::avx512f::_mm512_set1_epi64>"


@pytest.mark.parametrize(
    ("listing", "count", "problem"),
    [
        (chacha_disassembly(CHACHA_ROUND, CHACHA_PRODUCTS, "call   1234 <memcpy>"), 0, ""),
        (chacha_disassembly(CHACHA_ROUND, CHACHA_PRODUCTS, SPLAT), 10, "an instruction became a function"),
        (chacha_disassembly([*CHACHA_ROUND, "call   1234 <nth>"], CHACHA_PRODUCTS), 10, "a loop of rounds holds call"),
        (chacha_disassembly([*CHACHA_ROUND, "vmovdqa64 %zmm1,0x40(%rsp)"], CHACHA_PRODUCTS), 10, "holds vmovdqa64"),
        (chacha_disassembly(CHACHA_ROUND[1:], CHACHA_PRODUCTS), 1, "no loop of rounds"),
        (chacha_disassembly(CHACHA_ROUND, CHACHA_PRODUCTS[1:]), 1, "no loop of products"),
        ("", 3, "x86_64_avx512"),
    ],
)
def test_kernels_of_chacha_keep_their_registers_and_instructions(listing: str, count: int, problem: str) -> None:
    engines = {"x86_64_avx512": machine_code.CHACHA_X86_64["x86_64_avx512"]}
    found = machine_code.chacha_problems(machine_code.parse(listing), engines)
    assert len(found) == count, found
    assert all(problem in line for line in found), found
