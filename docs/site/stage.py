#!/usr/bin/env python3
"""Lays out what mdBook reads: the pages that docs/SUMMARY.md names, with links that hold on the site.

    stage.py FOLDER [ROOT]

Pages stand in docs/ and, where readers look for them first, elsewhere in the repository; their links are made for those
who read them there. On the site, a page's place is its path in the repository, but that `docs/` is left out and
README.md is index.md.

* A link to a page of the site leads to that page, a picture comes along.
* Another file of the repository comes along as a text under source/, which every browser shows.
* A link to a folder becomes plain text: the site does not list folders.
* A link to nothing is an error, and so is one to Markdown that is no page.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path, PurePosixPath

PICTURES = {".svg", ".png"}
SUMMARY = PurePosixPath("docs/SUMMARY.md")

# A fenced block, a span of code, or a link: what stands in code is no link.
PIECE = re.compile(
    r"(?P<fence>^```.*?^```[ ]*$)"
    r"|(?P<picture>!?)\[(?P<text>(?:[^\[\]`]|`[^`\n]*`)*)\]\((?P<target>[^()\s]+)\)"
    r"|(?P<span>(?P<ticks>`+)[^`].*?(?P=ticks))",
    re.MULTILINE | re.DOTALL,
)
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|#)")


class PageError(Exception):
    """What a page says that does not hold; each argument is a line for its writer."""


def links(text: str) -> list[str]:
    """Where the links of a page lead."""
    return [match["target"] for match in PIECE.finditer(text) if match["target"]]


def place(path: PurePosixPath) -> PurePosixPath:
    """Where a file of the repository stands on the site."""
    at = path.relative_to("docs") if path.is_relative_to("docs") else path
    return at.with_name("index.md") if at.name == "README.md" else at


def resolve(page: PurePosixPath, target: str) -> PurePosixPath:
    """The path in the repository that a page's link means."""
    return PurePosixPath(os.path.normpath(page.parent / target))


class Site:
    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        summary = (root / SUMMARY).read_text()
        self.pages = [resolve(SUMMARY, target) for target in links(summary)]
        self.problems: list[str] = []

    def stage(self) -> None:
        """Empties the folder and fills it."""
        places = [place(page) for page in self.pages]
        self.problems += [f"{SUMMARY}: two pages at {each}" for each in sorted(set(places)) if places.count(each) > 1]
        unnamed = {path.relative_to(self.root) for path in (self.root / "docs").rglob("*.md")}
        for path in sorted(unnamed - {Path(page) for page in (*self.pages, SUMMARY)}):
            self.problems.append(f"{SUMMARY}: does not name {path}")
        shutil.rmtree(self.folder, ignore_errors=True)
        for page in (SUMMARY, *self.pages):
            if (self.root / page).is_file():
                self.write(place(page), self.rewritten(page))
            else:
                self.problems.append(f"{SUMMARY}: {page} is not there")
        if self.problems:
            raise PageError(*self.problems)

    def write(self, at: PurePosixPath, text: str) -> None:
        path = self.folder / "src" / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def rewritten(self, page: PurePosixPath) -> str:
        """A page's text with the links of the site."""
        text = (self.root / page).read_text()
        return PIECE.sub(lambda match: self.link(page, match) if match["target"] else match[0], text)

    def link(self, page: PurePosixPath, match: re.Match[str]) -> str:
        target, _, fragment = match["target"].partition("#")
        if ELSEWHERE.match(match["target"]):
            return match[0]
        path = resolve(page, target)
        there = self.root / path
        if path.parts[0] == ".." or not there.exists():
            self.problems.append(f"{page}: a link to {match['target']}, which is not there")
            return match[0]
        if there.is_dir():
            return match["text"]
        at = place(path)
        if path.suffix in PICTURES:
            (self.folder / "src" / at).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(there, self.folder / "src" / at)
        elif path.suffix == ".md" and path not in self.pages:
            self.problems.append(f"{page}: a link to {match['target']}, which {SUMMARY} does not name")
        elif path not in self.pages:
            at = PurePosixPath("source", f"{path}.txt")
            self.write(at, there.read_text())
        way = os.path.relpath(at, place(page).parent) + (f"#{fragment}" if fragment else "")
        return f"{match['picture']}[{match['text']}]({way})"


def main() -> int:
    folder = Path(sys.argv[1])
    root = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).resolve().parents[2])
    site = Site(root, folder)
    try:
        site.stage()
    except PageError as wrong:
        print("\n".join(wrong.args), file=sys.stderr)
        return 1
    for name in ("book.toml", "pages.css"):
        shutil.copyfile(root / "docs/site" / name, folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
