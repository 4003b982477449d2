"""Changing the plan of a batch: possible until the first candidate number is given, since candidates are told both."""

from __future__ import annotations

from core.arrangement.queries import numbers_given
from core.batches.commands import record_plan
from core.batches.queries import batch, open_batch
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.standards.plans import Plan
from core.store import Id, Read, Write


def may_change_plan(read: Read, batch_id: Id) -> bool:
    """Whether a batch's plan may still be exchanged: nobody has been given a number, and it is not closed."""
    return not batch(read, batch_id).closed and not numbers_given(read, batch_id)


@permitted(Role.MANAGER)
def change_plan(write: Write, batch_id: Id, plan: Plan) -> None:
    """Let a batch be examined by another plan, announced before the day.

    Refused: once a candidate number was given, released ones too; a plan of another standard or level, or one that does
    not add up.
    """
    open_batch(write, batch_id)
    given = numbers_given(write, batch_id)
    if given:
        raise Refused("plan_editor.numbers_given", clause="policy:plan", count=len(given))
    record_plan(write, batch_id, plan)
