"""The work beside the items, on the marking screen: read when another one is in hand, let go when none is.

The window for files, pages and film is loaded with the first work that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer

from core.errors import Refused
from core.examday.card_queries import CardContent, drawn_card
from core.examday.work_queries import BlindWork, blind_work
from core.standards.plans import Exercise
from core.words import say
from ui import ops
from ui.context import shows
from ui.pages.marking import MarkingScreen
from ui.pages.marking_binding import exercise_name
from ui.preferences import Preferences
from ui.widgets.basics import icon_button

KINDS = frozenset({"work", "card"})
REST = 120
"""Milliseconds on one row before its work is read: who steps down ten rows does not take ten works up."""
SHARES = (3, 2)
"""Of the items and of the work, before a hand has moved what stands between them."""


@dataclass(frozen=True)
class Brought:
    """What there is of a work for its examiner. Nothing of it says whose it is."""

    application: int
    exercise: str
    work: BlindWork | None
    card: CardContent | None


def brought(read: Any, actor: Any, application: int, exercise: str) -> Brought:
    """Ask the exam day."""
    drawn = drawn_card(read, actor, application, exercise)
    try:
        work = blind_work(read, actor, application, exercise)
    except Refused:
        work = None  # nothing was handed in
    return Brought(application, exercise, work, drawn.content if drawn is not None else None)


class Beside(QObject):
    """Of one marking screen. F9 shows the work large, F8 the topic card."""

    def __init__(self, desk: Any, screen: MarkingScreen) -> None:
        super().__init__(screen)
        self._desk = desk
        self._screen = screen
        self._followed: tuple[int, Exercise, str] | None = None
        self.pane: Any = None
        self.shown: Brought | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._ask)
        self._moved = QTimer(self)
        self._moved.setSingleShot(True)
        self._moved.setInterval(500)
        self._moved.timeout.connect(self._keep_sizes)
        desk.context.changed.connect(self._on_changed)

    def follow(self, application: int, exercise: Exercise, number: str, *, at_once: bool = True) -> None:
        """Show the work of this blind number; asked for again only when it is another."""
        if self.pane is None:
            self._make()
        self._screen.show_beside(self.pane)
        wanted = (application, exercise, number)
        if self._followed != wanted:
            self._followed = wanted
            self.shown = None
            if at_once:
                self._ask()
            else:
                self._rest.start()

    def leave(self) -> None:
        """Show the candidate and the clock again, and let the file go."""
        self._followed, self.shown = None, None
        self._rest.stop()
        self._screen.show_beside(None)
        if self.pane is not None:
            self.pane.put_away()

    def open_large(self) -> None:
        """F9."""
        from ui.recording.work import open_work

        if self.shown is not None and self.shown.work is not None and self._followed is not None:
            open_work(self._desk, self.shown.work, exercise_name(self._followed[1]))

    def read_card(self) -> None:
        """F8."""
        from ui.pages.marking_day import CardDialog

        if self.shown is not None and self.shown.card is not None:
            CardDialog(self._desk, self.shown.card).open()

    def _ask(self) -> None:
        if self._followed is not None:
            application, exercise, _ = self._followed
            actor = self._desk.context.session.actors.first
            reading = ops.read(self.pane, brought, actor, application, exercise.id)
            reading.on_done(self._show).latest("work").start()

    def _show(self, found: Brought) -> None:
        if self._followed is None or (found.application, found.exercise) != (self._followed[0], self._followed[1].id):
            return
        before, self.shown = self.shown, found
        self._card.setVisible(found.card is not None)
        number = self._followed[2]
        title = say("works.number", number=number)
        if found.work is None:
            self.pane.show_words(title, "inbox", say("works.missing"), say("works.missing.words"))
        elif before is None or before.work is None or before.work.files != found.work.files:
            self.pane.show_work(found.work, title)

    def _make(self) -> None:
        from ui.recording.work import WorkPane, add_keys

        self.pane = WorkPane(self._desk.context)
        self.pane.large_wanted.connect(self.open_large)
        self._card = icon_button("note", f"{say('works.card')}  F8", self.read_card)
        self.pane.add_tool(self._card)
        add_keys(self._screen, self.pane)
        splitter = self._screen.splitter
        self._screen.show_beside(self.pane)
        splitter.setStretchFactor(0, SHARES[0])
        splitter.setStretchFactor(1, SHARES[1])
        splitter.setSizes(self._kept_sizes())
        splitter.splitterMoved.connect(self._moved.start)

    def _kept_sizes(self) -> list[int]:
        home = getattr(self._desk.context.store, "home", None)
        kept = Preferences.load(home).works.split() if home is not None else []
        if len(kept) == len(SHARES) and all(one.isdecimal() and int(one) for one in kept):
            return [int(one) for one in kept]
        return [self._screen.splitter.width() * share // sum(SHARES) for share in SHARES]

    def _keep_sizes(self) -> None:
        home = getattr(self._desk.context.store, "home", None)
        sizes = self._screen.splitter.sizes()
        if home is not None and all(sizes):
            Preferences.load(home).keep(works=" ".join(map(str, sizes)))

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if self._followed is None or not (shows(KINDS, kinds) or "*" in kinds):
            return
        if "work.handed_in" in kinds or "*" in kinds:
            self.shown = None  # another file may look the same from outside
        self._ask()
