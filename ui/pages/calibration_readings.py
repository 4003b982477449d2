"""尺度: what it takes to give each level, as the examiners agreed and their leaders signed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from core.calibration.comparison import ComparedItem
from core.calibration.readings import LONGEST_READING, Reading
from core.clock import china_time
from core.standards.plans import Item
from core.words import language, say
from ui.marking.views import points_text
from ui.pages.calibration_data import Detail
from ui.pages.calibration_spread import option_sign
from ui.pages.marking_binding import code_of
from ui.widgets.basics import badge, button, clear, column, label, restyle, row
from ui.widgets.card import Card
from ui.widgets.flow import Flow
from ui.widgets.tabs import scrolled

PAUSE = 300
"""Milliseconds of silence before what is typed is kept."""
SIGN_WIDE = 200


class ReadingsView(QWidget):
    """A line of signatures, then every item with its levels. `typed(readings)` after a pause; `changed` at each key."""

    typed = Signal(object)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: Detail | None = None
        self._may_write = False
        self._only_differing = True
        self._shape: tuple[object, ...] = ()
        self.edits: dict[tuple[str, int], QLineEdit] = {}
        self._words: dict[tuple[str, int], str] = {}
        self._signatures = column(spacing=0)
        self._state = label("", "muted", wrap=True)
        self.filter = button("", self._toggle, "chip")
        self._inner = QWidget()
        self._list = QVBoxLayout(self._inner)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(12)
        self.area = scrolled(self._inner)
        card = Card()
        head = row(spacing=12)
        head.addWidget(self._state, 1)
        head.addWidget(self.filter)
        card.body.addLayout(head)
        card.body.addLayout(self._signatures)
        card.body.addWidget(self.area, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self.flush)

    @property
    def readings(self) -> list[Reading]:
        """What is written now, blanks left out."""
        return [Reading(item, value, words) for (item, value), words in self._words.items() if words.strip()]

    @property
    def differs(self) -> bool:
        """Whether what is written is not what was agreed last."""
        agreed = self._detail.agreement.readings if self._detail and self._detail.agreement else ()
        return sorted(_plain(self.readings)) != sorted(_plain(agreed))

    def show_trial(self, detail: Detail, may_write: bool) -> None:
        """Show a closed trial's reading. What is being typed stays."""
        same = self._detail is not None and self._detail.line.id == detail.line.id
        typing = same and (self._pause.isActive() or any(one.hasFocus() for one in self.edits.values()))
        self._detail, self._may_write = detail, may_write
        if not same:
            self._only_differing = any(one.differs for one in self._items)
        if not typing:
            self._words = {(one.item, one.value): one.words for one in detail.readings}
        self._show_signatures(detail)
        shape = (detail.line.id, may_write, self._only_differing, language())
        if shape != self._shape:
            self._shape = shape
            self._build()
        elif not typing:
            for key, edit in self.edits.items():
                if edit.text() != self._words.get(key, ""):
                    edit.setText(self._words.get(key, ""))
        self.changed.emit()

    def flush(self) -> None:
        """Keep what was typed, now."""
        if self._pause.isActive():
            self._pause.stop()
        if self._may_write:
            self.typed.emit(self.readings)

    def hold(self) -> None:
        """What was typed is being agreed on: a draft of it need not be kept any more."""
        self._pause.stop()

    @property
    def _items(self) -> tuple[ComparedItem, ...]:
        return self._detail.comparison.items if self._detail and self._detail.comparison else ()

    def _toggle(self) -> None:
        self._only_differing = not self._only_differing
        if self._detail is not None:
            self.show_trial(self._detail, self._may_write)

    def _show_signatures(self, detail: Detail) -> None:
        found = detail.agreement
        differing = sum(one.differs for one in self._items)
        self.filter.setText(say("calibration.filter", count=differing))
        self.filter.setVisible(0 < differing < len(self._items))
        restyle(self.filter, "done", "true" if self._only_differing else "false")
        clear(self._signatures)
        if found is None:
            self._state.setText(say("calibration.state.write" if self._may_write else "calibration.state.none"))
        else:
            code = "in_force" if found.in_force else "waiting"
            when = china_time(found.agreed_at).strftime("%Y-%m-%d %H:%M")
            self._state.setText(say(f"calibration.state.{code}", count=len(found.readings), time=when))
            people = Flow()
            for leader in found.leaders:
                signed = leader.signed_at is not None
                text = say("calibration.leader.signed" if signed else "calibration.leader.waits", name=leader.name)
                people.add(badge(text, "good" if signed else "attention"))
            self._signatures.addWidget(people)

    def _build(self) -> None:
        clear(self._list)
        self.edits = {}
        shown = [one for one in self._items if one.differs or not self._only_differing] or list(self._items)
        for line in shown:
            self._list.addWidget(self._item(line))
        self._list.addStretch(1)
        self.area.verticalScrollBar().setValue(0)

    def _item(self, line: ComparedItem) -> QWidget:
        item = line.item
        made = QWidget()
        outer = QVBoxLayout(made)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        head = row(label(code_of(item), "muted"), label(item.label, "strong"), spacing=8)
        if line.differs:
            words = say("calibration.apart", apart=points_text(line.apart)) if line.apart else say("calibration.unseen")
            head.addWidget(badge(words, "attention"))
        head.addStretch(1)
        outer.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for at, option in enumerate(item.scale.options):
            words = label(option_sign(item, option.value), "muted", wrap=True)
            words.setFixedWidth(SIGN_WIDE)
            grid.addWidget(words, at, 0)
            grid.addWidget(label(points_text(option.points), "small"), at, 1)
            grid.addWidget(self._field(item, option.value, option_sign(item, option.value)), at, 2)
        outer.addLayout(grid)
        return made

    def _field(self, item: Item, value: int, words: str) -> QWidget:
        text = self._words.get((item.key, value), "")
        if not self._may_write:
            return label(text or "–", "" if text else "muted", wrap=True)
        made = QLineEdit(text)
        made.setMaxLength(LONGEST_READING)
        made.setPlaceholderText(say("calibration.reading"))
        made.setAccessibleName(f"{code_of(item)} {item.label} {words}")
        made.textEdited.connect(self._on_typed(item.key, value))
        made.returnPressed.connect(made.focusNextChild)
        self.edits[item.key, value] = made
        return made

    def _on_typed(self, item: str, value: int) -> Callable[[str], None]:
        def typed(text: str) -> None:
            self._words[item, value] = text
            self._pause.start()
            self.changed.emit()

        return typed


def _plain(readings: object) -> list[tuple[str, int, str]]:
    return [(one.item, one.value, " ".join(one.words.split())) for one in readings]  # type: ignore[attr-defined]
