"""Papers to mark on: record cards and score sheets of a batch, for the exercises that one chooses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from core.arrangement.queries import panels
from core.batches.queries import plan_of
from core.errors import Refused
from core.scoring.printed import is_watched, papers_wanted, write_cards, write_sheets
from core.standards.plans import Exercise
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.pages.marking_binding import exercise_name
from ui.widgets.basics import column, holder, label

PRINTERS = ("manager", "invigilator")
WRITE: dict[str, Callable[..., int]] = {"cards": write_cards, "sheets": write_sheets}
Counted = tuple[Exercise, int]
"""An exercise with how many papers there are of it."""


def add_actions(page: Any) -> None:
    """Put both papers into a page's menu, for who may print them."""
    if page.context.session.has(*PRINTERS):
        page.add_action(say("papers.cards"), partial(ask, page, "cards"), "note")
        page.add_action(say("papers.sheets"), partial(ask, page, "sheets"), "marking")


def ask(page: Any, what: str) -> None:
    """Ask which exercises, then where to."""
    batch = page.context.batch
    if batch is not None:
        page.clear_refusal()
        ops.read(page, countable, batch).on_done(partial(_offer, page, what)).start()


def countable(read: Any, batch: int) -> list[Counted]:
    """The exercises that panels mark, with how many papers each takes. No panels yet: refused."""
    formed = {panel.component for panel in panels(read, batch)}
    exercises = [one for one in plan_of(read, batch).exercises if one.component in formed]
    if not exercises:
        raise Refused("papers.no_panels")
    counts: dict[str, int] = {}
    for paper in papers_wanted(read, batch, {one.id for one in exercises}):
        counts[paper.exercise.id] = counts.get(paper.exercise.id, 0) + 1
    return [(one, counts.get(one.id, 0)) for one in exercises]


class ExercisesDialog(Sheet):
    """Which exercises to print for; those that are marked as they happen are proposed."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        what: str,
        found: list[Counted],
        act: Callable[[frozenset[str]], None],
    ) -> None:
        super().__init__(parent, context, say(f"papers.{what}"), say(f"papers.{what}.words"))
        self._act = act
        self.boxes: dict[str, QCheckBox] = {}
        self._counts = {exercise.id: count for exercise, count in found}
        self._total = label("", "muted")
        watched = {exercise.id for exercise, count in found if is_watched(exercise) and count}
        for exercise, count in found:
            text = say("papers.count", name=exercise_name(exercise), count=count).replace("&", "&&")
            made = self.boxes[exercise.id] = QCheckBox(text)
            made.setEnabled(bool(count))
            made.setChecked(exercise.id in watched)
            made.toggled.connect(self._show_total)
        self.body.addWidget(holder(column(*self.boxes.values(), spacing=8)))
        self.body.addWidget(self._total)
        self.confirm = self.add_buttons(say("papers.save"), self._on_confirm)
        self._show_total()

    @property
    def chosen(self) -> frozenset[str]:
        """The exercises that are ticked."""
        return frozenset(key for key, box in self.boxes.items() if box.isChecked())

    def _show_total(self) -> None:
        total = sum(self._counts[key] for key in self.chosen)
        self._total.setText(say("papers.total", count=total))
        self.confirm.setEnabled(bool(total))

    def _on_confirm(self) -> None:
        chosen = self.chosen
        self.accept()
        self._act(chosen)


def _offer(page: Any, what: str, found: list[Counted]) -> None:
    ExercisesDialog(page, page.context, what, found, partial(_save, page, what)).open()


def _save(page: Any, what: str, exercises: frozenset[str]) -> None:
    choice = page.context.batch_choice
    name = say(f"papers.{what}.file", batch=choice.name.split(" ")[0] if choice else "")
    chosen, _ = QFileDialog.getSaveFileName(page, say(f"papers.{what}"), name, "PDF (*.pdf)")
    if chosen:
        write(page, what, exercises, Path(chosen))


def write(page: Any, what: str, exercises: frozenset[str], target: Path) -> None:
    """Write them, saying how far it is; the page shows the file."""
    writing = ops.work(page, WRITE[what], page.context.store, page.context.batch, exercises, target).progress()
    writing.describe(say("exam.documents.writing")).on_done(lambda count: _written(page, what, target, count)).start()


def _written(page: Any, what: str, target: Path, count: int) -> None:
    page.show_file(target)
    page.context.shell.notify(say(f"papers.{what}.written", count=count, file=target.name))
