"""The marking screen: an examiner's whole window. Built on plain views; it holds no rule and saves nothing itself.

Every hand's move is told at once (`mark_changed` …), so that whoever binds it can save at every keystroke.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.errors import AppError
from core.words import say
from ui.marking.item_row import ItemRow
from ui.marking.sheet import SheetCard
from ui.marking.side import CandidateCard, ClockCard, MomentsCard
from ui.marking.views import ClockView, ExerciseView, Mark, MomentView, SheetView
from ui.pages.marking_top import BAR_HEIGHT, TopBar
from ui.widgets.basics import ElidedLabel, button, icon_label, label, restyle, row, shortcut

NARROW = 1100
SIDE_WIDE, SIDE_NARROW = 250, 216


class MarkingScreen(QWidget):
    """Shows a `SheetView`. Signals say what the hand did; `show_sheet` shows what came of it.

    A mark shows at once and needs no answer. Everything else (moments, deductions, another exercise or candidate …)
    shows when the binder calls `show_sheet` with it.
    """

    mark_changed = Signal(str, str, object)
    """Exercise, item, `Mark`."""
    remark_changed = Signal(str, str, str)
    """Exercise, item, text."""
    moment_added = Signal(str, int, str)
    """Exercise, second, and the item in hand ("" for none)."""
    moment_worded = Signal(str, str)
    """Moment, text."""
    deduction_changed = Signal(str, str, int)
    """Exercise, deduction, how often."""
    veto_changed = Signal(str, str, bool)
    """Exercise, veto, whether it is called for."""
    exercise_chosen = Signal(str)
    candidate_chosen = Signal(object)
    sign_requested = Signal()
    left = Signal()
    """Back to the candidates."""
    points_shown = Signal(bool)

    def __init__(self, person: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._view: SheetView | None = None
        self._marks: dict[tuple[str, str], Mark] = {}
        self._narrow = False
        self.sheet = SheetCard()
        self.strip = self.sheet.strip
        self.candidate = CandidateCard()
        self.clock = ClockCard()
        self.moments = MomentsCard()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.top = TopBar()
        outer.addWidget(self.top)
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.addWidget(self.sheet)
        self._beside: QWidget | None = None
        self._middle = row(self._side(), self.splitter, spacing=16)
        self._middle.setContentsMargins(24, 16, 24, 16)
        self._middle.setStretch(1, 1)
        outer.addLayout(self._middle, 1)
        outer.addWidget(self._foot(person))
        self._connect()
        self._keys()

    # What a binder calls

    def show_sheet(self, view: SheetView) -> None:
        """Show a sheet, or what has become of the one in view. The row in hand and the scroll stay where they are."""
        self._view = view
        self._marks = {(one.key, item.key): item.mark for one in view.exercises for item in one.items}
        exercise = self._exercise
        self.top.show_view(view, self._marks)
        self.candidate.show_candidate(view.photo, exercise)
        self.clock.show_clock(view.clock)
        self.moments.show_moments(view.moments)
        self.moments.setVisible(exercise.live)
        self.sheet.show_exercise(view.number, exercise, bool(view.signed))
        self._show_sign()

    def show_clock(self, clock: ClockView) -> None:
        """The invigilator's clock said something."""
        self.clock.show_clock(clock)

    def show_moments(self, moments: tuple[MomentView, ...]) -> None:
        """The moments changed."""
        self.moments.show_moments(moments)

    def show_saved(self, text: str, tone: str = "") -> None:
        """What became of the last keystroke: saved at a time, or (danger) not saved."""
        self.top.show_saved(text, tone)

    def show_status(self, text: str) -> None:
        """What stands at the foot beside the person: offline, saved on this machine."""
        self._status.setText(text)

    def show_refusal(self, error: AppError) -> None:
        """Say over the items why something was refused."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far something is."""
        self.sheet.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.sheet.progress_strip.hide()

    def close_something(self) -> bool:
        """Esc: the strip, or back from a field to its row."""
        self.strip.clear()
        self.sheet.focus_in_hand()
        return True

    # What it knows

    @property
    def missing(self) -> int:
        """Items without any mark, of the exercises that would be signed."""
        return sum(not mark.given for mark in self._to_sign())

    @property
    def unresolved(self) -> int:
        """Items not observed: they must be resolved before signing."""
        return sum(mark.not_observed for mark in self._to_sign())

    def _to_sign(self) -> list[Mark]:
        wanted = self._view.to_sign if self._view is not None else None
        return [mark for (exercise, _), mark in self._marks.items() if wanted is None or exercise in wanted]

    @property
    def in_hand(self) -> ItemRow | None:
        """The row in hand."""
        return self.sheet.in_hand

    # What hands do

    def add_moment(self) -> None:
        """F2: keep this second of the live stream."""
        if self._view is not None and self._exercise.live and not self._view.signed:
            held = self.in_hand
            self.moment_added.emit(self._exercise.key, self.clock.second, held.item.key if held else "")

    def open_quick(self) -> None:
        """F4: keep this second with one of the centre's quick words."""
        if self._view is not None and self._exercise.live and not self._view.signed:
            self.moments.open_quick(self.clock.second)

    def _add_quick(self, second: int, text: str) -> None:
        view = self._view
        if view is None or not self._exercise.live or view.signed:
            return
        held = self.in_hand
        before = len(view.moments)
        self.moment_added.emit(self._exercise.key, second, held.item.key if held else "")
        if self._view is not None and len(self._view.moments) > before:
            self.moment_worded.emit(self._view.moments[-1].key, text)

    def show_beside(self, beside: QWidget | None) -> None:
        """Show this at the right of the items, in place of the candidate and the clock; None: as usual."""
        if beside is not None and self.splitter.indexOf(beside) < 0:
            self.splitter.addWidget(beside)
        if self._beside is not None:
            self._beside.setVisible(beside is not None)
        self._beside = beside or self._beside
        self._side_box.setHidden(beside is not None)
        self.sheet.extras.be_narrow(self._narrow or beside is not None)

    def add_to_side(self, card: QWidget) -> None:
        """Put one more card under the others."""
        self._side_line.insertWidget(self._side_line.count() - 1, card)

    def go_to_missing(self) -> None:
        """Enter: the next item without a mark, in this exercise, then in the others; with none, to the sign button."""
        if not self._go_to(lambda mark: not mark.given):
            self.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_to_sign(self) -> None:
        """Ctrl+Enter: sign, or go to what stands in the way."""
        view = self._view
        if view is None or view.signed:
            return
        if self.missing:
            self.go_to_missing()
        elif self.unresolved:
            self._go_to(lambda mark: mark.not_observed)
        elif not view.waiting:
            self.sign_requested.emit()

    def _go_to(self, wanted: Callable[[Mark], bool]) -> bool:
        if self._view is None:
            return False
        if self.sheet.go_to_next(wanted):
            return True
        keys = [one.key for one in self._view.exercises]
        here = keys.index(self._exercise.key)
        for key in [*keys[here + 1 :], *keys[:here]]:
            if any(wanted(mark) for (exercise, _item), mark in self._marks.items() if exercise == key):
                self.exercise_chosen.emit(key)
                return True
        return False

    def _on_marked(self, item: str, mark: Mark) -> None:
        self._marks[self._exercise.key, item] = mark
        self._show_sign()
        self.top.show_marks(self._marks)
        self.mark_changed.emit(self._exercise.key, item, mark)

    def _choose_exercise(self, at: int) -> None:
        if self._view is not None and 0 <= at < len(self._view.exercises):
            self.exercise_chosen.emit(self._view.exercises[at].key)

    def _step_exercise(self, by: int) -> None:
        if self._view is not None:
            self._choose_exercise(self._view.exercises.index(self._exercise) + by)

    # Its parts

    @property
    def _exercise(self) -> ExerciseView:
        if self._view is None:
            raise RuntimeError("no sheet is shown")
        return next(one for one in self._view.exercises if one.key == self._view.current)

    def _side(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        line = self._side_line = QVBoxLayout(inner)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        for card in (self.candidate, self.clock, self.moments):
            line.addWidget(card)
        line.addStretch(1)
        box = self._side_box = QScrollArea()
        box.setWidgetResizable(True)
        box.setFrameShape(QFrame.Shape.NoFrame)
        box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.setFixedWidth(SIDE_WIDE)
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.setWidget(inner)
        return box

    def _foot(self, person: str) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "bar")
        bar.setFixedHeight(BAR_HEIGHT)
        self._status = ElidedLabel("small")
        self._hints = label(say("ui.marking.keys"), "small")
        self.sign = button("", self.ask_to_sign)
        self.sign.setAutoDefault(True)  # Enter went from item to item, and ends here
        who = row(icon_label("person", "muted", 16), label(person, "small"), spacing=4)
        line = row(who, self._status, self._hints, None, self.sign, spacing=20)
        line.setContentsMargins(24, 0, 24, 0)
        bar.setLayout(line)
        return bar

    def _connect(self) -> None:
        self.top.left.connect(self.left)
        self.top.exercise_chosen.connect(self.exercise_chosen)
        self.top.candidate_chosen.connect(self.candidate_chosen)
        self.moments.added.connect(self.add_moment)
        self.moments.worded.connect(self.moment_worded)
        self.moments.quick_chosen.connect(self._add_quick)
        self.moments.second_now = lambda: self.clock.second
        self.sheet.marked.connect(self._on_marked)
        self.sheet.next_wanted.connect(self.go_to_missing)
        self.sheet.points_shown.connect(self.points_shown)
        self.sheet.remarked.connect(lambda item, text: self.remark_changed.emit(self._exercise.key, item, text))
        self.sheet.deducted.connect(lambda key, times: self.deduction_changed.emit(self._exercise.key, key, times))
        self.sheet.vetoed.connect(lambda key, called: self.veto_changed.emit(self._exercise.key, key, called))

    def _keys(self) -> None:
        shortcut("F2", self, self.add_moment)
        shortcut("F4", self, self.open_quick)
        shortcut("Shift+F2", self, partial(self.moments.words.setFocus, Qt.FocusReason.ShortcutFocusReason))
        shortcut("Ctrl+Return", self, self.ask_to_sign)
        shortcut("Ctrl+O", self, self.top.open_candidates)
        shortcut("Ctrl+Right", self, partial(self._step_exercise, 1))
        shortcut("Ctrl+Left", self, partial(self._step_exercise, -1))
        for number in range(9):
            shortcut(f"Ctrl+{number + 1}", self, partial(self._choose_exercise, number))

    def _show_sign(self) -> None:
        view = self._view
        if view is None:
            return
        if view.signed:
            text = view.signed
        elif self.missing:
            text = say("ui.marking.missing", count=self.missing) + (f" · {view.waiting}" if view.waiting else "")
        elif self.unresolved:
            text = say("ui.marking.unresolved", count=self.unresolved)
        else:
            text = view.waiting or say("ui.marking.sign")
        ready = not (self.missing or self.unresolved or view.waiting or view.signed)
        self.sign.setText(text)
        self.sign.setAccessibleName(text)
        self.sign.setEnabled(not view.signed and (ready or bool(self.missing or self.unresolved)))
        restyle(self.sign, "kind", "primary" if ready else "secondary")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self.top.be_narrow(narrow)
            self._hints.setHidden(narrow)
            self._side_box.setFixedWidth(SIDE_NARROW if narrow else SIDE_WIDE)
            side, above = (12, 12) if narrow else (24, 16)
            self._middle.setContentsMargins(side, above, side, above)
            self.sheet.extras.be_narrow(narrow or self._side_box.isHidden())
