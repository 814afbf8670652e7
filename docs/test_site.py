"""The site's scripts: links are made for the site, and what is broken is found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "site"))

import check_links
import stage

ROOT = Path(__file__).resolve().parents[1]

REPOSITORY = {
    "README.md": "# Front\n\n[one](docs/one.md), [licence](LICENSE), [elsewhere](https://example.org/a.md)\n",
    "LICENSE": "text",
    "code/main.rs": "fn main() {}",
    "docs/SUMMARY.md": "# S\n\n[Front](../README.md)\n\n- [One](one.md)\n  - [Two](more/two.md)\n",
    "docs/one.md": "[two](more/two.md#there) [`code/`](../code) [main](../code/main.rs) ![a](a.svg)\n",
    "docs/a.svg": "<svg/>",
    "docs/more/two.md": "# There\n\n[front](../../README.md) [one](../one.md#x)\n\n```c\na[b](c)\n```\n`a[b](c)`\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def staged(tmp_path: Path, **changes: str) -> dict[str, str]:
    """The files that mdBook gets."""
    root = write(
        tmp_path / "repository", REPOSITORY | {name.replace("__", "/"): text for name, text in changes.items()}
    )
    stage.Site(root, tmp_path / "staged").stage()
    source = tmp_path / "staged/src"
    return {str(path.relative_to(source)): path.read_text() for path in sorted(source.rglob("*")) if path.is_file()}


# --- staging ----------------------------------------------------------------------------------------------------------


def test_links_are_those_of_the_site(tmp_path: Path) -> None:
    files = staged(tmp_path)
    assert "[Front](index.md)" in files["SUMMARY.md"]
    assert "[one](one.md), [licence](source/LICENSE.txt), [elsewhere](https://example.org/a.md)" in files["index.md"]
    assert files["one.md"] == "[two](more/two.md#there) `code/` [main](source/code/main.rs.txt) ![a](a.svg)\n"
    assert "[front](../index.md) [one](../one.md#x)" in files["more/two.md"]


def test_what_links_lead_to_comes_along(tmp_path: Path) -> None:
    files = staged(tmp_path)
    assert files["source/LICENSE.txt"] == "text"
    assert files["source/code/main.rs.txt"] == "fn main() {}"
    assert files["a.svg"] == "<svg/>"


def test_code_is_left_as_it_is(tmp_path: Path) -> None:
    assert staged(tmp_path)["more/two.md"].endswith("```c\na[b](c)\n```\n`a[b](c)`\n")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("docs/one.md", "[gone](gone.md)", "docs/one.md: a link to gone.md, which is not there"),
        ("docs/one.md", "[out](../../out)", "docs/one.md: a link to ../../out, which is not there"),
        ("docs/one.md", "![gone](gone.svg)", "docs/one.md: a link to gone.svg, which is not there"),
        ("docs/three.md", "", "docs/SUMMARY.md: does not name docs/three.md"),
        ("docs/SUMMARY.md", REPOSITORY["docs/SUMMARY.md"] + "- [4](four.md)", "docs/four.md is not there"),
        ("docs/SUMMARY.md", REPOSITORY["docs/SUMMARY.md"] + "- [1](one.md)", "two pages at one.md"),
        ("docs/SUMMARY.md", "[One](one.md) [Two](more/two.md)", "README.md, which docs/SUMMARY.md does not name"),
    ],
)
def test_what_does_not_hold_is_an_error(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(stage.PageError) as raised:
        staged(tmp_path, **{name.replace("/", "__"): text})
    assert any(says in line for line in raised.value.args)


def test_every_page_of_this_repository_can_be_staged(tmp_path: Path) -> None:
    stage.Site(ROOT, tmp_path).stage()
    assert (tmp_path / "src/index.md").exists()


# --- the built site ---------------------------------------------------------------------------------------------------

SITE = {
    "index.html": '<link href="a.css" rel="stylesheet"><h1 id="top-of-it">x</h1><a href="more/two.html#there">y</a>',
    "a.css": "@font-face { src: url('font.woff2') } b { background: url(data:image/png;base64,AA) }",
    "font.woff2": "",
    "more/two.html": '<h1 id="there">x</h1><a href="../index.html#top-of-it">y</a><a href="https://example.org">z</a>'
    '<a href="#there">here</a>',
}


def test_a_sound_site_passes(tmp_path: Path) -> None:
    assert check_links.check(write(tmp_path, SITE)) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("index.html", '<a href="gone.html">y</a><a href="more/two.html">', "index.html: gone.html is not there"),
        ("index.html", '<a href="more/">y</a><a href="more/two.html">', "index.html: more/ is not there"),
        ("index.html", '<a href="../out.html">y</a><a href="more/two.html">', "index.html: ../out.html is not there"),
        ("more/two.html", '<a href="../index.html#gone">y</a>', "index.html#gone: no such place on that page"),
        ("more/two.html", '<a href="#gone">y</a>', "#gone: no such place on that page"),
        ("more/two.html", '<img src="a.png">', "more/two.html: a.png is not there"),
        ("more/two.html", '<script src="https://example.org/x.js"></script>', "fetches https://example.org/x.js"),
        ("more/two.html", '<link href="//example.org/x.css" rel="stylesheet">', "fetches //example.org/x.css"),
        ("a.css", "@import 'https://example.org/x.css';", "a.css: fetches https://example.org/x.css"),
        ("a.css", "b { background: url(gone.png) }", "a.css: fetches gone.png"),
        ("three.html", "", "three.html: no page links to it"),
    ],
)
def test_what_is_broken_is_found(tmp_path: Path, name: str, text: str, says: str) -> None:
    problems = check_links.check(write(tmp_path, SITE | {name: text}))
    assert any(says in problem for problem in problems), problems


def test_a_folder_without_pages_fails(tmp_path: Path) -> None:
    assert len(check_links.check(tmp_path)) == 1
