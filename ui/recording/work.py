"""A work under its blind number alone: beside the items, or large over the window. Shown from memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QButtonGroup,
    QDialog,
    QFileDialog,
    QFrame,
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
from ui.marking.views import size_text
from ui.recording.player import Player
from ui.recording.work_views import PagesView, view_of, words_only
from ui.widgets.basics import ElidedLabel, button, clear, column, icon_button, row, set_tip, shortcut
from ui.widgets.flow import Flow
from ui.widgets.strip import ProgressStrip, Strip

SIZE = QSize(960, 720)
SMALLEST = QSize(220, 120)


class WorkPane(QWidget):
    """One work, file by file. Showing it takes it up: from then on it is being marked. A host of operations."""

    large_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._work: BlindWork | None = None
        self._actor = context.session.actors.first
        self.strip, self.progress_strip = Strip(), ProgressStrip()
        self.title = ElidedLabel("card-title")
        self._tools = row(spacing=4)
        self._files = column(spacing=0)
        self._group: QButtonGroup | None = None
        self._stack = QStackedWidget()
        self._stack.setMinimumSize(SMALLEST)  # what is in it may ask for more than a small screen has
        self.shown: QWidget | None = None
        self._content = b""
        self._at = 0
        self.save = icon_button("save", say("recording.work.save"), self._on_save)
        self.closer = icon_button("add", f"{say('works.closer')}  Ctrl++", partial(self.zoom, 1))
        self.further = icon_button("minus", f"{say('works.further')}  Ctrl+-", partial(self.zoom, -1))
        self.large = icon_button("screen", f"{say('works.large')}  F9", self.large_wanted.emit)
        head = row(spacing=4)
        head.addWidget(self.title, 1)
        head.addLayout(self._tools)
        for made in (self.further, self.closer, self.save, self.large):
            head.addWidget(made)
        inside = column(head, self.strip, self.progress_strip, self._files, spacing=8)
        inside.addWidget(self._stack, 1)
        inside.setContentsMargins(16, 10, 12, 12)
        card = QFrame()
        card.setProperty("kind", "card")
        card.setLayout(inside)
        outer = column(spacing=0)
        outer.addWidget(card)
        self.setLayout(outer)

    def add_tool(self, tool: QWidget) -> None:
        """One more button beside the title."""
        self._tools.addWidget(tool)

    def show_work(self, work: BlindWork, title: str) -> None:
        """Show a work; it is taken up first, where that was not done yet."""
        self._begin(title)
        self._work = work
        self._show_tabs(work)
        if work.taken_up:
            self.open_file(0)
        else:
            taking = ops.write(self, take_up_work, work.handle, work.exercise)
            taking.on_done(lambda _: self._taken(work)).start()

    def show_words(self, title: str, icon: str, head: str, words: str = "") -> None:
        """Say something in place of a work: that nothing was handed in."""
        self._begin(title)
        self._put(words_only(icon, head, words))

    def open_file(self, at: int) -> None:
        """Show another file."""
        work = self._work
        if work is None or not 0 <= at < len(work.files):
            return
        self._at = at
        if self._group is not None:
            self._group.button(at).setChecked(True)
        reading = ops.read(self, work_content, self._actor, work.handle, work.exercise, at)
        reading.describe(say("studio.work.reading")).on_done(self._show).on_refused(self._on_refused)
        reading.latest("file").start()

    def zoom(self, by: int) -> None:
        """Closer, further away, or as it fits (0)."""
        zoom = getattr(self.shown, "zoom", None)
        if zoom is not None:
            zoom(by)

    def turn(self, by: int) -> None:
        """A page on or back."""
        if isinstance(self.shown, QAbstractScrollArea | PagesView):
            bar = self.shown.verticalScrollBar()
            bar.setValue(bar.value() + by * bar.pageStep())

    def play(self) -> None:
        """Let a film run, or stop it."""
        if isinstance(self.shown, Player):
            self.shown.toggle()

    def focus_file(self) -> None:
        """Give the keys to the file."""
        if self.shown is not None:
            shown: QWidget = self.shown.timeline if isinstance(self.shown, Player) else self.shown
            shown.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_away(self) -> None:
        """Let the file go: sound and pages with it."""
        shown, self.shown = self.shown, None
        self._content = b""
        if isinstance(shown, Player | PagesView):
            shown.close_file()
        if shown is not None:
            self._stack.removeWidget(shown)
            shown.deleteLater()

    def show_refusal(self, error: AppError) -> None:
        """Say it over the work."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def _begin(self, title: str) -> None:
        self._work = None
        self.title.setText(title)
        self.strip.clear()
        self.put_away()
        clear(self._files)
        self._group = None
        self._allow()

    def _taken(self, work: BlindWork) -> None:
        if self._work is work:
            self.open_file(0)

    def _show_tabs(self, work: BlindWork) -> None:
        self._group = QButtonGroup(self)
        line = Flow()
        for at, file in enumerate(work.files):
            size = size_text(file.size)
            made = button(say("works.file", at=at + 1, suffix=file.suffix.upper() or "–"), kind="tab")
            made.setCheckable(True)
            made.clicked.connect(partial(self.open_file, at))
            set_tip(
                made, say("recording.work.file", at=at + 1, suffix=file.suffix or "–", size=size) + f"  Alt+{at + 1}"
            )
            self._group.addButton(made, at)
            line.add(made)
        self._files.addWidget(line)

    def _show(self, content: bytes | None) -> None:
        if self._work is None:
            return
        self.strip.clear()
        file = self._work.files[self._at]
        if content is None:
            self._put(words_only("offline", say("recording.work.not_here"), say("works.not_here.words")))
            return
        made = view_of(content, file.kind, file.suffix)
        if isinstance(made, Player):
            made.failed.connect(lambda words: self.strip.say(words, "danger"))
        self._put(made)
        self._content = content
        self._allow()

    def _on_refused(self, error: AppError) -> None:
        self._put(words_only("warning", say("works.cannot_read"), ""))
        self.strip.show_error(error)

    def _put(self, made: QWidget) -> None:
        self.put_away()
        self.shown = made
        self._stack.addWidget(made)
        self._stack.setCurrentWidget(made)
        self._allow()

    def _allow(self) -> None:
        self.save.setEnabled(bool(self._content))
        self.large.setEnabled(self._work is not None)
        for made in (self.closer, self.further):
            made.setEnabled(hasattr(self.shown, "zoom"))

    def _on_save(self) -> None:
        work = self._work
        if work is None or not self._content:
            return
        file = work.files[self._at]
        name = f"{work.blind}-{self._at + 1}" + (f".{file.suffix}" if file.suffix else "")
        chosen, _filter = QFileDialog.getSaveFileName(self, say("recording.work.save"), name)
        if chosen:
            ops.work(self, _save, Path(chosen), self._content).start()


