"""评议: what the panel's leader records after too wide a spread, or totals on both sides of the pass mark."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPlainTextEdit

from core.errors import AppError
from core.scoring.commands import LONGEST_REASON, deliberate
from core.standards.points import NotPoints, points_text, read_points
from core.store import Actors
from core.words import say
from ui import ops
from ui.dialogs.fitted import FittedSheet
from ui.dialogs.low import LowBody
from ui.dialogs.sheet import ROUND
from ui.pages.marking_pin import own_actor
from ui.pages.panel_data import PanelSheets
from ui.widgets.basics import column, holder
from ui.widgets.choice import Choice
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit

OUTCOMES = ("upheld", "set", "new_panel")
WIDE = 472


class DeliberationDialog(FittedSheet):
    """Uphold the result, set one between lowest and highest, or order a new panel (two people). A reason always."""

    def __init__(self, host: Any, sheets: PanelSheets) -> None:
        title = say("exam.deliberation.title", number=sheets.number)
        super().__init__(host, host.context, title, say("exam.deliberation.words"), WIDE + ROUND)
        self._host = host
        self._sheets = sheets
        lowest, highest = points_text(min(sheets.totals)), points_text(max(sheets.totals))
        self._group = QButtonGroup(self)
        self.choices: dict[str, Choice] = {}
        choices = column(spacing=4)
        for at, outcome in enumerate(OUTCOMES):
            text = say(f"exam.deliberation.{outcome}", result=sheets.result, lowest=lowest, highest=highest)
            made = self.choices[outcome] = Choice(text, self._group, at)
            choices.addWidget(made)
        self.choices["upheld"].setChecked(True)
        self._form = Form(2)
        self.reason = self._form.add(
            say("ui.reason"), QPlainTextEdit(), hint=say("exam.deliberation.reason.hint"), required=True, span=0
        )
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(60)
        self.total = self._form.add(
            say("exam.deliberation.total"),
            QLineEdit(),
            hint=say("exam.deliberation.total.hint"),
        )
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.total.setEnabled(False)
        self.pin = self._form.add(say("ui.pin"), PinEdit(), hint=say("exam.decision.pin.hint"), required=True)
        inside = column(choices, spacing=12)
        inside.addWidget(self._form)
        self.body.addWidget(LowBody(holder(inside), WIDE, self.strip))
        self.confirm = self.add_buttons(say("exam.deliberation.do"), self._on_confirm)
        self._group.idToggled.connect(lambda _id, _on: self.total.setEnabled(self.outcome == "set"))
        self._group.idClicked.connect(self._on_clicked)
        self.reason.setFocus()

    @property
    def outcome(self) -> str:
        """What was chosen."""
        return OUTCOMES[self._group.checkedId()]

    def _on_clicked(self, _id: int) -> None:
        if self.outcome == "set":
            self.total.setFocus()

    def _on_confirm(self) -> None:
        self._form.accept_all()
        self.strip.clear()
        self.fit()
        total = None
        if self.outcome == "set":
            try:
                total = read_points(self.total.text().strip())
            except NotPoints as wrong:
                self._form.complain(self.total, say(f"points.{wrong.reason}"))
                return
        reason = self.reason.toPlainText().strip()
        if not reason:
            self._form.complain(self.reason, say("deliberation.reason_needed"))
            return
        if len(reason) > LONGEST_REASON:
            self._form.complain(self.reason, say("exam.reason.too_long", longest=LONGEST_REASON))
            return
        if not self.pin.text():
            self._form.complain(self.pin, say("exam.decision.pin.missing"))
            return
        checking = ops.work(self, own_actor, self.context, self.pin.take()).describe(say("ui.checking"))
        checking.on_done(lambda actor: self._sign(actor, reason, total)).busy(self.confirm).start()

    def _sign(self, actor: Any, reason: str, total: int | None) -> None:
        if self.outcome != "new_panel":
            self._record(Actors(actor), reason, total)
            return
        purpose = say("exam.deliberation.two", number=self._sheets.number)
        self.context.shell.ask_second_person(
            self, purpose, lambda both: self._record(Actors(actor, both.second), reason, total)
        )

    def _record(self, actors: Actors, reason: str, total: int | None) -> None:
        sheets = self._sheets
        writing = ops.write(
            self, deliberate, sheets.application, sheets.component.id, self.outcome, reason, total=total
        )
        writing.acting(actors).on_done(self._on_done).on_refused(self._on_refused).busy(self.confirm).start()

    def _on_refused(self, error: AppError) -> None:
        if error.code == "deliberation.out_of_range":
            self._form.complain(self.total, error.sentence)
            self.fit()
        else:
            self.show_refusal(error)

    def _on_done(self, _value: object) -> None:
        self._host.context.shell.notify(say("exam.deliberation.done", number=self._sheets.number))
        self.accept()
