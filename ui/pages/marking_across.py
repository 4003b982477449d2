"""One item across all works of an exercise: the same eye for everybody, then the next item.

The rows are the works by blind number; what is marked goes to each work's own sheet, kept like any other mark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from core.scoring.queries import OwnSheet
from core.scoring.sheets import Draft
from core.standards.plans import Exercise
from core.words import say
from ui import ops
from ui.context import shows
from ui.marking.views import CandidateChoice, ExerciseView, ItemView, Mark, SheetView
from ui.pages import marking_binding as binding
from ui.pages import marking_data as data
from ui.pages.marking import MarkingScreen
from ui.pages.marking_beside import Beside
from ui.pages.marking_sign import ask_to_sign_works, has_own_pin
from ui.widgets.basics import shortcut


class Across:
    """A marking screen of its own, shown in the desk's place of the sheet. Ctrl+I goes back to the one work in hand."""

    def __init__(self, desk: Any, person: str, back: Callable[[int], None]) -> None:
        self._desk = desk
        self._back = back
        self._work: data.Work | None = None
        self._names = binding.Names({})
        self._sheets: tuple[OwnSheet, ...] = ()
        self._drafts: dict[int, Draft] = {}
        self._signed: set[int] = set()
        self._handles: tuple[int, ...] = ()
        self._item, self._held = "", ""
        self.screen = MarkingScreen(person)
        self.screen.show_status(say("works.across.keys"))
        self.beside = Beside(desk, self.screen)
        screen = self.screen
        screen.mark_changed.connect(self._on_mark)
        screen.remark_changed.connect(self._on_remark)
        screen.exercise_chosen.connect(self._choose)
        screen.candidate_chosen.connect(lambda at: self._choose(self._exercise.items[at].key))
        screen.sign_requested.connect(self._on_sign)
        screen.left.connect(desk.show_list)
        screen.sheet.taken.connect(self._on_taken)
        desk.context.changed.connect(self._on_changed)
        desk.saver.saved.connect(lambda at: screen.show_saved(say("exam.desk.saved", time=binding.time_text(at))))
        desk.saver.failed.connect(lambda _: screen.show_saved(say("exam.desk.trying_again"), "danger"))
        shortcut("PgDown", screen, partial(self._step, 1))
        shortcut("PgUp", screen, partial(self._step, -1))
        shortcut("Ctrl+I", screen, self.leave)
        shortcut("F9", screen, self.beside.open_large)
        shortcut("F8", screen, self.beside.read_card)

    def open(self, work: data.Work, rows: list[data.DeskRow], names: binding.Names, item: str) -> None:
        """Show an item of an exercise across these works, once what was marked before is on the disk."""
        self._work, self._names, self._item = work, names, item
        self._handles = tuple(row.application for row in rows)
        self._held = str(work.application)
        self._read()

    def leave(self) -> None:
        """Back to the sheet of the work in hand."""
        held = self.screen.in_hand
        self._back(int(held.item.key) if held is not None else 0)

    def _read(self) -> None:
        if self._work is not None:
            examiner = self._desk.context.session.actors.first.id
            exercise = self._work.exercises[0].id
            reading = ops.read(self._desk, data.sheets_across, examiner, self._handles, exercise)
            reading.on_done(self._take).latest("sheet").start()

    def _take(self, sheets: tuple[OwnSheet, ...]) -> None:
        self._sheets = sheets
        self._drafts = {sheet.application: sheet.draft for sheet in sheets}
        self._signed = {sheet.application for sheet in sheets if sheet.signed}
        self.screen.strip.clear()
        wanted = self._held  # showing the rows takes one in hand
        self._show()
        self._desk.show_screen(self.screen)
        held = next((row for row in self.screen.sheet.rows if row.item.key == wanted), None)
        if held is not None:
            self.screen.sheet.take(held)
        self.screen.sheet.focus_in_hand()

    @property
    def _exercise(self) -> Exercise:
        return self._sheets[0].exercise

    def _show(self) -> None:
        items = self._exercise.items
        found = {sheet.application: self._view_of(sheet) for sheet in self._sheets}
        views = tuple(self._item_across(at, found) for at in range(len(items)))
        at = next((at for at, one in enumerate(items) if one.key == self._item), 0)
        self._item = items[at].key
        name = binding.exercise_name(self._exercise)
        place = say("works.across.place", exercise=name, at=at + 1, of=len(items), works=len(self._sheets))
        self.screen.show_sheet(
            SheetView(
                self._exercise.id,
                place,
                views,
                self._item,
                candidates=tuple(self._choice(number, view) for number, view in enumerate(views)),
                signed=say("works.across.signed") if len(self._signed) == len(self._sheets) else "",
                called=say("works.across.item", code=binding.code_of(items[at]), at=at + 1, of=len(items)),
                tabs=False,
            )
        )

    def _view_of(self, sheet: OwnSheet) -> ExerciseView:
        readings = self._work.readings if self._work is not None else binding.NO_READINGS
        return binding.exercise_view(sheet.exercise, self._drafts[sheet.application], self._names, readings=readings)

    def _item_across(self, at: int, found: dict[int, ExerciseView]) -> ExerciseView:
        item = self._exercise.items[at]
        group = f"{binding.code_of(item)}  {item.label}"
        return ExerciseView(
            item.key, group, tuple(self._row(one, found[one.application].items[at], group) for one in self._sheets)
        )

    def _row(self, sheet: OwnSheet, view: ItemView, group: str) -> ItemView:
        words = ""
        if sheet.application in self._signed:
            words = binding.state_text("signed")
        elif sheet.work == "missing":
            words = say("works.missing.short")
        elif view.key in sheet.shared:
            words = say("objective.shared")
        locked = sheet.application in self._signed or view.key in sheet.shared
        return replace(
            view, key=str(sheet.application), code=sheet.number, label=words, group=group, writable=not locked
        )

    def _choice(self, at: int, view: ExerciseView) -> CandidateChoice:
        done = sum(item.mark.given for item in view.items)
        return CandidateChoice(at, view.title, f"{done} / {len(view.items)}", done == len(view.items))

    # What hands do

    def _on_mark(self, item: str, handle: str, mark: Mark) -> None:
        self._keep(int(handle), binding.with_mark(self._exercise, self._drafts[int(handle)], item, mark))
        if mark.count is not None:
            self._show()  # only the plan knows what a count is worth

    def _on_remark(self, item: str, handle: str, words: str) -> None:
        self._keep(int(handle), binding.with_remark(self._exercise, self._drafts[int(handle)], item, words))

    def _keep(self, application: int, draft: Draft) -> None:
        if application not in self._signed:
            self._drafts[application] = draft
            self._desk.saver.keep(application, self._exercise.id, draft)

    def _choose(self, item: str) -> None:
        held = self.screen.in_hand
        self._item = item
        self._show()
        rows = self.screen.sheet.rows
        first = next((row for row in rows if not row.mark.given), None)
        same = next((row for row in rows if held is not None and row.item.key == held.item.key), None)
        wanted = first or same
        if wanted is not None:
            self.screen.sheet.take(wanted)

    def _step(self, by: int) -> None:
        keys = [one.key for one in self._exercise.items]
        at = keys.index(self._item) + by
        if 0 <= at < len(keys):
            self._choose(keys[at])

    def _on_taken(self, handle: str) -> None:
        sheet = next((one for one in self._sheets if str(one.application) == handle), None)
        if sheet is not None:
            self._held = handle
            self.beside.follow(sheet.application, sheet.exercise, sheet.number, at_once=False)

    def _on_changed(self, kinds: frozenset[str]) -> None:
        """What the panel counts together stands on these sheets too."""
        if shows(frozenset({"objective"}), kinds) and self.screen.isVisible():
            self._desk.saver.when_clean(self._read, lambda: None)

    def _on_sign(self) -> None:
        drafts = {one: draft for one, draft in self._drafts.items() if one not in self._signed}
        if has_own_pin(self._desk.context, self.screen):
            ask_to_sign_works(self._desk, self._exercise, drafts, self.screen, self._on_signed)

    def _on_signed(self, signed: tuple[int, ...]) -> None:
        for one in signed:
            self._desk.saver.forget(one, (self._exercise.id,))
        self._signed |= set(signed)
        self._show()
        self._desk.context.shell.notify(say("works.signed", count=len(signed)))
        self._desk.show_list()
