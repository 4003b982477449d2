"""Questions about a panel's people: sheets set aside, an examiner who joins, a new panel, one who is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QPlainTextEdit, QWidget

from core.arrangement.replacement import add_examiner
from core.results.reopening import order_new_panel, set_aside
from core.scoring.replacing import replace_examiner
from core.scoring.set_aside import LONGEST_REASON
from core.words import say
from ui import ops
from ui.dialogs.sheet import Sheet
from ui.pages.panel_changes_data import CandidatePanel, Leaving, Named, PanelStaff
from ui.widgets.basics import label
from ui.widgets.combo import Combo
from ui.widgets.form import Form

WIDTH = 520


class _PeopleDialog(Sheet):
    """A form with people to choose from; `done()` when it is written."""

    def __init__(self, host: Any, title: str, words: str, done: Callable[[], None]) -> None:
        super().__init__(host, host.context, title, words, width=WIDTH)
        self._host = host
        self._done = done
        self.form = Form(2)

    def choice(self, text: str, people: Iterable[Named] = (), *, leader: int = 0) -> QComboBox:
        """A list of people; the leader is marked as such."""
        made = self.form.add(text, Combo(), required=True)
        fill(made, people, leader)
        return made

    def ask_reason(self, hint: str) -> QPlainTextEdit:
        """A field for why."""
        made = self.form.add(say("ui.reason"), QPlainTextEdit(), hint=hint, required=True, span=0)
        made.setTabChangesFocus(True)
        made.setFixedHeight(56)
        return made

    def reason_given(self, field: QPlainTextEdit) -> str:
        """What was written, or "" with a complaint under the field."""
        self.form.accept_all()
        self.strip.clear()
        reason = field.toPlainText().strip()
        if not reason:
            self.form.complain(field, say("ui.reason.missing"))
        return reason[:LONGEST_REASON]

    def finish(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """It is written: say so, and what comes next, and close."""
        self._host.context.shell.notify(sentence, action, act)
        self.accept()
        self._done()


class SetAsideDialog(_PeopleDialog):
    """Sets an examiner's sheets of one candidate aside; two people answer for it."""

    def __init__(self, host: Any, found: CandidatePanel, done: Callable[[], None]) -> None:
        super().__init__(host, say("fair.aside.title", number=found.number), say("fair.aside.words"), done)
        self._found = found
        self.examiner = self.choice(say("fair.examiner"), found.marking, leader=found.leader)
        self.leader = self.choice(say("fair.leader"))
        self.reason = self.ask_reason(say("set_aside.reason_needed"))
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say("fair.aside.do"), self._on_confirm, "danger")
        self.examiner.currentIndexChanged.connect(self._on_examiner)
        self._on_examiner()
        self.examiner.setFocus()

    def _on_examiner(self) -> None:
        chosen = self.examiner.currentData()
        leads = chosen == self._found.leader
        fill(self.leader, [one for one in self._found.marking if one.id != chosen] if leads else ())
        _show_field(self.leader, leads)
        self.adjustSize()

    def _on_confirm(self) -> None:
        reason = self.reason_given(self.reason)
        if reason:
            found = self._found
            given = (found.application, found.component, self.examiner.currentData(), reason)
            writing = ops.write(self, set_aside, *given, leader=self.leader.currentData()).busy(self.confirm)
            writing.on_done(lambda _ids: self.finish(say("fair.aside.done", number=found.number)))
            writing.two_people(say("fair.aside.two", number=found.number)).start()


class AddExaminerDialog(_PeopleDialog):
    """Lets another examiner mark one candidate, whose panel is short of one."""

    def __init__(self, host: Any, found: CandidatePanel, done: Callable[[], None]) -> None:
        super().__init__(host, say("fair.add.title", number=found.number), say("fair.add.words"), done)
        self._found = found
        for name, reason in found.aside:
            self.body.addWidget(label(say("fair.aside.line", name=name, reason=reason), "small", wrap=True))
        self.examiner = self.choice(say("fair.examiner"), found.possible)
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say("fair.add.do"), self._on_confirm)
        if not found.possible:
            self.strip.say(say("fair.add.nobody"), "attention", "", say("fair.new.button"), self._on_new_panel)
            self.confirm.setEnabled(False)
        self.examiner.setFocus()

    def _on_new_panel(self) -> None:
        self.reject()
        NewPanelDialog(self._host, self._found, self._done).open()

    def _on_confirm(self) -> None:
        found = self._found
        writing = ops.write(self, add_examiner, found.application, found.component, self.examiner.currentData())
        writing.on_done(lambda _none: self.finish(say("fair.add.done", number=found.number)))
        writing.busy(self.confirm).start()


