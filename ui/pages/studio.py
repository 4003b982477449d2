"""考场／直播间: the invigilator's page. Who is next, the clock of the exercise, the topic card, what was collected.

The clock belongs to this page; every other screen follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea

from core.examday import commands
from core.examday.events import Phase
from core.examday.queries import RunLine
from core.people.permission import may
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages import studio_data as data
from ui.pages.marking_binding import exercise_name
from ui.pages.studio_card import TopicCard
from ui.pages.studio_files import FileHands
from ui.pages.studio_hands import RunHands
from ui.pages.studio_list import candidates_table
from ui.pages.studio_run import RunCard
from ui.pages.studio_things import ThingsCard
from ui.pages.wall import WallWindow
from ui.widgets.basics import button, column, holder, restyle, row, shortcut
from ui.widgets.card import Card
from ui.widgets.combo import Combo
from ui.widgets.page import Page

SIDE_WIDE, SIDE_NARROW = 460, 344
CARDS_WIDTH = 420
TWO_COLUMNS = 700
"""Narrower than this, beside a drawer in a small window, the candidates give way: the clock stays in sight."""
SURPRISE_KEYS = 9
AFTER: dict[str, tuple[Phase, str]] = {
    "": ("preparation", "studio.begin.preparation"),
    "preparation": ("live", "studio.begin.live"),
    "live": ("closing", "studio.begin.closing"),
    "closing": ("ended", "studio.begin.ended"),
}
"""What the one button does next."""


class StudioPage(Page):
    """A list of candidates at the left, one candidate's exercise at the right."""

    title_code: ClassVar[str] = "ui.page.studio"
    kinds: ClassVar[frozenset[str]] = frozenset(
        [
            "run",
            "card",
            "surprise",
            "work",
            "recording",
            "attendance",
            "candidate_number",
            "place",
            "plan",
            "day_setting",
        ]
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._actor = actor
        self.able = may(actor, commands.begin_phase)
        self.day: data.Day | None = None
        self.detail: data.Detail | None = None
        self._exercise = ""
        self._wall: WallWindow | None = None
        self.exercises = Combo()
        self.exercises.setAccessibleName(say("studio.choose_exercise"))
        self.exercises.activated.connect(self._on_exercise)
        self.studios = QComboBox()
        self.studios.setEditable(True)
        self.studios.setAccessibleName(say("studio.choose_studio"))
        self.studios.lineEdit().setMaxLength(20)
        self.studios.activated.connect(self._follow_wall)
        self.run = RunCard(self.able)
        self.card = TopicCard(may(actor, commands.draw_card))
        self.things = ThingsCard(may(actor, commands.hand_in_work), may(actor, commands.keep_recording))
        self.files = FileHands(self)
        self.hands = RunHands(self)
        self.table = candidates_table(lambda: self.detail_is_watched)
        self.table.picked.connect(self._read_detail)
        self._pick = say("studio.next_candidate")
        self._lay_out()
        self.next = self.set_primary("", self._on_next, "Ctrl+Return")
        self.next.hide()
        self._connect()

    def refresh(self) -> None:
        """Read the day of the exercise in view."""
        if self.context.batch is None:
            self.show_empty("live", say("studio.no_batch"), say("studio.no_batch.words"))
            return
        reading = ops.read(self, data.day, self.context.batch, self._exercise)
        reading.on_done(self._show_day).latest("day").start()

    def open_with(self, **arguments: Any) -> None:
        """Opened for an exercise."""
        self._exercise = arguments.get("exercise", self._exercise)
        self.mark_stale()

    @property
    def studio(self) -> str:
        """The studio in which this page's next run begins."""
        return self.studios.currentText().strip()

    def open_wall(self) -> None:
        """F11: the shared screen of the studio in view, in a window of its own that goes to the other screen."""
        if ops.gone(self._wall):
            self._wall = WallWindow(self, self.studio)
        assert self._wall is not None
        self._wall.follow(self._shown_studio)
        self._wall.show_large()

    @property
    def detail_is_watched(self) -> bool:
        """Whether the exercise in view is watched live."""
        exercise = self.day.exercise if self.day else None
        return exercise is None or exercise.evidence == "live"

    @property
    def _shown_studio(self) -> str:
        inside = self.detail.clock if self.detail else None
        return inside.studio if inside and inside.phase not in ("", "ended") and inside.studio else self.studio

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._left.setHidden(self.width() < TWO_COLUMNS)

    # What is shown

    def _show_day(self, day: data.Day) -> None:
        self.day = day
        if day.exercise is None or not day.lines:
            self.next.hide()
            self.show_empty("live", say("studio.nobody"), say("studio.nobody.words"))
            return
        self.show_content()
        changed = self._exercise != day.exercise.id
        self._exercise = day.exercise.id
        self._fill(self.exercises, [(exercise_name(one), one.id) for one in day.exercises], day.exercise.id)
        shown = self.studio if not changed and self.studio in day.studios else day.studios[0]
        self._fill(self.studios, [(one, one) for one in day.studios], shown)
        self.table.show_rows(day.lines)
        at = self._line_in_hand(day)
        if self.table.currentIndex().row() != at:
            self.table.select_line(at)
        else:
            self._read_detail(day.lines[at])
        if changed and self.isVisible():
            self.table.setFocus()

    def _line_in_hand(self, day: data.Day) -> int:
        """Who was in hand; else who is under way; else the first who is still to come."""
        held = self.detail.line.application if self.detail else None
        for wanted in (
            lambda one: one.application == held and self.detail.exercise.id == self._exercise,  # type: ignore[union-attr]
            lambda one: one.phase in ("live", "closing"),
            lambda one: one.phase == "preparation",
            lambda one: not one.phase and not one.away,
        ):
            at = next((place for place, one in enumerate(day.lines) if wanted(one)), None)
            if at is not None:
                return at
        return 0

    def _read_detail(self, line: RunLine | None) -> None:
        if line is None or self.day is None or self.day.exercise is None or self.context.batch is None:
            return
        reading = ops.read(self, data.detail, self._actor, self.context.batch, self.day.exercise, line)
        reading.on_done(self._show_detail).latest("detail").start()

    def _show_detail(self, found: data.Detail) -> None:
        self.detail = found
        if found.clock.phase not in ("", "ended"):
            # Where it runs; another one is chosen by hand, and a paused run goes on there.
            self.studios.setEditText(found.clock.studio)
        for card in (self.run, self.card, self.things):
            card.show_detail(found)  # type: ignore[attr-defined]
        self._side.show()
        step = AFTER.get(found.clock.phase)
        self.next.setVisible(self.able)
        if step is None:
            self.next.setText(self._pick)
        else:
            live = found.exercise.evidence == "live"
            plain = step[0] == "live" and not live
            self.next.setText(say("studio.begin.working" if plain else step[1]))
        self.next.setAccessibleName(self.next.text())
        self.next.setEnabled(not found.line.away and not (found.clock.paused and step is not None))
        restyle(self.next, "kind", "primary")
        if not ops.gone(self._wall) and self._wall is not None:
            self._wall.follow(self._shown_studio)

    # What hands do

    def _on_next(self) -> None:
        found = self.detail
        if found is None:
            return
        step = AFTER.get(found.clock.phase)
        if step is None:
            self._go_on()
        else:
            self.begin_phase(step[0])

    def begin_phase(self, phase: Phase) -> None:
        """Begin a phase of the candidate in view."""
        found = self.detail
        if found is None:
            return
        self.clear_refusal()
        studio = self.studio if not found.clock.phase else found.clock.studio
        args = (found.line.application, found.exercise.id, phase, studio)
        ops.write(self, commands.begin_phase, *args).busy(self.next).start()

    def _go_on(self) -> None:
        """To the next candidate who is still to come."""
        if self.day is None or self.detail is None:
            return
        lines = self.day.lines
        at = next((p for p, one in enumerate(lines) if one.application == self.detail.line.application), -1)
        order = [*range(at + 1, len(lines)), *range(at + 1)]
        following = next((p for p in order if not lines[p].phase and not lines[p].away), None)
        if following is None:
            self.context.shell.notify(say("studio.all_done"))
        else:
            self.table.select_line(following)
            self.table.setFocus()

    def do(self, command: Callable[..., Any], *args: Any) -> None:
        """A command on the exercise of the candidate in view."""
        self.write(command, *args).start()

    def write(self, command: Callable[..., Any], *args: Any) -> ops.Operation:
        """The same, not started."""
        assert self.detail is not None
        self.clear_refusal()
        return ops.write(self, command, self.detail.line.application, self.detail.exercise.id, *args)

    @property
    def number(self) -> str:
        """The candidate in view."""
        return self.detail.line.number if self.detail else ""

    def _on_exercise(self, at: int) -> None:
        self._exercise = self.exercises.itemData(at)
        self.detail = None
        self.refresh()

    def _follow_wall(self) -> None:
        if not ops.gone(self._wall) and self._wall is not None:
            self._wall.follow(self._shown_studio)

    def _open_cards(self) -> None:
        from ui.pages.studio_cards import CardsView

        if self.day is not None and self.day.exercise is not None and self.context.batch is not None:
            view = CardsView(self.context, self.context.batch, self.day.exercise)
            title = say("studio.cards.title", exercise=exercise_name(self.day.exercise))
            self.context.shell.open_drawer(view, title, CARDS_WIDTH)

    def _open_words(self) -> None:
        from ui.pages.studio_words import MomentWordsDialog

        MomentWordsDialog(self, self.context).open()

    # Its parts

    def _lay_out(self) -> None:
        lists = Card()
        lists.body.addWidget(self.table, 1)
        for box, least in ((self.exercises, 120), (self.studios, 104)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumWidth(least)
        wall = button(say("studio.wall"), self.open_wall, icon="screen", tip="F11")
        line = row(spacing=8)
        line.addWidget(self.exercises, 3)
        line.addWidget(self.studios, 2)
        line.addWidget(wall)
        left = column(line, spacing=12)
        left.addWidget(lists, 1)
        inner = column(self.run, self.card, self.things, None, spacing=12)
        inside = holder(inner)
        inside.setProperty("role", "scrolled")
        self._side = QScrollArea()
        self._side.setWidgetResizable(True)
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setMinimumWidth(SIDE_NARROW)
        self._side.setMaximumWidth(SIDE_WIDE)
        self._side.setWidget(inside)
        self._side.hide()
        self._left = holder(left)
        whole = row(spacing=16)
        whole.addWidget(self._left, 1)
        whole.addWidget(self._side, 1)
        self.body.addLayout(whole, 1)
        if may(self._actor, commands.add_card):
            self.add_action(say("studio.cards"), self._open_cards, "documents")
            self.add_action(say("studio.words"), self._open_words, "flag")

    def _connect(self) -> None:
        hands = self.hands
        self.run.pause_wanted.connect(hands.pause_or_resume)
        self.run.end_wanted.connect(hands.end)
        self.run.reopen_wanted.connect(hands.reopen)
        self.card.step_wanted.connect(hands.card_step)
        self.card.again_wanted.connect(hands.draw_again)
        self.card.staged.connect(hands.stage)
        self.card.material_wanted.connect(self.files.save_material)
        self.things.hand_in_wanted.connect(self.files.hand_in)
        self.things.keep_wanted.connect(self.files.keep_recording)
        self.things.play_wanted.connect(self.files.play)
        shortcut("F6", self, hands.card_step)
        shortcut("F7", self, lambda: self.things.hand_in.isVisible() and self.things.hand_in.click())
        shortcut("Shift+F7", self, lambda: self.things.keep.isVisible() and self.things.keep.click())
        shortcut("F8", self, hands.pause_or_resume)
        shortcut("Shift+F8", self, lambda: self.run.end.isVisible() and hands.end())
        shortcut("F11", self, self.open_wall)
        for number in range(SURPRISE_KEYS):
            shortcut(f"Ctrl+{number + 1}", self, partial(hands.stage, number))

    def _fill(self, box: QComboBox, items: list[tuple[str, str]], current: str) -> None:
        if [box.itemData(at) for at in range(box.count())] != [value for _, value in items]:
            box.clear()
            for text, value in items:
                box.addItem(text, value)
        box.setCurrentIndex(max(0, box.findData(current)))
