"""Changing a panel before it has begun to mark. After the first signed sheet it stands as it is."""

from __future__ import annotations

from sqlalchemy import select

from core.arrangement.commands import form_panels
from core.arrangement.events import PanelDissolved
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import panel as panel_line
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.scoring.tables import Sheet
from core.store import Id, Write


@permitted(Role.MANAGER)
def dissolve_panel(write: Write, panel: Id) -> None:
    """Take a panel apart, so that its candidates can be placed anew. Refused once a sheet of it was signed."""
    found = panel_line(write, panel)
    if write.first(select(Sheet.id).where(Sheet.panel == panel)) is not None:
        raise Refused("panel.marking_begun")
    write.record(PanelDissolved(panel), batch=found.batch)


@permitted(Role.MANAGER)
def reform_panel(write: Write, panel: Id, proposed: ProposedPanel) -> Id:
    """Give a panel another leader or other people, under its number; the new panel's id. As lawful as a new one (9.2),
    and refused once a sheet was signed."""
    found = panel_line(write, panel)
    dissolve_panel(write, panel)
    return form_panels(write, found.batch, found.component, [proposed])[0]
