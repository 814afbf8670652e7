"""Everything that can be called, found by looking: what is new joins by itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pagecrypt
import pyarrow as pa  # type: ignore[import-untyped]
from pagecrypt import (
    Aead,
    ByteOrder,
    Context,
    Entry,
    Key,
    PageCodec,
    PageReader,
    RecordCodec,
    StoreCodec,
    TokenKey,
    WalChain,
    WalHeader,
    s2,
)

import vectors

PUBLIC = [name for name in dir(pagecrypt) if not name.startswith("_")]
# What is looked at, by the name before it.
MODULES = {"": pagecrypt, "s2.": s2}
HEADER = WalHeader(ByteOrder.LITTLE, 4096, 1, (1, 2))
# Of dataclasses, enumerations and errors; called by nobody, or tested for themselves.
INHERITED = frozenset(
    name for kind in (object, str, int, Exception, OSError, tuple) for name in dir(kind) if not name.startswith("_")
)


@dataclass(frozen=True)
class Call:
    """Something to call, and arguments with which it works."""

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any]
    positional: frozenset[str]
    """Parameters without a name for the caller."""

    def call(self, **changes: Any) -> Any:
        arguments = self.arguments | changes
        first = [arguments.pop(name) for name in self.arguments if name in self.positional]
        return self.function(*first, **arguments)


def arguments_for(folder: Path) -> dict[str, Any]:
    """What fits a parameter, by its name, or by the function's and its own. A new name has to be put in here."""
    key = Key.from_text(vectors.ENCRYPTED_KEY, "aegis256")
    aead, codec = Aead(key), PageCodec(key)
    nonce, page = bytes(32), bytes(4096)
    frame = bytearray(b"\0\0\0\2" + bytes(20) + page)
    codec.seal_frames(WalChain.start(HEADER), frame)
    encrypted = vectors.ENCRYPTED
    stream, envelope = Context.stream(bytes(32)), s2.Envelope((s2.Header(b"k", b"v"),), b"body")
    records, store = RecordCodec.bound(key, stream), StoreCodec(key, bytes(16), TokenKey.from_bytes(bytes(32)))
    record = records.seal(b"text", sequence=1, clock=5)
    token, kept = store.seal(Entry(b"path"))
    stored = s2.encode_stored(
        s2.Encrypted(envelope.metered_size, RecordCodec.s2(key, bytes(32)).seal(envelope.encode()))
    )
    return {
        "stream_id": bytes(32),
        "context": stream,
        "id": bytes(32),
        "Context.store.id": bytes(16),
        "stream": bytes(32),
        "writer": bytes(16),
        "plaintext": b"text",
        "plaintext_length": 4,
        "record": record,
        "sequence": 1,
        "clock": 5,
        "token": None,
        "reseals": 0,
        "plaintexts": [b"text"],
        "records": [record],
        "sequences": [1],
        "clocks": [5],
        "tokens": None,
        "RecordCodec.seal_batch.reseals": [0],
        "column": pa.array([b"text", None], pa.binary()),
        "first_sequence": 1,
        "RecordCodec.seal_arrow.clocks": pa.array([5, 5]),
        "RecordCodec.open_arrow.column": pa.array([record, None], pa.binary()),
        "taken": [bytes(4)],
        "a": record,
        "b": record,
        "record_overhead.format": "bound",
        "store_id": bytes(16),
        "token_key": TokenKey.from_bytes(bytes(32)),
        "padding": "padme",
        "TokenKey.from_bytes.secret": bytes(32),
        "TokenKey.token.path": b"path",
        "StoreCodec.token.path": b"path",
        "entry": Entry(b"path"),
        "entries": [Entry(b"path")],
        "rows": [(token, kept)],
        "StoreCodec.open.token": token,
        "StoreCodec.open.record": kept,
        "StoreCodec.needs_reseal.record": kept,
        "StoreCodec.reseal.token": token,
        "StoreCodec.reseal.record": kept,
        "s2.stream_id.basin": "basin",
        "s2.stream_id.stream": "stream",
        "value": key.to_text(),
        "encoded": envelope.encode(),
        "codec": RecordCodec.s2(key, bytes(32)),
        "stored": stored,
        "s2.encode_stored.stored": s2.Trim(7),
        "error": pagecrypt.KeyRequiredError(),
        "key": key,
        "cipher": "aegis256",
        "engine": "portable",
        "ceiling": "portable",
        "encoding": "hex",
        "format": "turso",
        "name": "aegis256",
        "Engine.from_name.name": "portable",
        "number": 2,
        "page_size": 4096,
        "first": 2,
        "count": 1,
        "offset": 0,
        "length": 10,
        "nonce": nonce,
        "associated_data": b"data",
        "data": b"text",
        "Aead.open.data": aead.seal(b"text", nonce=nonce, associated_data=b"data"),
        "Aead.seal_into.into": bytearray(20),
        "Aead.open_into.data": aead.seal(b"text", nonce=nonce, associated_data=b"data"),
        "Aead.open_into.into": bytearray(4),
        "Aead.seal_detached.buffer": bytearray(4),
        "Aead.open_detached.buffer": bytearray(),
        "Aead.open_detached.tag": aead.seal(b"", nonce=nonce, associated_data=b"data"),
        "messages": [b"text"],
        "Aead.open_batch.messages": [aead.seal(b"text", nonce=nonce, associated_data=b"data")],
        "nonces": [nonce],
        "partial": False,
        "page": page,
        "pages": page,
        "buffer": bytearray(page),
        "source": page,
        "into": bytearray(page),
        "PageCodec.open_page.page": codec.seal_page(2, page),
        "PageCodec.opened_pages.pages": codec.seal_page(2, page),
        "PageCodec.open_pages.buffer": bytearray(codec.seal_page(2, page)),
        "PageCodec.open_pages_into.source": codec.seal_page(2, page),
        "PageCodec.seal_frames.buffer": bytearray(b"\0\0\0\2" + bytes(20) + page),
        "PageCodec.open_frames.first": 1,
        "PageCodec.open_frames.buffer": bytearray(frame),
        "PageCodec.open_frames_into.first": 1,
        "PageCodec.open_frames_into.source": bytes(frame),
        "PageCodec.open_frames_into.into": bytearray(len(frame)),
        "chain": WalChain.start(HEADER),
        "header": HEADER,
        "checksum": (1, 2),
        "frame": bytes(frame),
        "byte_order": "little",
        "checkpoint": 1,
        "salts": (1, 2),
        "Key.from_bytes.bytes": bytes(32),
        "Key.from_bytes.buffer": bytes(32),
        "Key.from_bytes.data": bytes(32),
        "Key.from_bytes.secret": bytes(32),
        "Key.from_text.text": vectors.ENCRYPTED_KEY,
        "WalHeader.parse.buffer": HEADER.to_bytes(),
        "WalHeader.parse.data": HEADER.to_bytes(),
        "WalFrameHeader.parse.buffer": bytes(frame),
        "WalFrameHeader.parse.data": bytes(frame),
        "TursoHeader.parse.buffer": encrypted.read_bytes()[:100],
        "TursoHeader.parse.data": encrypted.read_bytes()[:100],
        "path": encrypted,
        "encrypt_file.source": vectors.PLAIN,
        "encrypt_file.destination": folder / "new",
        "decrypt_file.source": encrypted,
        "decrypt_file.destination": folder / "new",
        "force": True,
        "compact": False,
        "wait": 0,
        "progress": None,
        "threads": 1,
    }


