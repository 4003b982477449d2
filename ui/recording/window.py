"""A kept recording: found, compared with its digest while it already plays, found again when it has moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QVBoxLayout, QWidget

from core.errors import AppError
from core.examday.commands import find_recording
from core.examday.recordings import Match, match_file
from core.examday.work_queries import RecordingLine
from core.words import say
from ui import ops
from ui.context import Context
from ui.recording.player import BEFORE_MS, PlayedMoment, Player
from ui.widgets.basics import badge, label, row, set_badge, set_tip, shortcut
from ui.widgets.strip import ProgressStrip, Strip

SIZE = QSize(980, 640)


class RecordingWindow(QDialog):
    """Plays one recording beside the window; a host of operations. `on_mark(second of the file)` makes a moment."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        recording: RecordingLine,
        title: str,
        moments: Sequence[PlayedMoment] = (),
        on_mark: Callable[[int], object] | None = None,
    ) -> None:
        super().__init__(parent.window())
        self._others: dict[int, tuple[RecordingLine, tuple[PlayedMoment, ...]]] = {}
        self.context = context
        self.recording = recording
        self._second: int | None = None
        self._moments = tuple(moments)
        self._checking: ops.Operation | None = None
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(SIZE.boundedTo(parent.window().size() - QSize(24, 24)))
        self.player = Player(marks=on_mark is not None)
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self.state = badge("", "plain")
        self.state.hide()
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(say("recording.which"))
        self.chooser.hide()
        self.chooser.activated.connect(self._on_chosen)
        self._digest = label("", "small")
        self._show_digest()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.setSpacing(8)
        outer.addLayout(row(label(title, "card-title"), self.chooser, None, self._digest, self.state))
        outer.addWidget(self.strip)
        outer.addWidget(self.progress_strip)
        outer.addWidget(self.player, 1)
        shortcut("Ctrl+L", self, context.lock_wanted.emit, everywhere=True)
        self.player.failed.connect(self._on_failed)
        if on_mark is not None:
            self.player.marked.connect(on_mark)

    def offer(self, films: Sequence[tuple[RecordingLine, Sequence[PlayedMoment]]]) -> None:
        """Several recordings of one exercise: let a hand choose between them, with the same moments on each."""
        self._others = {one.id: (one, tuple(moments)) for one, moments in films}
        self.chooser.clear()
        for at, one in enumerate(self._others, start=1):
            self.chooser.addItem(say("recording.nth", at=at, of=len(self._others)), one)
        self.chooser.setCurrentIndex(self.chooser.findData(self.recording.id))
        self.chooser.setVisible(len(self._others) > 1)

    def begin(self, second: int | None = None) -> None:
        """Look for the file and play it, from a second of the file if one is given."""
        self.show()
        self._second = second
        self._try(Path(self.recording.place))
        self.player.setFocus()
        self.player.timeline.setFocus()

    def jump(self, second: int) -> None:
        """Go to another second of the file, a little before it; the window comes to the front."""
        self._second = second
        self.player.jump(second)
        self.raise_()
        self.activateWindow()

    def show_moments(self, moments: Sequence[PlayedMoment]) -> None:
        """The moments have changed."""
        self._moments = tuple(moments)
        self.player.show_moments(self._moments)

    def choose(self) -> None:
        """Let a hand say where the file lies now."""
        chosen, _filter = QFileDialog.getOpenFileName(self, say("recording.choose"), "")
        if chosen:
            self.strip.clear()
            self._check(Path(chosen), partial(self._take_other, Path(chosen)))

    def take_file(self, path: Path) -> None:
        """What `choose` does with a file that was chosen."""
        self.strip.clear()
        self._check(path, partial(self._take_other, path))

    def _on_chosen(self, _index: int) -> None:
        """Another recording, at the moment of the performance that is in view on this one."""
        recording, moments = self._others[self.chooser.currentData()]
        if recording.id == self.recording.id:
            return
        here, before = self.player.second, [one.second for one in self._moments]
        past = [at for at, second in enumerate(before) if second <= here + BEFORE_MS // 1000]
        self._stop()
        self.strip.clear()
        self.recording, self._moments = recording, moments
        self._show_digest()
        self._second = moments[past[-1]].second if past else None
        self._try(Path(recording.place))
        self.player.timeline.setFocus()

    def _show_digest(self) -> None:
        whole = self.recording.sha256.hex()
        self._digest.setText(say("recording.digest", digest=whole[:16]))
        set_tip(self._digest, whole)

    # What operations say

    def show_refusal(self, error: AppError) -> None:
        """Say it over the picture."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far the comparing is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def _try(self, path: Path) -> None:
        try:
            there = path.is_file()
        except OSError:
            there = False
        if not there:
            self._say_missing()
            return
        self._open(path)
        self._check(path, self._compared)

    def _open(self, path: Path) -> None:
        self.player.open(path, self._moments)
        if self._second is not None:
            self.player.jump(self._second)

    def _check(self, path: Path, done: Callable[[Match], None]) -> None:
        set_badge(self.state, say("recording.checking"), "plain")
        self.state.show()
        recording = self.recording
        working = ops.work(self, match_file, path, recording.sha256, recording.size)
        self._checking = working.progress().describe(say("recording.checking")).on_done(done).latest("check")
        self._checking.on_ended(self._check_ended)
        self._checking.start()

    def _check_ended(self) -> None:
        self._checking = None
        if self.state.text() == say("recording.checking"):
            set_badge(self.state, say("recording.not_checked"), "attention")

    def _compared(self, match: Match) -> None:
        if match == "same":
            set_badge(self.state, say("recording.same"), "good")
        elif match == "missing":
            self._say_missing()
        else:
            set_badge(self.state, say("recording.changed.short"), "danger")
            self.strip.say(say("recording.changed"), "danger", "", say("recording.choose"), self.choose)

    def _take_other(self, path: Path, match: Match) -> None:
        if match != "same":
            set_badge(self.state, say("recording.changed.short"), "danger")
            self.strip.say(say("recording.not_the_one"), "danger", "", say("recording.choose"), self.choose)
            return
        set_badge(self.state, say("recording.same"), "good")
        self._open(path)
        ops.write(self, find_recording, self.recording.id, str(path)).start()

    def _say_missing(self) -> None:
        set_badge(self.state, say("recording.missing.short"), "attention")
        self.state.show()
        place = self.recording.place or "–"
        self.strip.say(say("recording.missing", place=place), "attention", "", say("recording.choose"), self.choose)

    def _on_failed(self, sentence: str) -> None:
        self.strip.say(sentence, "danger", "", say("recording.choose"), self.choose)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        """Esc."""
        self._stop()
        super().reject()

    def _stop(self) -> None:
        if self._checking is not None:
            self._checking.cancel()
        self.player.close_file()


def open_recording(
    host: Any,
    recording: RecordingLine,
    title: str,
    moments: Sequence[PlayedMoment] = (),
    second: int | None = None,
    on_mark: Callable[[int], object] | None = None,
) -> RecordingWindow:
    """Show a recording over the window of `host`, from a second of the file."""
    made = RecordingWindow(host, host.context, recording, title, moments, on_mark)
    made.begin(second)
    return made
