"""裁定否决: what the panel's leader decides on a veto that a majority raised, before any deliberation."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit

from core.scoring.deciding import LONGEST_REASON, decide_veto
from core.store import Actors
from core.words import say
from ui import ops
from ui.dialogs.sheet import Sheet
from ui.pages.marking_pin import own_actor
from ui.pages.panel_data import PanelSheets, RaisedVeto
from ui.widgets.basics import column, holder, label
from ui.widgets.choice import Choice
from ui.widgets.form import Form
from ui.widgets.inputs import PinEdit


class VetoDialog(Sheet):
    """Uphold it or not, with a reason. Nothing is chosen beforehand: it may end the examination."""

    def __init__(self, host: Any, sheets: PanelSheets, veto: RaisedVeto) -> None:
        raised = say(
            "exam.veto.line", name=veto.name, exercise=veto.exercise, raised=len(veto.by), of=len(sheets.examiners)
        )
        super().__init__(host, host.context, say("exam.veto.title", number=sheets.number), raised, width=520)
        self._host = host
        self._sheets = sheets
        self._veto = veto
        self.body.addWidget(label(say(f"exam.veto.scope.{veto.line.scope}"), "strong", wrap=True))
        self._group = QButtonGroup(self)
        self.upheld = Choice(say("exam.veto.uphold"), self._group, 0)
        self.dropped = Choice(say("exam.veto.drop"), self._group, 1)
        self.body.addWidget(holder(column(self.upheld, self.dropped, spacing=4)))
        self._form = Form()
        self.reason = self._form.add(
            say("ui.reason"), QPlainTextEdit(), hint=say("exam.veto.reason.hint"), required=True
        )
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(96)
        self.pin = self._form.add(say("ui.pin"), PinEdit(), hint=say("exam.decision.pin.hint"), required=True)
        self.body.addWidget(self._form)
        self.confirm = self.add_buttons(say("exam.deliberation.do"), self._on_confirm)
        self.confirm.setEnabled(False)
        self._group.idToggled.connect(lambda _id, _on: self.confirm.setEnabled(True))
        self.upheld.setFocus()

    def _on_confirm(self) -> None:
        self._form.accept_all()
        reason = self.reason.toPlainText().strip()
        if not reason:
            self._form.complain(self.reason, say("ui.reason.missing"))
            return
        if not self.pin.text():
            self._form.complain(self.pin, say("exam.decision.pin.missing"))
            return
        self.strip.clear()
        checking = ops.work(self, own_actor, self.context, self.pin.take()).describe(say("ui.checking"))
        checking.on_done(lambda actor: self._sign(actor, reason)).busy(self.confirm).start()

    def _sign(self, actor: Any, reason: str) -> None:
        sheets, upheld = self._sheets, self._group.checkedId() == 0
        call = self._veto.line.call
        writing = ops.write(
            self, decide_veto, sheets.application, sheets.component.id, call, upheld, reason[:LONGEST_REASON]
        )
        writing.acting(Actors(actor)).on_done(self._on_done).busy(self.confirm).start()

    def _on_done(self, _value: object) -> None:
        self._host.context.shell.notify(say("exam.veto.done", number=self._sheets.number))
        self.accept()
