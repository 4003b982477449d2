"""What may be seen of trials, and by whom.

Before a trial is closed nobody sees anybody else's marks, whatever their role: `own_trial` belongs to the examiner who
asks, `compared` looks at closed trials alone, and everything else tells states, never a mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, select

from core.arrangement.queries import PanelLine, panels
from core.batches.queries import batch as batch_line
from core.batches.queries import plan_of
from core.calibration.comparison import Comparison, TrialMarks, compare
from core.calibration.readings import Reading
from core.calibration.tables import Agreement, ReadingSignature, Trial, TrialDraft, TrialSheet
from core.errors import Refused
from core.people.queries import accounts
from core.scoring.queries import signed_counts
from core.scoring.readers import check_own, check_sees_marks
from core.scoring.sheets import Deducted, Draft, Mark, Moment
from core.standards.plans import Exercise
from core.store import Id, Read, part_digest

READING = "reading"
"""What stands for the examiner in the name of a reading's draft."""


@dataclass(frozen=True)
class Marker:
    """An examiner of the batch's panels, and whether their trial marks are signed: a state, never a mark."""

    id: Id
    name: str
    signed: bool
    expected: bool = True
    """False: signed, and in none of the panels any more."""


@dataclass(frozen=True)
class TrialLine:
    """A trial as lists show it."""

    id: Id
    batch: Id
    exercise: str
    opened_at: int
    sha256: bytes
    size: int
    where: str
    note: str
    closed_at: int | None
    close_reason: str
    markers: tuple[Marker, ...]
    """Every examiner of the panels as they are now: who came later should be told what was agreed."""

    @property
    def closed(self) -> bool:
        """Whether the marks may be compared."""
        return self.closed_at is not None

    @property
    def signed(self) -> int:
        """How many have signed."""
        return sum(one.signed for one in self.markers)

    @property
    def waiting(self) -> tuple[Marker, ...]:
        """Those who have not signed."""
        return tuple(one for one in self.markers if not one.signed)

    def wants(self, examiner: Id) -> bool:
        """Whether this examiner still has to mark it."""
        return not self.closed and any(one.id == examiner for one in self.waiting)


@dataclass(frozen=True)
class OwnTrial:
    """An examiner's own trial sheet."""

    trial: TrialLine
    exercise: Exercise
    draft: Draft
    saved_at: int | None
    signed: bool


@dataclass(frozen=True)
class Signatory:
    """A leader who has to sign a reading, and when they did."""

    id: Id
    name: str
    signed_at: int | None


@dataclass(frozen=True)
class AgreementLine:
    """An agreed reading with its signatures. `digest` is what leaders sign."""

    id: Id
    trial: Id
    agreed_at: int
    agreed_by: Id
    readings: tuple[Reading, ...]
    leaders: tuple[Signatory, ...]
    digest: bytes

    @property
    def in_force(self) -> bool:
        """Whether every leader has signed it."""
        return all(one.signed_at is not None for one in self.leaders)

    def wants(self, leader: Id) -> bool:
        """Whether this leader still has to sign it."""
        return any(one.id == leader and one.signed_at is None for one in self.leaders)


def trials(read: Read, batch: Id) -> list[TrialLine]:
    """Every trial of a batch, the newest first."""
    rows = read.rows(select(Trial).where(Trial.batch == batch).order_by(Trial.id.desc()))
    return [_trial(read, row) for row in rows]


def trial(read: Read, id: Id) -> TrialLine:
    """One trial. No such one: refused."""
    row = read.first(select(Trial).where(Trial.id == id))
    if row is None:
        raise Refused("calibration.unknown")
    return _trial(read, row)


def exercise_of(read: Read, line: TrialLine) -> Exercise:
    """The exercise that a trial is about. One that the plan does not have: refused."""
    return exercise_in(read, line.batch, line.exercise)


