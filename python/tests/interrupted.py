"""A program that is interrupted by a signal while it works:  interrupted.py JOB FOLDER

Another thread sends the signal once the work has begun. It prints, as JSON, what came of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pagecrypt
from samples import key_of

KEY = key_of(pagecrypt.Cipher.AEGIS256)
LONG = 300.0  # seconds of waiting, of which nobody has so many


def jobs(folder: Path) -> dict[str, Callable[[], Any]]:
    plain, reserved, encrypted, new = (folder / name for name in ("plain", "reserved", "encrypted", "new"))
    return {
        "encrypt, rebuilding": lambda: pagecrypt.encrypt_file(plain, new, KEY),
        "encrypt, sealing": lambda: pagecrypt.encrypt_file(reserved, new, KEY),
        "decrypt": lambda: pagecrypt.decrypt_file(encrypted, new, KEY),
        "decrypt, compact": lambda: pagecrypt.decrypt_file(encrypted, new, KEY, compact=True),
        "verify": lambda: pagecrypt.verify_file(encrypted, KEY),
        "verify on one thread": lambda: pagecrypt.verify_file(encrypted, KEY, threads=1),
        "verify with progress": lambda: pagecrypt.verify_file(encrypted, KEY, progress=lambda done, total: None),
        "wait to encrypt": lambda: pagecrypt.encrypt_file(plain, new, KEY, wait=LONG),
        "wait to decrypt": lambda: pagecrypt.decrypt_file(encrypted, new, KEY, wait=LONG),
        "wait to compact": lambda: pagecrypt.decrypt_file(encrypted, new, KEY, compact=True, wait=LONG),
        "wait to verify": lambda: pagecrypt.verify_file(encrypted, KEY, wait=LONG),
        "wait to read": lambda: pagecrypt.PageReader(encrypted, KEY, wait=LONG),
    }


class MineError(Exception):
    """What a handler of the program's own raises."""


def raise_mine(number: int, frame: FrameType | None) -> None:
    raise MineError


def work_in_progress(main: int) -> bool:
    """Whether the main thread has come to the call: when another thread runs, it has let go of the GIL there."""
    frame = sys._current_frames()[main]
    return frame.f_code.co_filename == __file__ and frame.f_code.co_name == "<lambda>"


def main(job: str, folder: Path) -> None:
    # Started in the background, a program may have been told to ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGUSR1, raise_mine)
    number = signal.SIGUSR1 if job.endswith("by another signal") else signal.SIGINT
    work = jobs(folder)[job.removesuffix(" by another signal")]
    before = sorted(os.listdir(folder))
    main_thread = threading.get_ident()
    sent: list[float] = []

    def send() -> None:
        # A file that grows is work in progress, too; what does not write is in progress when it is called.
        writes = not job.startswith(("verify", "wait"))
        while not (work_in_progress(main_thread) and (not writes or sorted(os.listdir(folder)) != before)):
            time.sleep(0.001)
        time.sleep(0.01)
        sent.append(time.monotonic())
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    raised, after = "nothing", 0.0
    with contextlib.suppress(KeyboardInterrupt):  # one that comes when all is done
        try:
            work()
        except BaseException as error:
            raised, after = type(error).__name__, time.monotonic() - (sent or [0.0])[0]
        thread.join(10)
    print(json.dumps({"raised": raised, "after": after, "left": sorted(set(os.listdir(folder)) - set(before))}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