class NewPanelDialog(_PeopleDialog):
    """Orders a new panel for one candidate; two people answer for it."""

    def __init__(self, host: Any, found: CandidatePanel, done: Callable[[], None]) -> None:
        super().__init__(host, say("fair.new.title", number=found.number), say("fair.new.words"), done)
        self._found = found
        self.reason = self.ask_reason(say("fair.new.reason"))
        self.body.addWidget(self.form)
        self.confirm = self.add_buttons(say("fair.new.do"), self._on_confirm, "danger")
        self.reason.setFocus()

    def _on_confirm(self) -> None:
        reason = self.reason_given(self.reason)
        if reason:
            found = self._found
            writing = ops.write(self, order_new_panel, found.application, found.component, reason).busy(self.confirm)
            writing.on_done(lambda _none: self._on_ordered())
            writing.two_people(say("fair.new.two", number=found.number)).start()

    def _on_ordered(self) -> None:
        to_arrangement = partial(self._host.context.shell.open_page, "arrangement")
        self.finish(say("fair.new.done", number=self._found.number), say("fair.new.go"), to_arrangement)


class ReplaceDialog(_PeopleDialog):
    """Replaces an examiner from the next candidate on."""

    def __init__(self, host: Any, found: PanelStaff, done: Callable[[], None]) -> None:
        super().__init__(host, say("fair.replace.title", no=found.panel.no), say("fair.replace.words"), done)
        self._found = found
        self.leaving = self.choice(
            say("fair.replace.leaving"), [one.who for one in found.leaving], leader=found.panel.leader
        )
        self.coming = self.choice(say("fair.replace.coming"))
        self.leader = self.choice(say("fair.leader"))
        self.reason = self.ask_reason("")
        self.body.addWidget(self.form)
        self.begun = QCheckBox()
        self.begun_words = label(say("fair.replace.begun.words"), "small", wrap=True)
        self.body.addWidget(self.begun)
        self.body.addWidget(self.begun_words)
        self.begun.toggled.connect(lambda _on: self._check())
        self.confirm = self.add_buttons(say("fair.replace.do"), self._on_confirm)
        self.leaving.currentIndexChanged.connect(self._on_leaving)
        self._on_leaving()
        self.leaving.setFocus()

    @property
    def _chosen(self) -> Leaving | None:
        return next((one for one in self._found.leaving if one.who.id == self.leaving.currentData()), None)

    def _on_leaving(self) -> None:
        chosen = self._chosen
        fill(self.coming, chosen.possible if chosen else ())
        fill(self.leader, chosen.leaders if chosen else ())
        _show_field(self.leader, bool(chosen and chosen.leaders))
        begun = chosen.begun if chosen else ()
        self.begun.setText(say("fair.replace.begun", numbers="、".join(begun)))
        self.begun.setChecked(bool(begun))
        self.begun.setVisible(bool(begun))
        self.begun_words.setVisible(bool(begun))
        self._check()
        self.adjustSize()

    def _check(self) -> None:
        chosen = self._chosen
        possible = chosen is not None and bool(chosen.possible) and bool(chosen.candidates or self.begun.isChecked())
        self.confirm.setEnabled(possible)
        if possible:
            self.strip.clear()
        else:
            nobody = chosen is not None and not chosen.possible
            self.strip.say(say("fair.replace.nobody" if nobody else "replacement.nobody_left"), "attention")

    def _on_confirm(self) -> None:
        reason = self.reason_given(self.reason)
        if reason:
            given = (self._found.panel.id, self.leaving.currentData(), self.coming.currentData(), reason)
            writing = ops.write(self, replace_examiner, *given, leader=self.leader.currentData()).busy(self.confirm)
            writing.on_done(lambda taken: self.finish(say("fair.replace.done", count=len(taken))))
            chosen = self._chosen
            if chosen is not None and self.begun.isChecked():
                writing.two_people(say("fair.replace.two", numbers="、".join(chosen.begun)))
            writing.start()


def fill(made: QComboBox, people: Iterable[Named], leader: int = 0) -> None:
    """Put people into a list."""
    made.clear()
    for one in people:
        made.addItem(f"{one.name} · {say('desk.panel.leader')}" if one.id == leader else one.name, one.id)


def _show_field(field: QWidget, shown: bool) -> None:
    """A field with the label above it."""
    field.parentWidget().setVisible(shown)
