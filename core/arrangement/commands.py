"""What the manager and the invigilator do to arrange an examination."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import count
from typing import get_args

from sqlalchemy import select

from core.arrangement import queries
from core.arrangement.events import (
    Attendance,
    AttendanceRecorded,
    CandidateLeftPanel,
    CandidateNumberAssigned,
    PanelDissolved,
    PanelFormed,
    PlaceReleased,
    RecusalDeclared,
    RecusalOverridden,
)
from core.arrangement.panels import ProposedPanel, check_panel
from core.arrangement.queries import PanelLine
from core.arrangement.tables import Place
from core.batches.queries import open_batch, plan_of, refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.queries import account
from core.people.roles import Role
from core.registration.queries import applications, batch_of, candidate_of
from core.store import Id, Write

BLIND_DIGITS = 6
LONGEST_REASON = 500


@permitted(Role.MANAGER)
def assign_numbers(write: Write, batch: Id) -> int:
    """Give every accepted applicant who was told so (10.2) a candidate number and a blind one; how many are new.

    Numbers run on in the order of application; those that were given stay, and a released one is not given again.
    """
    open_batch(write, batch)
    have = queries.numbers_given(write, batch)
    taken = [int(number) for number in have.values() if number.isdecimal()]
    blind = {row.blind for row in write.rows(select(Place.blind))}
    new = [
        line.id for line in applications(write, batch, states=("accepted",)) if line.notified and line.id not in have
    ]
    for number, application in enumerate(new, start=max(taken, default=0) + 1):
        part = CandidateNumberAssigned.Part(_blind_number(blind))
        write.record(CandidateNumberAssigned(application, f"{number:04d}"), part, batch=batch)
    return len(new)


def _blind_number(taken: set[str | None]) -> str:
    while True:
        number = f"{secrets.randbelow(10**BLIND_DIGITS):0{BLIND_DIGITS}d}"
        if number not in taken:
            taken.add(number)
            return number


@permitted(Role.MANAGER)
def release_place(write: Write, application_id: Id, reason: str) -> None:
    """Release the place of somebody who was told of it and will not come (5.1); the number is not given again.

    Refused: who is in a panel (marking releases those), and who was seen at the examination: that is absence, or a
    result.
    """
    batch = batch_of(write, application_id)
    refuse_closed(write, batch)
    given = queries.place(write, application_id)
    if given is None:
        raise Refused("arrangement.no_place")
    if given.released:
        return
    if not reason.strip():
        raise Refused("arrangement.reason_needed")
    if queries.panels_with(write, application_id):
        raise Refused("arrangement.in_a_panel", number=given.number)
    if queries.was_seen(write, application_id):
        raise Refused("arrangement.was_seen", number=given.number)
    record_release(write, batch, application_id, reason)


def record_release(write: Write, batch: Id, application_id: Id, reason: str) -> None:
    """Release a place that was checked: for the room that knows whether somebody was marked."""
    part = PlaceReleased.Part(reason.strip()[:LONGEST_REASON])
    write.record(PlaceReleased(application_id), part, batch=batch)


def record_leaving(write: Write, panel: PanelLine, application_id: Id, reason: str) -> None:
    """Take a candidate out of a panel: for the room that knows what the panel has signed."""
    part = CandidateLeftPanel.Part(reason.strip()[:LONGEST_REASON])
    write.record(CandidateLeftPanel(panel.id, application_id), part, batch=panel.batch)


def record_dissolution(write: Write, panel: PanelLine) -> None:
    """Dissolve a panel: for the room that knows that it has signed nothing."""
    write.record(PanelDissolved(panel.id), batch=panel.batch)


@permitted(Role.MANAGER)
def form_panels(write: Write, batch: Id, component: str, proposed: Sequence[ProposedPanel]) -> list[Id]:
    """Form the panels of a component, as they were proposed or changed by hand; their ids.

    Refused: a panel that 9.2 or a recusal does not allow, somebody who is no examiner, a candidate without a place, in
    two panels, or in one already.
    """
    open_batch(write, batch)
    plan = plan_of(write, batch)
    if plan.component(component) is None or not plan.exercises_of(component):
        raise Refused("arrangement.no_such_component")
    if not proposed:
        raise Refused("panel.no_candidates")
    formed = queries.panels(write, batch, component)
    found = queries.places(write, batch)
    recusals = queries.recusals(write, found)
    free = {place.application for place in found} - {one for panel in formed for one in panel.applications}
    for panel in proposed:
        check_panel(panel, plan.policies, component, recusals)
        for examiner in panel.examiners:
            line = account(write, examiner)
            if line is None or line.closed or Role.EXAMINER not in line.roles:
                raise Refused("panel.not_an_examiner", clause="9.2")
        for one in panel.applications:
            if one not in free:
                raise Refused("panel.candidate_twice")
            free.discard(one)
    taken = {panel.no for panel in formed}
    numbers = (no for no in count(1) if no not in taken)
    return [
        write.record(
            PanelFormed(batch, component, no, list(panel.examiners), panel.leader, list(panel.applications)),
            batch=batch,
        )
        for no, panel in zip(numbers, proposed, strict=False)
    ]


@permitted(Role.MANAGER, Role.EXAMINER)
def declare_recusal(write: Write, examiner: Id, application_id: Id, reason: str) -> None:
    """Record that an examiner may not mark a candidate: teacher, relative, colleague. Examiners declare their own.

    Where the two are in one panel already, the panel has to be formed anew first.
    """
    if Role.MANAGER not in write.actor.roles and write.actor.id != examiner:
        raise Refused("recusal.own_only")
    if not reason.strip():
        raise Refused("recusal.reason_needed")
    batch, candidate = batch_of(write, application_id), candidate_of(write, application_id)
    refuse_closed(write, batch)
    line = account(write, examiner)
    if line is None or Role.EXAMINER not in line.roles:
        raise Refused("panel.not_an_examiner", clause="9.2")
    if any(panel.marks(examiner, application_id) for panel in queries.panels_with(write, application_id)):
        raise Refused("recusal.in_one_panel", number=queries.number_of(write, application_id))
    if not queries.is_recused(write, examiner, candidate):
        part = RecusalDeclared.Part(reason.strip()[:LONGEST_REASON])
        write.record(RecusalDeclared(examiner, candidate), part, batch=batch)


@permitted(Role.MANAGER, second=True)
def override_recusal(write: Write, examiner: Id, application_id: Id, reason: str) -> None:
    """Let an examiner mark a candidate although a recusal was declared: two people answer for the reason.

    Refused: where one of the two is the examiner, and where nothing was declared. Examiners of a panel that the
    candidate has left, and those who were set aside for them, stay apart from them whoever answers.
    """
    if examiner in (write.actors.first_id, write.actors.second_id):
        raise Refused("recusal.own_override")
    if not reason.strip():
        raise Refused("recusal.override_reason_needed")
    batch, candidate = batch_of(write, application_id), candidate_of(write, application_id)
    refuse_closed(write, batch)
    if not queries.is_recused(write, examiner, candidate):
        raise Refused("recusal.none")
    part = RecusalOverridden.Part(reason.strip()[:LONGEST_REASON])
    write.record(RecusalOverridden(examiner, candidate), part, batch=batch)


@permitted(Role.MANAGER, Role.INVIGILATOR)
def record_attendance(write: Write, application_id: Id, component: str, state: Attendance, reason: str = "") -> None:
    """Record that a candidate was absent, excluded for misconduct, deferred, or was there after all.

    Once the candidate was marked, settling counts it only where a second person answered for it too.
    """
    batch = batch_of(write, application_id)
    refuse_closed(write, batch)
    if plan_of(write, batch).component(component) is None:
        raise Refused("arrangement.no_such_component")
    given = queries.place(write, application_id)
    if given is None or given.released:
        raise Refused("arrangement.no_place")
    if state not in get_args(Attendance):
        raise Refused("arrangement.no_such_state", state=state)
    if state in ("misconduct", "deferred") and not reason.strip():
        raise Refused("arrangement.reason_needed")
    before = queries.attendance_line(write, application_id, component)
    known = before.state if before else "present"
    answered_for = write.actors.second is None or (before is not None and before.second)
    if known != state or not answered_for:
        part = AttendanceRecorded.Part(reason.strip()[:LONGEST_REASON])
        write.record(AttendanceRecorded(application_id, component, state), part, batch=batch)
