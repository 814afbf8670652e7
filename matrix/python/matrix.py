"""Python's program of the matrix of the languages:  matrix.py write|read FOLDER VECTORS

It writes, or reads what any language wrote, and prints a line for each row: `CAPABILITY CIPHER ok`, `... refused` or
`... FAILED: why`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pagecrypt
from pagecrypt import (
    Aead,
    AuthenticationError,
    ByteOrder,
    Cipher,
    Context,
    Entry,
    Key,
    PageCodec,
    PagecryptError,
    PageReader,
    RecordCodec,
    RecordHeader,
    StoreCodec,
    TokenKey,
    UnknownKeyIdError,
    UnsupportedFormatError,
    WalChain,
    WalFrameHeader,
    WalHeader,
    s2,
)

PAGE_SIZE = 4096
SOURCE = "turso/aegis256-4096-small.plain.db"


class RefusedError(Exception):
    """The format does not have the cipher, as it should not."""


class WrongError(Exception):
    """Not what was to be found."""


@dataclass(frozen=True)
class Place:
    """Where a row's files are, and its key."""

    folder: Path
    vectors: Path
    key: Key

    def path(self, capability: str, ending: str = "") -> Path:
        return self.folder / f"{capability}-{self.key.cipher}{ending}"

    @property
    def foreign(self) -> bool:
        """Whether Turso's format does not have the cipher."""
        return self.key.cipher is Cipher.CHACHA20POLY1305

    def codec(self) -> PageCodec:
        try:
            codec = PageCodec(self.key, PAGE_SIZE)
        except UnsupportedFormatError:
            if self.foreign:
                raise RefusedError from None
            raise
        expect(not self.foreign, "the format took a cipher that it does not have")
        return codec


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise WrongError(otherwise)


def plain_page(codec: PageCodec, number: int, add: int = 0) -> bytes:
    text = bytes((7 * number + j + add) % 256 for j in range(PAGE_SIZE - codec.reserved_length))
    return text + bytes(codec.reserved_length)


# messages: 65 of them in one batch; in the file, the ciphertexts, then the tags

COUNT = 65
TEXTS = [bytes((i + j) % 256 for j in range(37 * i)) for i in range(COUNT)]
ASSOCIATED_DATA = [bytes([i]) * i for i in range(COUNT)]


def nonces(cipher: Cipher) -> list[bytes]:
    return [bytes([i]) * cipher.nonce_length for i in range(COUNT)]


def write_messages(place: Place) -> None:
    aead = Aead(place.key)
    sealed = aead.seal_batch(TEXTS, nonces=nonces(aead.cipher), associated_data=ASSOCIATED_DATA)
    tag = aead.tag_length
    content = b"".join(message[:-tag] for message in sealed) + b"".join(message[-tag:] for message in sealed)
    place.path("messages").write_bytes(content)


def read_messages(place: Place) -> None:
    aead = Aead(place.key)
    content = place.path("messages").read_bytes()
    length = sum(map(len, TEXTS))
    expect(len(content) == length + COUNT * aead.tag_length, f"{len(content)} bytes")
    sealed, at, tag = [], 0, length
    for text in TEXTS:
        sealed.append(content[at : at + len(text)] + content[tag : tag + aead.tag_length])
        at, tag = at + len(text), tag + aead.tag_length
    opened = aead.open_batch(sealed, nonces=nonces(aead.cipher), associated_data=ASSOCIATED_DATA)
    expect(opened == TEXTS, "other messages")


# pages: 2 to 66, in one call

FIRST, LAST = 2, 66


def pages(codec: PageCodec) -> bytearray:
    return bytearray().join(plain_page(codec, number) for number in range(FIRST, LAST + 1))


def write_pages(place: Place) -> None:
    codec = place.codec()
    buffer = pages(codec)
    codec.seal_pages(FIRST, buffer)
    place.path("pages").write_bytes(buffer)


def read_pages(place: Place) -> None:
    codec = place.codec()
    buffer = bytearray(place.path("pages").read_bytes())
    codec.open_pages(FIRST, buffer)
    expect(buffer == pages(codec), "other pages")


# frames: a write-ahead log of three

LOG_HEADER = WalHeader(byte_order=ByteOrder.LITTLE, page_size=PAGE_SIZE, checkpoint=1, salts=(0x01020304, 0x05060708))
FRAMES = ((2, 0), (3, 0), (2, 3))  # page and commit size


def write_frames(place: Place) -> None:
    codec = place.codec()
    log = bytearray()
    for k, (page, commit_size) in enumerate(FRAMES):
        # Salts and checksum are written by sealing.
        log += page.to_bytes(4, "big") + commit_size.to_bytes(4, "big") + bytes(16) + plain_page(codec, page, k)
    codec.seal_frames(WalChain.start(LOG_HEADER), log)
    place.path("frames").write_bytes(LOG_HEADER.to_bytes() + log)


