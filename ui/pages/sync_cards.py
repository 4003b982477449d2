"""The cards of the page of exchange: how it stands, what is stuck, what the association said, the stick, the link."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from core.exchange.queries import BundleLine, SaidLine, Stuck
from core.words import say
from ui import icons
from ui.pages.sync_data import GRAVE, SyncView, short_time
from ui.widgets.basics import button, clear, column, holder, icon_label, label, restyle, row
from ui.widgets.card import Card

ICONS = {"enrolment": "shield", "authorisation": "certificates", "decision": "results", "lease": "list"}
"""By what the association speaks of; else a note."""
MEGABYTE = 1 << 20
SETTLED_BY_SETTINGS = frozenset({"exchange.proxy", "exchange.proxy_password", "exchange.not_a_hub", "exchange.no_name"})


class StateCard(Card):
    """One sentence, when the association last answered, and how much of each kind is waiting."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = icon_label("sync", "accent", 32)
        self.sentence = label("", "card-title", wrap=True)
        self.note = label("", "muted", wrap=True)
        self._figures = [_Figure(say(f"desk_sync.{name}")) for name in ("entries", "parts", "blobs")]
        words = row(self._icon, spacing=16)
        words.addLayout(column(None, self.sentence, self.note, None, spacing=4), 1)
        self._numbers = holder(row(*self._figures, spacing=32))
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(24)
        self._line.addLayout(words, 1)
        self._line.addWidget(self._numbers)
        self.body.addLayout(self._line)

    def show_view(self, view: SyncView) -> None:
        """Show how it stands."""
        now = view.standing
        name, tint = _face(view)
        icons.wear(self._icon, name, tint, 32)
        self.sentence.setText(now.sentence)
        self.note.setText(" · ".join(_notes(view)))
        self.note.setHidden(not self.note.text())
        waiting = now.waiting
        self._numbers.setHidden(now.association is None or not (waiting.total or waiting.held_back))
        size = say("desk_sync.megabytes", size=f"{waiting.blob_bytes / MEGABYTE:.1f}") if waiting.blobs else ""
        held = say("desk_sync.held_back", count=waiting.held_back) if waiting.held_back else ""
        for figure, number, note in zip(
            self._figures, (waiting.entries, waiting.parts, waiting.blobs), ("", held, size), strict=True
        ):
            figure.show_number(number, note)

    def be_narrow(self, narrow: bool) -> None:
        """Put the figures below the words where there is no room beside them."""
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


