"""The application in hand: photo, statements, conditions, and the three decisions under them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from core.words import say
from ui.pages.applications_card import Opened
from ui.pages.applications_view import Conditions, FactsView, PersonHead, fact_lines, person_lines, section
from ui.pages.words import due_tone, due_words
from ui.widgets.basics import button, column, holder, label, restyle, row, rule
from ui.widgets.card import Card

DECISIONS = (("accepted", "Enter", "check"), ("more", "B", ""), ("refused", "X", ""))


class ReviewPane(Card):
    """One application at a time. `decided(decision)` when one of its buttons is pressed."""

    decided = Signal(str)

    def __init__(self, may_decide: bool, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.shown: Opened | None = None
        self._own = False
        self._may_decide = may_decide
        self.head = PersonHead()
        self.where = label("", "small")
        self.identity = label("", "muted")
        self.dates = label("", "small", wrap=True)
        self.head.under.addWidget(self.identity)
        self.head.under.addWidget(self.dates)
        self.conditions = Conditions()
        self.facts = FactsView()
        self.person = FactsView()
        self.note = label("", "small", wrap=True)
        self.reason = label("", wrap=True)
        self._reason = section(say("desk.decision.reason"), self.reason)
        content = holder(
            column(
                section(say("desk.conditions"), self.conditions),
                section(say("desk.facts"), self.facts),
                self._reason,
                section(say("desk.person"), self.person),
                self.note,
                None,
                spacing=16,
            )
        )
        content.setProperty("role", "scrolled")
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self.head)
        box.addWidget(rule())
        box.addWidget(scroll, 1)
        box.addLayout(self._foot())
        self.nothing = label("", "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(whole)
        self.body.addWidget(self._stack, 1)

    def be_small(self, narrow: bool, low: bool) -> None:
        """Leave out what can be done without where there is little room."""
        self.where.setHidden(narrow)
        self.dates.setHidden(narrow and low)
        self.head.be_small(low)

    def show_application(self, opened: Opened, own: bool, where: str) -> None:
        """Show one; `own` was entered by the reviewer, `where` is its place in the list."""
        self.shown, self._own = opened, own
        detail = opened.detail
        self.head.show_person(detail)
        self.identity.setText(detail.line.identity)
        self.where.setText(where)
        entered = say("desk.entered_on", day=detail.line.entered_on.isoformat())
        due = say("desk.due_on", day=due_words(detail.line)) if detail.line.due else ""
        self.dates.setText(f"{entered}　{due}".strip())
        restyle(self.dates, "tone", tone if (tone := due_tone(detail.line)) != "muted" else "")
        self.conditions.show_eligibility(detail.eligibility)
        self.facts.show_lines(fact_lines(detail.facts) or [("", say("desk.facts.nothing"))])
        self.person.show_lines(person_lines(detail))
        self.reason.setText(detail.reason)
        self._reason.setVisible(bool(detail.reason))
        words = say("desk.entered_by", who=opened.entered_by) if opened.entered_by else ""
        self.note.setText(say("desk.review.own") if own else words)
        restyle(self.note, "tone", "attention" if own else "")
        self.show_buttons()
        self._stack.setCurrentIndex(1)

    def show_nothing(self, words: str) -> None:
        """Nothing is in hand; `words` say so calmly."""
        self.shown = None
        self.nothing.setText(words)
        self._stack.setCurrentIndex(0)

    def lead(self, leads: bool) -> None:
        """Whether accepting is the page's one primary button just now."""
        restyle(self.buttons[0], "kind", "primary" if leads else "secondary")

    def show_buttons(self) -> None:
        """Enable what may be decided of the one in hand. A rule that says no later on says so itself."""
        shown = self.shown
        open_ = shown is not None and not shown.detail.line.notified and not self._own
        for made, (decision, _, _) in zip(self.buttons, DECISIONS, strict=True):
            made.setEnabled(bool(open_ and shown and shown.detail.line.state != decision))

    def _foot(self) -> QVBoxLayout:
        self.buttons: tuple[QPushButton, ...] = tuple(
            button(
                f"{say(f'desk.decide.{decision}')}  {key}",
                partial(self.decided.emit, decision),
                "primary" if decision == "accepted" else "secondary",
                icon,
            )
            for decision, key, icon in DECISIONS
        )
        line = row(spacing=8)
        for made in self.buttons:
            line.addWidget(made)
            if not self._may_decide:
                made.hide()
        line.addStretch(1)
        line.addWidget(self.where)
        return column(rule(), line, spacing=12)
