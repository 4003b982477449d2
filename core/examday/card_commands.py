"""Topic cards: the manager writes them, chance deals them, the invigilator opens, stages and collects."""

from __future__ import annotations

import os
from collections.abc import Sequence

from core.arrangement.queries import number_of
from core.batches.queries import open_batch, plan_of
from core.errors import Refused
from core.examday import queries
from core.examday.cards import LARGEST_MATERIAL, check_card
from core.examday.clock_commands import LONGEST_REASON, seated
from core.examday.draws import SEED_BYTES, draw
from core.examday.events import (
    CardAdded,
    CardCollected,
    CardDrawn,
    CardOpened,
    CardWithdrawn,
    Surprise,
    SurpriseStaged,
)
from core.examday.files import media_type
from core.people.permission import check_second, permitted
from core.people.roles import Role
from core.store import Id, Write


@permitted(Role.MANAGER)
def add_card(
    write: Write,
    batch: Id,
    exercise_id: str,
    title: str,
    text: str,
    surprises: Sequence[Surprise] = (),
    material: tuple[bytes, str] | None = None,
) -> Id:
    """Add a topic card to an exercise; its id. `material` is a file's content and suffix. Nobody else sees it before
    it is opened."""
    open_batch(write, batch)
    exercise = plan_of(write, batch).exercise(exercise_id)
    if exercise is None:
        raise Refused("examday.no_such_exercise")
    planned = check_card(exercise, title, text, surprises)
    if material is not None and not 0 < len(material[0]) <= LARGEST_MATERIAL:
        raise Refused("examday.material_size", most=LARGEST_MATERIAL >> 20)
    kept = write.put_blob(material[0], media_type(material[1])) if material is not None else None
    part = CardAdded.Part(title.strip(), text.strip(), planned, kept)
    no = queries.last_card_number(write, batch, exercise_id) + 1
    return write.record(CardAdded(batch, exercise_id, no), part, batch=batch)


@permitted(Role.MANAGER)
def withdraw_card(write: Write, card: Id, reason: str) -> None:
    """Take a card out of the draw; who has drawn it keeps it. Said twice it is done once."""
    found = queries.card_facts(write, card)
    open_batch(write, found.batch)
    if not reason.strip():
        raise Refused("examday.reason_needed")
    if not found.withdrawn:
        part = CardWithdrawn.Part(reason.strip()[:LONGEST_REASON])
        write.record(CardWithdrawn(card), part, batch=found.batch)


@permitted(Role.INVIGILATOR)
def draw_card(write: Write, application: Id, exercise_id: str, reason: str = "") -> int:
    """Let chance deal a candidate a card; its number. Without a reason a second draw answers what was drawn.

    Drawn again with a reason, another seed deals. Once the card was opened that takes two people; once the run is live
    it is refused.
    """
    batch, exercise = seated(write, application, exercise_id)
    if not exercise.topic_card:
        raise Refused("examday.no_cards_here", exercise=exercise.name)
    before = queries.draw_of(write, application, exercise_id)
    if before is not None and not reason.strip():
        return before.no
    run = queries.run(write, application, exercise_id)
    if run is not None and run.phase not in ("", "preparation"):
        raise Refused("examday.draw_too_late", number=number_of(write, application))
    if before is not None and before.opened_at is not None:
        check_second(write.actors)
    cards = queries.numbers_to_draw(write, batch, exercise_id)
    if not cards:
        raise Refused("examday.no_cards")
    numbers = sorted(cards)
    seed = os.urandom(SEED_BYTES)
    no = draw(seed, numbers)
    part = CardDrawn.Part(reason.strip()[:LONGEST_REASON] if before is not None else "")
    write.record(CardDrawn(application, exercise_id, cards[no], seed, numbers), part, batch=batch)
    return no


@permitted(Role.INVIGILATOR)
def open_card(write: Write, application: Id, exercise_id: str) -> None:
    """Hand the drawn card to the candidate: from now on it may be read here too. Said twice it is done once."""
    batch, _ = seated(write, application, exercise_id)
    drawn = _drawn(write, application, exercise_id)
    run = queries.run(write, application, exercise_id)
    if drawn.opened_at is None:
        if run is not None and run.phase == "ended":
            raise Refused("examday.ended", number=number_of(write, application))
        write.record(CardOpened(application, exercise_id, drawn.card), batch=batch)


@permitted(Role.INVIGILATOR)
def collect_card(write: Write, application: Id, exercise_id: str) -> None:
    """Take the card back from the candidate. Said twice it is done once."""
    batch, _ = seated(write, application, exercise_id)
    drawn = _drawn(write, application, exercise_id)
    if drawn.opened_at is None:
        raise Refused("examday.card_not_opened")
    if drawn.collected_at is None:
        write.record(CardCollected(application, exercise_id, drawn.card), batch=batch)


@permitted(Role.INVIGILATOR)
def stage_surprise(write: Write, application: Id, exercise_id: str, no: int) -> None:
    """Record that a planned surprise of the card was staged now; each once, while the run is live."""
    batch, _ = seated(write, application, exercise_id)
    drawn = _drawn(write, application, exercise_id)
    run = queries.run(write, application, exercise_id)
    if run is None or run.phase != "live" or run.paused:
        raise Refused("examday.not_live")
    planned = queries.surprises_of(write, drawn.card)
    if not 0 <= no < len(planned):
        raise Refused("examday.no_such_surprise")
    if no not in queries.staged(write, application, exercise_id):
        write.record(SurpriseStaged(application, exercise_id, drawn.card, no), batch=batch)


def _drawn(write: Write, application: Id, exercise_id: str) -> queries.DrawState:
    found = queries.draw_of(write, application, exercise_id)
    if found is None:
        raise Refused("examday.not_drawn")
    return found
