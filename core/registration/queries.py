"""What others see of candidates and applications. Identity numbers come masked unless they are asked for by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Row, Select, func, or_, select

from core.batches.queries import batch as batch_line
from core.clock import china_date
from core.errors import Refused
from core.people.roles import Role
from core.registration.events import Person
from core.registration.identity import mask
from core.registration.tables import Application, Candidate
from core.standards.eligibility import Eligibility, judge
from core.standards.facts import Facts
from core.standards.packs import pack
from core.standards.workdays import due
from core.store import Actor, BlobRef, Id, Read

AT_ONCE = 500
"""Values in one IN (…): far below what SQLite takes."""

MAY_SEE_IDENTITY = frozenset({Role.REGISTRAR, Role.REVIEWER, Role.MANAGER, Role.CERTIFICATES})
"""Administrators and examiners never see an identity number."""


@dataclass(frozen=True)
class ApplicationLine:
    """An application as lists show it."""

    id: Id
    candidate: Id
    batch: Id
    name: str
    identity: str
    """Masked."""
    phone: str
    state: str
    """`entered`, `accepted`, `refused`, `more` or `withdrawn`."""
    notified: bool
    entered_on: date
    due: date | None
    """The working day until which the applicant is told (10.2); None once told or withdrawn."""
    has_photo: bool


@dataclass(frozen=True)
class ApplicationDetail:
    """One application with all that its review needs."""

    line: ApplicationLine
    person: Person | None
    """With the identity number masked."""
    facts: Facts
    claimed: tuple[str, ...]
    eligibility: Eligibility
    reason: str
    conditions: tuple[str, ...]
    entered_by: Id
    photo: bytes | None


@dataclass(frozen=True)
class ApplicationCounts:
    """How far the applications of a batch are."""

    entered: int
    accepted: int
    refused: int
    more: int
    withdrawn: int
    notified: int

    @property
    def total(self) -> int:
        """All but those withdrawn."""
        return self.entered + self.accepted + self.refused + self.more

    @property
    def decided(self) -> int:
        """Those with an answer."""
        return self.accepted + self.refused


@dataclass(frozen=True)
class Applicant:
    """Who stands behind an application; the identity number is masked."""

    candidate: Id
    name: str
    identity: str


_LINE = (
    select(
        Application.id,
        Application.candidate,
        Application.batch,
        Application.state,
        Application.entered_at,
        Application.notified_on,
        Candidate.name,
        Candidate.id_number,
        Candidate.phone,
        Candidate.photo.is_not(None).label("has_photo"),
    )
    .join(Candidate, Candidate.id == Application.candidate)
    .order_by(Application.id)
)


def applications(
    read: Read,
    batch: Id,
    match: str = "",
    states: Iterable[str] = (),
    *,
    notified: bool | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[ApplicationLine]:
    """The applications of a batch in the order in which they came, which is that of their due days; of some states,
    told the decision or not, or whose name, identity number or phone holds `match`."""
    statement = _matching(_LINE, batch, match, states, notified).offset(offset)
    days = _review_days(read, batch)
    return [_line(row, days) for row in read.rows(statement if limit is None else statement.limit(limit))]


def count_applications(
    read: Read, batch: Id, match: str = "", states: Iterable[str] = (), *, notified: bool | None = None
) -> int:
    """How many `applications` would list."""
    statement = select(func.count()).select_from(Application).join(Candidate, Candidate.id == Application.candidate)
    return int(read.value(_matching(statement, batch, match, states, notified)) or 0)


def _matching(
    statement: Select[*tuple[Any, ...]], batch: Id, match: str, states: Iterable[str], notified: bool | None
) -> Select[*tuple[Any, ...]]:
    statement = statement.where(Application.batch == batch)
    if notified is not None:
        told = Application.notified_on
        statement = statement.where(told.is_not(None) if notified else told.is_(None))
    if states := list(states):
        statement = statement.where(Application.state.in_(states))
    if match := match.strip():
        found = [column.contains(match, autoescape=True) for column in (Candidate.name, Candidate.phone)]
        statement = statement.where(or_(*found, Candidate.id_number.startswith(match.upper(), autoescape=True)))
    return statement


def application(read: Read, id: Id) -> ApplicationLine:
    """One application. No such application: refused."""
    row = read.first(_LINE.where(Application.id == id))
    if row is None:
        raise Refused("registration.unknown_application")
    return _line(row, _review_days(read, row.batch))


def batch_of(read: Read, id: Id) -> Id:
    """The batch of an application. No such application: refused."""
    found: Id | None = read.value(select(Application.batch).where(Application.id == id))
    if found is None:
        raise Refused("registration.unknown_application")
    return found


def candidate_of(read: Read, id: Id) -> Id:
    """The candidate of an application. No such application: refused."""
    found: Id | None = read.value(select(Application.candidate).where(Application.id == id))
    if found is None:
        raise Refused("registration.unknown_application")
    return found


def applicants_of(read: Read, batch: Id) -> dict[Id, Applicant]:
    """Who applied for a batch, by application: what lists of places and results need, in one query."""
    statement = select(Application.id, Application.candidate, Candidate.name, Candidate.id_number).join(
        Candidate, Candidate.id == Application.candidate
    )
    return {
        row.id: Applicant(row.candidate, row.name or "", mask(row.id_number) if row.id_number else "")
        for row in read.rows(statement.where(Application.batch == batch))
    }


def judged(read: Read, id: Id) -> tuple[ApplicationLine, Id, Eligibility]:
    """An application, who entered it, and what 9.1 says of it as of the day on which it was entered."""
    line = application(read, id)
    row = read.first(select(Application.facts, Application.entered_by).where(Application.id == id))
    assert row is not None
    found = batch_line(read, line.batch)
    return line, row.entered_by, judge(pack(found.standard), found.level, decode_facts(row.facts, line.entered_on))


def application_detail(read: Read, id: Id) -> ApplicationDetail:
    """One application with its facts and what 9.1 says of them, as of the day on which it was entered."""
    line = application(read, id)
    row = read.first(select(Application).where(Application.id == id))
    assert row is not None
    batch = batch_line(read, line.batch)
    facts = decode_facts(row.facts, line.entered_on)
    person = person_of(read, line.candidate)
    return ApplicationDetail(
        line=line,
        person=msgspec.structs.replace(person, id_number=mask(person.id_number)) if person else None,
        facts=facts,
        claimed=tuple((row.claimed or "").split()),
        eligibility=judge(pack(batch.standard), batch.level, facts),
        reason=row.reason or "",
        conditions=tuple((row.conditions or "").split()),
        entered_by=row.entered_by,
        photo=photo_of(read, line.candidate),
    )


def decode_facts(data: bytes | None, as_of: date) -> Facts:
    """The facts that an entry's part holds, judged as of a day. None stated: none."""
    if data is None:
        return Facts(as_of=as_of)
    return msgspec.structs.replace(msgspec.json.decode(data, type=Facts), as_of=as_of)


