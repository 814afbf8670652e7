#!/usr/bin/env python3
"""What `cargo package` would publish of the core: its licences and readme are in, nothing foreign is.

cargo package --list -p pagecrypt | check_package.py
"""

from __future__ import annotations

import sys

NEEDED = {"Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"}
WELCOME = ("src/", "tests/", "examples/", "benches/")
# What cargo adds by itself.
ADDED = {".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"}


def check(files: list[str]) -> list[str]:
    problems = [f"not in the package: {name}" for name in sorted(NEEDED.difference(files))]
    foreign = (name for name in files if name not in NEEDED | ADDED and not name.startswith(WELCOME))
    return problems + [f"does not belong into the package: {name}" for name in foreign]


def main() -> int:
    problems = check(sys.stdin.read().split("\n")[:-1])
    print("\n".join(problems) if problems else "package: complete")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
