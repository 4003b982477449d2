"""The head of a trial: what is marked, whether it is blind, who has signed, where the clip is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from core.words import say
from ui import icons
from ui.pages.calibration_data import BoardRow, Detail
from ui.pages.calibration_spread import exercise_label
from ui.widgets.basics import badge, button, column, label, restyle, row, set_badge, set_tip
from ui.widgets.card import Card

HEX_SHOWN = 12
LEAST_PLACE = 240


class TrialHead(Card):
    """`play_wanted`; `chosen(line)` where a menu stands for the list of trials, since there is no room for it."""

    play_wanted = Signal()
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._detail: Detail | None = None
        self._rows: tuple[BoardRow, ...] = ()
        self._narrow = False
        self._name = label("", "card-title")
        self.choose = button("", self.open_menu, "link", tip="Ctrl+O")
        self.choose.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands right of the name
        restyle(self.choose, "weight", "strong")
        icons.wear(self.choose, "chevron-down", "muted", 16)
        self._state = badge("", "plain")
        self._count = label("", "muted")
        self._note = label("", wrap=True)
        self._place = label("", "small")
        self._place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._people = label("", "small", wrap=True)
        self._play = button(say("calibration.play"), self.play_wanted.emit, icon="play")
        words = column(row(self._name, self.choose, self._state, self._count, None, spacing=8), spacing=4)
        for one in (self._note, self._place, self._people):
            words.addWidget(one)
        line = row(spacing=12)
        line.addLayout(words, 1)
        line.addWidget(self._play)
        self.body.addLayout(line)
        self.choose.hide()
        self._laid_out = QTimer(self)  # the place is cut to its width once the layout has shared that out
        self._laid_out.setSingleShot(True)
        self._laid_out.setInterval(0)
        self._laid_out.timeout.connect(self._show_place)

    def be_narrow(self, narrow: bool) -> None:
        """On a small screen only what one can't do without."""
        self._narrow = narrow
        self.choose.setVisible(narrow)
        for one in (self._name, self._place, self._people):
            one.setHidden(narrow)

    def show_rows(self, rows: Sequence[BoardRow]) -> None:
        """What the menu offers."""
        self._rows = tuple(rows)

    def show_trial(self, detail: Detail) -> None:
        """Show one trial."""
        self._detail = detail
        line = detail.line
        no = next((one.no for one in self._rows if one.id == line.id), 1)
        name = exercise_label(detail.exercise, no)
        self._name.setText(name)
        self.choose.setText(name.replace("&", "&&"))
        code = "calibration.is_closed" if line.closed else "calibration.is_open"
        set_badge(self._state, say(code), "plain" if line.closed else "accent")
        self._count.setText(say("calibration.signed_of", signed=line.signed, of=len(line.markers)))
        self._note.setText(line.note)
        self._note.setVisible(bool(line.note))
        self._people.setText(people_text(detail))
        whole = f"{line.where}\nSHA-256 {line.sha256.hex()}"
        for one in (self._place, self._play):
            set_tip(one, whole)
        self._show_place()

    def open_menu(self) -> None:
        """Ctrl+O: the trials as a menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at, one in enumerate(self._rows):
            name = f"{exercise_label(one.exercise, one.no)}    {state_text(one)}".replace("&", "&&")
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(self._detail is not None and one.id == self._detail.line.id)
            action.triggered.connect(partial(self.chosen.emit, at))
        below = self.choose if self._narrow else self._name
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._laid_out.start()

    def _show_place(self) -> None:
        if self._detail is not None:
            line = self._detail.line
            text = say("calibration.kept", where=line.where, sum=line.sha256.hex()[:HEX_SHOWN])
            room = max(self._place.width(), LEAST_PLACE)
            self._place.setText(self._place.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room))


def people_text(found: Detail) -> str:
    """Who has signed, who has not, and why nobody waited for them."""
    line = found.line
    signed = "、".join(one.name for one in line.markers if one.signed)
    waiting = "、".join(one.name for one in line.waiting)
    parts = [say("calibration.people.signed", people=signed)] if signed else []
    if waiting:
        code = "calibration.people.never" if line.closed else "calibration.people.waiting"
        parts.append(say(code, people=waiting))
    if line.close_reason:
        parts.append(say("calibration.people.reason", reason=line.close_reason))
    return "　".join(parts)


def state_text(found: BoardRow) -> str:
    """A trial's state in a word; while it is open, how many have signed."""
    if found.state == "open":
        return f"{found.line.signed} / {len(found.line.markers)}"
    return say(f"calibration.state.{found.state}.short")