def counts(read: Read, batch: Id) -> ApplicationCounts:
    """How far the applications of a batch are."""
    rows = read.rows(
        select(Application.state, func.count(), func.count(Application.notified_on))
        .where(Application.batch == batch)
        .group_by(Application.state)
    )
    by_state: dict[str, tuple[int, int]] = {row[0]: (row[1], row[2]) for row in rows}

    def of(state: str) -> int:
        return by_state.get(state, (0, 0))[0]

    return ApplicationCounts(
        of("entered"),
        of("accepted"),
        of("refused"),
        of("more"),
        of("withdrawn"),
        sum(told for _, told in by_state.values()),
    )


def person_of(read: Read, candidate: Id) -> Person | None:
    """Who a candidate is, unmasked: for the rooms' own use. None where the part is not here or was erased."""
    row = read.first(select(Candidate).where(Candidate.id == candidate))
    if row is None or row.name is None:
        return None
    return Person(*(getattr(row, name) or "" for name in Person.__struct_fields__))


def reveal_identity(read: Read, actor: Actor | None, candidate: Id) -> str:
    """A candidate's whole identity number, for those who may see it (never an administrator or an examiner)."""
    if actor is None or MAY_SEE_IDENTITY.isdisjoint(actor.roles):
        raise Refused("registration.identity_hidden")
    person = person_of(read, candidate)
    return person.id_number if person else ""


