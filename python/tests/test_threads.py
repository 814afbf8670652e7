"""One object, many threads: results are right, and nobody waits for the GIL."""

from __future__ import annotations

import sys
import sysconfig
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from pagecrypt import (
    Aead,
    ByteOrder,
    Cipher,
    Context,
    Entry,
    Key,
    PageCodec,
    PagecryptError,
    PageReader,
    RecordCodec,
    StoreCodec,
    TokenKey,
    WalChain,
    WalHeader,
    verify_file,
)
from samples import key_of, pages_of

import vectors

KEY = key_of(Cipher.AEGIS256)
CODEC = PageCodec(KEY)
AEAD = Aead(KEY)


def at_once(work: Callable[[int], Any], threads: int = 8) -> list[Any]:
    """What each thread returns, all of them started together."""
    barrier = threading.Barrier(threads)

    def started(number: int) -> Any:
        barrier.wait(60)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(started, range(threads)))


def test_the_gil_stays_off_where_it_is_off() -> None:
    if sysconfig.get_config_var("Py_GIL_DISABLED") != 1:
        pytest.skip("no free-threaded Python here")
    assert getattr(sys, "_is_gil_enabled")() is False  # noqa: B009 - not in 3.11


def test_a_codec_serves_many() -> None:
    plain = [bytes(pages_of(CODEC, 2 + 20 * i, 20)) for i in range(8)]

    def work(number: int) -> bool:
        right = True
        for _ in range(20):
            sealed = bytearray(plain[number])
            CODEC.seal_pages(2 + 20 * number, sealed)
            right &= CODEC.opened_pages(2 + 20 * number, sealed) == plain[number]
        return right

    assert all(at_once(work))


def test_nonces_of_threads_differ() -> None:
    page = bytes(pages_of(CODEC, 2, 1))
    nonces = at_once(lambda number: [CODEC.seal_page(2, page)[-32:] for _ in range(300)])
    assert len({nonce for drawn in nonces for nonce in drawn}) == 8 * 300


def test_seals_of_threads_are_all_counted() -> None:
    key = Key.generate()
    codec = PageCodec(key)
    pages = bytes(pages_of(codec, 2, 3))
    at_once(lambda number: [codec.sealed_pages(2, pages) for _ in range(100)])
    assert key.seals == 8 * 100 * 3


def test_messages_of_many() -> None:
    def work(number: int) -> bool:
        nonce = bytes([number]) * 32
        texts = [bytes([number]) * length for length in (10, 3000, 100_000)]
        sealed = AEAD.seal_batch(texts, nonces=[nonce] * 3)
        return AEAD.open_batch(sealed, nonces=[nonce] * 3) == texts

    assert all(at_once(work))


def test_records_of_many() -> None:
    """Keys are derived where they are needed first: in all threads at once."""
    codec = RecordCodec.bound(Key.generate("aes256gcm"), Context.stream(bytes(32)))
    store = StoreCodec(Key.generate(), bytes(16), TokenKey.generate())

    def work(number: int) -> bool:
        right = True
        for _ in range(20):
            texts = [bytes([number]) * length for length in (10, 3000, 100_000)]
            right &= codec.open_batch(codec.seal_batch(texts, sequences=range(3)), sequences=range(3)) == texts
            entries = [Entry(b"path/%d" % number, body=text) for text in texts]
            right &= store.open_batch(store.seal_batch(entries)) == entries
        return right

    assert all(at_once(work))


def test_a_chain_of_two_threads_is_refused_or_in_turn() -> None:
    """Frames of a log have an order: whoever seals in two threads gets an error or a chain that holds."""
    header = WalHeader(ByteOrder.LITTLE, 4096, 1, (1, 2))
    chain = WalChain.start(header)
    log: list[tuple[tuple[int, int], bytes]] = []

    def work(number: int) -> None:
        for _ in range(50):
            frame = bytearray((2).to_bytes(4, "big") + bytes(20) + pages_of(CODEC, 2, 1))
            try:
                CODEC.seal_frames(chain, frame)
            except (PagecryptError, RuntimeError):
                continue
            checksum = (int.from_bytes(frame[16:20], "big"), int.from_bytes(frame[20:24], "big"))
            log.append((checksum, bytes(frame)))

    at_once(work)
    assert log
    # Every frame follows exactly one other: none was lost and none counted twice.
    followers = dict(log)
    assert len(followers) == len(log)
    reader = WalChain.start(header)
    left = [frame for _, frame in log]
    while left:
        following = [frame for frame in left if reader.accept(frame)]
        assert following
        left = [frame for frame in left if frame not in following]
    assert reader.checksum == chain.checksum


def test_a_reader_that_is_closed_while_others_read() -> None:
    for _ in range(30):
        reader = PageReader(vectors.ENCRYPTED, Key.from_text(vectors.ENCRYPTED_KEY))

        def work(number: int, reader: PageReader = reader) -> str:
            try:
                for i in range(50):
                    if number == 0 and i == 5:
                        reader.close()
                    assert len(reader.read_at(0, 10_000)) == 10_000
            except ValueError as error:
                return str(error)
            return "read"

        said = at_once(work, 4)
        assert set(said) <= {"read", said[0]}
        assert "closed" in said[0]


def test_files_are_checked_at_once() -> None:
    key = Key.from_text(vectors.ENCRYPTED_KEY)
    assert all(report.intact for report in at_once(lambda number: verify_file(vectors.ENCRYPTED, key, wait=60)))


COLUMN = pa.array([bytes(65536)] * 256, pa.binary())
ENTRY = Entry(b"path", body=bytes(65536))
PORTABLE = KEY.with_engine("portable")
LONG: dict[str, Callable[[], object]] = {
    "pages": lambda: PageCodec(PORTABLE).sealed_pages(2, bytes(4096 * 4096)),
    "records": lambda: RecordCodec.bound(PORTABLE, Context.stream(bytes(32))).seal_batch([bytes(65536)] * 256),
    "a column": lambda: RecordCodec.bound(PORTABLE, Context.stream(bytes(32))).seal_arrow(COLUMN),
    "entries": lambda: StoreCodec(PORTABLE, bytes(16), TokenKey.generate()).seal_batch([ENTRY] * 256),
}


@pytest.mark.parametrize("work", LONG)
def test_long_work_lets_others_run(work: str) -> None:
    """Another thread counts while this one is in one long call: it would stand still if the call held the GIL."""
    counted, inside, done = [0], [False], threading.Event()

    def count() -> None:
        while not done.is_set():
            counted[0] += inside[0]
            time.sleep(0)  # lets go of the GIL

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)  # from here on, nobody is made to let go of it
    try:
        inside[0] = True
        LONG[work]()
        inside[0] = False
    finally:
        done.set()
        sys.setswitchinterval(interval)
        thread.join(60)
    assert counted[0] > 0
