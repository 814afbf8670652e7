#!/usr/bin/env python3
"""One version everywhere: the crates inherit it, depend on each other by it, and the changelog has its heading.

check_versions.py [ROOT]
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

INHERITED = ("version", "edition", "rust-version", "license")


def check(root: Path) -> list[str]:
    workspace = tomllib.loads((root / "Cargo.toml").read_text())["workspace"]
    package = workspace["package"]
    version, rust = package["version"], package["rust-version"]
    problems = []
    for manifest in sorted(root.glob("*/Cargo.toml")):
        crate = tomllib.loads(manifest.read_text())
        place = f"{manifest.parent.name}/Cargo.toml"
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
    changes = (root / "CHANGELOG.md").read_text()
    if not re.search(rf"^## \[(?:{re.escape(version)}|Unreleased)\]", changes, re.MULTILINE):
        problems.append(f"CHANGELOG.md: no heading for {version}")
    problems += [
        f"{name}: says another oldest Rust than {rust}"
        for name in ("README.md", "core/README.md")
        if f"Rust {rust}" not in (root / name).read_text()
    ]
    return problems


def main() -> int:
    problems = check(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]))
    print("\n".join(problems) if problems else "versions: one everywhere")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
