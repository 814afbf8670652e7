#!/usr/bin/env python3
"""Measures on this machine, writes the rows to this folder, and what docs/performance.md shows of them.

    measure.py [LANGUAGE ...]

Without languages: Rust, and Python and Node where they are built. Nothing else should run meanwhile.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import draw
import rows

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# The command that measures, and what must be there for it.
BENCHMARKS = {
    "rust": (("cargo", "run", "--release", "-p", "pagecrypt", "--example", "throughput", "--", "--json"), "core"),
    "python": (("target/python-venv/bin/python", "python/bench/bench.py", "--json"), "target/python-venv/bin/python"),
    "node": (("node", "node/bench/bench.mjs", "--json"), "node/bench/bench.mjs"),
}


def machine() -> str:
    """The CPU, and how many of them there are."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    fields = dict(re.findall(r"^([\w ]+?)\s*: (.*)$", text, re.MULTILINE))
    name = fields.get("model name", platform.processor() or platform.machine())
    numbers = [fields[key] for key in ("cpu family", "model") if key in fields]
    which = f" (family {numbers[0]}, model {numbers[1]})" if len(numbers) == 2 else ""
    count = len(re.findall(r"^processor\s*:", text, re.MULTILINE))
    return f"{name}{which}, {count or 'unknown'} CPUs{', virtual' if 'hypervisor' in fields.get('flags', '') else ''}"


def measure(language: str) -> None:
    command, _ = BENCHMARKS[language]
    print(f"measuring: {' '.join(command)}")
    printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    content = {
        "command": " ".join(command),
        "machine": machine(),
        "system": f"{platform.system()} {platform.machine()}",
        "date": date.today().isoformat(),
        "rows": json.loads(printed)["rows"],
    }
    lines = ",\n".join(json.dumps(row) for row in content.pop("rows"))
    text = json.dumps(content, indent=0)[:-2] + f',\n"rows": [\n{lines}\n]}}\n'
    rows.parse(text)
    (HERE / f"{language}.json").write_text(text)


def main() -> int:
    wanted = sys.argv[1:]
    for language in wanted or BENCHMARKS:
        if language not in BENCHMARKS:
            print(f"{language}: no benchmark; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 2
        needed = BENCHMARKS[language][1]
        if not wanted and not (ROOT / needed).exists():
            print(f"skipped: {language}: there is no {needed}")
            continue
        measure(language)
    sys.argv[1:] = []
    return draw.main()


if __name__ == "__main__":
    sys.exit(main())
