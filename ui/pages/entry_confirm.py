"""What two people keyed of an examiner's paper sheet, beside its scan: confirmed with the PIN, or returned."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from core.scoring.paper import confirm_paper, return_paper
from core.scoring.paper_queries import AgreedSheet
from core.scoring.sheets import deductions_of, item_points
from core.standards.plans import Item
from core.standards.points import points_text
from core.store import Actors
from core.words import language, say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import PinDialog, ReasonDialog
from ui.models.paged import Column
from ui.pages.entry_scan import ScanPane
from ui.pages.entry_text import cell_text, echo
from ui.pages.marking_binding import code_of, exercise_name
from ui.pages.marking_pin import own_actor
from ui.widgets.basics import button, column, icon_button, label, row, shortcut
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.table import DataTable

Line = tuple[str, str, str, str, str]
PANE = 320


class ConfirmView(QWidget):
    """`show_sheet` one; `done()` when it is signed or returned."""

    def __init__(self, page: Page, context: Context, done: Callable[[], None], back: Callable[[], object]) -> None:
        super().__init__()
        self._page, self._context, self._done = page, context, done
        self._sheet: AgreedSheet | None = None
        self.number = label("", "title")
        self.what = label("", "muted")
        self.total = label("", "figure")
        self.remark = label("", "muted", wrap=True)
        self.confirm = button(say("entry.confirm"), self.ask, "primary", "sign", "Ctrl+Return")
        self.give_back = button(say("entry.return"), self.ask_return)
        self.scan = ScanPane(page, lambda: None)
        self.scan.setMinimumWidth(PANE)
        self.table = DataTable(
            (
                Column(say("entry.code"), lambda line: line[0], width=72),
                Column(say("entry.item"), lambda line: line[1], width=88, stretch=True),
                Column(say("entry.typed"), lambda line: line[2], True, 76, strong=True),
                Column(say("entry.says"), lambda line: line[3], width=88, stretch=True, tone=lambda line: "muted"),
                Column(say("entry.points"), lambda line: line[4], True, 76),
            ),
            row_id=lambda line: line[0],
        )
        self.table.setAccessibleName(say("entry.agreed"))
        card = Card()
        card.body.addLayout(row(self.number, self.what, None, self.total, spacing=12))
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.remark)
        left = column(spacing=12)
        left.addLayout(row(icon_button("back", f"{say('entry.back')}  Esc", back), None, self.give_back, self.confirm))
        left.addWidget(card, 1)
        line = row(spacing=16)
        line.addLayout(left, 3)
        line.addWidget(self.scan, 2)
        self.setLayout(line)
        shortcut("Ctrl+Return", self, self.ask)
        shortcut("Ctrl+O", self, self.scan.choose)

    def show_sheet(self, sheet: AgreedSheet, me: int) -> None:
        """Show what two people keyed alike."""
        self._sheet = sheet
        self.number.setText(sheet.number)
        self.what.setText(exercise_name(sheet.exercise))
        self.total.setText(f"{points_text(sheet.total)} / {points_text(sheet.exercise.maximum)}")
        self.table.show_rows([*(_line(item, sheet) for item in sheet.exercise.items), *_deducted(sheet)])
        said = [sheet.draft.remark] if sheet.draft.remark else []
        if sheet.draft.vetoes:
            said.append(say("entry.vetoes", count=len(sheet.draft.vetoes)))
        if sheet.blank:
            said.append(say("entry.has_blank", count=len(sheet.blank)))
        self.remark.setText("\n".join(said))
        self.remark.setVisible(bool(said))
        self.confirm.setEnabled(not sheet.blank)
        self.scan.open(sheet.application, sheet.exercise.id, me)
        self.table.setFocus()

    def ask(self) -> None:
        """Ask for the PIN, and sign."""
        sheet = self._sheet
        if sheet is None or not self.confirm.isEnabled():
            return
        self._page.clear_refusal()
        title = say("entry.confirm.title", number=sheet.number)
        words = say("entry.confirm.words", exercise=exercise_name(sheet.exercise), total=points_text(sheet.total))
        PinDialog(
            self._page, self._context, title, words, partial(own_actor, self._context), partial(self._sign, sheet)
        ).open()

    def ask_return(self) -> None:
        """Ask why, and have it keyed anew."""
        sheet = self._sheet
        if sheet is not None:
            self._page.clear_refusal()
            title, words = say("entry.return.title", number=sheet.number), say("entry.return.words")
            dialog = ReasonDialog(
                self._page, self._context, title, words, partial(self._return, sheet), say("entry.return")
            )
            dialog.open()

    def _sign(self, sheet: AgreedSheet, actor: Any) -> None:
        signing = ops.write(self._page, confirm_paper, sheet.application, sheet.exercise.id).acting(Actors(actor))
        signing.say_done(say("entry.confirmed", number=sheet.number)).busy(self.confirm)
        signing.on_done(lambda _id: self._done()).start()

    def _return(self, sheet: AgreedSheet, reason: str) -> None:
        writing = ops.write(self._page, return_paper, sheet.application, sheet.exercise.id, reason)
        writing.say_done(say("entry.returned")).on_done(lambda _none: self._done()).start()


def _line(item: Item, sheet: AgreedSheet) -> Line:
    values = sheet.draft.marks.get(item.key)
    points = "" if values is None else points_text(item_points(item, values))
    return code_of(item), item.label, cell_text(item, values), echo(item, values), points


def _deducted(sheet: AgreedSheet) -> list[Line]:
    names = {
        one.id: one.name_en if language() == "en" and one.name_en else one.name for one in sheet.exercise.deductions
    }
    return [
        ("", names[one.id], f"× {one.times}", "", f"−{points_text(one.points)}")
        for one in deductions_of(sheet.exercise, sheet.draft.deductions)
    ]
