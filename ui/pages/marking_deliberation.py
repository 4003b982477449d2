"""评议: what the panel's leader records after too wide a spread, or totals on both sides of the pass mark."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPlainTextEdit, QRadioButton

from core.scoring.commands import LONGEST_REASON, deliberate
from core.standards.points import NotPoints, points_text, read_points
from core.words import say
from ui import ops
from ui.dialogs.sheet import Sheet
from ui.pages.panel_data import PanelSheets
from ui.widgets.basics import column, holder
from ui.widgets.form import Form

OUTCOMES = ("upheld", "set", "new_panel")


class DeliberationDialog(Sheet):
    """Uphold the result, set one between lowest and highest, or order a new panel (two people). A reason always."""

    def __init__(self, host: Any, sheets: PanelSheets) -> None:
        title = say("exam.deliberation.title", number=sheets.number)
        super().__init__(host, host.context, title, say("exam.deliberation.words"), width=520)
        self._host = host
        self._sheets = sheets
        lowest, highest = points_text(min(sheets.totals)), points_text(max(sheets.totals))
        self._group = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        choices = column(spacing=4)
        for at, outcome in enumerate(OUTCOMES):
            text = say(f"exam.deliberation.{outcome}", result=sheets.result, lowest=lowest, highest=highest)
            made = self.choices[outcome] = QRadioButton(text)
            self._group.addButton(made, at)
            choices.addWidget(made)
        self.choices["upheld"].setChecked(True)
        self.body.addWidget(holder(choices))
        self._form = Form()
        self.total = self._form.add(
            say("exam.deliberation.total"),
            QLineEdit(),
            hint=say("exam.deliberation.total.hint", lowest=lowest, highest=highest),
        )
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.total.setEnabled(False)
        self.reason = self._form.add(
            say("ui.reason"), QPlainTextEdit(), hint=say("exam.deliberation.reason.hint"), required=True
        )
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(96)
        self.body.addWidget(self._form)
        self.confirm = self.add_buttons(say("exam.deliberation.do"), self._on_confirm)
        self._group.idToggled.connect(self._on_choice)
        self.reason.setFocus()

    @property
    def outcome(self) -> str:
        """What was chosen."""
        return OUTCOMES[self._group.checkedId()]

    def _on_choice(self, _id: int, _checked: bool) -> None:
        setting = self.outcome == "set"
        self.total.setEnabled(setting)
        if setting:
            self.total.setFocus()

    def _on_confirm(self) -> None:
        self._form.accept_all()
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
        sheets = self._sheets
        writing = ops.write(
            self, deliberate, sheets.application, sheets.component.id, self.outcome, reason, total=total
        )
        writing.on_done(self._on_done).busy(self.confirm)
        if self.outcome == "new_panel":
            writing.two_people(say("exam.deliberation.two", number=sheets.number))
        writing.start()

    def _on_done(self, _value: object) -> None:
        self._host.context.shell.notify(say("exam.deliberation.done", number=self._sheets.number))
        self.accept()
