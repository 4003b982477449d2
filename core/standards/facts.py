"""What an applicant states and shows: the facts that eligibility (9.1) is judged by.

`Facts.from_json` reads the contract's file; the registration room makes the same struct from what it knows. Every key
may be missing: what is not stated does not count. What is stated wrongly is refused by the name of its key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from core.errors import Refused
from core.standards.plain_json import read_object

_DATE = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOST_HOURS = 100_000


class Experience(msgspec.Struct, frozen=True):
    """A period in an occupation. `last` is its last day, counted in; None is still going on."""

    occupation: str | None = None
    first: date | None = None
    last: date | None = None


class Training(msgspec.Struct, frozen=True):
    """One course: its hours 学时, the day it was completed, the number of its completion certificate."""

    hours: Decimal | None = None
    completed: date | None = None
    certificate_no: str | None = None


class Held(msgspec.Struct, frozen=True):
    """A certificate held: of which standard (a pack's id) and level, and when it was issued."""

    standard: str | None = None
    level: str | None = None
    issued: date | None = None


class Education(msgspec.Struct, frozen=True):
    """A course of study: kind of school, major, the day of graduation, or a final-year student 应届."""

    school: str | None = None
    major: str | None = None
    graduated: date | None = None
    final_year: bool = False


class Award(msgspec.Struct, frozen=True):
    """A prize: `scope` is county, city, province or national; rank 1 is the first prize."""

    scope: str | None = None
    rank: int | None = None


class Facts(msgspec.Struct, frozen=True):
    """Everything that an application rests on. Nothing dated after `as_of` counts."""

    as_of: date
    experience: tuple[Experience, ...] = ()
    training: tuple[Training, ...] = ()
    certificates: tuple[Held, ...] = ()
    education: tuple[Education, ...] = ()
    awards: tuple[Award, ...] = ()

    @classmethod
    def from_json(cls, content: bytes | str, *, today: date) -> Facts:
        """The facts in a JSON file (see the contract). Without `as_of` they are judged as of `today`.

        Refused: what is no JSON (`json.*`), an unknown key, a date that does not exist, a value of the wrong kind,
        `to` before `from` (`facts.*`), each naming its key.
        """
        read = _fields(
            read_object(content),
            "",
            {
                "as_of": _date,
                "experience": _rows({"occupation": _text, "from": _date, "to": _date}),
                "training": _rows({"hours": _hours, "completed": _date, "certificate_no": _text}),
                "certificates": _rows({"standard": _text, "level": _text, "issued": _date}),
                "education": _rows({"school": _text, "major": _text, "graduated": _date, "final_year": _truth}),
                "awards": _rows({"scope": _text, "rank": _rank}),
            },
        )
        experience = read.get("experience", ())
        for index, period in enumerate(experience):
            if "from" in period and "to" in period and period["to"] < period["from"]:
                raise Refused("facts.to_before_from", key=f"experience[{index}].to")
        return cls(
            as_of=read.get("as_of", today),
            experience=tuple(
                Experience(period.get("occupation"), period.get("from"), period.get("to")) for period in experience
            ),
            training=tuple(Training(**course) for course in read.get("training", ())),
            certificates=tuple(Held(**held) for held in read.get("certificates", ())),
            education=tuple(Education(**study) for study in read.get("education", ())),
            awards=tuple(Award(**award) for award in read.get("awards", ())),
        )


_Reader = Callable[[object, str], Any]


def _fields(found: dict[str, object], where: str, readers: dict[str, _Reader]) -> dict[str, Any]:
    """Each key read by its reader; null is as good as missing."""
    for key in found:
        if key not in readers:
            raise Refused("facts.unknown_key", key=where + key, keys=" ".join(readers))
    return {key: readers[key](value, where + key) for key, value in found.items() if value is not None}


def _rows(readers: dict[str, _Reader]) -> _Reader:
    def read(value: object, where: str) -> tuple[dict[str, Any], ...]:
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise Refused("facts.not_a_list", key=where)
        return tuple(_fields(row, f"{where}[{index}].", readers) for index, row in enumerate(value))

    return read


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Refused("facts.not_text", key=where)
    return value.strip()


def _date(value: object, where: str) -> date:
    # Python would also take week dates and dates without dashes, which people don't write here.
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Refused("facts.bad_date", key=where)


def _truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise Refused("facts.not_true_or_false", key=where)
    return value


def _hours(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= _MOST_HOURS:
        raise Refused("facts.bad_hours", key=where)
    return Decimal(value)


def _rank(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Refused("facts.bad_rank", key=where)
    return value
