"""Sheets on paper: keyed twice by two people who see nothing of each other, confirmed by who wrote them."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AppError
from core.house import may_travel
from core.people.permission import PERMISSIONS
from core.scoring import commands as scoring
from core.scoring import paper, paper_queries, queries
from core.scoring.paper_rules import LARGEST_SCAN, MOST_SCANS, differing_cells, scan_kind
from core.scoring.sheets import Draft
from core.standards.plans import Exercise, default_plan
from core.store import Id
from core.store.events import decode_body
from tests.rooms import LEVEL, PANEL, STANDARD, Centre, refused, sheet

SECRET = "字迹里才有的一句话"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
pytestmark = pytest.mark.stage("placed")


@pytest.fixture
def paper_centre(centre: Centre) -> Centre:
    """A second invigilator, and one who is an examiner of the panel too."""
    centre.engage("I2", "invigilator")
    centre.engage("I3", "invigilator")
    return centre


def the_exercise(centre: Centre) -> Exercise:
    return centre.exercises()[0]


def key(centre: Centre, login: str, typed: Draft, examiner: str = "E1", at: int = 0) -> Any:
    return centre.act(login, paper.key_paper, *place(centre, examiner, at), typed)


def place(centre: Centre, examiner: str = "E1", at: int = 0) -> tuple[Id, str, Id]:
    return centre.applications[at], the_exercise(centre).id, centre.id(examiner)


def scan(centre: Centre, examiner: str = "E1", login: str = "I1") -> Id:
    return int(centre.act(login, paper.attach_scan, *place(centre, examiner), PNG))


def changed(typed: Draft, exercise: Exercise, at: int = 0) -> Draft:
    """The same sheet with one item otherwise."""
    item = exercise.items[at]
    other = next(one.value for one in item.scale.options if typed.marks[item.key] != [one.value])
    return msgspec.structs.replace(typed, marks={**typed.marks, item.key: [other]})


def state(centre: Centre, examiner: str = "E1", at: int = 0) -> str:
    wanted = place(centre, examiner, at)
    return str(next(one.state for one in centre.ask(paper_queries.paper_lines, centre.batch) if one.id == wanted))


def test_a_sheet_keyed_alike_by_two_is_signed_when_its_examiner_confirms_it(paper_centre: Centre) -> None:
    centre, typed = paper_centre, sheet(the_exercise(paper_centre), 0.8, "讲得清楚")
    assert key(centre, "I1", typed) is None
    assert state(centre) == "once"
    assert key(centre, "I2", typed) == ()
    assert state(centre) == "agreed"
    scan(centre)
    agreed = centre.ask(paper_queries.agreed_sheet, centre.id("E1"), *place(centre)[:2])
    assert (agreed.blank, agreed.scans) == ((), 1)
    centre.act("E1", paper.confirm_paper, *place(centre)[:2])
    signed = centre.ask(queries.signed_sheet, centre.id("E1"), *place(centre)[:2])
    assert (signed.total, signed.remark) == (agreed.total, "讲得清楚")
    assert state(centre) == "signed"
    centre.holds()


def test_a_sheet_from_paper_counts_like_any_other_towards_unsealing(paper_centre: Centre) -> None:
    centre = paper_centre
    application = centre.applications[0]
    total = 0
    for exercise in centre.exercises():
        for login in ("I1", "I2"):
            centre.act(login, paper.key_paper, application, exercise.id, centre.id("E1"), sheet(exercise, 0.8))
        centre.act("I1", paper.attach_scan, application, exercise.id, centre.id("E1"), PNG)
        centre.act("E1", paper.confirm_paper, application, exercise.id)
        total += centre.ask(queries.signed_sheet, centre.id("E1"), application, exercise.id).total
    others = [centre.mark(login, application) for login in PANEL[1:]]
    came = centre.ask(queries.outcome, application, "skill")
    assert sorted(points for _, points in came.totals) == sorted([total, *others])
    centre.holds()


def test_two_different_typings_show_only_which_cells_differ(paper_centre: Centre) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    first = sheet(exercise, 0.8, SECRET)
    second = changed(changed(sheet(exercise, 0.8, "另一句"), exercise, 0), exercise, 2)
    cells = tuple(f"item:{exercise.items[at].key}" for at in (0, 2))
    key(centre, "I1", first)
    assert key(centre, "I2", second) == (*cells, "remark")
    mine = centre.ask(paper_queries.own_typing, centre.id("I2"), *place(centre))
    assert mine.differing == (*cells, "remark")
    assert mine.typed.marks == second.marks
    assert SECRET not in repr(mine) + repr(mine.typed)
    with refused("paper.not_agreed"):
        centre.ask(paper_queries.agreed_sheet, centre.id("E1"), *place(centre)[:2])
    with refused("paper.only_differing"):
        key(centre, "I2", changed(second, exercise, 1))
    assert key(centre, "I2", msgspec.structs.replace(second, remark=SECRET)) == cells
    assert key(centre, "I1", msgspec.structs.replace(second, remark=SECRET)) == ()
    with refused("paper.agreed_already"):
        key(centre, "I1", first)
    centre.holds()


def test_the_same_person_can_not_key_a_sheet_twice_and_a_third_is_not_needed(paper_centre: Centre) -> None:
    centre, typed = paper_centre, sheet(the_exercise(paper_centre))
    key(centre, "I1", typed)
    assert key(centre, "I1", typed) is None
    assert state(centre) == "once"
    key(centre, "I2", changed(typed, the_exercise(centre)))
    with refused("paper.keyed_by_two"):
        key(centre, "I3", typed)
    centre.act("M1", paper.withdraw_typing, *place(centre), 2, "换人")
    assert key(centre, "I3", typed) == ()


def test_only_invigilators_of_no_panel_may_key(paper_centre: Centre) -> None:
    centre, typed = paper_centre, sheet(the_exercise(paper_centre))
    centre.engage("X1", "invigilator", "examiner")
    more = centre.placed([41])
    centre.form(("X1", "E5", "E6"), more)
    with refused("paper.keyer_in_panel"):
        key(centre, "X1", typed)
    with refused("paper.keyer_in_panel"):
        centre.ask(paper_queries.own_typing, centre.id("X1"), *place(centre))
    for login in ("R1", "V1", "M1", "E1", "E2", "C1", "S1", "A1"):
        with refused("people.not_permitted"):
            key(centre, login, typed)
        with refused("paper.not_a_keyer"):
            centre.ask(paper_queries.own_typing, centre.id(login), *place(centre))


def test_a_sheet_is_on_the_screen_or_on_paper_and_never_both(paper_centre: Centre) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    where = place(centre)[:2]
    centre.act("E1", scoring.save_draft, *where, Draft({exercise.items[0].key: [1]}))
    assert state(centre) == "screen"
    with refused("paper.on_screen"):
        key(centre, "I1", sheet(exercise))
    with refused("paper.on_screen"):
        scan(centre)
    centre.act("E1", paper.go_on_paper, *where)
    key(centre, "I1", sheet(exercise))
    for act in (scoring.save_draft, scoring.sign_sheet):
        with refused("paper.on_paper"):
            centre.act("E1", act, *where, sheet(exercise))
    states = {one.exercise: one.state for one in centre.ask(queries.own_sheets, centre.id("E1"), centre.batch)[:1]}
    assert states == {exercise.id: "paper"}
    centre.act("E1", paper.return_paper, *where, "我是在屏幕上评的")
    assert state(centre) == "open"
    centre.act("E1", scoring.sign_sheet, *where, sheet(exercise))
    with refused("scoring.signed_already"):
        key(centre, "I1", sheet(exercise))


def test_a_returned_sheet_is_keyed_and_scanned_anew(paper_centre: Centre) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    wrong, right = sheet(exercise, 0.2), sheet(exercise, 0.9)
    for login in ("I1", "I2"):
        key(centre, login, wrong)
    old = scan(centre)
    with refused("paper.reason_needed"):
        centre.act("E1", paper.return_paper, *place(centre)[:2], " ")
    centre.act("E1", paper.return_paper, *place(centre)[:2], "录的是别人的表")
    with refused("paper.no_such_scan"):
        centre.ask(paper_queries.scan_content, centre.id("E1"), old)
    for login in ("I3", "I1"):
        key(centre, login, right)
    with refused("paper.no_scan"):
        centre.act("E1", paper.confirm_paper, *place(centre)[:2])
    scan(centre)
    centre.act("E1", paper.confirm_paper, *place(centre)[:2])
    centre.holds()


def test_an_item_that_is_blank_on_the_paper_can_be_keyed_so_but_not_confirmed(paper_centre: Centre) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    whole = sheet(exercise)
    first = exercise.items[0].key
    with refused("paper.incomplete"):
        key(centre, "I1", Draft({item: values for item, values in whole.marks.items() if item != first}))
    blank = msgspec.structs.replace(whole, marks={**whole.marks, first: None})
    for login in ("I1", "I2"):
        key(centre, login, blank)
    scan(centre)
    assert centre.ask(paper_queries.agreed_sheet, centre.id("E1"), *place(centre)[:2]).blank == (first,)
    with refused("scoring.incomplete"):
        centre.act("E1", paper.confirm_paper, *place(centre)[:2])


def test_nobody_confirms_for_somebody_else_or_with_a_pin_that_was_set_for_them(paper_centre: Centre) -> None:
    centre, typed = paper_centre, sheet(the_exercise(paper_centre))
    for login in ("I1", "I2"):
        key(centre, login, typed)
    scan(centre)
    with refused("paper.not_agreed"):
        centre.act("E2", paper.confirm_paper, *place(centre)[:2])
    with refused("scoring.not_your_candidate"):
        centre.act("E5", paper.confirm_paper, *place(centre)[:2])
    centre.actors["E1"] = replace(centre.actors["E1"], sign=None, provisional=True)
    with refused("people.provisional_pin"):
        centre.act("E1", paper.confirm_paper, *place(centre)[:2])


def test_what_is_being_typed_is_kept_and_nobody_else_sees_it(paper_centre: Centre) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    half = Draft({exercise.items[0].key: None}, remark=SECRET)
    centre.act("I1", paper.save_typing, *place(centre), half)
    assert centre.ask(paper_queries.own_typing, centre.id("I1"), *place(centre)).typed == half
    assert centre.ask(paper_queries.own_typing, centre.id("I2"), *place(centre)).typed == Draft()
    key(centre, "I1", sheet(exercise))
    assert centre.ask(paper_queries.own_typing, centre.id("I1"), *place(centre)).typed == sheet(exercise)


def test_a_scan_is_a_picture_or_a_pdf_of_a_bearable_size() -> None:
    assert [scan_kind(one) for one in (PNG, b"\xff\xd8\xff\xe0", b"%PDF-1.7")] == [
        "image/png",
        "image/jpeg",
        "application/pdf",
    ]
    for bad, code in ((b"", "paper.scan_unknown"), (b"MZ", "paper.scan_unknown")):
        with refused(code):
            scan_kind(bad)
    with refused("paper.scan_too_large"):
        scan_kind(PNG + bytes(LARGEST_SCAN))


def test_scans_can_be_taken_back_by_who_made_them_and_are_not_without_number(paper_centre: Centre) -> None:
    centre = paper_centre
    first = scan(centre)
    with refused("paper.not_yours"):
        centre.act("I2", paper.withdraw_scan, first)
    centre.act("I1", paper.withdraw_scan, first)
    assert centre.ask(paper_queries.scans, centre.id("E1"), *place(centre)) == []
    for _ in range(MOST_SCANS):
        scan(centre)
    with refused("paper.too_many_scans"):
        scan(centre)
    with refused("paper.not_yours"):
        centre.act("E2", paper.attach_scan, *place(centre), PNG)


# Nobody sees a mark before unsealing: every question, every role

QUESTIONS = {
    f"{room.__name__.split('.')[-1]}.{name}": found
    for room in (queries, paper_queries)
    for name, found in inspect.getmembers(room, inspect.isfunction)
    if not name.startswith("_") and found.__module__ == room.__name__
    if next(iter(inspect.signature(found).parameters), "") == "read"
}
MAY_SEE = {
    ("paper_queries.own_typing", "I1"),
    ("paper_queries.agreed_sheet", "E1"),
    ("paper_queries.scans", "I1"),
    ("paper_queries.scans", "E1"),
    ("paper_queries.scan_content", "I1"),
    ("paper_queries.scan_content", "E1"),
    ("paper_queries.own_typing", "I2"),
    ("paper_queries.scans", "I2"),
    ("paper_queries.scan_content", "I2"),
}
"""Who keyed the sheet, and its examiner once both agree."""
EVERYBODY = ("admin", "R1", "V1", "M1", "M2", "I1", "I2", "I3", "C1", "S1", "A1", "E1", "E2", "E3", "E5")


def answer(centre: Centre, question: Any, login: str, scan_id: Id) -> str:
    me, (application, exercise, examiner) = centre.id(login), place(centre)
    persons = [name for name in inspect.signature(question).parameters if name in ("examiner", "keyer", "viewer")]
    values: dict[str, Any] = {
        "batch": centre.batch,
        "application": application,
        "exercise": exercise,
        "exercise_id": exercise,
        "component": "skill",
        "keyer": me,
        "viewer": me,
        "person": me,
        "scan": scan_id,
        # Where nobody else asks, an examiner asks for their own.
        "examiner": examiner if len(persons) > 1 else me,
    }
    names = list(inspect.signature(question).parameters)[1:]
    try:
        found = centre.ask(question, *(values.get(name, application) for name in names))
    except AppError as problem:
        found = (problem.code, problem.values)
    return "\n".join((repr(found), repr(getattr(found, "typed", "")), repr(getattr(found, "draft", ""))))


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_shows_a_keyed_sheet_to_anybody_but_its_keyers_and_its_examiner(
    paper_centre: Centre, question: str
) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    typed = sheet(exercise, 0.8, SECRET)
    key(centre, "I1", typed)
    key(centre, "I2", msgspec.structs.replace(typed, remark="不同"))
    scanned = scan(centre)
    for login in EVERYBODY:
        if (question, login) not in {("paper_queries.own_typing", "I1")}:
            assert SECRET not in answer(centre, QUESTIONS[question], login, scanned), login
    key(centre, "I2", typed)
    for login in EVERYBODY:
        told = answer(centre, QUESTIONS[question], login, scanned)
        if (question, login) not in MAY_SEE:
            assert SECRET not in told, login
            assert "BlobRef" not in told and "image/png" not in told, login


def test_the_questions_of_the_matrix_do_show_it_to_those_who_may(paper_centre: Centre) -> None:
    centre, typed = paper_centre, sheet(the_exercise(paper_centre), 0.8, SECRET)
    key(centre, "I1", typed)
    key(centre, "I2", typed)
    scanned = scan(centre)
    shown = {
        (name, login)
        for name, login in MAY_SEE
        if SECRET in answer(centre, QUESTIONS[name], login, scanned)
        or "image/png" in answer(centre, QUESTIONS[name], login, scanned)
    }
    assert shown == MAY_SEE


def test_no_typing_and_no_scan_leaves_the_machine_before_the_panel_is_unsealed(paper_centre: Centre) -> None:
    centre, exercise = paper_centre, the_exercise(paper_centre)
    application = centre.applications[0]
    for one in centre.exercises():
        for login in ("I1", "I2"):
            centre.act(login, paper.key_paper, application, one.id, centre.id("E1"), sheet(one))
    scan(centre)
    assert travelling(centre) == set()
    for one in centre.exercises():
        if one.id != exercise.id:
            centre.act("I2", paper.attach_scan, application, one.id, centre.id("E1"), PNG)
        centre.act("E1", paper.confirm_paper, application, one.id)
    assert travelling(centre) == set()
    for login in PANEL[1:]:
        centre.mark(login, application)
    assert travelling(centre) == {"paper.keyed", "paper.scanned"}


def travelling(centre: Centre) -> set[str]:
    """The kinds about paper whose parts would leave now."""
    with centre.store.read() as read:
        may = may_travel(read)
        bodies = [decode_body(row[0]) for row in read.connection.exec_driver_sql("SELECT body FROM journal")]
    return {body.kind for body in bodies if body.kind in ("paper.keyed", "paper.scanned") and may(body)}


def test_every_command_about_paper_names_its_roles() -> None:
    roles = {name: set(PERMISSIONS[f"scoring.{name}"].roles) for name in ("key_paper", "confirm_paper", "return_paper")}
    assert roles == {"key_paper": {"invigilator"}, "confirm_paper": {"examiner"}, "return_paper": {"examiner"}}


EXERCISE = default_plan(STANDARD, LEVEL).exercises_of("skill")[0]


@st.composite
def typings(draw: st.DrawFn) -> Draft:
    marks: dict[str, list[int] | None] = {}
    for item in EXERCISE.items:
        values = [option.value for option in item.scale.options]
        if item.scale.kind == "steps":
            marks[item.key] = draw(st.none() | st.lists(st.sampled_from(values), unique=True))
        else:
            marks[item.key] = draw(st.none() | st.sampled_from(values).map(lambda one: [one]))
    times = {one.id: draw(st.integers(0, 3)) for one in EXERCISE.deductions}
    return Draft(marks, times, draw(st.sampled_from(["", "好", "好 ", "不好"])))


@given(typings(), typings())
def test_the_differing_cells_are_those_that_differ_whichever_typing_comes_first(one: Draft, other: Draft) -> None:
    found = differing_cells(EXERCISE, one, other)
    assert found == differing_cells(EXERCISE, other, one)
    assert differing_cells(EXERCISE, one, one) == ()
    for item in EXERCISE.items:
        same = sorted(one.marks[item.key] or [-1]) == sorted(other.marks[item.key] or [-1])
        empty = {str(one.marks[item.key]), str(other.marks[item.key])} == {"[]", "None"}
        assert (f"item:{item.key}" in found) == (not same or empty)