def photo_of(read: Read, candidate: Id) -> bytes | None:
    """A candidate's photo (JPEG), or None."""
    found = read.value(select(Candidate.photo).where(Candidate.id == candidate))
    return read.blob(msgspec.msgpack.decode(found, type=BlobRef)) if found else None


def candidate_with_identity(read: Read, id_kind: str, id_number: str) -> Id | None:
    """The candidate who has this identity number: one number, one candidate."""
    found: Id | None = read.value(
        select(Candidate.id)
        .where(Candidate.id_number == id_number, Candidate.id_kind == id_kind)
        .order_by(Candidate.id)
    )
    return found


def candidates_with_identities(read: Read, numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Id]:
    """`candidate_with_identity` for many (kind, number) at once; those whom nobody knows are left out."""
    wanted = set(numbers)
    found: dict[tuple[str, str], Id] = {}
    by_number = sorted(number for _, number in wanted)
    for start in range(0, len(by_number), AT_ONCE):
        statement = select(Candidate.id_kind, Candidate.id_number, Candidate.id).order_by(Candidate.id)
        some = by_number[start : start + AT_ONCE]
        for kind, number, id in read.rows(statement.where(Candidate.id_number.in_(some))):
            if kind is not None and number is not None and (kind, number) in wanted:
                found.setdefault((kind, number), id)
    return found


def names(read: Read, candidates: Iterable[Id]) -> dict[Id, str]:
    """What candidates are called; those whose part is not here are left out."""
    wanted, found = sorted(set(candidates)), {}
    for start in range(0, len(wanted), AT_ONCE):
        statement = select(Candidate.id, Candidate.name).where(Candidate.id.in_(wanted[start : start + AT_ONCE]))
        found.update({row.id: row.name for row in read.rows(statement) if row.name is not None})
    return found


def applicants(read: Read, batch: Id) -> set[Id]:
    """The candidates who have an application for a batch that was not withdrawn."""
    statement = select(Application.candidate).where(Application.batch == batch, Application.state != "withdrawn")
    return {row[0] for row in read.rows(statement)}


def application_of(read: Read, candidate: Id, batch: Id) -> Id | None:
    """A candidate's application for a batch that was not withdrawn."""
    found: Id | None = read.value(
        select(Application.id).where(
            Application.candidate == candidate, Application.batch == batch, Application.state != "withdrawn"
        )
    )
    return found


def _review_days(read: Read, batch: Id) -> int | None:
    procedure = pack(batch_line(read, batch).standard).procedure
    return procedure.qualification_review_working_days if procedure else None


def _line(row: Row[*tuple[Any, ...]], review_days: int | None) -> ApplicationLine:
    entered_on = china_date(row.entered_at)
    open_ = row.notified_on is None and row.state != "withdrawn" and review_days is not None
    return ApplicationLine(
        id=row.id,
        candidate=row.candidate,
        batch=row.batch,
        name=row.name or "",
        identity=mask(row.id_number) if row.id_number else "",
        phone=row.phone or "",
        state=row.state,
        notified=row.notified_on is not None,
        entered_on=entered_on,
        due=due(entered_on, review_days).due if open_ and review_days is not None else None,
        has_photo=bool(row.has_photo),
    )
