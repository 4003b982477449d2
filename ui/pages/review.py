"""资格审核: who must be decided by when, and does a condition hold; one key decides and goes on to the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent

from core.people.permission import may
from core.registration.commands import accept_all, decide
from core.registration.desk import Acceptable, acceptable
from core.registration.events import Decision
from core.registration.queries import ApplicationLine, applications, count_applications
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog, ReasonDialog
from ui.models.paged import Column, Rows
from ui.pages.applications_card import Opened, open_application
from ui.pages.review_notice import NoticeDialog
from ui.pages.review_pane import ReviewPane
from ui.pages.shelves import Shelves
from ui.pages.words import due_tone, due_words, state_tone, state_words
from ui.widgets.basics import row
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.table import DataTable

PANE, NARROW_PANE = 460, 408
NARROW, LOW = 1000, 560


@dataclass(frozen=True)
class Shelf:
    """A part of the list: of which states, and told the decision or not."""

    states: tuple[str, ...] = ()
    notified: bool | None = None


SHELVES = {
    "review": Shelf(("entered",), False),
    "more": Shelf(("more",), False),
    "notify": Shelf(("accepted", "refused"), False),
    "told": Shelf(("accepted", "refused"), True),
    "all": Shelf(("entered", "more", "accepted", "refused")),
}


class ReviewTable(DataTable):
    """The list. A key decides on the one that is selected; a double click decides nothing."""

    decided = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        decision = KEYS.get(Qt.Key(event.key()))
        if decision is not None and not event.isAutoRepeat():
            self.decided.emit(decision)
        elif decision is None:
            super().keyPressEvent(event)


KEYS: dict[Qt.Key, Decision] = {
    Qt.Key.Key_Return: "accepted",
    Qt.Key.Key_Enter: "accepted",
    Qt.Key.Key_B: "more",
    Qt.Key.Key_X: "refused",
}
"""Held down a key decides once, and not the whole list."""


class ReviewPage(Page):
    """The reviewer's desk; others may look."""

    title_code: ClassVar[str] = "ui.page.review"
    kinds: ClassVar[frozenset[str]] = frozenset({"application", "candidate", "photo"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._may_decide = may(actor, decide)
        self._reviewer = actor.id if actor is not None else 0
        self._line = 0
        self._total = 0
        self._untold = 0
        self.shelves = Shelves(tuple(SHELVES), "desk.review")
        self.shelves.chosen.connect(lambda _key: self._load_first())
        self.body.addLayout(row(self.shelves, None))
        self.table = ReviewTable(
            (
                Column(
                    say("desk.person.name"),
                    lambda line: line.name or say("desk.person.gone"),
                    False,
                    120,
                    True,
                    strong=True,
                ),
                Column(say("desk.due.short"), due_words, width=130, tone=due_tone),
                Column(say("desk.state"), _state, width=110, badge=lambda line: state_tone(line.state), optional=True),
                Column(say("desk.entered"), lambda line: line.entered_on.isoformat(), width=120, optional=True),
            )
        )
        self.table.setAccessibleName(say("ui.page.review"))
        self.table.picked.connect(self._on_picked)
        self.table.loaded.connect(self._on_loaded)
        self.table.decided.connect(self._on_decided)
        card = Card()
        card.body.addWidget(self.table)
        self.pane = ReviewPane(self._may_decide)
        self.pane.decided.connect(self._on_decided)
        line = row(spacing=16)
        line.addWidget(card, 1)
        line.addWidget(self.pane)
        self.body.addLayout(line, 1)
        self.notify_all = self.set_primary(say("desk.notify"), self.tell, "Ctrl+Return", "check")
        self.notify_all.hide()
        if self._may_decide:
            self.add_action(say("desk.accept_all") + "…", self.accept_all, "check", "Ctrl+Shift+A")
            self.add_action(say("desk.notify") + "…", self.tell, "note")

    def refresh(self) -> None:
        """Read the list and how much lies on each shelf; the line in hand stays in hand."""
        if self.context.batch is None:
            self.show_empty("review", say("desk.begin.title"), say("desk.begin.wait"))
            return
        ops.read(self, _counts, self.context.batch).on_done(self._show_counts).latest("counts").start()
        self._load()

    def open_with(self, **arguments: Any) -> None:
        """Open a shelf of the list."""
        shelf = arguments.get("shelf", "")
        if self.shelves.has(shelf):
            self.shelves.choose(shelf)

    def accept(self) -> None:
        """Accept the application in hand."""
        self._on_decided("accepted")

    def accept_all(self) -> None:
        """Accept everybody of whom a condition holds, after saying how many that are."""
        if self.context.batch is not None:
            self.clear_refusal()
            asking = ops.read(self, acceptable, self.context.batch, self._reviewer)
            asking.on_done(self._ask_accept_all).describe(say("desk.accept_all.reading")).start()

    def tell(self) -> None:
        """Record that applicants were told: all whose decision waits for it."""
        if self.context.batch is not None:
            self.clear_refusal()
            ops.read(self, _untold, self.context.batch).on_done(self._ask_tell).start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.pane.setFixedWidth(NARROW_PANE if narrow else PANE)
        self.pane.be_small(narrow, self.height() < LOW)

    def _load_first(self) -> None:
        self._line = 0
        self.table.clearSelection()
        self.table.setCurrentIndex(self.table.paged.index(-1, -1))
        self._load()
        self._show_primary()

    def _load(self) -> None:
        if self.context.batch is not None:
            self.table.load(self, partial(_lines, self.context.batch, SHELVES[self.shelves.current]))

    def _show_counts(self, found: dict[str, int]) -> None:
        self._untold = found["notify"]
        self.shelves.show_counts(found, always=3)
        if found["all"]:
            self.show_content()
        else:
            self.show_empty("review", say("desk.review.empty"), say("desk.review.empty.words"))
        self._show_primary()

    def _show_primary(self) -> None:
        """The pane has the primary button, but where a whole shelf waits to be told."""
        telling = self._may_decide and self.shelves.current == "notify" and self._untold > 0
        self.notify_all.setVisible(telling)
        self.notify_all.setText(say("desk.notify.count", count=self._untold))
        self.pane.lead(not telling)

    def _on_loaded(self, total: int) -> None:
        self._total = total
        if total == 0:
            self.pane.show_nothing(say(f"desk.review.{self.shelves.current}.none"))
        elif self.table.current is None:
            self.table.select_line(min(self._line, total - 1))
            if self.isVisible() and self.focusWidget() in (None, self, self.table):
                self.table.setFocus()
        else:
            self._on_picked(self.table.current)

    def _on_picked(self, line: ApplicationLine | None) -> None:
        if line is None:
            return
        self._line = max(0, self.table.currentIndex().row())
        reading = ops.read(self, open_application, line.id).latest("open")
        reading.on_done(self._show_application).start()

    def _show_application(self, opened: Opened) -> None:
        own = opened.detail.entered_by == self._reviewer
        self.pane.show_application(opened, own, f"{self._line + 1} / {self._total}")

    def _on_decided(self, decision: Decision) -> None:
        shown = self.pane.shown
        line = self.table.current
        if not self._may_decide or shown is None or line is None or shown.detail.line.id != line.id:
            return
        if line.notified:
            return
        self.clear_refusal()
        if decision == "accepted":
            self._write(line, decision, "")
            return
        title, words = say(f"desk.decide.{decision}"), say(f"desk.decide.{decision}.words", name=line.name)
        write = partial(self._write, line, decision)
        made = ReasonDialog(self, self.context, title, words, write, say(f"desk.decide.{decision}"))
        made.reason.setPlainText(suggestion(opened=shown, decision=decision))
        made.reason.selectAll()
        made.open()

    def _write(self, line: ApplicationLine, decision: Decision, reason: str) -> None:
        words = say(f"desk.decided.{decision}", name=line.name)
        writing = ops.write(self, decide, line.id, decision, reason).say_done(words)
        writing.busy(*self.pane.buttons).on_ended(self._after_write).start()

    def _after_write(self) -> None:
        self.pane.show_buttons()
        if self.isVisible():
            self.table.setFocus()

    def _ask_accept_all(self, found: Acceptable) -> None:
        count = len(found.applications)
        if not count:
            self.strip.say(say("desk.accept_all.none"), "attention")
            return
        rest = found.undecided - count
        words = say("desk.accept_all.words", count=count, rest=rest, own=found.own)
        do = say("desk.accept_all.do", count=count)
        ConfirmDialog(self, self.context, say("desk.accept_all"), words, do, partial(self._accept_all, found)).open()

    def _accept_all(self, found: Acceptable) -> None:
        done = say("desk.accept_all.done", count=len(found.applications))
        ops.write(self, accept_all, found.applications).say_done(done).describe(say("desk.deciding")).start()

    def _ask_tell(self, found: list[ApplicationLine]) -> None:
        if not found:
            self.strip.say(say("desk.notify.nobody"), "attention")
            return
        NoticeDialog(self, self.context, found, self._on_told).open()

    def _on_told(self, count: int) -> None:
        self.context.shell.notify(say("desk.notify.done", count=count))


def suggestion(opened: Opened, decision: Decision) -> str:
    """A reason to begin with: what the conditions lack, in the program's words; the reviewer writes it anew."""
    eligibility = opened.detail.eligibility
    if eligibility.eligible is not False:
        return ""
    lacks = (f"{one.clause} {''.join(lack.sentence for lack in one.missing)}" for one in eligibility.conditions)
    return "\n".join(lacks)


def _lines(batch: Id, shelf: Shelf, read: Read, offset: int, limit: int) -> Rows:
    found = applications(read, batch, states=shelf.states, notified=shelf.notified, offset=offset, limit=limit)
    return Rows(found, count_applications(read, batch, states=shelf.states, notified=shelf.notified))


def _counts(read: Read, batch: Id) -> dict[str, int]:
    return {
        key: count_applications(read, batch, states=shelf.states, notified=shelf.notified)
        for key, shelf in SHELVES.items()
    }


def _untold(read: Read, batch: Id) -> list[ApplicationLine]:
    shelf = SHELVES["notify"]
    return applications(read, batch, states=shelf.states, notified=shelf.notified)


def _state(line: ApplicationLine) -> str:
    return state_words(line.state)
