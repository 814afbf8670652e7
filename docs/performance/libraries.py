#!/usr/bin/env python3
"""libpagecrypt beside other libraries: what `make bench` measured, as tables and as a picture.

libraries.py RESULTS PICTURE    draws the picture of a report of `make bench`
libraries.py --keep RESULTS     keeps the report as that of its kind of machine, in machines/: the page shows them all
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chart
from rows import table

OURS = "pagecrypt"
MACHINES = Path(__file__).resolve().parent / "machines"
# Kinds of machines, by the engine that serves AEGIS there; in the order in which they are shown. AMD's CPUs have units
# of other widths for AVX-512, for which there are other kernels.
KINDS = {
    "vaes512-amd": "AVX-512 and VAES, by AMD",
    "vaes512": "AVX-512 and VAES, by Intel",
    "vaes256": "VAES without AVX-512",
    "aesni": "without VAES",
    "armv8": "64-bit ARM",
    "portable": "without AES instructions",
}
# The libraries in the order in which they are shown, with their names in text.
LIBRARIES = {
    OURS: "libpagecrypt",
    "libaegis": "libaegis",
    "aws-lc": "AWS-LC",
    "ring": "ring",
    "openssl": "OpenSSL",
    "graviola": "graviola",
    "rustcrypto": "RustCrypto",
}


@dataclass(frozen=True)
class Spread:
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Row:
    """Nanoseconds for one message: the median, and the quartiles."""

    cipher: str
    engine: str
    library: str
    operation: str
    size: int
    text: int
    batch: int
    threads: int
    placement: str
    ns: Spread
    best_peer: str
    ratio: Spread | None
    """How often as fast as the best peer; ours only."""
    target: float | None
    """What the ratio is to be."""
    limit_ns: float | None
    share: float | None
    """Of the machine's limit."""

    def gigabytes(self, ns: float) -> float:
        """Gigabytes of text per second at so many nanoseconds a message."""
        return self.text / ns


@dataclass(frozen=True)
class Report:
    """What one run measured on one machine."""

    machine: dict[str, Any]
    versions: tuple[tuple[str, str], ...]
    limits: tuple[dict[str, Any], ...]
    rounds: int
    rows: tuple[Row, ...]

    def of(self, operation: str, size: int, batch: int, placement: str = "l2") -> dict[str, dict[str, Row]]:
        """The rows of one kind, on one thread, by cipher and library; of our engines the best, which stands last."""
        found: dict[str, dict[str, Row]] = {}
        for row in self.rows:
            kind = (row.operation, row.size, row.batch, row.placement, row.threads)
            if kind == (operation, size, batch, placement, 1):
                found.setdefault(row.cipher, {})[row.library] = row
        return found


def spread(low: float, median: float, high: float) -> Spread:
    if not 0 < low <= median <= high:
        raise ValueError(f"not low, median, high above zero: {low}, {median}, {high}")
    return Spread(low, median, high)


def parse_row(row: dict[str, Any]) -> Row:
    if row["library"] not in LIBRARIES:
        raise ValueError(f"no library: {row}")
    ratio, share = row.get("ratio"), row.get("share_of_limit")
    if (row["library"] == OURS) != (ratio is not None):
        raise ValueError(f"ours, and ours only, has a ratio: {row}")
    names = ("cipher", "engine", "library", "operation", "size", "text", "batch", "threads", "placement")
    return Row(
        **{name: row[name] for name in names},
        ns=spread(row["ns_low"], row["ns"], row["ns_high"]),
        best_peer=row.get("best_peer", ""),
        ratio=ratio and spread(**ratio),
        target=row["target"]["at_least"] if "target" in row else None,
        limit_ns=row.get("limit_ns"),
        share=share["median"] if share else None,
    )


def parse(text: str) -> Report:
    """Reads the report of a run.

    Raises ValueError for rows that are not as docs/performance.md says.
    """
    content: dict[str, Any] = json.loads(text)
    return Report(
        content["machine"],
        tuple((version["library"], version["version"]) for version in content["versions"]),
        tuple(content["limits"]),
        content["rounds"],
        tuple(parse_row(row) for row in content["rows"]),
    )


def machine(report: Report) -> str:
    of = report.machine
    versions = ", ".join(f"{version}" for library, version in report.versions if library != OURS)
    limits = ", ".join(
        f"{limit['operations_per_second'] / 1e9:.1f} ({limit['unit']}, {limit['kind'].replace('_', ' ')}s)"
        for limit in report.limits
    )
    wanted = {"avx512f": "AVX-512", "vaes": "VAES"}
    lacking = [name for feature, name in wanted.items() if feature not in of["features"]]
    lines = [
        f"{of['cpu']}, {of['cpus']} CPUs{', virtual' if of['virtual_machine'] else ''}, {of['system']}",
        f"its features: {', '.join(of['features'])}",
        f"its limits, in thousand millions a second: {limits}",
        f"beside {versions}",
        f"`make bench-docs`, {report.rounds} rounds",
    ]
    if lacking:
        lines.insert(2, f"**without {' and '.join(lacking)}**: the targets are stated for CPUs with AVX-512 and VAES")
    return "\n".join(f"* {line}" for line in lines)


def ratio_cell(row: Row | None) -> str:
    """The ratio, its quartiles, and what it is to be."""
    if row is None or row.ratio is None:
        return ""
    ratio = row.ratio
    text = f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"
    if row.target is None:
        return text
    met = ratio.median >= row.target
    return f"{f'**{text}**' if met else text} of {row.target:.2f}"


