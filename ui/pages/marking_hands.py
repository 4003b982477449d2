"""What hands do to the sheets of the candidate in view: each step is a new draft, and kept at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import AppError, Refused
from core.scoring.sheets import Draft, Moment
from core.words import say
from ui.marking.views import Mark
from ui.pages import marking_binding as binding
from ui.pages.marking_data import Work


class Hands(QObject):
    """Of a desk. `moved` when more has changed than the mark in hand shows by itself; `refused` when a draft of what
    is in view may not be kept."""

    moved = Signal()
    refused = Signal()

    def __init__(self, desk: Any) -> None:
        super().__init__(desk)
        self._desk = desk
        self._screen = desk.screen
        self._failing = False
        self.drafts: dict[str, Draft] = {}
        """Exercise → the own sheet as it stands."""
        screen = self._screen
        screen.mark_changed.connect(self._on_mark)
        screen.remark_changed.connect(self._on_remark)
        screen.deduction_changed.connect(self._on_deduction)
        screen.veto_changed.connect(self._on_veto)
        screen.moment_added.connect(self.add_moment)
        screen.moment_worded.connect(self._on_words)
        desk.saver.saved.connect(self._on_saved)
        desk.saver.failed.connect(self._on_failed)

    def take(self, work: Work) -> None:
        """Go on with another candidate's sheets, as they were kept last."""
        self.drafts = dict(work.drafts)
        if work.saved_at is None:
            self._screen.show_saved(say("exam.desk.nothing_saved"))
        else:
            self._on_saved(work.saved_at)

    def may_mark(self, exercise: str) -> bool:
        """Whether the sheet of this exercise is still being written."""
        work = self._desk.work
        return work is not None and exercise in self.drafts and exercise not in work.signed

    def moments_of(self, exercise: str) -> list[Moment]:
        """The own moments of a sheet in hand."""
        return list(self.drafts[exercise].moments) if exercise in self.drafts else []

    def add_moment(self, exercise: str, second: int, item: str) -> None:
        """Keep a second, with the item in hand ("" for none)."""
        self._keep(exercise, binding.with_moment(self.drafts[exercise], second, item))
        self.moved.emit()

    def _on_mark(self, exercise: str, item: str, mark: Mark) -> None:
        found = self._desk.exercise(exercise)
        self._keep(exercise, binding.with_mark(found, self.drafts[exercise], item, mark))
        if mark.count is not None:
            self.moved.emit()  # only the plan knows what a count is worth

    def _on_remark(self, exercise: str, item: str, words: str) -> None:
        found = self._desk.exercise(exercise)
        self._keep(exercise, binding.with_remark(found, self.drafts[exercise], item, words))

    def _on_deduction(self, exercise: str, key: str, times: int) -> None:
        self._keep(exercise, binding.with_deduction(self.drafts[exercise], key, times))
        self.moved.emit()

    def _on_veto(self, exercise: str, key: str, called: bool) -> None:
        self._keep(exercise, binding.with_veto(self.drafts[exercise], key, called))
        self.moved.emit()

    def _on_words(self, moment: str, words: str) -> None:
        current = self._desk.current
        self._keep(current, binding.with_words(self.drafts[current], int(moment), words))
        self.moved.emit()

    def _keep(self, exercise: str, draft: Draft) -> None:
        if self.may_mark(exercise):
            self.drafts[exercise] = draft
            self._desk.saver.keep(self._desk.work.application, exercise, draft)

    def _on_saved(self, at: int) -> None:
        if self._failing:
            self._failing = False
            self._screen.strip.clear()
        self._screen.show_saved(say("exam.desk.saved", time=binding.time_text(at)))

    def _on_failed(self, error: AppError) -> None:
        if isinstance(error, Refused):
            self._screen.show_saved(say("exam.desk.not_saved"), "danger")
            self.refused.emit()
        else:
            self._failing = True
            self._screen.show_saved(say("exam.desk.trying_again"), "danger")
        self._screen.show_refusal(error)
