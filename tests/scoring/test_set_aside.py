"""A recusal that came to light late: sheets are set aside, never erased, and the panel is sealed until it is lawful."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.arrangement import queries as arrangement
from core.arrangement.replacement import add_examiner, possible, short
from core.results import commands as results
from core.results.queries import results as settled
from core.results.reopening import order_new_panel, set_aside
from core.results.settling import compute
from core.scoring import commands, queries
from core.scoring.set_aside import set_aside_lines
from core.scoring.tables import Sheet
from core.store import Id
from tests.rooms import OTHERS, PANEL, Centre, refused, sheet

WHY = "考生是其学员，考后举报查实"


def aside(centre: Centre, login: str = "E2", one: Id | None = None, **more: object) -> list[Id]:
    found: list[Id] = centre.act(
        "M1", set_aside, one or centre.applications[0], "skill", centre.id(login), WHY, second="M2", **more
    )
    return found


def sheets(centre: Centre) -> int:
    with centre.store.read() as read:
        return int(read.value(select(func.count()).select_from(Sheet)))


@pytest.mark.stage("marked")
def test_sheets_set_aside_stay_and_do_not_count(centre: Centre) -> None:
    one, before = centre.applications[0], sheets(centre)
    found = aside(centre)
    assert len(found) == len(centre.exercises()) and sheets(centre) == before
    assert [line.sheet for line in centre.ask(set_aside_lines, one)] == found
    assert {line.reason for line in centre.ask(set_aside_lines, one)} == {WHY}
    assert centre.ask(queries.signed_sheet, centre.id("E2"), one, centre.exercises()[0].id) is not None
    assert centre.ask(arrangement.examiners_for, centre.ask(arrangement.current_panel, one, "skill"), one) == tuple(
        centre.id(login) for login in ("E1", "E3")
    )
    candidate = next(p.candidate for p in centre.ask(arrangement.places, centre.batch) if p.application == one)
    assert centre.ask(arrangement.is_recused, centre.id("E2"), candidate)
    other = centre.applications[1]
    assert centre.ask(queries.outcome, other, "skill") is not None, "nobody else is touched"
    centre.holds()


@pytest.mark.stage("marked")
def test_two_people_are_needed_and_neither_is_the_examiner(centre: Centre) -> None:
    given = (centre.applications[0], "skill", centre.id("E2"))
    with refused("people.second_needed"):
        centre.act("M1", set_aside, *given, WHY)
    with refused("people.second_unfit"):
        centre.act("M1", set_aside, *given, WHY, second="E1")
    for login in ("E1", "A1", "S1", "I1"):
        with refused("people.not_permitted"):
            centre.act(login, set_aside, *given, WHY, second="M1")
    with refused("set_aside.reason_needed"):
        centre.act("M1", set_aside, *given, " ", second="M2")
    with refused("set_aside.not_marking"):
        aside(centre, "E5")
    both = centre.engage("E9", "examiner", "manager")
    centre.act("M1", set_aside, *given, WHY, second="M2")
    centre.act("M1", add_examiner, centre.applications[0], "skill", both.id)
    with refused("set_aside.own"):
        centre.act("M1", set_aside, centre.applications[0], "skill", both.id, WHY, second="E9")


@pytest.mark.stage("marked")
def test_the_panel_is_sealed_again_until_another_examiner_has_marked(centre: Centre) -> None:
    one = centre.applications[0]
    centre.act("M1", results.settle, centre.batch)
    aside(centre)
    assert centre.ask(queries.outcome, one, "skill") is None
    assert centre.ask(queries.unsealed_sheets, one, "skill") == []
    assert one not in {line.application for line in centre.ask(settled, centre.batch)}, "the settled result fell"
    assert [miss.code for miss in centre.ask(compute, centre.batch).missing] == ["results.examiners_missing"]
    assert centre.ask(short, centre.batch, "skill") == {one}
    with refused("results.short_panel"):
        centre.act("M1", results.settle, centre.batch)
    with refused("results.settle_first"):
        centre.act("M1", results.confirm, centre.batch, second="M2")
    with refused("scoring.sealed"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    line = centre.ask(arrangement.panel_of, one, "skill")
    assert centre.id("E2") not in centre.ask(possible, line, [one])
    with refused("replacement.recused"):
        centre.act("M1", add_examiner, one, "skill", centre.id("E2"))
    with refused("panel.examiner_twice"):
        centre.act("M1", add_examiner, one, "skill", centre.id("E3"))
    with refused("panel.not_an_examiner"):
        centre.act("M1", add_examiner, one, "skill", centre.id("R1"))
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    with refused("replacement.not_short"):
        centre.act("M1", add_examiner, one, "skill", centre.id("E5"))
    with refused("results.missing"):
        centre.act("M1", results.settle, centre.batch)
    centre.mark("E4", one)
    found = centre.ask(queries.outcome, one, "skill")
    assert [examiner for examiner, _ in found.totals] == [centre.id(login) for login in ("E1", "E3", "E4")]
    centre.settle_and_confirm()
    centre.holds()


@pytest.mark.stage("marked")
def test_who_joins_for_one_candidate_marks_nobody_else(centre: Centre) -> None:
    one, other = centre.applications[:2]
    aside(centre)
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    assert {state.application for state in centre.ask(queries.own_sheets, centre.id("E4"), centre.batch)} == {one}
    assert one not in {state.application for state in centre.ask(queries.own_sheets, centre.id("E2"), centre.batch)}
    exercise = centre.exercises()[0]
    with refused("scoring.not_your_candidate"):
        centre.act("E4", commands.save_draft, other, exercise.id, sheet(exercise))
    with refused("scoring.not_your_candidate"):
        centre.act("E2", commands.save_draft, one, exercise.id, sheet(exercise))
    with refused("scoring.not_your_candidate"):
        centre.ask(queries.photo_for, centre.id("E4"), other)
    progress = {line.application: line for line in centre.ask(queries.progress, centre.batch)}
    exercises = len(centre.exercises())
    assert (progress[one].signed, progress[one].needed, progress[one].unsealed) == (2 * exercises, 3 * exercises, False)
    assert (progress[other].signed, progress[other].needed) == (3 * exercises, 3 * exercises)


@pytest.mark.stage("marked")
def test_a_leader_set_aside_leaves_the_candidate_to_another_leader(centre: Centre) -> None:
    one = centre.applications[0]
    with refused("set_aside.leader_needed"):
        aside(centre, "E1")
    with refused("set_aside.leader_needed"):
        aside(centre, "E1", leader=centre.id("E4"))
    aside(centre, "E1", leader=centre.id("E3"))
    line = centre.ask(arrangement.panel_of, one, "skill")
    assert line.leader_of(one) == centre.id("E3") and line.leader_of(centre.applications[1]) == centre.id("E1")
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    centre.mark("E4", one, 0.1)
    with refused("deliberation.leader_only"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    centre.act("E3", commands.deliberate, one, "skill", "upheld", "理由")
    centre.holds()


@pytest.mark.stage("marked")
def test_a_new_panel_is_the_other_way(centre: Centre) -> None:
    one = centre.applications[0]
    aside(centre)
    centre.act("M1", order_new_panel, one, "skill", "回避后另组", second="M2")
    centre.form(OTHERS, [one])
    for login in OTHERS:
        centre.mark(login, one)
    centre.settle_and_confirm()
    centre.holds()


@pytest.mark.stage("confirmed")
def test_after_the_confirmation_only_an_appeal_can_help(centre: Centre) -> None:
    with refused("set_aside.confirmed"):
        aside(centre)


@pytest.mark.stage("placed")
def test_an_examiner_who_has_only_a_draft_leaves_without_a_trace_of_marks(centre: Centre) -> None:
    one, exercise = centre.applications[0], centre.exercises()[0]
    centre.act("E2", commands.save_draft, one, exercise.id, sheet(exercise))
    for login in ("E1", "E3"):
        centre.mark(login, one)
    assert aside(centre) == []
    assert centre.ask(queries.outcome, one, "skill") is None, "two examiners are no panel"
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    centre.mark("E4", one)
    assert centre.ask(queries.outcome, one, "skill") is not None
    centre.holds()


@pytest.mark.stage("staffed")
def test_of_five_examiners_two_set_aside_leave_three_who_unseal(centre: Centre) -> None:
    centre.applications = centre.placed([1])
    (one,) = centre.applications
    centre.form(("E1", "E2", "E3", "E4", "E5"), [one])
    for login in ("E1", "E2", "E3", "E4", "E5"):
        centre.mark(login, one)
    aside(centre, "E4", one)
    assert centre.ask(queries.outcome, one, "skill") is None, "four are an even number"
    aside(centre, "E5", one)
    found = centre.ask(queries.outcome, one, "skill")
    assert [examiner for examiner, _ in found.totals] == [centre.id(login) for login in PANEL]
    centre.holds()