def ours(report: Report, kinds: Iterable[tuple[str, int, int, str]]) -> dict[str, list[Row | None]]:
    """Our rows of each kind, by cipher."""
    found = [report.of(*kind) for kind in kinds]
    ciphers = dict.fromkeys(row.cipher for row in report.rows)
    return {cipher: [by.get(cipher, {}).get(OURS) for by in found] for cipher in ciphers}


def ratios(report: Report) -> str:
    pages = [(operation, 4096, batch, "l2") for batch in (64, 1) for operation in ("seal", "open")]
    kinds = [*pages, ("draw_and_seal", 4096, 1, "l2")]
    body = [
        [cipher, next((row.engine for row in rows if row), ""), *map(ratio_cell, rows)]
        for cipher, rows in ours(report, kinds).items()
    ]
    return table(["cipher", "engine", "seal 64", "open 64", "seal 1", "open 1", "draw and seal 1"], body)


def records(report: Report) -> str:
    kinds = [(operation, 64, batch, "l2") for batch in (64, 1) for operation in ("seal", "open")]
    body = [[cipher, *map(ratio_cell, rows)] for cipher, rows in ours(report, kinds).items()]
    return table(["cipher", "seal 64", "open 64", "seal 1", "open 1"], body)


def nanoseconds(report: Report) -> str:
    """Every library's pages, 64 a call."""
    body = []
    found = {operation: report.of(operation, 4096, 64) for operation in ("seal", "open")}
    for cipher, by_library in found["seal"].items():
        cells = []
        for library in LIBRARIES:
            pair = [rows[cipher].get(library) for rows in found.values()]
            cells.append(" / ".join(f"{row.ns.median:.0f}" for row in pair if row))
        body.append([cipher, *cells, f"{by_library[OURS].limit_ns:.0f}" if by_library[OURS].limit_ns else ""])
    return table(["cipher", *LIBRARIES.values(), "limit"], body)


def shares(report: Report) -> str:
    kinds = [("seal", 4096, 4, "l1"), ("open", 4096, 4, "l1"), ("seal", 1024, 16, "l1"), ("open", 1024, 16, "l1")]
    body = [
        [cipher, *(f"{row.share * 100:.0f} %" if row and row.share else "" for row in rows)]
        for cipher, rows in ours(report, kinds).items()
    ]
    return table(["cipher", "seal 4 of 4096", "open 4 of 4096", "seal 16 of 1024", "open 16 of 1024"], body)


def kind(report: Report) -> str:
    """The kind of the machine, one of KINDS.

    Raises ValueError for a report that lacks AEGIS-256's pages.
    """
    mine = report.of("seal", 4096, 64).get("aegis256", {}).get(OURS)
    if mine is None or mine.engine not in KINDS:
        raise ValueError("the report does not say which engine serves aegis256")
    by_amd = mine.engine == "vaes512" and "AMD" in report.machine["cpu"]
    return "vaes512-amd" if by_amd else mine.engine


def kept(folder: Path) -> list[Report]:
    """The reports in a folder, the fastest kind of machine first."""
    reports = [parse(path.read_text()) for path in folder.glob("*.json")]
    return sorted(reports, key=lambda report: list(KINDS).index(kind(report)))


ALT = "Gigabytes per second of sealed pages, by cipher: libpagecrypt, its peers, and the machine's limit"


def section(report: Report) -> str:
    """What the page says of one machine."""
    name = kind(report)
    cpu = report.machine["cpu"].split(" (")[0]
    parts = (
        f"### {KINDS[name][0].upper()}{KINDS[name][1:]}: {cpu}",
        machine(report),
        f"![{ALT}](performance/machines/{name}.svg)",
        "Pages of 4096 bytes, how often as fast as the best peer:",
        ratios(report),
        "Records of 64 bytes:",
        records(report),
        "Nanoseconds a page of 4096 bytes, 64 a call, sealing / opening, and the least that this machine needs:",
        nanoseconds(report),
        "Share of the machine's limit with data in the first cache (AEGIS is to reach 60 %):",
        shares(report),
    )
    return "\n\n".join(parts)


def picture(report: Report) -> str:
    """Pages sealed 64 a call: each library that has the cipher."""
    groups = []
    for cipher, by_library in report.of("seal", 4096, 64).items():
        bars = tuple(
            chart.Bar(series, row.gigabytes(row.ns.median), row.gigabytes(row.ns.high), row.gigabytes(row.ns.low))
            for series, library in enumerate(LIBRARIES)
            if (row := by_library.get(library))
        )
        mine = by_library[OURS]
        limit = mine.gigabytes(mine.limit_ns) if mine.limit_ns else None
        groups.append(chart.Group(cipher, mine.engine, bars, limit))
    title = f"Pages of 4096 bytes, sealed on one thread: {report.machine['cpu'].split(' (')[0]}"
    return chart.draw(title, "GB/s (line: the middle half of the rounds)", tuple(LIBRARIES.values()), groups)


def main() -> int:
    if sys.argv[1] == "--keep":
        text = Path(sys.argv[2]).read_text()
        path = MACHINES / f"{kind(parse(text))}.json"
        path.write_text(text)
        print(f"docs/performance/machines/{path.name}: kept")
        return 0
    results, where = map(Path, sys.argv[1:])
    report = parse(results.read_text())
    if report.of("seal", 4096, 64):
        where.write_text(picture(report))
        print(f"{results}, {where}")
    else:
        print(f"{results}; skipped: {where}: pages of 4096 bytes, 64 a call, were not measured")
    return 0


if __name__ == "__main__":
    sys.exit(main())
