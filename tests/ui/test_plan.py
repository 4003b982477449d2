"""The plan page: points typed in a table always add up, one item in the drawer, files, and what may be adopted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu

from core.batches.queries import plan_of
from core.standards import plans
from core.standards.plan_draft import begin
from core.standards.plan_editing import set_maximum
from core.standards.plan_facts import Plan
from core.standards.plan_writing import to_toml
from core.words import use
from tests.ui.desk import Desk
from ui.dialogs.questions import ConfirmDialog
from ui.pages.plan_add import RequirementDialog
from ui.pages.plan_check import CheckDrawer
from ui.pages.plan_contents import KNOWLEDGE, RULES
from ui.pages.plan_exercise import ExerciseDrawer
from ui.pages.plan_scale import ScaleDrawer

SMALL = (911, 512)


def opened(desk: Desk, moment: str = "empty", login: str = "M01", part: str = "live", **more: Any) -> Any:
    """The page with an exercise in view and its table in hand."""
    page = desk.sign_in(moment, login, "plan", **more)
    page.contents.choose(part)
    page.items.setFocus()
    if page.items.total:
        page.items.select_line(0)
    return page


def in_force(desk: Desk) -> Plan:
    with desk.store.read() as read:
        return plan_of(read, desk.batch)


def type_points(desk: Desk, page: Any, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    """What a person does: figures at a line of the table, and Enter."""
    desk.qtbot.keyClicks(page.items, text[0])
    editor = page.items._editor
    assert editor is not None
    assert editor.hasFocus()
    desk.qtbot.keyClicks(editor, text[1:])
    desk.qtbot.keyClick(editor, end)
    desk.wait()


def maxima(page: Any) -> list[str]:
    model = page.items.paged
    return [model.index(line, 3).data() for line in range(page.items.total)]


def drawer(desk: Desk) -> Any:
    desk.wait()
    return desk.window.drawer.content


def words(widget: Any) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel) if not one.isHidden())


def test_a_figure_typed_at_a_line_is_its_maximum_and_the_function_still_adds_up(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "8")
    assert maxima(page) == ["8.00", "3.00", "3.00", "3.00", "3.00"]
    assert page.items.currentIndex().row() == 1  # on to the next line
    assert page.items.hasFocus()
    assert page.footer.total.text() == "100.00"
    assert page.state.text() == "编辑中 · 第 2 版，未采用"
    type_points(desk, page, "4.5", Qt.Key.Key_Down)
    assert maxima(page) == ["8.00", "4.50", "2.50", "2.50", "2.50"]
    desk.qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert maxima(page) == ["4.00"] * 5
    assert page.state.text() == "本批次采用 · 第 1 版"
    desk.qtbot.keyClick(page, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert maxima(page)[0] == "8.00"


def test_what_is_too_much_is_refused_with_the_clause_and_changes_nothing(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "25")
    assert "最多能给 19.96 分" in page.strip.text
    assert "依据标准第 7.4.2 条" in words(page.strip)
    assert maxima(page) == ["4.00"] * 5
    type_points(desk, page, "1.234")
    assert "最多两位小数" in page.strip.text
    assert page.items.currentIndex().row() == 0


def test_escape_leaves_a_maximum_as_it_was(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "9", Qt.Key.Key_Escape)
    assert maxima(page) == ["4.00"] * 5
    assert page.items.hasFocus()


def test_space_locks_delete_takes_out_and_ctrl_arrow_moves(desk: Desk) -> None:
    page = opened(desk)
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Space)
    assert page.items.current.locked
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert [page.items.paged.row_at(line).key for line in range(2)] == ["4.1.2", "4.1.1"]
    page.items.select_line(4)
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Delete)
    assert page.items.total == 4
    assert maxima(page) == ["5.34", "4.00", "5.33", "5.33"]


def test_an_item_goes_to_another_exercise_by_the_menu(desk: Desk) -> None:
    page = opened(desk)
    moves = [action.menu() for action in page.items.menu().actions() if action.menu() is not None]
    (menu,) = moves
    assert isinstance(menu, QMenu)
    menu.actions()[-1].trigger()
    desk.wait()
    assert page.items.total == 4
    page.contents.choose("after_sales")
    assert page.items.paged.row_at(28).key == "4.1.1"


def test_the_drawer_words_the_levels_and_gives_them_points(desk: Desk) -> None:
    page = opened(desk)
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Return)
    found = drawer(desk)
    assert isinstance(found, ScaleDrawer)
    _, word, _, points = found.rows[1]
    word.selectAll()
    word.insert("偶尔发布")  # as an input method does
    desk.qtbot.keyClick(word, Qt.Key.Key_Return)
    points.selectAll()
    desk.qtbot.keyClicks(points, "1.2")
    desk.qtbot.keyClick(points, Qt.Key.Key_Return)
    option = page.pen.draft.plan.item("4.1.1")[1].scale.options[1]
    assert (option.word, option.points) == ("偶尔发布", 120)
    points.selectAll()
    desk.qtbot.keyClicks(points, "3.9")
    desk.qtbot.keyClick(points, Qt.Key.Key_Return)
    assert "分数不能倒挂" in page.strip.text
    assert points.text() == "1.2"
    at = found.kind.findData("tiers")
    found.kind.setCurrentIndex(at)
    found.kind.activated.emit(at)
    assert len(found.rows) == 3
    assert found.unit.text() == "次"
    page.items.setFocus()
    page.items.select_line(2)  # the drawer follows what is looked at
    assert drawer(desk).key == "4.2.1"


def test_the_exercise_drawer_changes_what_a_candidate_does_and_its_surprises(desk: Desk) -> None:
    page = opened(desk)
    desk.qtbot.keyClick(page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    found = drawer(desk)
    assert isinstance(found, ExerciseDrawer)
    minutes = found._texts["minutes"]
    minutes.selectAll()
    desk.qtbot.keyClicks(minutes, "1")
    desk.qtbot.keyClick(minutes, Qt.Key.Key_Return)
    desk.wait()
    assert page.check_button.text() == "核对"  # 91 minutes are enough by 9.3
    minutes.selectAll()
    desk.qtbot.keyClicks(minutes, "0")
    desk.qtbot.keyClick(minutes, Qt.Key.Key_Return)
    assert minutes.text() == "1"
    found.topic_card.click()
    assert "意外情况写在题卡上" in page.strip.text
    assert found.topic_card.isChecked()
    page.contents.choose("sourcing")
    assert page.exercise_view.chips[2].text() == "意外情况 0"


def test_a_plan_that_cannot_be_met_says_everything_that_is_wrong_and_is_not_adopted(desk: Desk) -> None:
    page = opened(desk, part=RULES)
    for name, text in (("panel_examiners", "4"), ("candidates_per_examiner", "12")):
        field = page.rules.texts[name]
        field.selectAll()
        desk.qtbot.keyClicks(field, text)
        desk.qtbot.keyClick(field, Qt.Key.Key_Return)
    desk.wait()
    assert page.check_button.text() == "2 处不对"
    assert not page._primary.isEnabled()
    desk.qtbot.mouseClick(page.check_button, Qt.MouseButton.LeftButton)
    found = drawer(desk)
    assert isinstance(found, CheckDrawer)
    told = words(found)
    assert "考评组人数写的是 4" in told
    assert "标准 9.2" in told
    page.pen.undo()
    page.pen.undo()
    assert "核对通过" in words(drawer(desk))


def test_the_plan_is_adopted_and_its_own_rules_follow_its_figures(desk: Desk) -> None:
    page = opened(desk)
    assert not page._primary.isEnabled()
    type_points(desk, page, "6")
    page.contents.choose(RULES)
    limit = page.rules.texts["spread_limit"]
    limit.selectAll()
    desk.qtbot.keyClicks(limit, "12")
    desk.qtbot.keyClick(limit, Qt.Key.Key_Return)
    assert "分差超过 12 分" in page.rules.rules_zh.toPlainText()
    desk.qtbot.mouseClick(page._primary, Qt.MouseButton.LeftButton)
    desk.wait()
    plan = in_force(desk)
    assert plan.version == 2
    assert plan.policies.spread_limit == 12_00
    assert plan == page.pen.plan
    assert page.state.text() == "本批次采用 · 第 2 版"
    assert not page._primary.isEnabled()


def test_with_candidate_numbers_given_the_page_says_why_the_plan_stays(desk: Desk) -> None:
    page = opened(desk, "arranged")
    type_points(desk, page, "6")
    assert "已编考号" in page.reason.text()
    assert not page._primary.isEnabled()


def test_a_supervisor_reads_and_changes_nothing(desk: Desk) -> None:
    page = opened(desk, login="S01")
    desk.qtbot.keyClicks(page.items, "6")
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Delete)
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Space)
    assert maxima(page) == ["4.00"] * 5
    assert not page.add_button.isVisible()
    desk.qtbot.keyClick(page.items, Qt.Key.Key_Return)
    assert drawer(desk).name.isReadOnly()


def test_a_requirement_is_added_from_the_list_and_an_exercise_goes_after_a_question(desk: Desk) -> None:
    page = opened(desk)
    page.add_item()
    dialog = desk.dialog(RequirementDialog)
    desk.qtbot.keyClicks(dialog.search, "7.2.1")
    desk.typed()
    assert dialog.table.total == 1
    desk.qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    desk.wait()
    dialog.reject()
    desk.window.activateWindow()
    desk.qtbot.waitUntil(desk.window.isActiveWindow)
    assert page.items.total == 6
    assert page.pen.draft.left == 0
    page.contents.choose("setup")
    page.contents.setFocus()
    desk.qtbot.keyClick(page.contents, Qt.Key.Key_Delete)
    desk.dialog(ConfirmDialog).confirm.click()
    desk.wait()
    assert page.pen.draft.plan.exercise("setup") is None
    assert page.footer.total.text() == "100.00"


def test_a_plan_goes_to_a_file_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    page = opened(desk)
    type_points(desk, page, "6")
    page.save_to(tmp_path / "plan.toml")
    desk.wait()
    edited = page.pen.plan
    assert plans.load((tmp_path / "plan.toml").read_bytes()) == edited
    page._back_to_batch()
    assert maxima(page) == ["4.00"] * 5
    page.open_from(tmp_path / "plan.toml")
    desk.wait()
    assert maxima(page)[0] == "6.00"
    assert page.pen.plan == edited
    senior = tmp_path / "senior.toml"
    senior.write_text(to_toml(plans.default_plan("t-caftv-rural-2026", "senior")), "utf-8")
    page.open_from(senior)
    desk.wait()
    assert "senior" in page.strip.text
    assert page.pen.plan == edited
    page.save_to(tmp_path / "nowhere" / "plan.toml")
    desk.wait()
    assert "没有写成" in page.strip.text


def test_an_edit_stays_while_somebody_else_works_and_while_other_pages_are_looked_at(desk: Desk) -> None:
    page = opened(desk)
    type_points(desk, page, "6")
    desk.window.open_page("overview")
    desk.window.context.changed.emit(frozenset({"plan.adopted"}))
    desk.window.open_page("plan")
    desk.wait()
    assert maxima(page)[0] == "6.00"


def test_the_rows_of_knowledge_are_the_standards(desk: Desk) -> None:
    page = opened(desk, part=KNOWLEDGE)
    assert "标准 7.4.1" in words(page.knowledge)
    assert page.knowledge.fields == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_fits_a_small_screen_with_its_drawer_open(desk: Desk, language: str) -> None:
    use(language)
    page = opened(desk, size=SMALL)
    page.open_exercise()
    desk.wait()
    assert page.minimumSizeHint().width() + desk.window.drawer.width() + desk.window.rail.width() <= SMALL[0]
    assert page.items.viewport().width() > 200


def test_a_draft_follows_a_plan_that_was_adopted_elsewhere_unless_it_was_edited() -> None:
    from ui.pages.plan_pen import Pen

    before = plans.default_plan("t-caftv-rural-2026", "junior")
    after = set_maximum(begin(before), "4.1.1", 8_00).plan
    reader, writer = Pen(before, True), Pen(before, True)
    reader.adopted(after)
    assert reader.plan == after
    writer.do(set_maximum, "4.1.2", 5_00)
    writer.adopted(after)
    assert writer.edited
    assert writer.draft.plan.item("4.1.2")[1].maximum == 5_00  # type: ignore[index]
