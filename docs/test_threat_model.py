"""The table of docs/threat-model.md names tests that are there, and every one that it numbers."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECTION = (ROOT / "docs/threat-model.md").read_text().split("## Attack by format\n")[1].split("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in SECTION.splitlines() if line.startswith("|")]
TESTS = dict(re.findall(r"^(\d+)\. `(\w+::\w+)`$", SECTION, re.MULTILINE))
# What a format does not have, it cannot lose.
ABSENT = {"no writers", "no clocks"}


def test_each_cell_has_a_test_and_each_test_a_cell() -> None:
    _, _, *attacks = ROWS
    assert attacks
    for attack, *cells in attacks:
        assert len(cells) == 3, attack
        for cell in cells:
            assert cell in ABSENT or re.search(r"\(\d+\)", cell), f"{attack}: {cell}"
    numbers = set(re.findall(r"\((\d+)\)", "".join(cell for _, *cells in attacks for cell in cells)))
    assert numbers == set(TESTS)


def test_the_tests_are_there() -> None:
    for name in TESTS.values():
        file, function = name.split("::")
        source = (ROOT / f"core/tests/{file}.rs").read_text()
        assert re.search(rf"#\[test\]\nfn {function}\(\)", source), name
