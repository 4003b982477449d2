"""What others see of places, panels and attendance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from core.arrangement.panels import ProposedPanel, divide
from core.arrangement.tables import (
    AttendanceLine,
    Panel,
    PanelCandidate,
    PanelChange,
    PanelExaminer,
    Place,
    Recusal,
)
from core.batches.queries import plan_of
from core.errors import Refused
from core.people.queries import accounts
from core.people.roles import Role
from core.registration.queries import applicants_of
from core.store import Id, Read

AT_ONCE = 500
"""Values in one IN (…): far below what SQLite takes."""


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
    """Everybody who marks one of its candidates now."""
    applications: tuple[Id, ...]
    formed: tuple[Id, ...] = ()
    """Its examiners as it was formed."""
    differs: tuple[tuple[Id, tuple[Id, ...]], ...] = ()
    """(application, examiners) where somebody was replaced, set aside or joined since."""
    led: tuple[tuple[Id, Id], ...] = ()
    """(application, leader) where it is not the panel's."""

    def examiners_of(self, application: Id) -> tuple[Id, ...]:
        """Who marks this candidate."""
        return dict(self.differs).get(application, self.formed)

    def marks(self, examiner: Id, application: Id) -> bool:
        """Whether an examiner marks a candidate of the panel."""
        return application in self.applications and examiner in self.examiners_of(application)

    def leader_of(self, application: Id) -> Id:
        """Who leads the deliberation on this candidate."""
        return dict(self.led).get(application, self.leader)


@dataclass(frozen=True)
class RecusalLine:
    """Why an examiner may not mark a candidate."""

    id: Id
    examiner: Id
    place: PlaceLine
    reason: str


@dataclass(frozen=True)
class GivenPlace:
    """A place as it was given; `released` says that nobody comes to it."""

    batch: Id
    number: str
    released: bool


@dataclass(frozen=True)
class AttendanceState:
    """What was last recorded of a candidate's attendance. `second` 0: one person alone recorded it."""

    state: str
    at: int
    second: Id


def places(read: Read, batch: Id) -> list[PlaceLine]:
    """Everybody who has a place, by candidate number."""
    behind = applicants_of(read, batch)
    found = []
    for application, number in numbers(read, batch).items():
        if who := behind.get(application):
            found.append(PlaceLine(application, who.candidate, number, who.name, who.identity))
    return found


def numbers(read: Read, batch: Id) -> dict[Id, str]:
    """Application → candidate number of everybody who has a place, by number."""
    rows = read.rows(
        select(Place.id, Place.number).where(Place.batch == batch, Place.released.is_(False)).order_by(Place.number)
    )
    return {row.id: row.number for row in rows}


def numbers_given(read: Read, batch: Id) -> dict[Id, str]:
    """`numbers` with those of released places, which are not given again."""
    return {row.id: row.number for row in read.rows(select(Place.id, Place.number).where(Place.batch == batch))}


def blind_numbers(read: Read, batch: Id) -> dict[Id, str]:
    """Application → blind number of everybody who has a place: what their works carry when they are marked."""
    rows = read.rows(select(Place.id, Place.blind).where(Place.batch == batch, Place.released.is_(False)))
    return {row.id: row.blind for row in rows if row.blind}


def place(read: Read, application: Id) -> GivenPlace | None:
    """The place that an application was given, or None."""
    row = read.first(select(Place.batch, Place.number, Place.released).where(Place.id == application))
    return GivenPlace(row.batch, row.number, row.released) if row else None


def number_of(read: Read, application: Id) -> str:
    """A candidate number, or "" before it was assigned."""
    return read.value(select(Place.number).where(Place.id == application)) or ""


def application_numbered(read: Read, batch: Id, number: str) -> Id | None:
    """The application that has this candidate number in a batch."""
    found: Id | None = read.value(
        select(Place.id).where(Place.batch == batch, Place.number == number, Place.released.is_(False))
    )
    return found


_STANDING = select(Panel).where(Panel.dissolved.is_(False))


def panels(read: Read, batch: Id, component: str | None = None) -> list[PanelLine]:
    """The panels of a batch, of one component or of all."""
    statement = _STANDING.where(Panel.batch == batch)
    if component is not None:
        statement = statement.where(Panel.component == component)
    return _panels(read, read.rows(statement.order_by(Panel.component, Panel.no, Panel.id)))


