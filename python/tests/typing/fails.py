"""How the package must not be used: each line marked `wrong` is an error for type checkers, and no other line is.

It is checked, and never run.
"""

from __future__ import annotations

import pagecrypt
from pagecrypt import (
    Aead,
    Cipher,
    Context,
    Key,
    PageCodec,
    PageReader,
    RecordCodec,
    StoreCodec,
    WalChain,
    WalHeader,
    s2,
)


def keys(key: Key) -> None:
    Key()  # wrong
    Key.generate(7)  # wrong
    Key.generate(None)  # wrong
    Key.from_bytes("text", "aegis256")  # wrong
    Key.from_bytes(b"")  # wrong
    Key.from_text(7)  # wrong
    key.to_text(1)  # wrong
    key.with_engine(None)  # wrong
    key.cipher = Cipher.AEGIS256  # wrong
    key.seals = 0  # wrong
    key.other = 1  # wrong
    key.secret  # wrong # noqa: B018
    len(key)  # wrong
    bytes(key)  # wrong
    {key: 1}  # wrong for pyright # noqa: B018


class MyKey(Key):  # wrong
    """It is final."""


def messages(aead: Aead, key: Key) -> None:
    nonce = bytes(32)
    Aead()  # wrong
    Aead(b"key")  # wrong
    aead.seal(b"text")  # wrong
    aead.seal(b"text", nonce)  # wrong
    aead.seal("text", nonce=nonce)  # wrong
    aead.seal(b"text", nonce=nonce, associated_data=None)  # wrong
    aead.open(b"text", nonce="nonce")  # wrong
    aead.seal_into(b"text", "into", nonce=nonce)  # wrong
    aead.seal_batch(b"text")  # wrong
    aead.seal_batch([b"text"], nonces=None)  # wrong
    aead.seal_batch(["text"], nonces=[nonce])  # wrong
    aead.open_batch([b"text"], nonces=[nonce], partial="yes")  # wrong
    first: bytes = aead.open_batch([b"text"], nonces=[nonce], partial=True)[0]  # wrong
    print(first)


def pages(codec: PageCodec, key: Key) -> None:
    PageCodec("key")  # wrong
    PageCodec(key, "4096")  # wrong
    codec.seal_pages("2", bytearray())  # wrong
    codec.seal_pages(2, "pages")  # wrong
    codec.seal_pages(2)  # wrong
    text: str = codec.seal_page(2, b"")  # wrong
    codec.seal_frames(1, bytearray())  # wrong
    codec.page_size = 512  # wrong
    print(text)


def records(codec: RecordCodec, store: StoreCodec, key: Key, context: Context) -> None:
    RecordCodec(key)  # wrong
    RecordCodec.bound(key, b"stream")  # wrong
    RecordCodec.s2(key, "stream")  # wrong
    Context.stream("id")  # wrong
    context.id = b""  # wrong
    codec.seal(b"", 1)  # wrong
    codec.seal("text", sequence=1)  # wrong
    codec.open(b"", reseals=1)  # wrong
    codec.seal_batch([b""], sequences=1)  # wrong
    codec.seal_arrow([b""])  # wrong
    first: bytes = codec.open_batch([b""], partial=True)[0]  # wrong
    store.seal(b"entry")  # wrong
    store.open(b"record")  # wrong
    StoreCodec(key, b"", b"token key")  # wrong
    s2.Envelope([b"header"])  # wrong
    s2.encode_stored(b"stored")  # wrong
    print(first)


def logs(header: WalHeader) -> None:
    WalChain()  # wrong
    WalChain.start(b"header")  # wrong
    WalChain.resume(header, (1, 2, 3))  # wrong
    WalHeader("little", 4096)  # wrong
    header.page_size = 512  # wrong


def files(key: Key, reader: PageReader) -> None:
    pagecrypt.encrypt_file("a", "b")  # wrong
    pagecrypt.encrypt_file("a", "b", key, True)  # wrong
    pagecrypt.encrypt_file("a", "b", key, wait="long")  # wrong
    pagecrypt.encrypt_file(1.5, "b", key)  # wrong
    pagecrypt.encrypt_file("a", "b", key, compact=True)  # wrong
    pagecrypt.decrypt_file("a", "b", key, progress=lambda done: None)  # wrong
    pagecrypt.verify_file("a", key, force=True)  # wrong
    pagecrypt.verify_file("a", key).intact = True  # wrong
    pagecrypt.inspect_file()  # wrong
    reader.read_at("0", 1)  # wrong
    reader.read_into(0, "buffer")  # wrong
    reader.page_count = 1  # wrong
    PageReader("a")  # wrong
