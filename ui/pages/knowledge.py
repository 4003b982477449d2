"""职业知识: who sat the paper, who was away, what they scored; typed one after the other or taken in from a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from core.arrangement.commands import record_attendance
from core.arrangement.events import Attendance
from core.arrangement.queries import PlaceLine, absences, places
from core.batches.queries import plan_of
from core.people.permission import may
from core.people.roles import Role
from core.scoring.commands import score_knowledge
from core.scoring.knowledge import key_knowledge, set_double_entry
from core.scoring.knowledge_queries import KnowledgeEntry
from core.scoring.queries import knowledge_scores
from core.scoring.score_file import import_scores
from core.standards.plans import Component, KnowledgeRow
from core.standards.points import NotPoints, points_text, read_points
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ReasonDialog
from ui.models.paged import Column, Tone
from ui.pages import knowledge_double as double
from ui.pages.knowledge_import import ScoresDialog
from ui.pages.shelves import Shelves
from ui.pages.words import state_tone
from ui.widgets.basics import badge, button, column, holder, label, restyle, row
from ui.widgets.card import Card
from ui.widgets.form import Form
from ui.widgets.page import Page
from ui.widgets.table import DataTable
from ui.widgets.tabs import scrolled

PANE = 320
SHELVES = ("missing", "scored", "away", "all")
KNOWLEDGE = "knowledge"


@dataclass(frozen=True)
class ScoreLine:
    """A candidate with the points of the paper (hundredths), or why there are none."""

    place: PlaceLine
    points: int | None
    away: str
    entry: KnowledgeEntry | None = None
    """Where two people enter it: how far it is, with one's own entry."""

    @property
    def id(self) -> Id:
        """What tells one row from another."""
        return self.place.application

    @property
    def shelf(self) -> str:
        """On which part of the list it lies."""
        if self.entry is not None and not self.away:
            return "missing" if double.is_open(self.entry) else "scored"
        return "away" if self.away else "missing" if self.points is None else "scored"


@dataclass(frozen=True)
class Paper:
    """The knowledge examination of a batch; without a component the plan has none."""

    component: Component | None
    lines: tuple[ScoreLine, ...]
    twice: bool = False
    """Whether two people enter each score."""
    rows: tuple[KnowledgeRow, ...] = ()


