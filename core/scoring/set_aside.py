"""A recusal that came to light late, or an examiner who drops out half-way: their sheets of a candidate are set aside
and don't count; none is erased.

The panel is then not lawful for the candidate any more (an odd number, 9.2) and sealed again, until another examiner
has joined it for them and signed, or a new panel was ordered.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from core.arrangement.commands import LONGEST_REASON
from core.arrangement.queries import panel_of
from core.arrangement.replacement import record_setting_aside
from core.batches.queries import plan_of
from core.errors import Refused
from core.registration.queries import batch_of
from core.scoring.events import PanelResealed, SheetSetAside
from core.scoring.marks import draft_id
from core.scoring.tables import PanelResult, SettingAside, Sheet, SheetDraft
from core.scoring.unsealing import unseal_if_all_signed
from core.store import Id, Read, Write


@dataclass(frozen=True)
class SetAsideLine:
    """A sheet that was set aside: whose, by whom and why; never a mark."""

    sheet: Id
    examiner: Id
    exercise: str
    at: int
    by: Id
    second: Id
    reason: str


def set_aside_lines(read: Read, application: Id) -> list[SetAsideLine]:
    """The sheets of a candidate that were set aside, oldest first."""
    rows = read.rows(
        select(Sheet.id, Sheet.examiner, Sheet.exercise, SettingAside)
        .join(SettingAside, SettingAside.id == Sheet.id)
        .where(Sheet.application == application)
        .order_by(SettingAside.at, Sheet.id)
    )
    return [
        SetAsideLine(row[0], row.examiner, row.exercise, row.at, row.by, row.second, row.reason or "") for row in rows
    ]


def record_sheets_set_aside(
    write: Write,
    application: Id,
    component: str,
    examiner: Id,
    reason: str,
    leader: Id | None = None,
    *,
    recused: bool = True,
) -> list[Id]:
    """Set an examiner's sheets of a candidate aside, signed or not, for the room that knows what was settled; the
    signed ones.

    `leader` leads the panel for this candidate from now on, where that was the examiner; `recused` puts a recusal on
    record. Refused: somebody who does not mark the candidate, no reason, no leader; either of the two people is the
    examiner.
    """
    if not reason.strip():
        raise Refused("set_aside.reason_needed")
    marking = panel_of(write, application, component)
    if marking is None or not marking.marks(examiner, application):
        raise Refused("set_aside.not_marking")
    people = (write.actors.first, write.actors.second)
    if any(person is not None and person.id == examiner for person in people):
        raise Refused("set_aside.own")
    new_leader = 0
    if marking.leader_of(application) == examiner:
        if leader is None or leader == examiner or leader not in marking.examiners_of(application):
            raise Refused("set_aside.leader_needed")
        new_leader = leader
    batch = batch_of(write, application)
    signed = write.rows(
        select(Sheet.id)
        .where(
            Sheet.application == application,
            Sheet.panel == marking.id,
            Sheet.examiner == examiner,
            Sheet.set_aside.is_(False),
        )
        .order_by(Sheet.id)
    )
    for row in signed:
        write.record(SheetSetAside(row.id), SheetSetAside.Part(reason.strip()[:LONGEST_REASON]), batch=batch)
    record_setting_aside(write, marking, application, examiner, new_leader, reason if recused else "")
    for exercise in plan_of(write, batch).exercises_of(component):
        write.local(delete(SheetDraft).where(SheetDraft.id == draft_id(application, exercise.id, examiner)))
    came_to = PanelResult.id == f"{application}:{component}:{marking.id}"
    if write.first(select(PanelResult.id).where(came_to)) is not None:
        write.record(PanelResealed(application, component, marking.id), batch=batch)
    # Of five examiners two set aside leave three, who may all have signed.
    unseal_if_all_signed(write, batch, application, component, marking.id)
    return [row.id for row in signed]
