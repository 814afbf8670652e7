"""Pages: sealed and opened alone and in runs, in place and not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pagecrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pagecrypt import (
    AuthenticationError,
    BufferLengthError,
    Cipher,
    CipherMismatchError,
    Key,
    MalformedError,
    OverlapError,
    PageCodec,
    PageNumberError,
    PageSizeError,
    Unit,
    UnsupportedFormatError,
)
from samples import TURSO_CIPHERS, key_of, pages_of

import vectors

PAGE_SIZES = tuple(2**n for n in range(9, 17))
LAST = 2**32 - 2


@pytest.mark.parametrize(
    "vector", vectors.read_json("turso/page_vectors.json"), ids=lambda v: f"{v['cipher']}-{v['page_no']}"
)
def test_pages_of_turso_open(vector: dict[str, Any]) -> None:
    codec = PageCodec(Key.from_text(vector["hexkey"], vector["cipher"]), vector["page_size"])
    sealed, plain = bytes.fromhex(vector["encrypted_page"]), bytes.fromhex(vector["plain_page"])
    number = vector["page_no"]
    assert codec.open_page(number, sealed) == codec.opened_pages(number, sealed) == plain
    again = codec.seal_page(number, plain)
    assert again != sealed  # another nonce
    assert codec.open_page(number, again) == plain


def test_what_it_is(turso_cipher: Cipher) -> None:
    codec = PageCodec(key_of(turso_cipher), 8192)
    assert (codec.cipher, codec.engine, codec.format) == (turso_cipher, turso_cipher.engine, pagecrypt.Format.TURSO)
    assert (codec.page_size, codec.frame_length) == (8192, 8192 + 24)
    assert codec.reserved_length == turso_cipher.reserved_length
    assert PageCodec(key_of(turso_cipher)).page_size == 4096
    assert turso_cipher.value in repr(codec)


@pytest.mark.parametrize("size", [0, 1, 256, 511, 513, 1000, 4095, 131072, -512, 2**32, 2**64, 2**64 + 4096, -(2**64)])
def test_other_page_sizes_are_refused(size: int) -> None:
    with pytest.raises(PageSizeError) as caught:
        PageCodec(Key.generate(), size)
    assert caught.value.got == size


def test_a_cipher_that_the_format_lacks_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError, match="chacha20poly1305"):
        PageCodec(Key.generate("chacha20poly1305"))


@settings(max_examples=80)
@given(
    cipher=st.sampled_from(TURSO_CIPHERS),
    page_size=st.sampled_from(PAGE_SIZES),
    first=st.integers(min_value=2, max_value=2**31),
    count=st.integers(min_value=1, max_value=9),
    seed=st.binary(min_size=1, max_size=64),
)
def test_all_forms_do_the_same(cipher: Cipher, page_size: int, first: int, count: int, seed: bytes) -> None:
    codec = PageCodec(key_of(cipher), page_size)
    pending = pagecrypt.pending_byte_page(page_size)
    if first <= pending < first + count:
        first = pending + 1
    room = page_size - codec.reserved_length
    text = (seed * (room // len(seed) + 1))[:room]
    plain = (text + bytes(codec.reserved_length)) * count

    sealed = codec.sealed_pages(first, plain)
    assert type(sealed) is bytes
    assert len(sealed) == len(plain)
    assert codec.opened_pages(first, sealed) == plain

    buffer = bytearray(plain)
    codec.seal_pages(first, buffer)
    assert codec.opened_pages(first, buffer) == plain
    codec.open_pages(first, buffer)
    assert buffer == plain

    into = bytearray(len(plain))
    codec.seal_pages_into(first, plain, into)
    back = bytearray(len(plain))
    codec.open_pages_into(first, into, back)
    assert back == plain

    one = codec.seal_page(first, plain[:page_size])
    assert codec.open_page(first, one) == plain[:page_size]
    # However it was sealed, each page opens alone, too.
    for i in range(count):
        page = sealed[i * page_size : (i + 1) * page_size]
        assert codec.open_page(first + i, page) == plain[:page_size]


def test_nonces_are_fresh(codec: PageCodec) -> None:
    page = bytes(pages_of(codec, 2, 1))
    sealed = [codec.seal_page(2, page) for _ in range(50)]
    run = codec.sealed_pages(2, page * 50)
    sealed += [run[i : i + 4096] for i in range(0, len(run), 4096)]
    assert len({page[-codec.cipher.nonce_length :] for page in sealed}) == 100


def test_seals_are_counted(turso_cipher: Cipher) -> None:
    key = key_of(turso_cipher)
    codec = PageCodec(key)
    codec.sealed_pages(2, pages_of(codec, 2, 5))
    codec.seal_pages(2, pages_of(codec, 2, 2))
    assert key.seals == 7


def damaged(codec: PageCodec, first: int, count: int, bad: tuple[int, ...]) -> bytearray:
    sealed = bytearray(codec.sealed_pages(first, pages_of(codec, first, count)))
    for i in bad:
        sealed[i * codec.page_size + 100] ^= 1
    return sealed


def test_damaged_pages_are_named_and_zeroed(codec: PageCodec) -> None:
    first, bad = 10, (3, 40, 69)
    plain = pages_of(codec, first, 70)
    for i in bad:
        plain[i * 4096 : (i + 1) * 4096] = bytes(4096)
    sealed = damaged(codec, first, 70, bad)
    original, into = bytes(sealed), bytearray(b"\xc3" * len(sealed))

    def check(call: Callable[[], object]) -> None:
        with pytest.raises(AuthenticationError) as caught:
            call()
        error = caught.value
        assert (error.unit, list(error.numbers)) == (Unit.PAGE, [13, 50, 79])
        assert (error.first, error.count, error.page) == (13, 3, 13)
        assert (error.frame, error.index) == (None, None)

    check(lambda: codec.opened_pages(first, sealed))
    check(lambda: codec.open_pages_into(first, sealed, into))
    assert sealed == original
    assert into == plain
    check(lambda: codec.open_pages(first, sealed))
    assert sealed == plain


def test_one_damaged_page_alone(codec: PageCodec) -> None:
    with pytest.raises(AuthenticationError) as caught:
        codec.open_page(2, damaged(codec, 2, 1, (0,)))
    assert (caught.value.page, caught.value.count) == (2, 1)


@pytest.mark.parametrize("number", [0, -1, 2**32 - 1, 2**32, 2**63, 2**64, 2**200, -(2**64)])
def test_numbers_that_are_no_page(codec: PageCodec, number: int) -> None:
    pages = pages_of(codec, 2, 1)
    before = bytes(pages)
    for call in (
        lambda: codec.seal_pages(number, pages),
        lambda: codec.open_pages(number, pages),
        lambda: codec.seal_page(number, pages),
        lambda: codec.open_page(number, pages),
        lambda: codec.sealed_pages(number, pages),
        lambda: codec.opened_pages(number, pages),
        lambda: codec.seal_pages_into(number, before, pages),
        lambda: codec.open_pages_into(number, before, pages),
    ):
        with pytest.raises(PageNumberError):
            call()
    assert pages == before


def test_a_run_may_end_at_the_last_page_but_not_behind_it(codec: PageCodec) -> None:
    pages = pages_of(codec, 2, 2)
    assert codec.opened_pages(LAST - 1, codec.sealed_pages(LAST - 1, pages)) == pages
    with pytest.raises(PageNumberError):
        codec.sealed_pages(LAST, pages)


@pytest.mark.parametrize("length", [1, 511, 4095, 4097, 2 * 4096 - 1])
def test_parts_of_pages_are_refused(codec: PageCodec, length: int) -> None:
    for call in (
        lambda: codec.seal_pages(2, bytearray(length)),
        lambda: codec.open_pages(2, bytearray(length)),
        lambda: codec.sealed_pages(2, bytes(length)),
        lambda: codec.opened_pages(2, bytes(length)),
        lambda: codec.seal_page(2, bytes(length)),
        lambda: codec.open_page(2, bytes(length)),
    ):
        with pytest.raises(BufferLengthError) as caught:
            call()
        assert (caught.value.expected, caught.value.got) == (4096, length)


def test_no_pages_are_a_run_of_none(codec: PageCodec) -> None:
    codec.seal_pages(2, bytearray())
    codec.open_pages(2, bytearray())
    assert codec.sealed_pages(2, b"") == codec.opened_pages(2, b"") == b""


@pytest.mark.parametrize("length", [0, 2 * 4096])
def test_a_single_page_is_one_page(codec: PageCodec, length: int) -> None:
    for call in (codec.seal_page, codec.open_page):
        with pytest.raises(BufferLengthError) as caught:
            call(2, bytes(length))
        assert (caught.value.expected, caught.value.got) == (4096, length)


def test_into_has_to_be_as_long(codec: PageCodec) -> None:
    pages = pages_of(codec, 2, 2)
    for call in (codec.seal_pages_into, codec.open_pages_into):
        for length in (0, 4096, 3 * 4096):
            into = bytearray(b"\xc3" * length)
            with pytest.raises(BufferLengthError) as caught:
                call(2, pages, into)
            assert (caught.value.expected, caught.value.got) == (8192, length)
            assert into == b"\xc3" * length


def test_reserved_bytes_have_to_be_zero(codec: PageCodec) -> None:
    pages = pages_of(codec, 2, 2)
    pages[-1] = 1
    before = bytes(pages)
    for call in (lambda: codec.seal_pages(2, pages), lambda: codec.sealed_pages(2, pages)):
        with pytest.raises(MalformedError, match="reserved"):
            call()
    assert pages == before


def test_source_and_destination_may_be_the_same_memory(codec: PageCodec) -> None:
    pages = pages_of(codec, 2, 3)
    memory = bytearray(pages)
    codec.seal_pages_into(2, memory, memory)
    assert codec.opened_pages(2, memory) == pages
    codec.open_pages_into(2, memoryview(memory), memory)
    assert memory == pages


@pytest.mark.parametrize("distance", [1, 16, 4096])
def test_memory_that_overlaps_otherwise_is_refused(codec: PageCodec, distance: int) -> None:
    memory = bytearray(5 * 4096)
    view = memoryview(memory)
    for call in (codec.seal_pages_into, codec.open_pages_into):
        with pytest.raises(OverlapError):
            call(2, view[: 3 * 4096], view[distance : distance + 3 * 4096])
        with pytest.raises(OverlapError):
            call(2, view[distance : distance + 3 * 4096], view[: 3 * 4096])
    assert memory == bytes(5 * 4096)


def test_neighbours_do_not_overlap(codec: PageCodec) -> None:
    pages = pages_of(codec, 2, 2)
    memory = bytearray(pages + bytes(2 * 4096))
    view = memoryview(memory)
    codec.seal_pages_into(2, view[: 2 * 4096], view[2 * 4096 :])
    assert memory[: 2 * 4096] == pages
    assert codec.opened_pages(2, view[2 * 4096 :]) == pages


def test_page_1_of_another_cipher() -> None:
    codec = PageCodec(Key.from_text(vectors.ENCRYPTED_KEY, "aes256gcm"))
    with pytest.raises(CipherMismatchError) as caught:
        codec.open_page(1, vectors.ENCRYPTED.read_bytes()[:4096])
    assert (caught.value.expected, caught.value.got) == (Cipher.AES256GCM, Cipher.AEGIS256)
    assert isinstance(caught.value.got, Cipher)


def test_the_page_of_the_pending_byte_opens_to_zeros(codec: PageCodec) -> None:
    number = pagecrypt.pending_byte_page(4096)
    assert codec.opened_pages(number, codec.sealed_pages(number, b"\xc3" * 4096)) == bytes(4096)
    assert codec.opened_pages(number, bytes(4096)) == bytes(4096)


@pytest.mark.parametrize(
    "sample", vectors.read_json("turso/manifest.json")["fixtures"], ids=lambda sample: sample["name"]
)
def test_databases_of_turso_open_page_by_page(sample: dict[str, Any]) -> None:
    codec = PageCodec(Key.from_text(sample["hexkey"], sample["cipher"]), sample["page_size"])
    assert codec.reserved_length == sample["reserved_bytes"]
    database = (vectors.TURSO / sample["file"]).read_bytes()
    opened = codec.opened_pages(1, database)
    assert opened.startswith(b"SQLite format 3\0")
    size = sample["page_size"]
    single = b"".join(codec.open_page(i + 1, database[i * size : (i + 1) * size]) for i in range(len(database) // size))
    assert single == opened
    assert codec.opened_pages(1, codec.sealed_pages(1, opened)) == opened