class ScoreEdit(QLineEdit):
    """Where the points are typed. Arrows go up and down the list, as the hands stay here."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.moved.emit(step)
            return
        super().keyPressEvent(event)


class KnowledgePage(Page):
    """The manager enters scores, or two people do; the auditor may look."""

    title_code: ClassVar[str] = "ui.page.knowledge"
    kinds: ClassVar[frozenset[str]] = frozenset({"knowledge", "attendance", "candidate_number", "place", "candidate"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._sees = may(actor, score_knowledge) or Role.AUDITOR in actor.roles
        self._may_score = may(actor, score_knowledge) or may(actor, key_knowledge)
        self._may_attend = may(actor, record_attendance)
        self._paper = Paper(None, ())
        self._line = 0
        self.shelves = Shelves(SHELVES, "desk.paper")
        self.shelves.chosen.connect(lambda _key: self._show_lines())
        self.twice = badge(say("entry.knowledge.twice.badge"), "accent")
        self.twice.hide()
        self.body.addLayout(row(self.shelves, None, self.twice))
        self.table = DataTable(
            (
                Column(say("desk.number"), lambda line: line.place.number, width=90, strong=True),
                Column(say("desk.person.name"), lambda line: line.place.name, stretch=True, width=110),
                Column(say("desk.paper.points"), _points, True, 190, tone=self._points_tone),
            )
        )
        self.table.setAccessibleName(say("ui.page.knowledge"))
        self.table.picked.connect(self._on_picked)
        self.table.loaded.connect(self._on_loaded)
        self.table.opened.connect(lambda _line: self.points.setFocus())
        card = Card()
        card.body.addWidget(self.table)
        line = row(spacing=16)
        line.addWidget(card, 1)
        line.addWidget(self._pane())
        self.body.addLayout(line, 1)
        if self._may_score:
            self.add_action(say("entry.knowledge.rows"), self.ask_rows, "list", "Ctrl+R")
        if may(actor, set_double_entry):
            self.add_action(say("entry.knowledge.change"), lambda: double.ask_double(self, self._paper.twice), "people")
        if may(actor, import_scores):
            self.set_primary(say("desk.scores.title"), self.import_file, "Ctrl+I", "import")

    def refresh(self) -> None:
        """Read the paper's scores and absences."""
        if self.context.batch is None:
            self.show_empty("note", say("desk.begin.title"), say("desk.begin.wait"))
            return
        actor, batch = self.context.session.actors.first, self.context.batch
        may_key = double.may_enter_twice(self.context)
        ops.read(self, _read, batch, actor.id, self._sees, may_key).on_done(self._show).latest("look").start()

    def import_file(self) -> None:
        """Take scores in from a file."""
        if self.context.batch is not None and self._paper.component is not None:
            self.clear_refusal()
            ScoresDialog(self, self.context, self.context.batch, self._on_imported).open()

    def _pane(self) -> QWidget:
        card = Card()
        card.setFixedWidth(PANE)
        self.who = label("", "title", wrap=True)
        self.name = label("", "muted")
        self.form = Form()
        self.points = self.form.add(say("desk.paper.points"), ScoreEdit(), hint=say("desk.paper.points.hint"))
        self.points.setMaxLength(8)
        self.points.returnPressed.connect(self._on_enter)
        self.points.moved.connect(self._move)
        self.keep = button(say("desk.paper.keep"), self._on_enter)
        if not self._may_score:
            self.form.hide()
            self.keep.hide()
        states: tuple[Attendance, ...] = ("absent", "misconduct", "deferred", "present")
        self.states = {
            state: button(say(f"attendance.{state}"), partial(self._on_state, state), "secondary") for state in states
        }
        first = row(*(self.states[state] for state in states[:2]), None, spacing=8)
        second = row(*(self.states[state] for state in states[2:]), None, spacing=8)
        self.away = holder(column(label(say("desk.paper.away"), "section"), first, second, spacing=8))
        if not self._may_attend:
            self.away.hide()
        inside = column(self.who, self.name, self.form, row(self.keep, None), 8, self.away, None)
        card.body.addWidget(scrolled(holder(inside)), 1)  # a low window has no room for all of it
        self.rule = label("", "small", wrap=True)
        card.body.addWidget(self.rule)
        return card

    def _show(self, found: Paper) -> None:
        self._paper = found
        if found.component is None:
            self.show_empty("note", say("desk.paper.no"), say("desk.paper.no.words"))
            return
        if not found.lines:
            self.show_empty("note", say("desk.paper.empty"), say("desk.paper.empty.words"))
            return
        if not self._sees and not found.twice:
            self.show_empty("note", say("entry.knowledge.not_here"), say("entry.knowledge.not_here.words"))
            return
        self.show_content()
        self.twice.setVisible(found.twice)
        full, passing = points_text(found.component.full_mark), points_text(found.component.pass_mark)
        clause = found.component.mark_clause
        code = "desk.paper.rule" if clause else "desk.paper.own_rule"
        self.rule.setText(say(code, full=full, passing=passing, clause=clause or ""))
        counts = {key: sum(line.shelf == key for line in found.lines) for key in SHELVES[:3]}
        self.shelves.show_counts({**counts, "all": len(found.lines)}, always=2)
        self._show_lines()

    def _show_lines(self) -> None:
        shelf = self.shelves.current
        self.table.show_rows([line for line in self._paper.lines if shelf in ("all", line.shelf)])

    def _on_loaded(self, total: int) -> None:
        if not total:
            self._show_line(None)
        elif self.table.current is None:
            self.table.select_line(min(self._line, total - 1))
        else:
            self._show_line(self.table.current)

    def _on_picked(self, line: ScoreLine | None) -> None:
        if line is not None:
            self._line = max(0, self.table.currentIndex().row())
            self._show_line(line)

    def _show_line(self, line: ScoreLine | None) -> None:
        self.form.accept_all()
        self.who.setText(line.place.number if line else say("desk.paper.none"))
        self.name.setText(line.place.name if line else "")
        self.points.setText(points_text(line.points) if line and line.points is not None else "")
        self.points.setEnabled(line is not None and not line.away)
        self.keep.setEnabled(line is not None and not line.away)
        for state, made in self.states.items():
            now = (line.away or "present") if line else ""
            made.setEnabled(line is not None and state != now)
            made.setVisible(state != "present" or bool(line and line.away))
            restyle(made, "weight", "strong" if state == now else "")

    def _on_enter(self) -> None:
        line: ScoreLine | None = self.table.current
        if line is None or not self._may_score:
            return
        self.clear_refusal()
        try:
            points = read_points(self.points.text().strip())
        except NotPoints as problem:
            self.form.complain(self.points, say(f"points.{problem.reason}"))
            return
        if points == line.points:
            self._move(1)
            return
        self._enter(line, points)

    def ask_rows(self) -> None:
        """Enter the score of the candidate in hand by the rows of 7.4.1."""
        line: ScoreLine | None = self.table.current
        if line is not None and not line.away and self._paper.rows:
            self.clear_refusal()
            title = say("entry.knowledge.rows.title", number=line.place.number)
            rows = self._paper.rows
            double.RowsDialog(self, self.context, title, rows, partial(self._enter, line, None)).open()

    def _enter(self, line: ScoreLine, points: int | None, rows: double.Rows = ()) -> None:
        enter = key_knowledge if self._paper.twice else score_knowledge
        writing = ops.write(self, enter, line.id, points, rows).busy(self.keep)
        writing.on_done(partial(self._on_scored, line)).start()

    def _on_scored(self, line: ScoreLine, differing: object) -> None:
        if differing:
            self.strip.say(say("entry.knowledge.differs_now", number=line.place.number), "attention")
        else:
            self.context.shell.notify(say("desk.paper.saved", number=line.place.number))
        if self.shelves.current != "missing":
            self._move(1)
        self.points.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, step: int) -> None:
        to = self.table.currentIndex().row() + step
        if 0 <= to < self.table.total:
            self.table.select_line(to)
            self.points.selectAll()

    def _on_state(self, state: Attendance) -> None:
        line: ScoreLine | None = self.table.current
        if line is None:
            return
        self.clear_refusal()
        if state in ("misconduct", "deferred"):
            title = say(f"attendance.{state}")
            words = say("desk.paper.why", number=line.place.number)
            ReasonDialog(self, self.context, title, words, partial(self._record, line, state)).open()
        else:
            self._record(line, state, "")

    def _record(self, line: ScoreLine, state: Attendance, reason: str) -> None:
        words = say("desk.paper.recorded", number=line.place.number, state=say(f"attendance.{state}"))
        writing = ops.write(self, record_attendance, line.id, KNOWLEDGE, state, reason)
        if state == "absent":
            writing.undoable(words, record_attendance, line.id, KNOWLEDGE, "present").start()
        else:
            writing.say_done(words).start()

    def _on_imported(self, accepted: int) -> None:
        self.context.shell.notify(say("desk.scores.done", count=accepted))

    def _points_tone(self, line: ScoreLine) -> Tone:
        component = self._paper.component
        if line.entry is not None and line.entry.keyed and not line.away:
            return double.state_tone(line.entry)
        failed = component is not None and line.points is not None and line.points < component.pass_mark
        return state_tone(line.away) if line.away else "danger" if failed else ""


def _read(read: Read, batch: Id, person: Id, sees: bool, may_key: bool) -> Paper:
    plan = plan_of(read, batch)
    scores, away = knowledge_scores(read) if sees else {}, absences(read, batch)
    twice = double.read_double(read, batch, person, may_key)
    lines = []
    for place in places(read, batch):
        entry = twice.of(place.application)
        points = scores.get(place.application)
        if entry is not None and entry.keyed and not (entry.agreed and sees):
            points = double.own_points(entry)
        lines.append(ScoreLine(place, points, away.get((place.application, KNOWLEDGE), ""), entry))
    return Paper(plan.component(KNOWLEDGE), tuple(lines), twice.on, plan.knowledge)


def _points(line: ScoreLine) -> str:
    if line.away:
        return say(f"attendance.{line.away}")
    points = "–" if line.points is None else points_text(line.points)
    state = double.state_text(line.entry)
    return f"{state} · {points}" if state else points
