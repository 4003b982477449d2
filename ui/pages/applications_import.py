"""导入: a roster is read and shown first, what can be taken and what not, and taken in only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from core.registration.roster_file import Roster, RowRefusal, read_roster
from core.registration.roster_import import Imported, import_rows, read_photos, refusals
from core.registration.roster_sheets import write_refused
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.sheet import Sheet
from ui.models.paged import Column
from ui.theme import ROW_HEIGHT
from ui.widgets.basics import button, column, holder, label, row
from ui.widgets.form import Form
from ui.widgets.table import DataTable

WIDTH = 760
AROUND = 430
"""The height of everything but the rows."""
FEWEST_SHOWN, MOST_SHOWN = 2, 6
PHOTO_FOLDERS = ("照片", "photos", "photo", "Photos")


@dataclass(frozen=True)
class Preview:
    """What a roster would bring: the rows that can be taken with their photos, and the others."""

    roster: Roster
    photos: dict[int, bytes]
    fit: tuple[Any, ...]
    refused: tuple[RowRefusal, ...]
    photos_named: int


def refused_table() -> DataTable:
    """Rows that can't be taken: where, and why."""
    made = DataTable(
        (
            Column(say("desk.import.row"), lambda one: str(one.row), True, 64),
            Column(say("desk.import.column"), lambda one: one.column, width=130),
            Column(say("desk.import.why"), lambda one: one.message, stretch=True, width=320),
        ),
        row_id=lambda one: one.row,
    )
    made.setAccessibleName(say("desk.import.refused"))
    return made


