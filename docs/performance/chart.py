"""Bars with spreads as an SVG that reads well on light and dark pages, and on paper.

It brings its own background and follows the reader's colour scheme, since a page can only show it as a picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

STYLE = """
    svg { font: 13px system-ui, sans-serif; }
    .paper { fill: #ffffff; stroke: #d8dee4; }
    text { fill: #24292f; }
    .quiet { fill: #57606a; }
    .grid { stroke: #d8dee4; }
    .spread { stroke: #24292f; stroke-width: 1.3; }
    .limit { stroke: #24292f; stroke-width: 1.6; stroke-dasharray: 4 2; }
    .bar0 { fill: #0b6bb8; } .bar1 { fill: #d9822b; } .bar2 { fill: #8fc1e8; } .bar3 { fill: #f2c48d; }
    .bar4 { fill: #5a9367; } .bar5 { fill: #b0a3d4; } .bar6 { fill: #a8b0b8; }
    @media (prefers-color-scheme: dark) {
        .paper { fill: #161b22; stroke: #30363d; }
        text { fill: #e6edf3; }
        .quiet { fill: #9da7b1; }
        .grid { stroke: #30363d; }
        .spread { stroke: #e6edf3; }
        .limit { stroke: #e6edf3; }
        .bar0 { fill: #4da3e8; } .bar1 { fill: #e8a04d; } .bar2 { fill: #2a5d8a; } .bar3 { fill: #8a5a24; }
        .bar4 { fill: #6fb07e; } .bar5 { fill: #7d70a8; } .bar6 { fill: #6b737c; }
    }
"""
WIDTH, LEFT, RIGHT, TOP, BOTTOM = 760, 150, 64, 76, 48
BAR, GAP = 11, 16


@dataclass(frozen=True)
class Bar:
    """A length with its spread, and the series it belongs to."""

    series: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """Bars that belong together."""

    name: str
    note: str
    bars: tuple[Bar, ...]
    limit: float | None = None
    """What cannot be passed: a line across the bars."""


def step(largest: float) -> float:
    """The distance of the grid's lines: 1, 2 or 5 times a power of ten, so that there are four to ten."""
    power = 10.0 ** math.floor(math.log10(largest / 4))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= largest / 4)


def draw(title: str, unit: str, series: tuple[str, ...], groups: list[Group]) -> str:
    """The picture. Lengths begin at zero; a line shows the spread, a broken one the limit."""
    largest = max(max(group.limit or 0, *(bar.high for bar in group.bars)) for group in groups)
    between = step(largest)
    lines = math.ceil(largest / between)
    scale = (WIDTH - LEFT - RIGHT) / (lines * between)
    height = TOP + BOTTOM + sum(len(group.bars) * BAR + GAP for group in groups)
    bottom = height - BOTTOM

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text x="20" y="28" font-weight="600">{escape(title)}</text>',
    ]
    at = 20.0
    for index, name in enumerate(series):
        parts.append(f'<rect class="bar{index}" x="{at:g}" y="42" width="12" height="12" rx="2"/>')
        parts.append(f'<text x="{at + 17:g}" y="53">{escape(name)}</text>')
        at += 32 + 7 * len(name)
    if any(group.limit for group in groups):
        parts.append(f'<line class="limit" x1="{at + 6:g}" y1="41" x2="{at + 6:g}" y2="55"/>')
        parts.append(f'<text x="{at + 17:g}" y="53">limit</text>')
    for line in range(lines + 1):
        x = LEFT + line * between * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{bottom}"/>')
        number = f"{line * between:g}"
        parts.append(f'<text class="quiet" x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{number}</text>')
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts.append(f'<text class="quiet" x="{middle:g}" y="{bottom + 36}" text-anchor="middle">{escape(unit)}</text>')
    y = float(TOP)
    for group in groups:
        centre = y + len(group.bars) * BAR / 2
        parts.append(f'<text x="{LEFT - 10}" y="{centre:g}" text-anchor="end">{escape(group.name)}</text>')
        parts.append(
            f'<text class="quiet" x="{LEFT - 10}" y="{centre + 15:g}" text-anchor="end" font-size="11">'
            f"{escape(group.note)}</text>"
        )
        for bar in group.bars:
            parts += drawn(bar, y, scale)
            y += BAR
        if group.limit:
            x = LEFT + group.limit * scale
            top = y - len(group.bars) * BAR - 2
            parts.append(f'<line class="limit" x1="{x:.1f}" y1="{top:g}" x2="{x:.1f}" y2="{y + 2:g}"/>')
        y += GAP
    return "\n".join([*parts, "</svg>", ""])


def drawn(bar: Bar, y: float, scale: float) -> list[str]:
    low, value, high = (LEFT + length * scale for length in (bar.low, bar.value, bar.high))
    middle = y + BAR / 2
    return [
        f'<rect class="bar{bar.series}" x="{LEFT}" y="{y + 0.5:g}" width="{value - LEFT:.1f}" height="{BAR - 1}"/>',
        f'<line class="spread" x1="{low:.1f}" y1="{middle:g}" x2="{high:.1f}" y2="{middle:g}"/>',
        f'<text class="quiet" x="{max(high, value) + 5:.1f}" y="{middle + 4:g}" font-size="10">{bar.value:.1f}</text>',
    ]
