"""What S2 puts around encrypted records: ids of streams, keys of requests, envelopes, stored records, answers.

RecordCodec.s2 seals and opens encrypted records, whose plaintext is an encoded Envelope. Encrypted is the frame around
them, with the size that S2 bills; Fence and Trim are commands, which stay in clear. A record is bound to its stream and
to nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from pagecrypt import _native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Buffer

    from pagecrypt._errors import PagecryptError
    from pagecrypt._native import Key, RecordCodec
    from pagecrypt._types import CipherLike

__all__ = [
    "KEY_HEADER",
    "MAX_AES256GCM_SEQUENCE",
    "MAX_FENCING_TOKEN_LENGTH",
    "MAX_METERED_SIZE",
    "Answer",
    "Encrypted",
    "Envelope",
    "Fence",
    "Header",
    "Plaintext",
    "Status",
    "StoredRecord",
    "Trim",
    "answer",
    "decode_stored",
    "encode_stored",
    "key_from_header",
    "open_stored",
    "stream_id",
]

KEY_HEADER: Final = _native.S2_KEY_HEADER
"""The name of the header of a request that has the key."""
MAX_AES256GCM_SEQUENCE: Final = _native.S2_MAX_AES256GCM_SEQUENCE
"""The highest sequence number of a record under aes256gcm. Under aegis256 any is allowed."""
MAX_FENCING_TOKEN_LENGTH: Final = _native.S2_MAX_FENCING_TOKEN_LENGTH
"""The longest fencing token, in bytes."""
MAX_METERED_SIZE: Final = _native.S2_MAX_METERED_SIZE
"""The largest metered size of a record, in bytes: without headers there is room for a body of 1,048,568."""


@dataclass(frozen=True, repr=False)
class Header:
    """A header of an envelope. `repr` shows how long it is."""

    name: bytes
    """The name, which is not empty."""
    value: bytes
    """The value."""

    def __repr__(self) -> str:
        return f"<pagecrypt.s2.Header name_length={len(self.name)} value_length={len(self.value)}>"


@dataclass(frozen=True, repr=False)
class Envelope:
    """Headers and body of a record: the plaintext of an encrypted one. `repr` shows how long they are.

    Names of headers may repeat, and the order is kept.
    """

    headers: tuple[Header, ...] = ()
    """The headers, in their order."""
    body: bytes = b""
    """The body."""

    def encode(self) -> bytes:
        """The envelope in its shortest form, as S2 writes it: what RecordCodec.seal takes.

        Raises InvalidArgumentError for an empty name, or a metered size above MAX_METERED_SIZE.
        """
        return _native.s2_envelope_encode(self.headers, self.body)

    @classmethod
    def decode(cls, encoded: Buffer) -> Self:
        """An encoded envelope, also one that another writer could have written shorter. Raises MalformedError."""
        headers, body = _native.s2_envelope_decode(encoded)
        return cls(_headers(headers), body)

    @property
    def metered_size(self) -> int:
        """What S2 counts for a record with this envelope, encrypted or not, in bytes."""
        return _native.s2_metered_size("plaintext", 0, "", self.body, self.headers)

    def __repr__(self) -> str:
        return f"<pagecrypt.s2.Envelope headers={len(self.headers)} body_length={len(self.body)}>"


@dataclass(frozen=True)
class Fence:
    """A command, in clear in every stream: sets the token that appends have to give. Nothing authenticates it."""

    token: str
    """At most MAX_FENCING_TOKEN_LENGTH bytes of UTF-8; an empty one takes it away."""

    @property
    def metered_size(self) -> int:
        """What S2 counts for it, in bytes."""
        return _native.s2_metered_size("fence", 0, self.token, b"", ())


@dataclass(frozen=True)
class Trim:
    """A command, in clear in every stream: gives up all records before a sequence number. Nothing authenticates it."""

    point: int
    """The sequence number."""

    @property
    def metered_size(self) -> int:
        """What S2 counts for it, in bytes."""
        return _native.s2_metered_size("trim", self.point, "", b"", ())


@dataclass(frozen=True)
class Plaintext:
    """A stored record of a stream that is not encrypted."""

    envelope: Envelope
    """Its envelope."""

    @property
    def metered_size(self) -> int:
        """What S2 counts for it, in bytes."""
        return self.envelope.metered_size


@dataclass(frozen=True)
class Encrypted:
    """A stored record that is encrypted."""

    metered_size: int
    """The metered size of the envelope, in bytes. Unauthenticated: open_stored compares it."""
    record: bytes
    """What RecordCodec seals and opens."""


StoredRecord: TypeAlias = Fence | Trim | Plaintext | Encrypted
"""A record as S2 stores it: a command, or an envelope in clear or encrypted."""


@dataclass(frozen=True)
class Status:
    """What S2 answers."""

    http: int
    """The HTTP status, for example 422."""
    code: str
    """The code in the answer's body, for example invalid."""


