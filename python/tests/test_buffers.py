"""Every kind of buffer, where one may be written to and where not."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from buffers import NO_BUFFERS, READ_ONLY, READABLE, WRITABLE, content, strided
from pagecrypt import (
    Aead,
    BufferLengthError,
    ByteOrder,
    Cipher,
    Context,
    Entry,
    PageCodec,
    PagecryptError,
    RecordCodec,
    RecordHeader,
    StoreCodec,
    TokenKey,
    TursoHeader,
    WalChain,
    WalFrameHeader,
    WalHeader,
    s2,
)
from samples import key_of, pages_of

NONCE = bytes(32)
KEY = key_of(Cipher.AEGIS256)
AEAD = Aead(KEY)
CODEC = PageCodec(KEY, 4096)
RECORDS = RecordCodec.bound(KEY, Context.stream(bytes(32)))
STORE = StoreCodec(KEY, bytes(16), TokenKey.from_bytes(bytes(32)))
PLAIN = bytes(pages_of(CODEC, 2, 4))  # longer than what is worked on under the GIL
SEALED = CODEC.sealed_pages(2, PLAIN)
SHORT = PLAIN[:64]


@pytest.mark.parametrize("kind", WRITABLE)
def test_pages_are_changed_in_place(kind: str) -> None:
    buffer = WRITABLE[kind](PLAIN)
    CODEC.seal_pages(2, buffer)
    assert content(buffer) != PLAIN
    assert CODEC.opened_pages(2, content(buffer)) == PLAIN
    CODEC.open_pages(2, buffer)
    assert content(buffer) == PLAIN


@pytest.mark.parametrize("kind", READABLE)
def test_pages_are_read_and_left_as_they_are(kind: str) -> None:
    buffer = READABLE[kind](PLAIN)
    assert CODEC.opened_pages(2, CODEC.sealed_pages(2, buffer)) == PLAIN
    into = bytearray(len(PLAIN))
    CODEC.seal_pages_into(2, buffer, into)
    assert content(buffer) == PLAIN
    assert CODEC.opened_pages(2, into) == PLAIN
    assert CODEC.opened_pages(2, READABLE[kind](SEALED)) == PLAIN
    page = READABLE[kind](PLAIN[:4096])
    assert CODEC.open_page(2, READABLE[kind](CODEC.seal_page(2, page))) == PLAIN[:4096]


@pytest.mark.parametrize("kind", WRITABLE)
def test_pages_are_written_into(kind: str) -> None:
    into = WRITABLE[kind](bytes(len(PLAIN)))
    CODEC.open_pages_into(2, SEALED, into)
    assert content(into) == PLAIN
    CODEC.seal_pages_into(2, PLAIN, into)
    assert CODEC.opened_pages(2, content(into)) == PLAIN


@pytest.mark.parametrize("text", [SHORT, PLAIN], ids=["short", "long"])
@pytest.mark.parametrize("kind", READABLE)
def test_messages_are_read(kind: str, text: bytes) -> None:
    expected = AEAD.seal(text, nonce=NONCE, associated_data=SHORT)
    given: dict[str, Any] = {"nonce": READABLE[kind](NONCE), "associated_data": READABLE[kind](SHORT)}
    assert AEAD.seal(READABLE[kind](text), **given) == expected
    assert AEAD.open(READABLE[kind](expected), **given) == text
    batch: dict[str, Any] = {"nonces": [given["nonce"]], "associated_data": given["associated_data"]}
    assert AEAD.seal_batch([READABLE[kind](text)], **batch) == [expected]
    assert AEAD.open_batch([READABLE[kind](expected)], **batch) == [text]


@pytest.mark.parametrize("text", [SHORT, PLAIN], ids=["short", "long"])
@pytest.mark.parametrize("kind", WRITABLE)
def test_messages_are_written(kind: str, text: bytes) -> None:
    expected = AEAD.seal(text, nonce=NONCE)
    into = WRITABLE[kind](bytes(len(expected)))
    assert AEAD.seal_into(text, into, nonce=NONCE) == len(expected)
    assert content(into) == expected
    back = WRITABLE[kind](bytes(len(text)))
    assert AEAD.open_into(expected, back, nonce=NONCE) == len(text)
    assert content(back) == text
    tag = AEAD.seal_detached(back, nonce=NONCE)
    assert content(back) + tag == expected
    AEAD.open_detached(back, READABLE[kind](tag), nonce=NONCE)
    assert content(back) == text


@pytest.mark.parametrize("kind", READABLE)
def test_headers_are_parsed(kind: str) -> None:
    header = WalHeader.parse(WalHeader(ByteOrder.LITTLE, 4096, 1, (2, 3)).to_bytes())
    assert WalHeader.parse(READABLE[kind](header.to_bytes())) == header
    assert WalFrameHeader.parse(READABLE[kind](bytes(32))).page == 0
    with pytest.raises(Exception, match=r"(?i)unsupported"):
        TursoHeader.parse(READABLE[kind](bytes(112)))
    assert WalChain.start(header).accept(READABLE[kind](bytes(4096 + 32))) is False


WRITES: dict[str, Callable[[Any], Any]] = {
    "seal_pages": lambda buffer: CODEC.seal_pages(2, buffer),
    "open_pages": lambda buffer: CODEC.open_pages(2, buffer),
    "seal_pages_into": lambda buffer: CODEC.seal_pages_into(2, PLAIN, buffer),
    "open_pages_into": lambda buffer: CODEC.open_pages_into(2, SEALED, buffer),
    "seal_into": lambda buffer: AEAD.seal_into(PLAIN[:-16], buffer, nonce=NONCE),
    "open_into": lambda buffer: AEAD.open_into(AEAD.seal(PLAIN, nonce=NONCE), buffer, nonce=NONCE),
    "seal_detached": lambda buffer: AEAD.seal_detached(buffer, nonce=NONCE),
    "open_detached": lambda buffer: AEAD.open_detached(buffer, bytes(16), nonce=NONCE),
    "seal_frames": lambda buffer: CODEC.seal_frames(
        WalChain.start(WalHeader(ByteOrder.LITTLE, 4096, 1, (2, 3))), buffer
    ),
    "open_frames": lambda buffer: CODEC.open_frames(1, buffer),
    "open_frames_into": lambda buffer: CODEC.open_frames_into(1, bytes(4120), buffer),
}
READS: dict[str, Callable[[Any], Any]] = {
    "sealed_pages": lambda buffer: CODEC.sealed_pages(2, buffer),
    "opened_pages": lambda buffer: CODEC.opened_pages(2, buffer),
    "seal_page": lambda buffer: CODEC.seal_page(2, buffer),
    "open_page": lambda buffer: CODEC.open_page(2, buffer),
    "seal": lambda buffer: AEAD.seal(buffer, nonce=NONCE),
    "open": lambda buffer: AEAD.open(buffer, nonce=NONCE),
    "nonce": lambda buffer: AEAD.seal(b"", nonce=buffer),
    "associated_data": lambda buffer: AEAD.seal(b"", nonce=NONCE, associated_data=buffer),
    "tag": lambda buffer: AEAD.open_detached(bytearray(), buffer, nonce=NONCE),
    "message of a batch": lambda buffer: AEAD.seal_batch([buffer], nonces=[NONCE]),
    "nonce of a batch": lambda buffer: AEAD.seal_batch([b""], nonces=[buffer]),
    "plaintext of a record": RECORDS.seal,
    "record": RECORDS.open,
    "plaintext of a batch of records": lambda buffer: RECORDS.seal_batch([buffer]),
    "record of a batch": lambda buffer: RECORDS.open_batch([buffer]),
    "record that may wait": RECORDS.needs_reseal,
    "id of a context": Context.stream,
    "body of an entry": lambda buffer: STORE.seal(Entry(b"path", body=buffer)),
    "path": STORE.token,
    "record of a store": lambda buffer: STORE.open(bytes(32), buffer),
    "body of an envelope": lambda buffer: s2.Envelope((), buffer).encode(),
    "envelope": s2.Envelope.decode,
    "stored record": s2.decode_stored,
    "RecordHeader": RecordHeader.parse,
    "WalHeader": WalHeader.parse,
    "WalFrameHeader": WalFrameHeader.parse,
    "TursoHeader": TursoHeader.parse,
    "accept": WalChain.start(WalHeader(ByteOrder.LITTLE, 4096, 1, (2, 3))).accept,
}


@pytest.mark.parametrize("kind", READ_ONLY)
@pytest.mark.parametrize("use", WRITES)
def test_what_is_read_only_is_not_written(use: str, kind: str) -> None:
    buffer = READ_ONLY[kind](PLAIN)
    with pytest.raises(TypeError, match=r"(?i)read-only|writable"):
        WRITES[use](buffer)
    assert content(buffer) == PLAIN


@pytest.mark.parametrize("kind", strided(64))
@pytest.mark.parametrize("use", WRITES | READS)
def test_memory_in_pieces_is_refused(use: str, kind: str) -> None:
    buffer = strided(len(PLAIN))[kind]
    before = bytes(buffer.tobytes())
    with pytest.raises((BufferError, TypeError), match=r"(?i)contiguous"):
        (WRITES | READS)[use](buffer)
    assert buffer.tobytes() == before


@pytest.mark.parametrize("value", NO_BUFFERS, ids=repr)
@pytest.mark.parametrize("use", WRITES | READS)
def test_what_is_no_buffer_is_a_type_error(use: str, value: Any) -> None:
    if use == "associated_data" and value is None:
        return
    with pytest.raises(TypeError):
        (WRITES | READS)[use](value)


@pytest.mark.parametrize("use", WRITES)
def test_a_buffer_can_be_resized_after_the_call(use: str) -> None:
    """The call lets go of it, whatever came of it."""
    for length in (0, 5, len(PLAIN), len(PLAIN) + 24):
        buffer = bytearray(length)
        with contextlib.suppress(PagecryptError):
            WRITES[use](buffer)
        buffer.append(1)
        buffer.clear()


def test_a_released_view_is_refused() -> None:
    view = memoryview(bytearray(PLAIN))
    view.release()
    for use in WRITES | READS:
        with pytest.raises((ValueError, BufferError)):
            (WRITES | READS)[use](view)


def test_empty_memory_of_any_kind_is_a_length_like_others() -> None:
    for empty in (b"", bytearray(), memoryview(b""), memoryview(bytearray())[0:0]):
        assert AEAD.open(AEAD.seal(empty, nonce=NONCE), nonce=NONCE) == b""
        with pytest.raises(BufferLengthError):
            AEAD.seal(b"", nonce=empty)
