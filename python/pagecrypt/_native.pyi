import os
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final, Literal, Never, NoReturn, Self, TypeAlias, TypeVar, final, overload

from typing_extensions import Buffer

from pagecrypt._enums import ByteOrder, Cipher, Engine, Format, RecordFormat
from pagecrypt._errors import PagecryptError
from pagecrypt._file import Inspection, Summary, VerifyReport
from pagecrypt._reader import PageFile
from pagecrypt._record import Entry
from pagecrypt._types import (
    ArrowColumn,
    CipherLike,
    EncodingLike,
    EngineLike,
    FormatLike,
    PaddingLike,
    RecordFormatLike,
)
from pagecrypt._wal import WalHeader
from pagecrypt.s2 import Header

__all__ = [
    "PENDING_BYTE",
    "S2_KEY_HEADER",
    "S2_MAX_AES256GCM_SEQUENCE",
    "S2_MAX_FENCING_TOKEN_LENGTH",
    "S2_MAX_METERED_SIZE",
    "TAG_LENGTH",
    "WAL_FRAME_HEADER_LENGTH",
    "WAL_HEADER_LENGTH",
    "Aead",
    "Context",
    "Key",
    "PageCodec",
    "PageReader",
    "RecordCodec",
    "StoreCodec",
    "TokenKey",
    "WalChain",
    "__version__",
    "cipher_engine",
    "cipher_from_name",
    "cipher_from_number",
    "cipher_rows",
    "compare_writes",
    "decrypt_file",
    "encrypt_file",
    "engine_from_name",
    "engine_is_available",
    "engine_names",
    "enumeration_values",
    "error_rows",
    "generate_key",
    "inspect_file",
    "key_id",
    "pending_byte_page",
    "record_header_parse",
    "record_overhead",
    "run_command",
    "s2_answer",
    "s2_decode_stored",
    "s2_encode_stored",
    "s2_envelope_decode",
    "s2_envelope_encode",
    "s2_key_from_header",
    "s2_metered_size",
    "s2_open_stored",
    "s2_stream_id",
    "turso_header_parse",
    "verify_file",
    "wal_frame_header_parse",
    "wal_header_parse",
    "wal_header_to_bytes",
]

_Path: TypeAlias = str | bytes | os.PathLike[str] | os.PathLike[bytes]
_Progress: TypeAlias = Callable[[int, int], object]
_Words: TypeAlias = tuple[int, int]
_Pairs: TypeAlias = list[tuple[bytes, bytes]]
_StoredParts: TypeAlias = tuple[str, int, str, bytes, _Pairs]
_Status: TypeAlias = tuple[int, str]
_Column = TypeVar("_Column", bound=ArrowColumn)

__version__: Final[str]
PENDING_BYTE: Final[int]
S2_KEY_HEADER: Final[str]
S2_MAX_AES256GCM_SEQUENCE: Final[int]
S2_MAX_FENCING_TOKEN_LENGTH: Final[int]
S2_MAX_METERED_SIZE: Final[int]
TAG_LENGTH: Final[int]
WAL_FRAME_HEADER_LENGTH: Final[int]
WAL_HEADER_LENGTH: Final[int]

