"""Lines over sizes as an SVG, in the manner of chart.py: both axes logarithmic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import chart

COLOURS = ("#57606a", "#0b6bb8", "#2a9d8f", "#a0a7af", "#d9822b", "#b5485d")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 30, 96, 56


@dataclass(frozen=True)
class Line:
    """Values over sizes, both positive. What is only compared with is dashed."""

    name: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


def ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten, from the last one not above `low` to the first one not below `high`."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    start = max(step for step in steps if step <= low)
    end = min(step for step in steps if step >= high)
    return [step for step in steps if start <= step <= end]


def draw(title: str, across: str, up: str, lines: list[Line], names: dict[float, str]) -> str:
    """The picture; `names` are the sizes that are written on the axis."""
    values = [value for line in lines for _, value in line.points]
    levels = ticks(min(values), max(values))
    first, last = math.log2(min(names)), math.log2(max(names))
    bottom, top = math.log10(levels[0]), math.log10(levels[-1])

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log2(size) - first) / max(last - first, 1)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(value) - bottom) / max(top - bottom, 0.1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{chart.STYLE}</style>",
        f'<rect class="paper" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>',
        f'<text x="20" y="28" font-weight="600">{escape(title)}</text>',
    ]
    for level in levels:
        at = y(level)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}"/>')
        parts.append(f'<text class="quiet" x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{level:g}</text>')
    for size, name in names.items():
        place = f'x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 18}"'
        parts.append(f'<text class="quiet" {place} text-anchor="middle">{escape(name)}</text>')
    middle = LEFT + (WIDTH - LEFT - RIGHT) / 2
    parts.append(f'<text class="quiet" x="{middle:g}" y="{HEIGHT - 16}" text-anchor="middle">{escape(across)}</text>')
    parts.append(f'<text class="quiet" x="20" y="{TOP - 12}">{escape(up)}</text>')
    at_x = 20.0
    for line, colour in zip(lines, COLOURS, strict=False):
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        style = f'fill="none" stroke="{colour}" stroke-width="2"{dash}'
        parts.append(f'<line x1="{at_x:g}" y1="50" x2="{at_x + 22:g}" y2="50" {style}/>')
        parts.append(f'<text x="{at_x + 27:g}" y="54">{escape(line.name)}</text>')
        at_x += 46 + 7.2 * len(line.name)
        way = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in line.points)
        parts.append(f'<polyline points="{way}" {style}/>')
    return "\n".join([*parts, "</svg>", ""])
