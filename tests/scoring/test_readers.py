"""Once a panel is unsealed each role sees what is its own to see: every query is asked by everybody, and searched.

The queries are found in the program itself, so a new one that shows marks to the wrong person fails here unasked.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.batches.queries import plan_of
from core.errors import AppError
from core.paths import PROGRAM
from core.people.roles import Role
from core.results.commands import settle
from core.results.listing import write_list
from core.scoring import queries as scoring
from core.scoring.commands import deliberate, score_knowledge
from core.scoring.marks import outcome, unsealed_sheets
from core.store import Actor
from tests import walls
from tests.rooms import Centre, Stages, cheap_keys, refused
from tests.scoring.test_blindness import WORDS, arguments, queries, shown, tells

pytestmark = pytest.mark.stage("placed")

INSIDE = {
    "core.scoring.marks",
    "core.scoring.objective_queries",
    "core.scoring.paper_state",
    "core.scoring.knowledge_state",
    "core.results.settling",
}
"""Modules that answer the rooms' own rules without asking who wants to know."""
NOT_ASKED = {"scoring.scan_content"}
"""A page of paper, which no sheet here has: `test_paper` asks for it."""
OF_RESULTS = {"results.results", "results.standing", "certificates.awaited"}
OF_PANELS = {"scoring.outcome", "scoring.unsealed_sheets"}
OF_ALL = {"scoring.outcomes", "scoring.knowledge_score", "scoring.knowledge_scores"}
KNOWLEDGE, DECIDED = 8_137, 8_573
ASKS_FOR = {"examiner", "account", "reviewer", "person", "keyer", "viewer"}
"""Parameters that say whose thing is asked for."""
SEE_ALL = {"M1", "S1", "A1"}
SEE_RESULTS = {"V1", "C1"}
SEE_NOTHING = {"admin", "R1", "I1", "E7"}
PEOPLE = sorted(SEE_ALL | SEE_RESULTS | SEE_NOTHING | {"E2"})


@pytest.fixture
def opened(stages: Stages, tmp_path: Path) -> Iterator[tuple[Centre, set[int]]]:
    """Everybody was marked and scored; every figure of it. Made once a run, and copied."""
    with cheap_keys():
        if OPENED not in stages.made:
            made = stages.copy("placed", stages.folder / OPENED)
            with made.store:
                _open(made)
            stages.made[OPENED] = made
        centre = stages.copy(OPENED, tmp_path / "opened")
        with centre.store:
            yield centre, _figures(centre)


OPENED = "opened to readers"


def _open(centre: Centre) -> None:
    first = centre.applications[0]
    for login, share in (("E1", 0.93), ("E2", 0.91), ("E3", 0.87)):
        centre.mark(login, first, share, WORDS)
    for one in centre.applications[1:]:
        for login in ("E1", "E2", "E3"):
            centre.mark(login, one, 0.7)
    for one in centre.applications:
        centre.act("M1", score_knowledge, one, KNOWLEDGE)
    centre.act("E1", deliberate, first, "skill", "set", "按录像", DECIDED)


def _figures(centre: Centre) -> set[int]:
    first = centre.applications[0]
    came = centre.ask(outcome, first, "skill")
    plan = repr(centre.ask(plan_of, centre.batch))
    found = {KNOWLEDGE, came.result.numerator, came.final.numerator, *(total for _, total in came.totals)}
    found |= {sheet.total for sheet in centre.ask(unsealed_sheets, first, "skill")}
    secret = {one for one in found if one >= 1000 and not re.search(rf"\b{one}\b", plan)}
    assert len(secret) > 6
    return secret


def outside() -> list[tuple[str, Callable[..., Any]]]:
    """Every query that a window, a paper or the command line may ask."""
    return [(name, found) for name, found in queries() if found.__module__ not in INSIDE]