def exercise_in(read: Read, batch: Id, exercise: str) -> Exercise:
    """An exercise of a batch's plan. One that it does not have: refused."""
    batch_line(read, batch)
    found = plan_of(read, batch).exercise(exercise)
    if found is None:
        raise Refused("scoring.unknown_exercise")
    return found


def examiners_of(formed: list[PanelLine]) -> list[Id]:
    """Who marks in these panels, each once."""
    return list(dict.fromkeys(examiner for panel in formed for examiner in panel.examiners))


def leaders_of(formed: list[PanelLine]) -> list[Id]:
    """Who leads these panels, each once."""
    return list(dict.fromkeys(panel.leader for panel in formed))


def marking_begun(read: Read, formed: list[PanelLine]) -> bool:
    """Whether one of these panels has signed a real sheet: then a reading changes what is being measured with."""
    wanted = {panel.id for panel in formed}
    return any(panel in wanted for panel, _ in signed_counts(read))


def own_trial(read: Read, examiner: Id, id: Id) -> OwnTrial:
    """An examiner's own trial sheet, being written or signed, for nobody else. Of who is in none of the panels:
    refused."""
    check_own(read, examiner)
    line = trial(read, id)
    if not any(one.id == examiner for one in line.markers):
        raise Refused("calibration.not_yours")
    row = read.first(
        select(TrialSheet).where(TrialSheet.trial == id, TrialSheet.examiner == examiner).order_by(TrialSheet.id)
    )
    exercise = exercise_of(read, line)
    if row is not None:
        return OwnTrial(line, exercise, _as_draft(exercise, row), row.signed_at, True)
    kept = read.first(select(TrialDraft).where(TrialDraft.id == draft_id(id, examiner)))
    draft = msgspec.json.decode(kept.draft, type=Draft) if kept else Draft()
    return OwnTrial(line, exercise, draft, kept.saved_at if kept else None, False)


def compared(read: Read, id: Id) -> Comparison:
    """A closed trial side by side, for its examiners and who may see all marks. Refused while it is open, whoever
    asks."""
    line = trial(read, id)
    if read.reader is None or all(one.id != read.reader.id for one in line.markers):
        check_sees_marks(read)
    if not line.closed:
        raise Refused("calibration.still_blind", signed=line.signed, needed=len(line.markers))
    rows = read.rows(select(TrialSheet).where(TrialSheet.trial == id).order_by(TrialSheet.id))
    first: dict[Id, TrialMarks] = {}
    for row in rows:
        if row.marks is not None:
            first.setdefault(row.examiner, _marks(row))
    order = [one.id for one in line.markers if one.id in first]
    return compare(exercise_of(read, line), [first[examiner] for examiner in order])


def agreement(read: Read, trial: Id) -> AgreementLine | None:
    """The last reading that was agreed of a trial, signed by all or not."""
    row = read.first(select(Agreement).where(Agreement.trial == trial).order_by(Agreement.id.desc()))
    return _agreement(read, row) if row is not None and row.readings is not None else None


def agreement_line(read: Read, id: Id) -> AgreementLine:
    """One agreed reading. No such one, or its words are not here: refused."""
    row = read.first(select(Agreement).where(Agreement.id == id))
    if row is None or row.readings is None:
        raise Refused("calibration.unknown")
    return _agreement(read, row)


def agreements(read: Read, batch: Id) -> list[tuple[str, AgreementLine]]:
    """(exercise, reading) of every reading that was agreed in a batch, the newest first."""
    rows = read.rows(
        select(Agreement, Trial.exercise)
        .join(Trial, Trial.id == Agreement.trial)
        .where(Trial.batch == batch)
        .order_by(Agreement.id.desc())
        .with_only_columns(*Agreement.__table__.columns, Trial.exercise)
    )
    return [(row.exercise, _agreement(read, row)) for row in rows if row.readings is not None]


