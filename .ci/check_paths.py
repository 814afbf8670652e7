#!/usr/bin/env python3
"""No committed file names a path of one machine.

check_paths.py [ROOT]
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HOMES = "|".join(("home", "root", "work", "farm", "Users"))
PATH = re.compile(rf"(?:^|[^A-Za-z0-9_.~-])/(?:{HOMES})/[A-Za-z.]", re.MULTILINE)


def check(root: Path) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True).stdout
    problems = []
    for name in filter(None, listed.decode().split("\0")):
        path = root / name
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" in content:
            continue
        text = content.decode("utf-8", "replace")
        for match in PATH.finditer(text):
            problems.append(f"{name}:{text.count(chr(10), 0, match.end()) + 1}: a path of one machine")
    return problems


def main() -> int:
    problems = check(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]))
    print("\n".join(problems) if problems else "paths: none of one machine")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
