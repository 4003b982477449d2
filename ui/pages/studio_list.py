"""The candidates of an exercise as a table: by number, how far each is."""

from __future__ import annotations

from collections.abc import Callable

from core.examday.queries import RunLine
from core.words import say
from ui.models.paged import Column, Tone
from ui.pages.studio_clock import phase_words
from ui.widgets.table import DataTable

TONES: dict[str, Tone] = {"": "muted", "preparation": "accent", "live": "good", "closing": "attention"}
"""Of a phase in the list; an ended one is plain."""


def candidates_table(watched: Callable[[], bool]) -> DataTable:
    """The table; `watched` says whether the exercise in view is one that is watched live."""

    def phase(one: RunLine) -> str:
        return say(f"attendance.{one.away}") if one.away else phase_words(one.phase, one.paused, watched())

    made = DataTable(
        [
            Column(say("exam.number"), lambda one: one.number, width=64, strong=True),
            Column(say("studio.column.phase"), phase, width=88, badge=_tone),
            Column(say("studio.column.studio"), lambda one: one.studio, width=76, stretch=True, optional=True),
            Column(say("studio.column.card"), _card_words, width=88),
            Column(say("studio.column.things"), _things_words, width=60, stretch=True),
        ],
        lambda one: one.application,
    )
    made.setAccessibleName(say("studio.candidates"))
    return made


def _tone(one: RunLine) -> Tone:
    return "danger" if one.away else "attention" if one.paused else TONES.get(one.phase, "plain")


def _card_words(one: RunLine) -> str:
    if one.card is None:
        return ""
    state = "collected" if one.card_collected else "opened" if one.card_opened else "drawn"
    return say(f"studio.card.state.{state}", no=one.card)


def _things_words(one: RunLine) -> str:
    found = [say("studio.work.short")] if one.handed_in else []
    if one.recordings:
        found.append(say("studio.recording.short", count=one.recordings))
    return " · ".join(found)
