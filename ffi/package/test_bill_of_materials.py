"""The bill of materials names everything that is linked into the library, in CycloneDX's form."""

from __future__ import annotations

import ctypes
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import bill_of_materials
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = next(
    line.removeprefix("host: ")
    for line in subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    if line.startswith("host: ")
)
# Rust's standard library brings its own, which are not in Cargo.lock.
OF_THE_STANDARD_LIBRARY = {"addr2line", "adler2", "gimli", "hashbrown", "memchr", "miniz_oxide", "object"}


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return bill_of_materials.bill(TARGET)


def components(bill: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {component["name"]: component for component in bill["components"]}


def test_it_has_the_form_of_cyclonedx(bill: dict[str, Any]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_5)
    assert validator.validate_str(json.dumps(bill)) is None
    assert validator.validate_str(json.dumps(bill).replace('"library"', '"shelf"')) is not None


def test_every_crate_with_code_in_the_library_is_there(bill: dict[str, Any]) -> None:
    library = REPOSITORY / "target/shipped/release/libpagecrypt_ffi.so"
    names = subprocess.run(["nm", "--demangle", library], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = {name.replace("_", "-") for name in re.findall(r"[ <]([a-z][a-z0-9_]*)::", names)}
    locked = {crate["name"] for crate in tomllib.loads((REPOSITORY / "Cargo.lock").read_text())["package"]}
    linked = {name for name in locked if name.replace("_", "-") in found} - OF_THE_STANDARD_LIBRARY
    assert linked >= {"pagecrypt", "pagecrypt-sqlite", "rusqlite", "aes-gcm", "rustix"}
    assert linked - {"pagecrypt-ffi"} <= components(bill).keys()


def test_versions_and_checksums_are_those_of_the_lock_file(bill: dict[str, Any]) -> None:
    crates = tomllib.loads((REPOSITORY / "Cargo.lock").read_text())["package"]
    locked = {(crate["name"], crate["version"]): crate.get("checksum") for crate in crates}
    parts = [part for part in bill["components"] if part["name"] not in ("sqlite", "rust-std")]
    assert len(parts) > 20
    for part in parts:
        checksum = locked[part["name"], part["version"]]
        assert [entry["content"] for entry in part.get("hashes", [])] == ([checksum] if checksum else [])
        assert part.get("purl") == (f"pkg:cargo/{part['name']}@{part['version']}" if checksum else None)


def test_what_only_helps_to_build_is_not_there(bill: dict[str, Any]) -> None:
    assert components(bill).keys().isdisjoint({"cc", "syn", "quote", "zeroize_derive", "proptest", "ring", "clap"})


def test_the_bundled_sqlite_has_the_version_that_the_library_carries(bill: dict[str, Any]) -> None:
    # The unstripped build: the library itself does not show SQLite's functions.
    library = REPOSITORY / "target/shipped/release/libpagecrypt_ffi.so"
    assert components(bill)["sqlite"]["version"].encode() in library.read_bytes()
    assert not hasattr(ctypes.CDLL(str(library)), "sqlite3_libversion")


def test_dependencies_lead_to_components_and_reach_all(bill: dict[str, Any]) -> None:
    known = {component["bom-ref"] for component in bill["components"]}
    edges = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    reached: set[str] = set()
    ahead = [bill["metadata"]["component"]["bom-ref"]]
    while ahead:
        ahead += set(edges.get(reference := ahead.pop(), [])) - reached
        reached.add(reference)
    assert reached == known | {bill["metadata"]["component"]["bom-ref"]}


def test_the_same_sources_give_the_same_bill(monkeypatch: pytest.MonkeyPatch, bill: dict[str, Any]) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    first = bill_of_materials.bill(TARGET)
    assert first == bill_of_materials.bill(TARGET)
    assert "timestamp" not in first["metadata"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    second = bill_of_materials.bill(TARGET)
    assert second["metadata"].pop("timestamp") == "1970-01-02T00:00:00Z"
    assert first == second


def test_the_notices_name_every_crate_and_carry_its_licence(bill: dict[str, Any]) -> None:
    notices = bill_of_materials.notices([bill_of_materials.ROOT, "pagecrypt-cli"], TARGET)
    for part in bill["components"]:
        if "hashes" in part:
            assert f"\n{part['name']} {part['version']}: " in notices
    assert "Redistributions in binary form must reproduce" in notices  # of subtle, BSD-3-Clause
    assert "\nclap " in notices