def shows(centre: Centre, secret: set[int], reader: Actor | None, login: str) -> set[str]:
    """The queries that show somebody a figure, asked with themselves and with whom they would like to be."""
    found = set()
    owners = {centre.id("E1"), centre.id("M1"), centre.id(login)}
    asked = [
        (name, query, given)
        for name, query in outside()
        for examiner in (owners if not ASKS_FOR.isdisjoint(inspect.signature(query).parameters) else [centre.id(login)])
        for given in arguments(centre, query, centre.actors[login], examiner)
    ]
    with centre.store.read(reader) as read:
        for name, query, given in asked:
            try:
                answer = shown(query(read, **given))
            except AppError as refusal:
                answer = repr((refusal, refusal.values))
            if tells(answer, secret):
                found.add(name)
    return found


@pytest.mark.parametrize("login", PEOPLE)
def test_after_unsealing_everybody_sees_what_is_theirs_to_see(opened: tuple[Centre, set[int]], login: str) -> None:
    centre, secret = opened
    if login in SEE_RESULTS:
        assert shows(centre, secret, centre.actors[login], login) == set(), "nothing before it is settled"
    centre.act("M1", settle, centre.batch)
    theirs: set[str] = set()
    if login in SEE_RESULTS:
        theirs = OF_RESULTS
    elif login in SEE_ALL:
        theirs = OF_RESULTS | OF_PANELS | OF_ALL
    elif login == "E2":
        theirs = OF_PANELS | {"scoring.own_sheet", "scoring.signed_sheet"}
    assert shows(centre, secret, centre.actors[login], login) == theirs


def test_a_snapshot_that_nobody_stands_behind_shows_no_mark(opened: tuple[Centre, set[int]]) -> None:
    centre, secret = opened
    centre.act("M1", settle, centre.batch)
    assert shows(centre, secret, None, "A1") == set()


def test_every_role_is_asked() -> None:
    from tests.rooms import STAFF

    assert {STAFF.get(login, Role.ADMIN) for login in PEOPLE} == set(Role)


def test_every_query_of_the_rooms_that_hold_marks_can_be_asked(centre: Centre) -> None:
    """One that could not would be in no matrix: give `arguments` what it wants, or say here why it shows nothing."""
    unasked = {
        name
        for name, query in outside()
        if name.startswith(("scoring.", "results."))
        and len(inspect.signature(query).parameters) > 1
        and not arguments(centre, query, centre.actors["A1"], centre.id("A1"))
    }
    assert unasked == NOT_ASKED


def test_what_does_not_ask_who_wants_to_know_is_out_of_every_windows_reach() -> None:
    modules = walls.parse(PROGRAM, "core", "ui")
    for name in INSIDE:
        assert importlib.import_module(name)
    wrong = [
        str(one)
        for one in walls.imports(modules)
        if one.target in INSIDE and walls.room_of(one.importer) in (None, "documents", *walls.ABOVE)
    ]
    assert wrong == []


@pytest.mark.parametrize("login", ["R1", "I1", "admin", "E1", "E7"])
def test_the_results_list_on_paper_is_not_for_everybody(
    opened: tuple[Centre, set[int]], tmp_path: Path, login: str
) -> None:
    centre, _ = opened
    target = tmp_path / "list.pdf"
    with refused("marks.results_not_for_you"):
        write_list(centre.store, centre.actors[login], centre.batch, target, lambda *_: None)
    assert not target.exists()
    write_list(centre.store, centre.actors["C1"], centre.batch, target, lambda *_: None)
    assert target.exists()


def test_an_examiners_own_sheet_is_nobody_elses_whatever_their_role(opened: tuple[Centre, set[int]]) -> None:
    centre, _ = opened
    exercise = centre.exercises()[0].id
    for login in ("M1", "A1", "S1", "E2", "admin"):
        for query in (scoring.own_sheet, scoring.signed_sheet):
            with refused("marks.not_yours"):
                centre.ask(query, centre.id("E1"), centre.applications[0], exercise, by=login)


