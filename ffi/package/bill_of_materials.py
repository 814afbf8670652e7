#!/usr/bin/env python3
"""What is linked into the library: a CycloneDX 1.5 bill of materials, and the licences of its parts.

    ffi/package/bill_of_materials.py TARGET

The same sources give the same bytes: no time, unless SOURCE_DATE_EPOCH sets one.
"""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
ROOT = "pagecrypt-ffi"
CARRIES_SQLITE = "libsqlite3-sys"
LICENCE_FILE = re.compile(r"(?i)(licen[cs]e|copying|notice|unlicense)")
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "libpagecrypt")


def cargo(*arguments: str) -> str:
    return subprocess.run(["cargo", *arguments], cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True).stdout


@dataclass(frozen=True, order=True)
class Crate:
    """One crate of the library: `checksum` and `source` are empty where it is part of this repository."""

    name: str
    version: str
    license: str
    folder: Path
    checksum: str
    dependencies: tuple[tuple[str, str], ...]

    @property
    def reference(self) -> str:
        return f"{self.name}@{self.version}"


def linked_crates(root: str, target: str) -> list[Crate]:
    """The crates that are linked where `root` is built for `target`: no build scripts, no procedural macros."""
    tree = cargo(
        *("tree", "--quiet", "--locked", "--package", root, "--target", target),
        *("--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"),
    )
    linked = {(name, version.removeprefix("v")) for name, version in (line.split()[:2] for line in tree.splitlines())}
    metadata = json.loads(cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", target))
    lock = tomllib.loads((REPOSITORY / "Cargo.lock").read_text())
    checksums = {(crate["name"], crate["version"]): crate.get("checksum", "") for crate in lock["package"]}
    packages = {package["id"]: (package["name"], package["version"]) for package in metadata["packages"]}
    nodes = {packages[node["id"]]: node for node in metadata["resolve"]["nodes"]}
    crates = []
    for package in metadata["packages"]:
        crate = (package["name"], package["version"])
        if crate in linked:
            needed = {packages[dependency["pkg"]] for dependency in nodes[crate]["deps"]} & linked
            folder = Path(package["manifest_path"]).parent
            crates.append(Crate(*crate, package["license"], folder, checksums[crate], tuple(sorted(needed))))
    return sorted(crates)


def sqlite_version(crates: list[Crate]) -> str | None:
    """The version of the bundled SQLite, as its own header tells it; None where none is bundled."""
    for crate in crates:
        if crate.name == CARRIES_SQLITE:
            header = (crate.folder / "sqlite3/sqlite3.h").read_text()
            found = re.search(r'^#define SQLITE_VERSION\s+"([\d.]+)"', header, re.MULTILINE)
            if not found:
                raise ValueError(f"{CARRIES_SQLITE}: no version in sqlite3.h")
            return found[1]
    return None


def component(crate: Crate) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": "library",
        "bom-ref": crate.reference,
        "name": crate.name,
        "version": crate.version,
        "licenses": [{"expression": crate.license.replace("/", " OR ")}],
    }
    if crate.checksum:
        fields["hashes"] = [{"alg": "SHA-256", "content": crate.checksum}]
        fields["purl"] = f"pkg:cargo/{crate.name}@{crate.version}"
    return fields


def generic(name: str, version: str, licenses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "licenses": licenses,
        "purl": f"pkg:generic/{name}@{version}",
    }


def bill(target: str) -> dict[str, Any]:
    crates = linked_crates(ROOT, target)
    root = next(crate for crate in crates if crate.name == ROOT)
    compiler = subprocess.run(
        [os.environ.get("RUSTC", "rustc"), "--version"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()[1]
    standard = generic("rust-std", compiler, [{"expression": "MIT OR Apache-2.0"}])
    components = [component(crate) for crate in crates if crate is not root] + [standard]
    depends = {crate.reference: sorted("@".join(other) for other in crate.dependencies) for crate in crates}
    depends[root.reference].append(standard["bom-ref"])
    if version := sqlite_version(crates):
        sqlite = generic("sqlite", version, [{"license": {"id": "blessing"}}])
        sqlite["cpe"] = f"cpe:2.3:a:sqlite:sqlite:{version}:*:*:*:*:*:*:*"
        components.append(sqlite)
        for crate in crates:
            if crate.name == CARRIES_SQLITE:
                depends[crate.reference].append(sqlite["bom-ref"])
    library = component(root) | {"name": "libpagecrypt", "description": f"C library for {target}"}
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": library},
        "components": sorted(components, key=lambda entry: (entry["name"], entry["version"])),
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in sorted(depends.items())],
    }
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(document))}"
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        moment = datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
        document["metadata"]["timestamp"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return document


def notices(roots: list[str], target: str) -> str:
    """The licence texts of all crates from elsewhere, each text once, as their authors ask for."""
    linked = [crate for root in roots for crate in linked_crates(root, target) if crate.checksum]
    crates = sorted({crate.reference: crate for crate in linked}.values())
    users: dict[str, list[str]] = {}
    for crate in crates:
        for path in sorted(path for path in crate.folder.iterdir() if LICENCE_FILE.match(path.name)):
            users.setdefault(path.read_text().strip(), []).append(crate.name)
    parts = ["What others wrote in libpagecrypt and the command pagecrypt, and its licences.\n\n"]
    parts += [f"{crate.name} {crate.version}: {crate.license}\n" for crate in crates]
    parts.append("SQLite: in the public domain\nRust's standard library: MIT OR Apache-2.0\n")
    for text, names in users.items():
        parts.append(f"\n{'-' * 100}\n{', '.join(dict.fromkeys(names))}\n\n{text}\n")
    return "".join(parts)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    print(json.dumps(bill(sys.argv[1]), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
