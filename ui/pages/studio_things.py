"""What stays of an exercise: the work that was collected, and the recordings that are kept elsewhere."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.clock import china_time
from core.examday.work_queries import RecordingLine
from core.words import say
from ui.marking.views import size_text
from ui.pages.studio_data import Detail
from ui.widgets.basics import button, clear, column, label, row, set_tip
from ui.widgets.card import Card


class ThingsCard(Card):
    """`hand_in_wanted`, `keep_wanted`, and `play_wanted(RecordingLine)`."""

    hand_in_wanted = Signal()
    keep_wanted = Signal()
    play_wanted = Signal(object)

    def __init__(self, collects: bool, keeps: bool, parent: QWidget | None = None) -> None:
        super().__init__(say("studio.things"), parent)
        self._collects, self._keeps = collects, keeps
        self._work = label("", wrap=True)
        self.hand_in = button(say("studio.work.hand_in"), self.hand_in_wanted.emit, icon="inbox", tip="F7")
        self.keep = button(say("studio.recording.keep"), self.keep_wanted.emit, icon="camera", tip="Shift+F7")
        self._list = column(spacing=2)
        self.body.addWidget(self._work)
        self.body.addLayout(row(self.hand_in, self.keep, None))
        self.body.addLayout(self._list)

    def show_detail(self, found: Detail) -> None:
        """Show what there is."""
        is_work = found.exercise.evidence == "work"
        self._work.setText(_work_words(found))
        self._work.setVisible(is_work)
        text = say("studio.work.replace" if found.work else "studio.work.hand_in")
        self.hand_in.setText(text)
        self.hand_in.setAccessibleName(text)
        self.hand_in.setVisible(is_work)
        self.hand_in.setEnabled(self._collects and not found.line.away)
        self.keep.setVisible(bool(found.clock.phase))
        self.keep.setEnabled(self._keeps and not found.line.away)
        clear(self._list)
        for one in found.recordings:
            self._list.addWidget(self._recording(one))
        self.setVisible(is_work or bool(found.clock.phase))

    def _recording(self, one: RecordingLine) -> QWidget:
        words = say(
            "studio.recording.line",
            at=china_time(one.at).strftime("%H:%M"),
            size=size_text(one.size),
            digest=one.sha256.hex()[:8],
        )
        made = button(words, partial(self.play_wanted.emit, one), "link", "play")
        set_tip(made, say("studio.recording.tip", file=Path(one.place).name, digest=one.sha256.hex()))
        return made


def _work_words(found: Detail) -> str:
    work = found.work
    if work is None:
        return say("studio.work.none")
    words = say(
        "studio.work.there",
        at=china_time(work.at).strftime("%H:%M:%S"),
        files=work.files,
        size=size_text(work.size),
    )
    if work.hand_ins > 1:
        words += " " + say("studio.work.times", times=work.hand_ins)
    if work.taken_up:
        words += " " + say("studio.work.taken_up", count=len(work.taken_up))
    return words
