"""What the studio's page and its shared screen read. Each function takes a snapshot and runs on a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.arrangement.queries import number_of
from core.batches.queries import plan_of
from core.examday.card_queries import DrawnView, drawn_card
from core.examday.queries import (
    Clock,
    PublicEvent,
    RunLine,
    clock,
    numbers_to_draw,
    public_events,
    schedule,
    studios,
    under_way_in,
)
from core.examday.work_queries import RecordingLine, WorkState, recordings, work
from core.registration.queries import batch_of
from core.standards.plans import Exercise
from ui.pages.studio_clock import now_ms

ROOMS = 6
"""Studios of a place that are offered before any was used."""


@dataclass(frozen=True)
class Day:
    """One exercise of a batch on its day: who is to do it and how far each is."""

    exercises: tuple[Exercise, ...]
    exercise: Exercise | None
    lines: tuple[RunLine, ...]
    studios: tuple[str, ...]
    cards: int
    """How many cards may be drawn."""


@dataclass(frozen=True)
class Detail:
    """One candidate's exercise: clock, card, work, recordings."""

    line: RunLine
    exercise: Exercise
    clock: Clock
    card: DrawnView | None
    cards: int
    work: WorkState | None
    recordings: tuple[RecordingLine, ...]


@dataclass(frozen=True)
class Screen:
    """What the shared screen of a studio shows: the run in it, who is next, public events."""

    studio: str
    clock: Clock | None = None
    number: str = ""
    exercise: Exercise | None = None
    preparing: tuple[str, ...] = ()
    """Numbers of who prepares for this studio."""
    events: tuple[PublicEvent, ...] = ()


def day(read: Any, batch: int, exercise_id: str) -> Day:
    """One exercise of a batch (the first one where it has none such), with everybody who has a place."""
    exercises = tuple(one for one in plan_of(read, batch).exercises if one.component != "knowledge")
    chosen = next((one for one in exercises if one.id == exercise_id), exercises[0] if exercises else None)
    if chosen is None:
        return Day((), None, (), (), 0)
    used = studios(read, batch)
    offered = [f"{chosen.place} {number}" for number in range(1, ROOMS + 1)]
    return Day(
        exercises,
        chosen,
        tuple(schedule(read, batch, chosen.id)),
        tuple(dict.fromkeys([*offered, *used])),
        len(numbers_to_draw(read, batch, chosen.id)),
    )


def detail(read: Any, actor: Any, batch: int, exercise: Exercise, line: RunLine) -> Detail:
    """Everything of one candidate's exercise that this person may see."""
    return Detail(
        line,
        exercise,
        clock(read, line.application, exercise.id, now_ms()),
        drawn_card(read, actor, line.application, exercise.id),
        len(numbers_to_draw(read, batch, exercise.id)),
        work(read, line.application, exercise.id),
        tuple(recordings(read, actor, line.application, exercise.id)),
    )


def screen(read: Any, studio: str) -> Screen:
    """What the shared screen of a studio shows now."""
    inside = under_way_in(read, studio)
    if not inside:
        return Screen(studio)
    first = inside[0]
    return Screen(
        studio,
        clock(read, first.application, first.exercise, now_ms()),
        number_of(read, first.application),
        plan_of(read, batch_of(read, first.application)).exercise(first.exercise),
        tuple(number_of(read, one.application) for one in inside[1:] if one.phase == "preparation"),
        tuple(public_events(read, first.application, first.exercise)),
    )
