"""The rows that every program prints, and how its output is read: one line a row, none missing, none twice."""

from __future__ import annotations

import re
from dataclasses import dataclass

OK, REFUSED, FAILED = "ok", "refused", "FAILED"


@dataclass(frozen=True)
class Capability:
    name: str
    ending: str = ""
    """Of its files, which are called `NAME-CIPHER` and this."""
    refused: frozenset[str] = frozenset()
    """The ciphers that it does not have."""
    pages: tuple[int, int] | None = None
    """Where its files are pages whose last bytes are nonces: the offset of the first, and the distance of two."""

    records: tuple[int, ...] = ()
    """Where its files are records, each with its length before it: for each section of RECORDS of them, how many bytes
    stand between a length and its record."""

    @property
    def draws_nonces(self) -> bool:
        """Whether its files are others each time, as their nonces are drawn."""
        return self.pages is not None or bool(self.records)

    def expected(self, cipher: str) -> str:
        return REFUSED if cipher in self.refused else OK

    def file(self, cipher: str) -> str:
        return f"{self.name}-{cipher}{self.ending}"


# The length of each cipher's nonce.
CIPHERS = {
    "aes128gcm": 12,
    "aes256gcm": 12,
    "aegis256": 32,
    "aegis256x2": 32,
    "aegis256x4": 32,
    "aegis128l": 16,
    "aegis128x2": 16,
    "aegis128x4": 16,
    "chacha20poly1305": 12,
}
PAGE_SIZE = 4096
RECORDS = 65
NOT_TURSO = frozenset({"chacha20poly1305"})
NOT_S2 = frozenset(CIPHERS) - {"aes256gcm", "aegis256"}

# A capability joins by a row here and a row in each program.
CAPABILITIES = (
    Capability("messages"),
    Capability("pages", refused=NOT_TURSO, pages=(0, PAGE_SIZE)),
    Capability("frames", refused=NOT_TURSO, pages=(32 + 24, 24 + PAGE_SIZE)),
    Capability("file", ending=".db", refused=NOT_TURSO, pages=(0, PAGE_SIZE)),
    Capability("records-s2", refused=NOT_S2, records=(0,)),
    Capability("records-bound", records=(0, 0, 32)),
)

ROW = re.compile(r"(\S+) (\S+) (?:(ok|refused)|FAILED: (.+))")
Row = tuple[str, str]
"""Capability and cipher."""


@dataclass(frozen=True)
class Outcome:
    word: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.word}: {self.why}" if self.why else self.word


NO_ROW = Outcome(FAILED, "no row was printed")


def all_rows() -> list[tuple[Capability, str]]:
    return [(capability, cipher) for capability in CAPABILITIES for cipher in CIPHERS]


def parse(output: str, exit_code: int) -> tuple[dict[Row, Outcome], list[str]]:
    """What a program printed, an outcome for each row there must be, and what is wrong with its output as a whole."""
    wanted = {(capability.name, cipher) for capability, cipher in all_rows()}
    rows: dict[Row, Outcome] = {}
    problems = []
    for line in output.splitlines():
        match = ROW.fullmatch(line)
        row = (match[1], match[2]) if match else None
        if match is None or row not in wanted:
            problems.append(f"printed a line that is no row: {line!r}")
        elif row in rows:
            problems.append(f"printed the row {row[0]} {row[1]} twice")
        else:
            rows[row] = Outcome(match[3]) if match[3] else Outcome(FAILED, match[4])
    for capability, cipher in all_rows():
        rows.setdefault((capability.name, cipher), NO_ROW)
    says_failed = any(outcome.word == FAILED for outcome in rows.values())
    if (exit_code != 0) != says_failed:
        problems.append(f"ended with exit code {exit_code}, which is not what its rows say")
    return rows, problems
