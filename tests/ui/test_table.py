"""Lists of any length: what is looked at is read, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.ui.conftest import SmallStore
from tests.ui.test_ops import page_of
from ui.context import Context
from ui.models.paged import PAGE_ROWS, PAGES_KEPT, Column, PagedModel, Rows
from ui.widgets.table import DataTable

MANY = 100_000
COLUMNS = (
    Column("考号", lambda line: f"{line.id:06d}", width=90, sort_key="number"),
    Column("姓名", lambda line: line.name, stretch=True),
    Column("得分", lambda line: str(line.points), numeric=True),
    Column("状态", lambda line: "通过", badge=lambda line: "good"),
)


@dataclass(frozen=True)
class Line:
    id: int
    name: str
    points: int


class Source:
    """A hundred thousand lines; remembers what was asked for."""

    def __init__(self, total: int = MANY) -> None:
        self.total = total
        self.asked: list[int] = []

    def lines(self, offset: int, limit: int) -> Rows:
        self.asked.append(offset)
        last = min(offset + limit, self.total)
        return Rows([Line(number, f"测试{number}", number % 100) for number in range(offset, last)], self.total)

    def request(self, offset: int, limit: int, deliver: Callable[[Rows], None]) -> None:
        deliver(self.lines(offset, limit))

    def query(self, read: object, offset: int, limit: int) -> Rows:
        return self.lines(offset, limit)


def table_of(qtbot: QtBot) -> DataTable:
    table = DataTable(COLUMNS)
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    return table


def test_only_the_lines_in_sight_are_read(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    table, source = table_of(qtbot), Source()
    with qtbot.waitSignal(table.loaded) as loaded:
        table.load(page, source.query)
    qtbot.wait(20)
    assert loaded.args == [MANY]
    assert source.asked == [0]


def test_the_end_of_a_long_list_is_one_key_away(qtbot: QtBot, context: Context) -> None:
    page = page_of(qtbot, context)
    table, source = table_of(qtbot), Source()
    with qtbot.waitSignal(table.loaded):
        table.load(page, source.query)
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: table.current is not None)
    assert table.current.id == MANY - 1
    assert len(source.asked) <= 3
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert table.current.id == 0


def test_enter_opens_the_line_in_hand(qtbot: QtBot) -> None:
    table = table_of(qtbot)
    table.show_rows([Line(1, "测试一", 60), Line(2, "测试二", 70)])
    table.select_line(1)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args[0].name == "测试二"


def test_headings_stand_over_what_they_head(qtbot: QtBot) -> None:
    model = PagedModel(COLUMNS)
    model.show_rows([Line(1, "测试一", 60)])
    for number, column in enumerate(COLUMNS):
        heading = model.headerData(number, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        cell = model.data(model.index(0, number), Qt.ItemDataRole.TextAlignmentRole)
        assert heading == cell
        assert bool(heading & Qt.AlignmentFlag.AlignRight) is column.numeric


def test_asking_whether_a_line_can_be_selected_reads_nothing() -> None:
    model, source = PagedModel(COLUMNS), Source()
    model.load(source.request)
    for line in range(0, MANY, 5000):
        model.flags(model.index(line, 0))
    assert source.asked == [0]


def test_scrolling_through_everything_keeps_few_pages() -> None:
    model, source = PagedModel(COLUMNS), Source()
    model.load(source.request)
    for line in range(0, MANY, PAGE_ROWS):
        assert model.data(model.index(line, 0)) == f"{line:06d}"
    assert len(source.asked) == MANY // PAGE_ROWS
    assert len(model._pages) == PAGES_KEPT


def test_an_old_search_that_answers_late_is_not_shown() -> None:
    model, late = PagedModel(COLUMNS), []
    model.load(lambda offset, limit, deliver: late.append(deliver))
    model.show_rows([Line(2, "测试二", 1)])
    late[0](Rows([Line(1, "测试一", 1)], 1))
    assert model.data(model.index(0, 1)) == "测试二"


def test_what_is_on_screen_stays_until_the_new_lines_are_there() -> None:
    model, late = PagedModel(COLUMNS), []
    model.show_rows([Line(1, "测试一", 1)])
    model.load(lambda offset, limit, deliver: late.append(deliver))
    assert model.data(model.index(0, 1)) == "测试一"
    late[0](Rows([], 0))
    assert model.rowCount() == 0


def test_the_line_in_hand_stays_in_hand_when_the_list_is_read_again(qtbot: QtBot) -> None:
    table = table_of(qtbot)
    table.show_rows([Line(1, "测试一", 1), Line(2, "测试二", 1)])
    table.select_line(1)
    table.show_rows([Line(0, "测试零", 1), Line(1, "测试一", 1), Line(2, "测试二", 1)])
    assert table.current.name == "测试二"


def test_a_click_on_a_heading_asks_for_another_order(qtbot: QtBot, store: SmallStore) -> None:
    table = table_of(qtbot)
    table.show_rows([Line(1, "测试一", 1)])
    head = table.horizontalHeader()
    orders = []
    table.sort_wanted.connect(lambda key, down: orders.append((key, down)))
    for _ in range(2):
        qtbot.mouseClick(
            head.viewport(), Qt.MouseButton.LeftButton, pos=head.viewport().rect().topLeft() + QPoint(20, 15)
        )
    assert orders == [("number", False), ("number", True)]
