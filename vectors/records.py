#!/usr/bin/env python3
"""Bound records by another implementation: vectors/records.json.

Written from docs/format.md, section "Bound records", on the packages `cryptography` (HMAC, AES, AES-GCM, ChaCha20) and
`pyaegis`, without a line of libpagecrypt.

    records.py          write records.json
    records.py --check  compare it with what would be written

test_records.py reads with it: records.json, and what `pagecrypt record seal` seals.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pyaegis
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

HERE = Path(__file__).parent
# Name: number on disk, key length, nonce length in a record.
CIPHERS = {
    "aes128gcm": (1, 16, 24),
    "aes256gcm": (2, 32, 24),
    "aegis256": (3, 32, 32),
    "aegis256x2": (4, 32, 32),
    "aegis256x4": (5, 32, 32),
    "aegis128l": (6, 16, 16),
    "aegis128x2": (7, 16, 16),
    "aegis128x4": (8, 16, 16),
    "chacha20poly1305": (9, 32, 24),
}
AEGIS = {
    "aegis256": pyaegis.Aegis256,
    "aegis256x2": pyaegis.Aegis256X2,
    "aegis256x4": pyaegis.Aegis256X4,
    "aegis128l": pyaegis.Aegis128L,
    "aegis128x2": pyaegis.Aegis128X2,
    "aegis128x4": pyaegis.Aegis128X4,
}
NO_SEQUENCE = 2**64 - 1


def sha256_mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand where one block is enough."""
    return sha256_mac(prk, info, b"\x01")[:length]