class _Figure(QWidget):
    """A number under its name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._number = label("–", "figure")
        self._note = label("", "small")
        self._name = name
        self.setLayout(column(label(name, "small"), self._number, self._note, None, spacing=0))

    def show_number(self, number: int, note: str) -> None:
        """Show it, and what there is to say of it."""
        self._number.setText(f"{number:,}")
        self._note.setText(note)
        self.setAccessibleName(f"{self._name} {number} {note}".strip())


class StuckCard(Card):
    """What is stuck, since when, and what to do."""

    def __init__(self, settings: Callable[[], object]) -> None:
        super().__init__(say("desk_sync.stuck"))
        self._settings = settings
        self._lines = column(spacing=12)
        self.body.addLayout(self._lines)
        self.hide()

    def show_stuck(self, found: tuple[Stuck, ...], may_settle: bool) -> None:
        """Show these; nothing where nothing is."""
        clear(self._lines)
        for one in found:
            tone = "danger" if one.code in GRAVE else "attention"
            icon = icon_label("danger" if tone == "danger" else "warning", tone, 20)
            sentence = label(one.sentence, wrap=True)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line = row(icon, spacing=12)
            line.addLayout(
                column(sentence, label(say("desk_sync.since", at=short_time(one.at)), "small"), spacing=2), 1
            )
            if may_settle and one.code in SETTLED_BY_SETTINGS:
                line.addWidget(button(say("desk_sync.link.change"), self._settings, "link"))
            self._lines.addLayout(line)
        self.setHidden(not found)


class SaidCard(Card):
    """What the association said, the newest first."""

    def __init__(self) -> None:
        super().__init__(say("desk_sync.said"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self.body.addLayout(self._lines)
        self.body.addStretch(1)

    def show_said(self, found: tuple[SaidLine, ...]) -> None:
        """Show these."""
        clear(self._lines)
        if not found:
            self._lines.addWidget(label(say("desk_sync.said.nothing"), "muted", wrap=True))
        for one in found:
            icon = ICONS.get(one.kind.partition(".")[0], "note")
            tint = "attention" if one.bad else "muted"
            sentence = label(one.sentence, "", "attention" if one.bad else "", wrap=True)
            sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line = row(icon_label("warning" if one.bad else icon, tint, 18), spacing=12)
            line.addLayout(column(sentence, label(short_time(one.at), "small"), spacing=2), 1)
            self._lines.addLayout(line)


class StickCard(Card):
    """The way of a stick: write, carry, read."""

    def __init__(self, write: Callable[[], object], read: Callable[[], object]) -> None:
        super().__init__(say("desk_sync.stick"))
        self.body.addWidget(label(say("desk_sync.stick.words"), "muted", wrap=True))
        self.write = button(say("desk_sync.stick.write"), write, icon="usb", tip="Ctrl+U")
        self.read = button(say("desk_sync.stick.read"), read, icon="import", tip="Ctrl+O")
        self.body.addLayout(row(self.write, self.read, None))
        self._bundles = column(spacing=4)
        self.body.addLayout(self._bundles)

    def show_bundles(self, found: tuple[BundleLine, ...]) -> None:
        """Show which went, and which came back."""
        clear(self._bundles)
        for one in found:
            words = say("desk_sync.bundle", number=one.number, at=short_time(one.at), entries=one.entries)
            state = label(say(f"desk_sync.bundle.{'answered' if one.answered else 'away'}"), "small")
            restyle(state, "tone", "good" if one.answered else "")
            self._bundles.addLayout(row(label(words, "small"), None, state))


class LinkCard(Card):
    """Whom this centre is enrolled with, and how the hub is reached."""

    def __init__(
        self, metered: Callable[[bool], object], paused: Callable[[bool], object], change: Callable[[], object]
    ) -> None:
        super().__init__(say("desk_sync.link"))
        self.change = button(say("desk_sync.link.change"), change, "link")
        self.tools.addWidget(self.change)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self.metered = QCheckBox(say("desk_sync.link.metered"))
        self.paused = QCheckBox(say("desk_sync.link.paused"))
        self.metered.clicked.connect(metered)
        self.paused.clicked.connect(paused)
        self.body.addLayout(self._facts)
        boxes = column(
            self.metered,
            label(say("desk_sync.link.metered.hint"), "small", wrap=True),
            self.paused,
            label(say("desk_sync.link.paused.hint"), "small", wrap=True),
            spacing=2,
        )
        self._boxes = holder(boxes)
        self.body.addWidget(self._boxes)
        self.words = label("", "muted", wrap=True)
        self.body.addWidget(self.words)
        self.buttons = row(spacing=8)
        self.body.addLayout(self.buttons)
        self.body.addStretch(1)

    def show_view(self, view: SyncView) -> None:
        """Show the facts and the switches."""
        now = view.standing
        facts = [
            ("association", now.association or ""),
            ("fingerprint", view.fingerprint),
            ("hub", now.hub or (say("desk_sync.link.stick_only") if now.association else "")),
            ("proxy", now.proxy),
            ("device", str(view.device)),
        ]
        clear(self._facts)
        for line, (name, value) in enumerate((name, value) for name, value in facts if value):
            self._facts.addWidget(label(say(f"desk_sync.link.{name}"), "field"), line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(_fact(value), line, 1)
        self._boxes.setHidden(not now.hub)
        self.metered.setChecked(now.metered)
        self.paused.setChecked(now.paused)

    def offer(self, words: str, *acts: tuple[str, Callable[[], object]]) -> None:
        """What there is to do, and buttons: words, act."""
        self.words.setText(words)
        self.words.setHidden(not words)
        clear(self.buttons)
        for text, act in acts:
            self.buttons.addWidget(button(text, act))
        self.buttons.addStretch(1)


def _fact(value: str) -> QLabel:
    made = label(value, wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _face(view: SyncView) -> tuple[str, str]:
    now = view.standing
    if now.association is None:
        return "offline", "muted"
    if any(one.code in GRAVE for one in now.stuck):
        return "danger", "danger"
    if now.paused:
        return "pause", "attention"
    if view.offline is not None:
        return "offline", "attention"
    return ("check", "good") if not now.waiting.total else ("sync", "accent")


def _notes(view: SyncView) -> list[str]:
    """When the association last answered, and up to where it has each device's entries."""
    now, found = view.standing, list[str]()
    if now.association is None:
        return [say("desk_sync.not_enrolled.why")]
    if now.heard_at is not None:
        found.append(say("desk_sync.heard", at=short_time(now.heard_at)))
    for one in now.acknowledged:
        code = "desk_sync.receipt" if one.device == view.device else "desk_sync.receipt.other"
        found.append(say(code, device=one.device, seq=f"{one.seq:,}", at=short_time(one.at)))
    if not now.acknowledged:
        found.append(say("desk_sync.receipt.none"))
    return found