def panel(read: Read, id: Id) -> PanelLine:
    """One panel. None such, or dissolved: refused."""
    row = read.first(_STANDING.where(Panel.id == id))
    if row is None:
        raise Refused("panel.unknown")
    return _panels(read, [row])[0]


def batches_of_panels(read: Read) -> dict[Id, Id]:
    """Panel → batch, dissolved ones too."""
    return {row.id: row.batch for row in read.rows(select(Panel.id, Panel.batch))}


def panels_with(read: Read, application: Id) -> list[PanelLine]:
    """Every panel that marks a candidate now, one a component."""
    rows = read.rows(
        _STANDING.join(PanelCandidate, PanelCandidate.panel == Panel.id)
        .where(PanelCandidate.application == application, PanelCandidate.left.is_(False))
        .order_by(Panel.component, Panel.id.desc())
    )
    return _panels(read, rows)


def panel_of(read: Read, application: Id, component: str) -> PanelLine | None:
    """The panel that marks a candidate in a component."""
    return next((found for found in panels_with(read, application) if found.component == component), None)


def current_panel(read: Read, application: Id, component: str) -> Id | None:
    """The id of the panel that marks a candidate in a component now, or None."""
    found: Id | None = read.value(
        select(Panel.id)
        .join(PanelCandidate, PanelCandidate.panel == Panel.id)
        .where(
            PanelCandidate.application == application,
            PanelCandidate.left.is_(False),
            Panel.component == component,
            Panel.dissolved.is_(False),
        )
        .order_by(Panel.id.desc())
    )
    return found


def panel_marking(read: Read, examiner: Id, application: Id, component: str) -> Id | None:
    """The id of the panel in which an examiner marks a candidate now; None: they don't."""
    found = current_panel(read, application, component)
    if found is None:
        return None
    changed = read.value(select(PanelChange.marks).where(PanelChange.id == f"{found}:{application}:{examiner}"))
    if changed is None:
        changed = read.first(select(PanelExaminer.id).where(PanelExaminer.id == f"{found}:{examiner}")) is not None
    return found if changed else None


def examiners_for(read: Read, panel_id: Id, application: Id) -> tuple[Id, ...]:
    """Who of a panel marks a candidate: replaced, set aside and joined ones considered."""
    return panel(read, panel_id).examiners_of(application)


def panels_of_examiner(read: Read, examiner: Id) -> list[PanelLine]:
    """Every panel that an examiner is in, the newest first."""
    inside = select(PanelExaminer.panel).where(PanelExaminer.examiner == examiner)
    joined = select(PanelChange.panel).where(PanelChange.examiner == examiner, PanelChange.marks.is_(True))
    rows = read.rows(_STANDING.where(Panel.id.in_(inside.union(joined))).order_by(Panel.id.desc()))
    return [found for found in _panels(read, rows) if examiner in found.examiners]


def propose(read: Read, batch: Id, component: str) -> list[ProposedPanel]:
    """How those without a panel could be divided with the examiners there are, idle ones first (自动编排); nothing is
    written."""
    found = places(read, batch)
    if not found:
        raise Refused("arrangement.no_places")
    formed = panels(read, batch, component)
    placed = {one for panel in formed for one in panel.applications}
    busy = {examiner for panel in formed for examiner in panel.examiners}
    examiners = sorted((account.id for account in accounts(read, Role.EXAMINER)), key=lambda one: one in busy)
    return divide(
        [place.application for place in found if place.application not in placed],
        examiners,
        plan_of(read, batch).policies,
        component,
        recusals(read, found),
    )


def recusals(read: Read, found: list[PlaceLine]) -> list[tuple[Id, Id]]:
    """(examiner, application) of those places that may not meet: declared ones, examiners of a panel that the
    candidate has left, and those who were set aside for them: they may know what the others gave."""
    by_candidate = {place.candidate: place.application for place in found}
    rows = read.rows(select(Recusal.examiner, Recusal.candidate))
    declared = [(row.examiner, by_candidate[row.candidate]) for row in rows if row.candidate in by_candidate]
    inside = set(by_candidate.values())
    former = read.rows(
        select(PanelExaminer.examiner, PanelCandidate.application)
        .join(PanelCandidate, PanelCandidate.panel == PanelExaminer.panel)
        .where(PanelCandidate.left.is_(True))
    )
    joined = read.rows(
        select(PanelChange.examiner, PanelChange.application)
        .join(
            PanelCandidate,
            (PanelCandidate.panel == PanelChange.panel) & (PanelCandidate.application == PanelChange.application),
        )
        .where(PanelCandidate.left.is_(True), PanelChange.marks.is_(True))
    )
    aside = read.rows(select(PanelChange.examiner, PanelChange.application).where(PanelChange.aside.is_(True)))
    apart = (*former, *joined, *aside)
    return declared + [(row.examiner, row.application) for row in apart if row.application in inside]