def readings(read: Read, batch: Id) -> dict[tuple[str, int], str]:
    """(item, option's value) → how it is to be read, as far as it was agreed and signed by every leader."""
    found: dict[tuple[str, int], str] = {}
    done: set[str] = set()
    for exercise, line in agreements(read, batch):
        if exercise not in done and line.in_force:
            done.add(exercise)
            found.update({(one.item, one.value): one.words for one in line.readings})
    return found


def reading_draft(read: Read, trial: Id) -> list[Reading]:
    """A reading as it was being written on this machine: the draft, else what was agreed last, else nothing."""
    kept = read.value(select(TrialDraft.draft).where(TrialDraft.id == draft_id(trial, READING)))
    if kept is not None:
        return msgspec.json.decode(kept, type=list[Reading])
    found = agreement(read, trial)
    return list(found.readings) if found else []


def closed_entries(read: Read) -> set[Id]:
    """The trial sheets, by entry, of closed trials: those whose marks may leave this machine."""
    rows = read.rows(
        select(TrialSheet.id).join(Trial, Trial.id == TrialSheet.trial).where(Trial.closed_at.is_not(None))
    )
    return {row.id for row in rows}


def draft_id(trial: Id, whose: Id | str) -> str:
    """The name of a draft on this machine."""
    return f"{trial}:{whose}"


def _trial(read: Read, row: Row[*tuple[Any, ...]]) -> TrialLine:
    exercise = exercise_in(read, row.batch, row.exercise)
    names = {one.id: one.shown for one in accounts(read)}
    signed = [
        one.examiner
        for one in read.rows(select(TrialSheet.examiner).where(TrialSheet.trial == row.id).order_by(TrialSheet.id))
    ]
    wanted = examiners_of(panels(read, row.batch, exercise.component))
    markers = [Marker(one, names.get(one, ""), one in signed) for one in wanted]
    markers += [Marker(one, names.get(one, ""), True, False) for one in dict.fromkeys(signed) if one not in wanted]
    return TrialLine(
        row.id,
        row.batch,
        row.exercise,
        row.opened_at,
        bytes(row.sha256),
        row.size,
        row.kept or "",
        row.note or "",
        row.closed_at,
        row.close_reason or "",
        tuple(markers),
    )


def _marks(row: Row[*tuple[Any, ...]]) -> TrialMarks:
    decode = msgspec.msgpack.decode
    return TrialMarks(
        row.examiner,
        tuple(decode(row.marks, type=list[Mark])),
        tuple(decode(row.deductions, type=list[Deducted])),
        row.remark or "",
        tuple(decode(row.moments, type=list[Moment])),
    )


def _as_draft(exercise: Exercise, row: Row[*tuple[Any, ...]]) -> Draft:
    """A signed sheet in the form of a draft: an item without a mark was not observed."""
    if row.marks is None:
        return Draft()
    signed = _marks(row)
    given = {mark.item: list(mark.values) for mark in signed.marks}
    return Draft(
        marks={item.key: given.get(item.key) for item in exercise.items},
        deductions={one.id: one.times for one in signed.deductions},
        remark=signed.remark,
        moments=list(signed.moments),
    )


def _agreement(read: Read, row: Row[*tuple[Any, ...]]) -> AgreementLine:
    part = read.part_bytes(row.id)
    digest = part_digest(part) if part is not None else b""
    names = {one.id: one.shown for one in accounts(read)}
    signed: dict[Id, int] = {}
    for one in read.rows(
        select(ReadingSignature).where(ReadingSignature.agreement == row.id).order_by(ReadingSignature.id)
    ):
        if bytes(one.digest) == digest:
            signed.setdefault(one.leader, one.signed_at)
    leaders = msgspec.msgpack.decode(row.leaders, type=list[int])
    return AgreementLine(
        row.id,
        row.trial,
        row.agreed_at,
        row.agreed_by,
        tuple(msgspec.msgpack.decode(row.readings, type=list[Reading])),
        tuple(Signatory(one, names.get(one, ""), signed.get(one)) for one in leaders),
        digest,
    )
