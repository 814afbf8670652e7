"""Columns of pyarrow: nulls, slices and chunks, of both widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pagecrypt import (
    AuthenticationError,
    Cipher,
    Context,
    InvalidArgumentError,
    MalformedError,
    RecordCodec,
    RecordHeader,
    UnknownKeyIdError,
    s2,
)
from samples import key_of

KEY = key_of(Cipher.AEGIS256)
CODEC = RecordCodec.bound(KEY, Context.stream(bytes(32)))
STORE = RecordCodec.bound(KEY, Context.store(bytes(16)))
TEXTS = [None if i % 7 == 3 else bytes([i]) * (11 * i) for i in range(150)]
WIDTHS = pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()], ids=str)

SHAPES: dict[str, Callable[[Any], Any]] = {
    "array": lambda kind: pa.array(TEXTS, kind),
    "without nulls": lambda kind: pa.array([text for text in TEXTS if text is not None], kind),
    "slice": lambda kind: pa.array(TEXTS, kind)[13:101],
    "slice of a slice": lambda kind: pa.array(TEXTS, kind)[5:][8:20],
    "empty slice": lambda kind: pa.array(TEXTS, kind)[9:9],
    "empty": lambda kind: pa.array([], kind),
    "nulls only": lambda kind: pa.array([None] * 9, kind),
    "empty texts": lambda kind: pa.array([b"", None, b""], kind),
    "chunks": lambda kind: pa.chunked_array([TEXTS[:40], [], TEXTS[40:41], TEXTS[41:]], kind),
    "slice of chunks": lambda kind: pa.chunked_array([TEXTS[:40], TEXTS[40:]], kind)[30:90],
    "no chunk": lambda kind: pa.chunked_array([], kind),
}


@WIDTHS
@pytest.mark.parametrize("shape", SHAPES)
def test_a_column_comes_back(shape: str, kind: Any) -> None:
    column = SHAPES[shape](kind)
    sealed = CODEC.seal_arrow(column, first_sequence=100)
    sealed.validate(full=True)
    assert type(sealed) is type(column)
    assert (sealed.type, len(sealed), sealed.null_count) == (kind, len(column), column.null_count)
    if isinstance(column, pa.ChunkedArray):
        assert [len(chunk) for chunk in sealed.chunks] == [len(chunk) for chunk in column.chunks]
    # Row by row, they are records at their numbers.
    for row, (text, record) in enumerate(zip(column.to_pylist(), sealed.to_pylist(), strict=True)):
        if text is None:
            assert record is None
        else:
            assert CODEC.open(record, sequence=100 + row) == text
    opened = CODEC.open_arrow(sealed, first_sequence=100)
    opened.validate(full=True)
    assert opened.equals(column)
    assert CODEC.open_arrow(sealed[3:11], first_sequence=103).equals(column[3:11])


def test_records_that_were_sealed_one_by_one_are_opened_as_a_column() -> None:
    records = CODEC.seal_batch([b"one", b"two", b"three"], sequences=range(3))
    assert CODEC.open_arrow(pa.array(records, pa.binary()), first_sequence=0).to_pylist() == [b"one", b"two", b"three"]


def test_a_column_of_s2s_records() -> None:
    codec = RecordCodec.s2(KEY, bytes(32))
    envelopes = [s2.Envelope((), bytes(i)).encode() for i in range(9)]
    column = pa.array([*envelopes, None], pa.large_binary())
    assert codec.open_arrow(codec.seal_arrow(column, first_sequence=5)).equals(column)
    with pytest.raises(MalformedError):
        codec.seal_arrow(pa.array([b""], pa.binary()))


def test_a_moved_row_does_not_open() -> None:
    sealed = CODEC.seal_arrow(pa.array([b"one", None, b"two", b"three"], pa.binary()), first_sequence=0)
    moved = sealed.take(pa.array([0, 1, 3, 2]))
    with pytest.raises(AuthenticationError) as caught:
        CODEC.open_arrow(moved, first_sequence=0)
    assert (caught.value.numbers, caught.value.count) == ((2, 3), 2)
    with pytest.raises(AuthenticationError):
        CODEC.open_arrow(sealed, first_sequence=1)
    with pytest.raises(UnknownKeyIdError):
        RecordCodec.bound(KEY, Context.stream(bytes([9]) * 32)).open_arrow(sealed, first_sequence=0)


@WIDTHS
def test_rows_that_do_not_open_are_null_where_that_is_asked_for(kind: Any) -> None:
    texts = [b"text"] * 20
    records = CODEC.seal_batch(texts, sequences=range(20))
    records[5], records[11] = records[11], b""
    column = pa.chunked_array([records[:8], [*records[8:], None]], kind)
    opened = CODEC.open_arrow(column, first_sequence=0, partial=True)
    opened.validate(full=True)
    wanted = [None if row in (5, 11, 20) else b"text" for row in range(21)]
    assert opened.to_pylist() == wanted
    with pytest.raises(AuthenticationError) as caught:
        CODEC.open_arrow(column, first_sequence=0)
    assert caught.value.numbers == (5,)


def test_what_is_forged_leaves_zeros_behind_a_null() -> None:
    record = bytearray(CODEC.seal(b"secret"))
    record[-1] ^= 1
    opened = CODEC.open_arrow(pa.array([bytes(record)], pa.binary()), partial=True)
    assert opened.to_pylist() == [None]
    assert bytes(opened.buffers()[2]) == bytes(6)


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64()], ids=str)
def test_each_row_has_its_clock(kind: Any) -> None:
    column = pa.array([b"one", b"two", None, b"four"], pa.binary())
    clocks = pa.chunked_array([[9, 7], [None, 8, None]], kind)[1:]
    sealed = CODEC.seal_arrow(column, clocks=clocks)
    assert [record and RecordHeader.parse(record).clock for record in sealed.to_pylist()] == [7, None, None, None]
    clocks = pa.array([0, 1, None, 5, 2**63 - 1], kind)[1:]
    sealed = CODEC.seal_arrow(column, clocks=clocks)
    found = [record and RecordHeader.parse(record).clock for record in sealed.to_pylist()]
    assert found == [1, None, None, 2**63 - 1]
    assert CODEC.open_arrow(sealed).equals(column)


def test_each_row_of_a_store_has_its_token() -> None:
    column = pa.array([b"one", None, b"two"], pa.binary())
    tokens = pa.array([bytes([i]) * 32 for i in range(4)], pa.binary(32))
    sealed = STORE.seal_arrow(column, tokens=tokens[1:])
    assert STORE.open(sealed[2].as_py(), token=bytes([3]) * 32) == b"two"
    assert STORE.open_arrow(sealed, tokens=tokens[1:]).equals(column)
    with pytest.raises(AuthenticationError):
        STORE.open_arrow(sealed, tokens=tokens[:3])
    for missing in (None, pa.array([None] * 3, pa.binary(32))):
        with pytest.raises(InvalidArgumentError):
            STORE.seal_arrow(column, tokens=missing)


COLUMN = pa.array([b"text", b"more"], pa.binary())


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        7,
        [b"text"],
        COLUMN.to_numpy(zero_copy_only=False),
        pa.array(["text"]),
        pa.array([b"text"], pa.binary(4)),
        pa.array([1]),
        pa.array([None]),
        pa.array([b"text"], pa.binary_view()),
        pa.array([b"text"]).dictionary_encode(),
        COLUMN[0],
        COLUMN.buffers()[2],
        pa.table({"column": COLUMN}),
    ],
    ids=lambda wrong: type(wrong).__name__,
)
def test_what_is_no_column_is_a_type_error(wrong: Any) -> None:
    for call in (CODEC.seal_arrow, CODEC.open_arrow):
        with pytest.raises(TypeError, match="binary"):
            call(wrong)


def test_wrong_places_are_typed_errors() -> None:
    wrong: list[tuple[type[Exception], dict[str, Any]]] = [
        (InvalidArgumentError, {"first_sequence": -1}),
        (InvalidArgumentError, {"first_sequence": 2**64 - 1}),
        (InvalidArgumentError, {"first_sequence": 2**64}),
        (TypeError, {"first_sequence": "1"}),
        (TypeError, {"clocks": [1, 2]}),
        (TypeError, {"clocks": pa.array([1, 2], pa.int32())}),
        (InvalidArgumentError, {"clocks": pa.array([1, -2])}),
        (InvalidArgumentError, {"clocks": pa.array([1])}),
        (TypeError, {"tokens": pa.array([b"", b""])}),
        (InvalidArgumentError, {"tokens": pa.array([bytes(32)] * 2, pa.binary(32))}),
    ]
    for error, place in wrong:
        with pytest.raises(error):
            CODEC.seal_arrow(COLUMN, **place)


def offsets(*numbers: int) -> Any:
    return pa.py_buffer(np.array(numbers, dtype=np.int32))


@pytest.mark.parametrize("numbers", [(0, 4, 9), (0, 6, 4), (-4, 0, 4), (0, -1, 8), (9, 9, 9), (0, 4, 2**31 - 1)])
def test_buffers_that_are_no_column_any_more_are_refused(numbers: tuple[int, int, int]) -> None:
    ends = np.array([0, 4, 8], dtype=np.int32)
    column = pa.Array.from_buffers(pa.binary(), 2, [None, pa.py_buffer(ends), pa.py_buffer(b"12345678")])
    ends[:] = numbers  # pyarrow has looked at them already
    for call in (CODEC.seal_arrow, CODEC.open_arrow):
        with pytest.raises(InvalidArgumentError):
            call(column)


def test_a_chunk_that_would_be_too_long_for_its_type_is_refused() -> None:
    length = 2**31 - 1
    data = pa.py_buffer(np.zeros(length, dtype=np.uint8))  # never touched, so never there
    column = pa.Array.from_buffers(pa.binary(), 1, [None, offsets(0, length), data])
    with pytest.raises(InvalidArgumentError, match="large_binary"):
        CODEC.seal_arrow(column)
