#!/usr/bin/env python3
"""Generates include/pagecrypt.h: a section for each file of ffi/src, made by cbindgen, under the file's own heading.

generate_header.py [--root ROOT]           writes it
generate_header.py [--root ROOT] --check   fails if the committed one is another
"""

from __future__ import annotations

import argparse
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
# In the order of the header: what a section uses stands above it.
SECTIONS: tuple[tuple[str, ...], ...] = (
    ("version.rs", "version/abi.rs"),
    ("status.rs",),
    ("error.rs",),
    ("engine.rs",),
    ("cipher.rs",),
    ("key.rs",),
    ("aead.rs",),
    ("page.rs",),
    ("wal.rs",),
    ("file.rs",),
    ("verify.rs",),
    ("inspect.rs",),
    ("reader.rs",),
    ("bound.rs",),
    ("record.rs",),
    ("token_key.rs",),
    ("store.rs",),
    ("s2.rs",),
)
WIDTH = 120
# Types of other sections, which cbindgen does not see; what is not exported.
EXPECTED = re.compile(
    r"^WARN: (Can't find pagecrypt_\w+\.|Parsing crate `\w+`: can't find mod|Skip .*not `(pub|no_mangle)`)"
)


def heading(source: str) -> str:
    """The `//!` lines: a title, and what there is to say about the section."""
    lines = [line[3:].strip() for line in source.splitlines() if line.startswith("//!")]
    text = "\n".join(f" * {line}".rstrip() for line in lines[1:]).strip("\n")
    title = f"/* {lines[0]} "
    title += "-" * (WIDTH - len(title) - (0 if text else 3))
    body = text.removeprefix(" *\n")
    return f"{title}\n{body}\n */\n" if body else f"{title} */\n"


def declarations(cbindgen: str, file: Path) -> str:
    command = [cbindgen, "--config", str(REPOSITORY / "ffi/cbindgen.toml"), str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    surprises = [
        line for line in run.stderr.splitlines() if line.startswith(("WARN", "ERROR")) and not EXPECTED.match(line)
    ]
    if run.returncode != 0 or surprises:
        sys.exit(f"cbindgen failed on {file.name}:\n" + "\n".join(surprises or [run.stderr]))
    return run.stdout


def tidied(text: str) -> str:
    """Short comments on one line; constants of one kind in one block."""

    def joined(match: re.Match[str]) -> str:
        line = f"{match[1]}/** {match[2]} */"
        return line if len(line) <= WIDTH else match[0]

    text = re.sub(r"typedef struct \{(.*?)\} (\w+);", r"typedef struct \2 {\1} \2;", text, flags=re.DOTALL)
    text = re.sub(r"^( *)/\*\*\n *\* ([^\n]*)\n *\*/$", joined, text, flags=re.MULTILINE)
    return re.sub(r"(#define [^\n]*\n)\n(?=(?:/\*\* [^\n]* \*/\n|/\*\*\n(?: \*[^\n]*\n)* \*/\n)#define)", r"\1", text)


def generate(root: Path, cbindgen: str) -> str:
    introduction = (root / "ffi/introduction.txt").read_text()
    parts = [
        introduction,
        "#ifndef PAGECRYPT_H\n#define PAGECRYPT_H\n\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n"
        '#ifdef __cplusplus\nextern "C" {\n#endif\n',
    ]
    for files in SECTIONS:
        paths = [root / "ffi/src" / name for name in files]
        # Files of one section are one to cbindgen, which sorts constants, types and functions.
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / paths[0].name
            source = "".join(path.read_text() for path in reversed(paths)).replace("//!", "//")
            # The library that is installed has every feature.
            whole.write_text(re.sub(r'#\[cfg\(feature = "\w+"\)\]\n', "", source))
            parts += [heading(paths[0].read_text()), tidied(declarations(cbindgen, whole)).strip("\n") + "\n"]
    parts.append('#ifdef __cplusplus\n} /* extern "C" */\n#endif\n\n#endif /* PAGECRYPT_H */\n')
    return "\n".join(parts)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, default=REPOSITORY)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    root = arguments.root
    tool = REPOSITORY / "target/tools/bin/cbindgen"
    cbindgen = str(tool) if tool.exists() else shutil.which("cbindgen")
    if cbindgen is None:
        sys.exit("please install cbindgen: .ci/cargo_tool cbindgen")
    named = {name for files in SECTIONS for name in files} | {"lib.rs", "border.rs"}
    there = {path.name for path in (root / "ffi/src").glob("*.rs")}
    if missing := there - named:
        sys.exit(f"no place in the header for {', '.join(sorted(missing))}: see SECTIONS of {Path(__file__).name}")
    header, path = generate(root, cbindgen), root / "include/pagecrypt.h"
    if not arguments.check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(header)
        return 0
    committed = path.read_text() if path.exists() else ""
    difference = difflib.unified_diff(
        committed.splitlines(), header.splitlines(), "include/pagecrypt.h", "generated", lineterm="", n=1
    )
    if lines := list(difference):
        print("\n".join(lines))
        print("include/pagecrypt.h is not what ffi/ says: run ffi/generate_header.py")
        return 1
    print("header: include/pagecrypt.h is what ffi/ says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