@final
class Key:
    """A secret key of one cipher, and the engine that serves it on this CPU.

    Made by `Key.generate`, `Key.from_bytes` and `Key.from_text`. It is wiped when the last object that uses it is
    gone, compared in constant time, and never shown by `repr`, pickled or copied; only `to_bytes` and `to_text`
    give the secret away. It may be used from several threads at once.
    """

    def __new__(cls, made_by_its_static_methods: Never, /) -> Self: ...
    @staticmethod
    def generate(cipher: CipherLike = "aegis256") -> Key:
        """A new key from the operating system's random generator.

        Raises RandomSourceError, and UnknownEngineError for what PAGECRYPT_ENGINE says.
        """
    @staticmethod
    def from_bytes(secret: Buffer, cipher: CipherLike) -> Key:
        """A key of the cipher from its raw bytes: 16 or 32, as the cipher needs.

        Raises KeyLengthError, and UnknownEngineError for what PAGECRYPT_ENGINE says. What you pass in is yours to
        wipe.
        """
    @staticmethod
    def from_text(text: str | Buffer, cipher: CipherLike | None = None) -> Key:
        """A key from base64 (standard, padded) or hexadecimal text, told apart by length: 24 or 44 characters are
        base64, 32 or 64 hexadecimal. White space around it does not count.

        Without a cipher, 16 bytes make an aegis128l key and 32 bytes an aegis256 one. The text is a str or a buffer
        of ASCII, which is yours to wipe.

        Raises KeyTextError; KeyLengthError where the cipher needs another length; UnknownEngineError for what
        PAGECRYPT_ENGINE says. None of them holds the text.
        """
    @property
    def cipher(self) -> Cipher:
        """The key's cipher."""
    @property
    def engine(self) -> Engine:
        """The engine that serves the key."""
    @property
    def seals(self) -> int:
        """How many pages, frames and records this key has sealed, in all the objects that use it."""
    def with_engine(self, engine: EngineLike) -> Key:
        """The same key with the best engine that is not above `engine`. It counts its seals anew.

        Raises UnknownEngineError where this CPU does not run it.
        """
    def with_cipher(self, cipher: CipherLike) -> Key:
        """The same secret as a key of another cipher with the same key length. It counts its seals anew.

        Raises KeyLengthError where the cipher needs another length.
        """
    def to_bytes(self) -> bytes:
        """The secret itself: 16 or 32 bytes, in memory that Python does not wipe."""
    def to_text(self, encoding: EncodingLike = "base64") -> str:
        """The secret as text, for a key file: "base64" (24 or 44 characters) or "hex" (32 or 64), in memory that
        Python does not wipe.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self, /) -> NoReturn: ...
    def __deepcopy__(self, /, _memo: object) -> NoReturn: ...
    def __reduce__(self, /) -> NoReturn: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class Aead:
    """Seals and opens messages of any length under one key and nonces that the caller chooses.

    The duty is yours: no nonce may ever be used twice under one key, or plaintext is given away (and under AES-GCM,
    the power to forge). To seal pages, use PageCodec, which draws nonces itself.
    """

    def __new__(cls, key: Key) -> Self: ...
    @property
    def cipher(self) -> Cipher:
        """The key's cipher."""
    @property
    def engine(self) -> Engine:
        """The engine that serves the key."""
    @property
    def nonce_length(self) -> int:
        """Length of a nonce, in bytes: 12, 16 or 32."""
    @property
    def tag_length(self) -> int:
        """Length of a tag, in bytes: 16."""
    @property
    def overhead(self) -> int:
        """By how many bytes a sealed message is longer than its plaintext: 16."""
    def seal(self, data: Buffer, *, nonce: Buffer, associated_data: Buffer = b"") -> bytes:
        """Seals a message: gives the ciphertext, as long as the plaintext, and 16 bytes of tag.

        No nonce may ever be used twice under one key. Associated data is authenticated, not encrypted.

        Raises BufferLengthError for a nonce of the wrong length, and MessageTooLongError.
        """
    def open(self, data: Buffer, *, nonce: Buffer, associated_data: Buffer = b"") -> bytes:
        """Opens a sealed message, ciphertext and tag: gives its plaintext, 16 bytes shorter.

        Raises AuthenticationError for what is not authentic; BufferLengthError for a nonce of the wrong length or a
        message shorter than a tag; MessageTooLongError.
        """
    def seal_into(self, data: Buffer, into: Buffer, *, nonce: Buffer, associated_data: Buffer = b"") -> int:
        """Seals a message into a buffer that is exactly 16 bytes longer; gives how many bytes were written.

        `into` may begin with `data`: data = memoryview(into)[:-16]. Any other overlap raises OverlapError, as does
        associated data that overlaps `into`. Raises BufferLengthError and MessageTooLongError as `seal` does. After
        an error nothing was written.
        """
    def open_into(self, data: Buffer, into: Buffer, *, nonce: Buffer, associated_data: Buffer = b"") -> int:
        """Opens a sealed message, ciphertext and tag, into a buffer that is exactly 16 bytes shorter; gives how many
        bytes were written.

        `into` may begin where `data` does: into = memoryview(data)[:-16]. Any other overlap raises OverlapError, as
        does associated data that overlaps `into`. If the message is not authentic, `into` is zeros and
        AuthenticationError is raised. Raises BufferLengthError and MessageTooLongError as `open` does, with `into`
        as it was.
        """
    def seal_detached(self, buffer: Buffer, *, nonce: Buffer, associated_data: Buffer = b"") -> bytes:
        """Seals the content of a writable buffer in place, and gives its tag, 16 bytes.

        Raises as `seal` does, and OverlapError where associated data overlaps the buffer.
        """
    def open_detached(self, buffer: Buffer, tag: Buffer, *, nonce: Buffer, associated_data: Buffer = b"") -> None:
        """Opens the content of a writable buffer in place, under its tag of 16 bytes.

        If it is not authentic, the buffer is zeros and AuthenticationError is raised. Raises as `open` does, and
        OverlapError where associated data overlaps the buffer.
        """
    def seal_batch(
        self,
        messages: Iterable[Buffer],
        *,
        nonces: Iterable[Buffer],
        associated_data: Buffer | Iterable[Buffer] | None = None,
    ) -> list[bytes]:
        """Seals many messages at once, which is faster than one by one, or none of them: gives a list of them, each as
        `seal` gives it.

        `messages` and `nonces` are as many buffers; `associated_data` is None, one buffer for all messages, or as
        many buffers. No nonce may ever be used twice under one key.

        Raises InvalidArgumentError where the numbers differ, and what `seal` raises.
        """
    @overload
    def open_batch(
        self,
        messages: Iterable[Buffer],
        *,
        nonces: Iterable[Buffer],
        associated_data: Buffer | Iterable[Buffer] | None = None,
        partial: Literal[False] = False,
    ) -> list[bytes]:
        """Opens many sealed messages at once: gives a list of their plaintexts.

        Buffers are as for `seal_batch`. Raises AuthenticationError with the numbers (from 0) of the messages that
        are not authentic; with partial=True they are None in the list instead. Raises InvalidArgumentError where
        the numbers of buffers differ, and what `open` raises.
        """
    @overload
    def open_batch(
        self,
        messages: Iterable[Buffer],
        *,
        nonces: Iterable[Buffer],
        associated_data: Buffer | Iterable[Buffer] | None = None,
        partial: bool,
    ) -> list[bytes | None]:
        """Opens many sealed messages at once: gives a list of their plaintexts.

        Buffers are as for `seal_batch`. Raises AuthenticationError with the numbers (from 0) of the messages that
        are not authentic; with partial=True they are None in the list instead. Raises InvalidArgumentError where
        the numbers of buffers differ, and what `open` raises.
        """

