"""One item on the marking screen: its buttons, and for the row in hand the words of every level and the remark."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.words import say
from ui.marking.views import NOT_OBSERVED, UNMARKED, ItemView, Mark, points_text
from ui.theme import TOUCH_HEIGHT
from ui.widgets.basics import button, icon_label, label, restyle, set_tip

TOUCH_WIDTH = 52
COUNT_LIMIT = 9999


class ItemRow(QFrame):
    """A row. Digits and N mark it, `/` opens the remark; which row is in hand is the screen's to say."""

    marked = Signal(str, object)
    remarked = Signal(str, str)
    taken = Signal(str)
    moved = Signal(int)
    count_wanted = Signal(str)
    """Two of the panel want to count it together."""

    def __init__(self, item: ItemView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.mark = item.mark
        self._locked = not item.writable
        self._signed = False
        self._shows_points = False
        self._stray = ""
        self.setProperty("kind", "item")
        self.setProperty("current", "false")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 7, 10, 7)
        outer.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(8)
        code = self._code = label(item.code, "muted")
        code.setMinimumWidth(44)
        self._label = label(item.label, wrap=True)
        self._note = label(item.note, "small")
        if not item.note:
            self._note.hide()
        self._remark_mark = icon_label("note", "accent", 16)
        line.addWidget(code)
        line.addWidget(self._label, 1)
        line.addWidget(self._note)
        line.addWidget(self._remark_mark)
        self.buttons: list[QPushButton] = []
        self.count: QLineEdit | None = None
        self._words = label("", "words", wrap=True)
        self.remark = _Remark(item.remark)
        self.together = button("", self.count_together, "link", tip=say("objective.tip"))
        self.together.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.together.setVisible(item.countable)
        line.addWidget(self.together)
        self._build_marks(line)
        outer.addLayout(line)
        self.remark.setPlaceholderText(say("ui.marking.remark"))
        self.remark.setAccessibleName(say("ui.marking.remark"))
        self.remark.textEdited.connect(lambda text: self.remarked.emit(self.item.key, text))
        self.remark.finished.connect(self.setFocus)
        outer.addWidget(self._words)
        outer.addWidget(self.remark)
        self._words.hide()
        self.remark.hide()
        self._show()

    def lock(self, signed: bool) -> None:
        """Whether the sheet is signed: then nothing can be changed any more."""
        if (self._signed, self._locked) != (signed, signed or not self.item.writable):
            self._signed, self._locked = signed, signed or not self.item.writable
            self._show()

    def show_item(self, item: ItemView) -> None:
        """What has become of the item meanwhile. A remark that is being typed is left alone."""
        self.item = item
        self._note.setText(item.note)
        if not self.remark.hasFocus():
            self.remark.setText(item.remark)
        if self.mark != item.mark:
            self.mark = item.mark
        self._show()

    def show_points(self, shown: bool) -> None:
        """Show or hide the points of every level (H)."""
        self._shows_points = shown
        self._show_words()

    def take(self, taken: bool) -> None:
        """Be the row in hand, or not any more."""
        restyle(self, "current", "true" if taken else "false")
        restyle(self._code, "role", "" if taken else "muted")  # muted is too pale on the ground of the row in hand
        self._words.setVisible(taken)
        self._stray = ""
        self._show_words()
        self.remark.setVisible(taken and bool(self.remark.text()))

    def set_mark(self, mark: Mark) -> None:
        """Mark it, and say so."""
        if self._locked or mark == self.mark:
            return
        self.mark = mark
        self._show()
        self.marked.emit(self.item.key, mark)

    def press(self, sign: str) -> bool:
        """A key: whether it marks this item."""
        if self._locked:
            return False
        sign = sign.upper()
        if sign == "N":
            self.set_mark(UNMARKED if self.mark.not_observed else NOT_OBSERVED)
            return True
        if self.count is not None:
            if sign.isdigit():
                self.count.setFocus(Qt.FocusReason.OtherFocusReason)
                self.count.setText(sign)
                self._on_count(sign)
                return True
            return False
        if self.item.kind == "steps" and sign == "0":
            self.set_mark(Mark(steps=()))
            return True
        for at, choice in enumerate(self.item.choices):
            if sign in choice.pressed_by.upper():
                self._on_choice(at)
                return True
        return False

    def count_together(self) -> None:
        """G: two of the panel count it."""
        if self.item.countable and not self._signed:
            self.count_wanted.emit(self.item.key)

    def open_remark(self) -> None:
        """`/`: write a remark."""
        if not self._signed:
            self.remark.show()
            self.remark.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
            return
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
            return
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.set_mark(UNMARKED)
        elif event.text() in ("/", "／", "、"):  # the same key while a Chinese input method is on
            self.open_remark()
        elif not (event.text() and self.press(event.text())):
            if event.text().isalnum() and not self._locked:
                self._stray = event.text()
                self._show_words()
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.taken.emit(self.item.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _build_marks(self, line: QHBoxLayout) -> None:
        if self.item.kind == "count":
            self.count = QLineEdit()
            self.count.setValidator(QIntValidator(0, COUNT_LIMIT, self))
            self.count.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.count.setFixedSize(96, TOUCH_HEIGHT)
            self.count.setAccessibleName(f"{self.item.code} {self.item.label}")
            self.count.textEdited.connect(self._on_count)
            self.count.returnPressed.connect(self.setFocus)
            line.addWidget(self.count)
        else:
            for at, choice in enumerate(self.item.choices):
                self._add_button(line, choice.sign, choice.words).clicked.connect(
                    lambda _down=False, at=at: self._on_choice(at)
                )
        unsure = self._add_button(line, "N", say("ui.marking.not_observed"))
        unsure.setProperty("unsure", "true")
        unsure.clicked.connect(lambda: self.press("N"))
        self._unsure = unsure

    def _add_button(self, line: QHBoxLayout, sign: str, words: str) -> QPushButton:
        made = button(sign, kind="mark")
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the row has the focus: 28 items are 28 stops, not 140
        made.setMinimumSize(TOUCH_WIDTH, TOUCH_HEIGHT)
        made.setAccessibleName(f"{self.item.code} {sign} {words}")
        set_tip(made, words)
        made.pressed.connect(self.setFocus)
        self.buttons.append(made)
        line.addWidget(made)
        return made

    def _on_choice(self, at: int) -> None:
        if self.item.kind == "steps":
            done = set(self.mark.steps or ())
            self.set_mark(Mark(steps=tuple(sorted(done ^ {at}))))
        else:
            self.set_mark(Mark(choice=at))
        self._show()

    def _on_count(self, text: str) -> None:
        self.set_mark(Mark(count=int(text)) if text.isdigit() else UNMARKED)

    def _show(self) -> None:
        self._stray = ""
        for at, made in enumerate(self.buttons[:-1]):
            made.setChecked(self.mark.choice == at or at in (self.mark.steps or ()))
            made.setEnabled(not self._locked)
        self._unsure.setChecked(self.mark.not_observed)
        self._unsure.setEnabled(not self._locked)
        if self.count is not None:
            self.count.setEnabled(not self._locked)
            if not self.count.hasFocus():
                self.count.setText("" if self.mark.count is None else str(self.mark.count))
        self.together.setText(say("objective.share" if self.item.writable else "objective.share.again"))
        self.together.setVisible(self.item.countable and not self._signed)
        self._remark_mark.setVisible(bool(self.remark.text()))
        self.setAccessibleName(f"{self.item.code} {self.item.label} {self._state()}")
        self._show_words()

    def _state(self) -> str:
        if self.mark.not_observed:
            return say("ui.marking.not_observed")
        if self.mark.choice is not None:
            return self.item.choices[self.mark.choice].words
        if self.mark.steps is not None:
            return "、".join(self.item.choices[at].words for at in self.mark.steps) or "0"
        return say("ui.marking.unmarked") if self.mark.count is None else str(self.mark.count)

    def _show_words(self) -> None:
        def told(sign: str, words: str, points: int | None) -> str:
            earns = f"（{points_text(points)}）" if self._shows_points and points is not None else ""
            return f"{sign}\u00a0\u00a0{words}{earns}"  # a line never ends between them

        parts = [told(choice.sign, choice.words, choice.points) for choice in self.item.choices]
        parts.append(told("N", say("ui.marking.not_observed"), None))
        text = "\u2003\u2002".join(parts)
        self._words.setText(say("ui.marking.stray_key", key=self._stray, keys=text) if self._stray else text)


class _Remark(QLineEdit):
    """A remark. Enter ends it here and goes no further: on the row it would leave for the next item."""

    finished = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
            return
        super().keyPressEvent(event)


def group_heading(text: str) -> QLabel:
    """The heading over the items of one function."""
    made = label(text, "card-title")
    made.setContentsMargins(2, 6, 0, 4)
    return made