@dataclass(frozen=True)
class Answer:
    """What S2 answers to a request, as it is documented and as its open-source server does it. They differ."""

    documented: Status | None
    """As S2's documentation has it; None where it does not say."""
    lite: Status
    """As s2-lite 0.43 answers."""


def stream_id(basin: str, stream: str) -> bytes:
    """The id of a stream, 32 bytes: what S2 binds its records to.

    Raises InvalidArgumentError for a name with a zero byte.
    """
    return _native.s2_stream_id(basin, stream)


def key_from_header(value: str | Buffer | None, cipher: CipherLike = "aegis256") -> Key:
    """The key for a stream of the cipher, from the value of the header KEY_HEADER, of S2_ENCRYPTION_KEY, or of a key
    file: 32 bytes in standard base64 with padding. White space around it does not count. None stands for a header that
    is not there. What Key.from_text takes beyond that is refused, as S2 refuses it.

    Raises KeyRequiredError for None; KeyTextError; KeyLengthError; UnsupportedFormatError for a cipher that S2 does not
    have; UnknownEngineError for what PAGECRYPT_ENGINE says. None of them holds the text.
    """
    return _native.s2_key_from_header(value, cipher)


def decode_stored(stored: Buffer) -> StoredRecord:
    """A stored record; of an encrypted one the form only. As in S2, the metered size that stands before a record in
    clear is not compared with its own.

    Raises MalformedError; UnsupportedFormatError for kinds, formats and commands that S2 does not have.
    """
    return _stored(*_native.s2_decode_stored(stored))


def encode_stored(stored: StoredRecord) -> bytes:
    """The bytes of a stored record. Of an encrypted one the form is looked at.

    Raises InvalidArgumentError for a fencing token that is too long, an empty name of a header, or a metered size above
    MAX_METERED_SIZE; MalformedError and UnsupportedFormatError for what is no encrypted record.
    """
    match stored:
        case Fence():
            return _native.s2_encode_stored("fence", 0, stored.token, b"", ())
        case Trim():
            return _native.s2_encode_stored("trim", stored.point, "", b"", ())
        case Plaintext():
            envelope = stored.envelope
            return _native.s2_encode_stored("plaintext", 0, "", envelope.body, envelope.headers)
        case Encrypted():
            return _native.s2_encode_stored("encrypted", stored.metered_size, "", stored.record, ())
    raise TypeError(f"stored must be a Fence, Trim, Plaintext or Encrypted, not {type(stored).__name__}")


def open_stored(codec: RecordCodec, stored: Buffer) -> Envelope | Fence | Trim:
    """What a stored record of an encrypted stream holds, as S2 gives it on reading: commands pass, envelopes in clear
    do not, and the metered size is compared.

    Raises NotEncryptedError for an envelope in clear; AuthenticationError, CipherMismatchError; MalformedError, also
    where what was sealed is no envelope; UnsupportedFormatError; MeteredSizeError; InvalidArgumentError for a codec of
    another format.
    """
    opened = _stored(*_native.s2_open_stored(codec, stored))
    if isinstance(opened, Plaintext):
        return opened.envelope
    assert isinstance(opened, Fence | Trim)
    return opened


def answer(error: PagecryptError) -> Answer | None:
    """What S2 answers where sealing, opening or reading a key raises this error; None for errors that no request to S2
    has.
    """
    found = _native.s2_answer(error)
    if found is None:
        return None
    documented, lite = found
    return Answer(None if documented is None else Status(*documented), Status(*lite))


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> tuple[Header, ...]:
    return tuple(Header(name, value) for name, value in pairs)


def _stored(kind: str, number: int, token: str, content: bytes, headers: Iterable[tuple[bytes, bytes]]) -> StoredRecord:
    match kind:
        case "fence":
            return Fence(token)
        case "trim":
            return Trim(number)
        case "plaintext":
            return Plaintext(Envelope(_headers(headers), content))
        case _:
            return Encrypted(number, content)
