#!/usr/bin/env python3
"""The main job, shown on real input:  examples/demo.py target/shipped/release/pagecrypt   (or: make demo)

A SQLite database of more than 50 MB is encrypted under each cipher of Turso's format, verified, shown to be unreadable
for stock SQLite, decrypted and compared row by row. Then a database that Turso itself made is decrypted and read.
Needs nothing beyond Python and the binary; leaves its work in target/demo.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target/demo"
TURSO = ROOT / "vectors/turso"
CIPHERS = (
    "aes128gcm",
    "aes256gcm",
    "aegis256",
    "aegis256x2",
    "aegis256x4",
    "aegis128l",
    "aegis128x2",
    "aegis128x4",
)
# Stands in many rows: whoever finds it in an encrypted file has found plaintext.
MARKER = "Kilimanjaro consignment"

SCHEMA = """
CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, balance REAL, notes TEXT);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers(id), day TEXT, total REAL);
CREATE TABLE items(orders INTEGER, line INTEGER, product TEXT, amount INTEGER, price REAL, PRIMARY KEY(orders, line))
    WITHOUT ROWID;
CREATE TABLE attachments(id INTEGER PRIMARY KEY, customer INTEGER, name TEXT, content BLOB);
CREATE INDEX customers_by_name ON customers(name, city);
CREATE INDEX orders_by_customer ON orders(customer, day);
CREATE INDEX items_by_product ON items(product);
CREATE UNIQUE INDEX attachments_by_name ON attachments(name);
CREATE VIEW spending AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;
CREATE TRIGGER keep_orders BEFORE DELETE ON customers
    BEGIN SELECT raise(ABORT, 'has orders') FROM orders WHERE customer = old.id; END;
