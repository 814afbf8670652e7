"""Messages: sealed and opened under nonces of the caller's."""

from __future__ import annotations

from collections import UserList
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pagecrypt import Aead, AuthenticationError, BufferLengthError, Cipher, Key, OverlapError, Unit, ciphers
from samples import key_of

import vectors

LENGTHS = (0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 255, 256, 2048, 2049, 4048, 70_000)


def aead_of(cipher: Cipher) -> Aead:
    return Aead(key_of(cipher))


def known_answers() -> list[tuple[str, dict[str, str]]]:
    found = []
    for cipher in ciphers():
        path = f"aegis/aegis_draft_{cipher.removeprefix('aegis')}.json"
        if cipher.startswith("aegis"):
            found += [(cipher.value, vector) for vector in vectors.read_json(path)["encrypt"]]
    return found


def forgeries() -> list[tuple[str, dict[str, str]]]:
    found = []
    for cipher in ciphers():
        path = f"aegis/aegis_draft_{cipher.removeprefix('aegis')}.json"
        if cipher.startswith("aegis"):
            found += [(cipher.value, vector) for vector in vectors.read_json(path).get("decrypt_must_fail", [])]
    return found


@pytest.mark.parametrize(("cipher", "vector"), known_answers(), ids=lambda part: str(part)[:40])
def test_known_answers(cipher: str, vector: dict[str, str]) -> None:
    key, nonce, data, text = (bytes.fromhex(vector[name]) for name in ("key", "nonce", "ad", "msg"))
    expected = bytes.fromhex(vector["ct"]), bytes.fromhex(vector["tag128"])
    aead = Aead(Key.from_bytes(key, cipher))
    assert aead.seal(text, nonce=nonce, associated_data=data) == b"".join(expected)
    assert aead.open(b"".join(expected), nonce=nonce, associated_data=data) == text
    buffer = bytearray(text)
    assert (aead.seal_detached(buffer, nonce=nonce, associated_data=data), bytes(buffer)) == expected[::-1]


@pytest.mark.parametrize(("cipher", "vector"), forgeries(), ids=lambda part: str(part)[:40])
def test_known_forgeries(cipher: str, vector: dict[str, str]) -> None:
    aead = Aead(Key.from_bytes(bytes.fromhex(vector["key"]), cipher))
    sealed = bytes.fromhex(vector["ct"] + vector["tag128"])
    with pytest.raises(AuthenticationError):
        aead.open(sealed, nonce=bytes.fromhex(vector["nonce"]), associated_data=bytes.fromhex(vector["ad"]))


def test_there_are_answers_for_each_aegis() -> None:
    assert len({cipher for cipher, _ in known_answers()}) == 6
    assert {"aegis128l", "aegis256"} <= {cipher for cipher, _ in forgeries()}


def test_what_it_is(cipher: Cipher) -> None:
    aead = aead_of(cipher)
    assert (aead.cipher, aead.engine) == (cipher, cipher.engine)
    assert (aead.nonce_length, aead.tag_length, aead.overhead) == (cipher.nonce_length, 16, 16)
    assert cipher.value in repr(aead)


@settings(max_examples=60)
@given(
    cipher=st.sampled_from(ciphers()),
    text=st.binary(max_size=300),
    associated_data=st.binary(max_size=80),
    nonce=st.binary(min_size=32, max_size=32),
)
def test_all_forms_do_the_same(cipher: Cipher, text: bytes, associated_data: bytes, nonce: bytes) -> None:
    aead = aead_of(cipher)
    given_: dict[str, Any] = {"nonce": nonce[: cipher.nonce_length], "associated_data": associated_data}
    sealed = aead.seal(text, **given_)
    assert len(sealed) == len(text) + aead.overhead
    assert aead.open(sealed, **given_) == text

    into = bytearray(len(sealed))
    assert aead.seal_into(text, into, **given_) == len(sealed)
    assert into == sealed
    back = bytearray(len(text))
    assert aead.open_into(into, back, **given_) == len(text)
    assert back == text

    buffer = bytearray(text)
    tag = aead.seal_detached(buffer, **given_)
    assert buffer + tag == sealed
    aead.open_detached(buffer, tag, **given_)
    assert buffer == text

    nonces, data = [given_["nonce"]], [associated_data]
    assert aead.seal_batch([text], nonces=nonces, associated_data=data) == [sealed]
    assert aead.open_batch([sealed], nonces=nonces, associated_data=associated_data) == [text]


