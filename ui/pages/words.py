"""Words that several pages of the desk share: days as people say them, states with their tone, sexes, kinds."""

from __future__ import annotations

from datetime import date

from core.clock import today
from core.registration.queries import ApplicationLine
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


def due_words(line: ApplicationLine) -> str:
    """Until when an applicant is to be told (10.2), or that it was done."""
    if line.due is None:
        return say("desk.told") if line.notified else ""
    return say("desk.overdue", day=line.due.isoformat()) if line.due < today() else day_words(line.due)


def due_tone(line: ApplicationLine) -> Tone:
    """Red when it has passed, amber from the day before."""
    if line.due is None:
        return "muted"
    left = (line.due - today()).days
    return "danger" if left < 0 else "attention" if left <= 1 else ""
