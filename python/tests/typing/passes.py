"""How the package is used, as type checkers see it: nothing here is wrong. It is checked, and never run."""

from __future__ import annotations

import array
import io
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import assert_type

import pagecrypt
from pagecrypt import (
    Aead,
    ByteOrder,
    Cipher,
    CipherLike,
    Context,
    Encoding,
    Engine,
    Entry,
    ErrorCode,
    FileFormat,
    Format,
    Inspection,
    Key,
    LockedBy,
    PageCodec,
    PagecryptError,
    PageReader,
    RecordCodec,
    RecordFormat,
    RecordHeader,
    StoreCodec,
    Summary,
    TokenKey,
    TursoHeader,
    Unit,
    VerifyReport,
    WalChain,
    WalFrameHeader,
    WalHeader,
    Way,
    s2,
)


def ciphers_and_engines(spelling: CipherLike) -> None:
    assert_type(pagecrypt.ciphers(), tuple[Cipher, ...])
    assert_type(pagecrypt.engines(), tuple[Engine, ...])
    cipher = Cipher.from_name("aegis256")
    assert_type(cipher, Cipher)
    assert_type(Cipher.from_number(3), Cipher)
    assert_type(cipher.number, int)
    assert_type(cipher.hyphenated_name, str)
    assert_type(cipher.key_length, int)
    assert_type(cipher.nonce_length, int)
    assert_type(cipher.tag_length, int)
    assert_type(cipher.reserved_length, int)
    assert_type(cipher.max_message_length, int)
    assert_type(cipher.max_random_seals, int | None)
    assert_type(cipher.engine, Engine)
    assert_type(Engine.from_name("portable"), Engine)
    assert_type(Engine.PORTABLE.is_available, bool)
    assert_type(pagecrypt.TAG_LENGTH, int)
    assert_type(pagecrypt.PENDING_BYTE, int)
    assert_type(pagecrypt.pending_byte_page(4096), int)
    assert_type(pagecrypt.__version__, str)
    Key.generate(spelling)


def keys(mapped: mmap.mmap, words: array.array[int]) -> None:
    key = Key.generate()
    assert_type(key, Key)
    assert_type(Key.generate(Cipher.AES256GCM), Key)
    assert_type(Key.from_bytes(b"", "aegis256"), Key)
    Key.from_bytes(bytearray(32), Cipher.AEGIS256)
    Key.from_bytes(memoryview(b""), "aegis256")
    Key.from_bytes(mapped, "aegis256")
    Key.from_bytes(words, "aegis256")
    assert_type(Key.from_text("", None), Key)
    Key.from_text(b"", "aegis256")
    assert_type(key.cipher, Cipher)
    assert_type(key.engine, Engine)
    assert_type(key.seals, int)
    assert_type(key.with_engine("portable"), Key)
    assert_type(key.with_engine(Engine.PORTABLE), Key)
    assert_type(key.with_cipher("aes256gcm"), Key)
    assert_type(key.to_bytes(), bytes)
    assert_type(key.to_text(), str)
    assert_type(key.to_text(Encoding.HEX), str)
    assert_type(key == key.with_cipher("aes256gcm"), bool)


def messages(aead: Aead, texts: Sequence[bytes], views: list[memoryview], into: bytearray) -> None:
    nonce = bytes(aead.nonce_length)
    assert_type(aead.seal(b"", nonce=nonce), bytes)
    assert_type(aead.open(b"", nonce=nonce, associated_data=b""), bytes)
    assert_type(aead.seal_into(b"", into, nonce=nonce), int)
    assert_type(aead.open_into(b"", into, nonce=nonce), int)
    assert_type(aead.seal_detached(into, nonce=nonce, associated_data=b""), bytes)
    assert_type(aead.open_detached(into, b"", nonce=nonce), None)
    assert_type(aead.seal_batch(texts, nonces=[nonce]), list[bytes])
    assert_type(aead.seal_batch(views, nonces=views, associated_data=b""), list[bytes])
    assert_type(aead.seal_batch(texts, nonces=texts, associated_data=texts), list[bytes])
    assert_type(aead.open_batch(texts, nonces=(nonce, nonce)), list[bytes])
    assert_type(aead.open_batch(texts, nonces=texts, partial=False), list[bytes])
    assert_type(aead.open_batch(texts, nonces=texts, partial=True), list[bytes | None])
    assert_type(aead.cipher, Cipher)
    assert_type(aead.engine, Engine)
    assert_type((aead.nonce_length, aead.tag_length, aead.overhead), tuple[int, int, int])


