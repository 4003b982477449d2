"""Vetoes, replaced examiners and sheets set aside open no way to a mark: the same queries are asked, and searched."""

from __future__ import annotations

import re

import msgspec
import pytest
from sqlalchemy import select

from core.arrangement.queries import panel_of
from core.arrangement.replacement import add_examiner
from core.batches.queries import plan_of
from core.people.roles import Role
from core.results.reopening import set_aside
from core.results.standing import standing
from core.scoring import commands
from core.scoring.queries import outcome
from core.scoring.replacing import replace_examiner
from core.scoring.tables import Sheet
from core.store import Id
from tests.rooms import STAFF, Centre, sheet
from tests.scoring.test_blindness import WORDS, arguments, parts, queries, shown, tells

pytestmark = pytest.mark.stage("placed")

VETO = "live.taken_down"


def mark(centre: Centre, login: str, one: Id, share: float) -> None:
    """Everything of a candidate, with tell-tale words and a veto."""
    for exercise in centre.exercises():
        draft = sheet(exercise, share, WORDS)
        if exercise.id == "live":
            draft = msgspec.structs.replace(draft, vetoes=[VETO])
        centre.act(login, commands.sign_sheet, one, exercise.id, draft)


def replaced(centre: Centre) -> None:
    """Two have signed and raised a veto; the third was replaced before beginning."""
    one = centre.applications[0]
    for login, share in (("E1", 0.93), ("E2", 0.57)):
        mark(centre, login, one, share)
    panel = centre.ask(panel_of, one, "skill")
    centre.act("M1", replace_examiner, panel.id, centre.id("E3"), centre.id("E4"), "病假")


def sealed_again(centre: Centre) -> None:
    """All three had signed and were unsealed; then one was set aside, and another joined who has to mark blindly."""
    one = centre.applications[0]
    for login, share in (("E1", 0.93), ("E2", 0.57), ("E3", 0.71)):
        mark(centre, login, one, share)
    assert centre.ask(outcome, one, "skill").reasons
    centre.act("M1", set_aside, one, "skill", centre.id("E2"), "师生", second="M2")
    centre.act("M1", add_examiner, one, "skill", centre.id("E4"))


@pytest.mark.parametrize("state", [replaced, sealed_again])
def test_no_query_shows_anybody_a_mark_after_a_change(centre: Centre, state: object) -> None:
    state(centre)  # type: ignore[operator]
    with centre.store.read() as read:
        secret = {int(row.total) for row in read.rows(select(Sheet.total)) if row.total >= 1000} - printed(centre)
    assert len(secret) >= 3
    asked = 0
    for role in (Role.EXAMINER, Role.MANAGER):  # after unsealing others see less than these
        login = {"examiner": "E4", "admin": "admin"}.get(role)
        login = login or next(one for one, known in STAFF.items() if known is role)
        actor = centre.actors[login]
        for name, found in queries():
            for given in arguments(centre, found, actor, centre.id("E4")):
                with centre.store.read(actor) as read:
                    try:
                        answer = shown(found(read, **given))
                    except Exception as refusal:  # a refusal says nothing either
                        answer = repr(refusal)
                asked += 1
                assert WORDS not in answer, f"{name} {given}"
                assert VETO not in answer or "Exercise(" in answer, f"{name} {given}"
                assert not tells(answer, secret), f"{name} {given}"
    assert asked > 60
    assert WORDS.encode() not in parts(centre)


def printed(centre: Centre) -> set[int]:
    """Figures that the plan prints anyway."""
    plan = repr(centre.ask(plan_of, centre.batch))
    return {int(figure) for figure in re.findall(r"\b\d{4,5}\b", plan)}


def test_the_results_page_tells_only_how_many_have_signed(centre: Centre) -> None:
    sealed_again(centre)
    row = next(row for row in centre.ask(standing, centre.batch).rows if row.application == centre.applications[0])
    cell = next(cell for cell in row.cells if cell.component == "skill")
    assert (cell.state, cell.score, cell.outcome) == ("sealed", "", None)
    centre.mark("E4", centre.applications[0])
    assert centre.ask(outcome, centre.applications[0], "skill") is not None
