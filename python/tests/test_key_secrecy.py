"""A key's bytes are nowhere but where they were asked for."""

from __future__ import annotations

import base64
import copy
import gc
import inspect
import io
import json
import logging
import pickle
import pprint
import reprlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pagecrypt
import pytest
from pagecrypt import Aead, Context, Key, PageCodec, PageReader, RecordCodec, StoreCodec, TokenKey

import vectors

SECRET = bytes.fromhex(vectors.ENCRYPTED_KEY)
# Every way to write them, and what parts of them would look like.
GIVEAWAYS = tuple(
    form
    for part in (SECRET, SECRET[:6], SECRET[13:19], SECRET[-6:])
    for form in (part.hex(), base64.b64encode(part).decode().rstrip("=")[:-1], repr(part)[2:-1], str(list(part))[1:-1])
)


def assert_secret(text: str) -> None:
    for form in GIVEAWAYS:
        assert form.lower() not in text.lower()


def holders() -> list[Any]:
    """The objects that have a key within."""
    key = Key.from_bytes(SECRET, "aegis256")
    token_key = TokenKey.from_bytes(SECRET)
    records = [RecordCodec.s2(key, bytes(32)), RecordCodec.bound(key, Context.stream(bytes(32)))]
    store = StoreCodec(key, bytes(16), token_key)
    return [key, Aead(key), PageCodec(key), token_key, *records, store, PageReader(vectors.ENCRYPTED, key)]


def shown(form: Callable[[Any], str]) -> list[str]:
    things = holders()
    try:
        return [form(thing) for thing in things]
    finally:
        things[-1].close()


@pytest.mark.parametrize(
    "form",
    [
        repr,
        str,
        format,
        ascii,
        reprlib.repr,
        pprint.pformat,
        lambda thing: f"{thing!r:>60} {thing!s} {thing}",
        lambda thing: "%s %r" % (thing, thing),  # noqa: UP031 - one of the ways
        lambda thing: repr([thing, {"key": thing}]),
        lambda thing: "".join(dir(thing)),
        lambda thing: repr(inspect.getmembers(thing)),
        lambda thing: json.dumps(thing, default=repr),
        lambda thing: repr(gc.get_referents(thing)),
        lambda thing: str(thing.__doc__) + str(type(thing).__dict__),
    ],
)
def test_nothing_shows_a_key(form: Callable[[Any], str]) -> None:
    for text in shown(form):
        assert_secret(text)


def test_the_search_finds_a_key_that_is_shown() -> None:
    for text in (repr(SECRET), SECRET.hex(), base64.b64encode(SECRET).decode(), repr(list(SECRET))):
        with pytest.raises(AssertionError):
            assert_secret(text)


def test_a_key_says_what_it_is() -> None:
    key = Key.from_bytes(SECRET, "aegis256")
    assert repr(key) == str(key) == f"{key}" == "<pagecrypt.Key aegis256>"


def test_nothing_can_be_made_of_a_key_by_accident() -> None:
    key: Any = Key.from_bytes(SECRET, "aegis256")
    for use in (bytes, bytearray, memoryview, iter, len, int, float, list, dict, vars, json.dumps, sorted):
        with pytest.raises(TypeError):
            use(key)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_is_not_pickled(protocol: int) -> None:
    key = Key.from_bytes(SECRET, "aegis256")
    for holder in (key, [key], {"key": key}):
        with pytest.raises(TypeError, match=r"Key\.to_(bytes|text)|to_bytes\(\)|to_text\(\)"):
            pickle.dumps(holder, protocol)
    for holder in holders()[1:]:
        with pytest.raises(TypeError):
            pickle.dumps(holder, protocol)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_key_is_not_copied(duplicate: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"[Kk]ey"):
        duplicate(Key.from_bytes(SECRET, "aegis256"))


def test_a_traceback_does_not_show_it() -> None:
    key = Key.from_bytes(SECRET, "aegis256")
    failures: list[Callable[[], Any]] = [
        lambda: key.with_cipher("aegis128l"),
        lambda: Key.from_bytes(SECRET + b"\0", "aegis256"),
        lambda: Key.from_text(SECRET.hex() + "0"),
        lambda: Key.from_text(SECRET.hex()[:-1] + "g"),
        lambda: Key.from_text("=" + base64.b64encode(SECRET).decode()[:-1]),
        lambda: Key.from_text(SECRET.hex(), "aegis128l"),
        lambda: Key.from_text(SECRET),
        lambda: PageCodec(key, 1000),
        lambda: Aead(key).seal(b"", nonce=b""),
        lambda: pickle.dumps(key),
        lambda: pagecrypt.verify_file(vectors.PLAIN, key),
        lambda: pagecrypt.verify_file(Path(__file__), key),
    ]
    for fail in failures:
        with pytest.raises((pagecrypt.PagecryptError, TypeError)) as caught:
            fail()
        error = caught.value
        text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        own = "".join(traceback.format_exception_only(error)) + repr(error) + repr(error.args) + repr(vars(error))
        assert_secret(own)
        frames = [line for line in text.splitlines() if "SECRET" not in line]
        assert_secret("\n".join(frames))


def test_logging_does_not_show_it() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.Logger("secrecy", logging.DEBUG)
    logger.addHandler(handler)
    key = Key.from_bytes(SECRET, "aegis256")
    logger.info("using %s and %r", key, {"key": key}, extra={"key": key})
    try:
        Key.from_text(SECRET.hex()[:-1] + "g")
    except pagecrypt.KeyTextError:
        logger.exception("no key")
    assert "<pagecrypt.Key aegis256>" in stream.getvalue()
    assert_secret(stream.getvalue())


def test_no_python_object_holds_a_copy() -> None:
    """What the extension makes of a key lies outside Python's objects."""
    key = Key.generate("aegis256")
    token_key = TokenKey.generate()
    records, store = RecordCodec.s2(key, bytes(32)), StoreCodec(key, bytes(16), token_key)
    for holder in (key, PageCodec(key), Aead(key), token_key, records, store):
        for referent in gc.get_referents(holder):
            assert isinstance(referent, type | str | Key | TokenKey) or referent is None or callable(referent)
        assert sys.getsizeof(holder) < 1000
