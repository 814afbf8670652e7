#!/usr/bin/env python3
"""Measures whole files: verify, decrypt and encrypt beside what only reads or copies, by the size of the database.

    files.py [--full] [--sizes MIB,...] [--rounds N] [--docs]    measures; with --docs into docs/performance.md
    files.py --draw                                              draws from the rows of the documents again
    files.py --check                                             fails where the documents are not what the rows give

Needs target/shipped/release/pagecrypt. Every command of a size takes its turn in each round, so that whatever else the
machine does meets all of them. Sources are in the page cache. Times of the CPU are taken besides, which tell what one
thread does where the machine has other work, too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs/performance"))

import curve
from measure import machine

ROOT = Path(__file__).resolve().parents[1]
PAGECRYPT = ROOT / "target/shipped/release/pagecrypt"
OUT = ROOT / "target/bench"
DOCS = ROOT / "docs/performance"
PAGE = ROOT / "docs/performance.md"
REGION = re.compile(r"(<!-- files -->\n).*?(<!-- end of files -->)", re.DOTALL)

CIPHER, PAGE_SIZE, MIB = "aegis256", 4096, 1 << 20
SIZES, FULL = (1, 4, 16, 64, 256, 1024), (1, 4, 16, 64, 256, 1024, 4096)
# A database of next to nothing: what starting a program and finishing a file take.
START = 0
# Of the files on a disk only one size is measured, up to this: it is the disk that is measured there.
ON_DISK = 1024
# The largest that the tables show; the curve shows all.
SHOWN = 1024
# SQLite takes minutes to rebuild larger ones.
REBUILT = 1024


@dataclass(frozen=True)
class Row:
    """One command on one database."""

    place: str
    """Where the files are: "memory" (tmpfs) or "disk"."""
    mib: int
    pages: int
    command: str
    threads: str
    """"one", or "all" that the machine runs at once."""
    seconds: float
    """The median."""
    fastest: float
    cpu: float
    """Seconds of CPU time, of all threads and the system for them, the least: what else the machine does only adds."""
    ratio: float | None
    """The peer's time by this one's in the same round, the median."""
    cpu_ratio: float | None
    """The same of CPU time."""
    peer: str | None
    peak_mib: float
    """Peak memory, and not less than what the measuring program has."""


@dataclass(frozen=True)
class Command:
    """What is run, and what it is compared with."""

    name: str
    words: list[str]
    threads: str = "one"
    peer: str | None = None


def make_plain(path: str, mib: int) -> None:
    """A plain database of about this size: rows of a kilobyte with a short column that is indexed."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (f"page_size = {PAGE_SIZE}", "journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, name BLOB, body BLOB)")
    rows = mib * 760
    connection.execute("BEGIN")
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "INSERT INTO t SELECT i, randomblob(16), randomblob(1180) FROM n",
        [max(rows, 1)],
    )
    connection.execute("CREATE INDEX t_name ON t(name)")
    connection.execute("COMMIT")
    connection.close()


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    cpu: float
    peak_mib: float


def vacuum(source: str, destination: str) -> tuple[float, float]:
    """Has SQLite rebuild a database; how many seconds that takes, and how many of the CPU."""
    connection = sqlite3.connect(source)
    start, cpu = time.perf_counter(), time.process_time()
    connection.execute("VACUUM INTO ?", [destination])
    return time.perf_counter() - start, time.process_time() - cpu


def myself(*words: str) -> list[str]:
    """A command that runs this program: what it takes in memory is not counted for the commands that follow."""
    return [sys.executable, str(Path(__file__).resolve()), *words]


def run(words: list[str], one_cpu: bool) -> Cost:
    """Runs a command, which has to succeed; one that prints its times knows them better."""
    if one_cpu and shutil.which("taskset"):
        words = ["taskset", "-c", "0", *words]
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(words)}: exit {process.returncode}: {printed}")
    unit = 1 if sys.platform == "darwin" else 1024
    wall, cpu = map(float, printed.split() or (seconds, usage.ru_utime + usage.ru_stime))
    return Cost(wall, cpu, usage.ru_maxrss * unit / MIB)


