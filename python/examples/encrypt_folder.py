#!/usr/bin/env python3
"""Encrypts every database of a folder, several at a time, and shows how far it is.

    encrypt_folder.py FOLDER DESTINATION --key-file FILE

Each database is verified after it was encrypted. What is there already is left alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import stat
import sys
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import pagecrypt

Told = tuple[str, int, int]


def start_worker(key_file: Path, queue: SimpleQueue[Told]) -> None:
    """Each process reads the key itself: keys are not sent about."""
    global key, told
    key, told = read_key(key_file), queue


key: pagecrypt.Key
told: SimpleQueue[Told]


def read_key(path: Path) -> pagecrypt.Key:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PermissionError(f"others may read {path}: chmod 600 {path}")
    text = bytearray(path.read_bytes())
    try:
        return pagecrypt.Key.from_text(text)
    finally:
        text[:] = bytes(len(text))


def encrypt(source: Path, destination: Path) -> pagecrypt.Summary:
    def progress(done: int, total: int) -> None:
        told.put((source.name, done, total))

    summary = pagecrypt.encrypt_file(source, destination, key, progress=progress)
    pagecrypt.verify_file(destination, key, threads=1).require_intact()
    return summary


def show(queue: SimpleQueue[Told]) -> None:
    """What the workers have told so far, on one line of a terminal."""
    while not queue.empty():
        name, done, total = queue.get()
        if sys.stderr.isatty():
            print(f"\r{name}: {100 * done // max(total, 1)} %\x1b[K", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Encrypts every database of a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("destination", type=Path)
    parser.add_argument("--key-file", type=Path, required=True)
    options = parser.parse_args()

    found = [
        path for path in sorted(options.folder.iterdir()) if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    ]
    sources = [path for path in found if pagecrypt.inspect_file(path).format is pagecrypt.FileFormat.SQLITE]
    options.destination.mkdir(exist_ok=True)
    context = multiprocessing.get_context("spawn")
    queue: SimpleQueue[Told] = context.SimpleQueue()
    failed = False
    with ProcessPoolExecutor(os.cpu_count(), context, start_worker, (options.key_file, queue)) as pool:
        work: dict[Future[pagecrypt.Summary], Path] = {
            pool.submit(encrypt, path, options.destination / path.name): path for path in sources
        }
        while work:
            done, _ = wait(work, timeout=0.1)
            show(queue)
            for future in done:
                name = work.pop(future).name
                try:
                    print(f"{name}: {future.result().pages} pages")
                except pagecrypt.PagecryptError as error:
                    failed = True
                    print(f"{name}: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