def recusal_lines(read: Read, found: list[PlaceLine]) -> list[RecusalLine]:
    """The recusals among those places, the newest first."""
    by_candidate = {place.candidate: place for place in found}
    rows = read.rows(select(Recusal).order_by(Recusal.id.desc()))
    return [
        RecusalLine(row.id, row.examiner, by_candidate[row.candidate], row.reason or "")
        for row in rows
        if row.candidate in by_candidate
    ]


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


def attendance_line(read: Read, application: Id, component: str) -> AttendanceState | None:
    """What was last recorded of a candidate's attendance, or None."""
    row = read.first(select(AttendanceLine).where(AttendanceLine.id == f"{application}:{component}"))
    return AttendanceState(row.state, row.at, row.second) if row else None


def was_seen(read: Read, application: Id) -> bool:
    """Whether anything was recorded of a candidate's attendance."""
    return read.first(select(AttendanceLine.id).where(AttendanceLine.application == application)) is not None


def absences(read: Read, batch: Id) -> dict[tuple[Id, str], str]:
    """(application, component) → absent, misconduct or deferred, for a whole batch."""
    return {key: line.state for key, line in absence_lines(read, batch).items()}


def absence_lines(read: Read, batch: Id) -> dict[tuple[Id, str], AttendanceState]:
    """(application, component) → what was recorded, of everybody who was not there."""
    rows = read.rows(
        select(AttendanceLine)
        .join(Place, Place.id == AttendanceLine.application)
        .where(Place.batch == batch, AttendanceLine.state != "present")
    )
    return {(row.application, row.component): AttendanceState(row.state, row.at, row.second) for row in rows}


def _panels(read: Read, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[PanelLine]:
    """Panels with their people, in two queries for all of them."""
    wanted = [row.id for row in rows]
    examiners: dict[Id, list[Id]] = {id: [] for id in wanted}
    candidates: dict[Id, list[Id]] = {id: [] for id in wanted}
    led: dict[Id, list[tuple[Id, Id]]] = {id: [] for id in wanted}
    changes: dict[Id, dict[Id, list[tuple[Id, bool]]]] = {id: {} for id in wanted}
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for panel, examiner in read.rows(
            select(PanelExaminer.panel, PanelExaminer.examiner)
            .where(PanelExaminer.panel.in_(some))
            .order_by(PanelExaminer.place)
        ):
            examiners[panel].append(examiner)
        for panel, application, leader in read.rows(
            select(PanelCandidate.panel, PanelCandidate.application, PanelCandidate.leader)
            .where(PanelCandidate.panel.in_(some), PanelCandidate.left.is_(False))
            .order_by(PanelCandidate.place)
        ):
            candidates[panel].append(application)
            if leader is not None:
                led[panel].append((application, leader))
        for panel, application, examiner, marks in read.rows(
            select(PanelChange.panel, PanelChange.application, PanelChange.examiner, PanelChange.marks)
            .where(PanelChange.panel.in_(some))
            .order_by(PanelChange.entry)
        ):
            changes[panel].setdefault(application, []).append((examiner, marks))
    found = []
    for row in rows:
        formed, marked = tuple(examiners[row.id]), tuple(candidates[row.id])
        differs = {application: _changed(formed, some) for application, some in changes[row.id].items()}
        now = {one: None for application in marked for one in differs.get(application, formed)}
        everybody = tuple(sorted(now, key=lambda one: one not in formed)) if differs and marked else formed
        line = PanelLine(
            row.id,
            row.batch,
            row.component,
            row.no,
            row.leader,
            everybody,
            marked,
            formed,
            tuple(differs.items()),
            tuple(led[row.id]),
        )
        found.append(line)
    return found


def _changed(formed: tuple[Id, ...], changes: Sequence[tuple[Id, bool]]) -> tuple[Id, ...]:
    """A panel's examiners for a candidate, after what has changed since it was formed."""
    gone = {examiner for examiner, marks in changes if not marks}
    came = [examiner for examiner, marks in changes if marks and examiner not in formed]
    return tuple(one for one in formed if one not in gone) + tuple(came)