class RosterDialog(Sheet):
    """Takes a roster in. `done(accepted)` when its applications are there."""

    def __init__(self, parent: QWidget, context: Context, batch: Id, done: Callable[[int], None]) -> None:
        words = say("desk.import.words")
        width = min(WIDTH, parent.window().width() - 24)
        super().__init__(parent, context, say("desk.import.title"), words, width=width)
        self._batch, self._done = batch, done
        self._file: Path | None = None
        self._folder: Path | None = None
        self._preview: Preview | None = None
        self._refused: tuple[RowRefusal, ...] = ()
        self._running: ops.Operation | None = None
        room = (parent.window().height() - AROUND) // ROW_HEIGHT
        self._rows_shown = max(FEWEST_SHOWN, min(MOST_SHOWN, room))
        form = Form(columns=2)
        self.file = form.add(say("desk.import.file"), Chosen())
        self.folder = form.add(say("desk.import.photos"), Chosen())
        self.body.addWidget(form)
        self.choose_file = button(say("desk.import.file.choose"), self._on_file, icon="folder")
        self.choose_folder = button(say("desk.import.photos.choose"), self._on_folder, icon="folder")
        self.body.addLayout(row(self.choose_file, self.choose_folder, None))
        self.summary = label("", "strong", wrap=True)
        self.remarks = label("", "small", wrap=True)
        self.table = refused_table()
        self.save = button(say("desk.import.save_refused"), self._on_save, icon="save")
        self._answer = holder(column(self.summary, self.remarks, self.table, row(self.save, None), spacing=8))
        self._answer.hide()
        self.body.addWidget(self._answer, 1)
        self.confirm = self.add_buttons(say("desk.import.do"), self._on_confirm)
        self.confirm.setEnabled(False)
        self.choose_file.setFocus()

    def read(self, file: Path, folder: Path | None = None) -> None:
        """Read a file and show what it would bring."""
        self._file, self._folder = file, folder or _folder_beside(file)
        self._show_chosen()
        self._read()

    def reject(self) -> None:
        """Leave; what was being taken in is given up as a whole."""
        if self._running is not None:
            self._running.cancel()
        super().reject()

    def _on_file(self) -> None:
        kinds = say("desk.import.kinds") + " (*.xlsx *.csv)"
        chosen, _filter = QFileDialog.getOpenFileName(self, say("desk.import.file.choose"), "", kinds)
        if chosen:
            self.read(Path(chosen), self._folder)

    def _on_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, say("desk.import.photos.choose"))
        if chosen:
            self._folder = Path(chosen)
            self._show_chosen()
            self._read()

    def _show_chosen(self) -> None:
        self.file.setText(self._file.name if self._file else "")
        self.folder.setText(self._folder.name if self._folder else "")

    def _read(self) -> None:
        if self._file is None:
            return
        self._preview = None
        self.confirm.setEnabled(False)
        self.strip.clear()
        self._answer.hide()
        reading = ops.read(self, _preview, self._batch, self._file, self._folder).progress().latest("read")
        reading.on_done(self._show_preview).busy(self.choose_file, self.choose_folder)
        self._run(reading.describe(say("desk.import.reading")))

    def _show_preview(self, found: Preview) -> None:
        self._preview = found
        fit, refused = len(found.fit), len(found.refused)
        self.summary.setText(say("desk.import.found", fit=fit, refused=refused))
        remarks = []
        if found.roster.ignored_columns:
            remarks.append(say("roster.ignored", columns="、".join(found.roster.ignored_columns)))
        if found.photos_named and self._folder is None:
            remarks.append(say("desk.import.no_folder", count=found.photos_named))
        elif pictured := sum(one.row in found.photos for one in found.fit):
            remarks.append(say("desk.import.with_photos", count=pictured))
        self.remarks.setText("\n".join(remarks))
        self.remarks.setVisible(bool(remarks))
        self._show_refused(found.refused)
        self._answer.show()
        self.confirm.setText(say("desk.import.do_count", count=fit) if fit else say("desk.import.do"))
        self.confirm.setEnabled(fit > 0)
        self.adjustSize()
        (self.confirm if fit else self.choose_file).setFocus()

    def _show_refused(self, refused: tuple[RowRefusal, ...]) -> None:
        self._refused = refused
        self.table.show_rows(refused)
        self.table.fit_height(self._rows_shown)
        self.table.setVisible(bool(refused))
        self.save.setVisible(bool(refused))

    def _on_confirm(self) -> None:
        found = self._preview
        if found is None or not found.fit:
            return
        self.strip.clear()
        writing = ops.write(self, import_rows, self._batch, found.fit, found.photos).progress()
        writing.on_done(self._on_imported).busy(self.confirm, self.choose_file, self.choose_folder)
        self._run(writing.describe(say("desk.import.writing")))

    def _run(self, operation: ops.Operation) -> None:
        self._running = operation
        operation.start()

    def _on_imported(self, taken: Imported) -> None:
        self._done(taken.accepted)
        refused = tuple(sorted((*self._refused, *taken.refused), key=lambda one: one.row))
        if not refused:
            self.accept()
            return
        # What came back can still be saved: the dialog stays until it is closed.
        self._preview = None
        self._show_refused(refused)
        self.summary.setText(say("desk.import.taken", accepted=taken.accepted, refused=len(refused)))
        self.remarks.hide()
        self.confirm.hide()
        self.cancel.setText(say("ui.close"))
        self.save.setFocus()

    def _on_save(self) -> None:
        if self._file is None:
            return
        name = f"{self._file.stem}-{say('roster.refused_suffix')}.xlsx"
        start = str(self._file.with_name(name))
        chosen, _filter = QFileDialog.getSaveFileName(self, say("desk.import.save_refused"), start, "*.xlsx")
        if chosen:
            saving = ops.work(self, write_refused, Path(chosen), self._file, self._refused)
            saving.on_done(lambda _none: self.strip.say(say("desk.import.saved"), "good"))
            saving.describe(say("desk.import.saving")).busy(self.save).start()


class Chosen(QLineEdit):
    """The name of what was chosen; it can't be typed into."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setPlaceholderText(say("desk.import.not_chosen"))


def _folder_beside(file: Path) -> Path | None:
    return next((folder for name in PHOTO_FOLDERS if (folder := file.with_name(name)).is_dir()), None)


def _preview(read: Read, batch: Id, file: Path, folder: Path | None, progress: Callable[..., None]) -> Preview:
    roster = read_roster(file, lambda done: progress(0, 0, say("roster.reading", done=done)))
    progress(0, 0, say("desk.import.reading"))
    photos, bad = read_photos(roster.rows, folder)
    rows = tuple(one for one in roster.rows if one.row not in bad)
    found = refusals(read, batch, rows)
    refused = sorted((*roster.refused, *bad.values(), *found.values()), key=lambda one: one.row)
    fit = tuple(one for one in rows if one.row not in found)
    named = sum(one.photo is not None for one in roster.rows)
    return Preview(roster, photos, fit, tuple(refused), named)