def commands(folder: Path, on_disk: bool, rebuilt: bool) -> list[Command]:
    """All of one size. Each that writes makes `out.db`, which is removed before the next one."""
    plain, fitting, sealed, out, key = (str(folder / name) for name in ("plain", "fitting", "sealed", "out.db", "key"))
    tool, with_key = str(PAGECRYPT), ["--key-file", key, "--quiet"]

    def shell(text: str) -> list[str]:
        return ["sh", "-c", text, "sh", sealed, out]

    found = [
        Command("cat", shell('cat "$1" > /dev/null')),
        Command("verify", [tool, "verify", sealed, *with_key, "--threads", "1"], peer="cat"),
        Command("cp", ["cp", sealed, out]),
        Command("decrypt", [tool, "decrypt", sealed, out, *with_key], peer="cp"),
        Command("encrypt", [tool, "encrypt", fitting, out, *with_key, "--cipher", CIPHER], peer="cp"),
        Command("cat", shell('cat "$1" > /dev/null'), "all"),
        Command("verify", [tool, "verify", sealed, *with_key], "all", "cat"),
        Command("cp", ["cp", sealed, out], "all"),
        Command("decrypt", [tool, "decrypt", sealed, out, *with_key], "all", "cp"),
        Command("encrypt", [tool, "encrypt", fitting, out, *with_key, "--cipher", CIPHER], "all", "cp"),
    ]
    rebuild = [
        Command("vacuum", myself("--vacuum", plain, out), "all"),
        Command("rebuild", [tool, "encrypt", plain, out, *with_key, "--cipher", CIPHER], "all", "vacuum"),
    ]
    if not on_disk:
        return found + rebuild * rebuilt
    # What is written is on the disk when the command ends; `cp` alone leaves that for later.
    synced = [Command("cp, sync", shell('cp "$1" "$2" && sync "$2"'), threads) for threads in ("one", "all")]
    compared = [Command(c.name, c.words, c.threads, "cp, sync" if c.peer == "cp" else c.peer) for c in found]
    return synced + compared


def rounds_of(mib: int, rounds: int) -> int:
    """Small databases take so little time that more rounds cost nothing."""
    return rounds * 4 if mib <= 16 else rounds * 2 if mib <= 64 else rounds


def measure(folder: Path, place: str, mib: int, rounds: int) -> list[Row]:
    tool, key = str(PAGECRYPT), folder / "key"
    plain, fitting, sealed, out = (folder / name for name in ("plain", "fitting", "sealed", "out.db"))
    run([tool, "keygen", "--cipher", CIPHER, "--out", str(key), "--quiet"], False)
    run(myself("--make", str(plain), str(mib)), False)
    with_key = ["--key-file", str(key), "--quiet"]
    run([tool, "encrypt", str(plain), str(sealed), *with_key, "--cipher", CIPHER], False)
    run([tool, "decrypt", str(sealed), str(fitting), *with_key], False)
    if mib > REBUILT:
        plain.unlink()
    todo = commands(folder, place == "disk", mib <= REBUILT)
    costs: dict[tuple[str, str], list[Cost]] = {(command.name, command.threads): [] for command in todo}
    peaks = dict.fromkeys(costs, 0.0)
    for number in range(rounds_of(mib, rounds) + 1):
        for command in todo:
            out.unlink(missing_ok=True)
            cost = run(command.words, command.threads == "one")
            at = command.name, command.threads
            if number > 0:  # the first round brings everything into the page cache
                costs[at].append(cost)
            peaks[at] = max(peaks[at], cost.peak_mib)
    pages = sealed.stat().st_size // PAGE_SIZE
    found = []
    for command in todo:
        at = command.name, command.threads
        walls, cpus = [cost.seconds for cost in costs[at]], [cost.cpu for cost in costs[at]]
        ratio = cpu_ratio = None
        if command.peer is not None:
            pairs = list(zip(costs[command.peer, command.threads], costs[at], strict=True))
            ratio = round(median(peer.seconds / own.seconds for peer, own in pairs), 3)
            # The system may count short times as none.
            cpu_ratio = round(median(max(peer.cpu, 1e-4) / max(own.cpu, 1e-4) for peer, own in pairs), 3)
        seconds, fastest, cpu = (round(value, 5) for value in (median(walls), min(walls), min(cpus)))
        row = Row(place, mib, pages, *at, seconds, fastest, cpu, ratio, cpu_ratio, command.peer, round(peaks[at], 1))
        print(said(row), flush=True)
        found.append(row)
    return found


