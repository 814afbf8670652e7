"""Stores: entries whose path, type and schema nobody sees who has no key."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pagecrypt
import pytest
from pagecrypt import (
    AuthenticationError,
    BufferLengthError,
    Cipher,
    Entry,
    InvalidArgumentError,
    Key,
    KeyLengthError,
    MalformedError,
    Padding,
    PagecryptError,
    RecordHeader,
    StoreCodec,
    TokenKey,
    UnknownKeyIdError,
)
from samples import key_of

import vectors

STORE = bytes([3]) * 16
TOKEN_KEY = TokenKey.from_bytes(bytes([4]) * 32)
CODEC = StoreCodec(key_of(Cipher.AEGIS256), STORE, TOKEN_KEY)
ENTRY = Entry(b"notes/1", b"note", b"1", b"buy milk", clock=7)
VECTORS: list[dict[str, Any]] = vectors.read_json("records.json")["entries"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['cipher']}-{vector['padding']}")
def test_entries_of_another_implementation_open(vector: dict[str, Any]) -> None:
    found = {name: bytes.fromhex(text) for name, text in vector.items() if name in HEXADECIMAL}
    key = Key.from_bytes(found["key"], vector["cipher"])
    token_key = TokenKey.from_bytes(found["token_key"])
    codec = StoreCodec(key, bytes.fromhex(vector["context"]["store"]), token_key, vector["padding"])
    clock = None if vector["clock"] is None else int(vector["clock"])
    entry = Entry(found["path"], found["type"], found["schema"], found["body"], clock)
    token, record = found["token"], found["record"]
    assert codec.token(entry.path) == token_key.token(entry.path) == token
    assert codec.open(token, record) == entry
    again = codec.seal(entry)
    assert (again[0], len(again[1]), codec.open(*again)) == (token, len(record), entry)


HEXADECIMAL = ("key", "token_key", "token", "path", "type", "schema", "body", "record")


def test_there_are_answers_for_each_cipher_and_padding() -> None:
    there = {(vector["cipher"], vector["padding"]) for vector in VECTORS}
    assert there == {(str(cipher), str(padding)) for cipher in pagecrypt.ciphers() for padding in Padding}


def test_a_batch_is_its_entries(cipher: Cipher) -> None:
    codec = StoreCodec(key_of(cipher), STORE, TOKEN_KEY, Padding.PADME)
    assert (codec.cipher, codec.engine, len(codec.key_id)) == (cipher, cipher.engine, 4)
    entries = [Entry(b"path/%d" % i, b"t", b"1", bytes(37 * i), i if i % 2 else None) for i in range(70)]
    rows = codec.seal_batch(entries)
    assert codec.open_batch(rows) == entries
    assert [codec.open(*row) for row in rows[:3]] == entries[:3]
    assert codec.seal_batch([]) == []
    assert codec.open_batch([]) == []


def test_an_entry_forged_at_any_byte_does_not_open() -> None:
    token, record = CODEC.seal(ENTRY)
    for at in range(len(record)):
        forged = bytearray(record)
        forged[at] ^= 1
        with pytest.raises(PagecryptError):
            CODEC.open(token, forged)
    for at in range(len(token)):
        forged = bytearray(token)
        forged[at] ^= 1
        with pytest.raises(AuthenticationError):
            CODEC.open(forged, record)


def test_an_entry_opens_under_its_path_in_its_store_only() -> None:
    (one, kept), (other, _) = CODEC.seal(ENTRY), CODEC.seal(Entry(b"notes/2"))
    with pytest.raises(AuthenticationError):
        CODEC.open(other, kept)
    with pytest.raises(UnknownKeyIdError):
        StoreCodec(key_of(Cipher.AEGIS256), bytes(16), TOKEN_KEY).open(one, kept)
    with pytest.raises(AuthenticationError):
        StoreCodec(key_of(Cipher.AEGIS256), STORE, TokenKey.generate()).open(one, kept)


def test_a_batch_says_which_entries_did_not_open() -> None:
    rows = CODEC.seal_batch([Entry(b"path/%d" % i) for i in range(6)])
    token, record = rows[1]
    rows[1], rows[4] = (rows[4][0], record), (token, rows[4][1])
    with pytest.raises(AuthenticationError) as caught:
        CODEC.open_batch(rows)
    assert caught.value.numbers == (1, 4)
    rows[0] = (rows[0][0], b"")
    with pytest.raises(MalformedError):
        CODEC.open_batch(rows)
    kinds = [type(one) for one in CODEC.open_batch(rows, partial=True)]
    assert kinds == [MalformedError, AuthenticationError, Entry, Entry, AuthenticationError, Entry]


def test_a_rotation_keeps_tokens_and_seals_entries_anew() -> None:
    token, record = CODEC.seal(ENTRY)
    after = StoreCodec(Key.generate("aes256gcm"), STORE, TOKEN_KEY).with_decrypt_only_key(key_of(Cipher.AEGIS256))
    assert after.needs_reseal(record)
    resealed = after.reseal(token, record)
    assert not after.needs_reseal(resealed)
    assert after.open(token, resealed) == after.open(token, record) == ENTRY
    assert RecordHeader.parse(resealed).reseals == 1
    assert pagecrypt.compare_writes(record, resealed) == -1


def test_padding_hides_lengths_in_classes() -> None:
    padded = StoreCodec(key_of(Cipher.AEGIS256), STORE, TOKEN_KEY, "padme")
    lengths = {len(padded.seal(Entry(b"p", body=bytes(length)))[1]) for length in range(900, 910)}
    assert len(lengths) == 1
    assert CODEC.open(*padded.seal(ENTRY)) == ENTRY


def test_wrong_arguments_are_typed_errors() -> None:
    key = key_of(Cipher.AEGIS256)
    wrong: list[tuple[type[Exception], Callable[[], object]]] = [
        (InvalidArgumentError, lambda: CODEC.seal(Entry(bytes(65536)))),
        (InvalidArgumentError, lambda: CODEC.seal(Entry(b"", clock=2**64))),
        (InvalidArgumentError, lambda: StoreCodec(key, STORE, TOKEN_KEY, "zeros")),  # type: ignore[arg-type]
        (BufferLengthError, lambda: StoreCodec(key, bytes(32), TOKEN_KEY)),
        (BufferLengthError, lambda: CODEC.open(b"token", b"")),
        (KeyLengthError, lambda: TokenKey.from_bytes(bytes(16))),
        (MalformedError, lambda: CODEC.open(bytes(32), b"\1")),
        (TypeError, lambda: StoreCodec(key, STORE, bytes(32))),  # type: ignore[arg-type]
        (TypeError, lambda: CODEC.seal(b"entry")),  # type: ignore[arg-type]
        (TypeError, lambda: CODEC.seal(Entry("path"))),  # type: ignore[arg-type]
        (TypeError, lambda: CODEC.seal_batch(ENTRY)),  # type: ignore[arg-type]
        (TypeError, lambda: CODEC.open_batch([b"record"])),  # type: ignore[list-item]
    ]
    for error, call in wrong:
        with pytest.raises(error):
            call()


def test_token_keys_are_kept_like_keys() -> None:
    assert TokenKey.from_bytes(TOKEN_KEY.to_bytes()) == TOKEN_KEY
    assert TokenKey.generate() != TokenKey.generate()
    assert repr(TOKEN_KEY) == "<pagecrypt.TokenKey>"
    for take in (pickle.dumps, copy.copy, copy.deepcopy, hash):
        with pytest.raises(TypeError):
            take(TOKEN_KEY)


def test_an_entry_is_a_value_that_shows_nothing() -> None:
    assert repr(ENTRY) == "<pagecrypt.Entry clock=7 body_length=8>"
    assert pickle.loads(pickle.dumps(ENTRY)) == ENTRY
