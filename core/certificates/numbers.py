"""What a certificate's number is made of. Its form is the association's: a pattern that comes with its authorisation.

A pattern names the pieces of a number in order, each with its digits: `year:2 standard:2 level:1 centre:8 serial:5
check:1`. A piece that begins with `=` stands in the number as it is (`=ZK-`). The last piece is the check digit, by
ISO 7064 MOD 11,10 over all digits before it: it notices every single wrong digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from stdnum.iso7064 import mod_11_10

from core.certificates.credential import LEVELS, OCCUPATIONS
from core.errors import Refused

DEFAULT_PATTERN: Final = "year:2 standard:2 level:1 centre:8 serial:5 check:1"
LONGEST: Final = 32
"""Characters of a number, which a credential carries too."""
SHORTEST: Final = 6
NEEDED: Final = ("year", "centre", "serial", "check")
"""Without one of these two certificates could have one number, or a wrong one pass."""
_WIDEST: Final = {"year": 4, "standard": 4, "level": 1, "centre": 8, "serial": 9, "check": 1}
_PIECE = re.compile(r"(year|standard|level|centre|serial|check):([1-9])|=([0-9A-Z-]{1,8})")
_DIGITS = re.compile(r"[0-9]+")
_PATTERN_LIMIT: Final = 200


@dataclass(frozen=True)
class Parsed:
    """The pieces of a number, as its pattern has them; None for one that the pattern lacks."""

    year: str
    standard: str | None
    level: str | None
    centre: str
    serial: int


@dataclass(frozen=True)
class _Form:
    pieces: tuple[tuple[str, int], ...]
    regex: re.Pattern[str]


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that makes no numbers, or numbers that a certificate can't carry."""
    _form(pattern)


def make(pattern: str, year: int, standard: str, level: str, centre_number: str, serial: int) -> str:
    """A certificate's number.

    Refused: a serial or centre number that doesn't fit the pattern, and a standard whose number is not yet fixed where
    the pattern asks for it; one that the association published later stands in its pattern as it is (`=03`).
    """
    pieces = _form(pattern).pieces
    if standard not in OCCUPATIONS and any(width and piece == "standard" for piece, width in pieces):
        raise Refused("certificates.standard_without_number", standard=standard)
    values = {
        "year": str(year),
        "standard": str(OCCUPATIONS.get(standard, "")),
        "level": str(LEVELS.index(level) + 1),
        "centre": centre_number,
        "serial": str(serial),
    }
    made = ""
    for piece, width in pieces:
        if not width:
            made += piece
        elif piece == "check":
            made += mod_11_10.calc_check_digit("".join(_DIGITS.findall(made)))
        else:
            # Of a year the last digits; a centre number is whole as it is; the others are filled up.
            text = values[piece][-width:] if piece == "year" else values[piece]
            text = text if piece == "centre" else text.zfill(width)
            if len(text) != width or not (text.isascii() and text.isdigit()):
                raise Refused("certificates.number_does_not_fit", piece=piece, value=values[piece][:20], digits=width)
            made += text
    return made


def parse(number: str, pattern: str = DEFAULT_PATTERN) -> Parsed | None:
    """The pieces of a number, or None where it isn't of this pattern or its check digit is wrong."""
    found = _form(pattern).regex.fullmatch(number)
    if found is None or not mod_11_10.is_valid("".join(_DIGITS.findall(number))):
        return None
    pieces = found.groupdict()
    return Parsed(pieces["year"], pieces.get("standard"), pieces.get("level"), pieces["centre"], int(pieces["serial"]))


def centre_number_of(number: str, pattern: str = DEFAULT_PATTERN) -> str | None:
    """The centre's digits in a number, or None where it isn't of this pattern."""
    found = parse(number, pattern)
    return found.centre if found else None


def _form(pattern: str) -> _Form:
    found = _forms.get(pattern)
    if found is None:
        found = _read_pattern(pattern)
        if len(_forms) < _MOST_KNOWN:
            _forms[pattern] = found
    return found


def _read_pattern(pattern: str) -> _Form:
    pieces: list[tuple[str, int]] = []
    for word in pattern.split() if len(pattern) <= _PATTERN_LIMIT else ():
        piece = _PIECE.fullmatch(word)
        if piece is None:
            raise Refused("certificates.bad_pattern", problem=word[:20])
        name, width, literal = piece.groups()
        pieces.append((literal, 0) if literal else (name, int(width)))
    names = [name for name, width in pieces if width]
    lacking = [name for name in NEEDED if name not in names]
    if lacking or names[-1] != "check" or not pieces[-1][1]:
        raise Refused("certificates.bad_pattern", problem=lacking[0] if lacking else "check")
    wrong = [name for name, width in pieces if width > _WIDEST.get(name, 9) or (width and names.count(name) > 1)]
    length = sum(width or len(name) for name, width in pieces)
    if wrong or not SHORTEST <= length <= LONGEST or (not pieces[0][1] and pieces[0][0].startswith("N")):
        raise Refused("certificates.bad_pattern", problem=wrong[0] if wrong else str(length))
    text = "".join(f"(?P<{name}>[0-9]{{{width}}})" if width else re.escape(name) for name, width in pieces)
    return _Form(tuple(pieces), re.compile(text))


_MOST_KNOWN: Final = 64
_forms: dict[str, _Form] = {}
