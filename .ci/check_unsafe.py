#!/usr/bin/env python3
"""Unsafe code stands in core/src/engine and at the borders to C, in sqlite/ and ffi/, only.

check_unsafe.py [ROOT]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rust_source import code_only, rust_files

ALLOWED = (
    "core/src/engine.rs",
    "core/src/engine/",
    "sqlite/src/vfs/ffi.rs",
    "sqlite/src/vfs/ffi/",
    "ffi/src/",
    "python/src/border/",
    "node/src/border.rs",
    "node/src/border/",
)
# Tests that need it, each with its reason.
EXCEPTIONS = {
    "core/examples/constant_time/requests.rs": "tells valgrind what is secret, in inline assembly",
    "core/examples/constant_time/stepping.rs": "single steps, to see that secrets decide no branch",
    "ffi/package/programs/other.rs": "another library in Rust that a program links beside this one",
    "ffi/examples/call_cost/abi.rs": "loads the C library, to time its calls beside Rust's",
    "ffi/examples/call_cost/main.rs": "calls it",
    "benches/src/limits.rs": "the module of the next two",
    "benches/src/limits/x86_64.rs": "runs instructions that not every CPU has, to measure what the machine can do",
    "benches/src/limits/aarch64.rs": "the same",
    "core/tests/record_s2_memory.rs": "an allocator that counts, to see that nothing is reserved",
    "core/tests/fork.rs": "forks, to see that a child's nonces are not its parent's",
    "core/tests/wiping.rs": "reads memory after its use, to see that no secret is left there",
    "sqlite/tests/wiping.rs": "the same, for the plaintext of a database",
}
# The keyword, or the lint switched off; `deny(unsafe_code)` and `forbid(unsafe_code)` may stand anywhere.
UNSAFE = re.compile(r"\bunsafe\b|\b(?:allow|expect|warn)\s*\([^)]*\bunsafe_code\b")


def check(root: Path) -> list[str]:
    problems, unused = [], set(EXCEPTIONS)
    for path in rust_files(root):
        place = path.relative_to(root).as_posix()
        if place.startswith(ALLOWED):
            continue
        code = code_only(path.read_text())
        for match in UNSAFE.finditer(code):
            if place in EXCEPTIONS:
                unused.discard(place)
                continue
            line = code.count("\n", 0, match.start()) + 1
            problems.append(f"{place}:{line}: unsafe code outside {', '.join(ALLOWED)}")
    return problems + [f"exception {place} is not needed any more" for place in sorted(unused)]


def main() -> int:
    problems = check(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]))
    print("\n".join(problems) if problems else "unsafe: only where it is allowed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
