"""The driver notices a program that lies, leaves something out, crashes or errs: the programs here are fakes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
import records
import run
from languages import LANGUAGES, Language
from rows import CAPABILITIES, CIPHERS, RECORDS

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"


def fake(name: str, fault: str = "") -> Language:
    return Language(name, command=(sys.executable, str(HERE / "fake_program.py"), fault))


def problems(*languages: Language) -> list[str]:
    return run.matrix(languages, VECTORS).problems


def test_honest_programs_pass() -> None:
    result = run.matrix((fake("One"), fake("Two")), VECTORS)
    assert result.problems == []
    assert {result.cell(CAPABILITIES[0], a, b) for a in result.languages for b in result.languages} == {"9 ok"}
    assert {result.cell(CAPABILITIES[1], a, b) for a in result.languages for b in result.languages} == {
        "8 ok, 1 refused"
    }
    assert {result.cell(CAPABILITIES[4], a, b) for a in result.languages for b in result.languages} == {
        "2 ok, 7 refused"
    }


# What the other program does, and what the driver says of it.
FAULTS = {
    # rows
    "silent-row": "Bad writes: file aegis256 FAILED: no row was printed",
    "row-twice": "Bad reads Good's: printed the row file aegis256 twice",
    "chatter": "Bad reads Good's: printed a line that is no row: 'all fine'",
    "does-not-refuse": "Bad reads Good's: frames chacha20poly1305: ok",
    "refuses": "Bad reads Good's: frames aes256gcm: refused",
    "fails": "Bad reads Good's: messages aegis256x4: FAILED: I said so",
    "crash": "Bad reads Good's: pages aegis256x2: FAILED: no row was printed",
    "exit-1": "Bad writes: ended with exit code 1, which is not what its rows say",
    "exit-0": "Bad reads damaged files of Good: ended with exit code 0, which is not what its rows say",
    # written files
    "no-file": "Bad writes: did not write file-aes128gcm.db",
    "extra-file": "Bad writes: wrote notes, which is no file of the matrix",
    "empty-file": "frames-aegis256: Bad wrote no page",
    "wrong-byte": "Good reads Bad's: pages aegis128l: FAILED: not authentic",
    "other-text": "Good reads Bad's: pages aegis256: FAILED: another text",
    "other-message": "messages-aegis256: the bytes of Bad are not those of Good",
    "short-record": "records-bound-aes256gcm: Bad wrote other records than there must be",
    "cut-records": "records-bound-aes256gcm: Bad wrote other records than there must be",
    "same-record-nonce": "records-bound-aes256gcm: Bad used a nonce again that Bad had used",
    "same-nonce": "pages-aegis128l: Bad used a nonce again that Bad had used",
    # reading
    "believes": "Bad reads damaged files of Good: messages aegis256 ok, not FAILED",
    "changes-files": "Bad reads Good's: and changed the files",
    "no-database": "Bad reads Good's: file aegis256x2: left no file-aegis256x2.plain.db",
    "not-compact": "Bad reads Good's: file aegis256x2: file-aegis256x2.compact.db keeps the bytes reserved for tag "
    "and nonce",
    "cut-database": "Bad reads Good's: file aegis256x2: file-aegis256x2.plain.db: database disk image is malformed",
    "unsound-database": "Bad reads Good's: file aegis256x2: file-aegis256x2.plain.db: SQLite's "
    "integrity_check finds damage",
    "other-rows": "Bad reads Good's: file aegis256x2: file-aegis256x2.compact.db has other rows than the database "
    "that was encrypted",
    "other-bytes": "Bad reads Good's: file aegis256x2: file-aegis256x2.plain.db is not the bytes that Good made",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named(fault: str) -> None:
    found = problems(fake("Good"), fake("Bad", fault))
    assert FAULTS[fault] in found, found


def test_every_fault_of_the_fake_is_tried() -> None:
    source = (HERE / "fake_program.py").read_text()
    assert set(re.findall(r'fault [!=]= "([^"]+)"', source)) == set(FAULTS)


def test_a_nonce_that_two_writers_use_is_found() -> None:
    """A random source that is the same in both."""
    found = problems(fake("One", "same-nonce"), fake("Two", "same-nonce"))
    assert "pages-aegis256: One used a nonce again that One had used" in found


def test_the_nonce_of_a_record_is_found_wherever_it_stands() -> None:
    s2, bound = CAPABILITIES[4:6]
    nonce = bytes(range(100, 132))
    for size in (b"\x03\x08", b"\x0b\1\x08", b"\x13\1\1\x08"):
        assert records.nonce(s2, "aegis256", size + b"\1" + nonce + bytes(17)) == nonce
    assert records.nonce(s2, "aegis256", b"\1\x0f\0token") is None, "a command has none"
    for head in (b"\1\2\0" + bytes(4), b"\1\2\1" + bytes(12), b"\1\2\3" + bytes(16)):
        assert records.nonce(bound, "aes256gcm", head + nonce) == nonce[:24]
        assert records.nonce(bound, "aegis128l", head + nonce) == nonce[:16]
        assert records.nonce(bound, "aegis256", head) == b""
    assert records.nonce(s2, "aegis256", b"") == records.nonce(bound, "aegis256", b"") == b""


def test_a_file_of_records_is_split_only_where_all_of_it_is_records() -> None:
    s2, bound = CAPABILITIES[4:6]
    file = b"".join((i % 5).to_bytes(4, "big") + bytes(i % 5) for i in range(RECORDS))
    assert records.split(s2, file) == [bytes(i % 5) for i in range(RECORDS)]
    for wrong in (b"", file[:-1], file + b"\0", file + bytes(4), b"\xff" + file[1:]):
        assert records.split(s2, wrong) is None
    assert records.split(bound, file + file + (bytes(4) + bytes(32)) * RECORDS) is not None
    assert records.split(bound, file * 3) is None


def test_a_failure_shows_in_the_tables() -> None:
    result = run.matrix((fake("Good"), fake("Bad", "fails")), VECTORS)
    assert result.cell(CAPABILITIES[0], "Good", "Bad") == "8 ok, 1 FAILED"
    assert "8 ok, 1 FAILED" in run.as_text(result)
    assert "| Good | 9 ok | 8 ok, 1 FAILED |" in run.as_markdown(result)


def main(*arguments: str, languages: tuple[Language, ...]) -> int:
    return run.main(arguments, languages, VECTORS)


def test_the_exit_code_tells_whether_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(languages=(fake("Good"),)) == 0
    assert "9 ciphers; each language reads what every one writes: Good" in capsys.readouterr().out
    assert main(languages=(fake("Good"), fake("Bad", "wrong-byte"))) == 1
    assert "Good reads Bad's: pages aegis128l: FAILED: not authentic" in capsys.readouterr().out


def test_json_has_every_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("--json", languages=(fake("Good"), fake("Bad", "refuses"))) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["ciphers"] == list(CIPHERS)
    assert document["capabilities"]["frames"]["Good"]["Bad"]["aes256gcm"] == "FAILED: refused"
    assert document["capabilities"]["frames"]["Good"]["Good"]["chacha20poly1305"] == "refused"
    cells = [row for table in document["capabilities"].values() for line in table.values() for row in line.values()]
    assert len(cells) == len(CAPABILITIES) * 4
    assert all(set(cell) == set(CIPHERS) for cell in cells)


def test_languages_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("--languages", "good", languages=(fake("Good"), fake("Bad", "crash"))) == 0
    assert "Bad" not in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main("--languages", "cobol", languages=(fake("Good"),))
    assert "no such language: cobol; there are Good" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            Language("Cobol", command=("true",), tools=(("no-such-compiler", "GnuCOBOL"),)),
            "Cobol: `no-such-compiler` is missing: please install GnuCOBOL",
        ),
        (
            Language("C", command=("true",), files=((HERE / "no-such-library.a", "make lib"),)),
            "C: no-such-library.a is missing: run `make lib` first",
        ),
        (
            Language("C", command=("true",), build=((sys.executable, "-c", "import sys; sys.exit('line 1: no')"),)),
            "line 1: no",
        ),
        (Language("C", command=("true",), build=(("no-such-compiler",),)), "C does not build: "),
    ],
)
def test_what_keeps_a_program_from_being_built_is_said(
    language: Language, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(languages=(language,)) == 1
    output = capsys.readouterr()
    assert says in output.err
    assert output.out == ""


def test_a_program_that_does_not_start_fails() -> None:
    found = problems(Language("Gone", command=(str(HERE / "no-such-program"),)))
    assert any(line.startswith("Gone writes: did not run: ") for line in found)
    assert "Gone reads Gone's: pages aegis256: FAILED: no row was printed" in found


def test_a_program_that_hangs_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TIMEOUT", 0.2)
    found = problems(Language("Slow", command=(sys.executable, "-c", "import threading; threading.Event().wait()")))
    assert any("Slow writes: did not run: " in line and "timed out" in line for line in found)


def test_the_programs_of_all_languages_have_names_of_their_own() -> None:
    assert len({language.name.lower() for language in LANGUAGES}) == len(LANGUAGES)
    assert len({language.command for language in LANGUAGES}) == len(LANGUAGES)
