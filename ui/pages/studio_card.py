"""A candidate's topic card in the studio: drawn, opened, collected; what it says once it is open; its surprises."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.clock import china_time
from core.examday.card_queries import CardContent, DrawnView
from core.words import say
from ui.marking.views import clock_text
from ui.pages.studio_data import Detail
from ui.widgets.basics import badge, button, clear, column, holder, label, row, rule, set_tip
from ui.widgets.card import Card

SEED_SHOWN = 8


class TopicCard(Card):
    """`step_wanted()` for the next of draw, open, collect; `again_wanted`, `staged(no)`, `material_wanted`."""

    step_wanted = Signal()
    again_wanted = Signal()
    staged = Signal(int)
    material_wanted = Signal()

    def __init__(self, able: bool, parent: QWidget | None = None) -> None:
        super().__init__(say("studio.card"), parent)
        self._able = able
        self._state = badge("", "plain")
        self.tools.addWidget(self._state)
        self.step = button("", self.step_wanted.emit, tip="F6")
        self.again = button(say("studio.card.again"), self.again_wanted.emit, "ghost")
        self._words = label("", "muted", wrap=True)
        self._content = column(spacing=6)
        self._inside = holder(self._content)
        self._draw = label("", "small", wrap=True)
        hands = row(spacing=8)
        hands.addWidget(self._words, 1)
        hands.addWidget(self.again)
        hands.addWidget(self.step)
        self.body.addLayout(hands)
        self.body.addWidget(self._inside)
        self.body.addWidget(self._draw)

    def show_detail(self, found: Detail) -> None:
        """Show where the card is. Hidden for an exercise without one."""
        self.setVisible(found.exercise.topic_card)
        card = found.card
        begun = found.clock.phase not in ("", "preparation")
        self._words.setText(_hint(found))
        self._state.setVisible(card is not None)
        if card is not None:
            self._state.setText(say("studio.card.no", no=card.no))
        text = step_words(found)
        self.step.setText(text)
        self.step.setAccessibleName(text)
        self.step.setVisible(bool(text))
        self.step.setEnabled(self._able and not found.line.away)
        self.again.setVisible(card is not None and not begun)
        self.again.setEnabled(self._able)
        self._show_content(found, card)
        self._show_draw(card)

    def _show_content(self, found: Detail, card: DrawnView | None) -> None:
        clear(self._content)
        content = card.content if card is not None else None
        self._inside.setVisible(content is not None)
        if content is None or card is None:
            return
        self._content.addWidget(label(content.title, "strong", wrap=True))
        self._content.addWidget(label(content.text, wrap=True))
        if content.has_material:
            self._content.addLayout(
                row(button(say("studio.card.material"), self.material_wanted.emit, "link", "save"), None)
            )
        if content.surprises:
            self._content.addWidget(rule())
            self._content.addWidget(label(say("studio.surprises"), "section"))
            for no in range(len(content.surprises)):
                self._content.addWidget(self._surprise(found, content, no, card.staged.get(no)))

    def _surprise(self, found: Detail, content: CardContent, no: int, staged_at: int | None) -> QWidget:
        one = content.surprises[no]
        words = label(f"{say(f'studio.surprise.{one.kind}')}  {one.text}", wrap=True)
        line = row(label(clock_text(one.second), "muted"), spacing=8)
        line.addWidget(words, 1)
        if staged_at is not None:
            at = china_time(staged_at).strftime("%H:%M:%S")
            line.addWidget(badge(say("studio.surprise.staged", at=at), "good"))
        else:
            stage = button(say("studio.surprise.stage"), partial(self.staged.emit, no), tip=f"Ctrl+{no + 1}")
            stage.setEnabled(self._able and found.clock.phase == "live" and not found.clock.paused)
            line.addWidget(stage)
        return holder(line)

    def _show_draw(self, card: DrawnView | None) -> None:
        self._draw.setVisible(card is not None)
        if card is None:
            return
        words = say(
            "studio.card.draw",
            at=china_time(card.at).strftime("%H:%M:%S"),
            count=len(card.numbers),
            seed=card.seed.hex()[:SEED_SHOWN],
            holds=say("studio.card.holds" if card.holds else "studio.card.fails"),
        )
        if card.draws > 1:
            words += "\n" + say("studio.card.drawn_again", draws=card.draws, reason=card.again or "–")
        self._draw.setText(words)
        numbers = " ".join(map(str, card.numbers))
        set_tip(self._draw, say("studio.card.check", seed=card.seed.hex(), numbers=numbers, no=card.no))


def step_words(found: Detail) -> str:
    """What F6 does next; "" where nothing is left."""
    card = found.card
    if card is None:
        return say("studio.card.draw_now") if found.cards and found.clock.phase in ("", "preparation") else ""
    if card.opened_at is None:
        return say("studio.card.open") if found.clock.phase != "ended" else ""
    return say("studio.card.collect") if card.collected_at is None else ""


def _hint(found: Detail) -> str:
    card = found.card
    if card is None:
        return say("studio.card.none" if not found.cards else "studio.card.not_drawn", count=found.cards)
    if card.opened_at is None:
        return say("studio.card.closed")
    at = china_time(card.opened_at).strftime("%H:%M:%S")
    if card.collected_at is None:
        return say("studio.card.opened_at", at=at)
    return say("studio.card.collected_at", at=at, back=china_time(card.collected_at).strftime("%H:%M:%S"))
