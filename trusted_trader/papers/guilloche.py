"""Guilloche: the interwoven fine lines of a certificate's border, rosette and seal, drawn for any page size.

Everything is SVG text in millimetres, the same for the same arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from math import cos, pi, sin, tau

type Point = tuple[float, float]

NAVY = "#1b2f5b"
GOLD = "#b08d3c"
PAPER = "#fffdf7"


@cache
def page(width: float, height: float) -> str:
    """The background of a certificate page: paper, border, and a faint rosette behind the words."""
    middle = (width / 2, height / 2)
    parts = [
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        *(_rosette(middle, 62, turn, GOLD, 0.13, opacity=0.16) for turn in range(8)),
        *(_band(width, height, inset=13.5, turn=turn, color=NAVY) for turn in range(3)),
        *(_band(width, height, inset=13.5, turn=turn + 0.5, color=GOLD) for turn in range(3)),
        _frame(width, height, inset=8.6, color=NAVY, stroke=0.7),
        _frame(width, height, inset=9.7, color=GOLD, stroke=0.2),
        _frame(width, height, inset=17.3, color=GOLD, stroke=0.2),
        _frame(width, height, inset=18.4, color=NAVY, stroke=0.35),
        *(_corner((x, y)) for x in (13.5, width - 13.5) for y in (13.5, height - 13.5)),
    ]
    return _svg(width, height, parts)


@cache
def seal(size: float = 34) -> str:
    """The programme's own seal: a rosette around a compass star. No agency's emblem."""
    middle = (size / 2, size / 2)
    radius = size / 2 - 0.5
    parts = [
        _disc(middle, radius, PAPER, GOLD, 0.5),
        *(_rosette(middle, radius * 0.93, turn, GOLD, 0.14, petals=24, depth=0.1) for turn in range(6)),
        _disc(middle, radius * 0.68, NAVY, GOLD, 0.5),
        _star(middle, radius * 0.56, 0.30, GOLD, turn=pi / 4, reach=0.62),
        _star(middle, radius * 0.56, 0.20, PAPER),
        _disc(middle, radius * 0.08, NAVY, GOLD, 0.2),
    ]
    return _svg(size, size, parts)


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    size = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _band(width: float, height: float, *, inset: float, turn: float, color: str) -> str:
    """A wave that runs once around the page; `turn` (thirds of a period) sets it beside its neighbours."""
    rim, length = _rim(width - 2 * inset, height - 2 * inset, radius=5)
    waves = round(length / 8.5)
    steps = waves * 12

    def at(step: int) -> Point:
        (x, y), (across, down) = rim(length * step / steps)
        swing = 3.1 * sin(tau * (waves * step / steps + turn / 3)) * (1 - 0.25 * cos(tau * 3 * waves * step / steps))
        return x + inset + across * swing, y + inset + down * swing

    return _line(map(at, range(steps)), color, 0.16)


def _rim(width: float, height: float, radius: float) -> tuple[Callable[[float], tuple[Point, Point]], float]:
    """A rounded rectangle: the point and the outward direction at a way along it, and its whole length."""
    arc = pi / 2 * radius
    sides = (width - 2 * radius, height - 2 * radius) * 2
    corners = ((width - radius, radius), (width - radius, height - radius), (radius, height - radius), (radius, radius))
    starts = ((radius, 0.0), (width, radius), (width - radius, height), (0.0, height - radius))

    def at(way: float) -> tuple[Point, Point]:
        for side, length in enumerate(sides):
            heading = side * pi / 2
            if way <= length:
                (x, y) = starts[side]
                return (x + cos(heading) * way, y + sin(heading) * way), (sin(heading), -cos(heading))
            way -= length
            if way <= arc:
                angle = heading - pi / 2 + way / radius
                (x, y) = corners[side]
                return (x + cos(angle) * radius, y + sin(angle) * radius), (cos(angle), sin(angle))
            way -= arc
        return at(0.0)

    return at, sum(sides) + 4 * arc


def _rosette(
    middle: Point,
    radius: float,
    turn: float,
    color: str,
    stroke: float,
    *,
    petals: int = 12,
    depth: float = 0.32,
    opacity: float = 1,
) -> str:
    def at(step: int) -> Point:
        angle = tau * step / (petals * 14)
        reach = radius * (1 - depth + depth * sin(petals * angle + turn * tau / 8))
        return middle[0] + reach * cos(angle), middle[1] + reach * sin(angle)

    return _line(map(at, range(petals * 14)), color, stroke, opacity)


def _corner(middle: Point) -> str:
    rosettes = (_rosette(middle, 5.6, turn, GOLD, 0.13, petals=10, depth=0.3) for turn in range(4))
    return _disc(middle, 6.2, PAPER, NAVY, 0.35) + "".join(rosettes) + _disc(middle, 1.5, NAVY, GOLD, 0.3)


def _star(middle: Point, radius: float, waist: float, color: str, *, turn: float = 0.0, reach: float = 1.0) -> str:
    def at(step: int) -> Point:
        length = radius * (reach if step % 2 == 0 else waist * reach)
        return middle[0] + length * sin(turn + step * pi / 4), middle[1] - length * cos(turn + step * pi / 4)

    return f'<path d="{_path(map(at, range(8)))}" fill="{color}"/>'


def _disc(middle: Point, radius: float, fill: str, color: str, stroke: float) -> str:
    place = f'cx="{middle[0]:g}" cy="{middle[1]:g}" r="{radius:.2f}"'
    return f'<circle {place} fill="{fill}" stroke="{color}" stroke-width="{stroke}"/>'


def _frame(width: float, height: float, *, inset: float, color: str, stroke: float) -> str:
    size = f'x="{inset}" y="{inset}" width="{width - 2 * inset:g}" height="{height - 2 * inset:g}"'
    return f'<rect {size} fill="none" stroke="{color}" stroke-width="{stroke}"/>'


def _line(points: Iterable[Point], color: str, stroke: float, opacity: float = 1) -> str:
    look = f'fill="none" stroke="{color}" stroke-width="{stroke}" stroke-opacity="{opacity}"'
    return f'<path d="{_path(points)}" {look}/>'


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"
