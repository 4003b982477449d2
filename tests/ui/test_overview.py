"""The first page says what is due, whose it is, and leads there."""

from __future__ import annotations

import ast
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from core.clock import today
from core.paths import PROGRAM
from core.people.roles import Role
from core.results.progress import Todo
from core.words import LANGUAGES, sentences
from tests.ui.desk import Desk
from ui.pages.overview import todo_sentence
from ui.pages.overview_batch import NewBatchDialog


def rows(page: object) -> list[str]:
    table = page.todos  # type: ignore[attr-defined]
    return [todo_sentence(table.paged.row_at(line)) for line in range(table.total)]


def test_a_reviewer_is_told_whom_to_decide_by_when_and_led_there(desk: Desk) -> None:
    page = desk.sign_in("applied", "V01")
    assert rows(page) == ["审核报名资格 6 人"]
    assert page.todos.paged.row_at(0).due > today()
    desk.qtbot.mouseClick(page._do, Qt.MouseButton.LeftButton)
    assert desk.window.current == "review"
    desk.wait()
    assert desk.window.page("review").shelves.current == "review"


def test_what_somebody_else_has_to_do_is_shown_but_not_ones_own_primary_button(desk: Desk) -> None:
    page = desk.sign_in("applied", "M01")
    assert rows(page) == ["审核报名资格 6 人"]
    assert page._do is None or not page._do.isVisible()


def test_enter_on_a_todo_opens_its_page(desk: Desk) -> None:
    page = desk.sign_in("reviewed", "M01")
    page.todos.select_line(0)
    desk.qtbot.keyClick(page.todos, Qt.Key.Key_Return)
    assert desk.window.current == "arrangement"


def test_finished_steps_are_ticked_and_the_figures_have_totals(desk: Desk) -> None:
    page = desk.sign_in("marking", "M01")
    done = [step.code for step in page.shown.steps if step.done]
    assert done == ["applications", "review", "arrangement"]
    assert (page.shown.decided, page.shown.applied) == (6, 6)
    assert page.shown.examined == 1
    assert page.panels.total == 1
    signed = [one.signed for one in page.panels.paged.row_at(0).examiners]
    assert len(signed) == 3 and len(set(signed)) == 1 and signed[0] > 0


def test_without_a_batch_the_manager_begins_one(desk: Desk) -> None:
    page = desk.sign_in("empty", "M01")
    page.begin_batch()
    dialog = desk.dialog(NewBatchDialog)
    assert dialog.draft.isVisible()  # a draft for comment is shown as one
    dialog.level.setCurrentIndex(1)
    desk.wait()
    desk.qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    desk.wait()
    assert len(desk.window.context.batches) == 2
    assert "中级" in page.subtitle.text()


def test_a_bad_plan_file_is_refused_in_the_dialog_and_nothing_begins(desk: Desk) -> None:
    page = desk.sign_in("empty", "M01")
    page.begin_batch()
    dialog = desk.dialog(NewBatchDialog)
    bad = desk.home.parent / "plan.toml"
    bad.write_text("nothing = 1\n", "utf-8")
    dialog._file = bad
    dialog._read_plan()
    desk.wait()
    assert dialog.strip.text
    assert not dialog.confirm.isEnabled()
    dialog.reject()
    desk.wait()
    assert len(desk.window.context.batches) == 1


def test_a_new_centre_tells_its_administrator_to_make_accounts(desk: Desk) -> None:
    page = desk.sign_in("founded", "admin")
    assert page.shows_empty
    (button,) = [one for one in page.empty.findChildren(QPushButton) if one.isVisible()]
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.window.current in ("accounts", "settings")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_todo_and_step_has_its_sentence(language: str) -> None:
    tree = ast.parse((PROGRAM / "core" / "results" / "progress.py").read_text("utf-8"))
    named = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Todo", "Step", "todo"):
            codes = [one.value for one in ast.walk(call.args[0]) if isinstance(one, ast.Constant)]
            prefix = "desk.step" if call.func.id == "Step" else "todo"
            named |= {f"{prefix}.{code}" for code in codes if isinstance(code, str)}
            if prefix == "todo":
                named |= {f"todo.{code}.do" for code in codes if isinstance(code, str)}
    assert len(named) > 20
    assert sorted(named - set(sentences(language))) == []


def test_a_day_that_has_passed_is_overdue_and_its_own_day_is_not() -> None:
    todo = Todo("review", Role.REVIEWER, "review", 1, due=date(2026, 11, 20))
    assert not todo.overdue(date(2026, 11, 20))
    assert todo.overdue(date(2026, 11, 21))
