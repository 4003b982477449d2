"""What others see of results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import msgspec
from sqlalchemy import select

from core.people.queries import public_keys
from core.results.events import ComponentOutcome
from core.results.settling import ResultLine, settled_results
from core.results.tables import Confirmation, Result
from core.scoring.aggregation import shown
from core.scoring.readers import check_sees_results, sees_results
from core.standards.points import points_text
from core.store import Id, Problem, Read, part_digest, signature_holds, split_id

_SIGNED = "zhikao-results1"


@dataclass(frozen=True)
class ResultCounts:
    """How many results are settled, and how many of them passed; None for who may not see results."""

    settled: int
    passed: int | None


@dataclass(frozen=True)
class ConfirmationLine:
    """Who answers for a batch's results, and when."""

    at: int
    first: Id
    second: Id
    digest: bytes


def results(read: Read, batch: Id) -> list[ResultLine]:
    """The settled results of a batch by candidate number, for who may see results."""
    check_sees_results(read)
    return settled_results(read, batch)


def result_counts(read: Read, batch: Id) -> ResultCounts:
    """How many of a batch's results are settled: for everybody. How many of them passed is not: where one sat the
    examination, that count is their result."""
    settled = settled_results(read, batch)
    return ResultCounts(len(settled), sum(one.passed for one in settled) if sees_results(read) else None)


def confirmation(read: Read, batch: Id) -> ConfirmationLine | None:
    """The confirmation of a batch's results, or None."""
    row = read.first(select(Confirmation).where(Confirmation.id == batch))
    return ConfirmationLine(row.at, row.first, row.second, bytes(row.digest)) if row else None


def is_settled(read: Read, application: Id) -> bool:
    """Whether a candidate's result is settled."""
    return read.first(select(Result.id).where(Result.id == application)) is not None


def settled_applications(read: Read) -> set[Id]:
    """Whose result is settled now."""
    return {row.id for row in read.rows(select(Result.id))}


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
