"""What shows a file of a work: pages, pictures, words, film. Out of memory, and nothing in it leads anywhere."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImageReader, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QPlainTextEdit, QScrollBar, QVBoxLayout, QWidget

from core.words import say
from ui.recording.player import Player
from ui.widgets.basics import holder, row
from ui.widgets.empty import EmptyState

TEXT = ("text/plain", "text/markdown", "text/csv")
MOST_TEXT = 2 << 20
"""Bytes of a text that are shown; the window would stand still over a longer one."""
STEP = 1.25
LEAST, MOST = 0.5, 8.0
"""How far one zooms, against the size that fits."""
POINTS_AN_INCH = 72
BODY = 14
"""Pixels of the window's own words."""


class PictureView(QGraphicsView):
    """A picture, as large as fits; the wheel zooms, the mouse pulls."""

    def __init__(self, picture: QPixmap) -> None:
        super().__init__()
        self.factor = 1.0
        self._pixmap = QGraphicsScene(self)
        self._item = self._pixmap.addPixmap(picture)
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self.setScene(self._pixmap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setAccessibleName(say("works.picture"))

    def zoom(self, by: int) -> None:
        """Closer (1), further away (−1), or as large as fits (0)."""
        self.factor = stepped(self.factor, by)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.fitInView(self._item, Qt.AspectRatioMode.KeepAspectRatio)
        self.scale(self.factor, self.factor)


class PagesView(QWidget):
    """Pages of a PDF. The view goes before its document, and the document before its bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.factor = 1.0
        self.view = QPdfView(self)
        self._document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._buffer.setData(content)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)
        self.readable = self._document.status() is QPdfDocument.Status.Ready
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setDocument(self._document)
        self.view.setAccessibleName(say("works.pages", count=self._document.pageCount()))
        self.setFocusProxy(self.view)
        line = row(spacing=0)
        line.addWidget(self.view)
        self.setLayout(line)

    def zoom(self, by: int) -> None:
        """Closer (1), further away (−1), or as wide as fits (0)."""
        self.factor = stepped(self.factor, by)
        if self.factor == 1.0:
            self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
            return
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(self._fitting() * self.factor)

    def verticalScrollBar(self) -> QScrollBar:
        """What turns the pages."""
        return self.view.verticalScrollBar()

    def close_file(self) -> None:
        """Let the pages go, before they are deleted."""
        self._document.close()

    def _fitting(self) -> float:
        wide = max((self._document.pagePointSize(at).width() for at in range(self._document.pageCount())), default=1.0)
        margins = self.view.documentMargins()
        room = self.view.viewport().width() - margins.left() - margins.right()
        return max(room, 1) / (wide * self.view.logicalDpiX() / POINTS_AN_INCH)


class TextView(QPlainTextEdit):
    """Words as they are, of a candidate's machine: no markup, no link."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.factor = 1.0
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        words = decoded(content[:MOST_TEXT])
        self.setPlainText(f"{words}\n\n{say('works.text_cut')}" if len(content) > MOST_TEXT else words)
        self.setAccessibleName(say("works.text"))

    def zoom(self, by: int) -> None:
        """Larger (1), smaller (−1), or as usual (0)."""
        self.factor = stepped(self.factor, by)
        self.setStyleSheet(f"font-size: {round(BODY * self.factor)}px;")


def view_of(content: bytes, kind: str, suffix: str) -> QWidget:
    """What shows a file; what can't be shown here says so."""
    if kind == "application/pdf":
        pages = PagesView(content)
        if pages.readable:
            return pages
        pages.close_file()
    elif kind.startswith("image/"):
        picture = picture_of(content)
        if not picture.isNull():
            return PictureView(picture)
    elif kind.startswith(("video/", "audio/")):
        player = Player()
        player.open_content(content, suffix)
        return player
    elif kind in TEXT:
        return TextView(content)
    return words_only("documents", say("recording.work.cannot_show"), say("recording.work.cannot_show.words"))


def picture_of(content: bytes) -> QPixmap:
    """A picture the right way up: telephones say in the file how they were held."""
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    return QPixmap.fromImage(reader.read())


def decoded(content: bytes) -> str:
    """Text of our candidates' machines: UTF-8 or 16, else GB 18030. What was cut in the middle of a sign loses it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if problem.start >= len(content) - 3 and len(content) >= MOST_TEXT:
            return content[: problem.start].decode("utf-8-sig")
        return content.decode("gb18030", errors="replace")


def stepped(factor: float, by: int) -> float:
    """The next zoom; 0 is the size that fits."""
    return 1.0 if by == 0 else min(max(factor * STEP**by, LEAST), MOST)


def words_only(icon: str, title: str, words: str) -> QWidget:
    """A sentence in place of a file."""
    made = EmptyState()
    made.say(icon, title, words)
    line = QVBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(made)
    return holder(line)
