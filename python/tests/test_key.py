"""Keys: made, compared, given away only on request."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from buffers import NO_BUFFERS, READABLE, strided
from pagecrypt import Cipher, Encoding, Engine, Key, KeyLengthError, KeyTextError, engines


def test_bytes_come_back(cipher: Cipher) -> None:
    secret = bytes(range(cipher.key_length))
    key = Key.from_bytes(secret, cipher)
    assert key.cipher is cipher
    assert key.to_bytes() == secret
    assert type(key.to_bytes()) is bytes
    assert key.seals == 0


@pytest.mark.parametrize("kind", READABLE)
def test_a_key_is_made_of_every_buffer(kind: str) -> None:
    secret = bytes(range(32))
    assert Key.from_bytes(READABLE[kind](secret), "aegis256").to_bytes() == secret


def test_text_comes_back(cipher: Cipher) -> None:
    key = Key.generate(cipher)
    secret = key.to_bytes()
    assert key.to_text() == key.to_text("base64") == key.to_text(Encoding.BASE64) == base64.b64encode(secret).decode()
    assert key.to_text("hex") == key.to_text(Encoding.HEX) == secret.hex()
    for text in (key.to_text(), key.to_text("hex"), f" {secret.hex().upper()}\r\n"):
        for form in (text, text.encode(), bytearray(text.encode()), memoryview(text.encode())):
            assert Key.from_text(form, cipher) == key


def test_without_a_cipher_the_length_decides() -> None:
    assert Key.from_text("00" * 16).cipher is Cipher.AEGIS128L
    assert Key.from_text("00" * 32, None).cipher is Cipher.AEGIS256
    assert Key.generate().cipher is Cipher.AEGIS256


def test_generated_keys_differ(cipher: Cipher) -> None:
    keys = {Key.generate(cipher).to_bytes() for _ in range(20)}
    assert len(keys) == 20
    assert {len(key) for key in keys} == {cipher.key_length}


@pytest.mark.parametrize("length", [0, 1, 15, 17, 24, 31, 33, 64, 10_000])
def test_a_wrong_length_is_told(cipher: Cipher, length: int) -> None:
    with pytest.raises(KeyLengthError) as caught:
        Key.from_bytes(bytes(length), cipher)
    assert (caught.value.expected, caught.value.got) == (cipher.key_length, length)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "text", ["", " ", "0" * 31, "0x" + "0" * 32, "g" * 32, "é" * 32, "\udc80" * 32, "\0" * 32, "0" * 100_000]
)
@pytest.mark.parametrize("encode", [False, True])
def test_other_text_is_no_key(text: str, encode: bool) -> None:
    form = text.encode(errors="surrogatepass") if encode else text
    with pytest.raises(KeyTextError):
        Key.from_text(form)


def test_bytes_that_are_no_utf8_are_no_key() -> None:
    with pytest.raises(KeyTextError):
        Key.from_text(b"\xff" * 32)


def test_text_of_another_length_than_the_ciphers() -> None:
    with pytest.raises(KeyLengthError) as caught:
        Key.from_text("00" * 16, "aegis256")
    assert (caught.value.expected, caught.value.got) == (32, 16)


def test_another_cipher_or_engine_makes_another_key() -> None:
    key = Key.from_bytes(bytes(range(32)), "aegis256")
    other = key.with_cipher("aes256gcm")
    assert (other.cipher, key.cipher) == (Cipher.AES256GCM, Cipher.AEGIS256)
    assert other.to_bytes() == key.to_bytes()
    with pytest.raises(KeyLengthError):
        key.with_cipher("aegis128l")
    for engine in engines():
        limited = key.with_engine(engine)
        assert limited == key
        assert list(Engine).index(limited.engine) <= list(Engine).index(engine)
        assert key.with_engine(engine.value).engine is limited.engine


def test_equality_is_of_cipher_and_bytes() -> None:
    secret = bytes(range(32))
    key = Key.from_bytes(secret, "aegis256")
    assert key == Key.from_bytes(secret, "aegis256")
    assert key != Key.from_bytes(secret, "aes256gcm")
    assert key != Key.from_bytes(secret[:-1] + b"\0", "aegis256")
    assert key != secret
    assert key != None  # noqa: E711
    assert (key == object()) is False


def test_a_key_is_no_dictionary_key() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Key.generate())


def test_a_key_has_no_order() -> None:
    with pytest.raises(TypeError):
        assert Key.generate() < Key.generate()  # type: ignore[operator]


def test_a_key_is_made_by_its_class_methods_only() -> None:
    with pytest.raises(TypeError):
        Key()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Key(bytes(32), "aegis256")  # type: ignore[arg-type, call-arg]
    with pytest.raises(TypeError):
        type("Mine", (Key,), {})


def test_a_key_does_not_change() -> None:
    key: Any = Key.generate()
    for name in ("cipher", "engine", "seals", "secret", "__dict__", "__class__"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(key, name, "other")
    with pytest.raises((AttributeError, TypeError)):
        del key.cipher
    with pytest.raises(TypeError):
        vars(key)


@pytest.mark.parametrize("value", NO_BUFFERS, ids=repr)
def test_what_is_no_buffer_is_no_key(value: Any) -> None:
    with pytest.raises(TypeError):
        Key.from_bytes(value, "aegis256")


@pytest.mark.parametrize("kind", strided(32))
def test_a_key_in_pieces_is_refused(kind: str) -> None:
    with pytest.raises((BufferError, TypeError)):
        Key.from_bytes(strided(32)[kind], "aegis256")


def test_what_was_given_may_be_wiped_afterwards() -> None:
    secret = bytearray(range(32))
    key = Key.from_bytes(secret, "aegis256")
    secret[:] = bytes(32)
    secret.clear()
    assert key.to_bytes() == bytes(range(32))
