"""An examiner's own trial sheet: the items of the marking screen, kept at every keystroke, locked once signed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.calibration.commands import save_trial_draft
from core.calibration.readings import open_items
from core.errors import AppError, Refused
from core.scoring.sheets import Draft
from core.words import say
from ui.context import Context
from ui.marking.sheet import SheetCard
from ui.marking.views import Mark
from ui.pages import marking_binding as binding
from ui.pages.calibration_data import Detail
from ui.pages.marking_saver import Saver
from ui.widgets.basics import label, restyle, row


def _save(write: Any, trial: int, _exercise: str, draft: Draft) -> int:
    return save_trial_draft(write, trial, draft)


class TrialSaver(Saver):
    """Keeps trial sheets as the desk keeps real ones."""

    command = staticmethod(_save)


class TrialSheetView(QWidget):
    """The sheet of one trial. `changed` when what is missing may have changed; `sign_wanted` at Enter on the last."""

    changed = Signal()
    sign_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detail: Detail | None = None
        self._draft = Draft()
        self.card = SheetCard()
        self.saver = TrialSaver(context, self)
        self.saver.saved.connect(self._on_saved)
        self.saver.failed.connect(self._on_failed)
        self._saved = label("", "small")
        self._keys = label(say("calibration.keys"), "small")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4)
        outer.addWidget(self.card, 1)
        outer.addLayout(row(self._keys, None, self._saved))
        self.card.marked.connect(self._on_mark)
        self.card.remarked.connect(self._on_remark)
        self.card.deducted.connect(self._on_deduction)
        self.card.next_wanted.connect(self.go_on)

    @property
    def draft(self) -> Draft:
        """The sheet as it stands."""
        return self._draft

    @property
    def missing(self) -> int:
        """How many items are open."""
        return len(open_items(self._detail.exercise, self._draft)) if self._detail is not None else 0

    @property
    def signed(self) -> bool:
        """Whether it can't change any more."""
        return self._detail is None or self._detail.own is None or self._detail.own.signed

    def show_trial(self, detail: Detail) -> None:
        """Show the own sheet of a trial; what is being typed in the one in view stays."""
        own = detail.own
        if own is None:
            return
        same = self._detail is not None and self._detail.line.id == detail.line.id
        self._detail = detail
        if not same or own.signed or self.saver.clean:
            self._draft = own.draft
        self._names = binding.Names.of(detail.standard, detail.level)
        if own.signed:
            self._say("calibration.signed_at", own.saved_at)
        elif own.saved_at is not None:
            self._say("exam.desk.saved", own.saved_at)
        elif not same:
            self._saved.setText("")
        self._show()

    def add_moment(self, second: int) -> None:
        """Keep this second of the clip, with the item in hand."""
        held = self.card.in_hand
        self._keep(binding.with_moment(self._draft, second, held.item.key if held else ""))

    def go_on(self) -> None:
        """Enter: the next item without a mark; with none, ask to sign."""
        if not self.card.go_to_next(lambda mark: not mark.given) and not self.signed:
            self.sign_wanted.emit()

    def _show(self) -> None:
        if self._detail is None:
            return
        view = binding.exercise_view(self._detail.exercise, self._draft, self._names)
        self.card.show_exercise(str(self._detail.line.id), view, self.signed or self._detail.line.closed)
        self.changed.emit()

    def _keep(self, draft: Draft) -> None:
        if self._detail is None or self.signed:
            return
        self._draft = draft
        self.saver.keep(self._detail.line.id, self._detail.exercise.id, draft)
        self.changed.emit()

    def _on_mark(self, item: str, mark: Mark) -> None:
        if self._detail is not None:
            self._keep(binding.with_mark(self._detail.exercise, self._draft, item, mark))
            if mark.count is not None:
                self._show()  # only the plan knows what a count is worth

    def _on_remark(self, item: str, words: str) -> None:
        if self._detail is not None:
            self._keep(binding.with_remark(self._detail.exercise, self._draft, item, words))

    def _on_deduction(self, key: str, times: int) -> None:
        self._keep(binding.with_deduction(self._draft, key, times))
        self._show()

    def _on_saved(self, at: int) -> None:
        self._say("exam.desk.saved", at)

    def _on_failed(self, error: AppError) -> None:
        code = "exam.desk.not_saved" if isinstance(error, Refused) else "exam.desk.trying_again"
        self._saved.setText(say(code))
        restyle(self._saved, "tone", "danger")
        self.card.strip.show_error(error)

    def _say(self, code: str, at: int | None) -> None:
        self._saved.setText(say(code, time=binding.time_text(at or 0)))
        restyle(self._saved, "tone", "")
