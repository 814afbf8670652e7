"""Write-ahead logs: headers, frames and their checksum chain."""

from __future__ import annotations

import pickle
import struct
from dataclasses import FrozenInstanceError
from typing import Any

import pagecrypt
import pytest
from pagecrypt import (
    AuthenticationError,
    BufferLengthError,
    ByteOrder,
    Cipher,
    MalformedError,
    PageCodec,
    PageNumberError,
    PageSizeError,
    TursoHeader,
    Unit,
    WalChain,
    WalFrameHeader,
    WalHeader,
)
from samples import key_of, pages_of

import vectors

SALTS = (0x01020304, 0x05060708)
HEADER = WalHeader(ByteOrder.LITTLE, 4096, 1, SALTS)


def frames_of(codec: PageCodec, numbers: tuple[int, ...]) -> bytearray:
    frames = bytearray()
    for number in numbers:
        commit_size = 9 if number == numbers[-1] else 0
        frames += struct.pack(">II16x", number, commit_size) + pages_of(codec, number, 1)
    return frames


def sealed_frames(codec: PageCodec, numbers: tuple[int, ...]) -> bytearray:
    frames = frames_of(codec, numbers)
    codec.seal_frames(WalChain.start(HEADER), frames)
    return frames


def test_lengths() -> None:
    assert pagecrypt.WAL_HEADER_LENGTH == len(HEADER.to_bytes()) == 32
    assert pagecrypt.WAL_FRAME_HEADER_LENGTH == 24


@pytest.mark.parametrize("order", ByteOrder)
@pytest.mark.parametrize("size", [512, 4096, 65536])
def test_a_header_comes_back(order: ByteOrder, size: int) -> None:
    header = WalHeader(byte_order=order, page_size=size, checkpoint=2**32 - 1, salts=(0, 2**32 - 1))
    text = header.to_bytes()
    assert WalHeader.parse(text) == WalHeader.parse(text + b"more") == header
    assert text[:4] == (b"\x37\x7f\x06\x82" if order is ByteOrder.LITTLE else b"\x37\x7f\x06\x83")
    assert struct.unpack(">III", text[8:20]) == (size, 2**32 - 1, 0)
    assert WalHeader.parse(text).byte_order is order
    assert pickle.loads(pickle.dumps(header)) == header
    assert hash(header) == hash(WalHeader.parse(text))


def test_a_header_does_not_change() -> None:
    header: Any = WalHeader.parse(HEADER.to_bytes())
    with pytest.raises(FrozenInstanceError):
        header.page_size = 512


@pytest.mark.parametrize("position", range(32))
def test_a_damaged_header_is_malformed(position: int) -> None:
    text = bytearray(HEADER.to_bytes())
    text[position] ^= 0x40
    with pytest.raises(MalformedError):
        WalHeader.parse(text)


@pytest.mark.parametrize("length", range(0, 32, 5))
def test_a_short_header_is_malformed(length: int) -> None:
    with pytest.raises(MalformedError, match="ends"):
        WalHeader.parse(HEADER.to_bytes()[:length])


def header_with(**changes: Any) -> bytes:
    fields: dict[str, Any] = {"byte_order": ByteOrder.LITTLE, "page_size": 4096, "checkpoint": 1, "salts": SALTS}
    return WalHeader(**fields | changes).to_bytes()


def test_a_header_that_cannot_be() -> None:
    for size in (0, 1000, 131072, -4096, 2**64):
        with pytest.raises(PageSizeError):
            header_with(page_size=size)
    out_of_range: list[dict[str, Any]] = [
        {"checkpoint": -1},
        {"checkpoint": 2**32},
        {"salts": (1, 2**32)},
        {"salts": (-1, 1)},
        {"byte_order": "middle"},
    ]
    for changes in out_of_range:
        with pytest.raises(ValueError):  # noqa: PT011 - whichever of the family
            header_with(**changes)
    of_another_type: list[dict[str, Any]] = [
        *({"salts": salts} for salts in (7, None, (1,), (1, 2, 3), ("a", "b"), (1.0, 2))),
        {"checkpoint": "1"},
        {"page_size": None},
        {"page_size": 4096.0},
        {"byte_order": 7},
    ]
    for changes in of_another_type:
        with pytest.raises(TypeError):
            header_with(**changes)


