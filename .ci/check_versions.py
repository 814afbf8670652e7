#!/usr/bin/env python3
"""One version everywhere: the crates inherit it, depend on each other by it, and the changelog has its heading.

check_versions.py [ROOT]
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path

INHERITED = ("version", "edition", "rust-version", "license")
# A crate with a workspace of its own writes out what it cannot inherit, and is never published.
WRITTEN_OUT = ("edition", "rust-version", "license")


def check(root: Path) -> list[str]:
    workspace = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]
    package = workspace["package"]
    version, rust = package["version"], package["rust-version"]
    problems = []
    for manifest in sorted(root.glob("*/Cargo.toml")):
        crate = tomllib.loads(manifest.read_text())
        place = f"{manifest.parent.name}/Cargo.toml"
        if "workspace" in crate:
            problems += [
                f"{place}: `{field}` is {crate['package'].get(field)}, not {package.get(field)}"
                for field in WRITTEN_OUT
                if crate["package"].get(field) != package.get(field)
            ]
            if crate["package"].get("publish") is not False:
                problems.append(f"{place}: could be published")
            continue
        problems += [
            f"{place}: `{field}` is not the workspace's"
            for field in INHERITED
            if crate["package"].get(field) != {"workspace": True}
        ]
        if crate.get("lints") != {"workspace": True}:
            problems.append(f"{place}: the lints are not the workspace's")
        for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, wanted in crate.get(kind, {}).items():
                if not name.startswith("pagecrypt") or wanted == {"workspace": True}:
                    continue
                # A dev-dependency without a version is left out when the crate is published, which is fine.
                given = wanted.get("version") if isinstance(wanted, dict) else wanted
                if given != version and not (kind == "dev-dependencies" and given is None):
                    problems.append(f"{place}: depends on {name} {given}, not {version}")
    for name, wanted in workspace.get("dependencies", {}).items():
        if name.startswith("pagecrypt") and (not isinstance(wanted, dict) or wanted.get("version") != version):
            problems.append(f"Cargo.toml: `{name}` is not at {version}")
    named = set(re.findall(r"libpagecrypt/go v(\S+)", (root / "docs/go.md").read_text()))
    if named != {version}:
        problems.append(f"docs/go.md: names version {', '.join(sorted(named)) or 'nothing'}, not {version}")
    problems += check_python(root, version) + check_node(root, version)
    changes = (root / "CHANGELOG.md").read_text()
    if not re.search(rf"^## \[(?:{re.escape(version)}|Unreleased)\]", changes, re.MULTILINE):
        problems.append(f"CHANGELOG.md: no heading for {version}")
    problems += [
        f"{name}: says another oldest Rust than {rust}"
        for name in ("README.md", "core/README.md")
        if f"Rust {rust}" not in (root / name).read_text()
    ]
    return problems


def check_python(root: Path, version: str) -> list[str]:
    """Its version is the crate's, which the build takes over, or the same one written out."""
    project = tomllib.loads((root / "python/pyproject.toml").read_text())["project"]
    if project.get("version") == version or "version" in project.get("dynamic", []):
        return []
    return [f"python/pyproject.toml: version {project.get('version')}, not {version}"]


def check_node(root: Path, version: str) -> list[str]:
    """The package, its lock file, and the packages of its addons, which it names when it is packed."""
    problems = []
    for manifest in [
        *sorted((root / "node").glob("package*.json")),
        *sorted((root / "node/npm").glob("*/package.json")),
    ]:
        given = json.loads(manifest.read_text()).get("version")
        if given != version:
            problems.append(f"{manifest.relative_to(root)}: version {given}, not {version}")
    return problems if (root / "node/package.json").exists() else ["node/package.json is missing"]


def main() -> int:
    problems = check(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]))
    print("\n".join(problems) if problems else "versions: one everywhere")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
