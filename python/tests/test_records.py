"""Bound records: known answers, and what must not open."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable
from typing import Any

import pagecrypt
import pytest
from buffers import READABLE
from pagecrypt import (
    AuthenticationError,
    BufferLengthError,
    Cipher,
    CipherMismatchError,
    Context,
    InvalidArgumentError,
    Key,
    MalformedError,
    PagecryptError,
    RecordCodec,
    RecordFormat,
    RecordHeader,
    Unit,
    UnknownKeyIdError,
    UnsupportedFormatError,
)
from samples import key_of

import vectors

STREAM, OTHER_STREAM, WRITER, STORE = bytes([1]) * 32, bytes([9]) * 32, bytes([2]) * 16, bytes([3]) * 16
TOKEN = bytes([4]) * 32
CODEC = RecordCodec.bound(key_of(Cipher.AEGIS256), Context.stream(STREAM))
Vector = dict[str, Any]


def context_of(said: dict[str, str]) -> Context:
    ids = [bytes.fromhex(text) for kind, text in said.items() if kind != "kind"]
    make: Callable[..., Context] = getattr(Context, said["kind"])
    return make(*ids)


def codec_of(vector: Vector) -> RecordCodec:
    return RecordCodec.bound(
        Key.from_bytes(bytes.fromhex(vector["key"]), vector["cipher"]), context_of(vector["context"])
    )


def number(text: str | None) -> int | None:
    """Numbers of 64 bits are written as text."""
    return None if text is None else int(text)


def place_of(vector: Vector) -> dict[str, Any]:
    token = vector["token"] and bytes.fromhex(vector["token"])
    return {"sequence": number(vector["sequence"]), "clock": number(vector["clock"]), "token": token}


VECTORS: list[Vector] = vectors.read_json("records.json")["records"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['cipher']}-{vector['context']['kind']}")
def test_records_of_another_implementation_open(vector: Vector) -> None:
    codec, record, plaintext = codec_of(vector), bytes.fromhex(vector["record"]), bytes.fromhex(vector["plaintext"])
    place, clock, reseals = place_of(vector), number(vector["clock"]), vector["reseals"]
    assert codec.open(record, **place) == plaintext
    assert codec.key_id == pagecrypt.key_id(codec_key(vector), context_of(vector["context"]))
    assert codec.key_id == bytes.fromhex(vector["key_id"])
    assert codec.opened_length(record) == len(plaintext)
    assert codec.sealed_length(len(plaintext), clock=clock, reseals=reseals) == len(record)
    assert RecordHeader.parse(record) == RecordHeader(codec.cipher, codec.key_id, clock, reseals, len(plaintext))
    assert codec.needs_reseal(record) is False
    again = codec.seal(plaintext, **place, reseals=reseals)
    assert (codec.open(again, **place), len(again)) == (plaintext, len(record))


def codec_key(vector: Vector) -> Key:
    return Key.from_bytes(bytes.fromhex(vector["key"]), vector["cipher"])


def test_there_are_answers_for_each_cipher_and_context() -> None:
    there = {(vector["cipher"], vector["context"]["kind"]) for vector in VECTORS}
    assert there == set(itertools.product(map(str, pagecrypt.ciphers()), ("stream", "store", "writer")))


def test_what_it_is(cipher: Cipher) -> None:
    codec = RecordCodec.bound(key_of(cipher), Context.stream(STREAM))
    assert (codec.cipher, codec.engine, codec.format) == (cipher, cipher.engine, RecordFormat.BOUND)
    assert repr(codec) == f"<pagecrypt.RecordCodec bound {cipher}>"
    overhead = pagecrypt.record_overhead(cipher, "bound")
    assert overhead is not None
    assert codec.sealed_length(100) == len(codec.seal(bytes(100))) == 100 + overhead
    assert codec.sealed_length(100, clock=0) == 108 + overhead
    with pytest.raises(InvalidArgumentError):
        pagecrypt.record_overhead(cipher, "turso")  # type: ignore[arg-type]


def test_contexts_are_values() -> None:
    contexts = [
        Context.stream(STREAM),
        Context.stream(OTHER_STREAM),
        Context.store(STORE),
        Context.writer(STREAM, WRITER),
    ]
    again = [Context.stream(STREAM), Context.stream(OTHER_STREAM), Context.store(STORE), Context.writer(STREAM, WRITER)]
    assert contexts == again
    assert len({*contexts, *again}) == 4
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(contexts, protocol)) == contexts
    assert [(context.kind, context.id, context.writer_id) for context in contexts[2:]] == [
        ("store", STORE, None),
        ("writer", STREAM, WRITER),
    ]
    assert repr(contexts[2]) == f"<pagecrypt.Context store {STORE.hex()}>"
    wrong: list[Callable[[], Context]] = [
        lambda: Context.stream(bytes(31)),
        lambda: Context.store(STREAM),
        lambda: Context.writer(STREAM, b""),
    ]
    for make in wrong:
        with pytest.raises(BufferLengthError):
            make()


@pytest.mark.parametrize("length", [0, 1, 100, 5000])
def test_a_record_forged_at_any_byte_does_not_open(cipher: Cipher, length: int) -> None:
    codec = RecordCodec.bound(key_of(cipher), Context.stream(STREAM))
    record = codec.seal(bytes(length), sequence=1, clock=5)
    for at in range(0, len(record), 1 if length < 5000 else 97):
        forged = bytearray(record)
        forged[at] ^= 1
        with pytest.raises(PagecryptError) as caught:
            codec.open(forged, sequence=1)
        if at >= 7:
            assert isinstance(caught.value, AuthenticationError), at
    for end in range(0, len(record), 1 if length < 5000 else 97):
        with pytest.raises((AuthenticationError, MalformedError)):
            codec.open(record[:end], sequence=1)


def test_what_is_in_clear_has_errors_of_its_own() -> None:
    record = CODEC.seal(b"text")
    for at, value, error in (
        (0, 2, UnsupportedFormatError),
        (1, 1, CipherMismatchError),
        (1, 200, UnsupportedFormatError),
        (2, 4, UnsupportedFormatError),
        (3, record[3] ^ 1, UnknownKeyIdError),
    ):
        forged = bytearray(record)
        forged[at] = value
        with pytest.raises(error):
            CODEC.open(forged)
    with pytest.raises(MalformedError):
        CODEC.open(record[:20])


def test_a_record_opens_where_it_belongs_only() -> None:
    key = key_of(Cipher.AEGIS256)
    record = CODEC.seal(b"text", sequence=1, clock=5)
    assert CODEC.open(record, sequence=1, clock=5) == CODEC.open(record, sequence=1) == b"text"
    elsewhere: list[dict[str, Any]] = [{}, {"sequence": 0}, {"sequence": 2}, {"sequence": 1, "clock": 6}]
    for place in elsewhere:
        with pytest.raises(AuthenticationError) as caught:
            CODEC.open(record, **place)
        assert (caught.value.unit, caught.value.numbers) == (Unit.MESSAGE, (0,))
    writer = RecordCodec.bound(key, Context.writer(STREAM, WRITER))
    with pytest.raises(AuthenticationError):
        writer.open(record, sequence=1)
    with pytest.raises(AuthenticationError):
        RecordCodec.bound(key, Context.writer(STREAM, bytes(16))).open(writer.seal(b"text"))
    store = RecordCodec.bound(key, Context.store(STORE))
    kept = store.seal(b"text", token=TOKEN)
    with pytest.raises(AuthenticationError):
        store.open(kept, token=bytes(32))
    for other in (Context.stream(OTHER_STREAM), Context.store(STORE), Context.store(bytes(16))):
        token = TOKEN if other.kind == "store" else None
        with pytest.raises(UnknownKeyIdError) as unknown:
            RecordCodec.bound(key, other).open(record, token=token)
        assert unknown.value.name == "unknown_key_id"


def test_places_that_cannot_be_are_typed_errors() -> None:
    store = RecordCodec.bound(key_of(Cipher.AEGIS256), Context.store(STORE))
    wrong: list[tuple[type[Exception], Callable[[], object]]] = [
        (InvalidArgumentError, lambda: CODEC.seal(b"", token=TOKEN)),
        (InvalidArgumentError, lambda: store.seal(b"")),
        (BufferLengthError, lambda: store.seal(b"", token=b"token")),
        (InvalidArgumentError, lambda: CODEC.seal(b"", sequence=2**64 - 1)),
        (InvalidArgumentError, lambda: CODEC.seal(b"", sequence=2**64)),
        (InvalidArgumentError, lambda: CODEC.seal(b"", clock=-1)),
        (InvalidArgumentError, lambda: CODEC.seal(b"", reseals=1)),
        (InvalidArgumentError, lambda: CODEC.seal(b"", clock=1, reseals=2**32)),
        (InvalidArgumentError, lambda: CODEC.sealed_length(-1)),
        (TypeError, lambda: CODEC.seal(b"", sequence="1")),  # type: ignore[arg-type]
        (TypeError, lambda: CODEC.seal("text")),  # type: ignore[arg-type]
        (TypeError, lambda: RecordCodec.bound(key_of(Cipher.AEGIS256), b"")),  # type: ignore[arg-type]
        (InvalidArgumentError, lambda: CODEC.seal_batch([b"", b""], sequences=[1])),
        (InvalidArgumentError, lambda: CODEC.seal_batch([b"", b""], sequences=itertools.count())),
        (TypeError, lambda: CODEC.seal_batch([b""], clocks=7)),  # type: ignore[arg-type]
        (TypeError, lambda: CODEC.seal_batch([b""], clocks=["7"])),  # type: ignore[list-item]
    ]
    for error, call in wrong:
        with pytest.raises(error):
            call()


def test_a_batch_is_its_records(cipher: Cipher) -> None:
    codec = RecordCodec.bound(key_of(cipher), Context.stream(STREAM))
    plaintexts = [bytes([i]) * (37 * i) for i in range(150)]
    sequences, clocks = range(150), [i if i % 2 else None for i in range(150)]
    records = codec.seal_batch(plaintexts, sequences=sequences, clocks=clocks, reseals=[i % 2 for i in range(150)])
    assert codec.open_batch(records, sequences=sequences, clocks=clocks) == plaintexts
    for i in (0, 1, 63, 64, 149):
        assert codec.open(records[i], sequence=i) == plaintexts[i]
        header = RecordHeader.parse(records[i])
        assert (header.clock, header.reseals) == (clocks[i], i % 2)
    assert codec.seal_batch([]) == codec.open_batch([]) == codec.open_batch([], partial=True) == []


def test_a_batch_says_which_records_did_not_open() -> None:
    records: list[bytearray] = [bytearray(record) for record in CODEC.seal_batch([b"text"] * 9)]
    records[2][-1] ^= 1
    records[7][20] ^= 1
    with pytest.raises(AuthenticationError) as caught:
        CODEC.open_batch(records)
    assert (caught.value.numbers, caught.value.unit) == ((2, 7), Unit.MESSAGE)
    records[1][3] ^= 1
    records[8] = bytearray()
    with pytest.raises(UnknownKeyIdError):
        CODEC.open_batch(records)
    found = CODEC.open_batch(records, partial=True)
    kinds = {1: UnknownKeyIdError, 2: AuthenticationError, 7: AuthenticationError, 8: MalformedError}
    for i, one in enumerate(found):
        assert one == b"text" if i not in kinds else type(one) is kinds[i]


def test_a_rotation_opens_old_records_and_seals_them_anew() -> None:
    context = Context.stream(STREAM)
    old = Key.generate("aes256gcm")
    before = RecordCodec.bound(old, context)
    new = pagecrypt.generate_key("aegis256", context, [pagecrypt.key_id(old, context)])
    assert new.cipher is Cipher.AEGIS256
    after = RecordCodec.bound(new, context).with_decrypt_only_key(old)
    record = before.seal(b"text", sequence=3, clock=5)
    assert after.needs_reseal(record) is True
    assert after.open(record, sequence=3) == b"text"
    resealed = after.reseal(record, sequence=3)
    assert after.needs_reseal(resealed) is False
    assert after.open(resealed, sequence=3) == b"text"
    header = RecordHeader.parse(resealed)
    assert (header.key_id, header.clock, header.reseals) == (after.key_id, 5, 1)
    assert pagecrypt.compare_writes(resealed, record) == 1
    assert pagecrypt.compare_writes(record, resealed) == -1
    assert pagecrypt.compare_writes(record, bytearray(record)) == 0
    assert pagecrypt.compare_writes(after.seal(b"", clock=6), resealed) == 1
    with pytest.raises(UnknownKeyIdError):
        RecordCodec.bound(Key.generate("aes256gcm"), context).needs_reseal(record)
    with pytest.raises(CipherMismatchError):
        RecordCodec.bound(new, context).open(record, sequence=3)
    with pytest.raises(AuthenticationError):
        after.reseal(record, sequence=4)
    with pytest.raises(MalformedError):
        pagecrypt.compare_writes(record, b"\1")


@pytest.mark.parametrize("text", [b"short" * 16, b"long" * 4096], ids=["short", "long"])
@pytest.mark.parametrize("kind", READABLE)
def test_every_kind_of_buffer_is_taken(kind: str, text: bytes) -> None:
    make = READABLE[kind]
    record = CODEC.seal(make(text))
    assert CODEC.open(record) == text
    if len(record) % 16 == 0 or kind in ("bytes", "bytearray", "memoryview", "mmap", "ctypes", "read-only memoryview"):
        assert CODEC.open(make(record)) == CODEC.open_batch([make(record)])[0] == text
    token = RecordCodec.bound(key_of(Cipher.AEGIS256), Context.store(make(STORE))).seal(text, token=make(TOKEN))
    assert pagecrypt.record_overhead("aegis256", "bound") == len(token) - len(text)