def test_frames_are_sealed_accepted_and_opened(codec: PageCodec) -> None:
    numbers = (2, 3, 2, 500)
    plain, sealed = frames_of(codec, numbers), sealed_frames(codec, numbers)
    chain = WalChain.start(HEADER)
    for i, number in enumerate(numbers):
        frame = sealed[i * 4120 : (i + 1) * 4120]
        header = WalFrameHeader.parse(frame)
        assert (header.page, header.commit_size, header.salts) == (number, 9 if number == 500 else 0, SALTS)
        before = chain.checksum
        assert chain.accept(frame[:-1] + bytes([frame[-1] ^ 1])) is False
        assert chain.checksum == before
        assert chain.accept(frame) is True
        assert chain.checksum == header.checksum
        assert WalChain.resume(HEADER, before).accept(frame)
    into = bytearray(b"\xc3" * len(sealed))
    codec.open_frames_into(1, sealed, into)
    codec.open_frames(1, sealed)
    for start in range(0, len(plain), 4120):
        page = slice(start + 24, start + 4120)
        assert sealed[page] == into[page] == plain[page]
        assert into[start : start + 24] == b"\xc3" * 24


def test_a_chain_goes_on_over_calls() -> None:
    codec = PageCodec(key_of(Cipher.AEGIS128L))
    chain = WalChain.start(HEADER)
    log = bytearray()
    for number in (2, 3, 4):
        frame = frames_of(codec, (number,))
        codec.seal_frames(chain, frame)
        log += frame
    reader = WalChain.start(HEADER)
    assert [reader.accept(log[i : i + 4120]) for i in range(0, len(log), 4120)] == [True] * 3
    assert reader.checksum == chain.checksum


def test_nothing_is_sealed_and_the_chain_stays_where_frames_do_not_fit(codec: PageCodec) -> None:
    chain = WalChain.start(HEADER)
    start = chain.checksum
    good = frames_of(codec, (2, 3))
    zero = frames_of(codec, (2, 3))
    zero[4120:4124] = bytes(4)
    reserved = frames_of(codec, (2, 3))
    reserved[-1] = 1
    for frames, error in ((good[:-1], BufferLengthError), (zero, PageNumberError), (reserved, MalformedError)):
        before = bytes(frames)
        with pytest.raises(error):
            codec.seal_frames(chain, frames)
        assert frames == before
        assert chain.checksum == start


def test_damaged_frames_are_named(codec: PageCodec) -> None:
    sealed = sealed_frames(codec, (2, 3, 4, 5))
    for i in (1, 3):
        sealed[i * 4120 + 200] ^= 1
    with pytest.raises(AuthenticationError) as caught:
        codec.open_frames(100, sealed)
    error = caught.value
    assert (error.unit, list(error.numbers), error.first, error.count) == (Unit.FRAME, [101, 103], 101, 2)
    assert (error.frame, error.page, error.index) == (101, None, None)
    assert sealed[4120 + 24 : 2 * 4120] == bytes(4096)
    assert sealed[24:4120] == pages_of(codec, 2, 1)


def test_short_frames() -> None:
    for length in range(0, 24, 5):
        with pytest.raises(BufferLengthError) as caught:
            WalFrameHeader.parse(bytes(length))
        assert (caught.value.expected, caught.value.got) == (24, length)
        assert WalChain.start(HEADER).accept(bytes(length)) is False
    for length in (1, 24, 4119):
        with pytest.raises(BufferLengthError):
            PageCodec(key_of(Cipher.AEGIS256)).open_frames(1, bytearray(length))


def test_a_chain_is_made_of_a_header() -> None:
    chain: Any = WalChain
    for wrong in (None, HEADER.to_bytes(), "header", 7):
        with pytest.raises(TypeError):
            chain.start(wrong)
    for checksum in ((1,), (1, 2, 3), (-1, 0), (0, 2**32), "ab", None, 7):
        with pytest.raises((TypeError, ValueError)):
            chain.resume(HEADER, checksum)


def test_the_log_of_turso() -> None:
    log = vectors.WITH_LOG.with_name(vectors.WITH_LOG.name + "-wal").read_bytes()
    sample = next(s for s in vectors.read_json("turso/manifest.json")["fixtures"] if s["file"] == vectors.WITH_LOG.name)
    codec = PageCodec(pagecrypt.Key.from_text(sample["hexkey"], sample["cipher"]), sample["page_size"])
    header = WalHeader.parse(log)
    assert header.page_size == 4096
    assert header.to_bytes() == log[:32]
    frames = log[32:]
    frames = frames[: len(frames) // codec.frame_length * codec.frame_length]
    chain = WalChain.start(header)
    count = len(frames) // codec.frame_length
    assert count > 0
    assert all(chain.accept(frames[i * codec.frame_length : (i + 1) * codec.frame_length]) for i in range(count))
    codec.open_frames(1, bytearray(frames))


def test_tursos_header() -> None:
    header = TursoHeader.parse(vectors.ENCRYPTED.read_bytes()[:100])
    assert (header.version, header.cipher, header.page_size, header.reserved_length) == (0, Cipher.AEGIS256, 4096, 48)
    assert isinstance(header.cipher, Cipher)
    assert pickle.loads(pickle.dumps(header)) == header
