"""What other processes are given to do: it has to be importable there."""

from __future__ import annotations

import pagecrypt
from pagecrypt import Key, PageCodec, Summary, encrypt_file, verify_file
from samples import key_of, pages_of

Job = tuple[str, str]


def nonces(count: int) -> list[bytes]:
    """The nonces of pages that are sealed here."""
    codec = PageCodec(key_of(pagecrypt.Cipher.AEGIS256))
    return nonces_of(codec, count)


def nonces_of(codec: PageCodec, count: int) -> list[bytes]:
    page = bytes(pages_of(codec, 2, 1))
    single = [codec.seal_page(2, page) for _ in range(count // 2)]
    run = codec.sealed_pages(2, page * (count - count // 2))
    length = codec.cipher.nonce_length
    return [page[-length:] for page in single] + [run[end - length : end] for end in range(4096, len(run) + 1, 4096)]


def encrypt(job: Job) -> Summary:
    """The key goes to another process as text."""
    source, key = job
    return encrypt_file(source, f"{source}.enc", Key.from_text(key))


def verify(job: Job) -> bool:
    source, key = job
    return verify_file(f"{source}.enc", Key.from_text(key)).intact


def fail(job: Job) -> None:
    """Raises errors of this package for the parent to catch."""
    source, key = job
    encrypt_file(source, source, Key.from_text(key), force=True)
