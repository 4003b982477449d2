"""An examiner's whole window: their candidates, the marking screen, and after unsealing what the panel gave.

Every change is kept at once; leaving, locking and closing lose nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.errors import AppError
from core.scoring.sheets import Moment
from core.words import say
from ui import ops
from ui.context import Context, shows
from ui.pages import marking_binding as binding
from ui.pages import marking_data as data
from ui.pages.marking import MarkingScreen
from ui.pages.marking_count import Counting
from ui.pages.marking_day import DayCard
from ui.pages.marking_hands import Hands
from ui.pages.marking_list import CandidateList
from ui.pages.marking_panel import PanelView
from ui.pages.marking_saver import Saver
from ui.pages.marking_sign import ask_to_sign, has_own_pin
from ui.pages.marking_watch import Watches
from ui.pages.marking_works import Works
from ui.pages.studio_clock import clock_view
from ui.widgets.basics import shortcut

DAY = frozenset({"run", "card"})
RELOADS = frozenset({"sheet", "panel", "deliberation", "veto", "plan", "place", "attendance", "batch", "work", "run"})


class MarkingDesk(QWidget):
    """A host of operations. It shows one of three: the list, the marking screen, the panel's sheets side by side."""

    title_code: ClassVar[str] = "ui.page.marking"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._examiner: int = context.session.actors.first.id
        self._desk = data.Desk()
        self._work: data.Work | None = None
        self._current = ""
        self._stale = True
        self._watched: QObject | None = None
        self._watches = Watches()
        person = f"{say('role.examiner')} {context.session.name}"
        self.list = CandidateList(context, person)
        self.screen = MarkingScreen(person)
        self.panel = PanelView(context)
        self.saver = Saver(context, self)
        self.hands = Hands(self)
        self.day_card, self.counting = DayCard(self), Counting(self)
        self.works = Works(self, person)
        self._stack = QStackedWidget()
        for shown in (self.list, self.screen, self.works.across.screen, self.panel):
            self._stack.addWidget(shown)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(say(self.title_code))
        self._connect()

    # What the window asks

    def mark_stale(self) -> None:
        """Something that it shows has changed."""
        self._stale = True
        if self.isVisible():
            self._refresh()

    def open_with(self, **arguments: Any) -> None:
        """Opened for one candidate."""
        if "application" in arguments:
            self.open_candidate(arguments["application"], arguments.get("component", "skill"))

    def close_something(self) -> bool:
        """Esc: a strip, a field, then back to the list."""
        if self._stack.currentWidget() is self.list:
            self.list.strip.clear()
            return False
        screen = self._stack.currentWidget()
        if isinstance(screen, MarkingScreen):
            busy = not screen.strip.isHidden() or self.focusWidget() not in (*screen.sheet.rows, self, None)
            if busy and screen.in_hand is not None:
                return screen.close_something()
        self.show_list()
        return True

    def setFocus(self, *_: Any) -> None:
        """The focus belongs to what stands in it."""
        screen = self._stack.currentWidget()
        if isinstance(screen, MarkingScreen):
            screen.sheet.focus_in_hand()
        else:
            self.list.focus_list()

    def show_refusal(self, error: AppError) -> None:
        """Say it where the hand is."""
        shown: Any = self._stack.currentWidget()
        shown.show_refusal(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far something is."""
        screen = self._stack.currentWidget()
        if isinstance(screen, MarkingScreen):
            screen.show_progress(text, done, total, cancel)
        else:
            self.list.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.screen.hide_progress()
        self.works.across.screen.hide_progress()
        self.list.progress_strip.hide()

    # From one to the other

    def show_list(self) -> None:
        """Back to the candidates."""
        self.saver.flush()
        self._stack.setCurrentWidget(self.list)
        self.works.leave()
        row = self._row
        self._refresh()
        self.list.focus_list(row.id if row else None)

    def open_candidate(self, application: int, component: str, exercise: str = "") -> None:
        """Open the own sheets of a candidate, once what was marked before is on the disk."""
        batch = self.context.batch
        if batch is None:
            return
        reading = ops.read(self, data.work, self._examiner, batch, application, component, exercise)
        reading.on_done(lambda work: self._take(work, exercise)).latest("sheet")
        # A sheet read before its last change is written would show, and then keep, what it was before.
        self.saver.when_clean(reading.start, lambda: None)

    def open_panel(self, row: data.DeskRow) -> None:
        """Show what an unsealed panel gave."""
        self.saver.flush()
        self.panel.open(row.application, row.component, row.number, row.leads)
        self._stack.setCurrentWidget(self.panel)
        self.panel.setFocus()

    def _refresh(self) -> None:
        self._stale = False
        batch = self.context.batch
        if batch is None:
            self.list.show_desk(data.Desk())
            return
        ops.read(self, data.desk, self._examiner, batch).on_done(self._show_desk).latest("desk").start()

    def _show_desk(self, desk: data.Desk) -> None:
        first = not self._desk.rows
        self._desk = desk
        self.list.show_desk(desk)
        if self._stack.currentWidget() is self.list and first and self.isVisible():
            self.list.focus_list()
        if self._work is not None and self._stack.currentWidget() is self.screen:
            if self._work.shows_blind(desk.blind):  # the first work was handed in just now
                self.show_list()
            else:
                self._show_sheet()

    def _take(self, work: data.Work, exercise: str) -> None:
        self._work = work
        self.hands.take(work)
        open_ones = [one.id for one in work.exercises if one.id not in work.signed]
        first = next(iter(open_ones), work.exercises[0].id)
        self._current = exercise if exercise in self.hands.drafts else first
        self._names = binding.Names.of(self._desk.standard, self._desk.level)
        self._stack.setCurrentWidget(self.screen)
        self.screen.strip.clear()
        self._show_sheet()
        self.screen.sheet.focus_in_hand()

    def _show_sheet(self) -> None:
        if self._work is None:
            return
        found = self._work.day[self._current]
        minutes = self.exercise(self._current).minutes
        if found.begun:
            clock = clock_view(found.clock)
        else:
            clock = self._watches.view(self._work.application, self._current, minutes)
        view = binding.sheet_view(self._work, self.hands.drafts, self._current, self._names, self._desk, clock)
        self.screen.show_sheet(view)
        self.day_card.follow(self._work.application, self.exercise(self._current))
        self.counting.follow(self._work, self.exercise(self._current))
        row = self._row
        rows = self._desk.beside(row) if row is not None else []
        self.works.follow(self._work, self.exercise(self._current), rows, self._names)

    # What the exam day's card asks

    @property
    def number(self) -> str:
        """The candidate in hand."""
        return self._work.number if self._work is not None else ""

    @property
    def work(self) -> data.Work | None:
        """The sheets in hand."""
        return self._work

    @property
    def current(self) -> str:
        """The exercise in view."""
        return self._current

    def may_mark(self, exercise: str) -> bool:
        """Whether the sheet of this exercise is still being written."""
        return self.hands.may_mark(exercise)

    def moments_of(self, exercise: str) -> list[Moment]:
        """The own moments of a sheet in hand."""
        return self.hands.moments_of(exercise)

    def keep_moment(self, exercise: str, second: int) -> None:
        """A moment that was found on a recording."""
        if self.may_mark(exercise):
            self.hands.add_moment(exercise, second, "")

    # What hands do

    def _connect(self) -> None:
        self.list.opened.connect(lambda row: self.open_candidate(*row.id))
        self.list.compared.connect(self.open_panel)
        self.panel.left.connect(self.show_list)
        self.panel.own_wanted.connect(lambda application, component: self.open_candidate(application, component))
        screen = self.screen
        screen.left.connect(self.show_list)
        self.hands.moved.connect(self._show_sheet)
        self.hands.refused.connect(self._on_refused)
        screen.exercise_chosen.connect(self._on_exercise)
        screen.candidate_chosen.connect(self._on_candidate)
        screen.sign_requested.connect(self._on_sign)
        self.context.changed.connect(self._on_changed)
        self.context.batch_changed.connect(self._on_batch)
        shortcut("PgDown", screen, lambda: self._step(1))
        shortcut("PgUp", screen, lambda: self._step(-1))
        shortcut("F3", screen, self._on_watch)

    def _on_refused(self) -> None:
        self._stale = True

    def _on_watch(self) -> None:
        if self._work is not None and not self._work.day[self._current].begun:
            self._watches.toggle(self._work.application, self._current)
            self._show_sheet()

    def _on_exercise(self, exercise: str) -> None:
        self._current = exercise
        self._show_sheet()
        self.screen.sheet.focus_in_hand()

    def _on_candidate(self, application: int) -> None:
        if self._work is not None:
            self.open_candidate(application, *self._work.row_id[1:])

    def _step(self, by: int) -> None:
        """To the candidate before or after, in the exercise in view."""
        row = self._row
        if row is None:
            return
        rows = self._desk.beside(row)
        at = rows.index(row) + by
        if 0 <= at < len(rows):
            self.open_candidate(rows[at].application, row.component, self._current)

    def show_screen(self, screen: MarkingScreen) -> None:
        """Show one of the marking screens."""
        self._stack.setCurrentWidget(screen)

    def _on_sign(self) -> None:
        if self._work is None:
            return
        if has_own_pin(self.context, self.screen):
            ask_to_sign(self, self._work, self.hands.drafts, self._current, self._on_signed)

    def _on_signed(self, signed: tuple[str, ...]) -> None:
        work, row = self._work, self._row
        if work is None:
            return
        self.saver.forget(work.application, signed)
        self._work = work = replace(work, signed=work.signed | set(signed))
        self.context.shell.notify(binding.signed_text(work, signed))
        rest = [one.id for one in work.exercises if one.id not in work.signed]
        if rest:
            self._on_exercise(rest[0])
            return
        following = self._desk.next_open(row)
        if following is not None and following.id != work.row_id:
            self.open_candidate(*following.id)
        else:
            self.show_list()

    def _read_day(self) -> None:
        if self._work is not None:
            reading = ops.read(self, data.day, self._work.application, self._work.exercises)
            reading.on_done(self._take_day).latest("day").start()

    def _take_day(self, day: dict[str, data.Day]) -> None:
        if self._work is not None and day.keys() == self._work.day.keys():
            self._work = replace(self._work, day=day)
            self._show_sheet()

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if shows(DAY, kinds):
            self._read_day()
        if shows(RELOADS, kinds) or (shows(frozenset({"draft"}), kinds) and self._stack.currentWidget() is self.list):
            self.mark_stale()

    def _on_batch(self, _batch: int | None) -> None:
        self.saver.flush()
        self._work = None
        self._desk = data.Desk()
        self._stack.setCurrentWidget(self.list)
        self.mark_stale()

    @property
    def _row(self) -> data.DeskRow | None:
        work = self._work
        return None if work is None else self._desk.row(*work.row_id)

    def exercise(self, key: str) -> Any:
        """One of the exercises in hand."""
        assert self._work is not None
        return next(one for one in self._work.exercises if one.id == key)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched is not self.window():
            self._watched = self.window()
            self._watched.installEventFilter(self)
        if self._stale:
            self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self.saver.flush()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close and watched is self._watched:
            self.saver.flush()
        return super().eventFilter(watched, event)
