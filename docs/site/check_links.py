#!/usr/bin/env python3
"""Every link of a built site leads somewhere, every page can be reached, and nothing is fetched from elsewhere.

    check_links.py FOLDER

Links to other sites are not followed.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, which must come with the site; a link of a reader's choice may lead elsewhere.
FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("link", "href"), ("source", "srcset")}
FETCHED_BY_STYLE = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])(?!data:)([^'\")\s]+)")
# Pages for which nothing links: mdBook's list of chapters for browsers without scripts.
UNLINKED = {"index.html", "toc.html"}


class Page(HTMLParser):
    """The anchors of a page, and what it refers to: each with whether a browser fetches it by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.references: list[tuple[str, bool]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value is None:
                continue
            if name == "id" or (tag, name) == ("a", "name"):
                self.anchors.add(value)
            elif (tag, name) in FETCHED or name == "href":
                self.references.append((value, (tag, name) in FETCHED))


def check(folder: Path) -> list[str]:
    """What is wrong."""
    folder = folder.resolve()
    pages = {path: Page(path.read_text()) for path in sorted(folder.rglob("*.html"))}
    problems = [] if pages else [f"{folder}: no page"]
    reached: set[Path] = set()
    for path, page in pages.items():
        name = path.relative_to(folder)
        for reference, fetched in page.references:
            parts = urlsplit(reference)
            if parts.scheme or parts.netloc:
                if fetched and parts.scheme != "data":
                    problems.append(f"{name}: fetches {reference}")
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or not target.is_relative_to(folder):
                problems.append(f"{name}: {reference} is not there")
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                problems.append(f"{name}: {reference}: no such place on that page")
            elif target != path:
                reached.add(target)
    problems += [f"{path.relative_to(folder)}: no page links to it" for path in unreached(folder, pages, reached)]
    for style in sorted(folder.rglob("*.css")):
        for reference in FETCHED_BY_STYLE.findall(style.read_text()):
            if urlsplit(reference).netloc or not (style.parent / urlsplit(reference).path).is_file():
                problems.append(f"{style.relative_to(folder)}: fetches {reference}")
    return list(dict.fromkeys(problems))


def unreached(folder: Path, pages: dict[Path, Page], reached: set[Path]) -> list[Path]:
    return [path for path in pages if path not in reached and str(path.relative_to(folder)) not in UNLINKED]


def main() -> int:
    folder = Path(sys.argv[1])
    problems = check(folder)
    count = len(list(folder.rglob("*.html")))
    print("\n".join(problems) if problems else f"links: {count} pages, none broken")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
