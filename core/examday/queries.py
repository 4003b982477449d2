"""What others see of runs and clocks. Nothing here shows a card's content; `card_queries` does, to who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from core.arrangement.queries import absences, numbers
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday.clockwork import Interruption, Step, reckon
from core.examday.events import Surprise
from core.examday.tables import Card, Draw, DrawnCard, HandIn, Recording, Run, RunStep, StagedSurprise, Work
from core.registration.queries import batch_of
from core.store import Id, Read


@dataclass(frozen=True)
class RunState:
    """A run as it stands, without its time."""

    application: Id
    exercise: str
    studio: str
    phase: str
    paused: bool
    changed_at: int


@dataclass(frozen=True)
class Clock:
    """The clock of a candidate's exercise at a moment; milliseconds, pauses not counted. `phase` "": not begun."""

    application: Id
    exercise: str
    studio: str
    phase: str
    paused: bool
    running: bool
    elapsed_ms: int
    """Gone of the phase in hand; of an ended run all of the live phase."""
    live_ms: int
    """Gone of the live phase."""
    planned_ms: int
    """What the plan gives the live phase."""
    reason: str
    """Why it stands; "" while it runs."""
    interruptions: tuple[Interruption, ...]
    began_at: int | None
    phase_at: int | None
    before_end: str
    at: int | None
    """The moment that it speaks of (UTC milliseconds); None: its last word."""

    @property
    def live_second(self) -> int:
        """The second of the live phase: what a moment is kept by."""
        return self.live_ms // 1000

    @property
    def remaining_ms(self) -> int:
        """What is left of the plan's minutes; below 0 it is over."""
        return self.planned_ms - self.live_ms


@dataclass(frozen=True)
class DrawState:
    """The draw that counts: which card, never what it says."""

    id: Id
    card: Id
    no: int
    seed: bytes
    numbers: tuple[int, ...]
    at: int
    opened_at: int | None
    collected_at: int | None
    reason: str


@dataclass(frozen=True)
class RunLine:
    """One candidate of an exercise as the studio's list shows them: by number."""

    application: Id
    number: str
    exercise: str
    phase: str
    """`""` before it began."""
    paused: bool
    studio: str
    changed_at: int
    away: str
    """"" or absent, misconduct, deferred."""
    card: int | None
    """The number of the card drawn."""
    card_opened: bool
    card_collected: bool
    handed_in: bool
    recordings: int


@dataclass(frozen=True)
class PublicEvent:
    """What everybody in the studio may know of a run: when, and what. Never why, and nothing of what is planned."""

    at: int
    what: str
    """`preparation`, `live`, `closing`, `ended`, `paused`, `resumed`, `reopened`, `card_opened`, `card_collected`,
    `handed_in`."""


@dataclass(frozen=True)
class CardFacts:
    """What everybody may know of a card."""

    id: Id
    batch: Id
    exercise: str
    no: int
    withdrawn: bool


def run(read: Read, application: Id, exercise: str) -> RunState | None:
    """A candidate's run, or None before it began."""
    row = read.first(select(Run).where(Run.id == _id(application, exercise)))
    return _state(row) if row else None


def runs_of(read: Read, application: Id) -> list[RunState]:
    """Every run of a candidate."""
    return [_state(row) for row in read.rows(select(Run).where(Run.application == application).order_by(Run.id))]


def under_way_in(read: Read, studio: str) -> list[RunState]:
    """The runs of a studio that have not ended: the live one first, then who closes, then who prepares."""
    found = [_state(row) for row in read.rows(select(Run).where(Run.studio == studio, Run.phase != "ended"))]
    order = {"live": 0, "closing": 1, "preparation": 2}
    return sorted(found, key=lambda one: (order.get(one.phase, 3), -one.changed_at))


def studios(read: Read, batch: Id) -> list[str]:
    """The studios that a batch has used, by name."""
    rows = read.rows(select(Run.studio).where(Run.batch == batch).distinct())
    return sorted(row.studio for row in rows)


def clock(read: Read, application: Id, exercise_id: str, now: int | None) -> Clock:
    """The clock of a candidate's exercise at `now` (UTC milliseconds; None: at its last word)."""
    exercise = plan_of(read, batch_of(read, application)).exercise(exercise_id)
    if exercise is None:
        raise Refused("examday.no_such_exercise")
    rows = read.rows(select(RunStep).where(RunStep.run == _id(application, exercise_id)).order_by(RunStep.id))
    found = reckon([_step(row) for row in rows], now)
    paused = found.interruptions[-1] if found.paused and found.interruptions else None
    return Clock(
        application,
        exercise_id,
        found.studio,
        found.phase,
        found.paused,
        found.running,
        found.of("live" if found.phase == "ended" else found.phase),
        found.of("live"),
        exercise.minutes * 60_000,
        paused.reason if paused else "",
        found.interruptions,
        found.began_at,
        found.phase_at,
        found.before_end,
        now,
    )


def public_events(read: Read, application: Id, exercise: str) -> list[PublicEvent]:
    """What the shared screen may show of a run, the newest first."""
    run = _id(application, exercise)
    steps = read.rows(select(RunStep.at, RunStep.what, RunStep.phase).where(RunStep.run == run).order_by(RunStep.id))
    found = [PublicEvent(row.at, (row.phase or "") if row.what == "phase" else row.what) for row in steps]
    drawn = draw_of(read, application, exercise)
    if drawn is not None and drawn.opened_at is not None:
        found.append(PublicEvent(drawn.opened_at, "card_opened"))
    if drawn is not None and drawn.collected_at is not None:
        found.append(PublicEvent(drawn.collected_at, "card_collected"))
    handed_in = read.rows(select(HandIn.at).where(HandIn.run == run))
    found += [PublicEvent(row.at, "handed_in") for row in handed_in]
    return sorted(found, key=lambda one: one.at, reverse=True)


