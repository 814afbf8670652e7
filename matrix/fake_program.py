"""A program of the matrix for the driver's tests, whose ciphers are toys; told to, it lies, crashes or errs.

fake_program.py FAULT write|read FOLDER VECTORS
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from records import EXTENDED_NONCE
from rows import CAPABILITIES, CIPHERS, PAGE_SIZE, RECORDS, Capability

PLAIN = "turso/aegis256-4096-small.plain.db"


class ForgedError(Exception):
    """A page or message whose tag is wrong."""


def seal(cipher: str, nonce: bytes, text: bytes) -> bytes:
    """Ciphertext and a tag of 16 bytes."""
    stream = hashlib.shake_128(cipher.encode() + nonce).digest(len(text))
    sealed = bytes(a ^ b for a, b in zip(text, stream, strict=True))
    return sealed + hmac.digest(cipher.encode(), nonce + sealed, "sha256")[:16]


def open_(cipher: str, nonce: bytes, sealed: bytes) -> bytes:
    text = seal(cipher, nonce, sealed[:-16])[:-16]
    if seal(cipher, nonce, text) != sealed:
        raise ForgedError("not authentic")
    return text


class Program:
    def __init__(self, fault: str, folder: Path, vectors: Path) -> None:
        self.fault = fault
        self.folder = folder
        self.vectors = vectors

    def plain(self, capability: Capability, cipher: str) -> list[bytes]:
        """The blocks of a row's file: what stands before each page, then a page without its reserved bytes."""
        if capability.name == "messages":
            return [bytes(500)]
        if capability.name == "file":
            plain = (self.vectors / PLAIN).read_bytes()[: 2 * PAGE_SIZE]
            return [plain[: PAGE_SIZE - 64], plain[PAGE_SIZE : 2 * PAGE_SIZE - 64]]
        return [bytes([number]) * (PAGE_SIZE - 16 - CIPHERS[cipher]) for number in range(3)]

    def nonce(self, capability: Capability, cipher: str) -> bytes:
        if capability.name == "messages" or (self.fault == "same-nonce" and capability.name == "pages"):
            return bytes(CIPHERS[cipher])
        return secrets.token_bytes(CIPHERS[cipher])

    def records(self, capability: Capability, cipher: str) -> list[tuple[bytes, bytes, int]]:
        """What stands between each record's length and itself, and in it before its nonce, and the nonce's length."""
        if capability.name == "records-s2":
            return [(b"", b"\x03\x08\x01", CIPHERS[cipher])] * RECORDS
        length = EXTENDED_NONCE if CIPHERS[cipher] == 12 else CIPHERS[cipher]
        head, clock = b"\1\1\0" + bytes(4), b"\1\1\1" + bytes(12)
        return [
            (bytes(between), clock if i % 2 else head, length) for between in capability.records for i in range(RECORDS)
        ]

    def write_records(self, capability: Capability, cipher: str) -> None:
        here = (capability.name, cipher) == ("records-bound", "aes256gcm")
        file = b""
        for between, head, length in self.records(capability, cipher):
            nonce = bytes(length) if here and self.fault == "same-record-nonce" else secrets.token_bytes(length)
            record = head + nonce + seal(cipher, between + head + nonce, b"body")
            if here and self.fault == "short-record":
                record = head
            file += len(record).to_bytes(4, "big") + between + record
        if here and self.fault == "cut-records":
            file = file[:-1]
        (self.folder / capability.file(cipher)).write_bytes(file)

    def check_records(self, capability: Capability, cipher: str, file: bytes) -> None:
        for between, head, length in self.records(capability, cipher):
            size = len(head) + length + len(b"body") + 16
            before = size.to_bytes(4, "big") + between + head
            part, file = file[: 4 + len(between) + size], file[4 + len(between) + size :]
            nonce = part[len(before) : len(before) + length]
            if (
                part[: len(before)] != before
                or open_(cipher, between + head + nonce, part[len(before) + length :]) != b"body"
            ):
                raise ForgedError("another record")

    def write(self, capability: Capability, cipher: str) -> None:
        if capability.records:
            self.write_records(capability, cipher)
            return
        file = b"" if capability.pages is None else bytes(capability.pages[0])
        for block in self.plain(capability, cipher):
            if self.fault == "other-text" and (capability.name, cipher) == ("pages", "aegis256"):
                block = block[:-1] + b"?"
            nonce = self.nonce(capability, cipher)
            sealed = seal(cipher, nonce, block)
            if capability.pages is None:
                file += sealed
            else:
                between = capability.pages[1] - PAGE_SIZE
                file += sealed + bytes(PAGE_SIZE - len(sealed) - len(nonce)) + nonce + bytes(between)
        if self.fault == "other-message" and (capability.name, cipher) == ("messages", "aegis256"):
            file = seal(cipher, bytes(CIPHERS[cipher]), bytes(499) + b"\1")
        if self.fault == "wrong-byte" and (capability.name, cipher) == ("pages", "aegis128l"):
            file = file[:100] + bytes([file[100] ^ 1]) + file[101:]
        if self.fault == "empty-file" and (capability.name, cipher) == ("frames", "aegis256"):
            file = b""
        if self.fault == "no-file" and (capability.name, cipher) == ("file", "aes128gcm"):
            return
        (self.folder / capability.file(cipher)).write_bytes(file)

    def read(self, capability: Capability, cipher: str) -> None:
        file = (self.folder / capability.file(cipher)).read_bytes()
        if self.fault != "believes":
            self.check(capability, cipher, file)
        if capability.name == "file":
            self.leave_databases(cipher)
        if self.fault == "changes-files":
            (self.folder / capability.file(cipher)).write_bytes(file + b"\0")

    def check(self, capability: Capability, cipher: str, file: bytes) -> None:
        if capability.records:
            self.check_records(capability, cipher, file)
            return
        for i, block in enumerate(self.plain(capability, cipher)):
            if capability.pages is None:
                nonce, sealed = bytes(CIPHERS[cipher]), file
            else:
                start = capability.pages[0] + i * capability.pages[1]
                page = file[start : start + PAGE_SIZE]
                nonce, sealed = page[PAGE_SIZE - CIPHERS[cipher] :], page[: len(block) + 16]
            if open_(cipher, nonce, sealed) != block:
                raise ForgedError("another text")

    def leave_databases(self, cipher: str) -> None:
        out = Path(os.environ["MATRIX_OUT"])
        for name in (f"file-{cipher}.plain.db", f"file-{cipher}.compact.db"):
            path, here = out / name, cipher == "aegis256x2"
            path.write_bytes((self.vectors / PLAIN).read_bytes())
            if here and self.fault == "no-database":
                path.unlink()
            if here and self.fault == "not-compact":
                content = path.read_bytes()
                path.write_bytes(content[:20] + bytes([48]) + content[21:])
            if here and self.fault == "cut-database":
                path.write_bytes(path.read_bytes()[:8192])
            if here and self.fault == "unsound-database":  # a page that is in no table and not free
                content = path.read_bytes()
                pages = (len(content) // PAGE_SIZE + 1).to_bytes(4, "big")
                path.write_bytes(content[:28] + pages + content[32:] + bytes(PAGE_SIZE))
            if here and self.fault == "other-rows":
                with closing(sqlite3.connect(path)) as database:
                    database.execute("UPDATE users SET score = score + 1 WHERE id = 3")
                    database.commit()
            if here and self.fault == "other-bytes":
                with closing(sqlite3.connect(path)) as database:
                    database.execute("PRAGMA user_version = 7")

    def row(self, mode: str, capability: Capability, cipher: str) -> str:
        at = (capability.name, cipher)
        if capability.expected(cipher) == "refused":
            if self.fault == "does-not-refuse" and capability.name == "frames":
                return "ok"
            return "refused"
        if self.fault == "refuses" and at == ("frames", "aes256gcm"):
            return "refused"
        if self.fault == "fails" and at == ("messages", "aegis256x4"):
            return "FAILED: I said so"
        try:
            (self.write if mode == "write" else self.read)(capability, cipher)
        except (ForgedError, OSError) as error:
            return f"FAILED: {error}"
        return "ok"

    def main(self, mode: str) -> int:
        failed = False
        for capability in CAPABILITIES:
            for cipher in CIPHERS:
                at = (capability.name, cipher)
                row = self.row(mode, capability, cipher)
                failed |= row.startswith("FAILED")
                if self.fault == "silent-row" and at == ("file", "aegis256"):
                    continue
                print(capability.name, cipher, row, flush=True)
                if self.fault == "row-twice" and at == ("file", "aegis256"):
                    print(capability.name, cipher, row)
                if self.fault == "crash" and at == ("pages", "aegis256"):
                    os.abort()
        if self.fault == "chatter":
            print("all fine")
        if self.fault == "extra-file" and mode == "write":
            (self.folder / "notes").write_text("?")
        if self.fault == "exit-0":
            return 0
        return 1 if failed or self.fault == "exit-1" else 0


if __name__ == "__main__":
    fault, mode, folder, vectors = sys.argv[1:]
    sys.exit(Program(fault, Path(folder), Path(vectors)).main(mode))
