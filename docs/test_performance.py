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

import libraries
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


def test_another_report_makes_another_page(copy: Path) -> None:
    path = copy / "performance/machines/aesni.json"
    path.write_text(path.read_text().replace('"rounds": ', '"rounds": 9'))
    done = draw(copy, "--check")
    assert (done.returncode, "performance.md" in done.stdout) == (1, True)


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


def result(cipher: str = "aegis256", library: str = "pagecrypt", **fields: Any) -> dict[str, Any]:
    """A row as `make bench` reports it."""
    row = {"cipher": cipher, "engine": "", "library": library, "operation": "seal", "size": 4096, "text": 4048}
    row |= {"batch": 64, "threads": 1, "placement": "l2", "ns": 100.0, "ns_low": 90.0, "ns_high": 120.0, "gbps": 40.48}
    if library == "pagecrypt":
        row |= {"engine": "fast", "best_peer": "libaegis", "ratio": {"low": 2.5, "median": 2.7, "high": 2.8}}
        row |= {"limit_ns": 70.0, "share_of_limit": {"low": 0.6, "median": 0.7, "high": 0.8}}
    return row | fields


def report(*rows: dict[str, Any]) -> libraries.Report:
    machine = {"cpu": "a CPU", "cpus": 2, "virtual_machine": False, "system": "linux x86_64", "features": ["aes"]}
    return libraries.parse(
        json.dumps({"machine": machine, "versions": [], "limits": [], "rounds": 31, "rows": list(rows)})
    )


@pytest.mark.parametrize(
    "row",
    [
        result(library="abacus"),
        result(ns_low=101.0),
        result(ns=0.0, ns_low=0.0),
        result(ratio=None),
        result(library="ring", ratio={"low": 1, "median": 1, "high": 1}),
    ],
)
def test_rows_of_libraries_that_cannot_be_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no library|not low|has a ratio"):
        report(row)


@pytest.mark.parametrize(
    ("at_least", "said"), [(2.6, "**2.70 (2.50 to 2.80)** of 2.60"), (2.8, "2.70 (2.50 to 2.80) of 2.80")]
)
def test_a_ratio_stands_beside_its_target_and_is_bold_where_it_is_reached(at_least: float, said: str) -> None:
    target = {"at_least": at_least, "in_reach": None}
    table = libraries.ratios(report(result(target=target), result(library="libaegis", ns=270.0, ns_high=280.0)))
    assert f"| aegis256 | fast | {said} |" in table


def test_the_best_engine_of_ours_is_shown_which_stands_last() -> None:
    rows = [result(engine="slow", ns=119.0), result(), result(library="libaegis", ns=119.0), result(operation="open")]
    assert "| aegis256 | 100 / 100 | 119 |" in libraries.nanoseconds(report(*rows))


def test_the_fastest_kind_of_machine_is_shown_first(copy: Path) -> None:
    folder = copy / "performance/machines"
    of_aesni = json.loads((folder / "aesni.json").read_text())
    for row in of_aesni["rows"]:
        row["engine"] = "vaes512" if row["engine"] == "aesni" else row["engine"]
    (folder / "vaes512.json").write_text(json.dumps(of_aesni))
    assert draw(copy).returncode == 0
    page = (copy / "performance.md").read_text()
    assert 0 < page.index("### AVX-512 and VAES, by Intel: ") < page.index("### Without VAES: ")
    assert (folder / "vaes512.svg").exists()


def test_a_report_is_kept_under_its_kind_of_machine() -> None:
    kept = list((DOCS / "performance/machines").glob("*.json"))
    assert kept
    for path in kept:
        assert libraries.kind(libraries.parse(path.read_text())) == path.stem
    with pytest.raises(ValueError, match="which engine"):
        libraries.kind(report(result(size=64)))


def test_a_machine_without_what_the_targets_are_stated_for_is_named() -> None:
    assert "**without AVX-512 and VAES**" in libraries.machine(report(result()))


def test_a_report_without_pages_gives_no_picture_and_says_so(tmp_path: Path) -> None:
    script = DOCS / "performance/libraries.py"
    for row, drawn in [(result(), True), (result(size=64), False)]:
        content = {"machine": {"cpu": "a CPU"}, "versions": [], "limits": [], "rounds": 3, "rows": [row]}
        (tmp_path / "results.json").write_text(json.dumps(content))
        picture = tmp_path / "picture.svg"
        picture.unlink(missing_ok=True)
        command: list[str | Path] = [sys.executable, script, tmp_path / "results.json", picture]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert (picture.exists(), "skipped:" in done.stdout) == (drawn, not drawn)


def test_the_limit_is_a_line_across_the_bars_of_its_cipher() -> None:
    with_limit = libraries.picture(report(result(), result(cipher="aegis128l", limit_ns=None)))
    assert with_limit.count('class="limit"') == 2  # the legend's, and one cipher's
    assert "libaegis" in with_limit


def test_the_picture_is_sound_and_has_every_cipher_of_the_format() -> None:
    machines = [f"machines/{path.name}" for path in (DOCS / "performance/machines").glob("*.svg")]
    assert machines
    for name in ("pages.svg", *machines):
        root = ElementTree.parse(DOCS / "performance" / name).getroot()
        texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
        assert {"aegis256", "aes256gcm"} <= texts
        assert "prefers-color-scheme: dark" in (DOCS / "performance" / name).read_text()
