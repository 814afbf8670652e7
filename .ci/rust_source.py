"""Rust source with comments, texts and unit tests blanked out, for checks that look for words in code."""

from __future__ import annotations

import re
from pathlib import Path

_TOKEN = re.compile(
    r"""
      //[^\n]*                                  # line comment
    | (?P<raw>b?r(?P<hashes>\#*)"[\s\S]*?"(?P=hashes))
    | b?"(?:\\[\s\S]|[^"\\])*"                  # text
    | b?'(?:\\(?:x[0-9a-fA-F]{2}|u\{[^}]*\}|.)|[^'\\\n])'  # character, not a lifetime
    | /\*                                       # block comment, which nests
    """,
    re.VERBOSE,
)


def code_only(source: str) -> str:
    """The source with everything but code replaced by spaces; line numbers stay."""
    out: list[str] = []
    position = 0
    while match := _TOKEN.search(source, position):
        start, end = match.span()
        if source.startswith("/*", start):
            end = _end_of_block_comment(source, start)
        out.append(source[position:start])
        out.append(re.sub(r"[^\n]", " ", source[start:end]))
        position = end
    out.append(source[position:])
    return "".join(out)


def _end_of_block_comment(source: str, start: int) -> int:
    depth = 0
    for match in re.finditer(r"/\*|\*/", source[start:]):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return start + match.end()
    return len(source)


def without_unit_tests(code: str) -> str:
    """Cuts the modules marked `#[cfg(test)]` out of what `code_only` returned; line numbers stay."""
    while match := re.search(r"#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*mod\s+\w+\s*\{", code):
        depth, end = 1, match.end()
        while depth and end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        code = code[: match.start()] + re.sub(r"[^\n]", " ", code[match.start() : end]) + code[end:]
    return code


def rust_files(folder: Path) -> list[Path]:
    """The Rust files under a folder, build outputs left out."""
    return sorted(path for path in folder.rglob("*.rs") if "target" not in path.relative_to(folder).parts)
