"""发起试评: which exercise, which clip, where it is kept. The clip is read through once for its SHA-256."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QPlainTextEdit

from core.calibration.commands import LONGEST_WORDS, open_trial
from core.examday.recordings import FileDigest, digest_file
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.accounts_form import DrawerHost
from ui.pages.calibration_data import Board
from ui.pages.marking_binding import exercise_name
from ui.widgets.basics import button, label, row
from ui.widgets.combo import Combo
from ui.widgets.form import Form

FILMS = "*.mp4 *.mkv *.mov *.webm *.avi *.flv *.ts *.m4v *.wmv"


class OpenTrial(DrawerHost):
    """The fields of a new trial; `done(trial)` when it is open."""

    def __init__(self, context: Context, board: Board, done: Callable[[int], None]) -> None:
        super().__init__(context)
        self._done = done
        self._file: Path | None = None
        self.form = Form()
        self.exercise = self.form.add(say("calibration.exercise"), Combo(), required=True)
        busy = {row.line.exercise for row in board.rows if not row.line.closed}
        for one in sorted(board.exercises, key=lambda one: one.evidence != "live"):
            if one.id not in busy:
                self.exercise.addItem(exercise_name(one), one.id)
        self.choose = button(say("calibration.choose"), self.choose_file, icon="folder")
        self.file = label("", "muted", wrap=True)
        self.where = QLineEdit()
        self.where.setMaxLength(LONGEST_WORDS)
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(72)
        self.form.add(say("calibration.clip"), self.choose, hint=say("calibration.clip.hint"), required=True)
        self.form.add_wide(self.file)
        self.form.add(say("calibration.where"), self.where, hint=say("calibration.where.hint"), required=True)
        self.form.add(say("calibration.note"), self.note, hint=say("calibration.note.hint"))
        self.do = button(say("calibration.open"), self.open_it, "primary")
        self.where.returnPressed.connect(self.note.setFocus)
        self.box.addWidget(self.form)
        self.box.addLayout(row(None, self.do))
        self.box.addStretch(1)
        self.file.hide()
        self.setFocusProxy(self.exercise)

    def choose_file(self) -> None:
        """Ask for the file."""
        films = f"{say('calibration.films')} ({FILMS});;{say('calibration.all_files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self, say("calibration.choose"), "", films)
        if chosen:
            self.take_file(Path(chosen))

    def take_file(self, path: Path) -> None:
        """This file it is; the place is its own until somebody writes another."""
        if not self.where.text() or (self._file is not None and self.where.text() == str(self._file)):
            self.where.setText(str(path))
        self._file = path
        self.file.setText(path.name)
        self.file.show()
        self.form.complain(self.choose, "")

    def open_it(self) -> None:
        """Read the clip through, then open the trial."""
        self.form.accept_all()
        self.strip.clear()
        if self._file is None:
            self.form.complain(self.choose, say("calibration.clip.missing"))
        elif not self.where.text().strip():
            self.form.complain(self.where, say("calibration.where.missing"))
        else:
            working = ops.work(self, digest_file, self._file).progress().describe(say("calibration.measuring"))
            working.on_done(self._open).busy(self.do, self.choose).start()

    def _open(self, clip: FileDigest) -> None:
        batch, exercise = self.context.batch, self.exercise.currentData()
        if batch is None or exercise is None:
            return
        writing = ops.write(
            self,
            open_trial,
            batch,
            exercise,
            clip.sha256,
            clip.size,
            self.where.text().strip(),
            self.note.toPlainText().strip()[:LONGEST_WORDS],
        )
        writing.on_done(self._done).busy(self.do).start()

    def show_progress(self, text: str, done: int, total: int, cancel: object) -> None:
        self.progress_strip.show_progress(text, done, total, cancel if callable(cancel) else None)
