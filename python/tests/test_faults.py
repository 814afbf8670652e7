"""Misuse ends in an ordinary exception, never in a crash: each group of `faults.py` runs in a process of its own."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import faults
import pagecrypt
import pytest
import surface

PROGRAM = Path(__file__).with_name("faults.py")


@pytest.mark.parametrize("group", faults.GROUPS)
def test_misuse_is_an_exception(group: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-W", "error::ResourceWarning", PROGRAM, group, folder],
        cwd=folder,  # where files with strange names come to lie
        env=os.environ | {"PYTHONMALLOC": "debug"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    assert done.stdout.splitlines()[-1] == "0 failures", done.stdout[-10_000:]
    assert "panicked" not in done.stderr


def test_what_works_works_before_it_is_misused(tmp_path: Path) -> None:
    """Each call with the arguments that fit: else a wrong one proves nothing."""
    found = surface.entries(tmp_path)
    for entry in found:
        made = entry.call()
        if isinstance(made, pagecrypt.PageReader):
            made.close()
    assert len(found) >= 85


def test_everything_public_is_called() -> None:
    called = {name.split(".")[0] for name, _, _ in surface.functions()}
    public = {name: getattr(pagecrypt, name) for name in surface.PUBLIC}
    functions = {name for name, thing in public.items() if inspect.isroutine(thing)}
    assert functions <= called
    codecs = {"Aead", "PageCodec", "PageReader", "RecordCodec", "StoreCodec"}
    assert codecs | {"Context", "Key", "RecordHeader", "TokenKey", "WalChain", "WalHeader", "s2"} <= called
