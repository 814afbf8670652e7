"""The check of the built libraries passes what is right and fails on what is wrong."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import check_library
import pytest

HEADER = """
/* int32_t pagecrypt_old(void); */
// pagecrypt_older(
#define PAGECRYPT_VERSION_MAJOR 1
#define PAGECRYPT_VERSION_MINOR 2
#define PAGECRYPT_VERSION_PATCH 3
#define PAGECRYPT_ABI 7 /* the soname's */
#define PAGECRYPT_TWICE(x) pagecrypt_twice(x, \\
                                           pagecrypt_other(x))
typedef bool (*pagecrypt_progress)(void *context);
typedef struct pagecrypt_key pagecrypt_key;
int pagecrypt_first(pagecrypt_progress progress);
const char *pagecrypt_second(
    int a);
"""

SOURCE = """
#include <string.h>
#include <math.h>
static int inner(const char *text) { return (int)strlen(text); }
int pagecrypt_first(void *p) { return p ? inner("x") : (int)pow(2, inner("y")); }
const char *pagecrypt_second(int a) { return a ? "a" : "b"; }
"""


@dataclass(frozen=True)
class Recipe:
    """How a pair of libraries is made; as it stands, the pair is right."""

    header: str = HEADER
    shared: str = SOURCE
    static: str = SOURCE
    soname: str | None = "libpagecrypt.so.7"
    libraries: tuple[str, ...] = ("-lm",)
    version: str = "1.2.3"
    language: str = "c"

    def build(self, folder: Path) -> Path:
        lib = folder / "lib"
        lib.mkdir()
        (folder / "include").mkdir()
        (folder / "include/pagecrypt.h").write_text(self.header)
        flags = ["-shared", "-fPIC", *([f"-Wl,-soname,{self.soname}"] if self.soname else [])]
        shared = lib / f"libpagecrypt.so.{self.version}"
        compile_c(self.shared, [*flags, "-o", str(shared)], self.libraries, self.language)
        (lib / "libpagecrypt.so.7").symlink_to(shared.name)
        (lib / "libpagecrypt.so").symlink_to("libpagecrypt.so.7")
        compile_c(self.static, ["-c", "-fPIC", "-o", str(folder / "static.o")], (), self.language)
        subprocess.run(["ar", "rcs", str(lib / "libpagecrypt.a"), str(folder / "static.o")], check=True)
        return folder


def compile_c(source: str, arguments: list[str], libraries: tuple[str, ...], language: str) -> None:
    command = ["cc", "-x", language, "-", "-x", "none", *arguments, "-Wl,--no-as-needed", *libraries]
    subprocess.run(command, input=source, text=True, check=True)


def problems(recipe: Recipe, folder: Path) -> list[str]:
    return check_library.check(recipe.build(folder), check_library.Tools())


def test_a_header_declares_its_functions_and_no_types_comments_or_macros() -> None:
    assert check_library.declared_functions(HEADER) == {"pagecrypt_first", "pagecrypt_second"}


def test_libraries_that_fit_their_header_pass(tmp_path: Path) -> None:
    assert problems(Recipe(), tmp_path) == []


EXTRA = "\nint sqlite3_open(void) { return 0; }\n"
UNDECLARED = "\nint pagecrypt_third(void) { return 0; }\n"
UNDEFINED = "\nint elsewhere(void);\nint pagecrypt_first(void *p) { return elsewhere(); }"
WITHOUT_FIRST = SOURCE.replace("int pagecrypt_first", "static int unused")
CPP = """
template <typename T> __attribute__((visibility("hidden"))) T pagecrypt_first_of(T x) { static T y = x; return ++y; }
extern "C" int pagecrypt_first(int a) { return pagecrypt_first_of(a); }
extern "C" int pagecrypt_second(int a) { return a; }
"""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"shared": SOURCE + EXTRA}, "libpagecrypt.so.1.2.3: sqlite3_open is visible to programs"),
        ({"static": SOURCE + EXTRA}, "libpagecrypt.a: sqlite3_open is visible to programs"),
        ({"static": SOURCE + "\nint common;\n"}, "libpagecrypt.a: common is visible to programs"),
        ({"shared": SOURCE + UNDECLARED}, "libpagecrypt.so.1.2.3: pagecrypt_third is not declared in the header"),
        ({"static": SOURCE + UNDECLARED}, "libpagecrypt.a: pagecrypt_third is not declared in the header"),
        ({"shared": WITHOUT_FIRST}, "libpagecrypt.so.1.2.3: pagecrypt_first is declared in the header, but missing"),
        ({"static": WITHOUT_FIRST}, "libpagecrypt.a: pagecrypt_first is declared in the header, but missing"),
        ({"soname": None}, "libpagecrypt.so.1.2.3: the soname is missing, not libpagecrypt.so.7"),
        (
            {"soname": "libpagecrypt.so.6"},
            "libpagecrypt.so.1.2.3: the soname is libpagecrypt.so.6, not libpagecrypt.so.7",
        ),
        ({"libraries": ("-lm", "-lresolv")}, "libpagecrypt.so.1.2.3: needs libresolv.so.2"),
        ({"shared": WITHOUT_FIRST + UNDEFINED}, "libpagecrypt.so.1.2.3: elsewhere is not in the C library"),
        ({"static": WITHOUT_FIRST + UNDEFINED}, "libpagecrypt.a: elsewhere is not in the C library"),
        ({"version": "1.2.2"}, "lib/libpagecrypt.so.1.2.3 is missing"),
        ({"header": HEADER.replace("PAGECRYPT_ABI", "ABI")}, "pagecrypt.h: has no functions or no PAGECRYPT_ABI"),
    ],
)
def test_what_is_wrong_fails(tmp_path: Path, change: dict[str, str], problem: str) -> None:
    assert problems(replace(Recipe(), **change), tmp_path) == [problem]  # type: ignore[arg-type]


def test_section_groups_fail(tmp_path: Path) -> None:
    found = problems(replace(Recipe(), static=CPP, language="c++", shared='extern "C" {' + SHARED_CPP + "}"), tmp_path)
    assert "libpagecrypt.a: has section groups, which another library's may replace" in found


SHARED_CPP = "int pagecrypt_first(int a) { return a; } int pagecrypt_second(int a) { return a; }"


def test_a_link_to_another_library_fails(tmp_path: Path) -> None:
    folder = Recipe().build(tmp_path)
    (folder / "lib/other.so").write_bytes((folder / "lib/libpagecrypt.so.1.2.3").read_bytes())
    (folder / "lib/libpagecrypt.so").unlink()
    (folder / "lib/libpagecrypt.so").symlink_to("other.so")
    assert check_library.check(folder, check_library.Tools()) == ["lib/other.so is another library"]


def test_a_path_of_the_building_machine_fails(tmp_path: Path) -> None:
    shared = SOURCE.replace('"b"', f'"{Path(check_library.__file__)}"')
    root = check_library.OF_THIS_MACHINE[2]
    assert problems(replace(Recipe(), shared=shared), tmp_path) == [f"libpagecrypt.so.1.2.3: names {root}"]
