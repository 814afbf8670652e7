"""The ciphers: names, numbers, sizes and limits are the native module's."""

from __future__ import annotations

import enum
import os
import pickle
import subprocess
import sys

import pagecrypt
import pytest
from pagecrypt import Cipher, Engine, Key, PageCodec, UnknownCipherError, UnknownEngineError

# Number, key, nonce, reserved bytes, most seals under random nonces (a power of two).
CATALOGUE = {
    "aes128gcm": (1, 16, 12, 28, 32),
    "aes256gcm": (2, 32, 12, 28, 32),
    "aegis256": (3, 32, 32, 48, None),
    "aegis256x2": (4, 32, 32, 48, None),
    "aegis256x4": (5, 32, 32, 48, None),
    "aegis128l": (6, 16, 16, 32, 48),
    "aegis128x2": (7, 16, 16, 32, 48),
    "aegis128x4": (8, 16, 16, 32, 48),
    "chacha20poly1305": (9, 32, 12, 28, 32),
}


def test_the_catalogue_is_that_of_every_language() -> None:
    found = {
        str(cipher): (
            cipher.number,
            cipher.key_length,
            cipher.nonce_length,
            cipher.reserved_length,
            cipher.max_random_seals and cipher.max_random_seals.bit_length() - 1,
        )
        for cipher in pagecrypt.ciphers()
    }
    assert found == CATALOGUE
    assert tuple(Cipher) == pagecrypt.ciphers()


def test_a_cipher_has_limits_and_an_engine(cipher: Cipher) -> None:
    assert cipher.tag_length == pagecrypt.TAG_LENGTH == 16
    assert cipher.max_message_length >= 2**36 - 32
    assert cipher.max_random_seals is None or cipher.max_random_seals in (2**32, 2**48)
    assert isinstance(cipher.engine, Engine)
    assert cipher.engine is key_engine(cipher)


def key_engine(cipher: Cipher) -> Engine:
    return Key.generate(cipher).engine


def test_names_and_numbers_lead_back_to_the_cipher(cipher: Cipher) -> None:
    spellings = (cipher.value, cipher.hyphenated_name, cipher.value.upper(), cipher.hyphenated_name.replace("-", "_"))
    assert [Cipher.from_name(spelling) for spelling in spellings] == [cipher] * len(spellings)
    assert Cipher.from_number(cipher.number) is cipher
    assert Cipher(cipher.value) is cipher
    assert isinstance(cipher, str)
    assert f"{cipher}" == cipher.value
    assert pickle.loads(pickle.dumps(cipher)) is cipher


def test_every_spelling_is_taken_where_a_cipher_is(cipher: Cipher) -> None:
    secret = bytes(cipher.key_length)
    for spelling in (cipher, cipher.value, cipher.hyphenated_name, cipher.value.upper()):
        assert Key.from_bytes(secret, spelling).cipher is cipher
        assert Key.generate(spelling).cipher is cipher


@pytest.mark.parametrize("name", ["", "aes", "aegis-256-x2", " aegis256", "AEGIS256\0", "é"])
def test_other_names_are_no_cipher(name: str) -> None:
    for take in (Cipher.from_name, Key.generate, lambda name: Key.from_bytes(bytes(32), name)):
        with pytest.raises(UnknownCipherError, match="aegis256"):
            take(name)


@pytest.mark.parametrize("number", [0, 10, 255, 256, -1, 2**31, 2**64, -(2**64)])
def test_other_numbers_are_no_cipher(number: int) -> None:
    with pytest.raises(UnknownCipherError):
        Cipher.from_number(number)


def test_engines_are_those_of_this_cpu() -> None:
    here = pagecrypt.engines()
    assert here
    assert all(engine.is_available for engine in here)
    assert {engine for engine in Engine if engine.is_available} == set(here)
    assert Engine.from_name("portable") in here
    assert all(Engine.from_name(engine.value.upper()) is engine for engine in here)
    assert all(pickle.loads(pickle.dumps(engine)) is engine for engine in Engine)


def test_an_engine_that_is_not_here_is_refused() -> None:
    key = Key.generate()
    for engine in set(Engine) - set(pagecrypt.engines()):
        with pytest.raises(UnknownEngineError, match="portable"):
            key.with_engine(engine)
    with pytest.raises(UnknownEngineError):
        Engine.from_name("warp9")


def test_pagecrypt_engine_limits_the_choice() -> None:
    program = "import pagecrypt; print(pagecrypt.Cipher.AEGIS256.engine, pagecrypt.Key.generate('aegis256').engine)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PAGECRYPT_ENGINE": "portable"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "portable portable\n"


def test_a_wrong_pagecrypt_engine_is_a_typed_error() -> None:
    program = (
        "import pagecrypt\n"
        "for ask in (lambda: pagecrypt.Cipher.AEGIS256.engine, lambda: pagecrypt.Key.generate('aegis256'),\n"
        "            lambda: pagecrypt.Key.from_bytes(bytes(32), 'aegis256')):\n"
        "    try: ask()\n"
        "    except pagecrypt.UnknownEngineError as error: print(error.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PAGECRYPT_ENGINE": "warp9"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "unknown_engine\n" * 3


def test_pending_byte_page() -> None:
    assert pagecrypt.PENDING_BYTE == 2**30
    assert pagecrypt.pending_byte_page(4096) == 2**30 // 4096 + 1
    for size in (0, 1, 511, 1000, 65537, 131072, -4096, 2**64, -(2**70)):
        with pytest.raises(pagecrypt.PageSizeError):
            pagecrypt.pending_byte_page(size)


@pytest.mark.parametrize(
    "enumeration",
    [
        pagecrypt.Cipher,
        pagecrypt.Engine,
        pagecrypt.Format,
        pagecrypt.RecordFormat,
        pagecrypt.Padding,
        pagecrypt.Encoding,
        pagecrypt.Way,
        pagecrypt.FileFormat,
        pagecrypt.LockedBy,
        pagecrypt.Unit,
        pagecrypt.ByteOrder,
    ],
    ids=lambda enumeration: enumeration.__name__,
)
def test_enumerations_are_of_strings(enumeration: type[enum.StrEnum]) -> None:
    assert issubclass(enumeration, enum.StrEnum)
    assert len(set(enumeration)) == len(enumeration.__members__) > 0
    for member in enumeration:
        assert member.value == member.value.lower()
        assert member.name == member.value.upper()
        assert pickle.loads(pickle.dumps(member)) is member


def test_a_format_can_be_named() -> None:
    key = Key.generate()
    assert PageCodec(key, format="turso").format is pagecrypt.Format.TURSO
    with pytest.raises(pagecrypt.PagecryptError):
        PageCodec(key, format="zip")  # type: ignore[arg-type]