def test_an_examiner_who_was_set_aside_does_not_see_what_the_panel_came_to(opened: tuple[Centre, set[int]]) -> None:
    from core.arrangement.replacement import add_examiner
    from core.results.reopening import set_aside

    centre, _ = opened
    first = centre.applications[0]
    centre.act("M1", set_aside, first, "skill", centre.id("E3"), "师生", second="M2")
    centre.act("M1", add_examiner, first, "skill", centre.id("E4"))
    centre.mark("E4", first, 0.9)
    assert centre.ask(scoring.outcome, first, "skill", by="E4") is not None
    with refused("marks.not_for_you"):
        centre.ask(scoring.outcome, first, "skill", by="E3")


def test_who_only_sees_results_is_told_that_they_are_not_settled_yet(opened: tuple[Centre, set[int]]) -> None:
    from core.results.listing import cell_text, note_text
    from core.results.standing import standing

    centre, _ = opened
    row = centre.ask(standing, centre.batch, by="C1").rows[0]
    assert [cell.state for cell in row.cells] == ["unsettled"] * len(row.cells)
    assert {cell_text(cell) for cell in row.cells} == {"–"}
    assert "还没有核分" in note_text(row)
    centre.act("M1", settle, centre.batch)
    settled = centre.ask(standing, centre.batch, by="C1").rows[0]
    assert settled.passed is True
    assert all(cell.outcome is None for cell in settled.cells)


def _twin(stages: Stages, name: str, shares: tuple[float, float, float], *, settled: bool) -> None:
    """A centre whose first candidate was marked like this; all else is as in its twin."""
    if name in stages.made:
        return
    made = stages.copy("placed", stages.folder / name)
    with made.store:
        for login, share in zip(("E1", "E2", "E3"), shares, strict=True):
            made.mark(login, made.applications[0], share)
        for one in made.applications[1:]:
            for login in ("E1", "E2", "E3"):
                made.mark(login, one, 0.9)
        for one in made.applications:
            made.act("M1", score_knowledge, one, KNOWLEDGE)
        if settled:
            made.act("M1", settle, made.batch)
    stages.made[name] = made


def _answers(stages: Stages, name: str, login: str, home: Path) -> dict[str, str]:
    """What somebody is told by every query, without what differs by nature: times, salts, signatures."""
    centre = stages.copy(name, home)
    with centre.store, centre.store.read(centre.actors[login]) as read:
        found = {}
        for query_name, query in outside():
            for at, given in enumerate(arguments(centre, query, centre.actors[login], centre.id(login))):
                try:
                    answer = shown(query(read, **given))
                except AppError as refusal:
                    answer = repr((refusal, refusal.values))
                answer = re.sub(r"b'(?:[^'\\]|\\.)*'|b\"(?:[^\"\\]|\\.)*\"", "bytes", answer)
                found[f"{query_name} {at}"] = re.sub(r"\b\d{13}\b|datetime\.datetime\([^)]*\)", "time", answer)
    return found


TWINS = {
    "passed or not": ((0.9, 0.9, 0.9), (0.2, 0.2, 0.2), True),
    "agreed or to be deliberated": ((0.9, 0.9, 0.9), (0.9, 0.9, 0.1), False),
}


FOR_THE_CERTIFICATES = {"certificates.what_is_missing 0"}
"""How many numbers a batch needs: its page and its commands are for who sees results."""


@pytest.mark.parametrize("pair", TWINS)
@pytest.mark.parametrize("login", [*sorted(SEE_NOTHING), "M1"])
def test_no_count_and_no_state_tells_others_how_a_candidate_did(
    stages: Stages, tmp_path: Path, login: str, pair: str
) -> None:
    """Two centres that differ in the marks alone answer who may not see marks word for word alike."""
    *both, settled = TWINS[pair]
    answers = []
    with cheap_keys():
        for at, shares in enumerate(both):
            _twin(stages, f"{pair} {at}", shares, settled=settled)
            answers.append(_answers(stages, f"{pair} {at}", login, tmp_path / str(at)))
    different = {name for name, answer in answers[0].items() if answers[1][name] != answer}
    if login in SEE_ALL:
        assert "results.standing 0" in different and (settled or "results.batch_progress 0" in different)
    else:
        assert different <= FOR_THE_CERTIFICATES