@final
class PageCodec:
    """Seals and opens the pages of a database file under one key.

    Runs of pages lie in one contiguous buffer and are worked on together, which is faster than one at a time. The
    last `reserved_length` bytes of a plaintext page are zero. A codec may be used from several threads at once.
    """

    def __new__(cls, key: Key, page_size: int = 4096, format: FormatLike = "turso") -> Self: ...
    @property
    def cipher(self) -> Cipher:
        """The key's cipher."""
    @property
    def engine(self) -> Engine:
        """The engine that serves the key."""
    @property
    def format(self) -> Format:
        """The format."""
    @property
    def page_size(self) -> int:
        """Length of a page, in bytes."""
    @property
    def reserved_length(self) -> int:
        """Bytes at the end of each page that hold tag and nonce, and are zero in the plaintext: 28, 32 or 48."""
    @property
    def frame_length(self) -> int:
        """Length of a frame of a write-ahead log, in bytes: a header of 24 bytes and a page."""
    def seal_pages(self, first: int, buffer: Buffer) -> None:
        """Seals the pages `first`, `first` + 1, ... in place, or none of them, each under a fresh nonce.

        The buffer is writable and holds whole pages of plaintext. Page 1 begins with SQLite's header, which names
        the page size and the reserved bytes. The page that holds PENDING_BYTE is sealed as zeros, whatever it
        holds.

        Raises BufferLengthError, PageNumberError, MalformedError where reserved bytes are not zero or the header of
        page 1 does not fit, UsageLimitError, RandomSourceError.
        """
    def open_pages(self, first: int, buffer: Buffer) -> None:
        """Opens the pages `first`, `first` + 1, ... in place, in a writable buffer of whole sealed pages.

        Raises AuthenticationError with the numbers of the pages that are not authentic, which are zeros then; the
        others are open. Before anything is touched: BufferLengthError, PageNumberError, and for the header of page
        1 NotEncryptedError, UnsupportedFormatError, CipherMismatchError, MalformedError.
        """
    def seal_page(self, number: int, page: Buffer) -> bytes:
        """Seals one page: gives it sealed, as long as it was. Raises as `seal_pages` does."""
    def open_page(self, number: int, page: Buffer) -> bytes:
        """Opens one sealed page: gives its plaintext, as long as it was, with zeros in the reserved bytes. Raises as
        `open_pages` does.
        """
    def sealed_pages(self, first: int, pages: Buffer) -> bytes:
        """Seals the pages `first`, `first` + 1, ... of a buffer, which stays as it is: gives them sealed. Raises as
        `seal_pages` does.
        """
    def opened_pages(self, first: int, pages: Buffer) -> bytes:
        """Opens the pages `first`, `first` + 1, ... of a buffer, which stays as it is: gives their plaintext. Raises
        as `open_pages` does, also where a single page is not authentic.
        """
    def seal_pages_into(self, first: int, source: Buffer, into: Buffer) -> None:
        """Seals pages from one buffer into another of the same length. They are the same memory, or apart: else
        OverlapError. Raises as `seal_pages` does.
        """
    def open_pages_into(self, first: int, source: Buffer, into: Buffer) -> None:
        """Opens pages from one buffer into another of the same length. They are the same memory, or apart: else
        OverlapError. Raises as `open_pages` does; pages that are not authentic are zeros in `into`.
        """
    def seal_frames(self, chain: WalChain, buffer: Buffer) -> None:
        """Seals frames of a write-ahead log in place, or none of them, and continues the log's checksum chain over
        them.

        The buffer is writable and holds whole frames of `frame_length` bytes: a header of 24 bytes and a page each.
        Of a header, the page number and the commit size are read; salts and checksum are written.

        Raises as `seal_pages` does.
        """
    def open_frames(self, first: int, buffer: Buffer) -> None:
        """Opens frames of a write-ahead log in place; `first` is the number of the first, from 1.

        Headers stay as they are: whether a frame belongs to the log is for WalChain.accept to say, before the frame
        is opened.

        Raises AuthenticationError with the numbers of the frames that are not authentic, whose pages are zeros
        then; else as `open_pages`.
        """
    def open_frames_into(self, first: int, source: Buffer, into: Buffer) -> None:
        """Opens frames from one buffer into another of the same length; headers are not copied. They are the same
        memory, or apart: else OverlapError. Raises as `open_frames` does.
        """