def pages(key: Key, mapped: mmap.mmap) -> None:
    codec = PageCodec(key, 4096, Format.TURSO)
    assert_type(PageCodec(key, page_size=512, format="turso"), PageCodec)
    buffer = bytearray(4096)
    assert_type(codec.seal_pages(2, buffer), None)
    codec.seal_pages(2, mapped)
    assert_type(codec.open_pages(2, memoryview(buffer)), None)
    assert_type(codec.seal_page(2, b""), bytes)
    assert_type(codec.open_page(2, mapped), bytes)
    assert_type(codec.sealed_pages(2, buffer), bytes)
    assert_type(codec.opened_pages(2, mapped), bytes)
    assert_type(codec.seal_pages_into(2, b"", buffer), None)
    assert_type(codec.open_pages_into(2, b"", buffer), None)
    assert_type(codec.format, Format)
    assert_type((codec.page_size, codec.reserved_length, codec.frame_length), tuple[int, int, int])


class Column:
    """As pyarrow's Array and ChunkedArray, whose types pyarrow does not tell."""

    @property
    def null_count(self) -> int:
        return 0

    def __len__(self) -> int:
        return 0


def records(key: Key, texts: list[bytes], column: Column) -> None:
    context = Context.stream(bytearray(32))
    assert_type(Context.writer(b"", memoryview(b"")), Context)
    assert_type((context.id, context.writer_id), tuple[bytes, bytes | None])
    codec = RecordCodec.bound(key, context)
    assert_type(codec.with_decrypt_only_key(key), RecordCodec)
    assert_type((codec.cipher, codec.engine, codec.format), tuple[Cipher, Engine, RecordFormat])
    assert_type(codec.key_id, bytes | None)
    assert_type(codec.seal(b"", sequence=1, clock=None, token=None), bytes)
    assert_type(codec.open(bytearray(), sequence=1), bytes)
    assert_type(codec.reseal(b""), bytes)
    assert_type(codec.needs_reseal(b""), bool)
    assert_type(codec.sealed_length(5, clock=1) + codec.opened_length(b""), int)
    assert_type(codec.seal_batch(texts, sequences=range(5), clocks=[1, None], tokens=texts), list[bytes])
    assert_type(codec.open_batch(texts, sequences=(1, 2)), list[bytes])
    assert_type(codec.open_batch(texts, partial=True), list[bytes | PagecryptError])
    assert_type(codec.seal_arrow(column, first_sequence=1, clocks=column), Column)
    assert_type(codec.open_arrow(column, tokens=None, partial=True), Column)
    assert_type(pagecrypt.record_overhead("aegis256", "bound"), int | None)
    assert_type(pagecrypt.key_id(key, context), bytes)
    assert_type(pagecrypt.generate_key("aegis256", context, texts), Key)
    header = RecordHeader.parse(b"")
    assert_type((header.cipher, header.clock), tuple[Cipher, int | None])
    order: int = pagecrypt.compare_writes(b"", b"")
    print(order)


def stores(key: Key, rows: list[tuple[bytes, bytes]]) -> None:
    store = StoreCodec(key, b"", TokenKey.generate(), "padme")
    assert_type(store.token(b""), bytes)
    assert_type(store.seal(Entry(b"path")), tuple[bytes, bytes])
    assert_type(store.seal_batch([Entry(b"path", clock=5)]), list[tuple[bytes, bytes]])
    assert_type(store.open(b"", b""), Entry)
    assert_type(store.open_batch(rows), list[Entry])
    assert_type(store.open_batch(rows, partial=True), list[Entry | PagecryptError])
    assert_type(store.reseal(b"", b""), bytes)


