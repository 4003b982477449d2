"""Exchanging the plan of a batch: until the first candidate number, and never by one that does not add up."""

from __future__ import annotations

import msgspec
import pytest

from core.arrangement.commands import assign_numbers, release_place
from core.batches.queries import plan_digest, plan_of
from core.examday.card_commands import add_card, withdraw_card
from core.examday.plan_change import change_plan, may_change_plan
from core.standards import plans
from core.standards.plan_draft import begin
from core.standards.plan_editing import set_maximum
from core.standards.plan_exercises import change_exercise
from core.standards.plan_rules import numbered
from tests.rooms import LEVEL, STANDARD, Centre, refused

SHIPPED = plans.default_plan(STANDARD, LEVEL)


def heavier_links() -> plans.Plan:
    """The default plan with eight points for the product links, under a version of its own."""
    return numbered(set_maximum(begin(SHIPPED), "4.1.1", 8_00).plan, SHIPPED)


def test_a_batch_is_examined_by_the_plan_that_was_adopted_last(centre: Centre) -> None:
    edited = heavier_links()
    assert centre.ask(may_change_plan, centre.batch)
    centre.act("M1", change_plan, centre.batch, edited)
    assert centre.ask(plan_of, centre.batch) == edited
    assert centre.ask(plan_digest, centre.batch) == plans.digest(edited)
    entries = centre.store.verify().entries
    centre.act("M1", change_plan, centre.batch, edited)
    assert centre.store.verify().entries == entries  # said twice is said once
    centre.holds()


def test_nobody_but_a_manager_exchanges_the_plan(centre: Centre) -> None:
    for login in ("R1", "V1", "I1", "E1", "C1", "S1", "A1", "admin"):
        with refused("people.not_permitted"):
            centre.act(login, change_plan, centre.batch, heavier_links())


def test_once_a_candidate_has_a_number_the_plan_stays_even_if_the_place_is_released(centre: Centre) -> None:
    application = centre.told(centre.apply(1))
    centre.act("M1", change_plan, centre.batch, heavier_links())
    centre.act("M1", assign_numbers, centre.batch)
    assert not centre.ask(may_change_plan, centre.batch)
    with refused("plan_editor.numbers_given"):
        centre.act("M1", change_plan, centre.batch, SHIPPED)
    centre.act("M1", release_place, application, "改期")
    with refused("plan_editor.numbers_given"):
        centre.act("M1", change_plan, centre.batch, SHIPPED)
    centre.holds()


@pytest.mark.stage("confirmed")
def test_a_batch_that_two_people_answered_for_keeps_its_plan(centre: Centre) -> None:
    assert not centre.ask(may_change_plan, centre.batch)
    with refused("batches.closed"):
        centre.act("M1", change_plan, centre.batch, heavier_links())


def test_a_plan_that_cannot_be_met_or_belongs_elsewhere_is_refused(centre: Centre) -> None:
    short = change_exercise(begin(SHIPPED), "after_sales", minutes=9).plan
    with refused("plan.minutes") as caught:
        centre.act("M1", change_plan, centre.batch, short)
    assert caught.value.clause == "9.3"  # type: ignore[attr-defined]
    with refused("batches.plan_of_another"):
        centre.act("M1", change_plan, centre.batch, plans.default_plan(STANDARD, "senior"))
    with refused("plan.version"):
        centre.act("M1", change_plan, centre.batch, msgspec.structs.replace(SHIPPED, version=0))
    assert centre.ask(plan_of, centre.batch) == SHIPPED


def test_a_plan_does_not_drop_an_exercise_that_has_topic_cards(centre: Centre) -> None:
    dropped = next(one for one in SHIPPED.exercises if one.mode)
    without = msgspec.structs.replace(
        SHIPPED,
        exercises=tuple(
            msgspec.structs.replace(one, id="renamed") if one.id == dropped.id else one for one in SHIPPED.exercises
        ),
    )
    card = centre.act("M1", add_card, centre.batch, dropped.id, "推介家乡特产", "三分钟内介绍一款产品")
    with refused("plan_editor.cards_left"):
        centre.act("M1", change_plan, centre.batch, without)
    assert centre.ask(plan_of, centre.batch) == SHIPPED
    centre.act("M1", change_plan, centre.batch, heavier_links())  # it keeps the exercise
    centre.act("M1", withdraw_card, card, "换题")
    centre.act("M1", change_plan, centre.batch, without)
    centre.holds()
