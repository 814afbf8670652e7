"""The error cases of `vectors/errors.json`, which every language runs."""

from __future__ import annotations

import collections
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pagecrypt
import pytest
from pagecrypt import Aead, AuthenticationError, Cipher, Engine, Key, PageCodec, PagecryptError, TursoHeader, Unit
from samples import files_in

import vectors

FILE = vectors.read_json("errors.json")
Case = dict[str, Any]
UNTOUCHED = b"\xc3"


def outcome(call: Callable[[], object]) -> PagecryptError | None:
    try:
        call()
    except PagecryptError as error:
        return error
    return None


def check(case: Case, error: PagecryptError | None) -> None:
    """Whether it failed as the case says."""
    if case["error"] is None:
        assert error is None, error
        return
    assert error is not None, "it succeeded"
    got = {"name": error.name, "number": int(error.code), "exit_code": error.code.exit_code}
    assert got == case["error"], error
    for part in case.get("says", []):
        assert part in str(error)
    if "failed_pages" in case:
        assert isinstance(error, AuthenticationError)
        assert (error.unit, list(error.numbers)) == (Unit.PAGE, case["failed_pages"])


def make_key(key: str, cipher: str) -> Key:
    return Key.from_bytes(bytes.fromhex(key), cipher)


def cipher_from_name(case: Case, name: str) -> None:
    check(case, outcome(lambda: Cipher.from_name(name)))
    check(case, outcome(lambda: Key.generate(name)))


def cipher_from_number(case: Case, number: int) -> None:
    check(case, outcome(lambda: Cipher.from_number(number)))


def engine_from_name(case: Case, name: str) -> None:
    check(case, outcome(lambda: Engine.from_name(name)))
    check(case, outcome(lambda: Key.generate().with_engine(name)))


def key_from_text(case: Case, text: str, cipher: str | None) -> None:
    check(case, outcome(lambda: Key.from_text(text, cipher)))
    check(case, outcome(lambda: Key.from_text(text.encode(), cipher)))


def key_from_bytes(case: Case, bytes: dict[str, Any], cipher: str) -> None:
    check(case, outcome(lambda: Key.from_bytes(vectors.described_bytes(bytes), cipher)))


def page_codec_new(case: Case, key: str, cipher: str, format: Any, page_size: int) -> None:
    check(case, outcome(lambda: PageCodec(make_key(key, cipher), page_size, format=format)))


