"""The files in `vectors/` that every language's tests read."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "vectors"
TURSO = VECTORS / "turso"

ENCRYPTED = TURSO / "aegis256-4096-small.db"
ENCRYPTED_KEY = "4303835854832fee55b558d2b0a6c7441496cdddfb5c74eab5707e62b5d63ef2"
PLAIN = TURSO / "aegis256-4096-small.plain.db"
WITH_LOG = TURSO / "aegis256-4096-walmixed.db"


@functools.cache
def read_json(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


def described_bytes(description: dict[str, Any]) -> bytearray:
    """Bytes as `errors.json` describes them."""
    rest = dict(description)
    puts = rest.pop("put", [])
    match rest:
        case {"hex": text, **more} if not more:
            content = bytearray.fromhex(text)
        case {"zeros": length, **more} if not more:
            content = bytearray(length)
        case {"file": path, **more} if more.keys() <= {"offset", "length"}:
            content = bytearray((VECTORS / path).read_bytes()[more.get("offset", 0) :])
            if "length" in more:
                content = content[: more["length"]]
        case _:
            raise ValueError(f"not a description of bytes: {description}")
    for offset, part in puts:
        new = bytes.fromhex(part)
        content[offset : offset + len(new)] = new
    return content
