"""核验: is this code what an issuer signed. Text that was pasted or scanned, a picture, or a PDF; the verdict large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QPlainTextEdit, QScrollArea

from core.certificates.verification import Status, Verdict, first_of_ours, own_issuers, verify_text
from core.clock import china_time
from core.errors import EnvironmentFailure
from core.words import say
from ui import icons, ops
from ui.context import Context
from ui.pages.accounts_form import DrawerHost
from ui.widgets.basics import button, clear, column, icon_label, label, restyle, row
from ui.widgets.card import Card

SHOWN = ("number", "name", "occupation", "level", "standard_title", "issued", "centre_name")
TONES = {
    Status.VALID: ("check", "good"),
    Status.PROVISIONAL: ("info", "attention"),
    Status.REVOKED: ("warning", "danger"),
    Status.UNKNOWN_ISSUER: ("warning", "attention"),
    Status.ALTERED: ("danger", "danger"),
    Status.NOT_A_CERTIFICATE: ("info", "muted"),
}
WORST_FIRST = (
    Status.ALTERED,
    Status.REVOKED,
    Status.UNKNOWN_ISSUER,
    Status.NOT_A_CERTIFICATE,
    Status.PROVISIONAL,
    Status.VALID,
)
LARGEST_TEXT = 4_000
FIELD_COLUMNS = 2


@dataclass(frozen=True)
class Judged:
    """The worst verdict of what was handed in, and how many codes of ours there were."""

    verdict: Verdict
    codes: int


class VerifyView(DrawerHost):
    """Give it a text, a picture or a PDF (files can be dropped on it); Enter checks a text."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.setAcceptDrops(True)
        self.text = _Paste(self.check_text)
        self.text.setPlaceholderText(say("exam.verify.paste"))
        self.text.setAccessibleName(say("exam.verify.paste"))
        self.text.setFixedHeight(88)
        self.do = button(say("exam.verify.do"), self.check_text, "primary", tip="Enter")
        self.choose = button(say("exam.verify.file"), self.choose_file, icon="folder", tip="Ctrl+O")
        entry = Card(say("exam.documents.verify"))
        entry.body.addWidget(label(say("exam.verify.words"), "muted", wrap=True))
        entry.body.addWidget(self.text)
        entry.body.addLayout(row(self.choose, None, self.do))
        self._icon = icon_label("info", "muted", 40)
        self.verdict = label("", "title", wrap=True)
        self._about = label("", "muted", wrap=True)
        self._fields = QGridLayout()
        self._fields.setHorizontalSpacing(32)
        self._fields.setVerticalSpacing(8)
        self._card = Card()
        self._card.body.setSpacing(16)
        told = column(self.verdict, self._about, spacing=4)
        line = row(self._icon, spacing=16)
        line.addLayout(told, 1)
        self._card.body.addLayout(line)
        self._card.body.addLayout(self._fields)
        self.box.addWidget(entry)
        self.box.addWidget(self._card)
        self.box.addStretch(1)
        self._card.hide()

    def check_text(self) -> None:
        """Check what was pasted or scanned."""
        text = self.text.toPlainText().strip()
        if text:
            self._start(_judge_text, text[:LARGEST_TEXT])

    def choose_file(self) -> None:
        """Choose a picture or a PDF."""
        kinds = f"{say('exam.verify.kinds')} (*.png *.jpg *.jpeg *.pdf)"
        chosen, _ = QFileDialog.getOpenFileName(self, say("exam.verify.file"), "", kinds)
        if chosen:
            self.check_file(Path(chosen))

    def check_file(self, path: Path) -> None:
        """Check every code of ours in a picture or a PDF."""
        self._start(_judge_file, path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.check_file(files[0])

    def _start(self, judge: Callable[..., Judged], what: Any) -> None:
        self.strip.clear()
        self._card.hide()
        home = self.context.store.home  # type: ignore[attr-defined]
        working = ops.work(self, judge, what, home).progress().describe(say("ui.checking"))
        working.on_done(self._show).latest("verify").busy(self.do).start()

    def _show(self, found: Judged) -> None:
        verdict = found.verdict
        name, tone = TONES[verdict.status]
        icons.wear(self._icon, name, tone, 40)
        self.verdict.setText(say(f"exam.verdict.{verdict.status}"))
        restyle(self.verdict, "tone", "" if tone == "muted" else tone)
        about = [say(f"exam.verdict.{verdict.status}.words")]
        if found.codes > 1:
            about.append(say("exam.verify.several", count=found.codes))
        if verdict.fields is not None and verdict.fields.standard_is_draft:
            about.append(say("verify.draft").strip())
        about.append(
            say("exam.verify.at", time=f"{china_time(int(verdict.checked_at.timestamp() * 1000)):%Y-%m-%d %H:%M}")
        )
        self._about.setText("\n".join(about))
        self._show_fields(verdict)
        self._card.show()
        QTimer.singleShot(0, self, self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        around = self.parentWidget().parentWidget() if self.parentWidget() else None
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(self._card)

    def _show_fields(self, verdict: Verdict) -> None:
        clear(self._fields)
        if verdict.fields is None:
            return
        at = 0
        for name in SHOWN:
            value = getattr(verdict.fields, name)
            if value is None:
                continue
            text = say(f"verify.level.{value}") if name == "level" else str(value)
            cell = column(label(say(f"verify.field.{name}"), "small"), label(text, "strong", wrap=True), spacing=0)
            self._fields.addLayout(cell, at // FIELD_COLUMNS, at % FIELD_COLUMNS)
            at += 1
        for place in range(FIELD_COLUMNS):
            self._fields.setColumnStretch(place, 1)


class _Paste(QPlainTextEdit):
    """Enter checks: a scanner ends with it."""

    def __init__(self, done: Callable[[], None]) -> None:
        super().__init__()
        self._done = done
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: Any) -> None:
        if event.text() in ("\r", "\n"):
            self._done()
            return
        super().keyPressEvent(event)


def _judge_text(text: str, home: Path, progress: Callable[[int, int, str], None]) -> Judged:
    return Judged(verify_text(text, own_issuers(home)), 1)


def _judge_file(path: Path, home: Path, progress: Callable[[int, int, str], None]) -> Judged:
    """The worst verdict of all codes of ours in a file decides. On a worker; each page reports, and can cancel."""
    from core.documents import scan

    try:
        data = path.read_bytes()
    except OSError as problem:
        raise EnvironmentFailure("exam.verify.unreadable", file=path.name, problem=problem.strerror or "") from None
    if data[:5] == b"%PDF-" or path.suffix.lower() == ".pdf":
        pages = scan.pdf_codes(
            data, lambda page, count: progress(page, count, say("verify.page", page=page, pages=count))
        )
        texts = [text for codes in pages for text in codes if first_of_ours([text]) is not None]
    else:
        ours = first_of_ours(scan.picture_codes(data))
        texts = [] if ours is None else [ours]
    issuers = own_issuers(home)
    verdicts = [verify_text(text, issuers) for text in texts] or [verify_text("", issuers)]
    return Judged(min(verdicts, key=lambda one: WORST_FIRST.index(one.status)), len(texts))
