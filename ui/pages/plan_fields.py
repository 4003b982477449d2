"""Fields that write through the pen: they show what stands, and commit when one leaves them or presses Enter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from core.errors import Refused
from core.standards.points import short_text
from core.words import say
from ui.pages.plan_pen import Pen, typed_points
from ui.widgets.basics import badge, set_tip
from ui.widgets.combo import Combo


class TextField(QLineEdit):
    """A line of text; `commit(text)` when it was changed."""

    def __init__(self, text: str, commit: Callable[[str], object], pen: Pen, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._commit = commit
        self.setReadOnly(not pen.writes)
        self.setCursorPosition(0)
        self.editingFinished.connect(self._on_finished)

    def show_text(self, text: str) -> None:
        """Show what stands, without disturbing somebody who types."""
        if text != self.text() and not (self.hasFocus() and self.isModified()):
            self.setText(text)
            self.setCursorPosition(0)

    def _on_finished(self) -> None:
        if self.isModified():
            self.setModified(False)
            self._commit(self.text().strip())


class PointsField(TextField):
    """Points as people write them; `commit(hundredths)`."""

    def __init__(self, hundredths: int, commit: Callable[[int], object], pen: Pen, name: str = "") -> None:
        super().__init__(short_text(hundredths), self._read, pen)
        self._take = commit
        self._pen = pen
        self.setMaxLength(8)
        if name:
            self.setAccessibleName(name)
            set_tip(self, name)

    def show_points(self, hundredths: int) -> None:
        """Show what stands."""
        self.show_text(short_text(hundredths))

    def _read(self, text: str) -> None:
        try:
            self._take(typed_points(text))
        except Refused as refusal:
            self._pen.refused.emit(refusal)
            self._pen.changed.emit()


class NumberField(TextField):
    """A whole number of at least `least`; `commit(number)`."""

    def __init__(self, number: int, commit: Callable[[int], object], pen: Pen, least: int = 0) -> None:
        super().__init__(str(number), self._read, pen)
        self._take = commit
        self._pen = pen
        self._least = least
        self.setMaxLength(6)

    def _read(self, text: str) -> None:
        if text.isdecimal() and int(text) >= self._least:
            self._take(int(text))
        else:
            self._pen.refused.emit(Refused("plan_page.number", least=self._least))
            self._pen.changed.emit()


class Choice(Combo):
    """One of several; `commit(key)` when a person chose another one. With `free`, something else may be typed."""

    def __init__(
        self,
        choices: list[tuple[str, str]],
        current: str,
        commit: Callable[[str], object],
        pen: Pen,
        *,
        free: bool = False,
    ) -> None:
        super().__init__()
        self._commit = commit
        for key, words in choices:
            self.addItem(words, key)
        self.setEditable(free)
        self.setEnabled(pen.writes)
        self.show_choice(current)
        self.activated.connect(lambda _at: self._commit(self._chosen()))
        line = self.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._on_typed)

    def _chosen(self) -> str:
        key: str | None = self.currentData()
        return self.currentText().strip() if key is None else key

    def show_choice(self, current: str) -> None:
        """Show what stands."""
        at = self.findData(current)
        if at >= 0:
            self.setCurrentIndex(at)
        elif self.isEditable():
            self.setEditText(current)

    def _on_typed(self) -> None:
        line = self.lineEdit()
        if line is not None and line.isModified():
            line.setModified(False)
            self._commit(self.currentText().strip())


def source(clause: str | None) -> QWidget:
    """Whose rule a figure is: the standard's clause, or the centre's own."""
    if clause:
        return badge(say("plan_page.source.clause", clause=clause), "accent")
    return badge(say("plan_page.source.own"), "plain")
