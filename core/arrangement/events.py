"""What can happen while an examination is arranged."""

from __future__ import annotations

from typing import Literal

from core.store import Event, EventPart, Id, event

Attendance = Literal["present", "absent", "misconduct", "deferred"]


@event("candidate_number.assigned")
class CandidateNumberAssigned(Event, frozen=True):
    """An accepted applicant has a place in the examination: a candidate number 考号, and a blind one 密号 for works."""

    application: Id
    number: str

    class Part(EventPart, frozen=True):
        blind: str


@event("place.released")
class PlaceReleased(Event, frozen=True):
    """Somebody who was told of a place will not come (5.1): it is free, its candidate number is not given again."""

    application: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("panel.formed")
class PanelFormed(Event, frozen=True):
    """Examiners who mark one component of some candidates together (9.2); the entry's id is the panel's."""

    batch: Id
    component: str
    no: int
    examiners: list[Id]
    leader: Id
    applications: list[Id]


@event("panel.dissolved")
class PanelDissolved(Event, frozen=True):
    """A panel that had not begun to mark is no more."""

    panel: Id


@event("panel.candidate_left")
class CandidateLeftPanel(Event, frozen=True):
    """A candidate is not marked by this panel any more; what it signed stays, and its examiners mark them no more."""

    panel: Id
    application: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("recusal.declared")
class RecusalDeclared(Event, frozen=True):
    """An examiner may not mark a candidate."""

    examiner: Id
    candidate: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("attendance.recorded")
class AttendanceRecorded(Event, frozen=True):
    """Whether a candidate took a component: absent, misconduct and deferred are never a zero."""

    application: Id
    component: str
    state: Attendance

    class Part(EventPart, frozen=True):
        reason: str
