#!/usr/bin/env python3
"""Pages of 4096 bytes, sealed and opened by this package, by others, and by Rust: who takes how long for one.

    bench.py [--quick] [--json OUT] [--markdown] [--ciphers NAME,NAME...]

All contenders take turns in one run, on the same data; a figure is the median of many rounds, its spread the distance
of the quartiles. Messages are as long as a page's text (4048, 4064 or 4068 bytes) and have given nonces; pages draw
theirs, in Rust, too. Rust is a program that is asked for one measurement at a time. What an
empty function costs is part of every figure of Python.
Needs `pip install -r python/bench/requirements.txt`.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

import pagecrypt
import pyaegis
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from pagecrypt import Aead, Cipher, Key, PageCodec

ROOT = Path(__file__).resolve().parents[2]
PAGE = 4096
BATCH = 64
SAMPLE_NS = 1_000_000  # of one turn, about
AEGIS = {
    Cipher.AEGIS256: pyaegis.Aegis256,
    Cipher.AEGIS256X2: pyaegis.Aegis256X2,
    Cipher.AEGIS256X4: pyaegis.Aegis256X4,
    Cipher.AEGIS128L: pyaegis.Aegis128L,
    Cipher.AEGIS128X2: pyaegis.Aegis128X2,
    Cipher.AEGIS128X4: pyaegis.Aegis128X4,
}
Work = Callable[[], object]


@dataclass
class Contender:
    operation: str
    cipher: Cipher
    name: str
    pages: int
    """Of one call."""
    work: Work | None
    """None for Rust, which is asked."""
    calls: int = 1
    """Of one turn."""
    samples: list[float] = field(default_factory=list)
    """Nanoseconds a page."""

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def spread(self) -> float:
        low, _, high = statistics.quantiles(self.samples, n=4)
        return high - low


class Rust:
    """The program that measures in Rust."""

    def __init__(self) -> None:
        example = ("-p", "pagecrypt-python", "--example", "rust_side")
        subprocess.run((".ci/shipped", "cargo", "build", "--quiet", "--release", *example), cwd=ROOT, check=True)
        program = ROOT / "target/shipped/release/examples/rust_side"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, contender: Contender) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = (contender.operation.split()[0], contender.cipher, str(contender.pages), str(contender.calls))
        print(*question, file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())


def messages(cipher: Cipher) -> Iterator[Contender]:
    """One message in one call, or one after another where a batch is compared."""
    secret, nonce = bytes([7]) * cipher.key_length, bytes([1]) * cipher.nonce_length
    text = bytes(PAGE - cipher.reserved_length)
    aead = Aead(Key.from_bytes(secret, cipher))
    sealed = aead.seal(text, nonce=nonce)
    into, back = bytearray(len(sealed)), bytearray(len(text))
    yield Contender("call", cipher, "an empty function of Python", 1, lambda: None)
    yield Contender("seal", cipher, "rust", 1, None)
    yield Contender("seal", cipher, "pagecrypt", 1, lambda: aead.seal(text, nonce=nonce))
    yield Contender("seal", cipher, "pagecrypt, into", 1, lambda: aead.seal_into(text, into, nonce=nonce))
    yield Contender("open", cipher, "rust", 1, None)
    yield Contender("open", cipher, "pagecrypt", 1, lambda: aead.open(sealed, nonce=nonce))
    yield Contender("open", cipher, "pagecrypt, into", 1, lambda: aead.open_into(sealed, back, nonce=nonce))
    peer = other(cipher, secret)
    if peer is not None:
        name, seal, open_ = peer
        assert seal(nonce, text) == sealed
        assert open_(nonce, sealed) == text
        yield Contender("seal", cipher, name, 1, lambda: seal(nonce, text))
        yield Contender("open", cipher, name, 1, lambda: open_(nonce, sealed))
    batch, many = [text] * BATCH, [sealed] * BATCH
    nonces = [nonce] * BATCH
    yield Contender("seal 64", cipher, "pagecrypt, batch", BATCH, lambda: aead.seal_batch(batch, nonces=nonces))
    yield Contender("open 64", cipher, "pagecrypt, batch", BATCH, lambda: aead.open_batch(many, nonces=nonces))
    if peer is not None:
        yield Contender("seal 64", cipher, name, BATCH, lambda: [seal(nonce, text) for _ in range(BATCH)])
        yield Contender("open 64", cipher, name, BATCH, lambda: [open_(nonce, sealed) for _ in range(BATCH)])


def other(
    cipher: Cipher, secret: bytes
) -> tuple[str, Callable[[bytes, bytes], bytes], Callable[[bytes, bytes], bytes]] | None:
    """The same cipher of another package."""
    if cipher in AEGIS:
        aegis = AEGIS[cipher](tag_size=16)
        return (
            "pyaegis",
            lambda nonce, text: bytes(aegis.encrypt(secret, nonce, text)),
            lambda nonce, text: bytes(aegis.decrypt(secret, nonce, text)),
        )
    aead = ChaCha20Poly1305(secret) if cipher is Cipher.CHACHA20POLY1305 else AESGCM(secret)
    return (
        "cryptography",
        lambda nonce, text: aead.encrypt(nonce, text, None),
        lambda nonce, text: aead.decrypt(nonce, text, None),
    )


def pages(cipher: Cipher, count: int) -> Iterator[Contender]:
    """Runs of pages from one buffer into another, which leaves the data as it is for the next turn."""
    codec = PageCodec(Key.from_bytes(bytes([7]) * cipher.key_length, cipher), PAGE)
    plain = bytearray(count * PAGE)
    sealed = bytearray(codec.sealed_pages(2, plain))
    into = bytearray(count * PAGE)
    label = f" {count}" if count > 1 else ""
    yield Contender(f"seal_pages{label}", cipher, "rust", count, None)
    yield Contender(f"seal_pages{label}", cipher, "pagecrypt", count, lambda: codec.seal_pages_into(2, plain, into))
    yield Contender(f"seal_pages{label}", cipher, "pagecrypt, bytes", count, lambda: codec.sealed_pages(2, plain))
    yield Contender(f"open_pages{label}", cipher, "rust", count, None)
    yield Contender(f"open_pages{label}", cipher, "pagecrypt", count, lambda: codec.open_pages_into(2, sealed, into))
    yield Contender(f"open_pages{label}", cipher, "pagecrypt, bytes", count, lambda: codec.opened_pages(2, sealed))


def turn(contender: Contender, rust: Rust) -> float:
    if contender.work is None:
        return rust.measure(contender)
    work = contender.work
    work()
    start = time.perf_counter_ns()
    for _ in range(contender.calls):
        work()
    return (time.perf_counter_ns() - start) / (contender.calls * contender.pages)


def run(contenders: list[Contender], rounds: int, rust: Rust) -> None:
    for contender in contenders:
        contender.calls = 4
        contender.calls = max(2, int(SAMPLE_NS / (turn(contender, rust) * contender.pages)))
    for _ in range(rounds):
        for contender in contenders:
            contender.samples.append(turn(contender, rust))


def line(contender: Contender, of_rust: dict[tuple[str, Cipher], float]) -> list[str]:
    rust = of_rust.get((contender.operation, contender.cipher))
    cells = [contender.cipher, contender.operation, contender.name]
    cells += [f"{contender.median:.0f}", f"{contender.spread:.0f}", f"{PAGE / contender.median:.2f}"]
    if rust is None or contender.name == "rust":
        return [*cells, "", ""]
    return [*cells, f"{contender.median - rust:+.0f}", f"{contender.median / rust:.2f}"]


HEADING = ["cipher", "operation", "who", "ns a page", "spread", "GB/s", "over Rust, ns", "times Rust"]


def table(contenders: list[Contender], markdown: bool) -> str:
    of_rust = {(c.operation, c.cipher): c.median for c in contenders if c.name == "rust"}
    lines = [HEADING, *(line(contender, of_rust) for contender in contenders)]
    if markdown:
        rule = ["---"] * 3 + ["---:"] * 5
        return "\n".join("| " + " | ".join(cells) + " |" for cells in (lines[0], rule, *lines[1:]))
    widths = [max(len(cells[i]) for cells in lines) for i in range(len(HEADING))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if i > 2 else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        for cells in lines
    )


def about() -> dict[str, str]:
    versions = {name: metadata.version(name) for name in ("pagecrypt", "cryptography", "pyaegis")}
    return {"python": platform.python_version(), "machine": platform.machine()} | versions


def main() -> int:
    parser = argparse.ArgumentParser(description="Seals and opens pages, here, in Rust and by other packages.")
    parser.add_argument("--quick", action="store_true", help="few rounds: whether it works, not how fast it is")
    parser.add_argument("--json", type=Path, metavar="OUT", help="writes every figure there")
    parser.add_argument("--markdown", action="store_true", help="prints the table for documents")
    parser.add_argument("--ciphers", default=",".join(pagecrypt.ciphers()), help="some of them only")
    options = parser.parse_args()

    rust = Rust()
    contenders = []
    for cipher in map(Cipher.from_name, options.ciphers.split(",")):
        mine = list(messages(cipher))
        if cipher is not Cipher.CHACHA20POLY1305:
            mine += [*pages(cipher, 1), *pages(cipher, BATCH)]
        run(mine, 5 if options.quick else 101, rust)
        contenders += mine
    print(table(contenders, options.markdown))
    if options.json:
        rows = [
            {key: value for key, value in asdict(contender).items() if key != "work"}
            | {"median": contender.median, "spread": contender.spread}
            for contender in contenders
        ]
        options.json.write_text(json.dumps({"about": about(), "rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