def xaes_key(key: bytes, nonce: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    start = int.from_bytes(encryptor.update(bytes(16)), "big")
    k1 = (start << 1 & (1 << 128) - 1) ^ (0x87 if start >> 127 else 0)
    blocks = [int.from_bytes(bytes([0, i, 0x58, 0]) + nonce[:12], "big") ^ k1 for i in (1, 2)]
    return b"".join(encryptor.update(block.to_bytes(16, "big")) for block in blocks)


def hchacha20(key: bytes, start: bytes) -> bytes:
    """What the rounds of ChaCha20 make of the first and the last row: its keystream without the final additions."""
    stream = Cipher(algorithms.ChaCha20(key, start), None).encryptor().update(bytes(64))
    words = struct.unpack("<16I", stream)
    added = struct.unpack("<16I", b"expand 32-byte k" + key + start)
    rounds = [(word - add) % 2**32 for word, add in zip(words, added, strict=True)]
    return struct.pack("<8I", *rounds[:4], *rounds[12:])


@dataclass
class Aead:
    """A cipher under one record's key and nonce."""

    seal: Callable[[bytes, bytes], bytes]
    """Of text and associated data: ciphertext and tag."""
    open: Callable[[bytes, bytes], bytes]


def aead(cipher: str, prk: bytes, nonce: bytes) -> Aead:
    number, key_length, _ = CIPHERS[cipher]
    key = expand(prk, b"pagecrypt/v1/record\0" + bytes([number]), key_length)
    if cipher in AEGIS:
        aegis = AEGIS[cipher](16)
        return Aead(
            lambda text, data: bytes(aegis.encrypt(key, nonce, text, data)),
            lambda sealed, data: bytes(aegis.decrypt(key, nonce, sealed, data)),
        )
    inner: AESGCM | ChaCha20Poly1305
    if cipher == "aes128gcm":
        key = expand(prk, b"pagecrypt/v1/record128\0" + nonce[:12], 16)
        inner, rest = AESGCM(key), nonce[12:]
    elif cipher == "aes256gcm":
        inner, rest = AESGCM(xaes_key(key, nonce)), nonce[12:]
    else:
        inner, rest = ChaCha20Poly1305(hchacha20(key, nonce[:16])), bytes(4) + nonce[16:]
    return Aead(
        lambda text, data: inner.encrypt(rest, text, data), lambda sealed, data: inner.decrypt(rest, sealed, data)
    )


@dataclass
class Place:
    """Where a record belongs, under a key: what is derived of it, and what is authenticated."""

    prk: bytes
    key_id: bytes
    bound: bytes
    sequence: int

    def data(self, header: bytes) -> bytes:
        parts = [b"pagecrypt/v1/record\0", header, struct.pack("<I", len(self.bound)), self.bound]
        return b"".join([*parts, struct.pack("<Q", self.sequence)])


def place_of(case: dict[str, Any]) -> Place:
    number = CIPHERS[case["cipher"]][0]
    context = {name: bytes.fromhex(value) for name, value in case["context"].items() if name != "kind"}
    salt, bound = {
        "stream": lambda c: (c["stream"], b"\x01" + c["stream"]),
        "store": lambda c: (c["store"], b"\x02" + c["store"] + bytes.fromhex(case["token"])),
        "writer": lambda c: (c["stream"], b"\x03" + c["stream"] + c["writer"]),
    }[case["context"]["kind"]](context)
    prk = sha256_mac(salt, bytes.fromhex(case["key"]))
    key_id = expand(prk, b"pagecrypt/v1/key-id\0" + bytes([number]), 4)
    return Place(prk, key_id, bound, NO_SEQUENCE if case["sequence"] is None else case["sequence"])


def seal(case: dict[str, Any], text: bytes) -> tuple[bytes, bytes]:
    """The key id, and the record."""
    place, clock, reseals = place_of(case), case["clock"], case["reseals"]
    flags = 0 if clock is None else 3 if reseals else 1
    header = bytes([1, CIPHERS[case["cipher"]][0], flags]) + place.key_id
    if clock is not None:
        header += struct.pack("<Q", clock)
    if reseals:
        header += struct.pack("<I", reseals)
    nonce = bytes.fromhex(case["nonce"])
    return place.key_id, header + nonce + aead(case["cipher"], place.prk, nonce).seal(text, place.data(header))


def open_record(case: dict[str, Any], record: bytes) -> tuple[bytes, int | None, int]:
    """Plaintext, clock and count of reseals of a record at the case's place."""
    place, (number, _, nonce_length) = place_of(case), CIPHERS[case["cipher"]]
    version, cipher, flags = record[:3]
    if (version, cipher) != (1, number) or flags not in (0, 1, 3) or record[3:7] != place.key_id:
        raise ValueError("another version, cipher, form or key")
    length = {0: 7, 1: 15, 3: 19}[flags]
    header, nonce, sealed = record[:length], record[length : length + nonce_length], record[length + nonce_length :]
    text = aead(case["cipher"], place.prk, nonce).open(sealed, place.data(header))
    clock = struct.unpack("<Q", header[7:15])[0] if flags else None
    return text, clock, struct.unpack("<I", header[15:19])[0] if flags == 3 else 0


def parts_of(text: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Path, type, schema and body of an entry."""
    entry, end = text.rstrip(b"\0")[:-1], text.rstrip(b"\0")[-1:]
    if end != b"\x80":
        raise ValueError("the padding")
    parts = []
    for _ in range(3):
        length = struct.unpack("<H", entry[:2])[0]
        parts.append(entry[2 : 2 + length])
        entry = entry[2 + length :]
    return parts[0], parts[1], parts[2], entry


def padded(entry: bytes, padding: str) -> bytes:
    entry += b"\x80"
    if padding == "padme":
        exponent = len(entry).bit_length() - 1
        zeros = exponent - exponent.bit_length()
        entry += bytes(-len(entry) % 2**zeros)
    return entry


class Inputs:
    """Bytes that look random and are always the same."""

    def __init__(self, name: str) -> None:
        self.stream = hashlib.shake_128(name.encode()).digest(1 << 16)

    def take(self, length: int) -> bytes:
        taken, self.stream = self.stream[:length], self.stream[length:]
        assert len(taken) == length
        return taken


def contexts(inputs: Inputs) -> list[dict[str, str]]:
    return [
        {"kind": "stream", "stream": inputs.take(32).hex()},
        {"kind": "store", "store": inputs.take(16).hex()},
        {"kind": "writer", "stream": inputs.take(32).hex(), "writer": inputs.take(16).hex()},
    ]


def record_cases() -> list[dict[str, Any]]:
    clocks = [(None, 0), (1_764_374_400_123, 0), (2**64 - 1, 1), (0, 0), (0x0102030405060708, 0x01020304)]
    lengths = cycle([0, 1, 15, 16, 17, 100])
    sequences = cycle([None, 0, 1, 0x0102030405060708, NO_SEQUENCE - 1])
    cases = []
    for cipher, (_, key_length, nonce_length) in CIPHERS.items():
        inputs = Inputs(f"records {cipher}")
        key = inputs.take(key_length).hex()
        places = [*product(contexts(inputs), clocks), (contexts(inputs)[0], clocks[0])]
        for number, (context, (clock, reseals)) in enumerate(places):
            length = next(lengths) if number + 1 < len(places) else 1000
            text = inputs.take(length)
            case: dict[str, Any] = {"cipher": cipher, "key": key, "context": context}
            case["token"] = inputs.take(32).hex() if context["kind"] == "store" else None
            case |= {"sequence": next(sequences), "clock": clock, "reseals": reseals}
            case["nonce"] = inputs.take(nonce_length).hex()
            key_id, record = seal(case, text)
            cases.append(case | {"key_id": key_id.hex(), "plaintext": text.hex(), "record": record.hex()})
    return cases


def entry_cases() -> list[dict[str, Any]]:
    entries = [
        (b"notes/1", b"note", b"note.v1", b"buy milk"),
        (b"", b"", b"", b""),
        ("größe/日本".encode(), b"t", b"", b"\x80\0\0"),
        (b"long/" + b"p" * 300, b"blob", b"s", bytes(range(256)) * 3),
    ]
    cases = []
    for cipher, (_, key_length, nonce_length) in CIPHERS.items():
        inputs = Inputs(f"entries {cipher}")
        key, store, token_key = (inputs.take(length) for length in (key_length, 16, 32))
        for (path, type_name, schema, body), padding in zip(entries, cycle(["none", "padme"]), strict=False):
            parts = b"".join(struct.pack("<H", len(part)) + part for part in (path, type_name, schema))
            case: dict[str, Any] = {"cipher": cipher, "key": key.hex()}
            case |= {"context": {"kind": "store", "store": store.hex()}, "token_key": token_key.hex()}
            case |= {"token": sha256_mac(token_key, path).hex(), "sequence": None, "clock": 7, "reseals": 0}
            case |= {"nonce": inputs.take(nonce_length).hex(), "padding": padding}
            _, record = seal(case, padded(parts + body, padding))
            names = ("path", "type", "schema", "body")
            case |= dict(zip(names, (part.hex() for part in (path, type_name, schema, body)), strict=True))
            cases.append(case | {"record": record.hex()})
    return cases


def check_against_published_answers() -> None:
    """XAES-256-GCM of C2SP, and HChaCha20 of draft-irtf-cfrg-xchacha-03, section 2.2.1."""
    published = json.loads((HERE / "xaes256gcm/c2sp_xaes256gcm.json").read_text())
    for test in published["tests"]:
        key, nonce, text, data = (bytes.fromhex(test[name]) for name in ("key", "nonce", "msg", "aad"))
        sealed = AESGCM(xaes_key(key, nonce)).encrypt(nonce[12:], text, data)
        assert sealed.hex() == test["ct_tag"], test
    accumulated, iterations = hashlib.shake_128(), 10_000
    stream, at = hashlib.shake_128().digest(iterations * (32 + 24 + 2 * 256)), 0

    def take(length: int) -> bytes:
        nonlocal at
        at += length
        return stream[at - length : at]

    for _ in range(iterations):
        key, nonce = take(32), take(24)
        text = take(take(1)[0])
        data = take(take(1)[0])
        accumulated.update(AESGCM(xaes_key(key, nonce)).encrypt(nonce[12:], text, data))
    assert accumulated.hexdigest(32) == published["accumulated"]["expected"][str(iterations)]

    start = bytes.fromhex("000000090000004a0000000031415927")
    expected = "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"
    assert hchacha20(bytes(range(32)), start).hex() == expected


def lines(cases: list[dict[str, Any]]) -> str:
    """Numbers of 64 bits as text, since not every language reads them from JSON unharmed."""
    wide = ("sequence", "clock")
    texts = [case | {name: None if case[name] is None else str(case[name]) for name in wide} for case in cases]
    return ",\n".join("  " + json.dumps(case) for case in texts)


def main() -> int:
    check_against_published_answers()
    text = f'{{\n "records": [\n{lines(record_cases())}\n ],\n "entries": [\n{lines(entry_cases())}\n ]\n}}\n'
    path = HERE / "records.json"
    if "--check" in sys.argv[1:]:
        same = path.read_text() == text
        print(f"{path.name}: {'as it would be written' if same else 'differs from what would be written'}")
        return 0 if same else 1
    path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
