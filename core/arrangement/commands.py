"""What the manager and the invigilator do to arrange an examination."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import select

from core.arrangement import queries
from core.arrangement.events import (
    Attendance,
    AttendanceRecorded,
    CandidateNumberAssigned,
    PanelFormed,
    RecusalDeclared,
)
from core.arrangement.panels import ProposedPanel, check_panel
from core.arrangement.tables import Place
from core.batches.queries import plan_of
from core.errors import Refused
from core.people.permission import permitted
from core.people.queries import account
from core.people.roles import Role
from core.registration.queries import application, applications
from core.store import Id, Write

BLIND_DIGITS = 6
LONGEST_REASON = 500


@permitted(Role.MANAGER)
def assign_numbers(write: Write, batch: Id) -> int:
    """Give every accepted applicant who was told so (10.2) a candidate number and a blind one; how many are new.

    Numbers run on in the order of application; those that were given stay.
    """
    accepted = [line for line in applications(write, batch, states=("accepted",)) if line.notified]
    have = {place.application: place.number for place in queries.places(write, batch)}
    next_number = max((int(number) for number in have.values()), default=0) + 1
    blind = {row.blind for row in write.rows(select(Place.blind))}
    new = [line for line in accepted if line.id not in have]
    for number, line in enumerate(new, start=next_number):
        part = CandidateNumberAssigned.Part(_blind_number(blind))
        write.record(CandidateNumberAssigned(line.id, f"{number:04d}"), part, batch=batch)
    return len(new)


def _blind_number(taken: set[str | None]) -> str:
    while True:
        number = f"{secrets.randbelow(10**BLIND_DIGITS):0{BLIND_DIGITS}d}"
        if number not in taken:
            taken.add(number)
            return number


@permitted(Role.MANAGER)
def form_panels(write: Write, batch: Id, component: str, proposed: Sequence[ProposedPanel]) -> list[Id]:
    """Form the panels of a component, as they were proposed or changed by hand; their ids.

    Refused: a panel that 9.2 or a recusal does not allow, somebody who is no examiner, a candidate without a place, in
    two panels, or in one already.
    """
    plan = plan_of(write, batch)
    found = queries.places(write, batch)
    recusals = queries.recusals(write, found)
    free = {place.application for place in found} - {
        one for panel in queries.panels(write, batch, component) for one in panel.applications
    }
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
    first = len(queries.panels(write, batch, component)) + 1
    return [
        write.record(
            PanelFormed(batch, component, no, list(panel.examiners), panel.leader, list(panel.applications)),
            batch=batch,
        )
        for no, panel in enumerate(proposed, start=first)
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
    line = application(write, application_id)
    for panel in queries.panels(write, line.batch):
        if examiner in panel.examiners and application_id in panel.applications:
            raise Refused("recusal.in_one_panel", number=queries.number_of(write, application_id))
    if not queries.is_recused(write, examiner, line.candidate):
        part = RecusalDeclared.Part(reason.strip()[:LONGEST_REASON])
        write.record(RecusalDeclared(examiner, line.candidate), part, batch=line.batch)


@permitted(Role.MANAGER, Role.INVIGILATOR)
def record_attendance(write: Write, application_id: Id, component: str, state: Attendance, reason: str = "") -> None:
    """Record that a candidate was absent, excluded for misconduct, deferred, or was there after all."""
    line = application(write, application_id)
    if plan_of(write, line.batch).component(component) is None:
        raise Refused("arrangement.no_such_component")
    if state in ("misconduct", "deferred") and not reason.strip():
        raise Refused("arrangement.reason_needed")
    if queries.attendance(write, application_id, component) != state:
        part = AttendanceRecorded.Part(reason.strip()[:LONGEST_REASON])
        write.record(AttendanceRecorded(application_id, component, state), part, batch=line.batch)
