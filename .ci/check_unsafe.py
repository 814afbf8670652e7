#!/usr/bin/env python3
"""Unsafe code stands in core/src/engine and at sqlite's border to C only.

check_unsafe.py [ROOT]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rust_source import code_only, rust_files

ALLOWED = ("core/src/engine.rs", "core/src/engine/", "sqlite/src/vfs/ffi.rs", "sqlite/src/vfs/ffi/")
# The keyword, or the lint switched off; `deny(unsafe_code)` and `forbid(unsafe_code)` may stand anywhere.
UNSAFE = re.compile(r"\bunsafe\b|\b(?:allow|expect|warn)\s*\([^)]*\bunsafe_code\b")


def check(root: Path) -> list[str]:
    problems = []
    for path in rust_files(root):
        place = path.relative_to(root).as_posix()
        if place.startswith(ALLOWED):
            continue
        code = code_only(path.read_text())
        for match in UNSAFE.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            problems.append(f"{place}:{line}: unsafe code outside {', '.join(ALLOWED)}")
    return problems


def main() -> int:
    problems = check(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]))
    print("\n".join(problems) if problems else "unsafe: only where it is allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
