"""今日概览: what is due today and whose it is, how far the batch is, who is marking; finished steps shrink to chips."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.batches.commands import create_batch
from core.batches.queries import batches
from core.certificates.needs import papers
from core.clock import today
from core.people.permission import may
from core.people.queries import accounts
from core.results.progress import BatchProgress, PanelProgress, Step, Todo, batch_progress
from core.scoring.readers import SEE_MARKS
from core.store import Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.models.paged import Column, Tone
from ui.pages.overview_batch import NewBatchDialog
from ui.pages.words import day_words
from ui.registry import built
from ui.widgets.basics import label
from ui.widgets.card import Card, Figure
from ui.widgets.chips import Step as Chip
from ui.widgets.chips import StepChips
from ui.widgets.page import Page
from ui.widgets.table import DataTable

MOST_TODOS, MOST_PANELS = 8, 8
GO = 3
"""The column of a todo that says where it is done."""


@dataclass(frozen=True)
class Beginning:
    """No batch is in view: whether there is one at all, and how many accounts there are."""

    batches: int
    accounts: int


class OverviewPage(Page):
    """The first page of everybody at the desk."""

    title_code: ClassVar[str] = "ui.page.overview"
    scrolls: ClassVar[bool] = True
    kinds: ClassVar[frozenset[str]] = frozenset(
        (
            *("account", "batch", "application", "photo", "candidate_number", "place", "panel", "attendance"),
            *("knowledge", "sheet", "deliberation", "veto", "result", "results", "notice"),
            *("certificate", "authorisation", "decision", "lease", "enrolment"),
        )
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._openable = {page.key for page in built() if page.seen_by(context.session.roles)}
        self._may_begin = may(context.session.actors.first, create_batch)
        self.shown: BatchProgress | None = None
        self.chips = StepChips()
        self.chips.chosen.connect(self._go)
        self.body.addWidget(self.chips)
        self.body.addLayout(self._figures())
        self.body.addWidget(self._todo_card())
        self.body.addWidget(self._panel_card())
        self.body.addStretch(1)
        self._do: QWidget | None = None
        if self._may_begin:
            self.add_action(say("desk.batch.new"), self.begin_batch, "add", "Ctrl+Shift+N")

    def refresh(self) -> None:
        """Read the batch in view, or how the centre stands before its first one."""
        ops.read(self, _look, self.context.batch).on_done(self._show).latest("look").start()

    def begin_batch(self) -> None:
        """Ask for the standard, the level and the day of a new batch."""
        NewBatchDialog(self, self.context).open()

    def _figures(self) -> QHBoxLayout:
        self.reviewed = Figure(say("desk.figure.review"))
        self.examined = Figure(say("desk.figure.exam"))
        self.complete = Figure(say("desk.figure.complete"))
        line = QHBoxLayout()
        line.setSpacing(16)
        pages = {self.reviewed: "review", self.examined: "arrangement", self.complete: "results"}
        for figure, page in pages.items():
            figure.clicked.connect(partial(self._go, page))
            line.addWidget(figure, 1)
        return line

    def _todo_card(self) -> Card:
        card = Card(say("desk.todo"))
        self.todos = DataTable(
            (
                Column(say("desk.todo.what"), todo_sentence, stretch=True, width=260),
                Column(say("desk.todo.whose"), _whose, width=210),
                Column(say("desk.todo.due"), _due, width=150, tone=_due_tone),
                Column("", self._where, width=96, tone=lambda _todo: "accent"),
            ),
            row_id=lambda todo: (todo.code, todo.detail),
        )
        self.todos.setAccessibleName(say("desk.todo"))
        self.todos.opened.connect(self._open_todo)
        self.todos.clicked.connect(self._on_todo_clicked)
        self.nothing = label(say("desk.todo.nothing"), "muted")
        card.body.addWidget(self.nothing)
        card.body.addWidget(self.todos)
        return card

    def _panel_card(self) -> Card:
        self.panel_card = Card(say("desk.panels"))
        open_ones = Column(say("desk.panel.deliberating"), _deliberating, True, 90, tone=_deliberating_tone)
        self.panels = DataTable(
            (
                Column(say("desk.panel"), _panel_name, width=120, strong=True),
                Column(say("desk.panel.leader"), lambda panel: panel.leader, width=110),
                Column(say("desk.panel.signed_by"), _signed_by, stretch=True, width=220),
                Column(say("desk.panel.signed"), lambda panel: f"{panel.signed} / {panel.needed}", True, 110),
                Column(say("desk.panel.unsealed"), _unsealed, True, 110),
                *([open_ones] if self.context.session.has(*SEE_MARKS) else []),
            )
        )
        self.panels.setAccessibleName(say("desk.panels"))
        self.panel_card.body.addWidget(self.panels)
        return self.panel_card

    def _show(self, found: BatchProgress | Beginning) -> None:
        if isinstance(found, Beginning):
            self._show_beginning(found)
            return
        self.shown = found
        self.show_content()
        self.chips.show_steps(tuple(Chip(step.page, _step_words(step), step.done) for step in found.steps))
        self._show_figures(found)
        self.todos.show_rows(found.todos)
        self.todos.fit_height(MOST_TODOS)
        self.todos.setVisible(bool(found.todos))
        self.nothing.setVisible(not found.todos)
        self.panels.show_rows(found.panels)
        self.panels.fit_height(MOST_PANELS)
        self.panel_card.setVisible(bool(found.panels))
        self._show_primary(found.first_for(self.context.session.roles))

    def _show_beginning(self, found: Beginning) -> None:
        self._show_primary(None)
        if found.batches:
            return  # one of them is about to be chosen
        if self.context.session.has("admin"):
            first = found.accounts <= 1
            words = say("desk.begin.accounts" if first else "desk.begin.manager")
            action = say("desk.begin.accounts.do") if first else ""
            self.show_empty("people", say("desk.begin.title"), words, action, self._open_accounts if first else None)
        elif self._may_begin:
            words, action = say("desk.begin.words"), say("desk.batch.new")
            self.show_empty("calendar", say("desk.begin.title"), words, action, self.begin_batch)
        else:
            self.show_empty("calendar", say("desk.begin.title"), say("desk.begin.wait"))

    def _show_figures(self, found: BatchProgress) -> None:
        review = [todo for todo in found.todos if todo.page == "review" and todo.due is not None]
        late = sum(todo.count for todo in review if todo.overdue(today()))
        next_due = min((todo.due for todo in review if todo.due is not None), default=None)
        note, tone = say("desk.figure.review.done") if found.applied else "", ""
        if late:
            note, tone = say("desk.figure.review.late", count=late), "danger"
        elif next_due is not None:
            note = say("desk.figure.review.due", day=day_words(next_due))
        self.reviewed.show_figure(found.decided, found.applied, note, tone)
        signed, needed = sum(one.signed for one in found.panels), sum(one.needed for one in found.panels)
        note = say("desk.figure.exam.signed", signed=signed, needed=needed) if needed else ""
        self.examined.show_figure(found.examined if needed else 0, found.places, note)
        waiting = found.deliberating
        note = say("desk.figure.complete.waiting", count=waiting) if waiting else ""
        self.complete.show_figure(found.complete, found.places, note, "attention" if waiting else "")

    def _show_primary(self, todo: Todo | None) -> None:
        if self._do is not None:
            self._do.hide()
        if todo is not None and todo.page in self._openable:
            self._do = self.set_primary(
                say(f"todo.{todo.code}.do"), partial(self._open_todo, todo), "Ctrl+Return", "forward"
            )
            self._do.show()

    def _where(self, todo: Todo) -> str:
        return say("desk.todo.go") if todo.page in self._openable else ""

    def _on_todo_clicked(self, index: QModelIndex) -> None:
        if index.column() == GO:
            self._open_todo(self.todos.paged.row_at(index.row()))

    def _open_todo(self, todo: Todo | None) -> None:
        if todo is not None and todo.page in self._openable:
            self.context.shell.open_page(todo.page, **({"shelf": todo.code} if todo.page in _SHELVED else {}))

    def _go(self, page: str) -> None:
        if page in self._openable and page != "overview":
            self.context.shell.open_page(page)

    def _open_accounts(self) -> None:
        self.context.shell.open_page("accounts" if "accounts" in self._openable else "settings")


_SHELVED = ("review", "applications")
"""Pages that are told which part of their list a todo is about."""


def _look(read: Read, batch: int | None) -> BatchProgress | Beginning:
    if batch is None:
        return Beginning(len(batches(read)), len(accounts(read)))
    return batch_progress(read, batch, papers(read, batch))


def todo_sentence(todo: Todo) -> str:
    """What there is to do."""
    return say(f"todo.{todo.code}", count=todo.count, detail=todo.detail)


def _step_words(step: Step) -> str:
    name = say(f"desk.step.{step.code}")
    return f"{name} {step.count}" if step.done and step.count else name


def _whose(todo: Todo) -> str:
    return todo.who or say(f"role.{todo.role}")


def _due(todo: Todo) -> str:
    if todo.due is None:
        return ""
    return say("desk.overdue", day=todo.due.isoformat()) if todo.overdue(today()) else day_words(todo.due)


def _due_tone(todo: Todo) -> Tone:
    if todo.due is None:
        return ""
    return "danger" if todo.overdue(today()) else "attention" if (todo.due - today()).days <= 1 else ""


def _panel_name(panel: PanelProgress) -> str:
    return say("desk.panel.name", no=panel.no, component=say(f"desk.component.{panel.component}"))


def _signed_by(panel: PanelProgress) -> str:
    return "    ".join(f"{one.name} {one.signed} / {one.needed}" for one in panel.examiners)


def _unsealed(panel: PanelProgress) -> str:
    return f"{panel.unsealed} / {panel.candidates - panel.away}"


def _deliberating(panel: Any) -> str:
    return str(len(panel.deliberating))


def _deliberating_tone(panel: Any) -> Tone:
    return "attention" if panel.deliberating else ""
