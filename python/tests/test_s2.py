"""S2: its samples, its verdicts on good and bad records, its answers."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable
from typing import Any

import pagecrypt
import pytest
from pagecrypt import (
    AuthenticationError,
    BufferLengthError,
    Cipher,
    CipherMismatchError,
    Context,
    InvalidArgumentError,
    Key,
    KeyLengthError,
    KeyRequiredError,
    KeyTextError,
    MalformedError,
    MeteredSizeError,
    NotEncryptedError,
    PagecryptError,
    RecordCodec,
    RecordFormat,
    UnsupportedFormatError,
    UsageLimitError,
    s2,
)
from samples import key_of

import vectors

SAMPLES: list[dict[str, Any]] = vectors.read_json("s2/records.json")["records"]
COMMANDS: list[dict[str, Any]] = vectors.read_json("s2/records.json")["command_records"]
CASES: list[dict[str, Any]] = vectors.read_json("s2/decoder_outcomes.json")["cases"]
CIPHERS = ("aegis256", "aes256gcm")
ENVELOPE = s2.Envelope((s2.Header(b"k", b"v"),), b"body")


def codec_of(cipher: str = "aegis256") -> RecordCodec:
    return RecordCodec.s2(key_of(Cipher(cipher)), bytes(32))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["id"])
def test_what_s2_has_sealed_opens(sample: dict[str, Any]) -> None:
    stored, encrypted = bytes.fromhex(sample["stored_hex"]), bytes.fromhex(sample["encrypted_hex"])
    stream = s2.stream_id(sample["basin"], sample["stream"])
    assert stream == bytes.fromhex(sample["aad_hex"])
    key = s2.key_from_header(sample["key_base64"], sample["cipher"])
    assert key.to_bytes() == bytes.fromhex(sample["key_hex"])
    codec = RecordCodec.s2(key, stream)
    encoded = codec.open(encrypted)
    envelope = s2.Envelope.decode(encoded)
    assert [(header.name.hex(), header.value.hex()) for header in envelope.headers] == [
        tuple(pair) for pair in sample["headers_hex"]
    ]
    assert envelope.body.hex() == sample["body_hex"]
    assert envelope.encode() == encoded == bytes.fromhex(sample["envelope_hex"])
    assert envelope.metered_size == sample["metered_size"]
    assert s2.open_stored(codec, stored) == envelope
    assert s2.decode_stored(stored) == s2.Encrypted(sample["metered_size"], encrypted)
    assert s2.encode_stored(s2.Encrypted(sample["metered_size"], encrypted)) == stored
    again = codec.seal(encoded)
    assert (len(again), codec.open(again)) == (len(encrypted), encoded)


def test_commands_are_s2s_and_stay_in_clear() -> None:
    commands: tuple[s2.Trim | s2.Fence, ...] = (s2.Trim(42), s2.Fence(""))
    for sample, command in zip(COMMANDS, commands, strict=True):
        stored = bytes.fromhex(sample["stored_hex"])
        assert s2.encode_stored(command) == stored
        assert s2.decode_stored(stored) == s2.open_stored(codec_of(), stored) == command
        assert command.metered_size == sample["metered_size"]
    fence = s2.Fence("ü" * 18)
    assert s2.decode_stored(s2.encode_stored(fence)) == fence


VERDICTS: dict[str, type[PagecryptError]] = {
    'MalformedDecryptedRecord(InvalidValue("HeaderFlag", "missing"))': MalformedError,
    'MalformedDecryptedRecord(InvalidValue("HeaderName", "empty"))': MalformedError,
    'MalformedDecryptedRecord(Truncated("HeaderName"))': MalformedError,
    'MalformedDecryptedRecord(Truncated("HeaderNameLen"))': MalformedError,
    'Truncated("MagicByte")': MalformedError,
    'InvalidValue("MagicByte", "invalid metered_size_varlen")': MalformedError,
    'InvalidValue("MagicByte", "invalid record type ordinal")': UnsupportedFormatError,
    'Truncated("EncryptedRecordFormatId")': MalformedError,
    'InvalidValue("EncryptedRecord", "invalid encrypted record format id")': UnsupportedFormatError,
    'Truncated("EncryptedRecordFrame")': MalformedError,
    "AlgorithmMismatch { expected: Some(Aegis256), actual: Some(Aes256Gcm) }": CipherMismatchError,
    "AlgorithmMismatch { expected: Some(Aegis256), actual: None }": NotEncryptedError,
    "AuthenticationFailed": AuthenticationError,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_input_gets_s2s_verdict(case: dict[str, Any]) -> None:
    given, wanted = case["input"], case["outcome"]
    key = s2.key_from_header(given["key_b64"], given["cipher"])
    codec, stored = RecordCodec.s2(key, bytes.fromhex(given["aad_hex"])), bytes.fromhex(given["stored_hex"])
    if not wanted["ok"]:
        with pytest.raises(VERDICTS[wanted["debug"]]):
            s2.open_stored(codec, stored)
        if wanted["stage"] == "decode":
            with pytest.raises(VERDICTS[wanted["debug"]]):
                s2.decode_stored(stored)
        return
    envelope = s2.open_stored(codec, stored)
    assert isinstance(envelope, s2.Envelope)
    assert envelope.metered_size == wanted["metered_size"]
    assert [[header.name.hex(), header.value.hex()] for header in envelope.headers] == wanted["headers_hex"]
    assert hashlib.sha256(envelope.body).hexdigest() == wanted["body_sha256"]


@pytest.mark.parametrize("cipher", CIPHERS)
def test_a_record_forged_at_any_byte_does_not_open(cipher: str) -> None:
    codec = codec_of(cipher)
    record = codec.seal(ENVELOPE.encode(), sequence=3)
    assert s2.Envelope.decode(codec.open(record)) == ENVELOPE
    for at in range(len(record)):
        forged = bytearray(record)
        forged[at] ^= 4
        with pytest.raises(UnsupportedFormatError if at == 0 else AuthenticationError):
            codec.open(forged)
    for end in range(len(record)):
        with pytest.raises((AuthenticationError, MalformedError)):
            codec.open(record[:end])


def test_a_record_opens_in_its_stream_only() -> None:
    key = key_of(Cipher.AEGIS256)
    one, other = (RecordCodec.s2(key, s2.stream_id("basin", name)) for name in ("one", "other"))
    record = one.seal(ENVELOPE.encode())
    with pytest.raises(AuthenticationError):
        other.open(record)
    with pytest.raises(CipherMismatchError):
        codec_of("aes256gcm").open(record)


def test_a_batch_is_its_records() -> None:
    envelopes = [s2.Envelope((), bytes(37 * i)).encode() for i in range(70)]
    records = codec_of().seal_batch(envelopes, sequences=range(70))
    assert codec_of().open_batch(records) == envelopes


def test_another_metered_size_is_refused() -> None:
    codec = codec_of()
    record = codec.seal(ENVELOPE.encode())
    right, wrong = (s2.encode_stored(s2.Encrypted(size, record)) for size in (ENVELOPE.metered_size, 99))
    assert s2.open_stored(codec, right) == ENVELOPE
    with pytest.raises(MeteredSizeError) as caught:
        s2.open_stored(codec, bytearray(wrong))
    assert (caught.value.stored, caught.value.actual) == (99, ENVELOPE.metered_size)


def test_an_envelope_in_clear_passes_in_a_stream_without_encryption_only() -> None:
    plain = s2.Plaintext(ENVELOPE)
    stored = s2.encode_stored(plain)
    assert s2.decode_stored(stored) == plain
    assert plain.metered_size == ENVELOPE.metered_size == 8 + 2 + 2 + 4
    with pytest.raises(NotEncryptedError):
        s2.open_stored(codec_of(), stored)


def test_what_the_format_cannot_bind_is_refused() -> None:
    codec, gcm, encoded = codec_of(), codec_of("aes256gcm"), ENVELOPE.encode()
    assert (codec.format, codec.key_id) == (RecordFormat.S2, None)
    assert codec.needs_reseal(codec.seal(encoded)) is False
    overheads = [pagecrypt.record_overhead(cipher, "s2") for cipher in ("aegis256", "aes256gcm", "aegis128l")]
    assert overheads == [49, 29, None]
    gcm.seal(encoded, sequence=s2.MAX_AES256GCM_SEQUENCE)
    wrong: list[tuple[type[Exception], Callable[[], object]]] = [
        (UsageLimitError, lambda: gcm.seal(encoded, sequence=s2.MAX_AES256GCM_SEQUENCE + 1)),
        (InvalidArgumentError, lambda: codec.seal(encoded, clock=1)),
        (InvalidArgumentError, lambda: codec.seal(encoded, token=bytes(32))),
        (InvalidArgumentError, lambda: codec.open(codec.seal(encoded), sequence=0)),
        (MalformedError, lambda: codec.seal(b"")),
        (InvalidArgumentError, lambda: codec.with_decrypt_only_key(Key.generate())),
        (InvalidArgumentError, lambda: codec.reseal(codec.seal(encoded))),
        (UnsupportedFormatError, lambda: RecordCodec.s2(Key.generate("aegis128l"), bytes(32))),
        (BufferLengthError, lambda: RecordCodec.s2(Key.generate(), b"stream")),
        (InvalidArgumentError, lambda: s2.stream_id("a\0b", "c")),
        (InvalidArgumentError, lambda: s2.stream_id("\udc80", "c")),
        (TypeError, lambda: s2.stream_id(b"a", "c")),  # type: ignore[arg-type]
        (InvalidArgumentError, lambda: s2.Envelope((s2.Header(b"", b"v"),)).encode()),
        (InvalidArgumentError, lambda: s2.Envelope((), bytes(s2.MAX_METERED_SIZE - 7)).encode()),
        (TypeError, lambda: s2.Envelope(("kv",)).encode()),  # type: ignore[arg-type]
        (TypeError, lambda: s2.Envelope(7).encode()),  # type: ignore[arg-type]
        (TypeError, lambda: s2.Envelope((), "body").encode()),  # type: ignore[arg-type]
        (InvalidArgumentError, lambda: s2.encode_stored(s2.Fence("t" * (s2.MAX_FENCING_TOKEN_LENGTH + 1)))),
        (InvalidArgumentError, lambda: s2.encode_stored(s2.Trim(-1))),
        (TypeError, lambda: s2.encode_stored(b"")),  # type: ignore[arg-type]
        (MalformedError, lambda: s2.encode_stored(s2.Encrypted(8, b""))),
        (TypeError, lambda: s2.answer(ValueError())),  # type: ignore[arg-type]
        (TypeError, lambda: s2.open_stored(Key.generate(), b"")),  # type: ignore[arg-type]
        (
            InvalidArgumentError,
            lambda: s2.open_stored(
                RecordCodec.bound(Key.generate(), Context.stream(bytes(32))), s2.encode_stored(s2.Trim(1))
            ),
        ),
    ]
    for error, call in wrong:
        with pytest.raises(error):
            call()


def test_keys_are_read_as_s2_reads_them() -> None:
    secret = bytes(range(32))
    text = base64.b64encode(secret).decode()
    for value in (text, f" {text}\n", text.encode()):
        assert s2.key_from_header(value, "aes256gcm") == Key.from_bytes(secret, "aes256gcm")
    assert s2.key_from_header(text).cipher is Cipher.AEGIS256
    wrong: list[tuple[type[PagecryptError], Any, str]] = [
        (KeyRequiredError, None, "aegis256"),
        (KeyTextError, "", "aegis256"),
        (KeyTextError, secret.hex(), "aegis256"),
        (KeyTextError, text[:-1], "aegis256"),
        (KeyTextError, b"\xff" * 44, "aegis256"),
        (KeyLengthError, base64.b64encode(secret[1:]).decode(), "aegis256"),
        (UnsupportedFormatError, text, "aegis128l"),
    ]
    for error, value, cipher in wrong:
        with pytest.raises(error) as caught:
            s2.key_from_header(value, cipher)
        assert text[:20] not in str(caught.value)
    with pytest.raises(KeyTextError) as too_long:
        s2.key_from_header(secret.hex())
    assert too_long.value.got == 64


def test_answers_are_s2s() -> None:
    for error, documented, lite in (
        (KeyRequiredError(), (422, "invalid"), (400, "bad_header")),
        (KeyTextError(), (422, "invalid"), (400, "bad_header")),
        (KeyLengthError(), (422, "invalid"), (400, "bad_header")),
        (AuthenticationError(), (400, "decryption_failed"), (400, "decryption_failed")),
        (UsageLimitError(), (422, "invalid"), (422, "invalid")),
        (InvalidArgumentError(), None, (422, "invalid")),
        (CipherMismatchError(), None, (500, "storage")),
        (NotEncryptedError(), None, (500, "storage")),
        (UnsupportedFormatError(), None, (500, "storage")),
        (MalformedError(), None, (500, "storage")),
        (MeteredSizeError(), None, (500, "storage")),
    ):
        wanted = s2.Answer(documented and s2.Status(*documented), s2.Status(*lite))
        assert s2.answer(error) == wanted, error.name
    for other in (pagecrypt.PageNumberError(), pagecrypt.UnknownKeyIdError(), pagecrypt.InternalError()):
        assert s2.answer(other) is None


def test_reprs_show_no_plaintext() -> None:
    secret = s2.Envelope((s2.Header(b"secret-name", b"secret-value"),), b"secret-body")
    shown = repr([secret, s2.Plaintext(secret), *secret.headers])
    assert "secret" not in shown
    assert repr(secret) == "<pagecrypt.s2.Envelope headers=1 body_length=11>"


def test_envelopes_of_every_width_come_back() -> None:
    for name, value, count in itertools.product((1, 255, 256), (0, 255, 256, 65536), (1, 3)):
        envelope = s2.Envelope((s2.Header(bytes([7]) * name, bytes(value)),) * count, b"body")
        assert s2.Envelope.decode(envelope.encode()) == envelope