@final
class WalChain:
    """The checksum chain over a write-ahead log: which frames belong to it, in their order.

    Made by `WalChain.start` and `WalChain.resume`. Threads that use one chain take turns.
    """

    def __new__(cls, made_by_its_static_methods: Never, /) -> Self: ...
    @staticmethod
    def start(header: WalHeader) -> WalChain:
        """The chain before the first frame of the log with this header."""
    @staticmethod
    def resume(header: WalHeader, checksum: tuple[int, int]) -> WalChain:
        """The chain behind a frame whose header holds `checksum`, accepted or not: to look for what else belongs to a
        damaged log.
        """
    @property
    def checksum(self) -> tuple[int, int]:
        """The checksum after the last frame that was accepted or sealed: two numbers of 32 bits."""
    def accept(self, frame: Buffer) -> bool:
        """Whether a frame, its header and its sealed page, is the next of the log. If so, the chain goes on behind it;
        if not, the log ends before it, and the chain stays where it is.
        """

@final
class PageReader:
    """An encrypted database as the bytes of a plain one, its write-ahead log applied.

    Each page is authenticated when it is read. The files must not change meanwhile: see `check_unchanged`. On Unix
    the main file is locked as a reader does, until the reader is closed. Several threads may read at once.

    `wait` is how many seconds to wait for another program that is just writing to the file. Raises what verify_file
    raises; AuthenticationError and MalformedError also for damage of page 1 or of the log's end, and for a file
    that is too short or too long.
    """

    def __new__(cls, path: _Path, key: Key, *, wait: float = 5.0) -> Self: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *_exception: object) -> None: ...
    def close(self) -> None:
        """Closes the files. What is being read in other threads is read to its end; later calls raise ValueError.
        Closing again does nothing.
        """
    @property
    def closed(self) -> bool:
        """Whether it is closed."""
    @property
    def cipher(self) -> Cipher:
        """The file's cipher."""
    @property
    def page_size(self) -> int:
        """Length of a page, in bytes."""
    @property
    def page_count(self) -> int:
        """How many pages the database has."""
    @property
    def size(self) -> int:
        """Length of the plain database, in bytes: all its pages."""
    @property
    def frames_applied(self) -> int:
        """How many frames of the write-ahead log are part of the database."""
    def read_at(self, offset: int, length: int) -> bytes:
        """The `length` bytes from `offset` on, fewer where the database ends.

        Raises AuthenticationError with the pages, or the frame of the log, that are not authentic; LockedError
        where the file shrank; InputOutputError; InvalidArgumentError for negative numbers.
        """
    def read_into(self, offset: int, buffer: Buffer) -> int:
        """Reads the bytes from `offset` on into a writable buffer, and gives how many there were: fewer than it has
        room for where the database ends, whose rest stays as it is.

        Raises as `read_at` does, with zeros in the buffer.
        """
    def read_pages(self, first: int, count: int) -> bytes:
        """The pages `first`, `first` + 1, ... of the plain database, `count` of them. Reserved bytes are zero.

        Raises as `read_at` does, and PageNumberError for pages that the database does not have.
        """
    def check_unchanged(self) -> None:
        """Raises LockedError where somebody has written to the files since they were opened: then what was read may
        not fit together.
        """
    def as_file(self) -> PageFile:
        """A view as a raw file, readable and seekable, with a position of its own:
        io.BufferedReader(reader.as_file()). Closing it leaves the reader open.
        """

