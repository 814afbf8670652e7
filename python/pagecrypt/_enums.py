"""The closed lists of libpagecrypt. What they know comes from the native module."""

from __future__ import annotations

import enum
from typing import Self

from pagecrypt import _native


class Engine(enum.StrEnum):
    """An implementation of ciphers; each is better than those before it of the same architecture."""

    PORTABLE = "portable"
    RUSTCRYPTO = "rustcrypto"
    AESNI = "aesni"
    AVX2 = "avx2"
    VAES256 = "vaes256"
    AVX512 = "avx512"
    AVX512IFMA = "avx512ifma"
    VAES512 = "vaes512"
    NEON = "neon"
    ARMV8 = "armv8"

    @classmethod
    def from_name(cls, name: str) -> Self:
        """The engine of this name, whatever its case. Raises UnknownEngineError also where this CPU does not run it."""
        return cls(_native.engine_from_name(name))

    @property
    def is_available(self) -> bool:
        """Whether this CPU runs it."""
        return _native.engine_is_available(self)


_CIPHER_ROWS = {row[0]: row for row in _native.cipher_rows()}


class Cipher(enum.StrEnum):
    """A cipher of the catalogue, in the order of the numbers on disk. Lengths are in bytes."""

    AES128GCM = "aes128gcm"
    AES256GCM = "aes256gcm"
    AEGIS256 = "aegis256"
    AEGIS256X2 = "aegis256x2"
    AEGIS256X4 = "aegis256x4"
    AEGIS128L = "aegis128l"
    AEGIS128X2 = "aegis128x2"
    AEGIS128X4 = "aegis128x4"
    CHACHA20POLY1305 = "chacha20poly1305"

    number: int
    """The number on disk, which is never reused."""
    hyphenated_name: str
    """The name with hyphens, for example aegis-256."""
    key_length: int
    """16 or 32."""
    nonce_length: int
    """12, 16 or 32."""
    tag_length: int
    """Always 16."""
    reserved_length: int
    """What tag and nonce take at the end of each page: 28, 32 or 48."""
    max_message_length: int
    """The longest message."""
    max_random_seals: int | None
    """How many messages one key may seal under random nonces; None where no limit matters."""

    def __new__(cls, value: str) -> Self:
        cipher = str.__new__(cls, value)
        cipher._value_ = value
        (
            _,
            cipher.number,
            cipher.hyphenated_name,
            cipher.key_length,
            cipher.nonce_length,
            cipher.tag_length,
            cipher.reserved_length,
            cipher.max_message_length,
            cipher.max_random_seals,
        ) = _CIPHER_ROWS[value]
        return cipher

    @classmethod
    def from_name(cls, name: str) -> Self:
        """The cipher of this name: whatever its case, with or without hyphens or underscores between its parts.

        Raises UnknownCipherError.
        """
        return cls(_native.cipher_from_name(name))

    @classmethod
    def from_number(cls, number: int) -> Self:
        """The cipher with this number on disk. Raises UnknownCipherError."""
        return cls(_native.cipher_from_number(number))

    @property
    def engine(self) -> Engine:
        """The engine that serves its keys on this CPU, not above the one that PAGECRYPT_ENGINE names.

        Raises UnknownEngineError for what PAGECRYPT_ENGINE says.
        """
        return _native.cipher_engine(self)


class Unit(enum.StrEnum):
    """What the numbers of an AuthenticationError count."""

    MESSAGE = "message"
    """Messages or records of a batch, from 0."""
    PAGE = "page"
    """Pages, from 1."""
    FRAME = "frame"
    """Frames of a write-ahead log, from 1."""


class LockedBy(enum.StrEnum):
    """What stands in the way of an operation on a file."""

    WRITER = "writer"
    """Another program is writing to it, or holds it for writing."""
    CHANGE = "change"
    """Another program changed it while it was read."""
    JOURNAL = "journal"
    """A program that crashed left a journal: SQLite has to open the database once."""
    LEFTOVER = "leftover"
    """A log or journal of another database lies beside the destination."""
    THIS_PROCESS = "this_process"
    """This process holds POSIX locks on it, through another copy of SQLite."""


class Format(enum.StrEnum):
    """How nonce, tag and ciphertext lie in a page."""

    TURSO = "turso"


class RecordFormat(enum.StrEnum):
    """How nonce, tag and ciphertext lie in a record."""

    S2 = "s2"
    """S2's encrypted records, which are bound to their stream only."""
    BOUND = "bound"
    """Those of pagecrypt's own, which are bound to their place and name their key."""


class Padding(enum.StrEnum):
    """How much of an entry's length its record shows."""

    NONE = "none"
    """All of it."""
    PADME = "padme"
    """Its size class, by the rule Padmé: an entry becomes at most 12 % longer."""


class Encoding(enum.StrEnum):
    """How a key is written as text."""

    BASE64 = "base64"
    """Standard base64 with padding: 24 or 44 characters."""
    HEX = "hex"
    """Lowercase hexadecimal: 32 or 64 characters."""


class Way(enum.StrEnum):
    """How one file was made of another."""

    SEALED = "sealed"
    """Encrypted page by page: the source had the reserved bytes already."""
    OPENED = "opened"
    """Decrypted page by page: reserved bytes stay."""
    REBUILT = "rebuilt"
    """Encrypted: SQLite wrote the database anew, with other reserved bytes."""
    REPACKED = "repacked"
    """Decrypted: pages were packed anew, without reserved bytes."""


class FileFormat(enum.StrEnum):
    """What kind of file there is."""

    TURSO = "turso"
    SQLITE = "sqlite"
    UNKNOWN = "unknown"


class ByteOrder(enum.StrEnum):
    """How the checksums of a write-ahead log read their words."""

    LITTLE = "little"
    BIG = "big"


def ciphers() -> tuple[Cipher, ...]:
    """Every cipher, in the order of their numbers."""
    return tuple(Cipher)


def engines() -> tuple[Engine, ...]:
    """The engines that this CPU runs, the best last."""
    return tuple(engine for engine in Engine if engine.is_available)