def pages_case(
    case: Case,
    key: str,
    cipher: str,
    format: Any,
    page_size: int,
    first: int,
    pages: dict[str, Any],
    to_length: int = -1,
) -> None:
    codec = PageCodec(make_key(key, cipher), page_size, format)
    source = bytes(vectors.described_bytes(pages))
    does = case["operation"].removesuffix("_pages")  # "seal" or "open"

    def check_written(error: PagecryptError | None, before: bytes, after: bytearray) -> None:
        if error is not None and not isinstance(error, AuthenticationError):
            assert after == before, "something was written"
        elif error is not None:
            for i in range(len(after) // page_size):
                zeros = not any(after[i * page_size : (i + 1) * page_size])
                assert zeros == (first + i in case["failed_pages"]), f"page {first + i}"

    length = len(source) if to_length < 0 else to_length
    into, from_ = bytearray(UNTOUCHED * length), bytearray(source)
    error = outcome(lambda: getattr(codec, f"{does}_pages_into")(first, from_, into))
    check(case, error)
    check_written(error, UNTOUCHED * length, into)
    assert from_ == source
    if to_length >= 0:
        return
    buffer = bytearray(source)
    error = outcome(lambda: getattr(codec, f"{does}_pages")(first, buffer))
    check(case, error)
    check_written(error, source, buffer)
    check(case, outcome(lambda: getattr(codec, {"seal": "sealed_pages", "open": "opened_pages"}[does])(first, from_)))
    if len(source) == page_size:
        check(case, outcome(lambda: getattr(codec, f"{does}_page")(first, from_)))
    assert from_ == source


def turso_header(case: Case, bytes: dict[str, Any]) -> None:
    check(case, outcome(lambda: TursoHeader.parse(vectors.described_bytes(bytes))))


def message_case(
    case: Case,
    key: str,
    cipher: str,
    nonce: str,
    associated_data: str,
    text: dict[str, Any],
    tag: str = "",
    to_length: int = -1,
) -> None:
    aead = Aead(make_key(key, cipher))
    given: dict[str, Any] = {"nonce": bytes.fromhex(nonce), "associated_data": bytes.fromhex(associated_data)}
    source, end = bytes(vectors.described_bytes(text)), bytes.fromhex(tag)
    length = len(source) if to_length < 0 else to_length
    seals = case["operation"] == "seal_message"
    if to_length >= 0:
        # The tag is a part of the text here: both lengths are longer by it.
        into = bytearray(UNTOUCHED * (length + (16 if seals else 0)))
        call = aead.seal_into if seals else aead.open_into
        error = outcome(lambda: call(source + end, into, **given))
        more = 16 if seals else 0
        assert error is not None
        assert (error.name, error.expected, error.got) == (  # type: ignore[attr-defined]
            case["error"]["name"],
            len(source) + more,
            length + more,
        )
        assert into == UNTOUCHED * len(into)
        return
    batch = {"nonces": [given["nonce"]], "associated_data": given["associated_data"]}
    buffer = bytearray(source)
    into = bytearray(UNTOUCHED * (length + (16 if seals else 0)))
    if seals:
        check(case, outcome(lambda: aead.seal(source, **given)))
        check(case, outcome(lambda: aead.seal_batch([source], **batch)))
        error = outcome(lambda: aead.seal_detached(buffer, **given))
        check(case, outcome(lambda: aead.seal_into(source, into, **given)))
        assert (buffer == source) == (error is not None)
        assert (into == UNTOUCHED * len(into)) == (error is not None)
    else:
        check(case, outcome(lambda: aead.open(source + end, **given)))
        check(case, outcome(lambda: aead.open_batch([source + end], **batch)))
        error = outcome(lambda: aead.open_detached(buffer, end, **given))
        check(case, outcome(lambda: aead.open_into(source + end, into, **given)))
        left = {True: bytes(length), False: source}[isinstance(error, AuthenticationError)]
        assert error is None or buffer == left
        assert error is None or into == (left if isinstance(error, AuthenticationError) else UNTOUCHED * length)
    check(case, error)


def file_case(
    case: Case,
    folder: Path,
    key: str = "",
    cipher: str = "",
    force: bool = False,
    cancel: bool = False,
    **files: dict[str, Any],
) -> None:
    database, destination = folder / "database", folder / "destination"
    for name, description in files.items():
        (folder / name.replace("_", "-")).write_bytes(vectors.described_bytes(description))
    before = files_in(folder)
    more: dict[str, Any] = {"wait": 0}
    if cancel:
        more["progress"] = lambda done, total: False
    operation = case["operation"]
    if operation == "inspect_file":
        error = outcome(lambda: pagecrypt.inspect_file(database))
    elif operation == "verify_file":
        error = verify(database, make_key(key, cipher), more)
    elif operation == "encrypt_file":
        given = (database, destination, make_key(key, cipher))
        error = outcome(lambda: pagecrypt.encrypt_file(*given, force=force, **more))
    else:
        given = (database, destination, make_key(key, cipher))
        compact = operation == "decrypt_file_compact"
        error = outcome(lambda: pagecrypt.decrypt_file(*given, force=force, compact=compact, **more))
    check(case, error)
    after = files_in(folder)
    if error is None and operation not in ("inspect_file", "verify_file"):
        new = after.pop("destination")
        before.pop("destination", None)
        if operation == "encrypt_file":
            assert new.startswith(b"Turso")
            assert pagecrypt.verify_file(destination, make_key(key, cipher)).intact
        else:
            assert new.startswith(b"SQLite format 3\0")
    assert after == before


def verify(path: Path, key: Key, more: dict[str, Any]) -> PagecryptError | None:
    """What a report finds counts as its error."""
    try:
        report = pagecrypt.verify_file(path, key, **more)
    except PagecryptError as error:
        return error
    assert report.intact is (report.error is None)
    raised = outcome(report.require_intact)
    assert (type(raised), str(raised)) == (type(report.error), str(report.error))
    return report.error


OPERATIONS: dict[str, Callable[..., None]] = {
    "cipher_from_name": cipher_from_name,
    "cipher_from_number": cipher_from_number,
    "engine_from_name": engine_from_name,
    "key_from_text": key_from_text,
    "key_from_bytes": key_from_bytes,
    "page_codec_new": page_codec_new,
    "seal_pages": pages_case,
    "open_pages": pages_case,
    "turso_header": turso_header,
    "seal_message": message_case,
    "open_message": message_case,
}
FILE_OPERATIONS = ("inspect_file", "verify_file", "decrypt_file", "decrypt_file_compact", "encrypt_file")


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: f"{case['operation']}: {case['name']}")
def test_every_case_gives_its_error(case: Case, tmp_path: Path) -> None:
    """An operation or a field that is not known here fails, as it should."""
    if case["operation"] in FILE_OPERATIONS:
        file_case(case, tmp_path, **case["input"])
    else:
        OPERATIONS[case["operation"]](case, **case["input"])


def test_every_operation_has_cases() -> None:
    counts = collections.Counter(case["operation"] for case in FILE["cases"])
    assert counts.keys() == {*OPERATIONS, *FILE_OPERATIONS}
    assert min(counts.values()) >= 3


def test_every_code_has_a_case_or_a_reason_for_having_none() -> None:
    covered = {case["error"]["name"] for case in FILE["cases"] if case["error"]}
    excused = {entry["error"] for entry in FILE["without_case"]}
    assert not covered & excused
    assert covered | excused == {code.name.lower() for code in pagecrypt.ErrorCode}