@final
class Context:
    """What the bound records of a codec belong to: a record of one context does not open in another.

    Made by `Context.stream`, `Context.store` and `Context.writer`.
    """

    def __new__(cls, made_by_its_static_methods: Never, /) -> Self: ...
    @staticmethod
    def stream(id: Buffer) -> Context:
        """A stream, by its id of 32 bytes; the caller assigns the sequence numbers. Raises BufferLengthError."""
    @staticmethod
    def store(id: Buffer) -> Context:
        """A store, by its id of 16 bytes. Every record has the token of its path. Raises BufferLengthError."""
    @staticmethod
    def writer(stream: Buffer, writer: Buffer) -> Context:
        """What one writer (an id of 16 bytes) puts into a stream (an id of 32) whose server assigns the positions: the
        writer counts its own records. Raises BufferLengthError.
        """
    @property
    def kind(self) -> Literal["stream", "store", "writer"]:
        """What it is: "stream", "store" or "writer"."""
    @property
    def id(self) -> bytes:
        """The id of the stream or store."""
    @property
    def writer_id(self) -> bytes | None:
        """The id of the writer; None where there is none."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple[Callable[[type[Context]], Context], tuple[type[Context]]]: ...

@final
class RecordCodec:
    """Seals and opens records of one format and one context under one key.

    Made by `RecordCodec.s2` and `RecordCodec.bound`. A batch of records, whose lengths may differ, is worked on
    together, which is faster than one at a time. A codec never changes, and may be used from several threads at once.

    The place of a record, beyond what the codec says, is given by keywords:

    * `sequence`: its number in its stream, from 0. Bound records authenticate it; S2's take it on sealing only, to
      keep that format's limit.
    * `clock`: when it was written, in the writer's units, readable without the key. Bound records only. On opening,
      the record says it itself; a clock that is given must be that one.
    * `token`: the token of its path, 32 bytes: records of a store only, which must have one.
    * `reseals`: how often it was sealed again, under other keys: `reseal` counts it. Bound records with a clock only.
    """

    def __new__(cls, made_by_its_static_methods: Never, /) -> Self: ...
    @staticmethod
    def s2(key: Key, stream_id: Buffer) -> RecordCodec:
        """A codec of S2's format for the records of one stream, whose id is 32 bytes: see `pagecrypt.s2.stream_id`.
        What it seals is an encoded `pagecrypt.s2.Envelope`.

        Raises UnsupportedFormatError for ciphers other than aegis256 and aes256gcm, BufferLengthError.
        """
    @staticmethod
    def bound(key: Key, context: Context) -> RecordCodec:
        """A codec of bound records, of one context. They open there, at their place, and nowhere else."""
    def with_decrypt_only_key(self, key: Key) -> RecordCodec:
        """The same codec with one more key, under which records are opened but never sealed: the one from before a
        rotation.

        Raises InvalidArgumentError under S2's format, whose records do not say which key sealed them, and for a key
        with the key id of the one that seals.
        """
    @property
    def cipher(self) -> Cipher:
        """The cipher of the key that seals."""
    @property
    def engine(self) -> Engine:
        """The engine that serves the key that seals."""
    @property
    def format(self) -> RecordFormat:
        """The format."""
    @property
    def key_id(self) -> bytes | None:
        """The id of the key that seals, 4 bytes, as bound records carry it; None under S2's format."""
    def sealed_length(self, plaintext_length: int, *, clock: int | None = None, reseals: int = 0) -> int:
        """Length of the record of a plaintext of `plaintext_length` bytes."""
    def opened_length(self, record: Buffer) -> int:
        """Length of a record's plaintext, from what it says in clear; whether it opens is another question.

        Raises MalformedError, UnsupportedFormatError, CipherMismatchError.
        """
    def needs_reseal(self, record: Buffer) -> bool:
        """Whether a record was sealed under a key that only opens, and so waits for `reseal` after a rotation. It says
        so itself, in clear. Always False under S2's format.

        Raises as `opened_length` does, and UnknownKeyIdError.
        """
    def seal(
        self,
        plaintext: Buffer,
        *,
        sequence: int | None = None,
        clock: int | None = None,
        token: Buffer | None = None,
        reseals: int = 0,
    ) -> bytes:
        """Seals one record, under a fresh nonce.

        Raises InvalidArgumentError for a place that the format cannot bind, MessageTooLongError, UsageLimitError,
        RandomSourceError, BufferLengthError for a token that has not 32 bytes; under S2's format also MalformedError
        where the plaintext is not an encoded envelope.
        """
    def open(
        self,
        record: Buffer,
        *,
        sequence: int | None = None,
        clock: int | None = None,
        token: Buffer | None = None,
    ) -> bytes:
        """Opens one record: gives its plaintext.

        Raises AuthenticationError for what is not authentic, or stands at another place; UnknownKeyIdError for bound
        records of a key that was not given, which those of another stream or store are, too; MalformedError,
        UnsupportedFormatError, CipherMismatchError; InvalidArgumentError for a place that the format cannot bind.
        """
    def reseal(
        self,
        record: Buffer,
        *,
        sequence: int | None = None,
        clock: int | None = None,
        token: Buffer | None = None,
    ) -> bytes:
        """Opens one record and seals its plaintext under the key that seals now, after a rotation. If it has a clock,
        it keeps it and counts one reseal more, so that `compare_writes` prefers it to its older form, and any later
        write to it; without a clock nothing tells which is the older.

        Raises InvalidArgumentError under S2's format, which knows no rotation; else as `open` and `seal` do.
        """
    def seal_batch(
        self,
        plaintexts: Iterable[Buffer],
        *,
        sequences: Iterable[int | None] | None = None,
        clocks: Iterable[int | None] | None = None,
        tokens: Iterable[Buffer] | None = None,
        reseals: Iterable[int] | None = None,
    ) -> list[bytes]:
        """Seals many records at once, which is faster than one by one, or none of them: gives a list of them.

        `sequences`, `clocks`, `tokens` and `reseals` are None, or as many as there are plaintexts: what `seal`
        takes for each; a sequence or clock of None is one that is not there.

        Raises InvalidArgumentError where the numbers differ, and what `seal` raises.
        """
    @overload
    def open_batch(
        self,
        records: Iterable[Buffer],
        *,
        sequences: Iterable[int | None] | None = None,
        clocks: Iterable[int | None] | None = None,
        tokens: Iterable[Buffer] | None = None,
        partial: Literal[False] = False,
    ) -> list[bytes]:
        """Opens many records at once: gives a list of their plaintexts.

        Places are as for `seal_batch`. Raises the error of the first record that does not open; an AuthenticationError
        has the numbers (from 0) of all that are not authentic. With partial=True each that does not open has its
        exception in its place in the list, and nothing is raised for it. Raises InvalidArgumentError where the numbers
        of places differ, and what `open` raises.
        """
    @overload
    def open_batch(
        self,
        records: Iterable[Buffer],
        *,
        sequences: Iterable[int | None] | None = None,
        clocks: Iterable[int | None] | None = None,
        tokens: Iterable[Buffer] | None = None,
        partial: bool,
    ) -> list[bytes | PagecryptError]:
        """Opens many records at once: gives a list of their plaintexts.

        Places are as for `seal_batch`. Raises the error of the first record that does not open; an AuthenticationError
        has the numbers (from 0) of all that are not authentic. With partial=True each that does not open has its
        exception in its place in the list, and nothing is raised for it. Raises InvalidArgumentError where the numbers
        of places differ, and what `open` raises.
        """
    def seal_arrow(
        self,
        column: _Column,
        *,
        first_sequence: int | None = None,
        clocks: ArrowColumn | None = None,
        tokens: ArrowColumn | None = None,
    ) -> _Column:
        """Seals a column of pyarrow, an Array or ChunkedArray of binary or large_binary: gives one of the same type,
        its chunks as they were. All rows are one batch, read and written in the column's own buffers. Nulls stay
        null.

        Row i has the sequence number `first_sequence` + i, nulls counted; without `first_sequence` there is none.
        `clocks` is a column of int64 or uint64, as long, in which a null stands for no clock; `tokens` one of
        binary(32), of a store.

        Raises InvalidArgumentError where lengths differ, and where a chunk of binary would hold more than 2^31 - 1
        bytes: cast it to large_binary before. Else as `seal` does. pyarrow has to be installed.
        """
    def open_arrow(
        self,
        column: _Column,
        *,
        first_sequence: int | None = None,
        tokens: ArrowColumn | None = None,
        partial: bool = False,
    ) -> _Column:
        """Opens a column of pyarrow that `seal_arrow` gave, with the places that it was given: gives one of the same
        type. Rows say their clocks themselves. The column's memory must not change meanwhile.

        Raises the error of the first row that does not open; an AuthenticationError has the numbers of all rows
        (from 0) that are not authentic. With partial=True rows that do not open are null, like those that were.
        Else as `open` does.
        """
    def __reduce__(self, /) -> NoReturn: ...

