"""Which works are marked by blind number 密号, and how far each is: asked before a number of a work is shown.

A centre that hands in any work of an exercise marks all of that exercise by blind number; where none is ever handed in,
it is marked by candidate number like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from core.arrangement.queries import blind_numbers
from core.batches.queries import plan_of
from core.examday.tables import Run, Work
from core.registration.queries import batch_of
from core.store import Id, Read

WorkStanding = Literal["waiting", "there", "missing"]
"""`waiting`: not collected yet; `there`: handed in and collected; `missing`: collected, and nothing was handed in."""


@dataclass(frozen=True)
class BlindState:
    """A work that is marked by its blind number. There is no name and no candidate number with it."""

    number: str
    standing: WorkStanding


def blind_exercises(read: Read, batch: Id) -> frozenset[str]:
    """The exercises of a batch whose works are marked by blind number."""
    handed_in = {row.exercise for row in read.rows(select(Work.exercise).where(Work.batch == batch).distinct())}
    return frozenset(one.id for one in plan_of(read, batch).exercises if one.evidence == "work" and one.id in handed_in)


def blind_states(read: Read, batch: Id) -> dict[tuple[Id, str], BlindState]:
    """(application, exercise) → its work, of everybody who has a place, in every exercise that is marked blindly."""
    exercises = blind_exercises(read, batch)
    if not exercises:
        return {}
    handed_in = select(Work.application, Work.exercise).where(Work.batch == batch)
    works = {(row.application, row.exercise) for row in read.rows(handed_in)}
    run = select(Run.application, Run.exercise, Run.phase).where(Run.batch == batch)
    phases = {(row.application, row.exercise): row.phase for row in read.rows(run)}
    clocked = {exercise for _, exercise in phases}
    return {
        (application, exercise): BlindState(
            number,
            _standing(
                (application, exercise) in works, phases.get((application, exercise)), clocked=exercise in clocked
            ),
        )
        for application, number in blind_numbers(read, batch).items()
        for exercise in exercises
    }


def blind_state(read: Read, application: Id, exercise: str) -> BlindState | None:
    """One candidate's work; None where it is marked by candidate number."""
    batch = batch_of(read, application)
    number = blind_numbers(read, batch).get(application) if exercise in blind_exercises(read, batch) else None
    if number is None:
        return None
    place = f"{application}:{exercise}"
    handed_in = read.value(select(Work.id).where(Work.id == place)) is not None
    phase = read.value(select(Run.phase).where(Run.id == place))
    others = select(Run.id).where(Run.batch == batch, Run.exercise == exercise).limit(1)
    return BlindState(number, _standing(handed_in, phase, clocked=read.value(others) is not None))


def _standing(handed_in: bool, phase: str | None, *, clocked: bool) -> WorkStanding:
    """`phase` None: nobody ran it. Where the others' clocks are kept, such a candidate's turn is still to come."""
    if handed_in:
        return "there" if phase in (None, "ended") else "waiting"
    if phase == "ended":
        return "missing"
    return "waiting" if clocked else "missing"
