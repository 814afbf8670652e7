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
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

import draw
import rows

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = ROOT / "target/python-venv/bin/python"


@dataclass(frozen=True)
class Benchmark:
    """A command that measures, and how its report becomes rows. It runs in `folder`, and only where `needed` is."""

    command: tuple[str, ...]
    """With REPORT in the place of a file's name where it does not print its report."""
    folder: Path
    needed: Path
    rows: Callable[[Any], list[dict[str, Any]]]
    setup: tuple[str, ...] = ("true",)
    """Run before."""


def rows_of_python(report: Any) -> list[dict[str, Any]]:
    """Pages from one buffer into another, in Python and, in the same run, in Rust."""
    found = []
    for row in report["rows"]:
        language = {"pagecrypt": "python", "rust": "rust"}.get(row["name"])
        operation = row["operation"].split()[0]
        if language and operation.endswith("_pages"):
            low, median, high = quantiles(row["samples"], n=4)
            ns = {"low": low, "median": median, "high": high}
            found.append(as_row(language, row["cipher"], "", operation, row["pages"], ns))
    return found


def rows_of_node(report: Any) -> list[dict[str, Any]]:
    """Pages from one buffer into another, by the functions that work at once."""
    found = []
    for row in report["results"]:
        task = re.fullmatch(r"(seal|open) (\d+) pages?", row["task"])
        if task:
            of = row["nanoseconds"]["sync"]
            ns = {"low": of["from"], "median": of["median"], "high": of["to"]}
            found.append(as_row("node", row["cipher"], row["engine"], f"{task[1]}_pages", int(task[2]), ns))
    return found


def as_row(language: str, cipher: str, engine: str, operation: str, batch: int, ns: dict[str, float]) -> dict[str, Any]:
    rounded = {name: round(value, 1) for name, value in ns.items()}
    return {
        "language": language,
        "cipher": cipher,
        "engine": engine,
        "operation": operation,
        "batch": batch,
        "ns": rounded,
    }


BENCHMARKS = {
    "rust": Benchmark(
        ("cargo", "run", "--release", "-p", "pagecrypt", "--example", "throughput", "--", "--json"),
        folder=ROOT,
        needed=ROOT / "core",
        rows=lambda report: list(report["rows"]),
    ),
    "python": Benchmark(
        ("target/python-venv/bin/python", "python/bench/bench.py", "--ciphers", "aegis256", "--json", "REPORT"),
        folder=ROOT,
        needed=PYTHON,
        rows=rows_of_python,
        setup=(str(PYTHON), "-m", "pip", "install", "--quiet", "--requirement", "python/bench/requirements.txt"),
    ),
    "node": Benchmark(
        ("node", "bench/bench.mjs", "--json", "REPORT"),
        folder=ROOT / "node",
        needed=ROOT / "node/bench/bench.mjs",
        rows=rows_of_node,
    ),
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


def report_of(benchmark: Benchmark) -> Any:
    """Runs it; what it reports."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "report.json")
        command = [str(file) if part == "REPORT" else part for part in benchmark.command]
        printed = subprocess.run(command, cwd=benchmark.folder, check=True, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(file.read_text() if file.exists() else printed)


def measure(language: str) -> None:
    benchmark = BENCHMARKS[language]
    command = " ".join(benchmark.command)
    subprocess.run(benchmark.setup, cwd=ROOT, check=True)
    print(f"measuring: {command}", flush=True)
    found = benchmark.rows(report_of(benchmark))
    content = {
        "command": command,
        "machine": machine(),
        "system": f"{platform.system()} {platform.machine()}",
        "date": date.today().isoformat(),
    }
    lines = ",\n".join(json.dumps(row) for row in found)
    text = json.dumps(content, indent=0)[:-2] + f',\n"rows": [\n{lines}\n]}}\n'
    rows.parse(text)
    (HERE / f"{language}.json").write_text(text)


def main() -> int:
    wanted = sys.argv[1:]
    for language in wanted or BENCHMARKS:
        if language not in BENCHMARKS:
            print(f"{language}: no benchmark; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 2
        needed = BENCHMARKS[language].needed
        if not wanted and not needed.exists():
            print(f"skipped: {language}: there is no {needed.relative_to(ROOT)}")
            continue
        measure(language)
    sys.argv[1:] = []
    return draw.main()


if __name__ == "__main__":
    sys.exit(main())
