"""职业知识 entered twice or by rows: what the page shows of it, and the row by row entry of 7.4.1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from core.people.permission import may
from core.scoring.knowledge import key_knowledge, set_double_entry
from core.scoring.knowledge_queries import KnowledgeEntry, enters_twice, knowledge_entries
from core.standards.plans import KnowledgeRow
from core.standards.points import NotPoints, points_text, read_points
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog
from ui.dialogs.sheet import Sheet
from ui.models.paged import Tone
from ui.widgets.basics import label
from ui.widgets.form import Form

ROWS_WIDTH = 760
"""Three columns: nine rows of 7.4.1 then fit a screen of 512 lines."""
Rows = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Double:
    """Whether a batch's scores are entered twice, and how far each is."""

    on: bool = False
    entries: dict[Id, KnowledgeEntry] | None = None

    def of(self, application: Id) -> KnowledgeEntry | None:
        """How far a candidate's score is; None where one person enters it."""
        return self.entries.get(application) if self.entries is not None else None


def read_double(read: Read, batch: Id, person: Id, may_key: bool) -> Double:
    """How far the double entry is, with this person's own entries."""
    if not enters_twice(read, batch):
        return Double()
    return Double(True, {one.id: one for one in knowledge_entries(read, person, batch)} if may_key else None)


def may_enter_twice(context: Context) -> bool:
    """Whether who is signed in may be one of the two."""
    return may(context.session.actors.first, key_knowledge)


def is_open(entry: KnowledgeEntry) -> bool:
    """Whether this person still has something to enter."""
    return bool(entry.differing) or (entry.own is None and entry.keyed < 2)


def state_text(entry: KnowledgeEntry | None) -> str:
    """How far a score is, in words."""
    if entry is None or not entry.keyed:
        return ""
    if entry.agreed:
        return say("entry.knowledge.agreed")
    if entry.differing or entry.keyed > 1:
        return say("entry.knowledge.differs")
    return say("entry.knowledge.mine" if entry.own is not None else "entry.knowledge.once")


def state_tone(entry: KnowledgeEntry | None) -> Tone:
    """The colour of that word."""
    if entry is None or not entry.keyed:
        return ""
    return "good" if entry.agreed else "attention" if entry.keyed > 1 else "accent"


def own_points(entry: KnowledgeEntry) -> int | None:
    """What this person has entered, in hundredths."""
    return entry.own.total if entry.own is not None else None


def ask_double(page: Any, on: bool) -> None:
    """Ask whether the scores of this batch shall be entered twice from now on, or once."""
    title = say("entry.knowledge.once_only" if on else "entry.knowledge.twice")
    words = say("entry.knowledge.once_only.words" if on else "entry.knowledge.twice.words")
    writing = ops.write(page, set_double_entry, page.context.batch, not on).say_done(title)
    ConfirmDialog(page, page.context, title, words, title, writing.start).open()


class RowsDialog(Sheet):
    """Asks for the points of every row of 7.4.1; `act(rows)` with hundredths, once each can be read."""

    def __init__(
        self, parent: QWidget, context: Context, title: str, rows: Sequence[KnowledgeRow], act: Callable[[Rows], None]
    ) -> None:
        super().__init__(parent, context, title, say("entry.knowledge.rows.words"), ROWS_WIDTH)
        self._rows, self._act = tuple(rows), act
        self.form = Form(columns=3)
        self.fields = {row.key: self.form.add(row.name, QLineEdit()) for row in rows}
        for row in rows:
            field, most = self.fields[row.key], say("entry.knowledge.row_most", most=points_text(row.maximum))
            field.setPlaceholderText(most)
            field.setAccessibleDescription(most)
            field.setMaxLength(8)
            field.textEdited.connect(lambda _text: self._show_sum())
        self.sum = label("", "card-title")
        self.body.addWidget(self.form)
        self.body.addWidget(self.sum)
        self.confirm = self.add_buttons(say("desk.paper.keep"), self._on_confirm)
        self._show_sum()
        next(iter(self.fields.values())).setFocus()

    def _show_sum(self) -> None:
        total = sum(points for row in self._rows if (points := self._points(row)) is not None)
        full = sum(row.maximum for row in self._rows)
        self.sum.setText(say("entry.knowledge.sum", total=points_text(total), full=points_text(full)))

    def _points(self, row: KnowledgeRow) -> int | None:
        try:
            points = read_points(self.fields[row.key].text().strip())
        except NotPoints:
            return None
        return points if 0 <= points <= row.maximum else None

    def _on_confirm(self) -> None:
        self.form.accept_all()
        rows = []
        for row in self._rows:
            points = self._points(row)
            if points is None:
                most = points_text(row.maximum)
                self.form.complain(self.fields[row.key], say("entry.knowledge.bad_row", most=most))
                return
            rows.append((row.key, points))
        self.accept()
        self._act(tuple(rows))
