"""What the exam day brings to the marking screen: the opened card, the recording, the work; the quick words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit

from core.errors import Refused
from core.examday.card_queries import CardContent, drawn_card
from core.examday.clockwork import live_second, recording_second
from core.examday.queries import Clock, clock
from core.examday.work_queries import BlindWork, RecordingLine, blind_work, moment_words, recordings
from core.standards.plans import Exercise
from core.words import say
from ui import ops
from ui.context import shows
from ui.dialogs.sheet import Sheet
from ui.marking.views import clock_text
from ui.pages.marking_material import MaterialCard
from ui.pages.studio_clock import now_ms
from ui.widgets.basics import button, clear, column, shortcut
from ui.widgets.card import Card

KINDS = frozenset({"run", "card", "work", "recording", "day_setting"})


@dataclass(frozen=True)
class Brought:
    """What there is of one candidate's exercise for an examiner of the panel."""

    application: int
    exercise: str
    clock: Clock
    card: CardContent | None
    recordings: tuple[RecordingLine, ...]
    work: BlindWork | None
    words: tuple[str, ...]


def brought(read: Any, actor: Any, application: int, exercise: Exercise) -> Brought:
    """Ask the exam day."""
    drawn = drawn_card(read, actor, application, exercise.id)
    work = None
    if exercise.evidence == "work":
        try:
            work = blind_work(read, actor, application, exercise.id)
        except Refused:
            work = None  # not collected yet
    return Brought(
        application,
        exercise.id,
        clock(read, application, exercise.id, now_ms()),
        drawn.content if drawn is not None else None,
        () if exercise.evidence == "work" else tuple(recordings(read, actor, application, exercise.id)),
        work,
        moment_words(read),
    )


class DayCard(Card):
    """At the side of the marking screen; hidden where there is nothing. F9 opens the first of them."""

    def __init__(self, desk: Any) -> None:
        super().__init__()
        self.setAccessibleName(say("exam.day"))
        self.layout().setContentsMargins(12, 8, 12, 8)
        self._desk = desk
        self._followed: tuple[int, Exercise] | None = None
        self.shown: Brought | None = None
        self._player: Any = None
        self._list = column(spacing=4)
        self.body.addLayout(self._list)
        self.hide()
        desk.screen.add_to_side(self)
        self.material = MaterialCard(desk)
        desk.context.changed.connect(self._on_changed)
        shortcut("F9", desk.screen, self.open_first)

    def follow(self, application: int, exercise: Exercise) -> None:
        """Show what there is of this one; asked again only when it is another."""
        self.material.follow(application, exercise)
        if self._followed != (application, exercise):
            self._followed = (application, exercise)
            self.hide()
            self._close_film()  # its F2 would put a moment on another sheet
            self._ask()
        self._show_moments()

    def open_first(self) -> None:
        """F9."""
        found = self.shown
        if found is None or self.isHidden():
            return
        if found.work is not None:
            self.open_work()
        elif found.recordings:
            self.play(found.recordings[0])
        else:
            self.read_card()

    def open_work(self) -> None:
        """The work, beside the items."""
        from ui.pages.marking_binding import exercise_name
        from ui.recording.work import open_work

        if self.shown is not None and self.shown.work is not None and self._followed is not None:
            open_work(self._desk, self.shown.work, exercise_name(self._followed[1]))

    def play(self, recording: RecordingLine, second: int | None = None) -> None:
        """The recording; F2 in it makes a moment of this sheet. `second` of the live phase."""
        from ui.recording.window import open_recording

        found = self.shown
        if found is None:
            return
        self._close_film()
        at = None if second is None else self._on_film(recording, second)
        number = self._desk.number
        title = say("recording.title", number=number)
        marks = partial(self._on_mark, recording) if self._desk.may_mark(found.exercise) else None
        self._player = open_recording(self._desk, recording, title, self._moments(recording), at, marks)
        self._player.recording = recording

    def read_card(self) -> None:
        """What the topic card says."""
        if self.shown is not None and self.shown.card is not None:
            CardDialog(self._desk, self.shown.card).open()

    def _ask(self) -> None:
        if self._followed is not None:
            actor = self._desk.context.session.actors.first
            reading = ops.read(self._desk, brought, actor, *self._followed)
            reading.on_refused(lambda _: self.hide()).on_done(self._show).latest("exam day").start()

    def _show(self, found: Brought) -> None:
        if self._followed is None or (found.application, found.exercise) != (self._followed[0], self._followed[1].id):
            return
        self.shown = found
        self._desk.screen.moments.show_quick(found.words)
        clear(self._list)
        if found.card is not None:
            self._add(say("exam.day.card", no=found.card.no, title=found.card.title), "documents", self.read_card)
        if found.work is not None:
            self._add(say("exam.day.work", blind=found.work.blind), "folder", self.open_work)
        for at, one in enumerate(found.recordings, start=1):
            self._add(say("exam.day.recording", at=at), "play", partial(self.play, one))
        self.setVisible(bool(found.card or found.work or found.recordings))

    def _add(self, text: str, icon: str, on: Any) -> None:
        made = button(text, on, "link", icon, "F9" if not self._list.count() else "")
        self._list.addWidget(made)

    def _on_mark(self, recording: RecordingLine, second: int) -> None:
        found = self.shown
        if found is not None:
            live = live_second(found.clock.interruptions, recording.lead, recording.through_pauses, second)
            self._desk.keep_moment(found.exercise, live)

    def _close_film(self) -> None:
        if not ops.gone(self._player):
            self._player.close()

    def _on_film(self, recording: RecordingLine, second: int) -> int:
        assert self.shown is not None
        pauses = self.shown.clock.interruptions
        return recording_second(pauses, recording.lead, recording.through_pauses, second)

    def _moments(self, recording: RecordingLine) -> list[Any]:
        from ui.recording.player import PlayedMoment

        if self.shown is None:
            return []
        kept = self._desk.moments_of(self.shown.exercise)
        return [PlayedMoment(self._on_film(recording, one.second), one.text) for one in kept]

    def _show_moments(self) -> None:
        if not ops.gone(self._player) and self.shown is not None:
            self._player.show_moments(self._moments(self._player.recording))

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if shows(KINDS, kinds) or "*" in kinds:
            self._ask()


class CardDialog(Sheet):
    """A topic card to read: the assignment, and what is planned."""

    def __init__(self, desk: Any, card: CardContent) -> None:
        super().__init__(desk, desk.context, say("exam.day.card", no=card.no, title=card.title), width=560)
        words = QPlainTextEdit()
        words.setReadOnly(True)
        planned = [
            f"{clock_text(one.second)}  {say(f'studio.surprise.{one.kind}')}  {one.text}" for one in card.surprises
        ]
        words.setPlainText("\n".join([card.text, *(["", say("studio.surprises"), *planned] if planned else [])]))
        words.setMinimumHeight(240)
        self.body.addWidget(words)
        self.add_buttons(say("ui.close"), self.accept)
        self.cancel.hide()
