"""共同计数: one examiner counts an objective item, another writes it, and it stands on every sheet of their panel."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QLineEdit

from core.people.pins import sign_in
from core.scoring.objective import check_colleague, write_objective
from core.standards.plans import Exercise, Item
from core.store import Actors
from core.words import say
from ui import ops
from ui.context import shows
from ui.dialogs.sheet import Sheet
from ui.marking.item_row import COUNT_LIMIT
from ui.pages.marking_binding import called, unit_of
from ui.pages.marking_data import Work
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit

KINDS = frozenset({"objective"})


class Counting:
    """Of the marking desk: asks for the count, and shows what the panel counted meanwhile."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        self._work: Work | None = None
        self._exercise: Exercise | None = None
        desk.screen.sheet.count_wanted.connect(self.open)
        desk.context.changed.connect(self._on_changed)

    def follow(self, work: Work, exercise: Exercise) -> None:
        """The sheet in view is this one's."""
        self._work, self._exercise = work, exercise

    def open(self, key: str) -> None:
        """Ask for the count of an item of the sheet in view."""
        work, exercise = self._work, self._exercise
        if work is None or exercise is None or exercise.id in work.signed:
            return
        item = next((one for one in exercise.items if one.key == key), None)
        if item is not None and item.scale.kind == "objective":
            CountDialog(self._desk, work, exercise, item).open()

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if not shows(KINDS, kinds):
            return
        work, exercise, desk = self._work, self._exercise, self._desk
        if work is not None and exercise is not None and desk.screen.isVisible():
            again = partial(desk.open_candidate, work.application, work.component.id, exercise.id)
            desk.saver.when_clean(again, lambda: None)  # or what was typed just now would be read as it was before
        else:
            desk.mark_stale()


class CountDialog(Sheet):
    """The figure, and account and PIN of who counted. Who is signed in writes it."""

    def __init__(self, desk: Any, work: Work, exercise: Exercise, item: Item) -> None:
        words = say("objective.words", who=called(work), person=desk.context.session.name)
        super().__init__(desk, desk.context, say("objective.title", label=item.label), words, width=480)
        self._place = (work.application, exercise.id, item.key)
        self._label = item.label
        self._form = Form()
        self.value = self._form.add(say("objective.value", unit=unit_of(item)), QLineEdit(), required=True)
        self.value.setValidator(QIntValidator(0, COUNT_LIMIT, self))
        counted = work.shared.get(exercise.id, {}).get(item.key)
        if counted is not None:
            self.value.setText(str(counted.value))
            self.value.selectAll()
        self.account = self._form.add(say("objective.counter"), QLineEdit(), required=True)
        self.pin = self._form.add(say("ui.pin"), PinEdit())
        self.body.addWidget(self._form)
        self.confirm = self.add_buttons(say("objective.do"), self._on_confirm)
        self.value.setFocus()

    def _on_confirm(self) -> None:
        self._form.accept_all()
        account = self.account.text().strip()
        if not self.value.hasAcceptableInput():
            self._form.complain(self.value, say("objective.value.missing"))
        elif not account:
            self._form.complain(self.account, say("objective.counter.missing"))
        elif not self.pin.text():
            self.pin.setFocus()
        else:
            self.strip.clear()
            checking = ops.work(self, self._pair, account, self.pin.take())
            checking.on_done(self._write).on_ended(self.pin.setFocus).describe(say("ui.checking"))
            checking.busy(self.confirm).start()

    def _pair(self, account: str, pin: str) -> Actors:
        """Sign the colleague in beside who writes, for this act alone. On a worker."""
        context: Any = self.context
        actors = Actors(context.session.actors.first, sign_in(context.store, account, pin))
        check_colleague(actors)
        return actors

    def _write(self, actors: Actors) -> None:
        value = int(self.value.text())
        writing = ops.write(self, write_objective, *self._place, value).acting(actors)
        writing.on_done(lambda _: self._on_written(value)).busy(self.confirm).start()

    def _on_written(self, value: int) -> None:
        context: Any = self.context
        context.shell.notify(say("objective.done", label=self._label, value=value))
        self.accept()
