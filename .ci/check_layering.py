#!/usr/bin/env python3
"""Dependencies point downwards only: between the modules of core, and between the crates.

check_layering.py [ROOT]
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from rust_source import code_only, rust_files, without_unit_tests

# From the top. A module may use what stands below it, and its neighbours on its own line.
CORE_LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"file"}),
    frozenset({"page", "record", "typed"}),
    frozenset({"key"}),
    frozenset({"aead", "cipher"}),
    frozenset({"engine"}),
    frozenset({"random", "error", "secret"}),
)
# Uses that point upwards all the same, each with its reason.
EXCEPTIONS = {
    ("error", "cipher"): "an error's text lists the ciphers there are, and names the two that differ",
    ("error", "engine"): "an error's text lists the engines that this CPU runs",
}
# From the top; a crate may use those below its line.
CRATE_LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"pagecrypt-benches"}),
    frozenset({"pagecrypt-node", "pagecrypt-python"}),
    frozenset({"pagecrypt-cli", "pagecrypt-ffi", "pagecrypt-matrix"}),
    frozenset({"pagecrypt-sqlite"}),
    frozenset({"pagecrypt"}),
)


def layer(module: str) -> int | None:
    return next((number for number, names in enumerate(CORE_LAYERS) if module in names), None)


def used_modules(path: Path, source: Path) -> list[tuple[int, str]]:
    """The top-level modules that a file of core names, each with its line."""
    code = without_unit_tests(code_only(path.read_text()))
    parts = path.relative_to(source).with_suffix("").parts
    found = []
    for match in re.finditer(r"\bcrate::(\w+)|\bcrate::\{([^;]*)\}|\b((?:super::)+)(\w+)", code):
        line = code.count("\n", 0, match.start()) + 1
        name, group, supers, after = match.groups()
        if name:
            found.append((line, name))
        elif group:
            # `use crate::{key::Key, page};`: the first word of each item of the outermost braces.
            flat = group
            while "{" in flat:
                flat = re.sub(r"\{[^{}]*\}", "", flat)
            found += [(line, item.split("::")[0].strip()) for item in flat.split(",")]
        elif supers.count("super") >= len(parts):
            found.append((line, after))
    return found


def check_core(root: Path) -> list[str]:
    source = root / "core/src"
    problems, unused = [], set(EXCEPTIONS)
    for path in rust_files(source):
        module = path.relative_to(source).with_suffix("").parts[0]
        place = path.relative_to(root)
        if module == "lib":
            continue
        above = layer(module)
        if above is None:
            problems.append(f"{place}: module `{module}` has no place in the layers of {Path(__file__).name}")
            continue
        for line, used in used_modules(path, source):
            below = layer(used)
            if used == module or below is None or below >= above:
                continue
            if (module, used) in EXCEPTIONS:
                unused.discard((module, used))
            else:
                problems.append(f"{place}:{line}: `{module}` uses `{used}`, which stands above it")
    problems += [f"exception {a} -> {b} is not needed any more" for a, b in sorted(unused)]
    return problems


def check_crates(root: Path) -> list[str]:
    problems = []
    for manifest in sorted(root.glob("*/Cargo.toml")):
        crate = tomllib.loads(manifest.read_text())
        name = crate["package"]["name"]
        place = next((number for number, names in enumerate(CRATE_LAYERS) if name in names), None)
        if place is None:
            problems.append(
                f"{manifest.parent.name}: crate `{name}` has no place in the layers of {Path(__file__).name}"
            )
            continue
        forbidden = frozenset[str]().union(*CRATE_LAYERS[: place + 1])
        tables = [crate, *crate.get("target", {}).values()]
        used = {
            used for table in tables for kind in ("dependencies", "build-dependencies") for used in table.get(kind, {})
        }
        problems += [
            f"{manifest.parent.name}: `{name}` depends on `{other}`, which does not stand below it"
            for other in sorted(used & forbidden)
        ]
    return problems


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
    problems = check_core(root) + check_crates(root)
    print("\n".join(problems) if problems else "layering: dependencies point downwards only")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
