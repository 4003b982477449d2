"""申报材料 beside the items of a review or a defence: what was stated, and the files. Ctrl+M shows and hides it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QVBoxLayout, QWidget

from core.errors import AppError
from core.scoring.material import Material, MaterialFile, material_file, material_for, shows_material
from core.standards.plans import Exercise
from core.words import say
from ui import ops
from ui.pages.applications_view import FactsView, fact_lines
from ui.widgets.basics import ElidedLabel, button, clear, column, icon_button, label, row, shortcut
from ui.widgets.card import Card
from ui.widgets.strip import ProgressStrip, Strip

LEAST_WIDTH = 280
SHARES = (11, 9)
"""Of the items and of the application."""
MOST_FACTS = 220
"""Pixels that the facts may take while a file is open."""


class MaterialCard(Card):
    """At the side of the marking screen; hidden where nothing is reviewed or defended."""

    def __init__(self, desk: Any) -> None:
        super().__init__()
        self.setAccessibleName(say("material.button"))
        self.layout().setContentsMargins(12, 8, 12, 8)
        self._desk = desk
        self._application = 0
        self.pane: MaterialPane | None = None
        self.body.addWidget(button(say("material.button"), self.toggle, "link", "documents", "Ctrl+M"))
        self.hide()
        desk.screen.add_to_side(self)
        shortcut("Ctrl+M", desk.screen, self.toggle)

    def follow(self, application: int, exercise: Exercise) -> None:
        """The sheet in view is this one's."""
        offered = shows_material(exercise)
        self.setVisible(offered)
        if self.pane is not None and not self.pane.isHidden():
            if not offered:
                self.put_away()
            elif application != self._application:
                self.pane.ask(application)
        self._application = application if offered else 0

    def toggle(self) -> None:
        """Ctrl+M."""
        if self.pane is not None and not self.pane.isHidden():
            self.put_away()
        elif self._application:
            pane = self.pane = self.pane or self._make()
            pane.show()
            pane.ask(self._application)

    def put_away(self) -> None:
        """Hide it and let the file go."""
        if self.pane is not None:
            self.pane.hide()
            self.pane.let_go()
            self._desk.screen.sheet.focus_in_hand()

    def _make(self) -> MaterialPane:
        made = MaterialPane(self._desk.context)
        made.closed.connect(self.put_away)
        splitter = self._desk.screen.splitter
        at = splitter.count()
        splitter.addWidget(made)
        splitter.setStretchFactor(0, SHARES[0])
        splitter.setStretchFactor(at, SHARES[1])
        wide = splitter.width()
        splitter.setSizes([wide * SHARES[0] // 20, *[0] * (at - 1), wide * SHARES[1] // 20])
        return made


class MaterialPane(Card):
    """An application by number: its facts, its files, and the file in hand. A host of operations."""

    closed = Signal()

    def __init__(self, context: Any) -> None:
        super().__init__()
        self.context = context
        self.material: Material | None = None
        self.shown: QWidget | None = None
        self._title = ElidedLabel("card-title")
        head = row(spacing=4)
        head.addWidget(self._title, 1)
        head.addWidget(icon_button("cross", f"{say('ui.close')}  Ctrl+M", self.closed.emit))
        self.strip, self.progress_strip = Strip(), ProgressStrip()
        self.facts = FactsView()
        stated = QWidget()
        stated.setProperty("role", "scrolled")
        line = QVBoxLayout(stated)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.facts)
        line.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(stated)
        self._files = column(spacing=4)
        self._group: QButtonGroup | None = None
        self._viewer = QVBoxLayout()
        self.body.addLayout(head)
        self.body.addWidget(label(say("material.words"), "small", wrap=True))
        self.body.addWidget(self.strip)
        self.body.addWidget(self.progress_strip)
        self.body.addWidget(self._area, 1)
        self.body.addLayout(self._files)
        self.body.addLayout(self._viewer, 2)
        self.setMinimumWidth(LEAST_WIDTH)

    def ask(self, application: int) -> None:
        """Read an application; the one before is gone at once."""
        self.let_go()
        examiner = self.context.session.actors.first.id
        ops.read(self, material_for, examiner, application).on_done(self._show).latest("material").start()

    def let_go(self) -> None:
        """Nothing of anybody stays on the screen, nor in memory."""
        self.material = None
        self._title.setText("")
        self.strip.clear()
        self.facts.show_lines([])
        clear(self._files)
        self._drop()

    def open_file(self, file: MaterialFile) -> None:
        """Show a file under the facts."""
        found = self.material
        if found is not None:
            examiner = self.context.session.actors.first.id
            reading = ops.read(self, material_file, examiner, found.application, file.id)
            reading.on_done(partial(self._show_file, found, file)).latest("material").start()

    def show_refusal(self, error: AppError) -> None:
        """Say it over the facts."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def _show(self, found: Material) -> None:
        if self.isHidden():
            return
        self.material = found
        self._title.setText(say("material.title", number=found.number))
        self.facts.show_lines(fact_lines(found.facts) or [("", say("material.nothing"))])
        self._files.addWidget(label(say("material.files" if found.files else "material.no_files"), "section"))
        self._group = QButtonGroup(self)
        for file in found.files:
            made = button(file.title, partial(self.open_file, file), "tab")
            made.setCheckable(True)
            self._group.addButton(made)
            self._files.addWidget(made)
        if found.withheld:
            self._files.addWidget(label(say("material.withheld", count=found.withheld), "small", wrap=True))

    def _show_file(self, asked: Material, file: MaterialFile, content: bytes | None) -> None:
        from ui.recording.work_views import view_of

        if self.material is not asked:
            return
        self._drop()
        if content is None:
            self.strip.say(say("material.not_here"), "attention")
            return
        self.strip.clear()
        made = view_of(content, file.kind, "")
        made.setAccessibleName(file.title)
        self.shown = made
        self._area.setMaximumHeight(MOST_FACTS)
        self._viewer.addWidget(made)

    def _drop(self) -> None:
        shown, self.shown = self.shown, None
        self._area.setMaximumHeight(16_777_215)  # Qt's own "no limit"
        if shown is not None:
            close = getattr(shown, "close_file", None)
            if close is not None:
                close()
            self._viewer.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
