"""Changing a panel: freely before it has begun to mark, by two people after that."""

from __future__ import annotations

from sqlalchemy import select

from core.arrangement.commands import form_panels, record_dissolution, record_leaving, record_release
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import panel as panel_line
from core.arrangement.queries import panel_of, panels_with, place, was_seen
from core.batches.queries import refuse_closed
from core.errors import Refused
from core.examday.queries import runs_of
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import batch_of
from core.scoring.paper_state import papers_in, scans_in
from core.scoring.queries import is_marked
from core.scoring.tables import Sheet
from core.store import Id, Write


@permitted(Role.MANAGER)
def dissolve_panel(write: Write, panel: Id) -> None:
    """Take a panel apart, so that its candidates can be placed anew. Refused once a sheet of it was signed, or was
    written on paper: what was keyed or scanned of that belongs to its panel."""
    found = panel_line(write, panel)
    refuse_closed(write, found.batch)
    if write.first(select(Sheet.id).where(Sheet.panel == panel)) is not None:
        raise Refused("panel.marking_begun")
    if papers_in(write, [panel]) or scans_in(write, [panel]):
        raise Refused("panel.marked_on_paper")
    record_dissolution(write, found)


@permitted(Role.MANAGER)
def reform_panel(write: Write, panel: Id, proposed: ProposedPanel) -> Id:
    """Give a panel another leader or other people, under its number; the new panel's id. As lawful as a new one (9.2),
    and refused once a sheet was signed or came in on paper."""
    found = panel_line(write, panel)
    dissolve_panel(write, panel)
    return form_panels(write, found.batch, found.component, [proposed])[0]


def record_new_panel_ordered(write: Write, application: Id, component: str, reason: str) -> None:
    """Take a candidate out of their panel, for the room that knows what was settled. Refused: no panel, no reason."""
    refuse_closed(write, batch_of(write, application))
    found = panel_of(write, application, component)
    if found is None:
        raise Refused("panel.unknown")
    if not reason.strip():
        raise Refused("arrangement.reason_needed")
    record_leaving(write, found, application, reason)


@permitted(Role.MANAGER)
def release_candidate(write: Write, application: Id, reason: str) -> None:
    """Release the place of somebody who was told of it and will not come (5.1), in a panel or not.

    Refused once anything was signed, keyed or scored of them, an exercise of theirs began, or their attendance was
    recorded: who was there did come, and who was not is absent.
    """
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    given = place(write, application)
    if given is None:
        raise Refused("arrangement.no_place")
    if given.released:
        return
    if not reason.strip():
        raise Refused("arrangement.reason_needed")
    if was_seen(write, application) or runs_of(write, application) or is_marked(write, application):
        raise Refused("arrangement.was_seen", number=given.number)
    for found in panels_with(write, application):
        record_leaving(write, found, application, reason)
    record_release(write, batch, application, reason)
