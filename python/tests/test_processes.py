"""Processes: forked, spawned and served; each draws nonces of its own."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from pathlib import Path

import pagecrypt
import pytest
from databases import make_database
from pagecrypt import Cipher, Key, PageCodec, PageReader, verify_file
from samples import TURSO_CIPHERS, key_of
from sealing import encrypt, fail, nonces, nonces_of, verify

import vectors

METHODS = [method for method in ("fork", "spawn", "forkserver") if method in multiprocessing.get_all_start_methods()]
# A thread pool of the test run itself must not fail a test of fork.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture(params=METHODS)
def context(request: pytest.FixtureRequest) -> BaseContext:
    method: str = request.param
    return multiprocessing.get_context(method)


def test_a_folder_of_databases(context: BaseContext, tmp_path: Path) -> None:
    key = Key.generate()
    jobs = [(str(make_database(tmp_path / f"{i}.db", 200_000)), key.to_text()) for i in range(6)]
    with ProcessPoolExecutor(2, context) as pool:
        summaries = list(pool.map(encrypt, jobs))
        assert all(pool.map(verify, jobs))
    assert {summary.cipher for summary in summaries} == {Cipher.AEGIS256}
    assert all(verify(job) for job in jobs)
    encrypted = [Path(f"{source}.enc").read_bytes() for source, _ in jobs]
    drawn = [text[end - 32 : end] for text in encrypted for end in range(4096, len(text) + 1, 4096)]
    assert len(set(drawn)) == len(drawn) == sum(summary.pages for summary in summaries)


def test_nonces_of_processes_differ(context: BaseContext) -> None:
    here = nonces(100)
    with ProcessPoolExecutor(3, context) as pool:
        lists = [*pool.map(nonces, [100] * 6), here, nonces(100)]
    assert len({nonce for drawn in lists for nonce in drawn}) == 8 * 100


def test_errors_come_back_from_processes(context: BaseContext, tmp_path: Path) -> None:
    source = make_database(tmp_path / "source")
    before = source.read_bytes()
    with ProcessPoolExecutor(1, context) as pool:
        with pytest.raises(pagecrypt.InvalidArgumentError, match="source"):
            pool.submit(fail, (str(source), Key.generate().to_text())).result()
        missing = str(tmp_path / "none")
        with pytest.raises(FileNotFoundError) as caught:
            pool.submit(encrypt, (missing, Key.generate().to_text())).result()
    assert caught.value.filename == missing
    assert source.read_bytes() == before


def test_a_key_does_not_go_to_another_process_by_itself(context: BaseContext) -> None:
    with ProcessPoolExecutor(1, context) as pool:
        with pytest.raises(TypeError, match=r"[Kk]ey"):
            pool.submit(repr, Key.generate()).result()


def in_child(work: object) -> bytes:
    """What a forked child makes of it: its nonces, one after the other."""
    codec = work
    assert isinstance(codec, PageCodec)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(nonces_of(codec, 40), pipe)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("cipher", TURSO_CIPHERS, ids=str)
def test_codecs_that_were_forked_draw_nonces_of_their_own(cipher: Cipher) -> None:
    """The same codec, in the same state, in parent and children: whatever it keeps of randomness would be copied."""
    codec = PageCodec(key_of(cipher))
    lists = [nonces_of(codec, 40)]
    for _ in range(4):
        lists.append(pickle.loads(in_child(codec)))
        lists.append(nonces_of(codec, 40))
    assert len({nonce for drawn in lists for nonce in drawn}) == 9 * 40


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_reads_and_verifies() -> None:
    key = Key.from_text(vectors.ENCRYPTED_KEY)
    assert verify_file(vectors.ENCRYPTED, key).intact  # its threads are gone again
    reader = PageReader(vectors.ENCRYPTED, key)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            same = reader.read_at(0, 100) == PageReader(vectors.ENCRYPTED, key).read_at(0, 100)
            code = 0 if same and verify_file(vectors.ENCRYPTED, key).intact else 2
            reader.close()
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert len(reader.read_at(0, 100)) == 100
    reader.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_while_another_thread_seals() -> None:
    """Whatever lock the other thread held would never be let go of in the child."""
    codec = PageCodec(key_of(Cipher.AEGIS256))
    done = threading.Event()

    def seal() -> None:
        while not done.is_set():
            nonces_of(codec, 64)

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            for _ in range(20):
                assert len(set(pickle.loads(in_child(codec)))) == 40
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_a_process_that_ends_wipes_up_quietly() -> None:
    """Objects that live when the interpreter ends."""
    program = (
        "import threading, pagecrypt\n"
        f"key = pagecrypt.Key.from_text('{vectors.ENCRYPTED_KEY}')\n"
        "codec = pagecrypt.PageCodec(key)\n"
        f"reader = pagecrypt.PageReader({str(vectors.ENCRYPTED)!r}, key)\n"
        "file = reader.as_file()\n"
        "def work():\n"
        "    while True: codec.sealed_pages(2, bytes(1 << 20))\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "cycle = [key, reader]; cycle.append(cycle)\n"
    )
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-X", "dev", "-c", program],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert "Fatal" not in done.stderr
