"""What several tests are given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pagecrypt
import pytest
from hypothesis import settings
from pagecrypt import Cipher, Key, PageCodec
from samples import TURSO_CIPHERS, key_of

import vectors

settings.register_profile("here", database=None, deadline=None)
settings.load_profile("here")


@pytest.fixture(params=pagecrypt.ciphers(), ids=str)
def cipher(request: pytest.FixtureRequest) -> Cipher:
    """Each cipher."""
    return Cipher(request.param)


@pytest.fixture(params=TURSO_CIPHERS, ids=str)
def turso_cipher(request: pytest.FixtureRequest) -> Cipher:
    """Each cipher that Turso's format has."""
    return Cipher(request.param)


@pytest.fixture
def codec(turso_cipher: Cipher) -> PageCodec:
    """A codec of 4096-byte pages for each cipher of the format."""
    return PageCodec(key_of(turso_cipher), 4096)


@pytest.fixture
def key() -> Key:
    """The key of `vectors.ENCRYPTED` and of nothing else."""
    return Key.from_text(vectors.ENCRYPTED_KEY, "aegis256")


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[..., Path]:
    """Copies a database of the vectors, its log with it, into a folder of the test's own."""

    def copy(source: Path, name: str = "database") -> Path:
        path = tmp_path / name
        path.write_bytes(source.read_bytes())
        log = source.with_name(source.name + "-wal")
        if log.exists():
            path.with_name(path.name + "-wal").write_bytes(log.read_bytes())
        return path

    return copy
