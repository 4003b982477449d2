"""Files in the studio: works that are collected, recordings that are kept, a card's material that is handed out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QFileDialog, QSpinBox

from core.errors import EnvironmentFailure
from core.examday import commands
from core.examday.card_queries import material_of_drawn
from core.examday.files import LARGEST_FILE, MEDIA_TYPES, GivenFile
from core.examday.recordings import FileDigest, digest_file
from core.examday.work_queries import RecordingLine
from core.words import say
from ui import ops
from ui.dialogs.questions import ReasonDialog
from ui.dialogs.sheet import Sheet
from ui.widgets.form import Form

LONGEST_LEAD = 6 * 60 * 60


class FileHands:
    """What the studio's page does with files, for the candidate in view."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def hand_in(self) -> None:
        """F7: choose the files of a work."""
        if self._page.detail is None:
            return
        chosen, _filter = QFileDialog.getOpenFileNames(self._page, say("studio.work.choose"), "")
        if chosen:
            self.take_work([Path(one) for one in chosen])

    def take_work(self, files: Sequence[Path]) -> None:
        """Collect these files; a work that is there already is replaced with a reason, after marking by two people."""
        found = self._page.detail
        if found is None:
            return
        if found.work is None:
            self._hand_in(files, "", False)
            return
        words = say("studio.work.replace.marked" if found.work.taken_up else "studio.work.replace.words")
        taken_up = bool(found.work.taken_up)
        ReasonDialog(
            self._page,
            self._page.context,
            say("studio.work.replace.title", number=found.line.number),
            words,
            lambda reason: self._hand_in(files, reason, taken_up),
            say("studio.work.replace"),
        ).open()

    def keep_recording(self) -> None:
        """Shift+F7: choose the file of a recording."""
        if self._page.detail is None:
            return
        chosen, _filter = QFileDialog.getOpenFileName(self._page, say("studio.recording.choose"), "")
        if chosen:
            self.take_recording(Path(chosen))

    def take_recording(self, file: Path) -> None:
        """Ask how the file lies to the clock, then keep its digest."""
        KeepDialog(self._page, file).open()

    def play(self, recording: RecordingLine) -> None:
        """Show a recording."""
        from ui.recording.window import open_recording

        number = self._page.detail.line.number if self._page.detail else ""
        open_recording(self._page, recording, say("recording.title", number=number))

    def save_material(self) -> None:
        """Save a card's material where the candidate works."""
        found = self._page.detail
        if found is None or found.card is None or found.card.content is None:
            return
        kinds = {kind: suffix for suffix, kind in reversed(MEDIA_TYPES.items())}
        suffix = kinds.get(found.card.content.material_type, "bin")
        name = say("studio.card.material.file", no=found.card.no)
        chosen, _filter = QFileDialog.getSaveFileName(self._page, say("studio.card.material"), f"{name}.{suffix}")
        if chosen:
            page, actor = self._page, self._page.context.session.actors.first
            args = (actor, found.line.application, found.exercise.id)
            reading = ops.read(page, _save_material, Path(chosen), *args)
            reading.say_done(say("studio.card.material.saved")).start()

    def _hand_in(self, files: Sequence[Path], reason: str, two: bool) -> None:
        page, found = self._page, self._page.detail
        page.clear_refusal()
        reading = ops.work(page, _read_files, list(files)).describe(say("studio.work.reading"))
        args = (found.line.application, found.exercise.id)

        def send(given: list[GivenFile]) -> None:
            writing = ops.write(page, commands.hand_in_work, *args, given, reason)
            if two:
                writing = writing.two_people(say("studio.work.replace.purpose", number=found.line.number))
            writing.describe(say("studio.work.keeping")).say_done(
                say("studio.work.done", number=found.line.number, files=len(given))
            ).start()

        reading.on_done(send).start()


class KeepDialog(Sheet):
    """Where the live phase begins in a recording, and whether it ran on through the pauses."""

    def __init__(self, page: Any, file: Path) -> None:
        super().__init__(
            page, page.context, say("studio.recording.title"), say("studio.recording.words", file=file.name)
        )
        self._page, self._file = page, file
        self._found = page.detail
        self._working: ops.Operation | None = None
        if self._found.exercise.evidence == "work":
            self.strip.say(say("studio.recording.of_work", most=LARGEST_FILE >> 20), "attention")
        form = Form()
        self.lead = form.add(say("studio.recording.lead"), QSpinBox(), hint=say("studio.recording.lead.hint"))
        self.lead.setRange(0, LONGEST_LEAD)
        self.lead.setSuffix(say("studio.recording.seconds"))
        self.through = form.add(say("studio.recording.through"), QCheckBox())
        self.through.setChecked(True)
        self.body.addWidget(form)
        self.confirm = self.add_buttons(say("studio.recording.keep"), self._on_confirm)
        self.lead.setFocus()

    def _on_confirm(self) -> None:
        self.strip.clear()
        working = ops.work(self, digest_file, self._file).progress().describe(say("studio.recording.digesting"))
        self._working = working.on_done(self._on_digest).busy(self.confirm)
        self._working.start()

    def _on_digest(self, digest: FileDigest) -> None:
        args = (self._found.line.application, self._found.exercise.id, digest, str(self._file))
        writing = ops.write(self, commands.keep_recording, *args, self.lead.value(), self.through.isChecked()).on_done(
            partial(self._kept, digest)
        )
        writing.start()

    def _kept(self, digest: FileDigest, _recording: int) -> None:
        self.accept()
        self._page.context.shell.notify(say("studio.recording.done", digest=digest.sha256.hex()[:8]))

    def reject(self) -> None:
        """Leave; what was being reckoned is given up."""
        if self._working is not None:
            self._working.cancel()
        super().reject()


def _read_files(files: list[Path]) -> list[GivenFile]:
    """The contents of files. One that can't be read: exit 3."""
    given = []
    for file in files:
        try:
            given.append(GivenFile(file.read_bytes(), file.suffix.removeprefix(".").lower()))
        except OSError as problem:
            raise EnvironmentFailure("examday.file_unreadable", file=file.name) from problem
    return given


def _save_material(read: Any, target: Path, actor: Any, application: int, exercise: str) -> None:
    data = material_of_drawn(read, actor, application, exercise)
    try:
        target.write_bytes(data or b"")
    except OSError as problem:
        raise EnvironmentFailure("examday.cannot_save", file=target.name) from problem
