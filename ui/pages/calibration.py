"""考前统一尺度: every examiner marks one clip blind, then they see where they differ, and agree how a level is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.calibration.commands import (
    agree_readings,
    close_trial,
    open_trial,
    save_reading_draft,
    sign_reading,
    sign_trial,
)
from core.calibration.comparison import ComparedItem
from core.calibration.readings import Reading
from core.errors import EnvironmentFailure, Refused
from core.people.permission import may
from core.store import Actors
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog, PinDialog, ReasonDialog
from ui.models.paged import Column
from ui.pages.calibration_data import Board, BoardRow, Detail, board, detail
from ui.pages.calibration_head import TrialHead, state_text
from ui.pages.calibration_open import OpenTrial
from ui.pages.calibration_readings import ReadingsView
from ui.pages.calibration_sheet import TrialSheetView
from ui.pages.calibration_spread import ItemDetail, SpreadView, exercise_label
from ui.pages.marking_binding import code_of
from ui.pages.marking_pin import own_actor
from ui.widgets.basics import button, column, holder, label, row, shortcut
from ui.widgets.card import Card
from ui.widgets.page import Page
from ui.widgets.table import DataTable
from ui.widgets.tabs import Tabs

LIST_WIDE = 268
NARROW = 1000
TONES = {
    "mine": "attention",
    "to_sign": "attention",
    "open": "accent",
    "closed": "plain",
    "agreed": "plain",
    "in_force": "good",
}


class CalibrationPage(Page):
    """Trials at the left; the one in hand at the right: blind while it is open, then side by side."""

    title_code: ClassVar[str] = "ui.page.calibration"
    kinds: ClassVar[frozenset[str]] = frozenset({"trial", "reading", "panel", "plan", "batch", "account", "sheet"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        actor = context.session.actors.first
        self._me: int = actor.id
        self._manages, self._marks = may(actor, open_trial), may(actor, sign_trial)
        self._board = Board()
        self._detail: Detail | None = None
        self._chosen: int | None = None
        self._offered = ""
        self._clip: Any = None
        """The window that plays the clip; multimedia is loaded when somebody wants to see it."""
        self.list = DataTable(
            [
                Column(
                    say("calibration.exercise"),
                    lambda one: exercise_label(one.exercise, one.no),
                    width=96,
                    stretch=True,
                ),
                Column(say("calibration.state"), state_text, width=92, badge=lambda one: TONES[one.state]),
            ]
        )
        self.list.setAccessibleName(say("ui.page.calibration"))
        self.list.picked.connect(self._on_picked)
        self._list_card = Card()
        self._list_card.body.addWidget(self.list)
        self.head = TrialHead()
        self.sheet = TrialSheetView(context)
        self.spread = SpreadView()
        self.readings = ReadingsView()
        self._blind = QWidget()
        self._sides = QStackedWidget()
        self.tabs = Tabs([say("calibration.spread"), say("calibration.readings")], self._sides, self)
        self._body = QStackedWidget()
        self._lay_out()
        self._connect()
        if self._manages:
            self.add_action(say("calibration.open"), self.open_new, "add", "Ctrl+N")
            self._close = self.add_action(say("calibration.close"), self.close_it, "stop")
        if context.session.roles == frozenset({"examiner"}):
            self.tools.addWidget(button(say("ui.page.marking"), self._to_marking, icon="back"))

    def refresh(self) -> None:
        batch = self.context.batch
        if batch is None:
            self.show_empty("flag", say("exam.no_batch"), say("exam.no_batch.words"))
            return
        ops.read(self, board, batch, self._me).on_done(self._show_board).latest("board").start()

    def open_with(self, **arguments: Any) -> None:
        """Opened on one trial (`trial=id`)."""
        self._chosen = arguments.get("trial", self._chosen)
        self.mark_stale()

    def hideEvent(self, event: QHideEvent) -> None:
        self.sheet.saver.flush()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self._list_card.setHidden(narrow)
        self.head.be_narrow(narrow)
        self.sheet.card.extras.be_narrow(narrow)

    # What hands do

    def open_new(self) -> None:
        """Choose a clip and let the examiners mark it."""
        if not self._board.exercises:
            self.show_refusal(Refused("calibration.no_panels"))
            return
        self.clear_refusal()
        form = OpenTrial(self.context, self._board, self._opened)
        self.context.shell.open_drawer(form, say("calibration.open"))

    def close_it(self) -> None:
        """End the trial in hand; while somebody has not signed, say why."""
        found = self._detail
        if found is None or found.line.closed:
            return
        self.clear_refusal()
        waiting = "、".join(one.name for one in found.line.waiting)
        words = say("calibration.close.words", people=waiting)
        ReasonDialog(self, self.context, say("calibration.close"), words, self._close_because).open()

    def play(self, second: int | None = None) -> None:
        """Play the clip beside the window; who marks the trial keeps moments in it with F2."""
        from ui.pages.calibration_clip import open_clip

        found = self._detail
        if found is not None:
            self.clear_refusal()
            marks = self._marks and found.line.wants(self._me)
            self._clip = open_clip(self, found, second, self._on_moment if marks else None)

    def sign(self) -> None:
        """Sign the own trial sheet."""
        found = self._detail
        if found is None or self.sheet.signed:
            return
        if self.sheet.missing:
            self.sheet.go_on()
            return
        self.clear_refusal()
        self._ask_pin(
            say("calibration.sign"), say("calibration.sign.words"), lambda actor: self._when_kept(found.line.id, actor)
        )

    def agree(self) -> None:
        """Record how the levels are to be read."""
        found = self._detail
        if found is None:
            return
        self.clear_refusal()
        written = self.readings.readings
        words = say("calibration.agree.words", count=len(written))
        dialog = ConfirmDialog(
            self, self.context, say("calibration.agree"), words, say("calibration.agree"), lambda: self._agree(written)
        )
        dialog.open()

    def sign_readings(self) -> None:
        """Sign what was agreed, as a leader."""
        found = self._detail
        if found is None or found.agreement is None:
            return
        self.clear_refusal()
        agreement = found.agreement.id
        words = say("calibration.sign_reading.words", count=len(found.agreement.readings))
        self._ask_pin(say("calibration.sign_reading"), words, lambda actor: self._sign_reading(agreement, actor))

    def _ask_pin(self, title: str, words: str, act: Any) -> None:
        if self.context.session.provisional:
            self.strip.say(
                say("people.provisional_pin"), "attention", "", say("ui.pin.change"), self.context.shell.change_pin
            )
            return
        PinDialog(self, self.context, title, words, partial(own_actor, self.context), act).open()

    def _when_kept(self, trial: int, actor: Any) -> None:
        def sign_it() -> None:
            writing = ops.write(self, sign_trial, trial).acting(Actors(actor)).describe(say("exam.sign.doing"))
            writing.say_done(say("calibration.signed")).start()

        self.sheet.saver.when_clean(sign_it, lambda: self.show_refusal(EnvironmentFailure("exam.sign.not_saved")))

    def _sign_reading(self, agreement: int, actor: Any) -> None:
        writing = ops.write(self, sign_reading, agreement).describe(say("exam.sign.doing"))
        writing.say_done(say("calibration.reading_signed"))
        if self._detail is not None and self._detail.begun:
            # The key that the PIN has just opened is the session's own as well.
            writing.two_people(say("calibration.begun")).start()
        else:
            writing.acting(Actors(actor)).start()

    def _agree(self, written: list[Reading]) -> None:
        found = self._detail
        if found is None:
            return
        self.readings.hold()
        writing = ops.write(self, agree_readings, found.line.id, written).say_done(say("calibration.agreed"))
        if found.begun:
            writing.two_people(say("calibration.begun"))
        writing.start()

    def _close_because(self, reason: str) -> None:
        if self._detail is not None:
            ops.write(self, close_trial, self._detail.line.id, reason).say_done(say("calibration.closed_now")).start()

    def _on_typed(self, written: list[Reading]) -> None:
        if self._detail is not None:
            ops.write(self, save_reading_draft, self._detail.line.id, written).start()

    def _opened(self, trial: int) -> None:
        self.context.shell.close_drawer()
        self._chosen = trial
        self.context.shell.notify(say("calibration.opened"))

    def _to_marking(self) -> None:
        self.context.shell.open_page("marking")

    def _on_moment(self, second: int) -> None:
        from ui.pages.calibration_clip import own_moments

        self.sheet.add_moment(second)
        if self._detail is not None and not ops.gone(self._clip):
            self._clip.show_moments(own_moments(self._detail.exercise, self.sheet.draft))

    def _on_picked(self, found: BoardRow | None) -> None:
        if found is not None and found.id != self._chosen:
            self.sheet.saver.flush()
            self._chosen = found.id
            self._read_detail()

    def open_item(self, line: ComparedItem) -> None:
        """One item's details in the drawer."""
        if self._detail is not None:
            title = f"{code_of(line.item)}　{say('calibration.spread')}"
            self.context.shell.open_drawer(ItemDetail(self.context, self._detail, line, self.play), title)

    # What it shows

    def _show_board(self, found: Board) -> None:
        self._board = found
        if not found.rows:
            self._show_nothing()
            return
        self.show_content()
        if not any(one.id == self._chosen for one in found.rows):
            first = next((one for one in found.rows if one.state in ("mine", "to_sign")), found.rows[0])
            self._chosen = first.id
        chosen = self._chosen
        self.head.show_rows(found.rows)
        self.list.show_rows(found.rows)  # the table takes the line of before again: that is no choice
        self._chosen = chosen
        self.list.select_line(next(at for at, one in enumerate(found.rows) if one.id == chosen))
        self._read_detail()

    def _show_nothing(self) -> None:
        self._detail = None
        words = "calibration.empty.words" if self._manages else "calibration.empty.wait"
        self.show_empty("flag", say("calibration.empty"), say(words))
        self._show_primary()

    def _read_detail(self) -> None:
        if self._chosen is not None:
            ops.read(self, detail, self._chosen, self._me).on_done(self._show_detail).latest("detail").start()

    def _show_detail(self, found: Detail) -> None:
        line = found.line
        first = self._detail is None or self._detail.line.id != line.id
        self._detail = found
        self.head.show_trial(found)
        if line.closed:
            self.spread.show_trial(found)
            self.readings.show_trial(found, self._may_write(found))
            self._body.setCurrentIndex(1)
            if first and found.agreement is not None:
                self.tabs.choose(1)  # it was compared already: what counts now is what was agreed
        else:
            own = found.own is not None and self._marks
            self.sheet.setVisible(own)
            if own:
                self.sheet.show_trial(found)
            self._blind_words.setVisible(not own)
            self._body.setCurrentIndex(0)
        self._show_primary()

    def _may_write(self, found: Detail) -> bool:
        return bool(found.line.signed) and not self._board.closed and (self._manages or (self._marks and found.leads))

    def _show_primary(self) -> None:
        found = self._detail
        if self._manages:
            self._close.setEnabled(found is not None and not found.line.closed)
        if self._board.closed:
            self._hide_primary()
        elif found is not None and self._marks and found.line.wants(self._me) and not self.sheet.signed:
            left = self.sheet.missing
            text = say("ui.marking.missing", count=left) if left else say("calibration.sign")
            self._offer("sign", text, self.sign)
        elif found is not None and self._may_write(found) and self.readings.differs and self.readings.readings:
            self._offer("agree", say("calibration.agree"), self.agree)
        elif found is not None and self._marks and found.agreement is not None and found.agreement.wants(self._me):
            self._offer("sign_reading", say("calibration.sign_reading"), self.sign_readings)
        elif self._manages:
            self._offer("open", say("calibration.open"), self.open_new)
        else:
            self._hide_primary()

    def _offer(self, what: str, text: str, on: Callable[[], None]) -> None:
        """The page's one button; asked at every key, it is made anew only where it does something else."""
        if self._primary is None or self._primary.isHidden() or self._offered != what:
            self._offered = what
            self.set_primary(text, on, "" if what == "open" else "Ctrl+Return", "add" if what == "open" else "")
        elif self._primary.text() != text:
            self._primary.setText(text)
            self._primary.setAccessibleName(text)

    def _hide_primary(self) -> None:
        if self._primary is not None:
            self._primary.hide()

    def _connect(self) -> None:
        shortcut("Ctrl+O", self, self.head.open_menu)
        self.head.play_wanted.connect(self.play)
        self.head.chosen.connect(self.list.select_line)
        self.sheet.changed.connect(self._show_primary)
        self.sheet.sign_wanted.connect(self.sign)
        self.spread.opened.connect(self.open_item)
        self.readings.changed.connect(self._show_primary)
        self.readings.typed.connect(self._on_typed)

    def _lay_out(self) -> None:
        self._blind_words = label(say("calibration.blind"), "muted", wrap=True)
        blind = QVBoxLayout(self._blind)
        blind.setContentsMargins(0, 0, 0, 0)
        blind.addWidget(self.sheet, 1)
        blind.addWidget(self._blind_words)
        blind.addStretch(0)
        self._sides.addWidget(self.spread)
        self._sides.addWidget(self.readings)
        closed = column(self.tabs, spacing=12)
        closed.addWidget(self._sides, 1)
        self._body.addWidget(self._blind)
        self._body.addWidget(holder(closed))
        right = column(self.head, spacing=12)
        right.addWidget(self._body, 1)
        page = row(self._list_card, spacing=16)
        page.addLayout(right, 1)
        self.body.addLayout(page, 1)
        self._list_card.setFixedWidth(LIST_WIDE)
