"""What the page of trials reads. Each function takes a snapshot and runs on a worker.

Nothing of others is read before a trial is closed: the queries of calibration see to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.arrangement.queries import panels
from core.batches.queries import batch as batch_line
from core.batches.queries import plan_of
from core.calibration.comparison import Comparison
from core.calibration.queries import (
    AgreementLine,
    OwnTrial,
    TrialLine,
    agreement,
    compared,
    exercise_of,
    leaders_of,
    marking_begun,
    own_trial,
    reading_draft,
    trial,
    trials,
)
from core.calibration.readings import Reading
from core.standards.plans import Exercise


@dataclass(frozen=True)
class BoardRow:
    """A trial as the list shows it. `state`: `mine` (this person has to mark it), `open`, `closed`, `to_sign` (this
    leader has to sign its reading), `agreed` (written, not signed by all), `in_force`."""

    id: int
    exercise: Exercise
    no: int
    """Which trial of this exercise it is, from 1."""
    line: TrialLine
    state: str


@dataclass(frozen=True)
class Board:
    """Every trial of a batch, the newest first, and the exercises that one could be opened of."""

    rows: tuple[BoardRow, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    closed: bool = False
    """Two people have answered for the batch's results: nothing of it changes any more."""

    @property
    def mine(self) -> int:
        """How many trials wait for this person."""
        return sum(row.state in ("mine", "to_sign") for row in self.rows)


@dataclass(frozen=True)
class Detail:
    """One trial with what this person may see of it."""

    line: TrialLine
    exercise: Exercise
    standard: str
    level: str
    own: OwnTrial | None
    comparison: Comparison | None
    names: dict[int, str]
    agreement: AgreementLine | None
    readings: tuple[Reading, ...]
    """As they are being written, else as they were agreed last."""
    leads: bool
    begun: bool
    """Candidates are being marked: to change the reading takes a second person."""


def board(read: Any, batch: int, person: int) -> Board:
    """Every trial of a batch."""
    plan = plan_of(read, batch)
    formed = {panel.component for panel in panels(read, batch)}
    found = trials(read, batch)
    rows = []
    for at, line in enumerate(found):
        no = sum(one.exercise == line.exercise for one in found[at:])
        rows.append(BoardRow(line.id, exercise_of(read, line), no, line, _state(read, line, person)))
    exercises = tuple(one for one in plan.exercises if one.component in formed)
    return Board(tuple(rows), exercises, batch_line(read, batch).closed)


def detail(read: Any, id: int, person: int) -> Detail:
    """One trial."""
    line = trial(read, id)
    exercise = exercise_of(read, line)
    plan = plan_of(read, line.batch)
    formed = panels(read, line.batch, exercise.component)
    marks = any(one.id == person for one in line.markers)
    return Detail(
        line,
        exercise,
        plan.standard,
        plan.level,
        own_trial(read, person, id) if marks else None,
        compared(read, id) if line.closed else None,
        {one.id: one.name for one in line.markers},
        agreement(read, id) if line.closed else None,
        tuple(reading_draft(read, id)) if line.closed else (),
        person in leaders_of(formed),
        marking_begun(read, formed),
    )


def to_do(read: Any, batch: int, person: int) -> int:
    """How many trials of a batch wait for this person."""
    return board(read, batch, person).mine


def _state(read: Any, line: TrialLine, person: int) -> str:
    if not line.closed:
        return "mine" if line.wants(person) else "open"
    found = agreement(read, line.id)
    if found is None:
        return "closed"
    if found.in_force:
        return "in_force"
    return "to_sign" if found.wants(person) else "agreed"
