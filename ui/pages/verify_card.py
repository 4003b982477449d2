"""The verdict on a code, large: what was found by colour, sign and word, then what was signed, to hold beside paper."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout

from core.certificates.verification import Fields, Status, Verdict
from core.clock import china_time
from core.words import known, say
from ui import icons
from ui.pages.verify_judge import Judged
from ui.widgets.basics import clear, column, icon_label, label, restyle, row

TONES: Final = {
    Status.VALID: ("check", "good"),
    Status.PROVISIONAL: ("info", "attention"),
    Status.REVOKED: ("cross", "danger"),
    Status.UNKNOWN_ISSUER: ("help", "attention"),
    Status.ALTERED: ("danger", "danger"),
    Status.NOT_A_CERTIFICATE: ("search", "attention"),
}
"""Each outcome has a sign of its own: who sees no colours tells them apart all the same."""
SIGN: Final = 48
FIELD_COLUMNS: Final = 3


class VerdictCard(QFrame):
    """Shows one `Judged`; hidden until then."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._band = QFrame()
        self._icon = icon_label("info", "muted", SIGN)
        self.verdict = label("", "figure", wrap=True)
        self.about = label("", wrap=True)
        band = row(self._icon, spacing=20)
        band.setContentsMargins(20, 16, 20, 16)
        band.addLayout(column(self.verdict, self.about, spacing=4), 1)
        self._band.setLayout(band)
        self.claims = label(say("verify_page.claims"), "strong", "attention", wrap=True)
        self.name = label("", "clock", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(12)
        self.standard = label("", "muted", wrap=True)
        self.list_state = label("", "strong", wrap=True)
        self.checked = label("", "small", wrap=True)
        inner = QVBoxLayout()
        inner.setContentsMargins(20, 16, 20, 16)
        inner.setSpacing(12)
        for each in (self.claims, self.name):
            inner.addWidget(each)
        inner.addLayout(self._grid)
        inner.addWidget(self.standard)
        inner.addWidget(self.list_state)
        inner.addWidget(self.checked)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._band)
        outer.addLayout(inner)
        self.hide()

    def show_judged(self, found: Judged) -> None:
        """Show what was found."""
        verdict = found.verdict
        sign, tone = TONES[verdict.status]
        icons.wear(self._icon, sign, tone, SIGN)
        restyle(self._band, "strip", tone)
        self.verdict.setText(say(f"exam.verdict.{verdict.status}"))
        about = [say(f"exam.verdict.{verdict.status}.words")]
        if found.codes > 1:
            about.append(say("exam.verify.several", count=found.codes))
        self.about.setText("\n".join(about))
        self.setAccessibleName(f"{self.verdict.text()} {self.about.text()}")
        self._show_fields(verdict, found.association)
        text, list_tone = list_words(verdict)
        self.list_state.setText(text)
        restyle(self.list_state, "tone", list_tone)
        self.list_state.setVisible(bool(text))
        at = china_time(int(verdict.checked_at.timestamp() * 1000))
        self.checked.setText(say("exam.verify.at", time=f"{at:%Y-%m-%d %H:%M:%S}"))
        self.show()

    def _show_fields(self, verdict: Verdict, association: str | None) -> None:
        clear(self._grid)
        fields = verdict.fields
        self.claims.setVisible(fields is not None and verdict.status is Status.UNKNOWN_ISSUER)
        self.name.setVisible(fields is not None)
        self.standard.setVisible(fields is not None and bool(fields.standard_title))
        if fields is None:
            return
        self.name.setText(fields.name)
        dress(self.name)
        draft = say("verify.draft").strip() if fields.standard_is_draft else ""
        self.standard.setText(say("verify_page.standard", title=fields.standard_title, draft=draft))
        for at, (code, text) in enumerate(
            _rows(fields, association if verdict.status in (Status.VALID, Status.REVOKED) else None)
        ):
            value = label(text, "title", wrap=True)
            dress(value)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{say(code)} {text}")
            cell = column(label(say(code), "field"), value, spacing=0)
            self._grid.addLayout(cell, at // FIELD_COLUMNS, at % FIELD_COLUMNS, Qt.AlignmentFlag.AlignTop)
        for place in range(FIELD_COLUMNS):
            self._grid.setColumnStretch(place, 2 if place else 3)  # a number is the longest


def list_words(verdict: Verdict) -> tuple[str, str]:
    """What is known of revocation, with its tone; nothing where it does not matter."""
    dated = f"{china_time(int(verdict.list_dated.timestamp() * 1000)):%Y-%m-%d %H:%M}" if verdict.list_dated else ""
    if verdict.status in (Status.VALID, Status.REVOKED) and dated:
        code = "verify_page.list.stale" if verdict.list_stale else "verify_page.list.dated"
        return say(code, dated=dated), "attention" if verdict.list_stale else ""
    if verdict.status is Status.VALID:
        return say("verify_page.list.none"), "attention"
    if verdict.status is Status.UNKNOWN_ISSUER and verdict.list_stale:
        return say("verify_page.issuers.stale"), "attention"
    return "", ""


def _rows(fields: Fields, association: str | None) -> list[tuple[str, str]]:
    """What is shown below the name, by its code; what is not known is left out."""
    level = f"verify.level.{fields.level}"
    rows = [
        ("verify.field.number", _grouped(fields.number)),
        ("verify.field.occupation", fields.occupation or fields.standard),
        ("verify.field.level", say(level) if known(level) else fields.level_name or fields.level),
        ("verify.field.issued", fields.issued.isoformat()),
        ("verify.field.centre_name", fields.centre_name),
        ("verify_page.association", association),
    ]
    return [(code, text) for code, text in rows if text]


def _grouped(number: str) -> str:
    """A long number in groups of four, which an eye compares."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if number.isdigit() else number


def dress(shown: QLabel) -> None:
    """Give a label the documents' fonts behind its own, where its own lack a character of its text."""
    families: list[str] = []
    metrics = QFontMetrics(shown.font())
    for character in dict.fromkeys(shown.text()):
        if not character.isspace() and not metrics.inFontUcs4(ord(character)):
            families += [family for family in _families_for(character) if family not in families]
    if families:
        font = QFont(shown.font())
        font.setFamilies([*(family for family in font.families() if family not in families), *families])
        shown.setFont(font)


_loaded: dict[str, list[str]] = {}
"""Families by file: Qt would load a font again each time it is asked."""


def _families_for(character: str) -> list[str]:
    from core.documents.fonts import file_of

    file = file_of(character)
    if file is None:
        return []
    if str(file) not in _loaded:
        number = QFontDatabase.addApplicationFont(str(file))
        _loaded[str(file)] = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return _loaded[str(file)]
