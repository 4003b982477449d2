"""Points as people write them, to and from integers in hundredths.

Every score in the program is an integer number of hundredths, so that no sum depends on binary fractions.
"""

from __future__ import annotations

import re
from decimal import Decimal

HUNDREDTHS = 100
"""Hundredths in one point."""

_WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]+)?", re.ASCII)
# Ten to the twelfth points is beyond any examination; larger exponents would only cost memory.
_LARGEST_EXPONENT = 12


class NotPoints(ValueError):
    """What was written is no number of points. `reason` is one of `REASONS`."""

    REASONS = ("not_a_number", "negative", "too_many_decimals", "too_large")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_points(written: object) -> int:
    """The hundredths of a decimal string (`"8.5"`), an integer of whole points, or an exact `Decimal`.

    Raises `NotPoints` for anything else: a float, a truth value, a sign, an exponent in text, three decimals.
    """
    if isinstance(written, str):
        if written.startswith("-") and _WRITTEN.fullmatch(written[1:]):
            raise NotPoints("negative")
        if not _WRITTEN.fullmatch(written):
            raise NotPoints("not_a_number")
        return _hundredths(Decimal(written))
    if isinstance(written, bool) or not isinstance(written, int | Decimal):
        raise NotPoints("not_a_number")
    if isinstance(written, int) and abs(written) >= 10**_LARGEST_EXPONENT:
        raise NotPoints("negative" if written < 0 else "too_large")
    return _hundredths(Decimal(written))


def _hundredths(exact: Decimal) -> int:
    if not exact.is_finite():
        raise NotPoints("not_a_number")
    if exact < 0:
        raise NotPoints("negative")
    if not exact:
        return 0
    if exact.adjusted() >= _LARGEST_EXPONENT:
        raise NotPoints("too_large")
    _, digits, exponent = exact.as_tuple()
    trailing = next((count for count, digit in enumerate(reversed(digits)) if digit), 0)
    if int(exponent) + trailing < -2:
        raise NotPoints("too_many_decimals")
    return int(exact.scaleb(2))


def points_text(hundredths: int) -> str:
    """Hundredths as a decimal string with two decimals: 8335 is `"83.35"`."""
    sign, size = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    return f"{sign}{size // HUNDREDTHS}.{size % HUNDREDTHS:02d}"


def short_text(hundredths: int) -> str:
    """The same without idle zeros, as people write a limit: 1500 is `"15"`, 850 is `"8.5"`."""
    return points_text(hundredths).rstrip("0").rstrip(".")


def allot(total: int, parts: int) -> tuple[int, ...]:
    """`total` hundredths in `parts` equal shares; what can't be shared goes to the first."""
    if parts < 1:
        return ()
    share, rest = divmod(total, parts)
    return (share + rest, *([share] * (parts - 1)))
