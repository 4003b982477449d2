"""Who was set aside does not come back to the same candidate; leads, figures and results follow who is left."""

from __future__ import annotations

import pytest

from core.arrangement import commands as arrangement
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import PanelLine, panel_of
from core.arrangement.replacement import add_examiner, possible
from core.people.roles import Role
from core.results import commands as results
from core.results.queries import results as settled
from core.results.reopening import order_new_panel, set_aside
from core.scoring import commands, queries
from core.scoring.objective import write_objective
from core.scoring.paper import key_paper, withdraw_typing
from core.scoring.reforming import dissolve_panel, reform_panel, release_candidate
from core.scoring.replacing import replace_examiner
from core.store import Id
from tests.rooms import OTHERS, PANEL, STAFF, Centre, refused, sheet
from tests.scoring.test_deliberation import disputed, travelling

pytestmark = pytest.mark.stage("placed")

WHY = "突发疾病"


def panel(centre: Centre, one: Id | None = None) -> PanelLine:
    found = centre.ask(panel_of, one or centre.applications[0], "skill")
    assert found is not None
    return found


def aside(centre: Centre, login: str, one: Id, leader: str = "") -> None:
    successor = centre.id(leader) if leader else None
    centre.act("M1", set_aside, one, "skill", centre.id(login), "师生", successor, second="M2")


def part_signed(centre: Centre, login: str, *applications: Id) -> None:
    """An examiner signs one exercise of each, and no other."""
    exercise = centre.exercises()[0]
    for one in applications:
        centre.act(login, commands.sign_sheet, one, exercise.id, sheet(exercise))


def test_who_saw_the_marks_and_was_set_aside_does_not_mark_the_candidate_again(centre: Centre) -> None:
    """Not even where two people answer for it that the recusal does not hold: the others' marks were seen."""
    one, other = centre.applications[:2]
    for login in PANEL:
        centre.mark(login, one)
    aside(centre, "E2", one)
    centre.act("M1", arrangement.override_recusal, centre.id("E2"), one, "查无此事", second="M2")
    assert centre.id("E2") not in centre.ask(possible, panel(centre), [one])
    with refused("replacement.recused"):
        centre.act("M1", add_examiner, one, "skill", centre.id("E2"))
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    centre.mark("E4", one)
    assert centre.ask(queries.outcome, one, "skill") is not None
    centre.mark("E2", other)
    centre.holds()


def test_who_handed_a_candidate_over_half_way_does_not_take_them_back(centre: Centre) -> None:
    half, *rest = centre.applications
    part_signed(centre, "E3", half)
    centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("E4"), WHY, second="M2")
    part_signed(centre, "E4", half)
    given = (panel(centre).id, centre.id("E4"), centre.id("E3"), WHY)
    with refused("replacement.recused"):
        centre.act("M1", replace_examiner, *given, second="M2")
    centre.act("M1", replace_examiner, *given)
    assert {centre.id("E3") in panel(centre).examiners_of(one) for one in rest} == {True}, "of these nothing was signed"
    for login in PANEL:
        centre.mark(login, rest[0])
    assert centre.ask(queries.outcome, rest[0], "skill") is not None
    centre.holds()


def test_who_leads_for_one_candidate_alone_hands_over_no_other_lead(centre: Centre) -> None:
    one, other = centre.applications[:2]
    aside(centre, "E1", one, "E3")
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
    centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("E5"), WHY, centre.id("E2"))
    found = panel(centre)
    assert (found.leader_of(one), found.leader_of(other)) == (centre.id("E2"), centre.id("E1"))
    centre.holds()


def test_a_leader_who_has_begun_with_everybody_hands_over_the_whole_lead(centre: Centre) -> None:
    whole, *halves = centre.applications
    centre.mark("E1", whole)
    part_signed(centre, "E1", *halves)
    given = (panel(centre).id, centre.id("E1"), centre.id("E4"), WHY, centre.id("E2"))
    assert centre.act("M1", replace_examiner, *given, second="M2") == halves
    assert {panel(centre).leader_of(one) for one in centre.applications} == {centre.id("E2")}
    assert centre.id("E1") in panel(centre).examiners_of(whole)
    centre.holds()


