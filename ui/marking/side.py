"""The left of the marking screen: who, how long, and the moments of the live stream."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QSizePolicy, QVBoxLayout, QWidget

from core.words import say
from ui.marking.views import ClockView, ExerciseView, MomentView, clock_text
from ui.widgets.basics import badge, button, clear, column, icon_button, icon_label, label, restyle, row, set_badge
from ui.widgets.card import Card

PHOTO = QSize(84, 112)
SHOWN_MOMENTS = 3
ENDING = 60
"""Seconds before the end from which the clock asks for attention."""


class CandidateCard(Card):
    """The photo, the role that the candidate plays, the topic card. Never a name."""

    def __init__(self) -> None:
        super().__init__()
        self._photo = QLabel()
        self._photo.setFixedSize(PHOTO)
        self._photo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._photo.setAccessibleName(say("ui.marking.photo"))
        self._photo.setProperty("kind", "photo")
        self._facts = column(spacing=2)
        self.body.addLayout(row(self._photo, self._facts, None, spacing=12))

    def show_candidate(self, photo: bytes | None, exercise: ExerciseView) -> None:
        """Show the photo (any picture's bytes) and what the exercise says."""
        picture = QPixmap()
        if photo and picture.loadFromData(photo):
            ratio = self.devicePixelRatioF()
            wanted = PHOTO * ratio
            fitted = picture.scaled(
                wanted, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(ratio)
            self._photo.setPixmap(fitted)
        else:
            blank = icon_label("person", "faint", 40)
            self._photo.setPixmap(blank.pixmap())
        clear(self._facts)
        for caption, words in (("ui.marking.role", exercise.role), ("ui.marking.card", exercise.card)):
            if words:
                self._facts.addWidget(label(say(caption), "small"))
                self._facts.addWidget(label(words, "strong"))
                self._facts.addSpacing(6)
        self._facts.addStretch(1)


class ClockCard(Card):
    """The clock of the exercise. It counts on by itself from what it was last told, by a clock that nobody can set."""

    def __init__(self) -> None:
        super().__init__()
        self._phase = badge("", "accent")
        self._source = label("", "small")
        self._time = label("00:00", "clock")
        self._time.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rest = label("", "muted")
        self.body.setSpacing(2)
        self.body.addLayout(row(self._phase, None, self._source))
        self.body.addWidget(self._time)
        self.body.addWidget(self._rest)
        self._view: ClockView | None = None
        self._told_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._show)

    @property
    def second(self) -> int:
        """The second of the exercise now; 0 before it began."""
        return int(self._elapsed() or 0)

    def show_clock(self, view: ClockView | None) -> None:
        """Take over what the invigilator's clock says."""
        self._view = view
        self._told_at = time.monotonic()
        if view is not None and view.running:
            self._timer.start()
        else:
            self._timer.stop()
        self.setVisible(view is not None)
        self._show()

    def _elapsed(self) -> float | None:
        view = self._view
        if view is None or view.elapsed is None:
            return None
        return view.elapsed + (time.monotonic() - self._told_at if view.running else 0)

    def _show(self) -> None:
        view, elapsed = self._view, self._elapsed()
        if view is None:
            return
        left = None if view.length is None or elapsed is None else view.length - elapsed
        tone = "attention" if left is not None and left <= ENDING else "accent"
        set_badge(self._phase, view.phase, tone)
        self._source.setText(view.source)
        self._time.setText("--:--" if elapsed is None else clock_text(elapsed))
        if left is None:
            self._rest.setText("")
        elif left >= 0:
            self._rest.setText(say("ui.marking.left", time=clock_text(left)))
        else:
            self._rest.setText(say("ui.marking.over", time=clock_text(-left)))
        restyle(self._rest, "tone", "attention" if tone == "attention" else "")


class MomentsCard(Card):
    """F2 keeps this second, with no typing. A few words may follow, later or never."""

    added = Signal()
    worded = Signal(str, str)
    quick_chosen = Signal(int, str)
    """The second at which the list was opened, and one of the centre's quick words."""

    def __init__(self) -> None:
        super().__init__(say("ui.marking.moments"))
        self._quick: tuple[str, ...] = ()
        self._count = badge("0", "accent")
        self.tools.addWidget(self._count)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.words = QLineEdit()
        self.words.setPlaceholderText(say("ui.marking.moment.words"))
        self.words.setAccessibleName(say("ui.marking.moment.words"))
        self.words.returnPressed.connect(self._on_words)
        self.add = button(say("ui.marking.moment.add"), self.added.emit, "primary", "flag")
        self.add.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.add.setProperty("touch", "true")
        self.body.addLayout(self._list)
        self.body.addWidget(self.words)
        self.quick = icon_button("list", say("exam.day.quick"), self._on_quick, "secondary")
        self.quick.setProperty("touch", "true")
        self.quick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.quick.hide()
        self.second_now: Callable[[], int] = lambda: 0
        hands = row(spacing=8)
        hands.addWidget(self.add, 1)
        hands.addWidget(self.quick)
        self.body.addLayout(hands)
        self._newest = ""
        self.words.hide()

    def show_quick(self, words: Sequence[str]) -> None:
        """The centre's quick words, in the order of their keys."""
        self._quick = tuple(words)
        self.quick.setVisible(bool(words))

    def open_quick(self, second: int) -> None:
        """A menu of the quick words: one digit puts one to this second, however long the choice takes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, word in enumerate(self._quick, start=1):
            action = menu.addAction(f"&{number}  {word.replace('&', '&&')}")
            action.triggered.connect(lambda _=False, text=word: self.quick_chosen.emit(second, text))
        if menu.isEmpty():
            menu.deleteLater()
            return
        menu.setActiveAction(menu.actions()[0])
        menu.popup(self.mapToGlobal(self.rect().topRight()))

    def _on_quick(self) -> None:
        self.open_quick(self.second_now())

    def show_moments(self, moments: Sequence[MomentView]) -> None:
        """Show them, the newest first; of one second the later one."""
        newest_first = sorted(moments, key=lambda moment: moment.second)[::-1]
        clear(self._list)
        for moment in newest_first[:SHOWN_MOMENTS]:
            self._list.addWidget(self._line(moment))
        self._newest = newest_first[0].key if newest_first else ""
        self.words.setVisible(bool(newest_first) and not newest_first[0].words)
        self._count.setText(str(len(newest_first)))
        self._count.setVisible(bool(newest_first))
        set_tip_of_all(self._count, newest_first)

    def _line(self, moment: MomentView) -> QWidget:
        made = QWidget()
        time_label = label(clock_text(moment.second), "muted")
        words = label(moment.words or say("ui.marking.moment.bare"), "" if moment.words else "muted")
        words.setMinimumWidth(0)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line = row(time_label, spacing=8)
        line.addWidget(words, 1)
        line.addWidget(label(moment.belongs, "small"))
        made.setLayout(line)
        made.setFixedHeight(28)
        return made

    def _on_words(self) -> None:
        text = self.words.text().strip()
        if text and self._newest:
            self.worded.emit(self._newest, text)
            self.words.clear()


def set_tip_of_all(widget: QWidget, moments: Sequence[MomentView]) -> None:
    """The whole list, also of those that don't fit, as a tip."""
    from ui.widgets.basics import set_tip

    set_tip(widget, "\n".join(f"{clock_text(moment.second)} {moment.words} {moment.belongs}" for moment in moments))
