"""Who a candidate is, as a form or a roster says it: checked and written the one way in which it is kept."""

from __future__ import annotations

from datetime import date

import msgspec

from core.errors import Refused
from core.registration import identity
from core.registration.events import Person
from core.registration.roster_values import LONGEST_NAME, LONGEST_TEXT, Unclear, name, phone, text


def checked_person(person: Person) -> Person:
    """The person with every field as it is kept; birth date and sex follow from the identity number where left open.

    Refused: no name, a number that can't be, a birth date or sex that contradicts it, text too long or not to be seen.
    """
    try:
        plain = name(person.name[: LONGEST_NAME + 1]) if person.name.strip() else None
        if plain is None:
            raise Refused("registration.no_name")
        telephone = (phone(person.phone[:LONGEST_TEXT]) or "") if person.phone.strip() else ""
        others = {field: text(getattr(person, field)) or "" for field in ("education", "employer", "school", "major")}
    except Unclear as problem:
        raise Refused(problem.code, clause=None, **problem.values) from None
    if person.id_kind not in identity.KINDS:
        raise Refused("roster.id_kind")
    found = identity.check(person.id_number[:LONGEST_TEXT], kind=person.id_kind)
    if not found.valid:
        raise Refused("registration.bad_identity", problem=found.problem or "")
    return msgspec.structs.replace(
        person,
        name=plain,
        id_number=found.number,
        birth_date=_birth_date(person.birth_date, found.birth_date),
        sex=_sex(person.sex, found.sex),
        phone=telephone,
        **others,
    )


def _birth_date(stated: str, told: date | None) -> str:
    if not stated:
        return told.isoformat() if told else ""
    try:
        day = date.fromisoformat(stated)
    except ValueError:
        raise Refused("roster.date") from None
    if told is not None and told != day:
        raise Refused("roster.birth_differs")
    return day.isoformat()


def _sex(stated: str, told: str | None) -> str:
    if stated not in ("", identity.MALE, identity.FEMALE):
        raise Refused("roster.sex")
    if stated and told is not None and told != stated:
        raise Refused("roster.sex_differs")
    return stated or told or ""
