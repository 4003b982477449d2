"""报名: who has applied, is this person already there; entering one, taking in a roster, one person in the drawer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFileDialog

from core.people.permission import may
from core.registration.commands import enter_application, take_photo, withdraw
from core.registration.photos import read_photo
from core.registration.queries import ApplicationCounts, ApplicationLine, applications, count_applications, counts
from core.registration.roster_import import import_rows
from core.registration.roster_sheets import write_template
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ReasonDialog
from ui.models.paged import Column, Rows, Tone
from ui.pages.applications_card import ApplicationCard, Opened, open_application
from ui.pages.applications_form import ApplicationDialog
from ui.pages.applications_import import RosterDialog
from ui.pages.shelves import Shelves
from ui.pages.words import due_tone, due_words, state_tone, state_words
from ui.widgets.basics import row, shortcut
from ui.widgets.card import Card
from ui.widgets.inputs import SearchBox
from ui.widgets.page import Page
from ui.widgets.table import DataTable

SHELVES: dict[str, tuple[str, ...]] = {
    "all": (),
    "entered": ("entered",),
    "more": ("more",),
    "accepted": ("accepted",),
    "refused": ("refused",),
    "withdrawn": ("withdrawn",),
}
DRAWER_WIDTH = 440


@dataclass(frozen=True)
class Wanted:
    """Which applications the list shows."""

    batch: Id
    match: str
    states: tuple[str, ...]


class ApplicationsPage(Page):
    """The registrar's desk; others may look."""

    title_code: ClassVar[str] = "ui.page.applications"
    kinds: ClassVar[frozenset[str]] = frozenset({"application", "candidate", "photo"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._may_enter = may(actor, enter_application)
        self.search = SearchBox(say("desk.search"))
        self.search.setMinimumWidth(150)
        self.search.setMaximumWidth(320)
        self.search.searched.connect(lambda _text: self._load())
        self.search.entered.connect(self._on_entered)
        self.search.left_downwards.connect(self._into_table)
        self.shelves = Shelves(tuple(SHELVES), "desk.shelf")
        self.shelves.chosen.connect(lambda _key: self._load())
        line = row(spacing=16)
        line.addWidget(self.search, 1)
        line.addWidget(self.shelves)
        line.addStretch(1)
        self.body.addLayout(line)
        card = Card()
        card.body.addWidget(self._make_table())
        self.body.addWidget(card, 1)
        shortcut("Ctrl+F", self, self.search.setFocus, everywhere=True)
        if self._may_enter:
            self.set_primary(say("desk.enter.do"), self.enter, "Ctrl+N", "add")
        if may(actor, import_rows):
            self.add_action(say("desk.import.title") + "…", self.import_roster, "import", "Ctrl+I")
            self.add_action(say("desk.template") + "…", self.save_template, "export")
        self._total = 0
        self._wanted_application: Id | None = None
        self._open: ApplicationCard | None = None

    def refresh(self) -> None:
        """Read the list, how many lie on each shelf, and the open application anew."""
        if self.context.batch is None:
            self.show_empty("applications", say("desk.begin.title"), say("desk.begin.wait"))
            return
        ops.read(self, counts, self.context.batch).on_done(self._show_counts).latest("counts").start()
        self._load()
        if self._open is not None and not ops.gone(self._open):
            self.open_application(self._open.application)

    def open_with(self, **arguments: Any) -> None:
        """Open one application, or a shelf of the list."""
        if "application" in arguments:
            self.open_application(arguments["application"])
        shelf = arguments.get("shelf", "")
        if self.shelves.has(shelf):
            self.search.clear()
            self.shelves.choose(shelf)
        elif shelf == "photos":
            self.shelves.choose("accepted")

    def enter(self) -> None:
        """Enter one application by hand."""
        if self.context.batch is not None:
            self.clear_refusal()
            ApplicationDialog(
                self, self.context, self.context.batch, self._on_entered_one, self.open_application
            ).open()

    def import_roster(self) -> None:
        """Take in a roster."""
        if self.context.batch is not None:
            self.clear_refusal()
            RosterDialog(self, self.context, self.context.batch, self._on_imported).open()

    def save_template(self) -> None:
        """Write an empty roster to fill in."""
        title, name = say("desk.template"), say("desk.template.name")
        chosen, _filter = QFileDialog.getSaveFileName(self, title, name, "*.xlsx")
        if chosen:
            self.clear_refusal()
            target = Path(chosen if chosen.endswith(".xlsx") else f"{chosen}.xlsx")
            ops.work(self, write_template, target).say_done(say("desk.template.saved")).start()

    def open_application(self, application: Id) -> None:
        """Show one application in the drawer."""
        reading = ops.read(self, open_application, application).latest("open")
        reading.on_done(self._show_application).start()

    def _make_table(self) -> DataTable:
        self.table = DataTable(
            (
                Column(
                    say("desk.person.name"), lambda line: line.name or say("desk.person.gone"), width=150, strong=True
                ),
                Column(say("desk.person.id_number"), lambda line: line.identity, stretch=True, width=190),
                Column(say("desk.person.phone"), lambda line: line.phone, width=130, optional=True),
                Column(say("desk.state"), lambda line: state_words(line.state), width=110, badge=_state_tone),
                Column(say("desk.entered"), lambda line: line.entered_on.isoformat(), width=120, optional=True),
                Column(say("desk.due"), due_words, width=120, tone=due_tone, optional=True),
                Column(say("desk.photo"), _photo, width=80, tone=_photo_tone, optional=True),
            )
        )
        self.table.setAccessibleName(say("ui.page.applications"))
        self.table.opened.connect(lambda line: self.open_application(line.id))
        self.table.clicked.connect(self._on_clicked)
        self.table.picked.connect(self._on_picked)
        self.table.loaded.connect(self._on_loaded)
        return self.table

    def _load(self) -> None:
        if self.context.batch is None:
            return
        wanted = Wanted(self.context.batch, self.search.text().strip(), SHELVES[self.shelves.current])
        self.table.load(self, partial(_lines, wanted))

    def _show_counts(self, found: ApplicationCounts) -> None:
        self._total = found.total + found.withdrawn
        shown = {"all": self._total, **{state: getattr(found, state) for state in SHELVES if state != "all"}}
        self.shelves.show_counts(shown)
        if self._total:
            self.show_content()
        elif self._may_enter:
            words, action = say("desk.empty.words"), say("desk.import.title")
            self.show_empty("applications", say("desk.empty.title"), words, action, self.import_roster)
        else:
            self.show_empty("applications", say("desk.empty.title"), say("desk.empty.wait"))

    def _on_loaded(self, total: int) -> None:
        if total == 0 and self._total and self.search.text().strip():
            self.strip.say(say("desk.search.none"), "plain")
        elif self.strip.text == say("desk.search.none"):
            self.strip.clear()

    def _on_entered(self, _text: str) -> None:
        """Enter in the search, as a scanner ends: the first that was found is opened."""
        self._load()
        if self.table.total:
            self._into_table()
            if self.table.current is not None:
                self.open_application(self.table.current.id)

    def _into_table(self) -> None:
        if self.table.total:
            self.table.select_line(max(0, self.table.currentIndex().row()))
            self.table.setFocus()

    def _on_clicked(self, index: QModelIndex) -> None:
        line = self.table.paged.row_at(index.row())
        if line is not None:
            self.open_application(line.id)

    def _on_picked(self, line: ApplicationLine | None) -> None:
        # While the drawer is open it follows the list; a closed one stays closed.
        if line is not None and self._open is not None and not ops.gone(self._open) and self._open.isVisible():
            self.open_application(line.id)

    def _show_application(self, opened: Opened) -> None:
        if not self.isVisible():
            return
        self._open = ApplicationCard(self, opened, self._act)
        focused = self.table.hasFocus()
        self.context.shell.open_drawer(self._open, say("desk.application"), DRAWER_WIDTH)
        if focused:
            self.table.setFocus()

    def _act(self, name: str, application: Id) -> None:
        self.clear_refusal()
        if name == "edit" and self.context.batch is not None:
            done, show = self._on_corrected, self.open_application
            ApplicationDialog(self, self.context, self.context.batch, done, show, application).open()
        elif name == "photo":
            self._replace_photo(application)
        elif name == "withdraw":
            title, words = say("desk.withdraw.title"), say("desk.withdraw.words")
            do = partial(self._withdraw, application)
            ReasonDialog(self, self.context, title, words, do, say("desk.withdraw")).open()

    def _replace_photo(self, application: Id) -> None:
        kinds = say("desk.photo.kinds") + " (*.jpg *.jpeg *.png *.bmp *.webp)"
        chosen, _filter = QFileDialog.getOpenFileName(self, say("desk.photo.choose"), "", kinds)
        if chosen:
            reading = ops.work(self, read_photo, Path(chosen))
            reading.on_done(lambda jpeg: self._write_photo(application, jpeg)).start()

    def _write_photo(self, application: Id, jpeg: bytes) -> None:
        ops.write(self, take_photo, application, jpeg).say_done(say("desk.photo.saved")).start()

    def _withdraw(self, application: Id, reason: str) -> None:
        ops.write(self, withdraw, application, reason).say_done(say("desk.withdraw.done")).start()

    def _on_entered_one(self, application: Id) -> None:
        self.context.shell.notify(say("desk.enter.done"), say("desk.enter.next"), self.enter)
        self.open_application(application)

    def _on_corrected(self, application: Id) -> None:
        self.context.shell.notify(say("desk.correct.done"))

    def _on_imported(self, accepted: int) -> None:
        self.context.shell.notify(say("desk.import.done", count=accepted))


def _lines(wanted: Wanted, read: Read, offset: int, limit: int) -> Rows:
    found = applications(read, wanted.batch, wanted.match, wanted.states, offset=offset, limit=limit)
    return Rows(found, count_applications(read, wanted.batch, wanted.match, wanted.states))


def _state_tone(line: ApplicationLine) -> Tone:
    return state_tone(line.state)


def _photo(line: ApplicationLine) -> str:
    return say("desk.photo.there" if line.has_photo else "desk.photo.missing")


def _photo_tone(line: ApplicationLine) -> Tone:
    return "muted" if line.has_photo or line.state == "withdrawn" else "attention"
