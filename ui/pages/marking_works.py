"""Works 作品 on an examiner's desk: the file beside the items, and one item across all works."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.standards.plans import Exercise
from core.words import say
from ui.pages import marking_data as data
from ui.pages.marking_across import Across
from ui.pages.marking_beside import Beside
from ui.pages.marking_binding import Names
from ui.widgets.basics import shortcut


class Works:
    """What the desk has to do with works that are marked by blind number."""

    def __init__(self, desk: Any, person: str) -> None:
        self._desk = desk
        self._work: data.Work | None = None
        self._rows: list[data.DeskRow] = []
        self._names = Names({})
        self.beside = Beside(desk, desk.screen)
        self.across = Across(desk, person, self._on_left)
        shortcut("F8", desk.screen, self.beside.read_card)
        shortcut("Ctrl+I", desk.screen, self._open_across)

    def follow(self, work: data.Work, exercise: Exercise, rows: list[data.DeskRow], names: Names) -> None:
        """The sheet in view is this one's; `rows` are the works around it."""
        self._work, self._rows, self._names = work, rows, names
        self._desk.screen.show_status(say("works.keys" if work.work else "exam.desk.more_keys"))
        if work.work:
            self.beside.follow(work.application, exercise, work.number)
        else:
            self.beside.leave()

    def leave(self) -> None:
        """No sheet is in view any more."""
        self.beside.leave()
        self.across.beside.leave()

    def _open_across(self) -> None:
        """Ctrl+I: this item, across all works."""
        work, held = self._work, self._desk.screen.in_hand
        if work is not None and work.work and self._rows:
            item = held.item.key if held is not None else ""
            opening = partial(self.across.open, work, self._rows, self._names, item)
            self._desk.saver.when_clean(opening, lambda: None)
        elif work is not None:
            self._desk.screen.strip.say(say("works.across.none"), "plain")

    def _on_left(self, application: int) -> None:
        work = self._work
        if work is not None:
            exercise = work.exercises[0].id
            back = partial(self._desk.open_candidate, application or work.application, work.component.id, exercise)
            self._desk.saver.when_clean(back, lambda: None)
