"""Batches and the plan that each is pinned to."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from core.batches import commands, queries
from core.clock import today
from core.standards import plans
from tests.rooms import LEVEL, STANDARD, Centre, refused


def test_a_batch_is_numbered_within_its_year_and_keeps_its_plan(centre: Centre) -> None:
    second = centre.open_batch(day=date(2026, 3, 1))
    third = centre.open_batch(day=date(2027, 3, 1))
    assert centre.ask(queries.batch, third).no == "2027-01"
    assert centre.ask(queries.batch, second).no.startswith("2026-")
    assert centre.ask(queries.batch_named, "2027-01").id == third
    assert centre.ask(queries.batch_named, str(third)).id == third
    assert centre.ask(queries.plan_of, third) == plans.default_plan(STANDARD, LEVEL)
    centre.holds()


@pytest.mark.parametrize(
    ("standard", "level", "day", "code"),
    [
        ("no-such", LEVEL, today(), "standards.unknown"),
        (STANDARD, "master", today(), "standards.unknown_level"),
        (STANDARD, LEVEL, date(1999, 1, 1), "batches.bad_day"),
        (STANDARD, LEVEL, date(2100, 1, 1), "batches.bad_day"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(centre: Centre, standard: str, level: str, day: date, code: str) -> None:
    with refused(code):
        centre.open_batch(standard, level, day)
    assert len(centre.ask(queries.batches)) == 1


@pytest.mark.parametrize("name", ["", "2099-01", "abc", "9" * 400, "-1", "²", "1e9", "'; DROP TABLE batches; --"])
def test_a_batch_that_nobody_made_is_refused_by_name(centre: Centre, name: str) -> None:
    with refused("batches.unknown"):
        centre.ask(queries.batch_named, name)


def test_the_plan_of_another_level_or_one_that_does_not_add_up_is_refused(centre: Centre) -> None:
    plan = plans.default_plan(STANDARD, LEVEL)
    with refused("batches.plan_of_another"):
        centre.act("M1", commands.create_batch, STANDARD, LEVEL, today(), plans.default_plan(STANDARD, "senior"))
    items = plan.exercises[0].items
    heavier = msgspec.structs.replace(items[0], maximum=items[0].maximum + 100)
    first = msgspec.structs.replace(plan.exercises[0], items=(heavier, *items[1:]))
    broken = msgspec.structs.replace(plan, exercises=(first, *plan.exercises[1:]))
    with refused(_first_problem(broken)):
        centre.act("M1", commands.create_batch, STANDARD, LEVEL, today(), broken)


def _first_problem(plan: plans.Plan) -> str:
    from core.errors import Refused

    with pytest.raises(Refused) as caught:
        plans.check(plan)
    return caught.value.code


@pytest.mark.stage("confirmed")
def test_once_two_people_have_answered_nothing_of_the_batch_changes_any_more(centre: Centre) -> None:
    from core.arrangement import commands as arrangement
    from core.registration import commands as registration
    from core.registration.evidence import attach_evidence
    from core.registration.roster_import import import_rows
    from core.results import commands as results
    from core.scoring import commands as scoring
    from core.scoring import reforming
    from core.scoring.score_file import import_scores
    from core.scoring.sheets import Draft
    from tests.rooms import facts, person

    one, batch, exercise = centre.applications[0], centre.batch, centre.exercises()[0].id
    before = centre.store.head.seq
    acts = [
        ("R1", registration.enter_application, (batch, person(90), facts())),
        ("R1", import_rows, (batch, (), {})),
        ("R1", registration.correct_person, (one, person(1, name="改名"))),
        ("R1", registration.correct_facts, (one, facts())),
        ("R1", registration.withdraw, (one, "改期")),
        ("R1", attach_evidence, (one, "证书", b"%PDF-1.7")),
        ("V1", registration.decide, (one, "refused", "不符")),
        ("M1", arrangement.assign_numbers, (batch,)),
        ("M1", arrangement.form_panels, (batch, "skill", [])),
        ("M1", arrangement.release_place, (one, "不来")),
        ("M1", reforming.release_candidate, (one, "不来")),
        ("M1", arrangement.declare_recusal, (centre.id("E4"), one, "师生")),
        ("I1", arrangement.record_attendance, (one, "skill", "absent")),
        ("M1", scoring.score_knowledge, (one, 100)),
        ("M1", import_scores, (batch, [])),
        ("E1", scoring.save_draft, (one, exercise, Draft())),
        ("E1", scoring.deliberate, (one, "skill", "upheld", "理由")),
    ]
    for login, command, given in acts:
        with refused("batches.closed"):
            centre.act(login, command, *given)
    with refused("scoring.signed_already"):
        centre.act("E1", scoring.sign_sheet, one, exercise)
    with refused("results.confirmed_already"):
        centre.act("M1", results.settle, batch)
    with refused("results.confirmed_already"):
        centre.act("M1", results.confirm, batch, second="M2")
    assert centre.store.head.seq == before
    centre.holds()
