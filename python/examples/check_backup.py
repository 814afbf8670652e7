#!/usr/bin/env python3
"""Checks an encrypted backup: every page is authentic, and SQLite finds the database sound.

    check_backup.py BACKUP --key-file FILE

The database is decrypted into memory only.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pagecrypt


def check(path: Path, key: pagecrypt.Key) -> list[str]:
    """What is wrong with it; nothing, where all is well."""
    report = pagecrypt.verify_file(path, key)
    print(json.dumps(asdict(report)))
    if not report.intact:
        return list(report.findings)
    with pagecrypt.PageReader(path, key) as reader, closing(sqlite3.connect(":memory:")) as database:
        plain = bytearray(reader.read_at(0, reader.size))
        reader.check_unchanged()
        plain[18:20] = b"\1\1"  # its log is applied: SQLite need not look for one
        database.deserialize(bytes(plain))
        return [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an encrypted backup.")
    parser.add_argument("backup", type=Path)
    parser.add_argument("--key-file", type=Path, required=True)
    options = parser.parse_args()
    try:
        problems = check(options.backup, pagecrypt.Key.from_text(options.key_file.read_bytes()))
    except pagecrypt.PagecryptError as error:
        print(f"{options.backup}: {error}", file=sys.stderr)
        return error.code.exit_code
    for problem in problems:
        print(f"{options.backup}: {problem}", file=sys.stderr)
    return pagecrypt.ErrorCode.MALFORMED.exit_code if problems else 0


if __name__ == "__main__":
    sys.exit(main())
