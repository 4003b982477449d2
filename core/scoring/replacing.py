"""An examiner who drops out is replaced from the next candidate on; whom they had begun to sign stays theirs, unless
two people hand those over too: then their signed sheets are set aside and the other one marks the whole candidate."""

from __future__ import annotations

from sqlalchemy import func, select

from core.arrangement.queries import PanelLine
from core.arrangement.queries import panel as panel_line
from core.arrangement.replacement import check_coming, record_joining, record_replacement
from core.batches.queries import plan_of, refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.scoring.set_aside import record_sheets_set_aside
from core.scoring.tables import Sheet
from core.store import Id, Read, Write


@permitted(Role.MANAGER)
def replace_examiner(
    write: Write, panel: Id, leaving: Id, coming: Id, reason: str, leader: Id | None = None
) -> list[Id]:
    """Let `coming` mark, in place of `leaving`, every candidate of whom that one has signed no sheet; these.

    With a second person also every candidate of whom they have signed a part only: what they signed stays on record and
    counts no more, and `coming` marks all exercises, from the recording and the works. Sheets that are complete stay.
    Drafts of the one who leaves stay on the machine and count for nothing. `leader` leads the panel from now on, where
    the one who leaves did: somebody who marks all its candidates. Refused: no candidate left to take over, somebody who
    can't mark one of them (recused, no examiner, marks already), no reason.
    """
    found = panel_line(write, panel)
    refuse_closed(write, found.batch)
    if not reason.strip():
        raise Refused("arrangement.reason_needed")
    applications = to_take_over(write, found, leaving)
    begun = half_signed(write, found, leaving) if write.actors.second is not None else []
    if not applications and not begun:
        raise Refused("replacement.nobody_left")
    check_coming(write, found, coming, applications + begun)
    leads = {found.leader} | {one for _, one in found.led}
    new_leader = 0
    if leaving in leads:
        if leader is None or leader not in may_lead(found, leaving):
            raise Refused("replacement.leader_needed")
        new_leader = leader
    for one in begun:
        record_sheets_set_aside(write, one, found.component, leaving, reason, leader, recused=False)
        record_joining(write, found, one, coming)
    if applications or new_leader:
        record_replacement(write, found, leaving, coming, new_leader, applications, reason)
    return applications + begun


def to_take_over(read: Read, panel: PanelLine, leaving: Id) -> list[Id]:
    """The candidates whom an examiner of a panel marks and of whom they have signed nothing yet."""
    rows = read.rows(select(Sheet.application).where(Sheet.panel == panel.id, Sheet.examiner == leaving))
    begun = {row.application for row in rows}
    return [one for one in panel.applications if panel.marks(leaving, one) and one not in begun]


def half_signed(read: Read, panel: PanelLine, leaving: Id) -> list[Id]:
    """The candidates whom an examiner of a panel marks and of whom they have signed some exercises, not all."""
    rows = read.rows(
        select(Sheet.application, func.count())
        .where(Sheet.panel == panel.id, Sheet.examiner == leaving, Sheet.set_aside.is_(False))
        .group_by(Sheet.application)
    )
    exercises = len(plan_of(read, panel.batch).exercises_of(panel.component))
    signed = {row.application: row[1] for row in rows}
    return [one for one in panel.applications if panel.marks(leaving, one) and 0 < signed.get(one, 0) < exercises]


def may_lead(panel: PanelLine, leaving: Id) -> list[Id]:
    """Who may lead a panel when somebody leaves it: they mark all its candidates."""
    everybody = [set(panel.examiners_of(one)) for one in panel.applications]
    return [one for one in panel.examiners if one != leaving and all(one in some for some in everybody)]
