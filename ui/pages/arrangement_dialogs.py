"""Two questions of the arrangement: changing a formed panel, and declaring a recusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QPlainTextEdit, QWidget

from core.arrangement.commands import declare_recusal
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import PanelLine
from core.errors import AppError
from core.scoring.reforming import reform_panel
from core.store import Id
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.pages.applications_facts import slim
from ui.pages.arrangement_data import Arrangement, problems, span
from ui.pages.arrangement_editor import PanelEditor
from ui.widgets.form import Form

WIDTH = 620


class PanelDialog(Sheet):
    """Gives a formed panel other people or another leader, as long as it has signed nothing."""

    def __init__(
        self, parent: QWidget, context: Context, found: Arrangement, panel: PanelLine, done: Callable[[], None]
    ) -> None:
        title = say("desk.panel.edit.title", no=panel.no)
        super().__init__(parent, context, title, say("desk.panel.edit.words"), width=WIDTH)
        self._panel, self._done = panel, done
        numbers = found.numbers()
        count = len(panel.applications)
        mine = span([numbers[one] for one in panel.applications if one in numbers])
        rule = say("desk.panel.rule", count=count, needed=found.needed(panel.component, count))
        proposed = ProposedPanel(panel.examiners, panel.leader, panel.applications)
        words = say("desk.panel.candidates", count=count, span=mine)
        self.editor = PanelEditor(say("desk.panel.no", no=panel.no), proposed, found.examiners, words, rule)
        self.editor.changed.connect(self._check)
        self.body.addWidget(self.editor)
        self.confirm = self.add_buttons(say("ui.save"), self._on_confirm)

    def _check(self) -> None:
        asking = ops.read(self, problems, self._panel.batch, self._panel.component, [self.editor.panel])
        asking.latest("check").on_done(self._show).start()

    def _show(self, found: Sequence[AppError | None]) -> None:
        self.editor.show_problem(found[0])
        self.confirm.setEnabled(found[0] is None)

    def _on_confirm(self) -> None:
        self.strip.clear()
        writing = ops.write(self, reform_panel, self._panel.id, self.editor.panel).on_done(self._on_written)
        writing.busy(self.confirm).describe(say("desk.deciding")).start()

    def _on_written(self, _panel: Id) -> None:
        self.accept()
        self._done()


class RecusalDialog(Sheet):
    """Records that an examiner may not mark a candidate."""

    def __init__(self, parent: QWidget, context: Context, found: Arrangement, done: Callable[[], None]) -> None:
        super().__init__(parent, context, say("desk.recusal.new"), say("desk.recusal.words"))
        self._done = done
        self._form = Form()
        self.examiner = self._form.add(say("desk.recusal.examiner"), slim(QComboBox()), required=True)
        for one in found.examiners:
            self.examiner.addItem(one.shown, one.id)
        self.candidate = self._form.add(
            say("desk.recusal.candidate"), slim(QComboBox()), required=True, hint=say("desk.recusal.candidate.hint")
        )
        self.candidate.setEditable(True)
        self.candidate.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for line in found.candidates:
            self.candidate.addItem(f"{line.place.number}  {line.place.name}", line.id)
        completer = self.candidate.completer()
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.candidate.setCurrentIndex(-1)
        self.reason = self._form.add(say("ui.reason"), QPlainTextEdit(), required=True, hint=say("desk.recusal.hint"))
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(80)
        self.body.addWidget(self._form)
        self.confirm = self.add_buttons(say("desk.recusal.do"), self._on_confirm)
        self.examiner.setFocus()

    def _on_confirm(self) -> None:
        self._form.accept_all()
        self.strip.clear()
        at = self.candidate.findText(self.candidate.currentText())
        if at < 0:
            self._form.complain(self.candidate, say("desk.recusal.nobody"))
            return
        reason = self.reason.toPlainText().strip()
        if not reason:
            self._form.complain(self.reason, say("recusal.reason_needed"))
            return
        candidate = self.candidate.itemData(at)
        writing = ops.write(self, declare_recusal, self.examiner.currentData(), candidate, reason)
        writing.on_done(self._on_written).busy(self.confirm).start()

    def _on_written(self, _none: object) -> None:
        self.accept()
        self._done()
