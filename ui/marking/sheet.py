"""The items of the exercise in view: rows grouped by function, the row in hand, and the extras below them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.words import say
from ui.marking.extras import Extras
from ui.marking.item_row import ItemRow, group_heading
from ui.marking.views import ExerciseView, Mark, earned, points_text
from ui.widgets.basics import ElidedLabel, clear, label, row
from ui.widgets.card import Card
from ui.widgets.strip import ProgressStrip, Strip

BELOW = 24
"""Pixels kept in sight under the row in hand, so that one sees that there is more."""


class SheetCard(Card):
    """Rows of one exercise. It knows which row is in hand, also of the exercises that were in view before."""

    marked = Signal(str, object)
    remarked = Signal(str, str)
    deducted = Signal(str, int)
    vetoed = Signal(str, bool)
    next_wanted = Signal()
    count_wanted = Signal(str)
    points_shown = Signal(bool)
    taken = Signal(str)
    """The item whose row is in hand now."""

    def __init__(self) -> None:
        super().__init__()
        self._exercise: ExerciseView | None = None
        self._candidate = ""
        self._rows: dict[str, ItemRow] = {}
        self._in_hand: dict[tuple[str, str], str] = {}
        self._shows_points = False
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self._heading = ElidedLabel("card-title")
        self._total = label("", "small")
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        self.extras = Extras()
        self.extras.deducted.connect(self.deducted)
        self.extras.vetoed.connect(self.vetoed)
        self.body.addWidget(self.strip)
        self.body.addWidget(self.progress_strip)
        self.body.addLayout(row(self._heading, None, self._total))
        self.body.addWidget(self.area, 1)
        self.body.addWidget(self.extras)

    @property
    def rows(self) -> list[ItemRow]:
        """The rows in order."""
        return list(self._rows.values())

    @property
    def in_hand(self) -> ItemRow | None:
        """The row in hand."""
        return self._rows.get(self._in_hand.get(self._place, ""))

    def show_exercise(self, candidate: str, exercise: ExerciseView, signed: bool) -> None:
        """Show an exercise of a candidate, or what has become of the one in view: then focus and scroll stay."""
        same = self._place == (candidate, exercise.key) and list(self._rows) == [item.key for item in exercise.items]
        self._exercise, self._candidate = exercise, candidate
        if same:
            for item in exercise.items:
                self._rows[item.key].show_item(item)
        else:
            self._build(exercise)
        for made in self.rows:
            made.lock(signed)
        self.extras.show_extras(exercise.deductions, exercise.vetoes, signed)
        self.show_total()

    def toggle_points(self) -> None:
        """H: show or hide points, since a candidate may see the screen."""
        self._shows_points = not self._shows_points
        for made in self.rows:
            made.show_points(self._shows_points)
        self.show_total()
        self.points_shown.emit(self._shows_points)

    def go_to_next(self, wanted: Callable[[Mark], bool]) -> bool:
        """Take the next row whose mark is `wanted`, from the one in hand on, then from above; whether one is."""
        rows = self.rows
        at = rows.index(self.in_hand) if self.in_hand in rows else -1
        for made in [*rows[at + 1 :], *rows[: at + 1]]:
            if wanted(made.mark):
                self.take(made)
                return True
        return False

    def step(self, by: int) -> None:
        """Up or down by rows."""
        rows = self.rows
        if self.in_hand in rows:
            at = rows.index(self.in_hand) + by
            if 0 <= at < len(rows):
                self.take(rows[at])

    def take(self, made: ItemRow) -> None:
        """Take a row in hand."""
        made.setFocus(Qt.FocusReason.OtherFocusReason)
        if not made.hasFocus():  # the window is not in front: the row is in hand all the same
            self._on_taken(made.item.key)

    def focus_in_hand(self) -> None:
        """Give the focus back to the row in hand."""
        if self.in_hand is not None:
            self.in_hand.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_total(self) -> None:
        """Points of the exercise so far, or that they are hidden."""
        if self._exercise is None:
            return
        if not self._shows_points:
            self._total.setText(say("ui.marking.hidden"))
            return
        points = [earned(made.item, made.mark) for made in self.rows]
        got = sum(point for point in points if point is not None)
        most = sum(made.item.maximum for made in self.rows)
        self._total.setText(say("ui.marking.total", got=points_text(got), of=points_text(most)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Letters act on a row only: as shortcuts they would be taken from the remark that is being typed.
        if not (isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, ItemRow)):
            return super().eventFilter(watched, event)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_H: self.toggle_points,
            Qt.Key.Key_D: self.extras.open_deductions,
            Qt.Key.Key_V: self.extras.open_vetoes,
            Qt.Key.Key_Return: self.next_wanted.emit,
            Qt.Key.Key_Enter: self.next_wanted.emit,
        }
        if watched.item.countable:
            acts[Qt.Key.Key_G] = watched.count_together
        act = acts.get(event.key())
        if act is None:
            return False
        act()
        return True

    @property
    def _place(self) -> tuple[str, str]:
        return (self._candidate, self._exercise.key if self._exercise else "")

    def _build(self, exercise: ExerciseView) -> None:
        self._rows = {}  # first: a row that goes hands the focus to the next one, which must not be taken in hand
        clear(self._list)
        group = exercise.items[0].group if exercise.items else exercise.title
        self._heading.setText(group)
        for item in exercise.items:
            if item.group != group:
                group = item.group
                self._list.addWidget(group_heading(group))
            made = ItemRow(item)
            made.show_points(self._shows_points)
            made.marked.connect(self._on_marked)
            made.remarked.connect(self.remarked)
            made.taken.connect(self._on_taken)
            made.moved.connect(self.step)
            made.count_wanted.connect(self.count_wanted)
            made.installEventFilter(self)
            self._rows[item.key] = made
            self._list.addWidget(made)
            made.show()  # at once, or it could not take the focus yet
        self._list.addStretch(1)
        if self._rows:
            first = next((made for made in self.rows if not made.mark.given), self.rows[0])
            self.take(self.in_hand or first)

    def _on_marked(self, item: str, mark: Mark) -> None:
        self.show_total()
        self.marked.emit(item, mark)

    def _on_taken(self, key: str) -> None:
        if key not in self._rows:
            return
        self._in_hand[self._place] = key
        for made in self.rows:
            made.take(made.item.key == key)
        self.taken.emit(key)
        # After the layout has grown for its words: only then does it know where the row ends.
        QTimer.singleShot(0, self, self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        if self.in_hand is not None:
            self.area.ensureWidgetVisible(self.in_hand, 0, BELOW)
