"""客观计数项: one examiner counts, one writes, and the figure is that of everybody in their panel."""

from __future__ import annotations

from sqlalchemy import select

from core.arrangement.queries import attendance, panel_marking
from core.batches.queries import refuse_closed
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import batch_of
from core.scoring import marks
from core.scoring.events import ObjectiveWritten
from core.scoring.sheets import MOST_COUNTED, item_points
from core.scoring.tables import ObjectiveFigure, Sheet
from core.store import Actors, Id, Write


def check_colleague(actors: Actors) -> None:
    """Refuse two people who can't count together: the same one twice, no examiner, a PIN that somebody else set."""
    first, second = actors.first, actors.second
    if first is None or second is None:
        raise Refused("people.second_needed")
    if first.id == second.id:
        raise Refused("people.second_same")
    if Role.EXAMINER not in second.roles:
        raise Refused("objective.not_of_the_panel", account=second.login)
    if first.provisional or second.provisional:
        # Whoever set that PIN knows it: the two could be one person.
        raise Refused("people.second_provisional", account=(second if second.provisional else first).login)


@permitted(Role.EXAMINER, second=True, beside=check_colleague)
def write_objective(write: Write, application: Id, exercise_id: str, item_key: str, value: int) -> Id:
    """Write what the second person counted of an objective item; both mark the candidate in one panel, and from now on
    the figure stands on every sheet of it. A later one puts an earlier one right.

    Refused: an item that is not objective, no whole number from 0 to 1 000 000, a candidate who is away, and anything
    once a sheet of this exercise is signed and counts.
    """
    refuse_closed(write, batch_of(write, application))
    sheet = marks.own_sheet(write, write.actor.id, application, exercise_id)
    item = next((one for one in sheet.exercise.items if one.key == item_key), None)
    if item is None:
        raise Refused("scoring.unknown_item", item=str(item_key)[:40])
    if item.scale.kind != "objective":
        raise Refused("objective.not_objective", label=item.label)
    second = write.actors.second
    assert second is not None  # the guard has looked
    if panel_marking(write, second.id, application, sheet.exercise.component) != sheet.panel:
        raise Refused("objective.not_of_the_panel", account=second.login)
    if attendance(write, application, sheet.exercise.component) != "present":
        raise Refused("scoring.candidate_away")
    signed = select(Sheet.id).where(
        Sheet.application == application,
        Sheet.panel == sheet.panel,
        Sheet.exercise == exercise_id,
        Sheet.set_aside.is_(False),
    )
    if write.first(signed) is not None:
        raise Refused("objective.signed_already")
    if type(value) is not int or not 0 <= value <= MOST_COUNTED:
        raise Refused("objective.bad_value", most=MOST_COUNTED)
    item_points(item, [value])
    standing = sheet.shared.get(item_key)
    if standing is not None and (standing.value, standing.counter, standing.writer) == (
        value,
        second.id,
        write.actor.id,
    ):
        return _standing_entry(write, application, sheet.panel, exercise_id, item_key)
    event = ObjectiveWritten(application, sheet.panel, exercise_id, item_key, second.id)
    return write.record(event, ObjectiveWritten.Part(value), batch=batch_of(write, application))


def _standing_entry(write: Write, application: Id, panel: Id, exercise_id: str, item_key: str) -> Id:
    found: Id = write.value(
        select(ObjectiveFigure.id).where(
            ObjectiveFigure.application == application,
            ObjectiveFigure.panel == panel,
            ObjectiveFigure.exercise == exercise_id,
            ObjectiveFigure.item == item_key,
            ObjectiveFigure.void.is_(False),
        )
    )
    return found