@pytest.mark.parametrize("length", LENGTHS)
def test_every_length_comes_back(cipher: Cipher, length: int) -> None:
    aead, text = aead_of(cipher), bytes(i % 251 for i in range(length))
    nonce = bytes(cipher.nonce_length)
    assert aead.open(aead.seal(text, nonce=nonce), nonce=nonce) == text


def test_a_batch_of_mixed_lengths_is_its_messages(cipher: Cipher) -> None:
    aead = aead_of(cipher)
    messages = [bytes(length) for length in LENGTHS]
    nonces = [bytes([i]) * cipher.nonce_length for i in range(len(messages))]
    each = [bytes([i]) * i for i in range(len(messages))]
    for associated_data, one in ((None, b""), (b"all", b"all"), (each, None)):
        sealed = aead.seal_batch(messages, nonces=nonces, associated_data=associated_data)
        assert sealed == [
            aead.seal(message, nonce=nonce, associated_data=own if one is None else one)
            for message, nonce, own in zip(messages, nonces, each, strict=True)
        ]
        assert aead.open_batch(sealed, nonces=nonces, associated_data=associated_data) == messages
    assert aead.seal_batch([], nonces=[]) == aead.open_batch([], nonces=[]) == []


@pytest.mark.parametrize("kind", [tuple, list, UserList])
def test_batches_are_taken_from_sequences(kind: Callable[[list[bytes]], Sequence[bytes]]) -> None:
    aead = aead_of(Cipher.AEGIS256)
    sealed = aead.seal_batch(kind([b"one", b"two"]), nonces=kind([bytes(32), bytes([1]) * 32]))
    assert aead.open_batch(kind(sealed), nonces=kind([bytes(32), bytes([1]) * 32])) == [b"one", b"two"]


def test_a_batch_says_which_messages_failed(cipher: Cipher) -> None:
    aead = aead_of(cipher)
    messages = [bytes([i]) * 40 for i in range(9)]
    nonces = [bytes([i]) * cipher.nonce_length for i in range(9)]
    sealed = [bytearray(message) for message in aead.seal_batch(messages, nonces=nonces)]
    for bad in (2, 7):
        sealed[bad][5] ^= 1
    with pytest.raises(AuthenticationError) as caught:
        aead.open_batch(sealed, nonces=nonces)
    error = caught.value
    assert (error.unit, list(error.numbers), error.first, error.count) == (Unit.MESSAGE, [2, 7], 2, 2)
    assert (error.index, error.page, error.frame) == (2, None, None)
    expected = [None if i in (2, 7) else message for i, message in enumerate(messages)]
    assert aead.open_batch(sealed, nonces=nonces, partial=True) == expected


@pytest.mark.parametrize("where", ["text", "tag", "nonce", "associated data", "key"])
def test_nothing_forged_is_opened(cipher: Cipher, where: str) -> None:
    aead = aead_of(cipher)
    text, nonce, associated_data = bytes(range(100)), bytearray(cipher.nonce_length), bytearray(b"data")
    sealed = bytearray(aead.seal(text, nonce=nonce, associated_data=associated_data))
    if where == "text":
        sealed[50] ^= 1
    elif where == "tag":
        sealed[-1] ^= 1
    elif where == "nonce":
        nonce[-1] ^= 1
    elif where == "associated data":
        associated_data[0] ^= 1
    else:
        aead = Aead(Key.generate(cipher))
    given_: dict[str, Any] = {"nonce": nonce, "associated_data": associated_data}
    with pytest.raises(AuthenticationError) as caught:
        aead.open(sealed, **given_)
    assert (caught.value.unit, caught.value.count) == (Unit.MESSAGE, 1)
    into = bytearray(b"\xc3" * 100)
    with pytest.raises(AuthenticationError):
        aead.open_into(sealed, into, **given_)
    assert into == bytes(100)
    buffer = bytearray(sealed[:-16])
    with pytest.raises(AuthenticationError):
        aead.open_detached(buffer, sealed[-16:], **given_)
    assert buffer == bytes(100)


