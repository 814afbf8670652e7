"""Headers, as plain values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pagecrypt import _native
from pagecrypt._enums import ByteOrder, Cipher

if TYPE_CHECKING:
    from typing_extensions import Buffer


@dataclass(frozen=True)
class WalHeader:
    """The header of a write-ahead log."""

    byte_order: ByteOrder
    """How the checksums read their words."""
    page_size: int
    """In bytes."""
    checkpoint: int
    """How often the log was checkpointed."""
    salts: tuple[int, int]
    """Numbers of 32 bits that change with every checkpoint: frames with others are left over from before it."""

    @classmethod
    def parse(cls, buffer: "Buffer") -> Self:
        """The header in the first 32 bytes of a log; more are ignored.

        Raises MalformedError, also for a wrong checksum: SQLite takes such a log for an empty one.
        """
        return cls(*_native.wal_header_parse(buffer))

    def to_bytes(self) -> bytes:
        """The header as it stands in the file: 32 bytes. Raises PageSizeError and InvalidArgumentError."""
        return _native.wal_header_to_bytes(self)


@dataclass(frozen=True)
class WalFrameHeader:
    """The header of a frame."""

    page: int
    """The number of the page that the frame holds."""
    commit_size: int
    """For the last frame of a transaction, the database's size in pages; else 0."""
    salts: tuple[int, int]
    """The log's salts when the frame was written."""
    checksum: tuple[int, int]
    """The chain's checksum after this frame."""

    @classmethod
    def parse(cls, buffer: "Buffer") -> Self:
        """The header in the first 24 bytes of a frame; more are ignored. Raises BufferLengthError."""
        return cls(*_native.wal_frame_header_parse(buffer))


@dataclass(frozen=True)
class TursoHeader:
    """What page 1's header says without the key. Nothing of it is authenticated before page 1 is opened."""

    version: int
    """The format's version: 0."""
    cipher: Cipher
    """The cipher."""
    page_size: int
    """In bytes."""
    reserved_length: int
    """The reserved bytes at the end of each page."""

    @classmethod
    def parse(cls, buffer: "Buffer") -> Self:
        """The header in the first 100 bytes of an encrypted database; more are ignored.

        Raises NotEncryptedError for a plain SQLite database, UnsupportedFormatError for anything else that is not of
        this format or version, MalformedError where the header contradicts itself.
        """
        return cls(*_native.turso_header_parse(buffer))
