"""What changes after marks were seen, and takes a settled result with it: sheets set aside or a new panel, by two
people."""

from __future__ import annotations

from core.batches.queries import refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import batch_of
from core.results import queries
from core.results.events import ResultReopened
from core.scoring.reforming import record_new_panel_ordered
from core.scoring.set_aside import record_sheets_set_aside
from core.store import Id, Write


@permitted(Role.MANAGER, second=True)
def set_aside(
    write: Write, application: Id, component: str, examiner: Id, reason: str, leader: Id | None = None
) -> list[Id]:
    """Set aside an examiner's sheets of a candidate because of a recusal (9.2) that came to light late, two people
    together; the sheets.

    The recusal goes on record, the panel is sealed again for the candidate, and a settled result does not stand any
    more. Nothing is erased. Refused once two people answer for the results: then only an upheld appeal 申诉 has the
    candidate marked anew.
    """
    batch = batch_of(write, application)
    if queries.confirmation(write, batch) is not None:
        raise Refused("set_aside.confirmed")
    refuse_closed(write, batch)
    settled = queries.is_settled(write, application)
    sheets = record_sheets_set_aside(write, application, component, examiner, reason, leader)
    if settled:
        write.record(ResultReopened(application, batch), batch=batch)
    return sheets


@permitted(Role.MANAGER, second=True)
def order_new_panel(write: Write, application: Id, component: str, reason: str) -> None:
    """Have a candidate marked anew by other examiners, because of a recusal that came to light late.

    Two people order it. What was signed stays, and a settled result does not stand any more; a panel of others is
    formed then, and what that one finds counts.
    """
    settled = queries.is_settled(write, application)
    record_new_panel_ordered(write, application, component, reason)
    if settled:
        write.record(ResultReopened(application, batch_of(write, application)), batch=batch_of(write, application))
