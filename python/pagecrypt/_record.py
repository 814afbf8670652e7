"""What records say of themselves, and what stores hold, as plain values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pagecrypt import _native
from pagecrypt._enums import Cipher

if TYPE_CHECKING:
    from typing_extensions import Buffer


@dataclass(frozen=True)
class RecordHeader:
    """What a bound record says without the key. Nothing of it is authenticated before the record is opened."""

    cipher: Cipher
    """The cipher."""
    key_id: bytes
    """The id of the key: see key_id."""
    clock: int | None
    """When the record was written, in the writer's units."""
    reseals: int
    """How often the record was sealed again, under other keys, since it was written."""
    plaintext_length: int
    """In bytes."""

    @classmethod
    def parse(cls, record: "Buffer") -> Self:
        """The header of a whole record.

        Raises UnsupportedFormatError for another version, an unknown cipher or unknown flags; MalformedError for a
        record that is too short, or counts no reseals where it should not count.
        """
        return cls(*_native.record_header_parse(record))


@dataclass(frozen=True, repr=False)
class Entry:
    """What is sealed under a path of a store. `repr` shows the clock and how long the body is."""

    path: bytes
    """Where the entry belongs; with type and schema up to 65535 bytes each. UTF-8, though nothing asks for it."""
    type_name: bytes = b""
    """What it is."""
    schema: bytes = b""
    """What its body is laid out by."""
    body: bytes = b""
    """The content."""
    clock: int | None = None
    """When it was written, in the writer's units, readable without the key."""

    def __repr__(self) -> str:
        return f"<pagecrypt.Entry clock={self.clock} body_length={len(self.body)}>"
