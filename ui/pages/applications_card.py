"""One person's application in the drawer: who it is, what holds, and what can be put right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.people.permission import may
from core.people.queries import account
from core.registration.commands import take_photo, withdraw
from core.registration.correction import correct_application
from core.registration.queries import ApplicationDetail, application_detail, reveal_identity
from core.store import Id, Read
from core.words import say
from ui import ops
from ui.pages.applications_view import Conditions, FactsView, PersonHead, fact_lines, person_lines, section
from ui.pages.words import day_words
from ui.widgets.basics import button, label, row, rule

SHOWN_FOR = 30_000
"""Milliseconds for which a whole identity number stays on screen."""


@dataclass(frozen=True)
class Opened:
    """An application with the name of who entered it."""

    detail: ApplicationDetail
    entered_by: str


def open_application(read: Read, application: Id) -> Opened:
    """An application as the drawer shows it."""
    detail = application_detail(read, application)
    who = account(read, detail.entered_by)
    return Opened(detail, who.shown if who else "")


class ApplicationCard(QWidget):
    """What the drawer holds. The page hosts its operations; acts go back to it by `act(name, application)`."""

    def __init__(self, host: Any, opened: Opened, act: Callable[[str, Id], None]) -> None:
        super().__init__()
        self._host = host
        self._opened = opened
        self._act = act
        detail = opened.detail
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        head = PersonHead()
        head.show_person(detail)
        self.identity = label(detail.line.identity, "muted")
        self.show_number = button(say("desk.identity.show"), self._on_show, "link")
        head.under.addLayout(row(self.identity, self.show_number, None))
        head.under.addWidget(label(_dates(detail), "small", wrap=True))
        box.addWidget(head)
        buttons = row(spacing=8)
        for name, made in self._buttons().items():
            setattr(self, name, made)
            buttons.addWidget(made)
        buttons.addStretch(1)
        box.addLayout(buttons)
        if detail.reason:
            box.addWidget(section(say("desk.decision.reason"), label(detail.reason, wrap=True)))
        lines = FactsView()
        lines.show_lines(person_lines(detail))
        box.addWidget(section(say("desk.person"), lines))
        facts = FactsView()
        stated = fact_lines(detail.facts)
        facts.show_lines(stated)
        box.addWidget(section(say("desk.facts"), facts if stated else label(say("desk.facts.nothing"), "muted")))
        box.addWidget(rule())
        conditions = Conditions()
        conditions.show_eligibility(detail.eligibility)
        box.addWidget(section(say("desk.conditions"), conditions))
        if opened.entered_by:
            box.addWidget(label(say("desk.entered_by", who=opened.entered_by), "small"))
        box.addStretch(1)
        self._hide_again = QTimer(self)
        self._hide_again.setSingleShot(True)
        self._hide_again.setInterval(SHOWN_FOR)
        self._hide_again.timeout.connect(self._mask)

    @property
    def application(self) -> Id:
        """Which one it is."""
        return self._opened.detail.line.id

    def _buttons(self) -> dict[str, QWidget]:
        line, actor = self._opened.detail.line, self._host.context.session.actors.first
        open_ = line.state != "withdrawn" and not line.notified
        found: dict[str, QWidget] = {}
        if open_ and may(actor, correct_application):
            found["edit"] = button(say("desk.edit"), lambda: self._act("edit", line.id), icon="edit")
        if line.state != "withdrawn" and may(actor, take_photo):
            found["new_photo"] = button(say("desk.photo.replace"), lambda: self._act("photo", line.id), icon="camera")
        if open_ and may(actor, withdraw):
            found["take_back"] = button(say("desk.withdraw"), lambda: self._act("withdraw", line.id), "ghost")
        return found

    def _on_show(self) -> None:
        actor = self._host.context.session.actors.first
        if self._hide_again.isActive():
            self._mask()
            return
        asking = ops.read(self._host, reveal_identity, actor, self._opened.detail.line.candidate)
        asking.on_done(self._reveal).latest("identity").start()

    def _reveal(self, number: str) -> None:
        if ops.gone(self):
            return
        self.identity.setText(number)
        self.show_number.setText(say("desk.identity.hide"))
        self._hide_again.start()

    def _mask(self) -> None:
        self._hide_again.stop()
        self.identity.setText(self._opened.detail.line.identity)
        self.show_number.setText(say("desk.identity.show"))


def _dates(detail: ApplicationDetail) -> str:
    line = detail.line
    words = say("desk.entered_on", day=line.entered_on.isoformat())
    return f"{words}　{say('desk.due_on', day=day_words(line.due))}" if line.due else words
