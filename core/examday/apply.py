"""What events of the exam day write."""

from __future__ import annotations

from typing import Any

import msgspec

from core.examday.events import (
    CardAdded,
    CardCollected,
    CardDrawn,
    CardOpened,
    CardWithdrawn,
    PhaseBegun,
    RecordingKept,
    RunPaused,
    RunReopened,
    RunResumed,
    SurpriseStaged,
    WorkHandedIn,
    WorkTakenUp,
)
from core.examday.tables import (
    Card,
    Draw,
    DrawnCard,
    HandIn,
    Recording,
    Run,
    RunStep,
    StagedSurprise,
    TakenUp,
    Work,
)
from core.store import Entry, Id, Tables, applies, fills

_encode = msgspec.msgpack.encode


def run_id(application: Id, exercise: str) -> str:
    """The name of a candidate's exercise in these tables."""
    return f"{application}:{exercise}"


@applies(PhaseBegun)
def begin_phase(tables: Tables, entry: Entry, event: PhaseBegun, part: None) -> None:
    _put_run(tables, entry, event.application, event.exercise, phase=event.phase, studio=event.studio, paused=False)
    _step(tables, entry, event.application, event.exercise, "phase", phase=event.phase, studio=event.studio)


@applies(RunPaused)
def pause(tables: Tables, entry: Entry, event: RunPaused, part: RunPaused.Part | None) -> None:
    at, reason = event.since or entry.at, part.reason if part else None
    tables.update(Run, run_id(event.application, event.exercise), paused=True, changed_at=at)
    _step(tables, entry, event.application, event.exercise, "paused", reason=reason, at=at)


@applies(RunResumed)
def resume(tables: Tables, entry: Entry, event: RunResumed, part: None) -> None:
    run = run_id(event.application, event.exercise)
    tables.update(Run, run, paused=False, studio=event.studio, changed_at=entry.at)
    _step(tables, entry, event.application, event.exercise, "resumed", studio=event.studio)


@applies(RunReopened)
def reopen(tables: Tables, entry: Entry, event: RunReopened, part: RunReopened.Part | None) -> None:
    run = run_id(event.application, event.exercise)
    tables.update(Run, run, phase=event.phase, paused=False, changed_at=entry.at)
    reason = part.reason if part else None
    _step(tables, entry, event.application, event.exercise, "reopened", phase=event.phase, reason=reason)


@fills(RunPaused)
@fills(RunReopened)
def fill_reason(tables: Tables, entry: Entry, event: Any, part: Any) -> None:
    tables.update(RunStep, entry.id, reason=part.reason)


@applies(CardAdded)
def add_card(tables: Tables, entry: Entry, event: CardAdded, part: CardAdded.Part | None) -> None:
    tables.insert(
        Card,
        id=entry.id,
        batch=event.batch,
        exercise=event.exercise,
        no=event.no,
        withdrawn=False,
        **_card_columns(part),
    )


@fills(CardAdded)
def fill_card(tables: Tables, entry: Entry, event: CardAdded, part: CardAdded.Part) -> None:
    tables.update(Card, entry.id, **_card_columns(part))


@applies(CardWithdrawn)
def withdraw_card(tables: Tables, entry: Entry, event: CardWithdrawn, part: CardWithdrawn.Part | None) -> None:
    tables.update(Card, event.card, withdrawn=True)


@fills(CardWithdrawn)
def fill_withdrawal(tables: Tables, entry: Entry, event: CardWithdrawn, part: CardWithdrawn.Part) -> None:
    """The reason stands in the journal alone."""


@applies(CardDrawn)
def draw_card(tables: Tables, entry: Entry, event: CardDrawn, part: CardDrawn.Part | None) -> None:
    run = run_id(event.application, event.exercise)
    tables.insert(
        Draw,
        id=entry.id,
        run=run,
        application=event.application,
        exercise=event.exercise,
        card=event.card,
        seed=event.seed,
        numbers=_encode(event.numbers),
        at=entry.at,
        by=entry.actor,
        second=entry.second,
        reason=part.reason if part else None,
        opened_at=None,
        collected_at=None,
    )
    tables.upsert(DrawnCard, run, draw=entry.id, card=event.card)


