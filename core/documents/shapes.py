"""Shapes in a PDF's own operators, in points."""

from __future__ import annotations

from typing import Final

_ROUND: Final = 0.5523
"""How far the handles of a curve reach that stands for a quarter of a circle, in radii."""


def rounded(x: float, y: float, wide: float, high: float, radius: float) -> str:
    """A rectangle with round corners, from its left lower corner, in points."""
    reach = radius * (1 - _ROUND)
    right, top = x + wide, y + high

    def corner(x1: float, y1: float, x2: float, y2: float, x3: float, y3: float) -> str:
        return f"{x1:.2f} {y1:.2f} {x2:.2f} {y2:.2f} {x3:.2f} {y3:.2f} c"

    return " ".join(
        (
            f"{x + radius:.2f} {y:.2f} m {right - radius:.2f} {y:.2f} l",
            corner(right - reach, y, right, y + reach, right, y + radius),
            f"{right:.2f} {top - radius:.2f} l",
            corner(right, top - reach, right - reach, top, right - radius, top),
            f"{x + radius:.2f} {top:.2f} l",
            corner(x + reach, top, x, top - reach, x, top - radius),
            f"{x:.2f} {y + radius:.2f} l",
            corner(x, y + reach, x + reach, y, x + radius, y),
            "h",
        )
    )
