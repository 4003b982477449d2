"""Examiners who change under a formed panel: replaced from the next candidate on, set aside for one, joined for one.

What a panel has signed is known further up: rooms that know it record through here, with everything checked that an
arrangement can check.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.arrangement import queries
from core.arrangement.commands import LONGEST_REASON
from core.arrangement.events import ExaminerJoined, ExaminerLeft, ExaminerReplaced, RecusalDeclared
from core.arrangement.panels import CLAUSE, clashes, is_lawful
from core.arrangement.queries import PanelLine
from core.batches.queries import plan_of, refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.queries import account, accounts
from core.people.roles import Role
from core.registration.queries import batch_of, candidate_of
from core.store import Id, Read, Write


def short(read: Read, batch: Id, component: str) -> set[Id]:
    """The candidates of a batch whose panel is not lawful for them now (9.2): another examiner has to join it."""
    policies = plan_of(read, batch).policies
    return {
        application
        for panel in queries.panels(read, batch, component)
        for application in panel.applications
        if not is_lawful(len(panel.examiners_of(application)), policies, component, len(panel.applications))
    }


def possible(read: Read, panel: PanelLine, applications: Sequence[Id]) -> list[Id]:
    """The examiners who may mark these candidates of a panel and don't yet, those in no panel of the batch first."""
    places = queries.places(read, panel.batch)
    barred = {examiner for examiner, one in queries.recusals(read, places) if one in applications}
    marking = {one for application in applications for one in panel.examiners_of(application)}
    busy = {one for other in queries.panels(read, panel.batch, panel.component) for one in other.examiners}
    found = [one.id for one in accounts(read, Role.EXAMINER) if one.id not in barred | marking]
    return sorted(found, key=lambda one: one in busy)


@permitted(Role.MANAGER)
def add_examiner(write: Write, application: Id, component: str, examiner: Id) -> None:
    """Let another examiner mark one candidate, whose panel is not lawful any more (9.2) since somebody was set aside.

    They mark from the recording and the works. Refused: a panel that is lawful, somebody who is no examiner, marks the
    candidate already, or may not.
    """
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    found = queries.panel_of(write, application, component)
    if found is None:
        raise Refused("panel.unknown")
    examiners, policies = found.examiners_of(application), plan_of(write, batch).policies
    if is_lawful(len(examiners), policies, component, len(found.applications)):
        raise Refused("replacement.not_short", clause=CLAUSE, examiners=len(examiners))
    check_coming(write, found, examiner, [application])
    record_joining(write, found, application, examiner)


def check_coming(write: Write, panel: PanelLine, coming: Id, applications: Sequence[Id]) -> None:
    """Refuse somebody who can't mark these candidates: no examiner, marks one already, is recused from one, or was
    set aside for one."""
    line = account(write, coming)
    if line is None or line.closed or Role.EXAMINER not in line.roles:
        raise Refused("panel.not_an_examiner", clause=CLAUSE)
    if any(coming in panel.examiners_of(application) for application in applications):
        raise Refused("panel.examiner_twice", clause=CLAUSE)
    barred = clashes([coming], applications, queries.recusals(write, queries.places(write, panel.batch)))
    if barred:
        raise Refused("replacement.recused", clause=CLAUSE, number=queries.number_of(write, barred[0][1]))


def record_replacement(
    write: Write, panel: PanelLine, leaving: Id, coming: Id, leader: Id, applications: Sequence[Id], reason: str
) -> None:
    """Record that an examiner is replaced, as it was checked."""
    part = ExaminerReplaced.Part(reason.strip()[:LONGEST_REASON])
    event = ExaminerReplaced(panel.id, leaving, coming, leader, list(applications))
    write.record(event, part, batch=panel.batch)


def record_joining(write: Write, panel: PanelLine, application: Id, examiner: Id) -> None:
    """Record that an examiner marks one more candidate of a panel, as it was checked."""
    write.record(ExaminerJoined(panel.id, application, examiner), batch=panel.batch)


def record_setting_aside(
    write: Write, panel: PanelLine, application: Id, examiner: Id, leader: Id, reason: str
) -> None:
    """Record that an examiner leaves the panel for one candidate, as it was checked; with a reason, that they are
    recused from this one."""
    candidate = candidate_of(write, application)
    if reason and not queries.is_recused(write, examiner, candidate):
        part = RecusalDeclared.Part(reason.strip()[:LONGEST_REASON])
        write.record(RecusalDeclared(examiner, candidate), part, batch=panel.batch)
    write.record(ExaminerLeft(panel.id, application, examiner, leader), batch=panel.batch)
