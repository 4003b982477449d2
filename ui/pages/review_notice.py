"""告知: who is told which decision, and on which day it was done (10.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QWidget

from core.clock import today
from core.registration.commands import notify
from core.registration.queries import ApplicationLine
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.widgets.basics import label
from ui.widgets.form import Form


class NoticeDialog(Sheet):
    """Records that all of `lines` were told. `done(count)` when it is written."""

    def __init__(
        self, parent: QWidget, context: Context, lines: Sequence[ApplicationLine], done: Callable[[int], None]
    ) -> None:
        accepted = sum(line.state == "accepted" for line in lines)
        words = say("desk.notify.words", accepted=accepted, refused=len(lines) - accepted)
        super().__init__(parent, context, say("desk.notify"), words)
        self._lines, self._done = lines, done
        form = Form()
        self.day = form.add(say("desk.notify.day"), QDateEdit(_qdate(today())), hint=say("desk.notify.day.hint"))
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.day.setDateRange(_qdate(max(line.entered_on for line in lines)), _qdate(today()))
        self.body.addWidget(form)
        late = sum(line.due is not None and line.due < today() for line in lines)
        if late:
            self.body.addWidget(label(say("desk.notify.late", count=late), "small", "attention", wrap=True))
        self.confirm = self.add_buttons(say("desk.notify.count", count=len(lines)), self._on_confirm)
        self.confirm.setFocus()

    def _on_confirm(self) -> None:
        self.strip.clear()
        wanted = [line.id for line in self._lines]
        writing = ops.write(self, notify, wanted, self.day.date().toPython()).on_done(self._on_written)
        writing.busy(self.confirm).describe(say("desk.deciding")).start()

    def _on_written(self, count: int) -> None:
        self.accept()
        self._done(count)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
