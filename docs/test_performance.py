"""The picture and the tables of docs/performance.md are what the measured rows give, and wrong rows are refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "performance"))

import measure

DOCS = Path(__file__).resolve().parent
SCRIPT = "performance/draw.py"


def draw(docs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, docs / SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_the_report_of_python_becomes_rows() -> None:
    samples = [float(number) for number in range(1, 102)]
    given = {"cipher": "aegis256", "samples": samples}
    report = {
        "rows": [
            given | {"operation": "seal_pages 64", "name": "pagecrypt", "pages": 64},
            given | {"operation": "seal_pages 64", "name": "rust", "pages": 64},
            given | {"operation": "seal_pages 64", "name": "pagecrypt, bytes", "pages": 64},
            given | {"operation": "seal", "name": "pagecrypt", "pages": 1},
        ]
    }
    found = [(row["language"], row["operation"], row["batch"], row["ns"]) for row in measure.rows_of_python(report)]
    ns = {"low": 25.5, "median": 51.0, "high": 76.5}
    assert found == [("python", "seal_pages", 64, ns), ("rust", "seal_pages", 64, ns)]


def test_the_report_of_node_becomes_rows() -> None:
    figures = {"sync": {"median": 2, "from": 1, "to": 3}, "async": {"median": 9, "from": 8, "to": 10}}
    tasks = ["seal one message", "open 1 page", "seal 64 pages"]
    results = [{"cipher": "aegis256", "engine": "aesni", "task": task, "nanoseconds": figures} for task in tasks]
    found = [(row["operation"], row["batch"], row["ns"]) for row in measure.rows_of_node({"results": results})]
    ns = {"low": 1, "median": 2, "high": 3}
    assert found == [("open_pages", 1, ns), ("seal_pages", 64, ns)]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the page with its rows and scripts."""
    shutil.copytree(DOCS / "performance", tmp_path / "performance")
    shutil.copy(DOCS / "performance.md", tmp_path)
    return tmp_path


def change(docs: Path, name: str, **fields: Any) -> None:
    """Changes the first row of a file of rows."""
    path = docs / "performance" / name
    content = json.loads(path.read_text())
    content["rows"][0] |= fields
    path.write_text(json.dumps(content))


def test_picture_and_tables_are_what_the_rows_give() -> None:
    done = draw(DOCS, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_other_rows_make_another_page(copy: Path) -> None:
    path = copy / "performance/rust.json"
    path.write_text(path.read_text().replace("2026-", "2027-"))
    done = draw(copy, "--check")
    assert (done.returncode, "performance.md" in done.stdout) == (1, True)
    assert draw(copy).returncode == 0
    assert draw(copy, "--check").returncode == 0
    assert "2027-" in (copy / "performance.md").read_text()


@pytest.mark.parametrize(
    "fields",
    [{"language": "cobol"}, {"ns": {"low": 3, "median": 2, "high": 4}}, {"ns": {"low": 0, "median": 0, "high": 0}}],
)
def test_rows_that_cannot_be_are_refused(copy: Path, fields: dict[str, Any]) -> None:
    change(copy, "rust.json", **fields)
    done = draw(copy)
    assert done.returncode == 1
    assert "ValueError" in done.stderr


def test_a_language_joins_by_its_file(copy: Path) -> None:
    content = json.loads((copy / "performance/rust.json").read_text())
    content["rows"] = [row | {"language": "node"} for row in content["rows"] if row["cipher"] == "aegis256"]
    (copy / "performance/node.json").write_text(json.dumps(content))
    assert draw(copy).returncode == 0
    assert "\n| Node | " in (copy / "performance.md").read_text()


def test_the_picture_is_sound_and_has_every_cipher_of_the_format() -> None:
    root = ElementTree.parse(DOCS / "performance/pages.svg").getroot()
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"aegis256", "aes256gcm"} <= texts
    assert "prefers-color-scheme: dark" in (DOCS / "performance/pages.svg").read_text()