def read_frames(place: Place) -> None:
    codec = place.codec()
    content = place.path("frames").read_bytes()
    header = WalHeader.parse(content)
    expect(header == LOG_HEADER, f"the log's header is {header}")
    log, length = bytearray(content[pagecrypt.WAL_HEADER_LENGTH :]), codec.frame_length
    expect(len(log) == len(FRAMES) * length, f"{len(log)} bytes of frames")
    chain = WalChain.start(header)
    for k, (page, commit_size) in enumerate(FRAMES):
        frame = log[k * length : (k + 1) * length]
        expect(chain.accept(frame), f"frame {k + 1} is not the log's next")
        said = WalFrameHeader.parse(frame)
        wanted = (page, commit_size, header.salts, chain.checksum)
        expect((said.page, said.commit_size, said.salts, said.checksum) == wanted, f"frame {k + 1} says {said}")
    codec.open_frames(1, log)
    for k, (page, _) in enumerate(FRAMES):
        start = k * length + pagecrypt.WAL_FRAME_HEADER_LENGTH
        expect(log[start : start + PAGE_SIZE] == plain_page(codec, page, k), f"frame {k + 1} is another")


# file: a whole database


def write_file(place: Place) -> None:
    destination = place.path("file", ".db")
    try:
        summary = pagecrypt.encrypt_file(place.vectors / SOURCE, destination, place.key, force=True)
    except UnsupportedFormatError:
        if place.foreign and not destination.exists():
            raise RefusedError from None
        raise
    expect(not place.foreign, "encrypt_file took a cipher that the format does not have")
    expect(destination.stat().st_size == summary.bytes, "encrypt_file reports another length than the file has")


def read_file(place: Place) -> None:
    place.codec()  # refused where the format does not have the cipher
    path = place.path("file", ".db")
    report = pagecrypt.verify_file(path, place.key)
    report.require_intact()
    expect(report.intact and not report.findings, f"verify_file reports {report.findings}")
    given = os.environ.get("MATRIX_OUT")
    with nullcontext(given) if given else tempfile.TemporaryDirectory() as out:
        plain = decrypt(place, path, Path(out, f"file-{place.key.cipher}.plain.db"), compact=False)
        compare_reader(place, path, plain)
        decrypt(place, path, Path(out, f"file-{place.key.cipher}.compact.db"), compact=True)


def decrypt(place: Place, path: Path, destination: Path, *, compact: bool) -> bytes:
    summary = pagecrypt.decrypt_file(path, destination, place.key, force=True, compact=compact)
    database = destination.read_bytes()
    whole = database.startswith(b"SQLite format 3\0") and len(database) == summary.bytes
    expect(whole, f"{destination.name} is no SQLite database of the reported length")
    return database