@final
class TokenKey:
    """The key that makes tokens of paths: 32 random bytes of a store, which stay when its data keys are rotated,
    so that a path keeps its token.

    Made by `TokenKey.generate` and `TokenKey.from_bytes`. It is wiped when the last object that uses it is gone,
    compared in constant time, and never shown by `repr`, pickled or copied; only `to_bytes` gives it away.
    """

    def __new__(cls, made_by_its_static_methods: Never, /) -> Self: ...
    @staticmethod
    def generate() -> TokenKey:
        """A new token key from the operating system's random generator. Raises RandomSourceError."""
    @staticmethod
    def from_bytes(secret: Buffer) -> TokenKey:
        """A token key from its 32 bytes. Raises KeyLengthError. What you pass in is yours to wipe."""
    def to_bytes(self) -> bytes:
        """The secret itself, to be kept in a keyring: 32 bytes, in memory that Python does not wipe."""
    def token(self, path: Buffer) -> bytes:
        """The token of a path: 32 bytes. Paths are compared byte by byte, so bring text into one form before."""
    def __eq__(self, other: object, /) -> bool: ...
    def __copy__(self, /) -> NoReturn: ...
    def __deepcopy__(self, /, _memo: object) -> NoReturn: ...
    def __reduce__(self, /) -> NoReturn: ...
    __hash__: ClassVar[None]  # type: ignore[assignment]