def test_a_sheet_that_does_not_count_holds_no_count_fast(centre: Centre) -> None:
    one = centre.applications[0]
    exercise, item = next(
        (each, item) for each in centre.exercises() for item in each.items if item.scale.kind == "objective"
    )
    centre.act("E1", write_objective, one, exercise.id, item.key, 5, second="E2")
    centre.act("E3", commands.sign_sheet, one, exercise.id, sheet(exercise))
    with refused("objective.signed_already"):
        centre.act("E1", write_objective, one, exercise.id, item.key, 6, second="E2")
    aside(centre, "E3", one)
    centre.act("E1", write_objective, one, exercise.id, item.key, 6, second="E2")
    assert centre.ask(queries.own_sheet, centre.id("E1"), one, exercise.id).shared[item.key].value == 6
    centre.holds()


def test_a_panel_whose_sheets_came_in_on_paper_is_not_formed_anew(centre: Centre) -> None:
    """A typing belongs to the panel that it was keyed for: in another one nobody could compare or withdraw it."""
    one, exercise = centre.applications[0], centre.exercises()[0]
    at = (one, exercise.id, centre.id("E1"))
    centre.act("I1", key_paper, *at, sheet(exercise))
    found = panel(centre)
    ids = tuple(map(centre.id, PANEL))
    proposed = ProposedPanel(ids, ids[1], found.applications)
    for command, given in ((dissolve_panel, ()), (reform_panel, (proposed,))):
        with refused("panel.marked_on_paper"):
            centre.act("M1", command, found.id, *given)
    with refused("arrangement.was_seen"):
        centre.act("M1", release_candidate, one, "不来")
    centre.act("I1", withdraw_typing, *at, 1)
    centre.act("M1", reform_panel, found.id, proposed)
    assert panel(centre).leader == ids[1]
    centre.holds()


@pytest.mark.parametrize("role", list(Role))
def test_whether_there_is_something_to_deliberate_is_told_to_the_leader_alone(centre: Centre, role: Role) -> None:
    """A dispute says how far marks lie apart: another panel's examiner learns as little of it as anybody else."""
    one, agreed = disputed(centre), centre.applications[1]
    for login in PANEL:
        centre.mark(login, agreed)
    login = {"examiner": "E7", "admin": "admin"}.get(role) or next(
        each for each, known in STAFF.items() if known is role
    )
    code = "deliberation.leader_only" if role is Role.EXAMINER else "people.not_permitted"
    for candidate in (one, agreed):
        with refused(code):
            centre.act(login, commands.deliberate, candidate, "skill", "upheld", "理由")


@pytest.mark.stage("marked")
def test_a_new_panel_takes_the_settled_result_away_until_it_has_marked(centre: Centre) -> None:
    one = centre.applications[0]
    centre.score_all()
    centre.act("M1", results.settle, centre.batch)
    before = travelling(centre)["result.settled"]
    with refused("people.second_needed"):
        centre.act("M1", order_new_panel, one, "skill", "师生")
    centre.act("M1", order_new_panel, one, "skill", "师生", second="M2")
    assert one not in {line.application for line in centre.ask(settled, centre.batch)}
    assert travelling(centre)["result.settled"] == before - 1
    centre.form(OTHERS, [one])
    for login in OTHERS:
        centre.mark(login, one)
    centre.settle_and_confirm()
    centre.holds()


def test_the_photo_of_a_candidate_is_for_the_examiner_who_asks(centre: Centre) -> None:
    one = centre.applications[0]
    for login in ("I1", "A1", "E7"):
        with refused("marks.not_yours"):
            centre.ask(queries.photo_for, centre.id("E1"), one, by=login)
    assert centre.ask(queries.photo_for, centre.id("E1"), one) is None
