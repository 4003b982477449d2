"""The steps of a batch as a row of chips: finished ones are ticked and small, the next one leads on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.words import say
from ui import icons
from ui.widgets.basics import button, clear, label, restyle
from ui.widgets.flow import Flow


@dataclass(frozen=True)
class Step:
    """One step: the page it leads to, its words, and whether it is done."""

    key: str
    text: str
    done: bool


class StepChips(QWidget):
    """Chips for `Step`s; `chosen(key)` when one is clicked. At the right: how many are done."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(16)

    def show_steps(self, steps: tuple[Step, ...], note: str = "") -> None:
        """Show these steps in order; `note` replaces the count of finished ones at the right."""
        clear(self._line)
        chips = Flow()
        for step in steps:
            chip = button(step.text, partial(self.chosen.emit, step.key), "chip")
            if step.done:
                icons.wear(chip, "check", "accent", 14)
            restyle(chip, "done", "true" if step.done else "false")
            chips.add(chip)
        self._line.addWidget(chips, 1)
        done = sum(step.done for step in steps)
        self._line.addWidget(label(note or say("ui.steps.done", done=done, total=len(steps)), "small"))
