"""Words that several pages of the desk share: days as people say them, states with their tone, sexes, kinds."""

from __future__ import annotations

from datetime import date

from core.clock import today
from core.words import say
from ui.models.paged import Tone

STATE_TONES: dict[str, Tone] = {
    "entered": "attention",
    "accepted": "good",
    "refused": "danger",
    "more": "attention",
    "withdrawn": "muted",
    "present": "",
    "absent": "muted",
    "misconduct": "danger",
    "deferred": "attention",
}


def day_words(day: date) -> str:
    """今天, 明天, or the date."""
    left = (day - today()).days
    return say("desk.today") if left == 0 else say("desk.tomorrow") if left == 1 else day.isoformat()


def state_words(state: str) -> str:
    """A state of an application in words."""
    return say(f"desk.state.{state}")


def state_tone(state: str) -> Tone:
    """The tone of a state."""
    return STATE_TONES.get(state, "plain")
