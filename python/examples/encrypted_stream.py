#!/usr/bin/env python3
"""Writes lines of text to a file of encrypted records, and reads them back.

    encrypted_stream.py write FILE --key-file FILE < LINES
    encrypted_stream.py read FILE --key-file FILE

Each line is a record, bound to its number in the file: lines that were changed, moved or taken from another file do not
open. The file begins with the id of the stream; each record stands behind its length, 4 bytes.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pagecrypt import AuthenticationError, Context, ErrorCode, Key, PagecryptError, RecordCodec

BATCH = 64
"""Records are worked on together."""
ID_LENGTH = 32


def write(file: BinaryIO, lines: BinaryIO, key: Key) -> None:
    stream = secrets.token_bytes(ID_LENGTH)
    file.write(stream)
    codec = RecordCodec.bound(key, Context.stream(stream))
    first = 0
    while batch := list(islice(lines, BATCH)):
        for record in codec.seal_batch(batch, sequences=range(first, first + len(batch))):
            file.write(len(record).to_bytes(4, "big") + record)
        first += len(batch)


def read(file: BinaryIO, lines: BinaryIO, key: Key) -> None:
    codec = RecordCodec.bound(key, Context.stream(file.read(ID_LENGTH)))
    found, first = records(file), 0
    while batch := list(islice(found, BATCH)):
        lines.writelines(codec.open_batch(batch, sequences=range(first, first + len(batch))))
        first += len(batch)


def records(file: BinaryIO) -> Iterator[bytes]:
    while length := file.read(4):
        yield file.read(int.from_bytes(length, "big"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes lines as encrypted records, and reads them back.")
    parser.add_argument("what", choices=("write", "read"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--key-file", type=Path, required=True)
    options = parser.parse_args()
    try:
        key = Key.from_text(options.key_file.read_bytes())
        if options.what == "write":
            with options.file.open("xb") as file:
                write(file, sys.stdin.buffer, key)
        else:
            with options.file.open("rb") as file:
                read(file, sys.stdout.buffer, key)
    except AuthenticationError as error:
        print(f"{options.file}: {error.count} lines were changed or moved", file=sys.stderr)
        return error.code.exit_code
    except PagecryptError as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return error.code.exit_code
    except OSError as error:
        print(error, file=sys.stderr)
        return ErrorCode.IO.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
