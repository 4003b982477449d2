"""The manager's topic cards of an exercise: what is there, a new one with its surprises, a bad one withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from core.errors import AppError, EnvironmentFailure
from core.examday import commands
from core.examday.card_queries import CardLine, cards
from core.examday.cards import LARGEST_MATERIAL, LONGEST_SURPRISE, LONGEST_TITLE, SURPRISES
from core.examday.events import Surprise
from core.standards.plans import Exercise
from core.words import say
from ui import ops
from ui.context import Context, shows
from ui.dialogs.questions import ReasonDialog
from ui.marking.views import clock_text
from ui.widgets.basics import badge, button, clear, column, holder, icon_button, label, restyle, row
from ui.widgets.card import Card
from ui.widgets.form import Form
from ui.widgets.strip import ProgressStrip, Strip

TEXT_HEIGHT = 120


class CardsView(QWidget):
    """In the drawer, so that the studio stays in sight. A host of operations."""

    def __init__(self, context: Context, batch: int, exercise: Exercise, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._batch, self._exercise = batch, exercise
        self._actor = context.session.actors.first
        self._material: Path | None = None
        self.strip, self.progress_strip = Strip(), ProgressStrip()
        self._list = column(spacing=8)
        self._surprises: list[SurpriseRow] = []
        self._rows = column(spacing=8)
        outer = column(self.strip, self.progress_strip, self._form(), holder(self._list), None, spacing=16)
        self.setLayout(outer)
        self.setFocusProxy(self.title)
        context.changed.connect(self._on_changed)
        self.refresh()

    def refresh(self) -> None:
        """Read the cards."""
        args = (self._actor, self._batch, self._exercise.id)
        ops.read(self, cards, *args).on_done(self._show).latest("cards").start()

    def show_refusal(self, error: AppError) -> None:
        """Say it over the cards."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, cancel)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()

    def take_material(self, file: Path | None) -> None:
        """The file that goes with the new card; None takes it away."""
        self._material = file
        self._file.setText(file.name if file else say("studio.cards.no_material"))

    def add_surprise(self) -> None:
        """One more planned surprise."""
        made = SurpriseRow(self._remove)
        self._surprises.append(made)
        self._rows.addWidget(made)
        made.at.setFocus()

    def _show(self, found: list[CardLine]) -> None:
        clear(self._list)
        if not found:
            self._list.addWidget(label(say("studio.cards.none"), "muted", wrap=True))
        for one in found:
            self._list.addWidget(self._line(one))

    def _line(self, one: CardLine) -> QWidget:
        content = one.content
        made = Card(f"{say('studio.card.no', no=one.no)}  {content.title if content else ''}")
        if one.withdrawn:
            made.tools.addWidget(badge(say("studio.cards.withdrawn"), "plain"))
        else:
            made.tools.addWidget(badge(say("studio.cards.drawn", count=one.drawn), "accent" if one.drawn else "plain"))
            made.tools.addWidget(icon_button("trash", say("studio.cards.withdraw"), partial(self._on_withdraw, one)))
        if content is not None:
            made.body.addWidget(label(content.text, "muted", wrap=True))
            for surprise in content.surprises:
                words = f"{clock_text(surprise.second)}  {say(f'studio.surprise.{surprise.kind}')}  {surprise.text}"
                made.body.addWidget(label(words, "small", wrap=True))
            if content.has_material:
                made.body.addWidget(label(say("studio.cards.has_material"), "small"))
        return made

    def _form(self) -> QWidget:
        card = Card(say("studio.cards.new"))
        form = Form()
        self.title = form.add(say("studio.cards.card_title"), QLineEdit(), required=True)
        self.title.setMaxLength(LONGEST_TITLE)
        self.text = form.add(say("studio.cards.text"), QPlainTextEdit(), required=True)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(TEXT_HEIGHT)
        card.body.addWidget(form)
        self._file = label(say("studio.cards.no_material"), "small")
        choose = button(say("studio.cards.material"), self._on_material, icon="folder")
        card.body.addLayout(row(choose, self._file, None))
        more = button(say("studio.cards.surprise.add"), self.add_surprise, "ghost", "add")
        live = self._exercise.evidence == "live"
        card.body.addWidget(holder(self._rows))
        card.body.addLayout(row(more, None))
        more.setVisible(live)
        self.add = button(say("studio.cards.add"), self._on_add, "primary")
        card.body.addLayout(row(None, self.add))
        return card

    def _on_material(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(self, say("studio.cards.material"), "")
        if chosen:
            self.take_material(Path(chosen))

    def _on_add(self) -> None:
        self.strip.clear()
        planned = [one.surprise for one in self._surprises]
        if None in planned:
            wrong = self._surprises[planned.index(None)]
            restyle(wrong.at, "wrong", True)
            wrong.at.setFocus()
            return
        args = (self._batch, self._exercise.id, self.title.text(), self.text.toPlainText(), planned)
        adding = ops.work(self, _read_material, self._material)
        adding.on_done(lambda material: self._send(args, material)).busy(self.add).start()

    def _send(self, args: tuple[Any, ...], material: tuple[bytes, str] | None) -> None:
        writing = ops.write(self, commands.add_card, *args, material)
        writing.on_done(lambda _: self._added()).busy(self.add).say_done(say("studio.cards.added")).start()

    def _added(self) -> None:
        self.title.clear()
        self.text.clear()
        self.take_material(None)
        for one in list(self._surprises):
            self._remove(one)
        self.title.setFocus()

    def _remove(self, one: SurpriseRow) -> None:
        self._surprises.remove(one)
        one.hide()
        one.deleteLater()

    def _on_withdraw(self, one: CardLine) -> None:
        def withdraw(reason: str) -> None:
            ops.write(self, commands.withdraw_card, one.id, reason).start()

        title = say("studio.cards.withdraw.title", no=one.no)
        words = say("studio.cards.withdraw.words")
        ReasonDialog(self, self.context, title, words, withdraw, say("studio.cards.withdraw")).open()

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if shows(frozenset({"card"}), kinds) or "*" in kinds:
            self.refresh()


class SurpriseRow(QWidget):
    """One planned surprise: minute and second, kind, words."""

    def __init__(self, remove: Callable[[SurpriseRow], None]) -> None:
        super().__init__()
        self.at = QLineEdit("05:00")
        self.at.setAccessibleName(say("studio.cards.surprise.at"))
        self.at.setFixedWidth(76)
        self.kind = QComboBox()
        self.kind.setAccessibleName(say("studio.cards.surprise.kind"))
        for one in SURPRISES:
            self.kind.addItem(say(f"studio.surprise.{one}"), one)
        self.words = QLineEdit()
        self.words.setMaxLength(LONGEST_SURPRISE)
        self.words.setPlaceholderText(say("studio.cards.surprise.words"))
        self.words.setAccessibleName(say("studio.cards.surprise.words"))
        line: QHBoxLayout = row(self.at, self.kind, spacing=8)
        line.addWidget(self.words, 1)
        line.addWidget(icon_button("cross", say("studio.cards.surprise.remove"), lambda: remove(self)))
        self.setLayout(line)

    @property
    def surprise(self) -> Surprise | None:
        """What was typed; None where the time is none."""
        minutes, between, seconds = self.at.text().strip().replace("：", ":").partition(":")
        if not (
            minutes.isdecimal() and len(minutes) < 4 and (not between or (seconds.isdecimal() and len(seconds) < 3))
        ):
            return None
        return Surprise(int(minutes) * 60 + int(seconds), self.kind.currentData(), self.words.text())


def _read_material(file: Path | None) -> tuple[bytes, str] | None:
    if file is None:
        return None
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_MATERIAL + 1), file.suffix.removeprefix(".").lower()
    except OSError as problem:
        raise EnvironmentFailure("examday.file_unreadable", file=file.name) from problem