"""
WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbor", "island", "juniper", "lagoon", "opal")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: demo.py PAGECRYPT")
    binary = Path(sys.argv[1]).resolve()
    WORK.mkdir(parents=True, exist_ok=True)
    plain = WORK / "plain.db"
    make_database(plain)

    catalogue = json.loads(subprocess.run([binary, "ciphers", "--json"], check=True, capture_output=True).stdout)
    engines = {cipher["name"]: cipher["engine"] for cipher in catalogue["ciphers"]}
    results = [convert(binary, plain, cipher, engines[cipher]) for cipher in CIPHERS]
    open_database_of_turso(binary)
    print_table(results)


def make_database(path: Path) -> None:
    """The same database each time: several tables, text, blobs, indexes."""
    path.unlink(missing_ok=True)
    chance = random.Random(20260101)

    def text(words: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(words))

    def customers() -> Iterator[tuple[int, str, str, float, str]]:
        for number in range(1, 30_001):
            notes = f"{MARKER} {number}: {text(chance.randrange(40))}"
            yield number, text(2).title(), chance.choice(WORDS), round(chance.uniform(-500, 5000), 2), notes

    def orders() -> Iterator[tuple[int, int, str, float]]:
        for number in range(1, 120_001):
            day = f"2025-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            yield number, chance.randrange(1, 30_001), day, round(chance.uniform(1, 900), 2)

    def items() -> Iterator[tuple[int, int, str, int, float]]:
        for number in range(1, 120_001):
            for line in range(1, 1 + number % 4):
                yield number, line, text(2), chance.randrange(1, 20), round(chance.uniform(1, 90), 2)

    def attachments() -> Iterator[tuple[int, int, str, bytes]]:
        for number in range(1, 1501):
            content = chance.randbytes(chance.randrange(200, 50_000))
            yield number, chance.randrange(1, 30_001), f"{text(2)} {number}.bin", content

    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany("INSERT INTO customers VALUES(?, ?, ?, ?, ?)", customers())
        database.executemany("INSERT INTO orders VALUES(?, ?, ?, ?)", orders())
        database.executemany("INSERT INTO items VALUES(?, ?, ?, ?, ?)", items())
        database.executemany("INSERT INTO attachments VALUES(?, ?, ?, ?)", attachments())
        database.commit()
        counts = {table: count(database, table) for table in tables(database)}
    size = path.stat().st_size
    expect(size >= 50_000_000, f"the database has only {size} bytes")
    rows = ", ".join(f"{number} {table}" for table, number in counts.items())
    print(f"a plain SQLite database: {size / 1e6:.1f} MB, {rows}")


@dataclass
class Run:
    """One finished command: how long it took, and the most memory that it held."""

    seconds: float
    peak_mib: float
    stderr: str


# Starts the command from a process that is small itself: the kernel counts the parent's memory at the moment of the
# start as the child's.
MEASURE = """
import json, os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - start, usage.ru_maxrss / 1024]))
"""


def run(binary: Path, *arguments: Path | str) -> Run:
    command = [str(argument) for argument in (binary, *arguments)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, *command], capture_output=True, text=True, check=True
    )
    code, seconds, peak_mib = json.loads(done.stdout)
    expect(code == 0, f"{' '.join(command)}: exit {code}: {done.stderr}")
    return Run(seconds, peak_mib, done.stderr)


@dataclass
class Result:
    """One row of the closing table."""

    cipher: str
    engine: str
    megabytes: float
    encrypt: Run
    verify: Run
    decrypt: Run


def convert(binary: Path, plain: Path, cipher: str, engine: str) -> Result:
    """There and back under one cipher, with every claim checked."""
    key, encrypted, back = WORK / f"{cipher}.key", WORK / f"{cipher}.db", WORK / "decrypted.db"
    for path in (key, encrypted, back):
        path.unlink(missing_ok=True)
    run(binary, "keygen", "--cipher", cipher, "--out", key)
    encrypt = run(binary, "encrypt", plain, encrypted, "--key-file", key, "--cipher", cipher)
    verify = run(binary, "verify", encrypted, "--key-file", key)
    refusal = refusal_of_stock_sqlite(encrypted)
    expect(MARKER.encode() in plain.read_bytes(), "the plain file does not hold the marker")
    expect(MARKER.encode() not in encrypted.read_bytes(), "the encrypted file holds plaintext")
    decrypt = run(binary, "decrypt", encrypted, back, "--key-file", key)
    rows = compare(plain, back)
    megabytes = encrypted.stat().st_size / 1e6
    print(
        f"{cipher}: encrypted and verified; sqlite3 says {refusal!r}; decrypted: {rows} rows are the same", flush=True
    )
    encrypted.unlink()
    back.unlink()
    return Result(cipher, engine, megabytes, encrypt, verify, decrypt)


def refusal_of_stock_sqlite(path: Path) -> str:
    """What SQLite says to an encrypted file."""
    with closing(sqlite3.connect(path)) as database:
        try:
            database.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except sqlite3.DatabaseError as error:
            return str(error)
    sys.exit(f"stock SQLite read {path}")


def compare(one: Path, other: Path) -> int:
    """Compares the schema and every row of every table; how many rows there were."""
    rows = 0
    with closing(sqlite3.connect(one)) as left, closing(sqlite3.connect(other)) as right:
        expect(right.execute("PRAGMA integrity_check").fetchall() == [("ok",)], f"{other} is damaged")
        schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        expect(left.execute(schema).fetchall() == right.execute(schema).fetchall(), "the schemas differ")
        for table in tables(left):
            keys = "orders, line" if table == "items" else "rowid"
            query = f"SELECT {keys}, * FROM {table} ORDER BY {keys}"
            for pair in zip_longest(left.execute(query), right.execute(query)):
                expect(pair[0] == pair[1], f"{table}: rows differ")
                rows += 1
    return rows


def open_database_of_turso(binary: Path) -> None:
    """Decrypts a database that Turso made, whose last rows are still in its write-ahead log."""
    name = "aegis256-4096-walmixed"
    manifest = json.loads((TURSO / "manifest.json").read_text())
    sample = next(sample for sample in manifest["fixtures"] if sample["name"] == name)
    key, plain = WORK / "turso.key", WORK / "turso.db"
    plain.unlink(missing_ok=True)
    key.touch(mode=0o600)
    key.write_text(sample["hexkey"])
    run(binary, "verify", TURSO / sample["file"], "--key-file", key)
    run(binary, "decrypt", TURSO / sample["file"], plain, "--key-file", key)
    print(f"\n{sample['file']}, made by Turso ({manifest['generator']}), decrypted:")
    with closing(sqlite3.connect(plain)) as database:
        for table, expected in sample["row_counts"].items():
            expect(count(database, table) == expected, f"{table}: not {expected} rows")
            print(f"  {table}: {expected} rows, the last ones:")
            for row in database.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 3"):
                print("    " + " | ".join(shorten(value) for value in row))


def print_table(results: list[Result]) -> None:
    print(f"\n{results[0].megabytes:.1f} MB each; MB/s of encrypted file, with reading, writing and syncing")
    head = ("cipher", "engine", "encrypt s", "MB/s", "peak MiB", "verify s", "MB/s", "decrypt s", "MB/s")
    widths = (12, 11, 9, 6, 8, 8, 6, 9, 6)
    rows = [list(head)]
    for result in results:
        cells = [result.cipher, result.engine]
        for step in (result.encrypt, result.verify, result.decrypt):
            cells += [f"{step.seconds:.2f}", f"{result.megabytes / step.seconds:.0f}"]
            if step is result.encrypt:
                cells.append(f"{step.peak_mib:.1f}")
        rows.append(cells)
    for cells in rows:
        names = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]
        print("  ".join(names + numbers))


def tables(database: sqlite3.Connection) -> list[str]:
    return [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]


def count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def shorten(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= 32 else text[:32] + "…"


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"demo: {otherwise}")


if __name__ == "__main__":
    main()
