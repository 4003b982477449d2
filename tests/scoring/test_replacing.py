"""An examiner who drops out is replaced from the next candidate on."""

from __future__ import annotations

import pytest

from core.arrangement import commands as arrangement
from core.arrangement import queries
from core.results.progress import Papers, batch_progress
from core.scoring import commands
from core.scoring import queries as scoring
from core.scoring.replacing import may_lead, replace_examiner
from core.scoring.set_aside import set_aside_lines
from core.store import Id, Read
from tests.rooms import PANEL, Centre, refused, sheet

pytestmark = pytest.mark.stage("placed")

WHY = "突发疾病"


def panel(centre: Centre) -> queries.PanelLine:
    found = centre.ask(queries.panel_of, centre.applications[0], "skill")
    assert found is not None
    return found


def test_candidates_who_were_begun_stay_and_the_next_ones_go_over(centre: Centre) -> None:
    first, second, *rest = centre.applications
    for login in PANEL:
        centre.mark(login, first)
    exercise = centre.exercises()[0]
    centre.act("E3", commands.sign_sheet, second, exercise.id, sheet(exercise))
    centre.act("E3", commands.save_draft, rest[0], exercise.id, sheet(exercise))
    taken = centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("E4"), WHY)
    assert taken == rest
    found = panel(centre)
    for one in (first, second):
        assert found.examiners_of(one) == tuple(centre.id(login) for login in PANEL)
    for one in rest:
        assert found.examiners_of(one) == tuple(centre.id(login) for login in ("E1", "E2", "E4"))
    with refused("scoring.not_your_candidate"):
        centre.act("E3", commands.sign_sheet, rest[0], exercise.id)
    own = {state.application for state in centre.ask(scoring.own_sheets, centre.id("E3"), centre.batch)}
    assert own == {first, second}
    assert {one.application for one in centre.ask(scoring.own_sheets, centre.id("E4"), centre.batch)} == set(rest)
    for one in rest:
        for login in ("E1", "E2", "E4"):
            centre.mark(login, one)
        assert centre.ask(scoring.outcome, one, "skill") is not None
    assert centre.ask(scoring.outcome, second, "skill") is None, "the one who left has not finished"
    centre.holds()


def test_the_overview_counts_what_each_examiner_has_to_sign(centre: Centre) -> None:
    centre.mark("E3", centre.applications[0])
    centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("E4"), WHY)
    (seen,) = centre.ask(batch_progress, centre.batch, Papers()).panels
    exercises = len(centre.exercises())
    assert [(one.signed, one.needed) for one in seen.examiners] == [
        (0, 4 * exercises),
        (0, 4 * exercises),
        (exercises, exercises),
        (0, 3 * exercises),
    ]
    assert seen.needed == sum(one.needed for one in seen.examiners)


def test_a_leader_who_leaves_names_no_successor_the_manager_does(centre: Centre) -> None:
    given = (panel(centre).id, centre.id("E1"), centre.id("E4"), WHY)
    centre.mark("E1", centre.applications[0])
    with refused("replacement.leader_needed"):
        centre.act("M1", replace_examiner, *given)
    with refused("replacement.leader_needed"):
        centre.act("M1", replace_examiner, *given, leader=centre.id("E4"))
    assert may_lead(panel(centre), centre.id("E1")) == [centre.id("E2"), centre.id("E3")]
    centre.act("M1", replace_examiner, *given, leader=centre.id("E2"))
    found = panel(centre)
    assert found.leader == found.leader_of(centre.applications[0]) == centre.id("E2")
    for login, share in (("E2", 0.9), ("E3", 0.2)):
        centre.mark(login, centre.applications[0], share)
    with refused("deliberation.leader_only"):
        centre.act("E1", commands.deliberate, centre.applications[0], "skill", "upheld", "理由")
    centre.act("E2", commands.deliberate, centre.applications[0], "skill", "upheld", "理由")
    centre.holds()