def functions() -> Iterator[tuple[str, Callable[..., Any], Any]]:
    """Functions, constructors and methods, by name; with the class of a method that needs an object."""
    for prefix, name in ((prefix, name) for prefix, module in MODULES.items() for name in public_of(module)):
        thing = getattr(MODULES[prefix], name)
        if inspect.isclass(thing):
            if issubclass(thing, pagecrypt.PagecryptError | pagecrypt.ErrorCode):
                continue
            if name in ("Aead", "PageCodec", "PageReader", "StoreCodec", "WalHeader"):
                yield name, thing, None
            for method in dir(thing):
                if method.startswith("_") or method in INHERITED:
                    continue
                static = inspect.getattr_static(thing, method)
                found = getattr(thing, method)
                if callable(found) and not inspect.isclass(found):
                    bound = isinstance(static, classmethod | staticmethod) or inspect.ismethod(found)
                    bound = bound or getattr(found, "__self__", None) is thing
                    yield f"{prefix}{name}.{method}", found, None if bound else thing
        elif inspect.isroutine(thing):
            yield f"{prefix}{name}", thing, None


def public_of(module: Any) -> list[str]:
    return PUBLIC if module is pagecrypt else list(module.__all__)


def objects(folder: Path) -> dict[type, Any]:
    key = Key.from_text(vectors.ENCRYPTED_KEY, "aegis256")
    summary = pagecrypt.encrypt_file(vectors.PLAIN, folder / "for-summary", key, force=True)
    return {
        Key: key,
        Aead: Aead(key),
        PageCodec: PageCodec(key),
        PageReader: PageReader(vectors.ENCRYPTED, key),
        WalChain: WalChain.start(HEADER),
        WalHeader: HEADER,
        pagecrypt.VerifyReport: pagecrypt.verify_file(vectors.ENCRYPTED, key),
        pagecrypt.Summary: summary,
        RecordCodec: RecordCodec.bound(key, Context.stream(bytes(32))),
        StoreCodec: StoreCodec(key, bytes(16), TokenKey.from_bytes(bytes(32))),
        TokenKey: TokenKey.generate(),
        s2.Envelope: s2.Envelope(),
        pagecrypt.Cipher: pagecrypt.Cipher.AEGIS256,
        pagecrypt.Engine: pagecrypt.Engine.PORTABLE,
    }


def entries(folder: Path) -> list[Call]:
    """Everything that takes arguments or none; a parameter that is not known here is an error."""
    fitting = arguments_for(folder)
    found = []
    for name, function, owner in functions():
        things = objects(folder)  # for each its own: one of them closes its reader
        bound = function if owner is None else getattr(things[owner], name.split(".")[-1])
        arguments, positional = {}, set()
        for parameter in inspect.signature(bound).parameters.values():
            assert parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD), f"{name}: {parameter}"
            own = f"{name}.{parameter.name}"
            if own not in fitting and parameter.name not in fitting:
                raise LookupError(f"{own}: put into surface.py what fits it")
            arguments[parameter.name] = fitting.get(own, fitting.get(parameter.name))
            if parameter.kind is parameter.POSITIONAL_ONLY:
                positional.add(parameter.name)
        found.append(Call(name, bound, arguments, frozenset(positional)))
    return found
