"""A camera that reads codes: off until somebody switches it on, off again when the page is left; no frame is kept."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtMultimedia import QCamera, QMediaCaptureSession, QMediaDevices, QVideoFrame
from PySide6.QtWidgets import QComboBox, QWidget

from core.words import say
from ui.recording.player import Picture
from ui.widgets.basics import column, label, row

EVERY: Final = 0.12
"""Seconds between two frames that are read: a hand holds still for longer."""
SIZE: Final = QSize(400, 225)


class CameraView(QWidget):
    """Shows what the camera sees and hands out frames one at a time: `frame(image)`, the next after `ready`."""

    frame = Signal(QImage)
    failed = Signal(str)
    """A sentence: there is no camera, or it does not work."""

    def __init__(self) -> None:
        super().__init__()
        self.cameras = QComboBox()
        self.cameras.setAccessibleName(say("verify_page.camera.which"))
        self.cameras.setFocusPolicy(
            Qt.FocusPolicy.TabFocus
        )  # a list takes letters; after a click a scan must not go there
        self.picture = Picture()
        self.picture.setAccessibleName(say("verify_page.camera"))
        self.picture.setFixedSize(SIZE)
        self.picture.sink.videoFrameChanged.connect(self._on_frame)
        self._session = QMediaCaptureSession(self)
        self._session.setVideoSink(self.picture.sink)
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self._list)
        self.camera: QCamera | None = None
        self._waiting = False
        self._last = 0.0
        words = column(label(say("verify_page.camera.words"), "muted", wrap=True), self.cameras, None, spacing=12)
        box = row(self.picture, spacing=16)
        box.addLayout(words, 1)
        self.setLayout(box)
        self._list()
        self.cameras.activated.connect(lambda _at: self.start())

    @property
    def is_on(self) -> bool:
        """Whether a camera is running."""
        return self.camera is not None

    def start(self) -> None:
        """Switch the chosen camera on."""
        self.stop()
        devices = QMediaDevices.videoInputs()
        if not devices:
            self.failed.emit(say("verify_page.camera.none"))
            return
        camera = QCamera(devices[max(0, self.cameras.currentIndex())], self)
        camera.errorOccurred.connect(self._on_error)
        self.camera = camera
        self._session.setCamera(camera)
        camera.start()

    def stop(self) -> None:
        """Switch it off."""
        camera, self.camera = self.camera, None
        if camera is not None:
            camera.stop()
            self._session.setCamera(None)
            camera.deleteLater()
        self._waiting = False

    def ready(self) -> None:
        """The last frame has been read: another one may come."""
        self._waiting = False

    def hideEvent(self, event: QHideEvent) -> None:
        self.stop()
        super().hideEvent(event)

    def _on_frame(self, frame: QVideoFrame) -> None:
        now = time.monotonic()
        if self._waiting or now - self._last < EVERY or not frame.isValid() or not self.isVisible():
            return
        image = frame.toImage()
        if not image.isNull():
            self._waiting, self._last = True, now
            self.frame.emit(image)

    def _on_error(self, error: QCamera.Error, text: str) -> None:
        if error is not QCamera.Error.NoError:
            self.stop()
            self.failed.emit(say("verify_page.camera.failed", problem=text))

    def _list(self) -> None:
        """Name the cameras; one alone needs no choice."""
        chosen = self.cameras.currentText()
        self.cameras.clear()
        self.cameras.addItems([device.description() for device in QMediaDevices.videoInputs()])
        self.cameras.setCurrentIndex(max(0, self.cameras.findText(chosen)))
        self.cameras.setVisible(self.cameras.count() > 1)