def test_who_comes_must_be_free_to_mark_every_candidate_they_take_over(centre: Centre) -> None:
    given = panel(centre).id, centre.id("E3")
    centre.act("M1", arrangement.declare_recusal, centre.id("E4"), centre.applications[2], "师生")
    with refused("replacement.recused"):
        centre.act("M1", replace_examiner, *given, centre.id("E4"), WHY)
    with refused("panel.examiner_twice"):
        centre.act("M1", replace_examiner, *given, centre.id("E1"), WHY)
    with refused("panel.not_an_examiner"):
        centre.act("M1", replace_examiner, *given, centre.id("I1"), WHY)
    with refused("arrangement.reason_needed"):
        centre.act("M1", replace_examiner, *given, centre.id("E5"), " ")
    with refused("replacement.nobody_left"):
        centre.act("M1", replace_examiner, given[0], centre.id("E6"), centre.id("E5"), WHY)
    with refused("people.not_permitted"):
        centre.act("E1", replace_examiner, *given, centre.id("E5"), WHY)
    centre.act("M1", replace_examiner, *given, centre.id("E5"), WHY)
    with refused("replacement.nobody_left"):
        centre.act("M1", replace_examiner, *given, centre.id("E6"), WHY)
    centre.holds()


def test_a_recusal_declared_against_a_replacement_in_the_panel_is_refused(centre: Centre) -> None:
    centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("E4"), WHY)
    with refused("recusal.in_one_panel"):
        centre.act("M1", arrangement.declare_recusal, centre.id("E4"), centre.applications[0], "师生")
    centre.act("M1", arrangement.declare_recusal, centre.id("E3"), centre.applications[0], "师生")


def test_who_was_replaced_for_a_candidate_may_declare_what_keeps_them_apart(centre: Centre) -> None:
    centre.mark("E3", centre.applications[0])
    centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("E4"), WHY)
    with refused("recusal.in_one_panel"):
        centre.act("E3", arrangement.declare_recusal, centre.id("E3"), centre.applications[0], "师生")
    centre.act("E3", arrangement.declare_recusal, centre.id("E3"), centre.applications[1], "师生")


def test_two_people_hand_over_a_candidate_who_was_signed_in_part(centre: Centre) -> None:
    whole, part, *rest = centre.applications
    centre.mark("E3", whole)
    exercise = centre.exercises()[0]
    centre.act("E3", commands.sign_sheet, part, exercise.id, sheet(exercise, 0.1))
    centre.mark("E1", part)
    given = (panel(centre).id, centre.id("E3"), centre.id("E4"), WHY)
    with refused("people.second_unfit"):
        centre.act("M1", replace_examiner, *given, second="R1")
    taken = centre.act("M1", replace_examiner, *given, second="M2")
    assert taken == [*rest, part]
    found = panel(centre)
    assert centre.id("E3") in found.examiners_of(whole), "what was signed completely stands"
    assert set(found.examiners_of(part)) == {centre.id(login) for login in ("E1", "E2", "E4")}
    assert [line.reason for line in centre.ask(set_aside_lines, part)] == [WHY]
    assert centre.ask(recusal_reasons, centre.batch) == [], "who falls ill is not recused"
    centre.mark("E2", part)
    assert centre.ask(scoring.outcome, part, "skill") is None, "nothing is seen before the other one has signed all"
    low = centre.mark("E4", part)
    came = centre.ask(scoring.outcome, part, "skill")
    assert dict(came.totals)[centre.id("E4")] == low
    assert centre.id("E3") not in dict(came.totals)
    centre.holds()


def test_a_leader_who_drops_out_half_way_hands_the_lead_over_too(centre: Centre) -> None:
    part = centre.applications[0]
    exercise = centre.exercises()[0]
    centre.act("E1", commands.sign_sheet, part, exercise.id, sheet(exercise))
    given = (panel(centre).id, centre.id("E1"), centre.id("E4"), WHY)
    with refused("replacement.leader_needed"):
        centre.act("M1", replace_examiner, *given, second="M2")
    centre.act("M1", replace_examiner, *given, centre.id("E2"), second="M2")
    assert {panel(centre).leader_of(one) for one in centre.applications} == {centre.id("E2")}
    centre.holds()


def test_somebody_who_hands_over_their_own_sheets_is_not_one_of_the_two(centre: Centre) -> None:
    part = centre.applications[0]
    exercise = centre.exercises()[0]
    centre.engage("B1", "manager", "examiner")
    centre.act("M1", replace_examiner, panel(centre).id, centre.id("E3"), centre.id("B1"), WHY)
    centre.act("B1", commands.sign_sheet, part, exercise.id, sheet(exercise))
    given = (panel(centre).id, centre.id("B1"), centre.id("E4"), WHY)
    for first, second in (("M1", "B1"), ("B1", "M2")):
        with refused("set_aside.own"):
            centre.act(first, replace_examiner, *given, second=second)


def recusal_reasons(read: Read, batch: Id) -> list[str]:
    return [line.reason for line in queries.recusal_lines(read, queries.places(read, batch))]
