"""A recording in the window: picture and sound, from one moment to the next, by mouse and keyboard.

It knows no store: a file, and moments as plain data (second, words).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer, QVideoFrame, QVideoSink
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QSizePolicy, QWidget

from core.words import say
from ui import icons
from ui.marking.views import clock_text
from ui.recording.timeline import Timeline
from ui.widgets.basics import ElidedLabel, button, clear, column, holder, icon_button, label, row, shortcut
from ui.widgets.card import Card

SPEEDS = (0.5, 1.0, 1.25, 1.5, 2.0)
STEP_MS = 5_000
BEFORE_MS = 2_000
"""A jump lands a little before the moment: the eye needs to see what led to it."""
SIDE, WORDS = 288, 228
"""Pixels of the list of moments, and of the words of one."""
BLACK = QColor(0, 0, 0)


@dataclass(frozen=True)
class PlayedMoment:
    """A moment on a recording: its second of the file, and words."""

    second: int
    text: str


class Picture(QWidget):
    """Shows the frames of a sink, as large as fits; black around. A native video surface would lie over everything."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sink = QVideoSink(self)
        self.sink.videoFrameChanged.connect(self._on_frame)
        self._frame = QVideoFrame()
        self.frames = 0
        """How many it was given."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)
        self.setAccessibleName(say("recording.picture"))

    @property
    def has_picture(self) -> bool:
        """Whether there is a frame to show."""
        return self._frame.isValid()

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._frame.isValid():
            painter.fillRect(self.rect(), BLACK)
            return
        options = QVideoFrame.PaintOptions()
        options.aspectRatioMode = Qt.AspectRatioMode.KeepAspectRatio
        options.backgroundColor = BLACK
        self._frame.paint(painter, QRectF(self.rect()), options)

    def _on_frame(self, frame: QVideoFrame) -> None:
        if frame.isValid():
            self._frame = frame
            self.frames += 1
            self.update()


class Player(QWidget):
    """Space plays and pauses, ← → go 5 seconds, ↑ ↓ from moment to moment, + and − change the speed, M mutes.

    `failed(sentence)` when it can't be played. With `marks`, F2 asks for a moment here: `marked(second of the file)`.
    """

    failed = Signal(str)
    marked = Signal(int)
    moved = Signal(int)
    """Milliseconds."""

    def __init__(self, *, marks: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moments: tuple[PlayedMoment, ...] = ()
        self._wanted: int | None = None
        self._content: QBuffer | None = None
        self.picture = Picture()
        self.timeline = Timeline()
        self.media = QMediaPlayer(self)
        self.media.setVideoSink(self.picture.sink)
        self.sound = QAudioOutput(self) if QMediaDevices.audioOutputs() else None
        if self.sound is not None:
            self.media.setAudioOutput(self.sound)
        self.play = icon_button("play", f"{say('recording.play')}  {say('recording.space')}", self.toggle)
        self._back = icon_button("chevron-left", f"{say('recording.back')}  ←", partial(self.step, -STEP_MS))
        self._on = icon_button("chevron-right", f"{say('recording.on')}  →", partial(self.step, STEP_MS))
        self._time = label("00:00 / 00:00", "strong")
        self.speed = QComboBox()
        self.speed.setAccessibleName(say("recording.speed"))
        for one in SPEEDS:
            self.speed.addItem(f"{one:g} ×", one)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.currentIndexChanged.connect(lambda at: self.media.setPlaybackRate(self.speed.itemData(at)))
        self._mute = button(say("recording.mute"), self.toggle_sound, "ghost", tip="M")
        self._mute.setCheckable(True)
        self._quiet = ElidedLabel("small")  # gives way first, where a film stands beside the items
        self._quiet.setText(say("recording.no_sound_device"))
        self.mark = button(say("ui.marking.moment.add"), self._on_mark, "primary", "flag", "F2")
        if not marks:
            self.mark.hide()
        self._list = column(spacing=0)
        self._lay_out()
        self._connect(marks)

    # What is played

    def open(self, file: Path, moments: Sequence[PlayedMoment] = ()) -> None:
        """Open a file, standing at its beginning."""
        self._wanted = None
        self.media.setSource(QUrl.fromLocalFile(str(file)))
        self.media.pause()  # so that the first picture is there
        self.show_moments(moments)

    def open_content(self, content: bytes, suffix: str) -> None:
        """Play what is at hand: nothing of it is written to a disk."""
        self._wanted = None
        self._content = QBuffer(self)
        self._content.setData(content)
        self._content.open(QIODevice.OpenModeFlag.ReadOnly)
        self.media.setSourceDevice(self._content, QUrl(f"content.{suffix}"))
        self.media.pause()
        self.show_moments(())

    def show_moments(self, moments: Sequence[PlayedMoment]) -> None:
        """The moments that one can jump to."""
        self._moments = tuple(sorted(moments, key=lambda one: one.second))
        clear(self._list)
        for one in self._moments:
            words = f"{clock_text(one.second)}  {one.text or say('ui.marking.moment.bare')}"
            made = button(words, partial(self.jump, one.second), "link", tip=words)
            made.setText(made.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, WORDS))
            self._list.addWidget(made)
        self._list.addStretch(1)
        self.timeline.show_ticks([one.second * 1000 for one in self._moments])
        self._moments_card.setVisible(bool(self._moments))

    def close_file(self) -> None:
        """Let the file go: it may be moved now."""
        self.media.stop()
        self.media.setSource(QUrl())

    @property
    def second(self) -> int:
        """The second of the file in view."""
        return self.media.position() // 1000

    @property
    def plays(self) -> bool:
        """Whether it runs."""
        return self.media.playbackState() is QMediaPlayer.PlaybackState.PlayingState

    # What hands do

    def toggle(self) -> None:
        """Space: play or pause; at its end from the beginning."""
        if self.plays:
            self.media.pause()
        else:
            self.media.play()

    def step(self, by_ms: int) -> None:
        """← →"""
        self.seek(self.media.position() + by_ms)

    def seek(self, at_ms: int) -> None:
        """Go to a place of the file; at once, or as soon as its length is known."""
        if self.media.mediaStatus() in (QMediaPlayer.MediaStatus.NoMedia, QMediaPlayer.MediaStatus.LoadingMedia):
            self._wanted = at_ms
        else:
            self.media.setPosition(min(max(0, at_ms), self.media.duration()))

    def jump(self, second: int) -> None:
        """Go to a moment, a little before it."""
        self.seek(max(0, second * 1000 - BEFORE_MS))

    def next_moment(self, by: int) -> None:
        """↑ ↓: to the moment before or after the place in view."""
        here = self.media.position() + BEFORE_MS
        if by > 0:
            found = next((one for one in self._moments if one.second * 1000 > here + 500), None)
        else:
            found = next((one for one in reversed(self._moments) if one.second * 1000 < here - 1500), None)
        if found is not None:
            self.jump(found.second)

    def change_speed(self, by: int) -> None:
        """+ −"""
        self.speed.setCurrentIndex(min(max(0, self.speed.currentIndex() + by), len(SPEEDS) - 1))

    def toggle_sound(self) -> None:
        """M"""
        if self.sound is not None:
            self.sound.setMuted(not self.sound.isMuted())
            self._mute.setChecked(self.sound.isMuted())

    def _on_mark(self) -> None:
        self.marked.emit(self.second)

    # What the file says

    def _on_error(self, error: QMediaPlayer.Error, _words: str) -> None:
        code = {
            QMediaPlayer.Error.ResourceError: "recording.cannot_read",
            QMediaPlayer.Error.FormatError: "recording.cannot_decode",
            QMediaPlayer.Error.AccessDeniedError: "recording.cannot_read",
        }.get(error, "recording.cannot_play")
        self.failed.emit(say(code))

    def _on_length(self, length: int) -> None:
        self.timeline.show_length(length)
        self._show_time()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        ready = (QMediaPlayer.MediaStatus.LoadedMedia, QMediaPlayer.MediaStatus.BufferedMedia)
        if status in ready and self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.media.setPosition(min(max(0, wanted), self.media.duration()))

    def _on_place(self, at: int) -> None:
        self.timeline.show_place(at)
        self._show_time()
        self.moved.emit(at)

    def _on_state(self) -> None:
        icons.wear(self.play, "pause" if self.plays else "play", "ink", 20)
        self.play.setAccessibleName(say("recording.pause" if self.plays else "recording.play"))

    def _show_time(self) -> None:
        self._time.setText(f"{clock_text(self.media.position() / 1000)} / {clock_text(self.media.duration() / 1000)}")

    # Its parts

    def _lay_out(self) -> None:
        box = QScrollArea()
        box.setWidgetResizable(True)
        box.setFrameShape(QFrame.Shape.NoFrame)
        box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = holder(self._list)
        inside.setProperty("role", "scrolled")
        box.setWidget(inside)
        self._moments_card = Card(say("ui.marking.moments"))
        self._moments_card.body.addWidget(box, 1)
        self._moments_card.setFixedWidth(SIDE)
        self._moments_card.hide()
        # Only ever hidden: what is shown before it has a place is a window of its own, and takes the keys away.
        (self._mute if self.sound is None else self._quiet).hide()
        controls = row(self._back, self.play, self._on, self._time, None, spacing=8)
        for widget in (self._quiet, self._mute, self.speed, self.mark):
            controls.addWidget(widget)
        left = column(spacing=8)
        left.addWidget(self.picture, 1)
        left.addWidget(self.timeline)
        left.addLayout(controls)
        whole = row(spacing=16)
        whole.addLayout(left, 1)
        whole.addWidget(self._moments_card)
        self.setLayout(whole)

    def _connect(self, marks: bool) -> None:
        self.media.errorOccurred.connect(self._on_error)
        self.media.durationChanged.connect(self._on_length)
        self.media.mediaStatusChanged.connect(self._on_status)
        self.media.positionChanged.connect(self._on_place)
        self.media.playbackStateChanged.connect(lambda _state: self._on_state())
        self.timeline.sought.connect(self.seek)
        shortcut("Space", self, self.toggle)
        shortcut("Left", self, partial(self.step, -STEP_MS))
        shortcut("Right", self, partial(self.step, STEP_MS))
        shortcut("Down", self, partial(self.next_moment, 1))
        shortcut("Up", self, partial(self.next_moment, -1))
        shortcut("+", self, partial(self.change_speed, 1))
        shortcut("-", self, partial(self.change_speed, -1))
        shortcut("M", self, self.toggle_sound)
        if marks:
            shortcut("F2", self, self._on_mark)

    def hideEvent(self, event: QHideEvent) -> None:
        self.media.pause()
        super().hideEvent(event)