class WorkWindow(QDialog):
    """A work over the window, for who wants it large."""

    def __init__(self, parent: QWidget, context: Context, work: BlindWork, exercise: str) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = say("recording.work.title", blind=work.blind, exercise=exercise)
        self.setWindowTitle(title)
        self.resize(SIZE.boundedTo(parent.window().size() - QSize(24, 24)))
        self.pane = WorkPane(context)
        self.pane.large.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.addWidget(self.pane)
        add_keys(self, self.pane)
        shortcut("Ctrl+L", self, context.lock_wanted.emit, everywhere=True)
        self.pane.show_work(work, title)

    @property
    def shown(self) -> QWidget | None:
        """What shows the file in view."""
        return self.pane.shown

    def closeEvent(self, event: QCloseEvent) -> None:
        self.pane.put_away()
        super().closeEvent(event)

    def reject(self) -> None:
        """Esc."""
        self.pane.put_away()
        super().reject()


def add_keys(owner: QWidget, pane: WorkPane) -> None:
    """The keys of a work, wherever in `owner` the focus is: so that a hand may stay at the items."""

    def act(on: Callable[[], object]) -> Callable[[], None]:
        return lambda: None if pane.isHidden() else (on(), None)[1]

    for keys, on in (
        ("Ctrl+PgDown", partial(pane.turn, 1)),
        ("Ctrl+PgUp", partial(pane.turn, -1)),
        ("Ctrl++", partial(pane.zoom, 1)),
        ("Ctrl+=", partial(pane.zoom, 1)),
        ("Ctrl+-", partial(pane.zoom, -1)),
        ("Ctrl+0", partial(pane.zoom, 0)),
        ("Ctrl+Space", pane.play),
        ("F6", pane.focus_file),
    ):
        shortcut(keys, owner, act(on))
    for at in range(9):
        shortcut(f"Alt+{at + 1}", owner, act(partial(pane.open_file, at)))


def _save(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as problem:
        raise EnvironmentFailure("examday.cannot_save", file=target.name) from problem


def open_work(host: Any, work: BlindWork, exercise: str) -> WorkWindow:
    """Show a work over the window of `host`."""
    made = WorkWindow(host, host.context, work, exercise)
    made.show()
    return made