@final
class StoreCodec:
    """Seals and opens the entries of a store, whose id has 16 bytes.

    A server keeps, for each path, its token and a record: what the entry is, it cannot read, nor compare with another
    store's. The padding concerns what is sealed: entries open however they were padded. A codec never changes, and may
    be used from several threads at once. Raises BufferLengthError.
    """

    def __new__(cls, key: Key, store_id: Buffer, token_key: TokenKey, padding: PaddingLike = "none") -> Self: ...
    def with_decrypt_only_key(self, key: Key) -> StoreCodec:
        """The same codec with one more key, under which entries are opened but never sealed: the one from before a
        rotation.

        Raises InvalidArgumentError for a key with the key id of the one that seals.
        """
    @property
    def cipher(self) -> Cipher:
        """The cipher of the key that seals."""
    @property
    def engine(self) -> Engine:
        """The engine that serves the key that seals."""
    @property
    def key_id(self) -> bytes:
        """The id of the key that seals, 4 bytes, as records carry it."""
    def token(self, path: Buffer) -> bytes:
        """The token of a path: 32 bytes."""
    def seal(self, entry: Entry) -> tuple[bytes, bytes]:
        """Seals an entry, under a fresh nonce: gives the token of its path, and its record.

        Raises InvalidArgumentError for a path, type or schema of more than 65535 bytes, MessageTooLongError,
        UsageLimitError, RandomSourceError.
        """
    def seal_batch(self, entries: Iterable[Entry]) -> list[tuple[bytes, bytes]]:
        """Seals many entries at once, which is faster than one by one, or none of them: gives a list of what `seal`
        gives. Raises as `seal` does.
        """
    def open(self, token: Buffer, record: Buffer) -> Entry:
        """Opens the entry whose record is kept under the token.

        Raises AuthenticationError for what is not authentic, or was kept under another token; UnknownKeyIdError for
        records of a key that was not given, which those of another store are, too; MalformedError,
        UnsupportedFormatError, CipherMismatchError, and BufferLengthError for a token that has not 32 bytes.
        """
    @overload
    def open_batch(self, rows: Iterable[tuple[Buffer, Buffer]], *, partial: Literal[False] = False) -> list[Entry]:
        """Opens many entries at once, of each of which the token and the record are given as a tuple: gives a list of
        them.

        Raises the error of the first that does not open; an AuthenticationError has the numbers (from 0) of all that
        are not authentic. With partial=True each that does not open has its exception in its place in the list, and
        nothing is raised for it. Else as `open` does.
        """
    @overload
    def open_batch(self, rows: Iterable[tuple[Buffer, Buffer]], *, partial: bool) -> list[Entry | PagecryptError]:
        """Opens many entries at once, of each of which the token and the record are given as a tuple: gives a list of
        them.

        Raises the error of the first that does not open; an AuthenticationError has the numbers (from 0) of all that
        are not authentic. With partial=True each that does not open has its exception in its place in the list, and
        nothing is raised for it. Else as `open` does.
        """
    def needs_reseal(self, record: Buffer) -> bool:
        """Whether a record was sealed under a key that only opens, and so waits for `reseal` after a rotation. It says
        so itself, in clear.

        Raises MalformedError, UnsupportedFormatError, CipherMismatchError, UnknownKeyIdError.
        """
    def reseal(self, token: Buffer, record: Buffer) -> bytes:
        """Seals what a record holds, which is kept under the token, under the key that seals now, after a rotation. If
        it has a clock, it keeps it and counts one reseal more: see `compare_writes`. Raises as `open` and `seal` do.
        """

def pending_byte_page(page_size: int) -> int:
    """The number of the page that SQLite never uses, since its locks are there: the one that holds PENDING_BYTE.

    Raises PageSizeError.
    """

def encrypt_file(
    source: _Path,
    destination: _Path,
    key: Key,
    *,
    format: FormatLike = "turso",
    force: bool = False,
    wait: float = 5.0,
    progress: _Progress | None = None,
) -> Summary:
    """Encrypts the plain SQLite database `source`, its write-ahead log taken in, into a new file `destination`.

    The source is only read, and no plaintext copy reaches the disk. The destination appears once it is complete;
    with force=True it replaces a file that is there. `wait` is how many seconds to wait for another program that is
    just writing to the source. `progress(done, total)` is told now and then, on the calling thread, how many bytes
    are done and how many there are in all (which may still grow; both are 0 while waiting): returning False or an
    exception stops the work, as does a signal handler that raises, such as Ctrl-C's. Whatever stops it, nothing is
    left behind.

    Gives a Summary. Raises DestinationExistsError; LockedError; UnsupportedFormatError for what is encrypted
    already or no SQLite database; MalformedError; InputOutputError; FilePermissionsError; CancelledError;
    UsageLimitError.

    The package carries a SQLite of its own. On Linux a file that this process holds POSIX locks on, through the
    module sqlite3 for example, is refused (LockedBy.THIS_PROCESS), since closing it would take them away;
    elsewhere, close it first.
    """

def decrypt_file(
    source: _Path,
    destination: _Path,
    key: Key,
    *,
    compact: bool = False,
    force: bool = False,
    wait: float = 5.0,
    progress: _Progress | None = None,
) -> Summary:
    """Decrypts the database `source`, the committed frames of its write-ahead log applied, into a new plain SQLite
    database `destination`, readable for its owner only.

    Pages keep their places and their reserved bytes, which are zero; with compact=True they are packed anew,
    without reserved bytes, as SQLite itself makes databases. The file names its cipher: of the key only the bytes
    count. The other parameters are those of encrypt_file.

    Gives a Summary. Raises WrongKeyError, KeyLengthError, NotEncryptedError, AuthenticationError for what is
    damaged, and what encrypt_file raises.
    """

def verify_file(
    path: _Path,
    key: Key,
    *,
    threads: int | None = None,
    wait: float = 5.0,
    progress: _Progress | None = None,
) -> VerifyReport:
    """Authenticates every page of the encrypted database `path` and every frame of its write-ahead log.

    Nothing is written. The file names its cipher: of the key only the bytes count. `threads` is how many threads
    work on it, None as many as the CPU runs at once; `wait` and `progress` are those of encrypt_file.

    Gives a VerifyReport of all damage that was found; report.require_intact() raises it. Raises only where nothing
    can be checked: WrongKeyError, KeyLengthError, NotEncryptedError, UnsupportedFormatError, MalformedError for a
    file without a whole page 1, LockedError, InputOutputError, FilePermissionsError, CancelledError.
    """

