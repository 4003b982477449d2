"""What the people at the desk ask while they work: is this person known, whom may I accept without a further look."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.batches.queries import batch as batch_line
from core.clock import china_date
from core.registration import queries
from core.registration.events import Person
from core.registration.identity import Identity, check
from core.registration.tables import Application
from core.standards.eligibility import judge
from core.standards.packs import pack
from core.store import Id, Read


@dataclass(frozen=True)
class Known:
    """What an identity number that is being typed says, and who has it already."""

    identity: Identity
    candidate: Id | None = None
    person: Person | None = None
    application: Id | None = None
    """The person's application for this batch, where there is one."""


@dataclass(frozen=True)
class Acceptable:
    """The undecided applications that one reviewer may accept as they stand, and how many there are altogether."""

    applications: tuple[Id, ...]
    undecided: int
    own: int
    """Entered by the reviewer: somebody else decides those."""


def known_person(read: Read, batch: Id, id_kind: str, typed: str) -> Known:
    """Judge an identity number as it was typed, and find the candidate who has it."""
    identity = check(typed, kind=id_kind)
    if not identity.valid:
        return Known(identity)
    candidate = queries.candidate_with_identity(read, id_kind, identity.number)
    if candidate is None:
        return Known(identity)
    return Known(
        identity, candidate, queries.person_of(read, candidate), queries.application_of(read, candidate, batch)
    )


def acceptable(read: Read, batch: Id, reviewer: Id) -> Acceptable:
    """Whom a reviewer may accept without a further look: a condition of 9.1 holds, and somebody else entered it."""
    line = batch_line(read, batch)
    standard = pack(line.standard)
    rows = read.rows(
        select(Application.id, Application.facts, Application.entered_at, Application.entered_by)
        .where(Application.batch == batch, Application.state == "entered")
        .order_by(Application.id)
    )
    fit = tuple(
        row.id
        for row in rows
        if row.entered_by != reviewer
        and judge(standard, line.level, queries.decode_facts(row.facts, china_date(row.entered_at))).eligible
    )
    return Acceptable(fit, len(rows), sum(row.entered_by == reviewer for row in rows))
