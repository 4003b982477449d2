"""空白证书: numbered paper that came in, was used, spoiled and counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QSpinBox, QStackedWidget, QWidget

from core.certificates.blank_commands import MOST_COUNTED, count_blanks, receive_blanks, spoil_blanks
from core.certificates.blanks import Balance, Counted
from core.certificates.serials import check_range, join_serial, read_serial, split_serial
from core.errors import AppError
from core.words import say
from ui import ops
from ui.dialogs.sheet import Sheet
from ui.models.paged import Column
from ui.widgets.basics import button, column, holder, row
from ui.widgets.card import Card, Figure
from ui.widgets.empty import EmptyState
from ui.widgets.form import Form
from ui.widgets.page import Page
from ui.widgets.strip import Strip
from ui.widgets.table import DataTable

NARROW = 900
ICON = "inbox"


def spoil_range(write: Any, first: str, last: str, reason: str) -> int:
    """Spoil the sheets from `first` to `last`, both with them. One between them that is used already: refused."""
    start = read_serial(first)
    count = check_range(start, read_serial(last) if last.strip() else start)
    prefix, width, number = split_serial(start)
    return spoil_blanks(write, [join_serial(prefix, width, number + at) for at in range(count)], reason)


class BlanksView(QWidget):
    """Figures, what came in, what was counted; three small questions change it."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self._left = page, 0
        names = ("used", "spoiled", "left")
        self.figures = {name: Figure(say(f"certs.blank.{name}")) for name in names}
        self.twice = Strip()
        self.receive = button(say("certs.blank.receive"), self.open_receive, "primary", icon="add")
        self.spoil = button(say("certs.blank.spoil"), self.open_spoil, icon="trash")
        self.count = button(say("certs.blank.count"), self.open_count, icon="list")
        self.ranges = DataTable(
            [
                Column(say("certs.blank.first"), lambda line: line.first, width=96, stretch=True, strong=True),
                Column(say("certs.blank.last"), lambda line: line.last, width=96, stretch=True),
                Column(say("certs.blank.sheets"), lambda line: str(line.count), numeric=True, width=76),
                Column(say("certs.blank.at"), lambda line: line.at.strftime("%Y-%m-%d"), width=112, optional=True),
            ]
        )
        self.counts = DataTable(
            [
                Column(say("certs.blank.at"), lambda line: line.at.strftime("%Y-%m-%d"), width=112, optional=True),
                Column(say("certs.blank.counted"), lambda line: str(line.counted), numeric=True, width=84),
                Column(say("certs.blank.difference"), _difference, numeric=True, width=96, tone=_tone),
                Column(say("exam.note"), lambda line: line.note, width=76, stretch=True),
            ],
            lambda line: (line.at, line.counted),
        )
        ranges, counts = Card(say("certs.blank.ranges")), Card(say("certs.blank.counts"))
        for card, table in ((ranges, self.ranges), (counts, self.counts)):
            table.setAccessibleName(card.title.text())
            card.body.addWidget(table, 1)
        self._cards = QHBoxLayout()
        self._cards.setSpacing(16)
        self._cards.addWidget(ranges, 1)
        self._cards.addWidget(counts, 1)
        self._acts = holder(row(self.receive, self.spoil, self.count, None))
        content = column(self.twice, row(*self.figures.values(), spacing=16), self._acts, spacing=16)
        content.addLayout(self._cards, 1)
        self.empty = EmptyState()
        self._faces = QStackedWidget()
        self._faces.addWidget(holder(content))
        self._faces.addWidget(self.empty)
        self.setLayout(column(self._faces))

    def show_balance(self, found: Balance, may_act: bool) -> None:
        """Show what there is."""
        self._acts.setVisible(may_act)
        self._faces.setCurrentIndex(0 if found.ranges else 1)
        if not found.ranges:
            act = (say("certs.blank.receive"), self.open_receive) if may_act else ("", None)
            self.empty.say(ICON, say("certs.blank.empty"), say("certs.blank.empty.words"), *act)
        for name, figure in self.figures.items():
            figure.show_figure(getattr(found, name), found.received)
        if found.twice:
            self.twice.say(say("certs.blank.twice", serials="、".join(found.twice[:5])), "danger")
        else:
            self.twice.hide()
        for one in (self.spoil, self.count):
            one.setEnabled(bool(found.received))
        self._left = found.left
        self.ranges.show_rows(found.ranges)
        self.counts.show_rows(found.counts)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < NARROW // 2
        for figure in self.figures.values():
            figure.be_low(low)
        self._cards.setDirection(QBoxLayout.Direction.LeftToRight)

    # The three questions

    def open_receive(self) -> None:
        """Paper came in."""
        self._ask("receive", ("first", "last"), receive_blanks)

    def open_spoil(self) -> None:
        """Sheets can't be used."""
        self._ask("spoil", ("first", "last", "reason"), spoil_range)

    def open_count(self) -> None:
        """Somebody counted what is left."""
        self._ask("count", ("count", "note"), count_blanks)

    def _ask(self, what: str, fields: tuple[str, ...], command: Callable[..., int]) -> None:
        BlanksDialog(self._page, what, fields, command, self._left).open()


class BlanksDialog(Sheet):
    """One of the three questions: its fields go to the command in their order."""

    def __init__(
        self, page: Page, what: str, fields: tuple[str, ...], command: Callable[..., int], expected: int
    ) -> None:
        words = say(f"certs.blank.{what}.words", expected=expected)
        super().__init__(page, page.context, say(f"certs.blank.{what}").rstrip("…"), words)
        self._page, self._what, self._command = page, what, command
        self.form = Form()
        self.fields: dict[str, Any] = {name: self._field(name, expected) for name in fields}
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say(f"certs.blank.{what}.do"), self._on_confirm)
        self.fields[fields[0]].setFocus()

    def _field(self, name: str, expected: int) -> QWidget:
        if name == "count":
            made = self.form.add(say("certs.blank.counted"), QSpinBox())
            made.setRange(0, MOST_COUNTED)
            made.setValue(max(expected, 0))
            return made
        if name in ("note", "reason"):
            long = self.form.add(say("ui.reason" if name == "reason" else "exam.note"), QPlainTextEdit())
            long.setTabChangesFocus(True)
            long.setFixedHeight(72)
            return long
        hint = say("certs.blank.one") if name == "last" and self._what == "spoil" else ""
        return self.form.add(say(f"certs.blank.{name}"), QLineEdit(), hint=hint)

    def _on_confirm(self) -> None:
        self.strip.clear()
        given: list[Any] = []
        for field in self.fields.values():
            if isinstance(field, QSpinBox):
                given.append(field.value())
            else:
                given.append(field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text())
        if self._what == "receive" and not given[1].strip():
            given[1] = given[0]
        ops.write(self, self._command, *given).busy(self.confirm).on_done(self._on_done).start()

    def _on_done(self, count: int) -> None:
        self.accept()
        self._page.context.shell.notify(say(f"certs.blank.{self._what}.done", count=count))

    def show_refusal(self, error: AppError) -> None:
        """Say it where it was asked."""
        self.strip.show_error(error)
        self.adjustSize()


def _difference(line: Counted) -> str:
    return f"{line.difference:+d}" if line.difference else "0"


def _tone(line: Counted) -> Any:
    return "danger" if line.difference else "good"
