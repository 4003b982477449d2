"""核验: is this code what an issuer signed. A scanner's typing, a file, a picture, a camera; the verdict large."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from core.errors import AppError
from core.words import say
from ui import ops
from ui.context import Station
from ui.pages.verify_card import VerdictCard
from ui.pages.verify_judge import Judged, is_whole, judge_file, judge_frame, judge_picture, judge_text
from ui.widgets.basics import button, label, row, shortcut
from ui.widgets.card import Card
from ui.widgets.folding import Folding
from ui.widgets.strip import ProgressStrip, Strip

if TYPE_CHECKING:
    from ui.pages.verify_camera import CameraView

PAUSE: Final = 400
"""Milliseconds after the last character of a whole code: a scanner that sends no Enter has ended."""
LEAST_TEXT: Final = 160
"""Pixels: where the box would be narrower than this the buttons stand below it."""
PICTURES: Final = "*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif"
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class VerifyView(QWidget):
    """Wherever the cursor is while this is in sight, what a scanner types lands here; Enter or a pause judges it."""

    def __init__(self, context: Station, home: Path) -> None:
        super().__init__()
        self.context = context
        self._home = home
        self._known = ""
        self.setAcceptDrops(True)
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self.text = _Box(self.take)
        self.text.setPlaceholderText(say("exam.verify.paste"))
        self.text.setAccessibleName(say("exam.verify.paste"))
        self.text.returnPressed.connect(self.check_text)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._on_pause)
        self.text.textChanged.connect(self._pause.start)
        self.do = button(say("exam.verify.do"), self.check_text, "primary", tip="Enter")
        self.choose = button(say("exam.verify.file"), self.choose_file, icon="folder", tip="Ctrl+O")
        self.look = button(say("verify_page.camera.on"), self.toggle_camera, icon="camera")
        self.entry = Card()
        self.entry.body.addWidget(label(say("verify_page.words"), "muted", wrap=True))
        self.text.setMinimumWidth(LEAST_TEXT)
        self.entry.body.addWidget(Folding(self.text, row(self.do, self.choose, self.look, None), spacing=8))
        self.camera: CameraView | None = None
        self._card = VerdictCard()
        self.verdict = self._card.verdict
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        for each in (self.strip, self.progress_strip, self.entry, self._card):
            box.addWidget(each)
        box.addStretch(1)
        shortcut("Ctrl+O", self, self.choose_file)

    # What hands do

    def check_text(self) -> None:
        """Judge what was typed, pasted or scanned."""
        self._pause.stop()
        text = self.text.text()
        if text.strip():
            self._start(judge_text, text)
            self.text.selectAll()  # the next scan takes its place

    def choose_file(self) -> None:
        """Choose a picture or a PDF."""
        kinds = f"{say('exam.verify.kinds')} ({PICTURES} *.pdf)"
        chosen, _ = QFileDialog.getOpenFileName(self, say("exam.verify.file"), "", kinds)
        if chosen:
            self.check_file(Path(chosen))

    def check_file(self, path: Path) -> None:
        """Judge every code of ours in a picture or a PDF."""
        self._start(judge_file, path)

    def take(self, data: QMimeData) -> bool:
        """Judge what was dropped or pasted, if it is a file or a picture."""
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if files:
            self.check_file(files[0])
            return True
        if data.hasImage():
            image = QImage(data.imageData())
            if not image.isNull():
                self._start(judge_picture, image)
                return True
        return False

    def toggle_camera(self) -> None:
        """Switch the camera on or off."""
        if self.camera is not None and self.camera.is_on:
            self.stop_camera()
            return
        self.strip.clear()
        if self.camera is None:
            from ui.pages.verify_camera import CameraView

            made = self.camera = CameraView()
            made.frame.connect(self._on_frame)
            made.failed.connect(self._on_no_camera)
            self.entry.body.addWidget(made)
        self.camera.show()
        self.look.setText(say("verify_page.camera.off"))
        self.camera.start()

    def stop_camera(self) -> None:
        """Switch the camera off, if it is on."""
        if self.camera is not None:
            self.camera.hide()
        self._known = ""
        self.look.setText(say("verify_page.camera.on"))

    # What arrives

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """What is typed while no field has the cursor goes into the box; whether this key did."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
            return True
        text = event.text()
        if not text or not text.isprintable() or text == " " or event.modifiers() & _HELD:
            return False
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self.text.insert(text)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.take(event.mimeData()):
            event.acceptProposedAction()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pause.stop()
        self.stop_camera()

    # What operations say to it

    def show_refusal(self, error: AppError) -> None:
        """It could not be judged."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far a long file is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if data is not None and not self.take(data) and data.text().strip():
            self.text.setText(data.text())
            self.check_text()

    def _on_pause(self) -> None:
        if is_whole(self.text.text()):
            self.check_text()

    def _on_frame(self, image: QImage) -> None:
        """A frame of the camera: read on a worker, and the next one after it."""
        camera = self.camera
        if camera is None:
            return
        reading = ops.work(self, judge_frame, image, self._known, self._home)
        reading.on_done(self._on_seen).on_refused(self._on_refused_frame).on_ended(camera.ready).start()

    def _on_seen(self, found: Judged | None) -> None:
        if found is not None and self.camera is not None and self.camera.isVisible():
            self._known = found.text
            self.strip.clear()
            self._show(found)

    def _on_refused_frame(self, error: AppError) -> None:
        self.stop_camera()
        self.strip.show_error(error)

    def _on_no_camera(self, sentence: str) -> None:
        self.stop_camera()
        self.strip.say(sentence, "attention")

    def _start(self, judge: Callable[..., Judged], what: Any) -> None:
        self.strip.clear()
        self._card.hide()
        working = ops.work(self, judge, what, self._home).progress().describe(say("ui.checking"))
        working.on_done(self._show).latest("verify").busy(self.do).start()

    def _show(self, found: Judged) -> None:
        self._card.show_judged(found)
        QTimer.singleShot(0, self, self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        around: QWidget | None = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if isinstance(around, QScrollArea):
            # The word on top counts most: where not all fits, the foot of the card is what waits below.
            top = self._card.mapTo(around.widget(), QPoint(0, 0)).y()
            if top + self._card.height() > around.verticalScrollBar().value() + around.viewport().height():
                around.verticalScrollBar().setValue(top)


class _Box(QLineEdit):
    """Takes what a scanner types as the keys say it: no input method may make words of it."""

    def __init__(self, take: Callable[[QMimeData], bool]) -> None:
        super().__init__()
        self._take = take
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            data = QGuiApplication.clipboard().mimeData()
            if data is not None and self._take(data):
                return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if not self._take(event.mimeData()):
            super().dropEvent(event)