def schedule(read: Read, batch: Id, exercise: str) -> list[RunLine]:
    """Everybody who has a place, by number, with how far each is in one exercise."""
    found = plan_of(read, batch).exercise(exercise)
    if found is None:
        raise Refused("examday.no_such_exercise")
    away = absences(read, batch)
    states = {row.application: row for row in read.rows(_of_exercise(Run, batch, exercise))}
    draws = {
        row.application: row
        for row in read.rows(
            select(Draw.application, Card.no, Draw.opened_at, Draw.collected_at)
            .join(DrawnCard, DrawnCard.draw == Draw.id)
            .join(Card, Card.id == Draw.card)
            .where(Card.batch == batch, Draw.exercise == exercise)
        )
    }
    works = {row.application for row in read.rows(_of_exercise(Work, batch, exercise))}
    kept = {
        row[0]: row[1]
        for row in read.rows(
            select(Recording.application, func.count())
            .where(Recording.exercise == exercise)
            .group_by(Recording.application)
        )
    }
    lines = []
    for application, number in numbers(read, batch).items():
        state, draw = states.get(application), draws.get(application)
        lines.append(
            RunLine(
                application,
                number,
                exercise,
                state.phase if state else "",
                bool(state and state.paused),
                state.studio if state else "",
                state.changed_at if state else 0,
                away.get((application, found.component), ""),
                draw.no if draw else None,
                bool(draw and draw.opened_at is not None),
                bool(draw and draw.collected_at is not None),
                application in works,
                kept.get(application, 0),
            )
        )
    return lines


def draw_of(read: Read, application: Id, exercise: str) -> DrawState | None:
    """The draw that counts of a candidate's exercise, or None."""
    row = read.first(
        select(Draw, Card.no)
        .join(DrawnCard, DrawnCard.draw == Draw.id)
        .join(Card, Card.id == Draw.card)
        .where(DrawnCard.id == _id(application, exercise))
    )
    if row is None:
        return None
    numbers_then = tuple(msgspec.msgpack.decode(row.numbers, type=list[int]))
    return DrawState(
        row.id, row.card, row.no, row.seed, numbers_then, row.at, row.opened_at, row.collected_at, row.reason or ""
    )


def draws(read: Read, application: Id, exercise: str) -> list[Id]:
    """Every draw of a candidate's exercise, the first one first: more than one is shown."""
    return [
        row.id for row in read.rows(select(Draw.id).where(Draw.run == _id(application, exercise)).order_by(Draw.id))
    ]


def numbers_to_draw(read: Read, batch: Id, exercise: str) -> dict[int, Id]:
    """Number → card of those that may be drawn."""
    rows = read.rows(
        select(Card.no, Card.id).where(Card.batch == batch, Card.exercise == exercise, Card.withdrawn.is_(False))
    )
    return {row.no: row.id for row in rows}


def last_card_number(read: Read, batch: Id, exercise: str) -> int:
    """The highest number of a card of an exercise; 0 before the first."""
    return read.value(select(func.max(Card.no)).where(Card.batch == batch, Card.exercise == exercise)) or 0


def card_facts(read: Read, card: Id) -> CardFacts:
    """What everybody may know of a card. None such: refused."""
    row = read.first(select(Card).where(Card.id == card))
    if row is None:
        raise Refused("examday.no_such_card")
    return CardFacts(row.id, row.batch, row.exercise, row.no, row.withdrawn)


def surprises_of(read: Read, card: Id) -> list[Surprise]:
    """The planned surprises of a card: for this room's commands; pages ask `card_queries`."""
    found = read.value(select(Card.surprises).where(Card.id == card))
    return msgspec.msgpack.decode(found, type=list[Surprise]) if found else []


def staged(read: Read, application: Id, exercise: str) -> dict[int, int]:
    """Place on the card → when (UTC milliseconds), of the surprises that were staged with the card in force."""
    drawn = read.first(select(DrawnCard.card).where(DrawnCard.id == _id(application, exercise)))
    if drawn is None:
        return {}
    rows = read.rows(
        select(StagedSurprise).where(
            StagedSurprise.run == _id(application, exercise), StagedSurprise.card == drawn.card
        )
    )
    return {row.no: row.at for row in rows}


def hand_ins(read: Read, application: Id, exercise: str) -> int:
    """How often a work was handed in."""
    return read.value(select(func.count()).select_from(HandIn).where(HandIn.run == _id(application, exercise))) or 0


def _of_exercise(model: Any, batch: Id, exercise: str) -> Any:
    return select(model).where(model.batch == batch, model.exercise == exercise)


def _id(application: Id, exercise: str) -> str:
    return f"{application}:{exercise}"


def _state(row: Row[*tuple[Any, ...]]) -> RunState:
    return RunState(row.application, row.exercise, row.studio, row.phase, row.paused, row.changed_at)


def _step(row: Row[*tuple[Any, ...]]) -> Step:
    return Step(row.what, row.at, row.phase or "", row.studio or "", row.reason or "", row.by, row.second)
