"""The curve and the tables of whole files are what the measured rows give."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benches"))

import files

ROOT = Path(__file__).resolve().parents[1]
CONTENT = json.loads((ROOT / "docs/performance/files.json").read_text())


def test_the_documents_are_what_the_rows_give() -> None:
    command = [sys.executable, str(ROOT / "benches/files.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_other_rows_make_other_documents() -> None:
    changed = json.loads(json.dumps(CONTENT))
    row = next(row for row in changed["rows"] if row["mib"] == 1 and row["command"] == "verify")
    row["cpu"] *= 2
    before, after = files.documents(CONTENT), files.documents(changed)
    assert all(before[path] != after[path] for path in before)


@pytest.mark.parametrize("wrong", [{"seconds": 0.0}, {"fastest": 1e9}, {"pages": 0}, {"colour": "red"}])
def test_rows_that_cannot_be_are_refused(wrong: dict[str, float | str]) -> None:
    rows = [CONTENT["rows"][0] | wrong]
    with pytest.raises((ValueError, TypeError)):
        files.rows_of({"rows": rows})


def test_the_curve_has_every_command_and_size() -> None:
    root = ElementTree.fromstring(files.picture(files.rows_of(CONTENT)))
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"cat", "verify", "cp", "decrypt", "encrypt", "rebuild", "1 MiB", "1 GiB"} <= texts
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    sizes = {row["mib"] for row in CONTENT["rows"] if row["place"] == CONTENT["rows"][0]["place"]} - {files.START}
    for (command, _), line in zip(files.LINES, lines, strict=True):
        expected = {size for size in sizes if command != "rebuild" or size <= files.REBUILT}
        assert len(line.attrib["points"].split()) == len(expected), command


def test_no_command_takes_more_memory_than_promised() -> None:
    for row in files.rows_of(CONTENT):
        if row.command in ("verify", "decrypt", "encrypt", "rebuild"):
            assert row.peak_mib < 64, row
