"""Keys and pages to work on."""

from __future__ import annotations

from pathlib import Path

import pagecrypt
from pagecrypt import Cipher, Key, PageCodec

TURSO_CIPHERS = tuple(cipher for cipher in pagecrypt.ciphers() if cipher is not Cipher.CHACHA20POLY1305)


def key_of(cipher: Cipher) -> Key:
    """A key of the bytes 0, 1, 2, ..."""
    return Key.from_bytes(bytes(range(cipher.key_length)), cipher)


def pages_of(codec: PageCodec, first: int, count: int) -> bytearray:
    """Plaintext pages from `first` (2 or more) on, their reserved bytes zero."""
    pages = bytearray()
    for number in range(first, first + count):
        text = bytes((number * 7 + j) % 256 for j in range(codec.page_size - codec.reserved_length))
        pages += text + bytes(codec.reserved_length)
    return pages


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
