# ruff: noqa: F811 - a fixture that is imported has the name of what asks for it
"""Works are marked by blind number: nothing that an examiner's window asks ties that number to a candidate."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

import pytest

from core.arrangement.commands import record_attendance
from core.batches.queries import plan_of
from core.examday import commands, work_queries
from core.examday.blind_queries import blind_exercises
from core.examday.card_queries import drawn_card
from core.examday.files import GivenFile
from core.registration.queries import applicants_of, candidate_of, photo_of
from core.scoring import queries
from core.scoring.blind_works import progress_by_number, work_progress
from core.scoring.commands import save_draft, sign_sheet
from core.scoring.sheets import Draft
from core.standards.plans import Exercise
from core.store import Id
from tests.examday.conftest import LIVE, WORK, Centre, centre, master  # noqa: F401
from tests.rooms import refused
from ui.pages import marking_beside, marking_data

FILE = GivenFile("选品说明".encode(), "txt")


def hand_in(centre: Centre, *applications: Id, ended: bool = True) -> None:
    for one in applications:
        centre.phase("live", one, WORK, "机房 1")
        centre.act("I01", commands.hand_in_work, one, WORK, [FILE])
        if ended:
            centre.phase("ended", one, WORK)


def exercise(centre: Centre, key: str = WORK) -> Exercise:
    found: Exercise = centre.ask(plan_of, centre.batch).exercise(key)
    return found


def full(centre: Centre, key: str = WORK, choice: int = 0) -> Draft:
    """A complete sheet; every exercise of the default plan is marked by levels or steps."""
    marks: dict[str, list[int] | None] = {}
    for item in exercise(centre, key).items:
        marks[item.key] = [] if item.scale.kind == "steps" else [item.scale.options[choice].value]
    return Draft(marks=marks)


def me(centre: Centre, login: str = "E01") -> Id:
    return centre.actor(login).id


@pytest.fixture
def own(centre: Centre) -> tuple[Id, ...]:
    """The candidates of the panel of E01."""
    return centre.applications[::2]


def test_a_work_shows_its_blind_number_once_it_is_collected(centre: Centre) -> None:
    def number(key: str = WORK) -> str:
        return str(centre.ask(queries.own_sheet, me(centre), centre.first, key).number)

    assert number() == centre.number(centre.first), "nobody hands anything in: by candidate number"
    hand_in(centre, centre.first)
    assert number() == centre.blind(centre.first)
    assert number(LIVE) == centre.number(centre.first)
    assert centre.ask(blind_exercises, centre.batch) == {WORK}


def test_a_work_that_was_not_handed_in_is_told_from_one_that_is_still_to_come(
    centre: Centre, own: tuple[Id, ...]
) -> None:
    def work(application: Id) -> str | None:
        found: str | None = centre.ask(queries.own_sheet, me(centre), application, WORK).work
        return found

    assert work(own[0]) is None
    hand_in(centre, own[0], ended=False)
    assert (work(own[0]), work(own[1])) == ("waiting", "waiting")
    centre.phase("ended", own[0], WORK)
    centre.phase("live", own[1], WORK, "机房 1")
    assert (work(own[0]), work(own[1])) == ("there", "waiting")
    centre.phase("ended", own[1], WORK)
    assert work(own[1]) == "missing"


def test_a_work_is_not_signed_before_it_is_collected(centre: Centre, own: tuple[Id, ...]) -> None:
    hand_in(centre, own[0], ended=False)
    for one in own[:2]:
        with refused("examday.not_collected"):
            centre.act("E01", sign_sheet, one, WORK, full(centre))
    centre.phase("ended", own[0], WORK)
    centre.act("E01", sign_sheet, own[0], WORK, full(centre))


def test_a_work_that_was_not_handed_in_is_marked_and_signed_like_any_other(centre: Centre, own: tuple[Id, ...]) -> None:
    hand_in(centre, own[0])
    centre.phase("live", own[1], WORK, "机房 1")
    centre.phase("ended", own[1], WORK)
    (row,) = [row for row in desk(centre).rows if row.work == "missing"]
    assert row.number == centre.blind(own[1])
    centre.act("E01", sign_sheet, row.application, WORK, full(centre))
    assert [row.states for row in desk(centre).rows if row.work == "missing"] == [{WORK: "signed"}]


def test_the_works_are_listed_by_blind_number_and_not_in_the_order_of_the_candidates(
    centre: Centre, own: tuple[Id, ...]
) -> None:
    hand_in(centre, *own)
    rows = [row for row in desk(centre).rows if row.exercise]
    assert [row.number for row in rows] == sorted(centre.blind(one) for one in own)


def test_what_is_marked_of_a_work_moves_nothing_on_the_candidates_rows(centre: Centre, own: tuple[Id, ...]) -> None:
    hand_in(centre, *own)
    before = candidates(centre)
    for login in ("E01", "E02", "E03"):
        centre.act(login, save_draft, own[0], WORK, full(centre))
        assert candidates(centre) == before
        centre.act(login, sign_sheet, own[0], WORK)
        assert candidates(centre) == before
    rows = {row.number: row for row in desk(centre).rows}
    assert rows[centre.blind(own[0])].signed == rows[centre.blind(own[0])].needed == 3
    assert rows[centre.blind(own[1])].signed == 0
    # It can fail: what everybody else is shown does move.
    assert {one.signed for one in centre.ask(queries.progress, centre.batch)} == {0, 3}
    centre.act("E01", sign_sheet, own[0], LIVE, full(centre, LIVE))
    assert candidates(centre) != before


def test_once_all_is_signed_the_panel_is_unsealed_for_the_candidate_and_the_work_tells_nothing(
    centre: Centre, own: tuple[Id, ...]
) -> None:
    hand_in(centre, *own)
    for login in ("E01", "E02", "E03"):
        for one in centre.ask(plan_of, centre.batch).exercises_of("skill"):
            centre.act(login, sign_sheet, own[0], one.id, full(centre, one.id))
    rows = {row.number: row for row in desk(centre).rows}
    assert rows[centre.number(own[0])].unsealed and rows[centre.number(own[0])].outcome is not None
    work = rows[centre.blind(own[0])]
    assert (work.unsealed, work.outcome, work.leads) == (False, None, False)


def test_somebody_who_was_absent_is_listed_by_candidate_number_alone(centre: Centre, own: tuple[Id, ...]) -> None:
    hand_in(centre, own[0])
    centre.act("I01", record_attendance, own[1], "skill", "absent", second="M01")
    rows = {row.number: row for row in desk(centre).rows}
    assert centre.blind(own[1]) not in rows
    assert rows[centre.number(own[1])].states[WORK] == "absent"


def test_no_query_of_an_examiners_window_ties_a_blind_number_to_a_candidate(
    centre: Centre, own: tuple[Id, ...]
) -> None:
    hand_in(centre, *own)
    centre.act("E01", commands.take_up_work, own[0], WORK)
    centre.act("E01", save_draft, own[0], WORK, full(centre))
    centre.act("E02", sign_sheet, own[0], WORK, full(centre))
    asked = dict(answers(centre, own))
    seen = 0
    for name, answer in asked.items():
        for record in records(answer):
            text = repr(record)
            for one in own:
                if f"'{centre.blind(one)}'" in text:
                    seen += 1
                    assert not betrays(centre, text, own), name
    assert seen >= len(own) * 4, "it can fail only if blind numbers are shown at all"


def test_the_search_for_ties_finds_one(centre: Centre, own: tuple[Id, ...]) -> None:
    assert betrays(centre, repr((centre.blind(own[0]), centre.number(own[0]))), own)
    assert betrays(centre, repr(centre.ask(queries.photo_for, me(centre), own[0])), own)
    assert not betrays(centre, repr((centre.blind(own[0]), own[0])), own)


def desk(centre: Centre, login: str = "E01") -> marking_data.Desk:
    found: marking_data.Desk = centre.ask(marking_data.desk, me(centre, login), centre.batch)
    return found


def candidates(centre: Centre) -> list[list[marking_data.DeskRow]]:
    """What each examiner of the panel is shown of the candidates."""
    return [desk(centre, login).candidates for login in ("E01", "E02", "E03")]


def answers(centre: Centre, own: tuple[Id, ...]) -> Iterator[tuple[str, object]]:
    """Every query of the marking desk, with what it answers an examiner."""
    actor, batch = centre.actor("E01"), centre.batch

    def ask(query: Callable[..., object], *args: object) -> tuple[str, object]:
        return f"{query.__module__}.{query.__name__}{args}", centre.ask(query, *args)

    yield ask(queries.own_sheets, actor.id, batch)
    yield ask(progress_by_number, batch)
    yield ask(work_progress, batch)
    yield ask(work_queries.works_to_mark, actor, batch)
    yield ask(marking_data.desk, actor.id, batch)
    yield ask(marking_data.sheets_across, actor.id, own, WORK)
    for one in own:
        yield ask(queries.own_sheet, actor.id, one, WORK)
        yield ask(queries.own_sheet, actor.id, one, LIVE)
        yield ask(work_queries.blind_work, actor, one, WORK)
        yield ask(drawn_card, actor, one, WORK)
        yield ask(marking_data.work, actor.id, batch, one, "skill", WORK)
        yield ask(marking_data.work, actor.id, batch, one, "skill")
        yield ask(marking_beside.brought, actor, one, WORK)


def records(answer: object) -> list[object]:
    """An answer's single rows: a list of candidates next to a list of works ties nothing."""
    if isinstance(answer, marking_data.Desk):
        return list(answer.rows)
    if isinstance(answer, list | tuple) and not (dataclasses.is_dataclass(answer)):
        return list(answer)
    return [answer]


def betrays(centre: Centre, text: str, own: tuple[Id, ...]) -> bool:
    """Whether a text says who somebody is: candidate number, name, masked identity, photo."""
    who = centre.ask(applicants_of, centre.batch)
    for one in own:
        photo = centre.ask(photo_of, centre.ask(candidate_of, one))
        told = [f"'{centre.number(one)}'", who[one].name, who[one].identity, *([repr(photo)] if photo else [])]
        if any(re.search(re.escape(piece), text) for piece in told if piece):
            return True
    return False
