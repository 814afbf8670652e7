#!/usr/bin/env python3
"""Makes programs of the ```cpp blocks of documents, and prints their paths.

    snippets.py FOLDER DOCUMENT...

A block with a main function is a program. The other blocks of a document are, one after the other, the body of one
program; their #include and using lines go to its top.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```cpp\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
TOP = re.compile(r"^(?:#include|using) .*$", re.MULTILINE)


def programs(text: str) -> list[str]:
    blocks = [match.group(1) for match in BLOCK.finditer(text)]
    whole = [block for block in blocks if "int main(" in block]
    parts = [block for block in blocks if "int main(" not in block]
    if parts:
        top = "\n".join(line for block in parts for line in TOP.findall(block))
        body = "\n".join(TOP.sub("", block) for block in parts)
        whole.append(f"{top}\n\nint main() {{\n{body}\n}}\n")
    return whole


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for document in map(Path, sys.argv[2:]):
        found = programs(document.read_text())
        if not found:
            print(f"{document}: no C++ in it", file=sys.stderr)
            return 1
        for index, program in enumerate(found):
            path = folder / f"snippet_{document.stem}_{index}.cpp"
            if not path.exists() or path.read_text() != program:
                path.write_text(program)
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
