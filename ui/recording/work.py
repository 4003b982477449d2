"""A work beside the items: pages, pictures, words, film. Shown from memory, under its blind number alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QCloseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import AppError, EnvironmentFailure
from core.examday.commands import take_up_work
from core.examday.work_queries import BlindWork, work_content
from core.words import say
from ui import ops
from ui.context import Context
from ui.recording.player import Player
from ui.widgets.basics import button, holder, label, row
from ui.widgets.empty import EmptyState
from ui.widgets.strip import ProgressStrip, Strip

SIZE = QSize(860, 680)
TEXT = ("text/plain", "text/markdown", "text/csv")
MEBIBYTE = 1 << 20


class WorkWindow(QDialog):
    """One work, file by file. Opening it takes it up: from then on it is being marked. A host of operations."""

    def __init__(self, parent: QWidget, context: Context, work: BlindWork, exercise: str) -> None:
        super().__init__(parent.window())
        self.context = context
        self._work = work
        self._actor = context.session.actors.first
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = say("recording.work.title", blind=work.blind, exercise=exercise)
        self.setWindowTitle(title)
        self.resize(SIZE.boundedTo(parent.window().size() - QSize(24, 24)))
        self.strip, self.progress_strip = Strip(), ProgressStrip()
        self._group = QButtonGroup(self)
        self._stack = QStackedWidget()
        self.shown: QWidget | None = None
        self._content = b""
        self._at = 0
        self.save = button(say("recording.work.save"), self._on_save, "ghost", "save")
        tabs = row(spacing=4)
        for at, file in enumerate(work.files):
            text = say("recording.work.file", at=at + 1, suffix=file.suffix or "–", size=f"{file.size / MEBIBYTE:.1f}")
            made = button(text, partial(self.open_file, at), "tab")
            made.setCheckable(True)
            made.setChecked(at == 0)
            self._group.addButton(made)
            tabs.addWidget(made)
        tabs.addStretch(1)
        tabs.addWidget(self.save)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.setSpacing(8)
        outer.addWidget(label(title, "card-title"))
        outer.addWidget(self.strip)
        outer.addWidget(self.progress_strip)
        outer.addLayout(tabs)
        outer.addWidget(self._stack, 1)

    def begin(self) -> None:
        """Take the work up and show its first file."""
        self.show()
        args = (self._work.handle, self._work.exercise)
        ops.write(self, take_up_work, *args).on_done(lambda _: self.open_file(0)).start()

    def open_file(self, at: int) -> None:
        """Show another file."""
        self._at = at
        args = (self._actor, self._work.handle, self._work.exercise, at)
        reading = ops.read(self, work_content, *args).describe(say("studio.work.reading"))
        reading.on_done(self._show).latest("file").start()

    def show_refusal(self, error: AppError) -> None:
        """Say it over the work."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def _show(self, content: bytes | None) -> None:
        self._put_away()
        self._content = content or b""
        self.save.setEnabled(content is not None)
        file = self._work.files[self._at]
        if content is None:
            self.shown = _words_only("offline", say("recording.work.not_here"), "")
        else:
            self.shown = view_of(content, file.kind, file.suffix)
        self._stack.addWidget(self.shown)
        self._stack.setCurrentWidget(self.shown)

    def _on_save(self) -> None:
        file = self._work.files[self._at]
        name = f"{self._work.blind}-{self._at + 1}" + (f".{file.suffix}" if file.suffix else "")
        chosen, _filter = QFileDialog.getSaveFileName(self, say("recording.work.save"), name)
        if chosen:
            ops.work(self, _save, Path(chosen), self._content).start()

    def _put_away(self) -> None:
        shown, self.shown = self.shown, None
        if isinstance(shown, Player | PagesView):
            shown.close_file()
        if shown is not None:
            self._stack.removeWidget(shown)
            shown.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._put_away()
        super().closeEvent(event)

    def reject(self) -> None:
        """Esc."""
        self._put_away()
        super().reject()


class PictureView(QWidget):
    """A picture, as large as fits."""

    def __init__(self, picture: QPixmap) -> None:
        super().__init__()
        self._picture = picture
        self._shown: QLabel = label("")
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        line = row(spacing=0)
        line.addWidget(self._shown, 1)
        self.setLayout(line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ratio = self.devicePixelRatioF()
        fitted = self._picture.scaled(
            self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self._shown.setPixmap(fitted)


def view_of(content: bytes, kind: str, suffix: str) -> QWidget:
    """What shows a file; what can't be shown here says so."""
    if kind == "application/pdf":
        pages = PagesView(content)
        if pages.readable:
            return pages
    elif kind.startswith("image/"):
        picture = QPixmap()
        if picture.loadFromData(content):
            return PictureView(picture)
    elif kind.startswith(("video/", "audio/")):
        player = Player()
        player.open_content(content, suffix)
        return player
    elif kind in TEXT:
        words = QPlainTextEdit()
        words.setReadOnly(True)
        words.setPlainText(_decoded(content))
        return words
    return _words_only("documents", say("recording.work.cannot_show"), say("recording.work.cannot_show.words"))


class PagesView(QWidget):
    """Pages of a PDF out of memory. The view goes before its document, and the document before its bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        from PySide6.QtPdf import QPdfDocument
        from PySide6.QtPdfWidgets import QPdfView

        self._view = QPdfView(self)
        self._document = QPdfDocument(self)
        self._buffer = QBuffer(self)
        self._buffer.setData(content)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)
        self.readable = self._document.status() is QPdfDocument.Status.Ready
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._view.setDocument(self._document)
        line = row(spacing=0)
        line.addWidget(self._view)
        self.setLayout(line)

    def close_file(self) -> None:
        """Let the pages go, before they are deleted."""
        self._document.close()


def _decoded(content: bytes) -> str:
    """Text of our candidates' machines: UTF-8, else GB 18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _words_only(icon: str, title: str, words: str) -> QWidget:
    made = EmptyState()
    made.say(icon, title, words)
    line = row(spacing=0)
    line.addWidget(made)
    return holder(line)


def _save(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as problem:
        raise EnvironmentFailure("examday.cannot_save", file=target.name) from problem


def open_work(host: Any, work: BlindWork, exercise: str) -> WorkWindow:
    """Show a work over the window of `host`."""
    made = WorkWindow(host, host.context, work, exercise)
    made.begin()
    return made
