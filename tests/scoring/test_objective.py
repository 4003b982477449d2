"""客观计数项: one counts, one writes, and the figure stands on every sheet of the panel until somebody has signed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.arrangement import commands as arrangement
from core.house import may_travel
from core.scoring import commands, queries
from core.scoring.objective import write_objective
from core.scoring.objective_queries import own_figures, shared_figures
from core.scoring.paper import attach_scan, confirm_paper, key_paper
from core.scoring.sheets import Draft
from core.standards.plans import Exercise, Item
from core.store import Id, segments
from core.store.events import make_id
from tests.rooms import OTHERS, PANEL, Centre, refused, sheet

pytestmark = pytest.mark.stage("placed")


def counted(centre: Centre) -> tuple[Exercise, Item]:
    """An exercise with an objective item, and that item."""
    return next(
        (exercise, item) for exercise in centre.exercises() for item in exercise.items if item.scale.kind == "objective"
    )


def write(centre: Centre, value: Any, by: str = "E1", counter: str | None = "E2", **changes: Any) -> Id:
    """Somebody writes what somebody counted."""
    exercise, item = counted(centre)
    asked = {"application": centre.applications[0], "exercise": exercise.id, "item": item.key, **changes}
    return int(
        centre.act(by, write_objective, asked["application"], asked["exercise"], asked["item"], value, second=counter)
    )


def own(centre: Centre, login: str) -> queries.OwnSheet:
    found: queries.OwnSheet = centre.ask(
        queries.own_sheet, centre.id(login), centre.applications[0], counted(centre)[0].id
    )
    return found


def test_what_two_counted_stands_on_every_sheet_of_the_panel(centre: Centre) -> None:
    exercise, item = counted(centre)
    write(centre, 5)
    for login in PANEL:
        found = own(centre, login)
        assert found.draft.marks == {item.key: [5]}
        figure = found.shared[item.key]
        assert (figure.value, figure.counter, figure.writer) == (5, centre.id("E2"), centre.id("E1"))
    states = centre.ask(queries.own_sheets, centre.id("E3"), centre.batch)
    assert {one.state for one in states if one.exercise == exercise.id} == {"untouched"}
    centre.holds()


def test_an_examiner_alone_can_t_change_what_was_counted_together(centre: Centre) -> None:
    exercise, item = counted(centre)
    write(centre, 5)
    for marks in ({item.key: [6]}, {item.key: None}, {}):
        centre.act("E3", commands.save_draft, centre.applications[0], exercise.id, Draft(marks))
        assert own(centre, "E3").draft.marks[item.key] == [5]
    other = sheet(exercise, 1.0)
    assert other.marks[item.key] == [6]
    centre.act("E3", commands.sign_sheet, centre.applications[0], exercise.id, other)
    signed = centre.ask(queries.signed_sheet, centre.id("E3"), centre.applications[0], exercise.id)
    mark = next(one for one in signed.marks if one.item == item.key)
    assert (mark.values, mark.points) == ([5], next(one.points for one in item.scale.options if one.value == 5))
    centre.holds()


def test_a_figure_completes_a_sheet_that_lacks_only_it(centre: Centre) -> None:
    exercise, item = counted(centre)
    draft = sheet(exercise)
    marks = {key: values for key, values in draft.marks.items() if key != item.key}
    centre.act("E3", commands.save_draft, centre.applications[0], exercise.id, Draft(marks))

    def state() -> str:
        states = centre.ask(queries.own_sheets, centre.id("E3"), centre.batch)
        return str(
            next(
                one.state for one in states if (one.application, one.exercise) == (centre.applications[0], exercise.id)
            )
        )

    assert state() == "begun"
    write(centre, 6)
    assert state() == "complete"
    centre.act("E3", commands.sign_sheet, centre.applications[0], exercise.id)


def test_it_is_put_right_by_counting_again_until_somebody_has_signed(centre: Centre) -> None:
    exercise, item = counted(centre)
    first = write(centre, 5)
    assert write(centre, 5) == first, "written twice is counted once"
    assert write(centre, 6, "E3", "E1") != first
    assert own(centre, "E2").draft.marks == {item.key: [6]}
    centre.act("E2", commands.sign_sheet, centre.applications[0], exercise.id, sheet(exercise))
    with refused("objective.signed_already"):
        write(centre, 3)
    assert own(centre, "E1").draft.marks == {item.key: [6]}
    assert write(centre, 3, application=centre.applications[1]), "of another candidate it is still open"
    centre.holds()


def test_without_a_shared_figure_each_enters_it_alone(centre: Centre) -> None:
    exercise, item = counted(centre)
    centre.act("E1", commands.save_draft, centre.applications[0], exercise.id, Draft({item.key: [3]}))
    assert own(centre, "E1").draft.marks == {item.key: [3]} and own(centre, "E2").draft.marks == {}
    write(centre, 6, "E2", "E3")
    assert own(centre, "E1").draft.marks == {item.key: [6]}


def test_two_different_examiners_of_the_panel_are_needed(centre: Centre) -> None:
    for counter, code in (
        (None, "people.second_needed"),
        ("E1", "people.second_same"),
        ("M1", "objective.not_of_the_panel"),
        ("E4", "objective.not_of_the_panel"),
    ):
        with refused(code):
            write(centre, 5, counter=counter)
    with refused("scoring.not_your_candidate"):
        write(centre, 5, "E4", "E1")
    for login in ("M1", "I1", "A1", "admin"):
        with refused("people.not_permitted"):
            write(centre, 5, login, "E2")
    centre.engage("E8", "examiner", own_pin=False)
    with refused("people.second_provisional"):
        write(centre, 5, counter="E8")
    assert own(centre, "E1").shared == {}


def test_hostile_values_and_other_items_are_refused(centre: Centre) -> None:
    for value in (-1, True, 2.0, "5", None, [5], 10**7, 1 << 70):
        with refused("objective.bad_value"):
            write(centre, value)
    exercise, _ = counted(centre)
    plain = next(one for one in exercise.items if one.scale.kind != "objective")
    with refused("objective.not_objective"):
        write(centre, 1, item=plain.key)
    with refused("scoring.unknown_item"):
        write(centre, 1, item="x" * 5000)
    with refused("scoring.unknown_exercise"):
        write(centre, 1, exercise="nothing")
    centre.act("I1", arrangement.record_attendance, centre.applications[0], "skill", "absent", "")
    with refused("scoring.candidate_away"):
        write(centre, 1)
    assert own(centre, "E1").shared == {}


def test_a_figure_leaves_the_machine_only_once_its_panel_is_unsealed(centre: Centre) -> None:
    first, second = write(centre, 5), write(centre, 6)

    def travelling() -> set[Id]:
        with centre.store.read() as read:
            found = segments.cut_all(read.connection, centre.store.centre, centre.store.device, may_travel(read))
            return {make_id(segment.device, seq) for segment in found for seq, _ in segment.parts}

    assert not {first, second} & travelling()
    for login in PANEL:
        centre.mark(login, centre.applications[0])
    assert {first, second} <= travelling()


def test_a_new_panel_counts_for_itself(centre: Centre) -> None:
    exercise, item = counted(centre)
    write(centre, 5)
    one = centre.applications[0]
    for login, share in zip(PANEL, (0.1, 0.95, 0.95), strict=True):
        centre.mark(login, one, share)
    centre.act("E1", commands.deliberate, one, "skill", "new_panel", "差距过大", second="M1")
    centre.form(OTHERS, [one])
    assert own(centre, "E4").shared == {} and own(centre, "E4").draft == Draft()
    write(centre, 3, "E4", "E5")
    assert own(centre, "E6").draft.marks == {item.key: [3]}
    assert centre.ask(shared_figures, centre.id("E1"), one, exercise.id) == {}, "who left sees nothing of the new count"
    centre.holds()


def test_a_paper_that_says_something_else_is_not_signed(centre: Centre) -> None:
    exercise, _ = counted(centre)
    one = centre.applications[0]
    written = sheet(exercise, 1.0)
    centre.engage("I2", "invigilator")
    for keyer in ("I1", "I2"):
        centre.act(keyer, key_paper, one, exercise.id, centre.id("E3"), written)
    centre.act("I1", attach_scan, one, exercise.id, centre.id("E3"), b"\x89PNG\r\n\x1a\n" + bytes(64))
    write(centre, 5)
    with refused("objective.differs"):
        centre.act("E3", confirm_paper, one, exercise.id)
    write(centre, 6)
    centre.act("E3", confirm_paper, one, exercise.id)


def test_a_paper_that_leaves_it_blank_takes_what_was_counted(centre: Centre) -> None:
    exercise, item = counted(centre)
    one = centre.applications[0]
    write(centre, 5)
    full = sheet(exercise, 1.0)
    blank = msgspec.structs.replace(full, marks={**full.marks, item.key: None})
    centre.engage("I2", "invigilator")
    for keyer in ("I1", "I2"):
        centre.act(keyer, key_paper, one, exercise.id, centre.id("E3"), blank)
    centre.act("I1", attach_scan, one, exercise.id, centre.id("E3"), b"\x89PNG\r\n\x1a\n" + bytes(64))
    centre.act("E3", confirm_paper, one, exercise.id)
    signed = centre.ask(queries.signed_sheet, centre.id("E3"), one, exercise.id)
    assert next(mark.values for mark in signed.marks if mark.item == item.key) == [5]


@pytest.mark.parametrize("login", ["admin", "R1", "V1", "M1", "I1", "C1", "S1", "A1", "E4", "E7"])
def test_nobody_outside_the_panel_sees_a_figure(centre: Centre, login: str) -> None:
    write(centre, 5)
    exercise, _ = counted(centre)
    assert centre.ask(shared_figures, centre.id(login), centre.applications[0], exercise.id) == {}
    assert centre.ask(own_figures, centre.id(login)) == {}