def compare_reader(place: Place, path: Path, plain: bytes) -> None:
    """Reads the whole database through a PageReader: it is what decrypt_file made."""
    with PageReader(path, place.key) as reader:
        expect(reader.page_count == path.stat().st_size // PAGE_SIZE, f"{reader.page_count} pages")
        expect(reader.read_at(0, reader.size) == plain, "the reader gives other bytes than decrypt_file")


# records-s2: 65 stored records of a stream, each with its length before it

BODIES = TEXTS
STREAM = s2.stream_id("matrix", "records")


def s2_codec(place: Place) -> RecordCodec:
    foreign = place.key.cipher not in (Cipher.AES256GCM, Cipher.AEGIS256)
    try:
        codec = RecordCodec.s2(place.key, STREAM)
    except UnsupportedFormatError:
        if foreign:
            raise RefusedError from None
        raise
    expect(not foreign, "the format took a cipher that it does not have")
    return codec


def command_or_envelope(i: int) -> s2.Envelope | s2.Fence | s2.Trim:
    if i % 8 == 7:
        return s2.Fence("token") if i == 7 else s2.Trim(i)
    headers = tuple(s2.Header(b"h%d" % number, bytes([i]) * i) for number in range(i % 3))
    return s2.Envelope(headers, BODIES[i])


def with_length(record: bytes) -> bytes:
    return len(record).to_bytes(4, "big") + record


def write_s2_records(place: Place) -> None:
    codec = s2_codec(place)
    records = {i: command_or_envelope(i) for i in range(COUNT)}
    envelopes = {i: envelope for i, envelope in records.items() if isinstance(envelope, s2.Envelope)}
    sealed = codec.seal_batch([envelope.encode() for envelope in envelopes.values()], sequences=envelopes)
    encrypted = {
        i: s2.Encrypted(envelope.metered_size, record)
        for (i, envelope), record in zip(envelopes.items(), sealed, strict=True)
    }
    stored: dict[int, s2.StoredRecord] = {
        i: encrypted[i] if isinstance(record, s2.Envelope) else record for i, record in records.items()
    }
    content = b"".join(with_length(s2.encode_stored(record)) for record in stored.values())
    place.path("records-s2").write_bytes(content)


def read_s2_records(place: Place) -> None:
    codec = s2_codec(place)
    content = Content(place.path("records-s2").read_bytes())
    for i in range(COUNT):
        expect(s2.open_stored(codec, content.record()) == command_or_envelope(i), f"record {i} is another")
    content.must_end()


class Content:
    """A file of records, read from its beginning."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def take(self, length: int) -> bytes:
        expect(self.at + length <= len(self.content), "the file ends too early")
        self.at += length
        return self.content[self.at - length : self.at]

    def record(self) -> bytes:
        return self.take(self.length())

    def length(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def row(self) -> tuple[bytes, bytes]:
        """A token and a record, of which the length stands before both."""
        length = self.length()
        return self.take(32), self.take(length)

    def must_end(self) -> None:
        expect(self.at == len(self.content), "there is more than the records")


# records-bound: 65 records of a stream, of a writer and of a store, each with its length before it

CLOCKS = [None if i % 2 else 1000 + i for i in range(COUNT)]
ENTRIES = [Entry(b"path/%d" % i, b"t", b"1", BODIES[i], clock=i) for i in range(COUNT)]


def stream_codec(place: Place, byte: int = 1) -> RecordCodec:
    return RecordCodec.bound(place.key, Context.stream(bytes([byte]) * 32))


def writer_codec(place: Place) -> RecordCodec:
    return RecordCodec.bound(place.key, Context.writer(bytes([1]) * 32, bytes([2]) * 16))


def store_codec(place: Place) -> StoreCodec:
    return StoreCodec(place.key, bytes([3]) * 16, TokenKey.from_bytes(bytes([4]) * 32), "padme")


def write_bound_records(place: Place) -> None:
    records = stream_codec(place).seal_batch(BODIES, sequences=range(COUNT), clocks=CLOCKS)
    records += writer_codec(place).seal_batch(BODIES)
    rows = store_codec(place).seal_batch(ENTRIES)
    content = [with_length(record) for record in records]
    content += [len(record).to_bytes(4, "big") + token + record for token, record in rows]
    place.path("records-bound").write_bytes(b"".join(content))


def read_bound_records(place: Place) -> None:
    content = Content(place.path("records-bound").read_bytes())
    of_stream = [content.record() for _ in range(COUNT)]
    of_writer = [content.record() for _ in range(COUNT)]
    rows = [content.row() for _ in range(COUNT)]
    content.must_end()
    codec = stream_codec(place)
    opened = codec.open_batch(of_stream, sequences=range(COUNT), clocks=CLOCKS)
    expect(opened == BODIES, "other records of the stream")
    clocks = [RecordHeader.parse(record).clock for record in of_stream]
    expect(clocks == CLOCKS, "other clocks")
    expect(writer_codec(place).open_batch(of_writer) == BODIES, "other records of the writer")
    expect(store_codec(place).open_batch(rows) == ENTRIES, "other entries")
    expect_error(UnknownKeyIdError, lambda: stream_codec(place, 9).open(of_stream[0], sequence=0))
    expect_error(AuthenticationError, lambda: codec.open(of_stream[0], sequence=1))


def expect_error(kind: type[PagecryptError], call: Callable[[], object]) -> None:
    try:
        call()
    except kind:
        return
    raise WrongError(f"there was no {kind.__name__}")


# What every language does; a new capability is a row here and a row in each other program.
CAPABILITIES: dict[str, tuple[Callable[[Place], None], Callable[[Place], None]]] = {
    "messages": (write_messages, read_messages),
    "pages": (write_pages, read_pages),
    "frames": (write_frames, read_frames),
    "file": (write_file, read_file),
    "records-s2": (write_s2_records, read_s2_records),
    "records-bound": (write_bound_records, read_bound_records),
}


def outcome(work: Callable[[Place], None], folder: Path, vectors: Path, cipher: Cipher) -> str:
    try:
        work(Place(folder, vectors, Key.from_bytes(bytes(range(cipher.key_length)), cipher)))
    except RefusedError:
        return "refused"
    except Exception as error:
        return f"FAILED: {type(error).__name__}: {error}".replace("\n", "; ")
    return "ok"


def main(arguments: list[str]) -> int:
    if len(arguments) != 3 or arguments[0] not in ("write", "read"):
        print("usage: matrix.py write|read FOLDER VECTORS", file=sys.stderr)
        return 2
    mode, folder, vectors = arguments
    failed = False
    for name, (write, read) in CAPABILITIES.items():
        for cipher in pagecrypt.ciphers():
            said = outcome(write if mode == "write" else read, Path(folder), Path(vectors), cipher)
            failed |= said.startswith("FAILED")
            print(name, cipher, said, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
