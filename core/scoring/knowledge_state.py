"""How far knowledge scores are that two people enter, by their rows alone: what the room's commands rest on.

Nothing here asks who wants to know; see `knowledge_queries`.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from core.arrangement.queries import numbers
from core.scoring.tables import KnowledgeKeying, KnowledgeRule, KnowledgeScore
from core.store import Id, Read

TOTAL = "total"
ROUNDS = (1, 2)
_ROWS = list[tuple[str, int]]


@dataclass(frozen=True)
class Entered:
    """One person's entry of a candidate's score in hundredths. `total` None: its part is not here."""

    keyer: Id
    round: int
    total: int | None
    rows: tuple[tuple[str, int], ...]


def entries_of(read: Read, application: Id) -> list[Entered]:
    """Who entered what of a candidate's score."""
    return entered_by(read, [application]).get(application, [])


def differing_rows(one: Entered, other: Entered) -> tuple[str, ...]:
    """Where two entries differ: rows where both gave them, and the total."""
    first, second = dict(one.rows), dict(other.rows)
    cells = [key for key in first if key in second and first[key] != second[key]]
    return (*cells, *((TOTAL,) if one.total != other.total else ()))


def disputed(read: Read) -> set[Id]:
    """Whose score does not count for now: two people enter it, and since they agreed one of them has entered another.

    Of a score from before the batch was entered twice, a first entry that differs is enough.
    """
    twice = read.rows(select(KnowledgeRule.id).where(KnowledgeRule.double))
    inside = [application for row in twice for application in numbers(read, row.id)]
    if not inside:
        return set()
    totals = {row.id: row.total for row in read.rows(select(KnowledgeScore.id, KnowledgeScore.total))}
    found = set()
    for application, entries in entered_by(read, inside).items():
        known = [one for one in entries if one.total is not None]
        if len(known) == len(ROUNDS):
            differs = bool(differing_rows(*known))
        else:
            differs = any(one.total != totals.get(application) for one in known)
        if differs and application in totals:
            found.add(application)
    return found


def entered_by(read: Read, applications: list[Id]) -> dict[Id, list[Entered]]:
    """Who entered what of these candidates' scores, by application."""
    wanted = set(applications)
    statement = select(KnowledgeKeying).where(KnowledgeKeying.void.is_(False)).order_by(KnowledgeKeying.round)
    if len(applications) == 1:
        statement = statement.where(KnowledgeKeying.application == applications[0])
    found: dict[Id, list[Entered]] = {}
    for row in read.rows(statement):
        if row.application in wanted:
            rows = tuple(msgspec.msgpack.decode(row.rows, type=_ROWS)) if row.rows is not None else ()
            found.setdefault(row.application, []).append(Entered(row.keyer, row.round, row.total, rows))
    return found
