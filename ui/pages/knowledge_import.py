"""Taking knowledge scores in from a file: read and shown first, taken in only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from core.arrangement.queries import absences, places
from core.batches.queries import plan_of
from core.scoring.score_file import ScoreFile, ScoreRefusal, import_scores, read_scores
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.pages.applications_import import Chosen, refused_table
from ui.widgets.basics import button, label, row
from ui.widgets.form import Form

WIDTH, ROWS = 640, 4


@dataclass(frozen=True)
class Preview:
    """What a file would bring; `strange` of its candidate numbers are not of this batch, `away` have nothing."""

    found: ScoreFile
    strange: int
    away: int


class ScoresDialog(Sheet):
    """Takes a score file in. `done(accepted)` afterwards."""

    def __init__(self, parent: QWidget, context: Context, batch: Id, done: Callable[[int], None]) -> None:
        super().__init__(parent, context, say("desk.scores.title"), say("desk.scores.words"), width=WIDTH)
        self._batch, self._done = batch, done
        self._found: ScoreFile | None = None
        form = Form()
        self.file = form.add(say("desk.scores.file"), Chosen())
        self.body.addWidget(form)
        self.choose = button(say("desk.scores.choose"), self._on_choose, icon="folder")
        self.body.addLayout(row(self.choose, None))
        self.summary = label("", "strong", wrap=True)
        self.remarks = label("", "small", wrap=True)
        self.table = refused_table()
        for widget in (self.summary, self.remarks, self.table):
            self.body.addWidget(widget)
            widget.hide()
        self.confirm = self.add_buttons(say("desk.import.do"), self._on_confirm)
        self.confirm.setEnabled(False)
        self.choose.setFocus()

    def read(self, file: Path) -> None:
        """Read a file and show what it would bring."""
        self.file.setText(file.name)
        self.strip.clear()
        self.confirm.setEnabled(False)
        reading = ops.read(self, _preview, self._batch, file).latest("read").on_done(self._show)
        reading.busy(self.choose).describe(say("desk.scores.reading")).start()

    def _on_choose(self) -> None:
        kinds = say("desk.scores.kinds") + " (*.xlsx *.csv)"
        chosen, _filter = QFileDialog.getOpenFileName(self, say("desk.scores.choose"), "", kinds)
        if chosen:
            self.read(Path(chosen))

    def _show(self, preview: Preview) -> None:
        self._found = preview.found
        fit = len(preview.found.lines)
        self.summary.setText(say("desk.import.found", fit=fit, refused=len(preview.found.refused)))
        self.summary.show()
        remarks = []
        if preview.strange:
            remarks.append(say("desk.scores.strange", count=preview.strange))
        if preview.away:
            remarks.append(say("desk.scores.away", count=preview.away))
        self.remarks.setText("\n".join(remarks))
        self.remarks.setVisible(bool(remarks))
        self._show_refused(preview.found.refused)
        self.confirm.setText(say("desk.import.do_count", count=fit) if fit else say("desk.import.do"))
        self.confirm.setEnabled(fit > 0)
        self.adjustSize()
        (self.confirm if fit else self.choose).setFocus()

    def _show_refused(self, refused: tuple[ScoreRefusal, ...]) -> None:
        self.table.show_rows(refused)
        self.table.fit_height(ROWS)
        self.table.setVisible(bool(refused))

    def _on_confirm(self) -> None:
        if self._found is not None:
            self.strip.clear()
            writing = ops.write(self, import_scores, self._batch, self._found.lines).on_done(self._on_imported)
            writing.busy(self.confirm, self.choose).describe(say("desk.import.writing")).start()

    def _on_imported(self, taken: tuple[int, tuple[ScoreRefusal, ...]]) -> None:
        accepted, refused = taken
        before = self._found.refused if self._found else ()
        self._done(accepted)
        everybody = tuple(sorted((*before, *refused), key=lambda one: one.row))
        if not everybody:
            self.accept()
            return
        self._found = None
        self.summary.setText(say("desk.import.taken", accepted=accepted, refused=len(everybody)))
        self.remarks.hide()
        self._show_refused(everybody)
        self.confirm.hide()
        self.cancel.setText(say("ui.close"))
        self.adjustSize()


def _preview(read: Read, batch: Id, file: Path) -> Preview:
    found = read_scores(file, plan_of(read, batch))
    by_number = {place.number: place.application for place in places(read, batch)}
    away = absences(read, batch)
    return Preview(
        found,
        sum(line.number not in by_number for line in found.lines),
        sum((by_number.get(line.number, 0), "knowledge") in away for line in found.lines),
    )
