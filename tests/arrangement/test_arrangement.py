"""Candidate numbers, panels, recusals, attendance and released places."""

from __future__ import annotations

import pytest

from core.arrangement import commands, queries
from core.arrangement.panels import ProposedPanel
from core.registration import commands as registration
from core.scoring import reforming
from tests.rooms import OTHERS, PANEL, Centre, refused


def test_numbers_follow_the_order_of_application_and_stay(centre: Centre) -> None:
    later = [centre.apply(number) for number in (1, 2, 3)]
    for application in reversed(later):
        centre.told(application)
    untold = centre.apply(4)
    assert centre.act("M1", commands.assign_numbers, centre.batch) == 3
    assert [place.number for place in centre.ask(queries.places, centre.batch)] == ["0001", "0002", "0003"]
    assert [centre.ask(queries.number_of, one) for one in later] == ["0001", "0002", "0003"]
    assert centre.act("M1", commands.assign_numbers, centre.batch) == 0
    centre.told(untold)
    centre.act("M1", commands.assign_numbers, centre.batch)
    assert centre.ask(queries.number_of, untold) == "0004"
    assert centre.ask(queries.application_numbered, centre.batch, "0004") == untold
    centre.holds()


def test_blind_numbers_are_six_digits_and_nobodys_twice(centre: Centre) -> None:
    from sqlalchemy import select

    from core.arrangement.tables import Place

    centre.placed(range(1, 9))
    with centre.store.read() as read:
        blind = [row.blind for row in read.rows(select(Place.blind))]
    assert len(set(blind)) == 8 and all(len(one) == 6 and one.isdecimal() for one in blind)


def test_a_released_place_is_free_and_its_number_is_not_given_again(centre: Centre) -> None:
    first, last = centre.placed([1, 2])
    with refused("registration.notified_already"):
        centre.act("R1", registration.withdraw, last, "不来")
    with refused("arrangement.reason_needed"):
        centre.act("M1", commands.release_place, last, " ")
    centre.act("M1", commands.release_place, last, "不来")
    centre.act("M1", commands.release_place, last, "不来")
    centre.placed([3])
    assert [place.number for place in centre.ask(queries.places, centre.batch)] == ["0001", "0003"]
    for command, given in (
        (commands.record_attendance, (last, "skill", "absent")),
        (commands.declare_recusal, (centre.id("E1"), last, "师生")),
    ):
        if command is commands.record_attendance:
            with refused("arrangement.no_place"):
                centre.act("M1", command, *given)
    with refused("panel.candidate_twice"):
        centre.form(PANEL, [first, last])
    centre.holds()


@pytest.mark.stage("placed")
def test_who_is_in_a_panel_is_released_while_nothing_is_marked(centre: Centre) -> None:
    gone, marked, seen, _ = centre.applications
    with refused("arrangement.in_a_panel"):
        centre.act("M1", commands.release_place, gone, "不来")
    centre.act("M1", reforming.release_candidate, gone, "不来")
    assert gone not in centre.ask(queries.panels, centre.batch)[0].applications
    centre.mark("E1", marked)
    centre.act("I1", commands.record_attendance, seen, "skill", "absent")
    for application in (marked, seen):
        with refused("arrangement.was_seen"):
            centre.act("M1", reforming.release_candidate, application, "不来")
    with refused("arrangement.no_place"):
        centre.act("M1", reforming.release_candidate, centre.apply(50), "不来")
    centre.holds()


def test_a_panel_takes_examiners_and_candidates_with_a_place_of_this_batch_alone(centre: Centre) -> None:
    here = centre.placed([1, 2])
    batch = centre.open_batch()
    there = centre.placed([3, 4], batch)
    unplaced = centre.told(centre.apply(5))
    for applications in ([there[0]], [here[0], there[0]], [unplaced], [4711], [here[0], here[0]]):
        with refused("panel.candidate_twice"):
            centre.form(PANEL, applications)
    with refused("panel.not_an_examiner"):
        centre.form(("E1", "E2", "M1"), here)
    with refused("arrangement.no_such_component"):
        centre.form(PANEL, here, component="singing")
    with refused("arrangement.no_such_component"):
        centre.form(PANEL, here, component="knowledge")
    with refused("panel.no_candidates"):
        centre.act("M1", commands.form_panels, centre.batch, "skill", [])
    with refused("panel.even"):
        centre.form(("E1", "E2", "E3", "E4"), here)
    centre.form(PANEL, here)
    with refused("panel.candidate_twice"):
        centre.form(OTHERS, here[:1])
    centre.holds()


