"""The photographs and scans of a paper sheet beside its cells: looked at, attached, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QScrollArea

from core.errors import EnvironmentFailure
from core.scoring.paper import attach_scan, withdraw_scan
from core.scoring.paper_queries import Scan, scan_content, scans
from core.scoring.paper_rules import LARGEST_SCAN
from core.words import say
from ui import ops
from ui.widgets.basics import button, icon_button, label, row
from ui.widgets.card import Card

PDF_WIDTH = 1600
LEAST_PICTURE = 160
"""Below this a page shows nothing that could be compared."""


class ScanPane(Card):
    """One page at a time. `host` is the page that it stands on; `changed()` after one was attached or taken back."""

    def __init__(self, host: Any, changed: Callable[[], None]) -> None:
        super().__init__(say("entry.scan"))
        self._host, self._changed = host, changed
        self._key: tuple[int, str, int] | None = None
        self._found: list[Scan] = []
        self._at = 0
        self._image = QImage()
        self.count = label("", "small")
        self.before = icon_button("chevron-left", say("entry.scan.before"), lambda: self._turn(-1))
        self.after = icon_button("chevron-right", say("entry.scan.after"), lambda: self._turn(1))
        self.drop = icon_button("trash", say("entry.scan.withdraw"), self._withdraw)
        for tool in (self.count, self.before, self.after, self.drop):
            self.tools.addWidget(tool)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.picture.setAccessibleName(say("entry.scan"))
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.picture)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setMinimumHeight(LEAST_PICTURE)
        # Always there, so that the width to fit doesn't depend on what was fitted.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.words = label("", "muted", wrap=True)
        self.add = button(say("entry.scan.add"), self.choose, icon="camera", tip="Ctrl+O")
        self.body.addWidget(self.words)
        self.body.addWidget(self._area, 1)
        self.body.addLayout(row(self.add, None))

    def open(self, application: int, exercise: str, examiner: int) -> None:
        """Show the scans of a sheet."""
        self._key = (application, exercise, examiner)
        self._show([])
        self.read()

    def read(self) -> None:
        """Read again which there are."""
        if self._key is not None:
            me = self._host.context.session.actors.first.id
            reading = ops.read(self._host, scans, me, *self._key).latest("scans")
            reading.on_done(self._show).on_refused(lambda _error: self._show([])).start()

    def choose(self) -> None:
        """Attach a file."""
        kinds = f"{say('entry.scan.kinds')} (*.jpg *.jpeg *.png *.pdf)"
        chosen, _ = QFileDialog.getOpenFileName(self, say("entry.scan.add"), "", kinds)
        if chosen:
            self.attach(Path(chosen))

    def attach(self, path: Path) -> None:
        """Attach this file."""
        key = self._key
        if key is None:
            return
        self._host.clear_refusal()
        reading = ops.work(self._host, _content, path).describe(say("entry.scan.reading")).busy(self.add)
        reading.on_done(lambda content: self._attach(key, content)).start()

    def _attach(self, key: tuple[int, str, int], content: bytes) -> None:
        writing = ops.write(self._host, attach_scan, *key, content).busy(self.add)
        writing.say_done(say("entry.scan.added")).on_done(lambda _id: self._on_changed()).start()

    def _withdraw(self) -> None:
        if self._found:
            self._host.clear_refusal()
            writing = ops.write(self._host, withdraw_scan, self._found[self._at].id).busy(self.drop)
            writing.say_done(say("entry.scan.withdrawn")).on_done(lambda _none: self._on_changed()).start()

    def _on_changed(self) -> None:
        self.read()
        self._changed()

    def _show(self, found: list[Scan]) -> None:
        self._found = found
        self._at = min(self._at, max(0, len(found) - 1))
        many = len(found) > 1
        self.before.setVisible(many)
        self.after.setVisible(many)
        self.drop.setVisible(bool(found))
        self.count.setText(f"{self._at + 1} / {len(found)}" if many else "")
        self._area.setVisible(bool(found))
        self.words.setText("" if found else say("entry.scan.none"))
        self.words.setVisible(not found)
        if found:
            me = self._host.context.session.actors.first.id
            ops.read(self._host, _picture_of, me, found[self._at].id).latest("scan").on_done(self._show_picture).start()
        else:
            self._image = QImage()
            self._fit()

    def _turn(self, step: int) -> None:
        if self._found:
            self._at = (self._at + step) % len(self._found)
            self._show(self._found)

    def _show_picture(self, image: QImage) -> None:
        self._image = image
        if image.isNull():
            self.words.setText(say("entry.scan.unreadable"))
            self.words.show()
        self._fit()

    def _fit(self) -> None:
        if self._image.isNull():
            self.picture.clear()
            return
        width = max(120, self._area.viewport().width())
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap.fromImage(
            self._image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
        )
        pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST_SCAN + 1)
    except OSError as problem:
        raise EnvironmentFailure("entry.scan.cannot_read", file=path.name) from problem


def _picture_of(read: Any, viewer: int, scan: int) -> QImage:
    """On a worker: a telephone's photograph takes a while to unpack."""
    found, content = scan_content(read, viewer, scan)
    return QImage() if content is None else _picture(found.kind, content)


def _picture(kind: str, content: bytes) -> QImage:
    if kind != "application/pdf":
        return QImage.fromData(content)
    from PySide6.QtPdf import QPdfDocument

    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    if not document.pageCount():
        return QImage()
    size = document.pagePointSize(0)
    image = document.render(0, QSize(PDF_WIDTH, round(PDF_WIDTH * size.height() / max(1.0, size.width()))))
    white = QImage(image.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    from PySide6.QtGui import QPainter

    painter = QPainter(white)
    painter.drawImage(0, 0, image)
    painter.end()
    document.close()
    return white