def streams_of_s2(codec: RecordCodec, error: PagecryptError) -> None:
    assert_type(s2.stream_id("basin", "stream"), bytes)
    assert_type(s2.key_from_header(None), Key)
    envelope = s2.Envelope.decode(b"")
    assert_type(envelope.headers, tuple[s2.Header, ...])
    assert_type(envelope.metered_size, int)
    stored: s2.StoredRecord = s2.decode_stored(s2.encode_stored(s2.Fence("token")))
    match stored:
        case s2.Fence():
            assert_type(stored.token, str)
        case s2.Trim():
            assert_type(stored.point, int)
        case s2.Plaintext():
            assert_type(stored.envelope, s2.Envelope)
        case s2.Encrypted():
            assert_type(codec.open(stored.record), bytes)
    assert_type(s2.open_stored(codec, b""), s2.Envelope | s2.Fence | s2.Trim)
    answer = s2.answer(error)
    assert_type(answer, s2.Answer | None)
    if isinstance(error, pagecrypt.MeteredSizeError):
        assert_type((error.stored, error.actual), tuple[int, int])


def logs(codec: PageCodec, buffer: bytearray) -> None:
    header = WalHeader.parse(b"")
    assert_type(header, WalHeader)
    assert_type(header.byte_order, ByteOrder)
    assert_type(header.salts, tuple[int, int])
    assert_type(header.to_bytes(), bytes)
    chain = WalChain.start(header)
    assert_type(chain, WalChain)
    assert_type(WalChain.resume(header, (1, 2)), WalChain)
    assert_type(chain.checksum, tuple[int, int])
    assert_type(chain.accept(buffer), bool)
    frame = WalFrameHeader.parse(buffer)
    assert_type((frame.page, frame.commit_size, frame.salts), tuple[int, int, tuple[int, int]])
    assert_type(codec.seal_frames(chain, buffer), None)
    assert_type(codec.open_frames(1, buffer), None)
    assert_type(codec.open_frames_into(1, b"", buffer), None)
    turso = TursoHeader.parse(buffer)
    assert_type((turso.version, turso.cipher, turso.page_size), tuple[int, Cipher, int])
    assert_type(pagecrypt.WAL_HEADER_LENGTH + pagecrypt.WAL_FRAME_HEADER_LENGTH, int)


def files(key: Key, path: Path) -> None:
    def progress(done: int, total: int) -> None:
        print(done, total)

    summary = pagecrypt.encrypt_file(path, "new", key, force=True, wait=1, progress=progress)
    assert_type(summary, Summary)
    assert_type(summary.way, Way)
    assert_type((summary.pages, summary.page_size, summary.bytes), tuple[int, int, int])
    assert_type(pagecrypt.decrypt_file(b"old", path, key, compact=True, progress=None), Summary)
    report = pagecrypt.verify_file(path, key, threads=2, progress=lambda done, total: done < total)
    assert_type(report, VerifyReport)
    assert_type(report.intact, bool)
    assert_type(report.error, PagecryptError | None)
    assert_type(report.require_intact(), None)
    seen = pagecrypt.inspect_file(path)
    assert_type(seen, Inspection)
    assert_type(seen.format, FileFormat)
    assert_type(seen.cipher, Cipher | None)
    with PageReader(path, key, wait=0.5) as reader:
        assert_type(reader, PageReader)
        assert_type(reader.read_at(0, 10), bytes)
        assert_type(reader.read_into(0, bytearray(10)), int)
        assert_type(reader.read_pages(1, 2), bytes)
        assert_type(reader.check_unchanged(), None)
        assert_type((reader.closed, reader.size, reader.page_count), tuple[bool, int, int])
        io.BufferedReader(reader.as_file()).read()


def errors(error: PagecryptError) -> None:
    assert_type(error.code, ErrorCode)
    assert_type(error.name, str)
    assert_type(error.code.exit_code, int)
    if isinstance(error, pagecrypt.AuthenticationError):
        assert_type(error.unit, Unit)
        assert_type(error.numbers, tuple[int, ...])
        assert_type((error.first, error.count), tuple[int, int])
        assert_type(error.page, int | None)
    if isinstance(error, pagecrypt.BufferLengthError | pagecrypt.KeyLengthError):
        assert_type((error.expected, error.got), tuple[int, int])
    if isinstance(error, pagecrypt.LockedError):
        assert_type(error.locked_by, LockedBy)
    if isinstance(error, pagecrypt.InputOutputError):
        assert_type(error.errno, int | None)