@pytest.mark.parametrize("length", [0, 11, 13, 15, 17, 31, 33, 64])
def test_a_nonce_of_another_length_is_refused(cipher: Cipher, length: int) -> None:
    if length == cipher.nonce_length:
        return
    aead, nonce, buffer = aead_of(cipher), bytes(length), bytearray(b"text")
    for call in (
        lambda: aead.seal(b"text", nonce=nonce),
        lambda: aead.open(bytes(20), nonce=nonce),
        lambda: aead.seal_into(b"text", bytearray(20), nonce=nonce),
        lambda: aead.open_into(bytes(20), bytearray(4), nonce=nonce),
        lambda: aead.seal_detached(buffer, nonce=nonce),
        lambda: aead.open_detached(buffer, bytes(16), nonce=nonce),
        lambda: aead.seal_batch([b"text"], nonces=[nonce]),
        lambda: aead.open_batch([bytes(20)], nonces=[nonce]),
    ):
        with pytest.raises(BufferLengthError) as caught:
            call()
        assert (caught.value.expected, caught.value.got) == (cipher.nonce_length, length)
    assert buffer == b"text"


def test_a_nonce_has_to_be_given() -> None:
    aead: Any = aead_of(Cipher.AEGIS256)
    for call in (aead.seal, aead.open, lambda text: aead.seal_batch([text])):
        with pytest.raises(TypeError, match="nonce"):
            call(bytes(32))
    with pytest.raises(TypeError):
        aead.seal(b"text", bytes(32))


@pytest.mark.parametrize("length", range(16))
def test_what_is_shorter_than_a_tag_is_refused(length: int) -> None:
    aead = aead_of(Cipher.AEGIS256)
    nonce = bytes(32)
    for call in (
        lambda: aead.open(bytes(length), nonce=nonce),
        lambda: aead.open_into(bytes(length), bytearray(), nonce=nonce),
        lambda: aead.open_batch([bytes(length)], nonces=[nonce]),
        lambda: aead.open_detached(bytearray(5), bytes(length), nonce=nonce),
    ):
        with pytest.raises(BufferLengthError):
            call()


@pytest.mark.parametrize("difference", [-21, -1, 1, 16])
def test_into_has_to_have_the_right_length(difference: int) -> None:
    aead, nonce = aead_of(Cipher.AEGIS256), bytes(32)
    into = bytearray(b"\xc3" * (5 + 16 + difference))
    with pytest.raises(BufferLengthError) as caught:
        aead.seal_into(b"hello", into, nonce=nonce)
    assert (caught.value.expected, caught.value.got) == (21, len(into))
    assert into == b"\xc3" * len(into)
    sealed = aead.seal(bytes(30), nonce=nonce)
    into = bytearray(b"\xc3" * (30 + difference))
    with pytest.raises(BufferLengthError) as caught:
        aead.open_into(sealed, into, nonce=nonce)
    assert (caught.value.expected, caught.value.got) == (30, len(into))
    assert into == b"\xc3" * len(into)


def test_lists_of_a_batch_have_to_be_as_long() -> None:
    aead = aead_of(Cipher.AEGIS256)
    calls: list[Callable[[], object]] = [
        lambda: aead.seal_batch([b"a", b"b"], nonces=[bytes(32)]),
        lambda: aead.seal_batch([b"a"], nonces=[]),
        lambda: aead.seal_batch([b"a"], nonces=[bytes(32)], associated_data=[]),
        lambda: aead.seal_batch([b"a"], nonces=[bytes(32)], associated_data=[b"", b""]),
        lambda: aead.open_batch([bytes(16)], nonces=[bytes(32)] * 2),
    ]
    for call in calls:
        with pytest.raises(ValueError):  # noqa: PT011 - whichever of the family
            call()


def test_text_and_result_may_be_the_same_memory() -> None:
    aead, nonce = aead_of(Cipher.AEGIS256), bytes(32)
    expected = aead.seal(b"hello" * 10, nonce=nonce)
    memory = bytearray(b"hello" * 10 + bytes(16))
    view = memoryview(memory)
    assert aead.seal_into(view[:50], memory, nonce=nonce) == 66
    assert memory == expected
    assert aead.open_into(memory, view[:50], nonce=nonce) == 50
    assert memory[:50] == b"hello" * 10


@pytest.mark.parametrize("start", [1, 7, 16, 49])
def test_memory_that_overlaps_otherwise_is_refused(start: int) -> None:
    aead, nonce = aead_of(Cipher.AEGIS256), bytes(32)
    memory = bytearray(range(200))
    view = memoryview(memory)
    with pytest.raises(OverlapError):
        aead.seal_into(view[:50], view[start : start + 66], nonce=nonce)
    with pytest.raises(OverlapError):
        aead.open_into(view[:66], view[start : start + 50], nonce=nonce)
    assert memory == bytes(range(200))
