"""What a topic card says, to who may read it.

Before it is opened for a candidate nobody but the manager reads it. From then on: whoever invigilates or inspects, and
the examiners of that candidate's panel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, func, select

from core.arrangement.queries import panel_marking
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday import queries
from core.examday.draws import draw
from core.examday.events import Surprise
from core.examday.tables import Card, Draw
from core.people.roles import Role
from core.registration.queries import batch_of
from core.store import Actor, BlobRef, Id, Read

READ_OPENED = frozenset({Role.MANAGER, Role.INVIGILATOR, Role.SUPERVISOR, Role.AUDITOR})


@dataclass(frozen=True)
class CardContent:
    """What a card says."""

    id: Id
    exercise: str
    no: int
    title: str
    text: str
    surprises: tuple[Surprise, ...]
    has_material: bool
    material_type: str


@dataclass(frozen=True)
class CardLine:
    """A card as lists show it; `content` only to the manager."""

    id: Id
    exercise: str
    no: int
    withdrawn: bool
    drawn: int
    """How often it was drawn."""
    content: CardContent | None


@dataclass(frozen=True)
class DrawnView:
    """A candidate's card: the draw that everybody may check, and what it says to who may read it now."""

    no: int
    seed: bytes
    numbers: tuple[int, ...]
    at: int
    opened_at: int | None
    collected_at: int | None
    again: str
    """Why it was drawn again; "" where it was the first draw."""
    draws: int
    content: CardContent | None
    staged: dict[int, int]

    @property
    def holds(self) -> bool:
        """Whether seed and numbers give this card when drawn again."""
        return draw(self.seed, self.numbers) == self.no


def cards(read: Read, actor: Actor, batch: Id, exercise: str) -> list[CardLine]:
    """Every card of an exercise, by number."""
    rows = read.rows(select(Card).where(Card.batch == batch, Card.exercise == exercise).order_by(Card.no, Card.id))
    times = {
        row[0]: row[1]
        for row in read.rows(select(Draw.card, func.count()).where(Draw.exercise == exercise).group_by(Draw.card))
    }
    manager = Role.MANAGER in actor.roles
    return [
        CardLine(row.id, row.exercise, row.no, row.withdrawn, times.get(row.id, 0), _content(row) if manager else None)
        for row in rows
    ]


def drawn_card(read: Read, actor: Actor, application: Id, exercise: str) -> DrawnView | None:
    """The card that a candidate drew, or None. Its content is None while this person may not read it."""
    found = queries.draw_of(read, application, exercise)
    if found is None:
        return None
    row = read.first(select(Card).where(Card.id == found.card))
    readable = row is not None and may_read(read, actor, application, exercise, found)
    return DrawnView(
        found.no,
        found.seed,
        found.numbers,
        found.at,
        found.opened_at,
        found.collected_at,
        found.reason,
        len(queries.draws(read, application, exercise)),
        _content(row) if readable and row is not None else None,
        queries.staged(read, application, exercise),
    )


def material_of_drawn(read: Read, actor: Actor, application: Id, exercise: str) -> bytes | None:
    """The file that belongs to a candidate's card, or None where it has none. Not to be read yet: refused."""
    found = queries.draw_of(read, application, exercise)
    if found is None:
        raise Refused("examday.not_drawn")
    if not may_read(read, actor, application, exercise, found):
        raise Refused("examday.card_closed")
    return _material(read, found.card)


def material_of(read: Read, actor: Actor, card: Id) -> bytes | None:
    """The file that belongs to a card: to the manager, who wrote it."""
    if Role.MANAGER not in actor.roles:
        raise Refused("examday.card_closed")
    return _material(read, queries.card_facts(read, card).id)


def may_read(read: Read, actor: Actor, application: Id, exercise_id: str, drawn: queries.DrawState) -> bool:
    """Whether a person may read a candidate's card now."""
    if Role.MANAGER in actor.roles:
        return True
    if drawn.opened_at is None:
        return False
    if not READ_OPENED.isdisjoint(actor.roles):
        return True
    exercise = plan_of(read, batch_of(read, application)).exercise(exercise_id)
    return (
        Role.EXAMINER in actor.roles
        and exercise is not None
        and panel_marking(read, actor.id, application, exercise.component) is not None
    )


def _material(read: Read, card: Id) -> bytes | None:
    data = read.value(select(Card.material).where(Card.id == card))
    ref = msgspec.msgpack.decode(data, type=BlobRef | None) if data else None
    return read.blob(ref) if ref is not None else None


def _content(row: Row[*tuple[Any, ...]]) -> CardContent | None:
    if row.title is None:
        return None
    ref = msgspec.msgpack.decode(row.material, type=BlobRef | None) if row.material else None
    planned = tuple(msgspec.msgpack.decode(row.surprises, type=list[Surprise]))
    return CardContent(
        row.id, row.exercise, row.no, row.title, row.text, planned, ref is not None, ref.kind if ref else ""
    )
