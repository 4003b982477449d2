"""The certificates of a batch: what is missing, how many are where, and the list with its search and filters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from core.certificates.standing import CertificateLine
from core.words import say
from ui.context import Context
from ui.models.paged import Column
from ui.pages.certificates_data import FILTERS, TONES, Board, belongs, matching, note_text, state_text
from ui.pages.certificates_lacks import Lacks
from ui.widgets.basics import button, column, holder, label, restyle, row
from ui.widgets.card import Card, Figure
from ui.widgets.empty import EmptyState
from ui.widgets.inputs import SearchBox
from ui.widgets.table import DataTable

ICON = "certificates"
SEARCH = 480
LOW = 500
"""Below this height the figures give way to the list; the chips say the same."""
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class CertificateList(QWidget):
    """`opened(line)` at Enter on a line; `asked(text)` at Enter in the search: a scanner ends with it."""

    opened = Signal(object)
    asked = Signal(str)

    def __init__(self, context: Context, take_in: Callable[[], None]) -> None:
        super().__init__()
        self._filter = "all"
        self._board: Board | None = None
        self.live: frozenset[int] = frozenset()
        """Runs that go on in this window: what of them is not settled yet is being printed."""
        self.lacks = Lacks(context, take_in)
        names = ("awaited", "waiting", "printed", "handed_out")
        self.figures = {name: Figure(say(f"certs.figure.{name}")) for name in names}
        self._figures = holder(row(*self.figures.values(), spacing=16))
        self.chips = {key: button("", partial(self.show_filter, key), "chip") for key in FILTERS}
        self.search = SearchBox(say("certs.search"))
        self.search.searched.connect(lambda _text: self._show_rows())
        self.search.entered.connect(self.asked)
        self.leased = label("", "small")
        self.table = DataTable(self._columns(), lambda line: line.id)
        self.table.setAccessibleName(say("ui.page.certificates"))
        self.table.opened.connect(self.opened)
        self.search.left_downwards.connect(self._into_table)
        self.card = Card()
        self.card.body.addWidget(self.table, 1)
        self.search.setMaximumWidth(SEARCH)
        above = row(spacing=16)
        above.addWidget(self.search, 1)
        above.addStretch(0)
        above.addWidget(self.leased)
        self._tools = holder(column(above, row(*self.chips.values(), None), spacing=12))
        self.empty = EmptyState()
        box = column(self.lacks, self._figures, self._tools, spacing=16)
        box.addWidget(self.card, 1)
        box.addWidget(self.empty, 1)
        box.addStretch(0)
        self.setLayout(box)
        for name, figure in self.figures.items():
            if name != "awaited":
                figure.clicked.connect(partial(self.show_filter, name))

    def show_board(self, found: Board, may_act: bool) -> None:
        """Show how the batch stands."""
        self._board = found
        needed = bool(found.awaited) or not found.lines
        self.lacks.show_lacks(found.lacks if needed else (), may_act and bool(found.lines))
        for each in (self._tools, self.card):
            each.setVisible(bool(found.lines))
        self._show_empty(found)
        self._show_figures()
        total = found.alive
        self.figures["awaited"].show_figure(found.awaited, found.awaited + total)
        self.figures["waiting"].show_figure(found.count("waiting"), total)
        note = say("certs.figure.doubtful", count=found.count("doubtful")) if found.doubts and not self.live else ""
        self.figures["printed"].show_figure(found.count("printed"), total, note, "attention" if note else "")
        self.figures["handed_out"].show_figure(found.count("handed_out"), total)
        self.leased.setText(say("certs.leased", count=found.leased))
        self._show_rows()

    def show_filter(self, key: str) -> None:
        """Show only these; the same chip again shows all."""
        self._filter = "all" if key == self._filter else key
        self._show_rows()

    def take_key(self, event: QKeyEvent) -> bool:
        """What is typed while no field has the cursor goes into the search; whether this key did."""
        text = event.text()
        if not text or not text.isprintable() or text == " " or event.modifiers() & _HELD or self._tools.isHidden():
            return False
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_figures()

    def _show_figures(self) -> None:
        found = self._board
        low = self.height() < LOW
        self._figures.setHidden(found is None or low or not found.lines)
        # What is missing says enough where there is no room for more.
        self.empty.setHidden(found is None or bool(found.lines) or (low and bool(found.lacks)))

    def _show_empty(self, found: Board) -> None:
        """How it begins: what is missing is said above."""
        if found.lacks:
            self.empty.say(ICON, say("certs.empty"), say("certs.empty.words"))
        elif found.awaited:
            self.empty.say(ICON, say("certs.ready", count=found.awaited), say("certs.ready.words"))
        else:
            self.empty.say(ICON, say("certs.nobody"), say("certs.nobody.words"))

    def _into_table(self) -> None:
        if self.table.total:
            self.table.select_line(max(self.table.currentIndex().row(), 0))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rows(self) -> None:
        found = self._board
        if found is None:
            return
        for key, chip in self.chips.items():
            count = found.count(key)
            chip.setText(say("exam.filter.count", name=say(f"certs.filter.{key}"), count=count))
            restyle(chip, "done", "true" if key == self._filter else "false")
            chip.setVisible(key == "all" or count > 0 or key == self._filter)
        shown = [line for line in found.lines if belongs(line, self._filter)]
        self.table.show_rows(matching(shown, self.search.text()))

    def _columns(self) -> list[Column]:
        def state(line: CertificateLine) -> str:
            return state_text(line, self.live)

        return [
            Column(say("exam.number"), lambda line: line.candidate_number, width=84, strong=True),
            Column(say("exam.name"), lambda line: line.name, width=76, stretch=True),
            Column(say("certs.number"), lambda line: line.number, width=196, optional=True),
            Column(say("certs.issued"), lambda line: line.issued.isoformat(), width=112, optional=True),
            Column(say("certs.state"), state, width=112, badge=lambda line: TONES[line.state]),
            Column(say("certs.copies"), lambda line: str(line.copies or ""), numeric=True, width=76, optional=True),
            Column(say("exam.note"), note_text, width=96, stretch=True, tone=lambda line: "attention"),
        ]
