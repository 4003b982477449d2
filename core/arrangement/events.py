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


@event("panel.examiner_replaced")
class ExaminerReplaced(Event, frozen=True):
    """An examiner dropped out: another one marks these candidates in their place. Whom they had begun stays theirs."""

    panel: Id
    leaving: Id
    coming: Id
    leader: Id
    """Who leads the panel from now on; 0: as before."""
    applications: list[Id]

    class Part(EventPart, frozen=True):
        reason: str


@event("panel.examiner_left")
class ExaminerLeft(Event, frozen=True):
    """An examiner of a panel does not mark this one candidate any more."""

    panel: Id
    application: Id
    examiner: Id
    leader: Id
    """Who leads the panel for this candidate from now on; 0: as before."""


@event("panel.examiner_joined")
class ExaminerJoined(Event, frozen=True):
    """Another examiner marks this one candidate too, so that the panel is lawful for them again (9.2)."""

    panel: Id
    application: Id
    examiner: Id


@event("recusal.declared")
class RecusalDeclared(Event, frozen=True):
    """An examiner may not mark a candidate."""

    examiner: Id
    candidate: Id

    class Part(EventPart, frozen=True):
        reason: str


@event("recusal.overridden")
class RecusalOverridden(Event, frozen=True):
    """Two people answer for it that an examiner may mark a candidate although a recusal was declared."""

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
