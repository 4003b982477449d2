"""评议: after too wide a spread the leader upholds, sets a total, or two people order a new panel."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core.arrangement import queries as arrangement
from core.results import commands as results
from core.results.queries import results as settled
from core.results.settling import compute
from core.scoring import commands, queries
from core.scoring.reforming import order_new_panel
from tests.rooms import OTHERS, Centre, refused

pytestmark = pytest.mark.stage("placed")


def disputed(centre: Centre) -> int:
    """A candidate whom one examiner saw quite otherwise."""
    one = centre.applications[0]
    for login, share in (("E1", 0.95), ("E2", 0.9), ("E3", 0.3)):
        centre.mark(login, one, share)
    assert centre.ask(queries.outcome, one, "skill").open
    return one


def test_the_leader_upholds_what_the_panel_came_to(centre: Centre) -> None:
    one = disputed(centre)
    with refused("deliberation.leader_only"):
        centre.act("E2", commands.deliberate, one, "skill", "upheld", "理由")
    with refused("deliberation.reason_needed"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", " ")
    with refused("deliberation.unknown_outcome"):
        centre.act("E1", commands.deliberate, one, "skill", "forgotten", "理由")
    centre.act("E1", commands.deliberate, one, "skill", "upheld", "一致认为评分标准理解无误")
    found = centre.ask(queries.outcome, one, "skill")
    assert (found.open, found.decision, found.final) == (False, "upheld", found.result)
    with refused("deliberation.decided_already"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")
    centre.holds()


def test_a_total_is_set_between_the_lowest_and_the_highest_alone(centre: Centre) -> None:
    one = disputed(centre)
    totals = sorted(total for _, total in centre.ask(queries.outcome, one, "skill").totals)
    for total in (None, totals[0] - 1, totals[-1] + 1, -1, 10**20):
        with refused("deliberation.out_of_range"):
            centre.act("E1", commands.deliberate, one, "skill", "set", "理由", total=total)
    centre.act("E1", commands.deliberate, one, "skill", "set", "理由", total=totals[1])
    assert centre.ask(queries.outcome, one, "skill").final == Fraction(totals[1])
    assert sorted(total for _, total in centre.ask(queries.outcome, one, "skill").totals) == totals, (
        "no sheet is changed"
    )
    centre.holds()


def test_where_nothing_is_disputed_nothing_is_deliberated(centre: Centre) -> None:
    one = centre.applications[1]
    for login in ("E1", "E2", "E3"):
        centre.mark(login, one)
    with refused("deliberation.not_needed"):
        centre.act("E1", commands.deliberate, one, "skill", "upheld", "理由")


def test_two_people_order_a_new_panel_of_others_whose_result_counts(centre: Centre) -> None:
    one = disputed(centre)
    old = centre.ask(queries.outcome, one, "skill")
    with refused("people.second_needed"):
        centre.act("E1", commands.deliberate, one, "skill", "new_panel", "分差过大")
    with refused("people.second_unfit"):
        centre.act("E1", commands.deliberate, one, "skill", "new_panel", "分差过大", second="E2")
    centre.act("E1", commands.deliberate, one, "skill", "new_panel", "分差过大", second="M1")
    assert centre.ask(queries.outcome, one, "skill") is None, "the first result counts no more"
    assert one in {line.application for line in centre.ask(compute, centre.batch).missing}
    with refused("scoring.not_your_candidate"):
        centre.mark("E1", one)
    for examiners in (("E1", "E5", "E6"), ("E4", "E5", "E3")):
        with refused("panel.recused"):
            centre.form(examiners, [one])
    (proposed,) = centre.ask(arrangement.propose, centre.batch, "skill")
    assert proposed.applications == (one,)
    assert set(proposed.examiners).isdisjoint({examiner for examiner, _ in old.totals})
    centre.form(OTHERS, [one])
    new = [centre.mark("E4", one, 0.8), centre.mark("E5", one, 0.8)]
    assert centre.ask(queries.outcome, one, "skill") is None
    assert centre.ask(queries.unsealed_sheets, one, "skill") == []
    assert centre.ask(queries.former_outcomes, one, "skill") == [], "the new panel marks without knowing the old result"
    new.append(centre.mark("E6", one, 0.85))
    found = centre.ask(queries.outcome, one, "skill")
    assert found.final == Fraction(sum(new), 3) and not found.open
    (former,) = centre.ask(queries.former_outcomes, one, "skill")
    assert (former.totals, former.decision) == (old.totals, "new_panel")
    for other in centre.applications[1:]:
        for login in ("E1", "E2", "E3"):
            centre.mark(login, other)
    centre.score_all()
    centre.settle_and_confirm()
    line = next(line for line in centre.ask(settled, centre.batch) if line.application == one)
    skill = next(part for part in line.components if part.component == "skill")
    assert Fraction(skill.numerator, skill.denominator) == found.final
    centre.holds()


def test_a_recusal_that_comes_to_light_late_brings_a_new_panel_too(centre: Centre) -> None:
    one = centre.applications[0]
    for login in ("E1", "E2", "E3"):
        centre.mark(login, one)
    with refused("people.second_needed"):
        centre.act("M1", order_new_panel, one, "skill", "师生关系")
    centre.act("M1", order_new_panel, one, "skill", "师生关系", second="M2")
    with refused("panel.unknown"):
        centre.act("M1", order_new_panel, one, "skill", "师生关系", second="M2")
    centre.form(OTHERS, [one])
    for login in OTHERS:
        centre.mark(login, one)
    assert centre.ask(queries.outcome, one, "skill").final
    centre.holds()


def test_nothing_is_settled_while_a_deliberation_is_open(centre: Centre) -> None:
    one = disputed(centre)
    centre.score_all()
    for other in centre.applications[1:]:
        for login in ("E1", "E2", "E3"):
            centre.mark(login, other)
    (missing,) = centre.ask(compute, centre.batch).missing
    assert (missing.application, missing.code) == (one, "results.deliberation_open")
    with refused("results.missing"):
        centre.act("M1", results.settle, centre.batch)