def inspect_file(path: _Path) -> Inspection:
    """Looks at the database `path` and its write-ahead log without a key, and without a lock.

    Gives an Inspection, of which nothing is authenticated. Raises InputOutputError and FilePermissionsError;
    InvalidArgumentError for what is no file; LockedError where it shrinks meanwhile, or where this process holds
    locks on it.
    """

def record_overhead(cipher: CipherLike, format: RecordFormatLike) -> int | None:
    """Bytes that a record without a clock is longer than its plaintext, for those who meter; None where the format does
    not have the cipher. A clock takes 8 bytes more.

    Raises UnknownCipherError, InvalidArgumentError for another format.
    """

def compare_writes(a: Buffer, b: Buffer) -> Literal[-1, 0, 1]:
    """Which of two bound records of one place is the later write, the one that stays: 1 where it is `a`, -1 where it is
    `b`, 0 where they are equal. The higher clock wins (any clock is higher than none), then the more reseals, then the
    higher bytes, so that everyone who has both keeps the same one.

    No key is needed, and so nothing is proved: open a record before it replaces another. Raises MalformedError and
    UnsupportedFormatError.
    """

def key_id(key: Key, context: Context) -> bytes:
    """The id of a key in a context, 4 bytes, as bound records name it. It tells nothing of the key, and is another
    one in another stream or store. It is no proof: four bytes can be met by chance, and by trying.
    """

def generate_key(cipher: CipherLike, context: Context, taken: Iterable[Buffer] = ()) -> Key:
    """A new key for a rotation, from the operating system's random generator, whose id in the context is not among
    `taken`: the ids, of 4 bytes each, of all keys that the context ever had.

    Raises RandomSourceError, and UnknownEngineError for what PAGECRYPT_ENGINE says.
    """

def record_header_parse(record: Buffer) -> tuple[Cipher, bytes, int | None, int, int]:
    """The fields of `RecordHeader`."""

def s2_stream_id(basin: str, stream: str) -> bytes:
    """The id of a stream."""

def s2_key_from_header(value: str | Buffer | None, cipher: CipherLike) -> Key:
    """The key from the value of a header."""

def s2_envelope_encode(headers: Iterable[Header], body: Buffer) -> bytes:
    """The encoded envelope of these headers and this body."""

def s2_envelope_decode(encoded: Buffer) -> tuple[_Pairs, bytes]:
    """Headers and body of an encoded envelope."""

def s2_decode_stored(stored: Buffer) -> _StoredParts:
    """The parts of a stored record."""

def s2_open_stored(codec: RecordCodec, stored: Buffer) -> _StoredParts:
    """The parts of what a stored record of an encrypted stream holds."""

def s2_encode_stored(kind: str, number: int, token: str, content: Buffer, headers: Iterable[Header]) -> bytes:
    """The stored record of these parts."""

def s2_metered_size(kind: str, number: int, token: str, content: Buffer, headers: Iterable[Header]) -> int:
    """What S2 counts for a stored record of these parts, in bytes."""

def s2_answer(error: PagecryptError) -> tuple[_Status | None, _Status] | None:
    """What S2 answers to an error: as it is documented, and as s2-lite does it."""

def cipher_rows() -> list[tuple[str, int, str, int, int, int, int, int, int | None]]:
    """Every cipher: name, number, hyphenated name, lengths of key, nonce, tag and reserved bytes, limits."""

def cipher_from_name(name: str) -> Cipher:
    """The cipher of this name, in any spelling."""

def cipher_from_number(number: int) -> Cipher:
    """The cipher with this number."""

def cipher_engine(cipher: CipherLike) -> Engine:
    """The engine that serves a cipher's keys on this CPU."""

def engine_names() -> list[str]:
    """Every engine, whether it runs here or not."""

def engine_is_available(engine: EngineLike) -> bool:
    """Whether this CPU runs the engine."""

def engine_from_name(name: str) -> Engine:
    """The engine of this CPU with this name."""

def enumeration_values() -> dict[str, list[str]]:
    """The values of every enumeration, by its name; those of ciphers and engines have functions of their own."""

def error_rows() -> list[tuple[str, int, int]]:
    """Every code: name, number and exit code."""

def wal_header_parse(buffer: Buffer) -> tuple[ByteOrder, int, int, _Words]:
    """The fields of `WalHeader`."""

def wal_header_to_bytes(header: WalHeader) -> bytes:
    """The header as it stands in the file: 32 bytes."""

def wal_frame_header_parse(buffer: Buffer) -> tuple[int, int, _Words, _Words]:
    """The fields of `WalFrameHeader`."""

def turso_header_parse(buffer: Buffer) -> tuple[int, Cipher, int, int]:
    """The fields of `TursoHeader`."""

def run_command(arguments: Sequence[str]) -> int:
    """Runs the command `pagecrypt` with these arguments, the first of which is its name; gives its exit code."""
