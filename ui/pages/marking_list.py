"""Where an examiner begins: their own candidates by number, how far each sheet is, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QVBoxLayout, QWidget

from core.errors import AppError
from core.scoring.paper_queries import PaperLine, papers_of
from core.words import say
from ui import ops
from ui.context import Context
from ui.models.paged import Column, Tone
from ui.pages.calibration_data import to_do
from ui.pages.marking_binding import exercise_name, state_text
from ui.pages.marking_data import Desk, DeskRow
from ui.widgets.basics import button, column, holder, icon_button, icon_label, label, restyle, row, shortcut
from ui.widgets.batch_chooser import BatchChooser
from ui.widgets.card import Card, Figure
from ui.widgets.empty import EmptyState
from ui.widgets.strip import ProgressStrip, Strip
from ui.widgets.table import DataTable

BAR_HEIGHT = 56
LOW = 600
"""Below this height the list needs all there is: 1366 × 768 at 150 % is 512 high."""

TONES: dict[str, Tone] = {
    "untouched": "muted",
    "begun": "accent",
    "complete": "attention",
    "signed": "good",
    "paper": "accent",
    "absent": "plain",
    "misconduct": "plain",
    "deferred": "plain",
}
"""`complete` asks for something: it is not signed yet."""

ICON = "marking"


class CandidateList(QWidget):
    """`opened(row)`: mark this candidate; `compared(row)`: see what the panel gave, where it is unsealed."""

    opened = Signal(object)
    compared = Signal(object)

    def __init__(self, context: Context, person: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._desk = Desk()
        self._columns: tuple[str, ...] = ()
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self.sheets = Figure(say("exam.desk.sheets"))
        self.candidates = Figure(say("exam.desk.candidates"))
        self.deliberations = Figure(say("exam.desk.deliberations"))
        self.empty = EmptyState()
        self._card = Card()
        self.table = self._make_table(())
        self._stack = QStackedWidget()
        self._stack.addWidget(self._content())
        self._stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._top())
        self._middle = column(self.strip, self.progress_strip, spacing=12)
        self._middle.addWidget(self._stack, 1)
        self._middle.setContentsMargins(24, 16, 24, 16)
        outer.addLayout(self._middle, 1)
        outer.addWidget(self._foot(person))
        for figure in (self.sheets, self.candidates):
            figure.clicked.connect(self.go_on)
        self.deliberations.clicked.connect(self._open_deliberation)

    def show_desk(self, desk: Desk) -> None:
        """Show an examiner's work; the line in hand stays."""
        self._desk = desk
        self._read_trials()
        if not desk.rows:
            self.empty.say(ICON, say("exam.desk.empty"), say("exam.desk.empty.words"))
            self._stack.setCurrentWidget(self.empty)
            self.next.hide()
            return
        self._stack.setCurrentIndex(0)
        names = (*(one.id for one in desk.exercises), *sorted(desk.blind))
        if names != self._columns:
            self._columns = names
            self._card.body.removeWidget(self.table)
            self.table.deleteLater()
            self.table = self._make_table(desk.exercises)
            self._card.body.addWidget(self.table, 1)
            self.table.show()  # at once, or it could not take the focus yet
        self.table.show_rows(desk.rows)
        done = sum(one.done for one in desk.candidates)
        waiting_note = say("works.waiting", count=desk.waiting) if desk.waiting else ""
        self.sheets.show_figure(desk.closed, desk.sheets, waiting_note)
        self.candidates.show_figure(done, len(desk.candidates))
        needed = [one for one in desk.rows if one.leads and one.outcome is not None and one.outcome.reasons]
        waiting = sum(one.to_deliberate for one in needed)
        self.deliberations.setVisible(any(one.leads for one in desk.rows))
        note = say("exam.desk.deliberations.note", count=waiting) if waiting else ""
        self.deliberations.show_figure(len(needed) - waiting, len(needed), note, "attention" if waiting else "")
        self._show_next()

    def focus_list(self, row_id: tuple[int, str, str] | None = None) -> None:
        """Set the focus on the table, on one candidate if named."""
        at = next((at for at, one in enumerate(self._desk.rows) if one.id == row_id), None)
        if at is None and not self.table.currentIndex().isValid():
            first = self._desk.next_open()
            at = self._desk.rows.index(first) if first else 0
        if at is not None and self._desk.rows:
            self.table.select_line(at)
        self.table.setFocus()

    def go_on(self) -> None:
        """Open what is to be marked next; with nothing left, what is to be deliberated."""
        row_ = self._desk.next_open()
        if row_ is not None:
            self.opened.emit(row_)
        else:
            self._open_deliberation()

    def show_refusal(self, error: AppError) -> None:
        """Say over the list why something was refused."""
        self.strip.show_error(error)

    def _open_deliberation(self) -> None:
        waiting = next((one for one in self._desk.rows if one.to_deliberate), None)
        if waiting is not None:
            self.compared.emit(waiting)

    def _open(self, found: DeskRow) -> None:
        (self.compared if found.unsealed else self.opened).emit(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._figures.setHidden(self.height() < LOW)

    def _show_next(self) -> None:
        begun = any(one.begun or one.done for one in self._desk.rows)
        if self._desk.next_open() is not None:
            text = say("exam.desk.go_on" if begun else "exam.desk.begin")
        elif any(one.to_deliberate for one in self._desk.rows):
            text = say("exam.desk.deliberate")
        else:
            text = ""
        self.next.setText(text)
        self.next.setVisible(bool(text))

    def _make_table(self, exercises: tuple[object, ...]) -> DataTable:
        def shown(key: str) -> Column:
            exercise = next(one for one in self._desk.exercises if one.id == key)
            return Column(
                exercise_name(exercise),
                lambda found: _state_text(found, key, self._desk),
                width=104,
                stretch=True,
                badge=lambda found: _state_tone(found, key),
            )

        columns = [Column(say("exam.number"), _number_text, width=136 if self._desk.blind else 96, strong=True)]
        columns += [shown(one.id) for one in exercises]  # type: ignore[attr-defined]
        columns += [
            Column(say("exam.desk.panel"), _panel_text, width=124, tone=lambda one: "" if one.unsealed else "muted"),
            Column(say("exam.deliberation"), _deliberation_text, width=128, badge=_deliberation_tone),
        ]
        made = DataTable(columns, lambda found: found.id)
        made.opened.connect(self._open)
        made.setAccessibleName(say("exam.desk.candidates"))
        return made

    def _read_trials(self) -> None:
        """Whether something of the trials before the day still waits for this examiner."""
        batch, person = self.context.batch, self.context.session.actors.first
        if batch is not None:
            ops.read(self, to_do, batch, person.id).on_done(self._show_trials).latest("trials").start()

    def _show_trials(self, count: int) -> None:
        if count:
            words, do = say("calibration.to_do", count=count), say("calibration.to_do.open")
            self.strip.say(words, "attention", action=do, act=lambda: self.context.shell.open_page("calibration"))
        else:
            self._read_papers()

    def _read_papers(self) -> None:
        """Whether a sheet that this examiner wrote on paper waits to be confirmed."""
        batch, person = self.context.batch, self.context.session.actors.first
        if batch is not None:
            ops.read(self, papers_of, person.id, batch).on_done(self._show_papers).latest("papers").start()

    def _show_papers(self, found: list[PaperLine]) -> None:
        count = sum(line.state == "agreed" for line in found)
        if count:
            words, do = say("entry.to_confirm", count=count), say("entry.to_confirm.open")
            self.strip.say(words, "attention", action=do, act=lambda: self.context.shell.open_page("entry"))

    def _content(self) -> QWidget:
        self._card.body.addWidget(self.table, 1)
        figures = row(spacing=16)
        for figure in (self.sheets, self.candidates, self.deliberations):
            figures.addWidget(figure, 1)
        self._figures = holder(figures)
        page = column(self._figures, spacing=16)
        page.addWidget(self._card, 1)
        return holder(page)

    def _top(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "topbar")
        bar.setFixedHeight(BAR_HEIGHT)
        title = label(say("ui.page.marking"), "card-title")
        self._subtitle = label("", "muted")
        self.context.batch_changed.connect(self._show_batch)
        self.context.batches_changed.connect(self._show_batch)
        shell = self.context.shell
        self._chooser = BatchChooser(self.context)
        trials = icon_button("flag", say("ui.page.calibration"), lambda: shell.open_page("calibration"))
        settings = icon_button("settings", say("ui.page.settings"), lambda: shell.open_page("settings"))
        line = row(icon_label("logo", "accent", 24), title, self._subtitle, None, self._chooser, spacing=10)
        papers = icon_button("edit", say("ui.page.entry"), lambda: shell.open_page("entry"))
        for made in (papers, trials, settings):
            line.addWidget(made)
        line.addWidget(icon_button("lock", f"{say('ui.lock')}  Ctrl+L", shell.lock))
        line.setContentsMargins(24, 0, 16, 0)
        bar.setLayout(line)
        self._show_batch()
        return bar

    def _show_batch(self, *_: object) -> None:
        choice = self.context.batch_choice
        self._subtitle.setText(choice.subtitle if choice else "")

    def _foot(self, person: str) -> QFrame:
        bar = QFrame()
        bar.setProperty("kind", "bar")
        bar.setFixedHeight(BAR_HEIGHT)
        self._hints: QLabel = label(say("exam.desk.keys"), "small")
        self.next = button("", self.go_on, "primary", tip="Ctrl+Enter")
        restyle(self.next, "touch", "true")
        shortcut("Ctrl+Return", self, self.go_on)
        who = row(icon_label("person", "muted", 16), label(person, "small"), spacing=4)
        line = row(who, self._hints, None, self.next, spacing=20)
        line.setContentsMargins(24, 0, 24, 0)
        bar.setLayout(line)
        self.next.hide()
        return bar


def _number_text(found: DeskRow) -> str:
    return say("works.number", number=found.number) if found.exercise else found.number


def _state_text(found: DeskRow, exercise: str, desk: Desk) -> str:
    state = found.states.get(exercise, "")
    if found.work == "missing" and state == "untouched":
        return say("works.missing.short")
    if state:
        return state_text(state)
    return say("works.by_number") if exercise in desk.blind and not found.exercise else ""


def _state_tone(found: DeskRow, exercise: str) -> Tone | None:
    state = found.states.get(exercise, "")
    if found.work == "missing" and state == "untouched":
        return "attention"
    return TONES.get(state, "plain") if state else None


def _panel_text(found: DeskRow) -> str:
    if found.unsealed:
        return say("exam.unsealed")
    return say("exam.signed_of", signed=found.signed, needed=found.needed)


def _deliberation_text(found: DeskRow) -> str:
    came = found.outcome
    if came is None or not came.reasons:
        return ""
    if came.decision is None:
        return say("exam.deliberation.open")
    return say(f"exam.decision.{came.decision}")


def _deliberation_tone(found: DeskRow) -> Tone:
    return "attention" if found.outcome is not None and found.outcome.open else "plain"
