"""What others see of results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import msgspec
from sqlalchemy import select

from core.arrangement.queries import places
from core.people.queries import public_keys
from core.results.events import ComponentOutcome
from core.results.tables import Confirmation, Result
from core.scoring.aggregation import shown
from core.standards.points import points_text
from core.store import Id, Problem, Read, part_digest, signature_holds, split_id

_SIGNED = "zhikao-results1"


@dataclass(frozen=True)
class ResultLine:
    """A candidate's settled result as lists show it."""

    application: Id
    number: str
    name: str
    components: tuple[ComponentOutcome, ...]
    passed: bool


@dataclass(frozen=True)
class ConfirmationLine:
    """Who answers for a batch's results, and when."""

    at: int
    first: Id
    second: Id
    digest: bytes


def results(read: Read, batch: Id) -> list[ResultLine]:
    """The settled results of a batch by candidate number."""
    rows = {row.id: row for row in read.rows(select(Result).where(Result.batch == batch))}
    found = []
    for place in places(read, batch):
        row = rows.get(place.application)
        if row is not None and row.components is not None:
            components = tuple(msgspec.msgpack.decode(row.components, type=list[ComponentOutcome]))
            found.append(ResultLine(place.application, place.number, place.name, components, bool(row.passed)))
    return found


def confirmation(read: Read, batch: Id) -> ConfirmationLine | None:
    """The confirmation of a batch's results, or None."""
    row = read.first(select(Confirmation).where(Confirmation.id == batch))
    return ConfirmationLine(row.at, row.first, row.second, bytes(row.digest)) if row else None


def is_settled(read: Read, application: Id) -> bool:
    """Whether a candidate's result is settled."""
    return read.first(select(Result.id).where(Result.id == application)) is not None


def score_shown(outcome: ComponentOutcome) -> str:
    """A score as people see it: two decimals, never rounded across the pass mark."""
    exact = Fraction(outcome.numerator, outcome.denominator)
    return points_text(shown(exact, outcome.pass_mark))


def digest(read: Read, batch: Id) -> bytes:
    """SHA-256 over all settled results of a batch: application ids with the salted digests of what they came to."""
    rows = read.rows(select(Result.id, Result.entry).where(Result.batch == batch).order_by(Result.id))
    lines = [[row.id, part_digest(read.part_bytes(row.entry) or b"")] for row in rows]
    return hashlib.sha256(msgspec.msgpack.encode(lines)).digest()


def signed_message(centre: str, batch: Id, results_digest: bytes) -> bytes:
    """What the two people sign who answer for a batch."""
    return msgspec.msgpack.encode([_SIGNED, centre, batch, results_digest])


def confirmation_problems(read: Read, centre: str) -> Iterator[Problem]:
    """Confirmations whose signatures do not fit, are not the people's own, or answer for other results."""
    for row in read.rows(select(Confirmation)):
        message = signed_message(centre, row.id, row.digest)
        fits = row.digest == digest(read, row.id) and all(
            key in public_keys(read, person) and signature_holds(key, signature, message)
            for person, key, signature in (
                (row.first, row.first_key, row.first_signature),
                (row.second, row.second_key, row.second_signature),
            )
        )
        if not fits:
            yield Problem(*split_id(row.entry), "signature")
