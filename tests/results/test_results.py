"""核分 and 考点复核: results are computed when nothing is missing, and two people answer for them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.arrangement import commands as arrangement
from core.house import signature_problems
from core.people import commands as people
from core.people.pins import fresh_key
from core.results import commands, queries
from core.results.settling import compute
from core.results.tables import Confirmation
from core.scoring.commands import score_knowledge
from tests.rooms import Centre, refused


@pytest.mark.stage("placed")
def test_nothing_is_settled_while_something_is_missing(centre: Centre) -> None:
    with refused("results.missing"):
        centre.act("M1", commands.settle, centre.batch)
    missing = {(line.number, line.component): line.code for line in centre.ask(compute, centre.batch).missing}
    assert missing["0001", "knowledge"] == "results.no_score"
    assert missing["0001", "skill"] == "results.sealed"
    empty = centre.open_batch()
    with refused("arrangement.no_places"):
        centre.act("M1", commands.settle, empty)
    for command in (commands.settle, commands.confirm):
        with refused("batches.unknown"):
            centre.act("M1", command, 4711, second="M2" if command is commands.confirm else None)


@pytest.mark.stage("marked")
def test_who_passes_every_component_passes(centre: Centre) -> None:
    first, second, third, fourth = centre.applications
    centre.act("M1", score_knowledge, first, 6000)
    centre.act("M1", score_knowledge, second, 5999)
    assert centre.act("M1", commands.settle, centre.batch) == 4
    passed = {line.application: line.passed for line in centre.ask(queries.results, centre.batch)}
    assert passed == {first: True, second: False, third: True, fourth: True}
    before = centre.store.head.seq
    centre.act("M1", commands.settle, centre.batch)
    assert centre.store.head.seq == before, "settled again nothing changes"
    centre.holds()


@pytest.mark.stage("placed")
def test_absence_is_never_a_nought(centre: Centre) -> None:
    away = {"absent": "", "misconduct": "夹带", "deferred": "急诊"}
    for application, (state, reason) in zip(centre.applications, away.items(), strict=False):
        centre.act("I1", arrangement.record_attendance, application, "skill", state, reason)
    centre.score_all()
    for login in ("E1", "E2", "E3"):
        centre.mark(login, centre.applications[3])
    centre.act("M1", commands.settle, centre.batch)
    lines = centre.ask(queries.results, centre.batch)
    states = [next(part.state for part in line.components if part.component == "skill") for line in lines]
    assert states == ["absent", "misconduct", "deferred", "scored"]
    assert [line.passed for line in lines] == [False, False, False, True]


@pytest.mark.stage("marked")
def test_one_person_alone_cannot_make_a_result_go_away(centre: Centre) -> None:
    one = centre.applications[0]
    centre.act("I1", arrangement.record_attendance, one, "skill", "misconduct", "事后举报")
    (missing,) = centre.ask(compute, centre.batch).missing
    assert (missing.application, missing.code) == (one, "results.away_after_marks")
    with refused("results.missing"):
        centre.act("M1", commands.settle, centre.batch)
    centre.act("I1", arrangement.record_attendance, one, "skill", "misconduct", "事后举报", second="M1")
    centre.settle_and_confirm()
    (line,) = [line for line in centre.ask(queries.results, centre.batch) if line.application == one]
    assert not line.passed
    centre.holds()


@pytest.mark.stage("marked")
def test_results_are_confirmed_by_two_people_as_they_were_settled(centre: Centre) -> None:
    with refused("results.settle_first"):
        centre.act("M1", commands.confirm, centre.batch, second="M2")
    centre.act("M1", commands.settle, centre.batch)
    centre.act("M1", score_knowledge, centre.applications[0], 7000)
    with refused("results.settle_first"):
        centre.act("M1", commands.confirm, centre.batch, second="M2")
    with refused("people.second_needed"):
        centre.act("M1", commands.confirm, centre.batch)
    with refused("people.second_same"):
        centre.act("M1", commands.confirm, centre.batch, second="M1")
    centre.act("M1", commands.settle, centre.batch)
    centre.act("M1", commands.confirm, centre.batch, second="V1")
    found = centre.ask(queries.confirmation, centre.batch)
    assert (found.first, found.second) == (centre.id("M1"), centre.id("V1"))
    centre.holds()


@pytest.mark.stage("marked")
def test_a_confirmation_is_signed_with_the_key_that_its_signer_has_now(centre: Centre) -> None:
    centre.act("M1", commands.settle, centre.batch)
    centre.act("admin", people.reset_pin, centre.id("M2"), fresh_key("7777"), second="M1")
    with refused("people.sign_in_again"):
        centre.act("M1", commands.confirm, centre.batch, second="M2")
    assert centre.ask(queries.confirmation, centre.batch) is None


@pytest.mark.stage("confirmed")
def test_a_changed_confirmation_or_result_is_found(centre: Centre) -> None:
    assert signature_problems(centre.store) == []

    def forge(connection: object) -> None:
        raw = connection.connection.dbapi_connection  # type: ignore[attr-defined]
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("UPDATE confirmations SET second = ?", (centre.id("C1"),))
        raw.execute("COMMIT")

    centre.store.alone(forge)
    assert [problem.kind for problem in signature_problems(centre.store)] == ["signature"]
    assert centre.store.compare()[1] == ["confirmations"]
    with centre.store.read() as read:
        assert read.value(select(Confirmation.first)) == centre.id("M1")
