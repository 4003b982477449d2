"""Serials of numbered paper 空白证书: letters, then figures that count up."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from core.errors import Refused

MOST_FIGURES: Final = 15
"""So many last digits of a serial count; more would fit no column."""
MOST_AT_ONCE: Final = 100_000
_SERIAL = re.compile(rf"([0-9A-Z-]{{0,24}}?)([0-9]{{1,{MOST_FIGURES}}})")


def read_serial(given: str) -> str:
    """A serial as somebody typed or scanned it, in its one form. Anything else: refused."""
    serial = re.sub(r"\s", "", unicodedata.normalize("NFKC", given)).upper()
    if _SERIAL.fullmatch(serial) is None:
        raise Refused("certificates.blank_bad_serial", serial=given[:40])
    return serial


def split_serial(serial: str) -> tuple[str, int, int]:
    """What stands before the counting digits, how many these are, and their number."""
    found = _SERIAL.fullmatch(serial)
    if found is None:
        return serial, 0, 0
    prefix, figures = found.groups()
    return prefix, len(figures), int(figures)


def join_serial(prefix: str, width: int, number: int) -> str:
    """The serial of such a number."""
    return f"{prefix}{number:0{width}d}"


def check_range(first: str, last: str) -> int:
    """How many serials stand from `first` to `last`. Serials that don't belong together, or too many: refused."""
    (prefix, width, start), (other, other_width, end) = split_serial(first), split_serial(last)
    if (prefix, width) != (other, other_width) or end < start:
        raise Refused("certificates.blank_bad_range", first=first, last=last)
    if end - start >= MOST_AT_ONCE:
        raise Refused("certificates.blank_too_many", count=end - start + 1, most=MOST_AT_ONCE)
    return end - start + 1