def said(row: Row) -> str:
    ratio = "" if row.ratio is None else f"  {row.ratio:5.0%}, of the CPU {row.cpu_ratio:5.0%} of {row.peer}"
    where = f"{row.place:6} {row.mib:5} MiB  {row.command:8} {row.threads:3}"
    return f"{where} {row.seconds:9.4f} s  {row.cpu:9.4f} s  {row.peak_mib:5.1f} MiB{ratio}"


def places(largest: int) -> Iterable[tuple[str, Path]]:
    """Memory, if it has room for the databases of a size and a copy, and the disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > largest * MIB * 4.5:
        yield "memory", memory / f"pagecrypt-bench-{os.getpid()}"
    else:
        print("skipped: files in memory: /dev/shm is not there, or has no room for four databases")
    yield "disk", OUT / "files"


def measure_all(sizes: tuple[int, ...], rounds: int) -> dict[str, Any]:
    if not PAGECRYPT.exists():
        raise SystemExit(f"there is no {PAGECRYPT.relative_to(ROOT)}: run `make bench-files`")
    rows: list[Row] = []
    for place, folder in places(max(sizes)):
        wanted = [START, *sizes] if not rows else [max((size for size in sizes if size <= ON_DISK), default=sizes[0])]
        for mib in wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            try:
                rows += measure(folder, place, mib, rounds)
            finally:
                shutil.rmtree(folder)
    return {
        "command": "make bench-files",
        "machine": machine(),
        "system": f"{platform.system()} {platform.machine()}",
        "date": date.today().isoformat(),
        "cipher": CIPHER,
        "page_size": PAGE_SIZE,
        "rows": [asdict(row) for row in rows],
    }


def text_of(content: dict[str, Any]) -> str:
    """As JSON, a row a line."""
    rows = ",\n".join(json.dumps(row) for row in content["rows"])
    head = json.dumps({name: value for name, value in content.items() if name != "rows"}, indent=0)
    return head[:-2] + f',\n"rows": [\n{rows}\n]}}\n'


def rows_of(content: dict[str, Any]) -> list[Row]:
    """The rows of a file; a ValueError where they cannot be."""
    rows = [Row(**row) for row in content["rows"]]
    for row in rows:
        if not (0 < row.fastest <= row.seconds and row.pages > 0 and row.peak_mib > 0):
            raise ValueError(f"cannot be: {row}")
    return rows


def place_of_curve(rows: list[Row]) -> str:
    return "memory" if any(row.place == "memory" for row in rows) else "disk"


def per_page(rows: list[Row], command: str, threads: str) -> dict[int, float]:
    """Nanoseconds of the CPU a page by size, without what the command takes for next to nothing."""
    place = place_of_curve(rows)
    here = {row.mib: row for row in rows if (row.place, row.command, row.threads) == (place, command, threads)}
    start = here.pop(START)
    # A difference of almost nothing may come out negative where the machine is busy.
    return {mib: max((row.cpu - start.cpu) * 1e9 / (row.pages - start.pages), 1.0) for mib, row in here.items()}


LINES = (("cat", True), ("verify", False), ("cp", True), ("decrypt", False), ("encrypt", False), ("rebuild", False))


def picture(rows: list[Row]) -> str:
    def line(command: str, dashed: bool) -> curve.Line:
        threads = "all" if command == "rebuild" else "one"
        return curve.Line(command, tuple(sorted(per_page(rows, command, threads).items())), dashed)

    lines = [line(command, dashed) for command, dashed in LINES]
    sizes = sorted({size for each in lines for size, _ in each.points})
    names = {float(size): f"{size} MiB" if size < 1024 else f"{size // 1024} GiB" for size in sizes}
    title = f"Whole files under {CIPHER}, on one thread (rebuild: all)"
    return curve.draw(title, "size of the database", "nanoseconds of the CPU a page of 4096 bytes", lines, names)


def table(head: list[str], body: Iterable[list[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *body)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def cells(row: Row) -> list[str]:
    speed = "" if row.ratio is None else f"{row.ratio:.0%} of `{row.peer}`"
    of_cpu = "" if row.cpu_ratio is None else f"{row.cpu_ratio:.0%}"
    through = f"{row.pages * PAGE_SIZE / 2**30 / row.seconds:.2f}"
    return [
        row.command,
        row.threads,
        f"{row.seconds:.3f}",
        through,
        speed,
        f"{row.cpu:.3f}",
        of_cpu,
        f"{row.peak_mib:.0f}",
    ]


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def tables(content: dict[str, Any]) -> str:
    """What docs/performance.md shows."""
    rows = rows_of(content)
    parts = [f"{content['machine']}, {content['system']}; `{content['command']}`, {content['date']}."]
    for place in dict.fromkeys(row.place for row in rows):
        largest = max(row.mib for row in rows if row.place == place and row.mib <= SHOWN)
        body = [cells(row) for row in rows if (row.place, row.mib) == (place, largest)]
        parts.append(f"{largest} MiB, files {'in memory' if place == 'memory' else 'on a disk'}:")
        parts.append(
            table(["command", "threads", "seconds", "GiB/s", "speed", "CPU seconds", "speed by them", "peak MiB"], body)
        )
    curves = {command: per_page(rows, command, "all" if command == "rebuild" else "one") for command, _ in LINES}
    sizes = sorted(curves["cat"])
    parts.append(
        "Nanoseconds of the CPU a page by size, without what the same command takes for a database of next to nothing:"
    )
    body = [[f"{size} MiB", *(number(curves[command].get(size)) for command, _ in LINES)] for size in sizes]
    parts.append(table(["size", *(command for command, _ in LINES)], body))
    return "\n\n".join(parts)


def documents(content: dict[str, Any]) -> dict[Path, str]:
    """What has to stand where in the documents."""
    page, found = REGION.subn(lambda match: f"{match[1]}\n{tables(content)}\n\n{match[2]}", PAGE.read_text())
    if found != 1:
        raise ValueError("docs/performance.md has no place for the tables of whole files")
    return {DOCS / "files.json": text_of(content), DOCS / "files.svg": picture(rows_of(content)), PAGE: page}


def sizes_of(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",")))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="up to 4 GiB")
    parser.add_argument("--sizes", type=sizes_of, help="in MiB, with commas between them")
    parser.add_argument("--rounds", type=int, default=5, help="of the large databases; small ones get more")
    parser.add_argument("--docs", action="store_true", help="write the documents, too")
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    parser.add_argument("--check", action="store_true", help="measure and write nothing")
    parser.add_argument("--make", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--vacuum", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.make:
        make_plain(args.make[0], int(args.make[1]))
        return 0
    if args.vacuum:
        print(*vacuum(*args.vacuum))
        return 0
    if args.draw or args.check:
        content = json.loads((DOCS / "files.json").read_text())
    else:
        content = measure_all(args.sizes or (FULL if args.full else SIZES), args.rounds)
        OUT.mkdir(parents=True, exist_ok=True)
        (OUT / "files.json").write_text(text_of(content))
        (OUT / "files.svg").write_text(picture(rows_of(content)))
        if not args.docs:
            return 0
    stale = {path: text for path, text in documents(content).items() if not path.exists() or path.read_text() != text}
    for path, text in stale.items():
        name = path.relative_to(ROOT)
        print(f"{name}: not what the rows give: run benches/files.py --draw" if args.check else f"{name}: written")
        if not args.check:
            path.write_text(text)
    return 1 if args.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
