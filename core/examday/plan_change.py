"""Changing the plan of a batch: possible until the first candidate number is given, since candidates are told both.

Topic cards belong to an exercise of the plan: one that has cards is not dropped before these are withdrawn.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from core.arrangement.queries import numbers_given
from core.batches.commands import record_plan
from core.batches.queries import batch, open_batch, plan_of
from core.errors import Refused
from core.examday.tables import Card
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

    Refused: once a candidate number was given, released ones too; a plan without an exercise that has topic cards; a
    plan of another standard or level, or one that does not add up.
    """
    open_batch(write, batch_id)
    given = numbers_given(write, batch_id)
    if given:
        raise Refused("plan_editor.numbers_given", clause="policy:plan", count=len(given))
    _check_cards(write, batch_id, plan)
    record_plan(write, batch_id, plan)


def _check_cards(read: Read, batch_id: Id, plan: Plan) -> None:
    """Refuse a plan that leaves topic cards without their exercise: nobody could draw or withdraw them any more."""
    rows = read.rows(select(Card.exercise).where(Card.batch == batch_id, Card.withdrawn.is_(False)))
    for key, count in Counter(row.exercise for row in rows).items():
        if plan.exercise(key) is None:
            dropped = plan_of(read, batch_id).exercise(key)
            raise Refused("plan_editor.cards_left", exercise=dropped.name if dropped else key, count=count)