@fills(CardDrawn)
def fill_draw(tables: Tables, entry: Entry, event: CardDrawn, part: CardDrawn.Part) -> None:
    tables.update(Draw, entry.id, reason=part.reason)


@applies(CardOpened)
def open_card(tables: Tables, entry: Entry, event: CardOpened, part: None) -> None:
    drawn = tables.get(DrawnCard, run_id(event.application, event.exercise))
    if drawn is not None and drawn.card == event.card:
        tables.update(Draw, drawn.draw, opened_at=entry.at)


@applies(CardCollected)
def collect_card(tables: Tables, entry: Entry, event: CardCollected, part: None) -> None:
    drawn = tables.get(DrawnCard, run_id(event.application, event.exercise))
    if drawn is not None and drawn.card == event.card:
        tables.update(Draw, drawn.draw, collected_at=entry.at)


@applies(SurpriseStaged)
def stage_surprise(tables: Tables, entry: Entry, event: SurpriseStaged, part: None) -> None:
    run = run_id(event.application, event.exercise)
    tables.insert(StagedSurprise, id=entry.id, run=run, card=event.card, no=event.no, at=entry.at)


@applies(WorkHandedIn)
def hand_in(tables: Tables, entry: Entry, event: WorkHandedIn, part: WorkHandedIn.Part | None) -> None:
    run = run_id(event.application, event.exercise)
    tables.insert(
        HandIn,
        id=entry.id,
        run=run,
        at=entry.at,
        by=entry.actor,
        second=entry.second,
        files=_encode(part.files) if part else None,
        reason=part.reason if part else None,
    )
    tables.upsert(
        Work,
        run,
        application=event.application,
        exercise=event.exercise,
        batch=entry.batch,
        hand_in=entry.id,
        at=entry.at,
    )


@fills(WorkHandedIn)
def fill_hand_in(tables: Tables, entry: Entry, event: WorkHandedIn, part: WorkHandedIn.Part) -> None:
    tables.update(HandIn, entry.id, files=_encode(part.files), reason=part.reason)


@applies(WorkTakenUp)
def take_up(tables: Tables, entry: Entry, event: WorkTakenUp, part: None) -> None:
    run = run_id(event.application, event.exercise)
    tables.upsert(TakenUp, f"{run}:{event.examiner}", run=run, examiner=event.examiner, at=entry.at)


@applies(RecordingKept)
def keep_recording(tables: Tables, entry: Entry, event: RecordingKept, part: RecordingKept.Part | None) -> None:
    tables.insert(
        Recording,
        id=entry.id,
        run=run_id(event.application, event.exercise),
        application=event.application,
        exercise=event.exercise,
        sha256=event.sha256,
        size=event.size,
        lead=event.lead,
        through_pauses=event.through_pauses,
        place=part.place if part else None,
        at=entry.at,
        by=entry.actor,
    )


@fills(RecordingKept)
def fill_recording(tables: Tables, entry: Entry, event: RecordingKept, part: RecordingKept.Part) -> None:
    tables.update(Recording, entry.id, place=part.place)


def _put_run(tables: Tables, entry: Entry, application: Id, exercise: str, **values: Any) -> None:
    tables.upsert(
        Run,
        run_id(application, exercise),
        application=application,
        exercise=exercise,
        batch=entry.batch,
        changed_at=entry.at,
        **values,
    )


def _step(
    tables: Tables,
    entry: Entry,
    application: Id,
    exercise: str,
    what: str,
    phase: str | None = None,
    studio: str | None = None,
    reason: str | None = None,
    at: int | None = None,
) -> None:
    tables.insert(
        RunStep,
        id=entry.id,
        run=run_id(application, exercise),
        what=what,
        phase=phase,
        studio=studio,
        at=entry.at if at is None else at,
        by=entry.actor,
        second=entry.second,
        reason=reason,
    )


def _card_columns(part: CardAdded.Part | None) -> dict[str, Any]:
    return {
        "title": part.title if part else None,
        "text": part.text if part else None,
        "surprises": _encode(part.surprises) if part else None,
        "material": _encode(part.material) if part else None,
    }