def test_a_closed_account_marks_nobody(centre: Centre) -> None:
    from core.people.commands import close_account

    here = centre.placed([1])
    centre.act("admin", close_account, centre.id("E2"))
    with refused("panel.not_an_examiner"):
        centre.form(PANEL, here)


def test_what_is_proposed_can_be_formed_as_it_is(centre: Centre) -> None:
    centre.placed(range(1, 8))
    proposed = centre.ask(queries.propose, centre.batch, "skill")
    assert [len(one.examiners) for one in proposed] == [3]
    centre.act("M1", commands.form_panels, centre.batch, "skill", proposed)
    (formed,) = centre.ask(queries.panels, centre.batch)
    assert (formed.examiners, formed.leader, formed.applications) == (
        proposed[0].examiners,
        proposed[0].leader,
        proposed[0].applications,
    )
    assert centre.ask(queries.panels_of_examiner, proposed[0].leader) == [formed]


def test_without_places_nothing_is_proposed(centre: Centre) -> None:
    with refused("arrangement.no_places"):
        centre.ask(queries.propose, centre.batch, "skill")


def test_a_recusal_is_kept_by_what_is_proposed_and_by_what_is_formed(centre: Centre) -> None:
    here = centre.placed([1, 2])
    centre.act("E1", commands.declare_recusal, centre.id("E1"), here[0], "亲属")
    centre.act("E1", commands.declare_recusal, centre.id("E1"), here[0], "亲属")
    assert centre.id("E1") not in centre.ask(queries.propose, centre.batch, "skill")[0].examiners
    with refused("panel.recused"):
        centre.form(PANEL, here)
    with refused("recusal.own_only"):
        centre.act("E2", commands.declare_recusal, centre.id("E1"), here[1], "亲属")
    with refused("recusal.reason_needed"):
        centre.act("M1", commands.declare_recusal, centre.id("E2"), here[1], "")
    with refused("panel.not_an_examiner"):
        centre.act("M1", commands.declare_recusal, centre.id("M1"), here[1], "亲属")
    centre.holds()


@pytest.mark.stage("placed")
def test_a_recusal_inside_a_panel_asks_for_the_panel_to_be_formed_anew(centre: Centre) -> None:
    with refused("recusal.in_one_panel"):
        centre.act("M1", commands.declare_recusal, centre.id("E1"), centre.applications[0], "师生")
    (panel,) = centre.ask(queries.panels, centre.batch)
    centre.act("M1", reforming.dissolve_panel, panel.id)
    centre.act("M1", commands.declare_recusal, centre.id("E1"), centre.applications[0], "师生")
    centre.form(OTHERS, centre.applications)
    centre.holds()


@pytest.mark.stage("placed")
def test_a_panel_that_has_begun_to_mark_is_not_taken_apart(centre: Centre) -> None:
    (panel,) = centre.ask(queries.panels, centre.batch)
    centre.mark("E2", centre.applications[1])
    with refused("panel.marking_begun"):
        centre.act("M1", reforming.dissolve_panel, panel.id)
    ids = tuple(map(centre.id, OTHERS))
    with refused("panel.marking_begun"):
        centre.act("M1", reforming.reform_panel, panel.id, ProposedPanel(ids, ids[0], panel.applications))


@pytest.mark.stage("placed")
def test_attendance_is_recorded_with_a_reason_where_it_takes_one(centre: Centre) -> None:
    one = centre.applications[0]
    for state in ("misconduct", "deferred"):
        with refused("arrangement.reason_needed"):
            centre.act("I1", commands.record_attendance, one, "skill", state)
    with refused("arrangement.no_such_state"):
        centre.act("I1", commands.record_attendance, one, "skill", "late")
    with refused("arrangement.no_such_component"):
        centre.act("I1", commands.record_attendance, one, "singing", "absent")
    with refused("arrangement.no_place"):
        centre.act("I1", commands.record_attendance, centre.apply(60), "skill", "absent")
    centre.act("I1", commands.record_attendance, one, "skill", "absent")
    before = centre.store.head.seq
    centre.act("I1", commands.record_attendance, one, "skill", "absent")
    assert centre.store.head.seq == before
    assert centre.ask(queries.absences, centre.batch) == {(one, "skill"): "absent"}
    centre.act("I1", commands.record_attendance, one, "skill", "present")
    assert centre.ask(queries.absences, centre.batch) == {}
    centre.holds()
