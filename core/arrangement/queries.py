"""What others see of places, panels and attendance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from core.arrangement.panels import ProposedPanel, divide
from core.arrangement.tables import AttendanceLine, Panel, PanelCandidate, PanelExaminer, Place, Recusal
from core.batches.queries import plan_of
from core.errors import Refused
from core.people.queries import accounts
from core.people.roles import Role
from core.registration.queries import ApplicationLine, applications
from core.store import Id, Read


@dataclass(frozen=True)
class PlaceLine:
    """An accepted applicant's place in the examination."""

    application: Id
    candidate: Id
    number: str
    name: str
    identity: str
    """Masked."""


@dataclass(frozen=True)
class PanelLine:
    """A panel with its people."""

    id: Id
    batch: Id
    component: str
    no: int
    leader: Id
    examiners: tuple[Id, ...]
    applications: tuple[Id, ...]


def places(read: Read, batch: Id) -> list[PlaceLine]:
    """Everybody who has a place, by candidate number."""
    lines = {line.id: line for line in applications(read, batch, states=("accepted",))}
    rows = read.rows(select(Place.id, Place.number).order_by(Place.number))
    return [_place(lines[row.id], row.number) for row in rows if row.id in lines]


def number_of(read: Read, application: Id) -> str:
    """A candidate number, or "" before it was assigned."""
    return read.value(select(Place.number).where(Place.id == application)) or ""


def application_numbered(read: Read, batch: Id, number: str) -> Id | None:
    """The application that has this candidate number in a batch."""
    return next((place.application for place in places(read, batch) if place.number == number), None)


def panels(read: Read, batch: Id, component: str | None = None) -> list[PanelLine]:
    """The panels of a batch, of one component or of all."""
    statement = select(Panel).where(Panel.batch == batch, Panel.dissolved.is_(False))
    if component is not None:
        statement = statement.where(Panel.component == component)
    return [_panel(read, row) for row in read.rows(statement.order_by(Panel.component, Panel.no, Panel.id))]


def panel(read: Read, id: Id) -> PanelLine:
    """One panel. None such, or dissolved: refused."""
    row = read.first(select(Panel).where(Panel.id == id, Panel.dissolved.is_(False)))
    if row is None:
        raise Refused("panel.unknown")
    return _panel(read, row)


def batches_of_panels(read: Read) -> dict[Id, Id]:
    """Panel → batch, dissolved ones too."""
    return {row.id: row.batch for row in read.rows(select(Panel.id, Panel.batch))}


def panel_of(read: Read, application: Id, component: str) -> PanelLine | None:
    """The panel that marks a candidate in a component."""
    row = read.first(
        select(Panel)
        .join(PanelCandidate, PanelCandidate.panel == Panel.id)
        .where(PanelCandidate.application == application, Panel.component == component, Panel.dissolved.is_(False))
        .order_by(Panel.id.desc())
    )
    return _panel(read, row) if row else None


def panels_of_examiner(read: Read, examiner: Id) -> list[PanelLine]:
    """Every panel that an examiner is in, the newest first."""
    rows = read.rows(
        select(Panel)
        .join(PanelExaminer, PanelExaminer.panel == Panel.id)
        .where(PanelExaminer.examiner == examiner, Panel.dissolved.is_(False))
        .order_by(Panel.id.desc())
    )
    return [_panel(read, row) for row in rows]


def propose(read: Read, batch: Id, component: str) -> list[ProposedPanel]:
    """How the batch could be divided into panels with the examiners there are (自动编排); nothing is written."""
    found = places(read, batch)
    if not found:
        raise Refused("arrangement.no_places")
    examiners = [account.id for account in accounts(read, Role.EXAMINER)]
    return divide(
        [place.application for place in found],
        examiners,
        plan_of(read, batch).policies,
        component,
        recusals(read, found),
    )


def recusals(read: Read, found: list[PlaceLine]) -> list[tuple[Id, Id]]:
    """(examiner, application) of those places that may not meet."""
    by_candidate = {place.candidate: place.application for place in found}
    rows = read.rows(select(Recusal.examiner, Recusal.candidate))
    return [(row.examiner, by_candidate[row.candidate]) for row in rows if row.candidate in by_candidate]


def is_recused(read: Read, examiner: Id, candidate: Id) -> bool:
    """Whether an examiner may not mark a candidate."""
    found = read.value(
        select(func.count()).select_from(Recusal).where(Recusal.examiner == examiner, Recusal.candidate == candidate)
    )
    return bool(found)


def attendance(read: Read, application: Id, component: str) -> str:
    """`present` unless it was recorded otherwise."""
    return (
        read.value(select(AttendanceLine.state).where(AttendanceLine.id == f"{application}:{component}")) or "present"
    )


def absences(read: Read, batch: Id) -> dict[tuple[Id, str], str]:
    """(application, component) → absent, misconduct or deferred, for a whole batch."""
    inside = {place.application for place in places(read, batch)}
    rows = read.rows(select(AttendanceLine).where(AttendanceLine.state != "present"))
    return {(row.application, row.component): row.state for row in rows if row.application in inside}


def _place(line: ApplicationLine, number: str) -> PlaceLine:
    return PlaceLine(line.id, line.candidate, number, line.name, line.identity)


def _panel(read: Read, row: Row[*tuple[Any, ...]]) -> PanelLine:
    examiners = read.rows(
        select(PanelExaminer.examiner).where(PanelExaminer.panel == row.id).order_by(PanelExaminer.place)
    )
    candidates = read.rows(
        select(PanelCandidate.application).where(PanelCandidate.panel == row.id).order_by(PanelCandidate.place)
    )
    return PanelLine(
        row.id,
        row.batch,
        row.component,
        row.no,
        row.leader,
        tuple(one.examiner for one in examiners),
        tuple(one.application for one in candidates),
    )
