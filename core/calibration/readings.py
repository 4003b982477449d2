"""The agreed reading of a level: what it takes to give it. And the bytes that people sign of a trial. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.errors import Refused
from core.scoring.sheets import Draft, Mark, item_points
from core.standards.plans import Exercise
from core.store import Id

LONGEST_READING = 200
_TRIAL = "zhikao-trial1"
_READING = "zhikao-reading1"


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """What the examiners agreed that one option (`value`) of an item's scale takes. Fields are only appended."""

    item: str
    value: int
    words: str


def checked_readings(exercise: Exercise, given: Sequence[Reading]) -> list[Reading]:
    """The readings in the plan's order, blanks left out. None at all, too long ones, or ones that the plan does not
    have: refused."""
    wanted: dict[tuple[str, int], str] = {}
    for one in given:
        words = " ".join(one.words.split())
        if len(words) > LONGEST_READING:
            raise Refused("calibration.reading_too_long", longest=LONGEST_READING)
        if words:
            wanted[one.item, one.value] = words
    if not wanted:
        raise Refused("calibration.no_reading")
    found = [
        Reading(item.key, option.value, wanted.pop((item.key, option.value)))
        for item in exercise.items
        for option in item.scale.options
        if (item.key, option.value) in wanted
    ]
    if wanted:
        raise Refused("scoring.unknown_item", item=next(iter(wanted))[0])
    return found


def open_items(exercise: Exercise, draft: Draft) -> list[str]:
    """Items that still need a word: marked, or said not to be seen in the clip."""
    return [item.key for item in exercise.items if item.key not in draft.marks]


def trial_marks(exercise: Exercise, draft: Draft) -> list[Mark]:
    """The marks of a trial sheet in the plan's order. A clip need not show every item: what was not observed has none.

    Refused while an item is open, and where nothing was observed at all.
    """
    missing = open_items(exercise, draft)
    if missing:
        raise Refused("calibration.incomplete", count=len(missing))
    marks = []
    for item in exercise.items:
        values = draft.marks[item.key]
        if values is not None:
            marks.append(Mark(item.key, sorted(values), item_points(item, values)))
    if not marks:
        raise Refused("calibration.nothing_observed")
    return marks


def trial_message(
    centre: str, batch: Id, trial: Id, examiner: Id, plan: bytes, clip: bytes, part_digest: bytes
) -> bytes:
    """What an examiner signs of a trial: never bare marks (few can be guessed from a signature) but their salted
    digest."""
    return msgspec.msgpack.encode([_TRIAL, centre, batch, trial, examiner, plan, clip, part_digest])


def reading_message(centre: str, batch: Id, trial: Id, agreement: Id, leader: Id, part_digest: bytes) -> bytes:
    """What a leader signs of an agreed reading."""
    return msgspec.msgpack.encode([_READING, centre, batch, trial, agreement, leader, part_digest])
