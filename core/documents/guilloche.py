"""The fine lines that a certificate is framed with and printed on, as vectors.

A band is braided from waves that differ only in their phase, its corners and the middle are envelopes of
trochoids, and the ground is a field of drifting waves. All of it is worked out from a few figures, so that a
centre changes colours and margins, never a picture. Millimetres from the left upper corner come in, paths in a
PDF's own operators and points come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from typing import Final

MILLIMETRE: Final = 72 / 25.4
_STEP: Final = 1e-4
"""How far apart two places lie whose difference is a curve's direction."""
_CORNER: Final = 1.06
"""Where the braid begins beyond a corner's rosette, in widths of the band."""
_HAIR, _FINE, _LINE = 0.18, 0.28, 0.6
"""Points. The thinnest is what office printers still draw."""

Curve = Callable[[float], tuple[float, float]]


@dataclass(frozen=True)
class Colours:
    """What the lines are drawn in: the frame's two, and the ground's, which lies under the text."""

    frame: str
    second: str
    ground: str


@dataclass(frozen=True)
class Stroke:
    """One path of one colour, `weight` points thick."""

    path: str
    colour: str
    weight: float


class Guilloche:
    """The lines of one sheet. `margin` is the paper left around the band, `band` its width, in millimetres."""

    def __init__(self, width: float, height: float, margin: float, band: float, colours: Colours) -> None:
        self._width, self._height = width, height
        self._margin, self._band = margin, band
        self._colours = colours

    def strokes(self) -> Iterator[Stroke]:
        """All lines, the faintest first."""
        yield from self._field()
        yield from self._medallion()
        yield from self._braid()
        yield from self._corners()
        yield from self._rules()

    def _field(self) -> Iterator[Stroke]:
        inner = self._margin + self._band + 1.6
        left, right = inner, self._width - inner
        gap, rise, length = 2.1, 1.2, 46.0
        count = int((self._height - 2 * inner - 2 * rise) / gap)
        rest = (self._height - 2 * inner - count * gap) / 2
        paths = []
        for line in range(count + 1):
            level, phase = inner + rest + line * gap, 0.42 * line

            def wave(x: float, level: float = level, phase: float = phase) -> tuple[float, float]:
                return x, level + rise * sin(2 * pi * x / length + phase) * cos(pi * x / (length * 1.7) - phase / 3)

            paths.append(self._path(wave, left, right, int((right - left) / 9)))
        yield Stroke(" ".join(paths), self._colours.ground, _HAIR)

    def _medallion(self) -> Iterator[Stroke]:
        inner = min(self._width, self._height) - 2 * (self._margin + self._band)
        middle = self._width / 2, self._height / 2
        paths = [
            *(self._rosette(middle, inner * 0.385, 0.80, 0.20 * cos(pi * turn / 9), 24) for turn in range(9)),
            *(self._rosette(middle, inner * 0.30, 0.62, 0.38 * cos(pi * turn / 8), 16) for turn in range(8)),
            *(self._rosette(middle, inner * 0.17, 0.50, 0.50 * cos(pi * turn / 6), 12) for turn in range(6)),
        ]
        yield Stroke(" ".join(paths), self._colours.ground, _FINE)

    def _braid(self) -> Iterator[Stroke]:
        inset, half = self._margin + self._band / 2, self._band / 2
        start = self._margin + self._band * _CORNER
        for colour, rise, waves, strands in (
            (self._colours.second, 0.80, 2, 6),
            (self._colours.frame, 0.86, 1, 8),
        ):
            paths = []
            for across, length in ((True, self._width), (False, self._height)):
                run = length - 2 * start
                turns = max(1, round(run / (self._band * 1.55))) * waves
                for strand in range(strands):
                    offsets = _Wave(run, turns, half * rise, 2 * pi * strand / strands)
                    for far in (False, True):
                        level = (self._height if across else self._width) - inset if far else inset
                        curve = offsets.along(start, level, across)
                        paths.append(self._path(curve, 0, run, turns * 4))
            yield Stroke(" ".join(paths), colour, _HAIR)

    def _corners(self) -> Iterator[Stroke]:
        inset, size = self._margin + self._band / 2, self._band * 0.48
        places = [(x, y) for x in (inset, self._width - inset) for y in (inset, self._height - inset)]
        for colour, reach, base, lobes, turns in (
            (self._colours.second, 1.0, 0.72, 12, 6),
            (self._colours.frame, 0.86, 0.56, 8, 7),
        ):
            paths = [
                self._rosette(place, size * reach, base, (1 - base) * cos(pi * turn / turns), lobes)
                for place in places
                for turn in range(turns)
            ]
            yield Stroke(" ".join(paths), colour, _HAIR)

    def _rules(self) -> Iterator[Stroke]:
        out, band = self._margin, self._band
        yield Stroke(self._rectangle(out - 1.1), self._colours.frame, _LINE * 1.5)
        yield Stroke(self._rectangle(out - 0.1), self._colours.frame, _FINE)
        yield Stroke(self._rectangle(out + band + 0.1), self._colours.frame, _FINE)
        yield Stroke(self._rectangle(out + band + 1.1), self._colours.frame, _LINE)
        yield Stroke(" ".join(self._ends()), self._colours.frame, _FINE)

    def _ends(self) -> Iterator[str]:
        """Where the braid meets the corners."""
        near, far = self._margin, self._margin + self._band
        ends = self._margin + self._band * _CORNER
        for x in (ends, self._width - ends):
            for y in (near, self._height - far):
                yield self._straight((x, y), (x, y + self._band))
        for y in (ends, self._height - ends):
            for x in (near, self._width - far):
                yield self._straight((x, y), (x + self._band, y))

    def _straight(self, start: tuple[float, float], end: tuple[float, float]) -> str:
        (x, y), (to_x, to_y) = self._point(start), self._point(end)
        return f"{x:.2f} {y:.2f} m {to_x:.2f} {to_y:.2f} l"

    def _rectangle(self, inset: float) -> str:
        wide, high = (self._width - 2 * inset) * MILLIMETRE, (self._height - 2 * inset) * MILLIMETRE
        return f"{inset * MILLIMETRE:.2f} {inset * MILLIMETRE:.2f} {wide:.2f} {high:.2f} re"

    def _rosette(self, middle: tuple[float, float], radius: float, base: float, swing: float, lobes: int) -> str:
        def around(angle: float) -> tuple[float, float]:
            reach = radius * (base + swing * cos(lobes * angle))
            return middle[0] + reach * cos(angle), middle[1] + reach * sin(angle)

        return self._path(around, 0, 2 * pi, lobes * 4) + " h"

    def _path(self, curve: Curve, start: float, end: float, pieces: int) -> str:
        """A curve as pieces of third degree whose ends touch it in place and direction."""
        step = (end - start) / pieces
        knots = [start + step * piece for piece in range(pieces + 1)]
        places = [self._point(curve(knot)) for knot in knots]
        handles = []
        for knot in knots:
            before, after = self._point(curve(knot - _STEP)), self._point(curve(knot + _STEP))
            handles.append(tuple((b - a) / (2 * _STEP) * step / 3 for a, b in zip(before, after, strict=True)))
        parts = [f"{places[0][0]:.1f} {places[0][1]:.1f} m"]
        for (place, handle), (next_place, next_handle) in pairwise(zip(places, handles, strict=True)):
            parts.append(
                f"{place[0] + handle[0]:.1f} {place[1] + handle[1]:.1f}"
                f" {next_place[0] - next_handle[0]:.1f} {next_place[1] - next_handle[1]:.1f}"
                f" {next_place[0]:.1f} {next_place[1]:.1f} c"
            )
        return " ".join(parts)

    def _point(self, place: tuple[float, float]) -> tuple[float, float]:
        return place[0] * MILLIMETRE, (self._height - place[1]) * MILLIMETRE


@dataclass(frozen=True)
class _Wave:
    """One strand: `turns` waves over `run` millimetres, `rise` high, begun at `phase`."""

    run: float
    turns: int
    rise: float
    phase: float

    def along(self, start: float, level: float, across: bool) -> Curve:
        """The strand laid on one side of the sheet."""

        def place(at: float) -> tuple[float, float]:
            off = level + self.rise * sin(2 * pi * self.turns * at / self.run + self.phase)
            return (start + at, off) if across else (off, start + at)

        return place
