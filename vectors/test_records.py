"""The other implementation of bound records reads what it has written, and what `pagecrypt record seal` seals.

The command is the one in target/shipped/release, or what the variable PAGECRYPT names.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pyaegis
import pytest
import records
from cryptography.exceptions import InvalidTag

FILE = json.loads((records.HERE / "records.json").read_text())
COMMAND = os.environ.get("PAGECRYPT") or records.HERE.parent / "target/shipped/release/pagecrypt"


# Of another key id or form, and not authentic.
REFUSED = (ValueError, InvalidTag, pyaegis.DecryptionError)


def number(text: str | None) -> int | None:
    return None if text is None else int(text)


def case_of(written: dict[str, Any]) -> dict[str, Any]:
    return written | {name: number(written[name]) for name in ("sequence", "clock")}


@pytest.mark.parametrize("written", FILE["records"])
def test_a_record_opens_in_its_place_and_not_with_a_byte_changed(written: dict[str, Any]) -> None:
    case, record = case_of(written), bytes.fromhex(written["record"])
    text, clock, reseals = records.open_record(case, record)
    assert (text.hex(), clock, reseals) == (case["plaintext"], case["clock"], case["reseals"])
    for at in {0, 3, len(record) // 2, len(record) - 1}:
        with pytest.raises(REFUSED):
            records.open_record(case, record[:at] + bytes([record[at] ^ 1]) + record[at + 1 :])
    with pytest.raises(REFUSED):
        records.open_record(case | {"sequence": 77}, record)


@pytest.mark.parametrize("written", FILE["entries"])
def test_an_entry_is_what_was_sealed_however_it_is_padded(written: dict[str, Any]) -> None:
    text, _, _ = records.open_record(case_of(written), bytes.fromhex(written["record"]))
    expected = [written[name] for name in ("path", "type", "schema", "body")]
    assert [part.hex() for part in records.parts_of(text)] == expected


def sealed_by_the_command(case: dict[str, Any], line: dict[str, Any], folder: Path, *more: str) -> dict[str, str]:
    """What the command makes of a line of JSON."""
    key = folder / "key"
    key.write_text(case["key"])
    key.chmod(0o600)
    ids = {"stream": "--stream-id", "writer": "--writer-id", "store": "--store-id"}
    context = [part for name, flag in ids.items() if name in case["context"] for part in (flag, case["context"][name])]
    command = [COMMAND, "record", "seal", "--format", "bound", "--framing", "json-lines", "--key-file", key]
    command += ["--cipher", case["cipher"], *context, *more]
    done = subprocess.run(command, input=json.dumps(line), capture_output=True, text=True, check=True)
    sealed: dict[str, str] = json.loads(done.stdout)
    return sealed


@pytest.mark.parametrize(
    ("cipher", "kind", "clock"), list(product(records.CIPHERS, ["stream", "writer"], [None, 0, 2**64 - 1]))
)
def test_what_the_command_seals_opens_here(cipher: str, kind: str, clock: int | None, tmp_path: Path) -> None:
    context = {"kind": kind, "stream": secrets.token_hex(32)}
    if kind == "writer":
        context["writer"] = secrets.token_hex(16)
    for length, sequence in ((0, None), (1, 0), (1000, 2**64 - 2)):
        text = secrets.token_bytes(length)
        case = {"cipher": cipher, "key": secrets.token_hex(records.CIPHERS[cipher][1])}
        place: dict[str, Any] = {"context": context, "sequence": sequence, "token": None}
        line: dict[str, Any] = {"plaintext": base64.b64encode(text).decode()}
        line |= {} if clock is None else {"clock": clock}
        line |= {} if sequence is None else {"sequence": sequence}
        sealed = sealed_by_the_command(case | place, line, tmp_path)
        record = base64.b64decode(sealed["record"])
        assert records.open_record(case | place, record) == (text, clock, 0)


@pytest.mark.parametrize(("cipher", "padding"), list(product(records.CIPHERS, ["none", "padme"])))
def test_what_the_command_seals_of_a_store_opens_here(cipher: str, padding: str, tmp_path: Path) -> None:
    token_key, body = secrets.token_bytes(32), secrets.token_bytes(300)
    (tmp_path / "token.key").write_text(token_key.hex())
    (tmp_path / "token.key").chmod(0o600)
    context = {"kind": "store", "store": secrets.token_hex(16)}
    case = {"cipher": cipher, "key": secrets.token_hex(records.CIPHERS[cipher][1]), "context": context}
    line = {"path": "a/\u00e4", "type": "t", "schema": "1", "body": base64.b64encode(body).decode(), "clock": 5}
    more = ["--token-key-file", str(tmp_path / "token.key"), "--padding", padding]
    sealed = sealed_by_the_command(case, line, tmp_path, *more)
    assert sealed["token"] == records.sha256_mac(token_key, "a/\u00e4".encode()).hex()
    place = {"token": sealed["token"], "sequence": None}
    text, clock, _ = records.open_record(case | place, base64.b64decode(sealed["record"]))
    assert records.parts_of(text) == ("a/\u00e4".encode(), b"t", b"1", body)
    assert clock == 5
