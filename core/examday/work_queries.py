"""What others see of works and recordings. A work is shown by its blind number, and only to its panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Row, select

from core.arrangement.queries import blind_numbers, panel_marking, panels_of_examiner
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday import queries
from core.examday.events import WorkFile
from core.examday.tables import DaySetting, HandIn, Recording, RecordingPlace, TakenUp, Work
from core.people.roles import Role
from core.registration.queries import batch_of
from core.store import Actor, Id, Read

MOMENT_WORDS = "moment_words"
USUAL_WORDS = ("违规用语", "价格说错", "讲解清楚", "互动及时", "冷场")
SEE_RECORDINGS = frozenset({Role.INVIGILATOR, Role.MANAGER, Role.SUPERVISOR, Role.AUDITOR})


@dataclass(frozen=True)
class WorkState:
    """A work as the studio sees it: that it is there, never what it is."""

    application: Id
    exercise: str
    at: int
    files: int
    size: int
    hand_ins: int
    taken_up: tuple[Id, ...]
    """The examiners who have begun to mark it."""


@dataclass(frozen=True)
class BlindFile:
    """One file of a work: what it is, and how large."""

    kind: str
    suffix: str
    size: int


@dataclass(frozen=True)
class BlindWork:
    """A work as its examiners see it. `handle` is what a sheet is saved by and never shown; there is no name, no
    candidate number and no photo with it."""

    handle: Id
    exercise: str
    blind: str
    files: tuple[BlindFile, ...]
    taken_up: bool


@dataclass(frozen=True)
class RecordingLine:
    """A recording and where it lies, as far as this machine knows."""

    id: Id
    application: Id
    exercise: str
    sha256: bytes
    size: int
    lead: int
    through_pauses: bool
    place: str
    """Where it was last found on this machine, else where it was kept."""
    kept_at: str
    at: int


def work(read: Read, application: Id, exercise: str) -> WorkState | None:
    """A candidate's work as the studio sees it, or None."""
    row = read.first(_works().where(Work.id == f"{application}:{exercise}"))
    if row is None:
        return None
    files = _files(row)
    rows = read.rows(select(TakenUp.examiner).where(TakenUp.run == row.id).order_by(TakenUp.examiner))
    return WorkState(
        application,
        exercise,
        row.at,
        len(files),
        sum(one.file.size for one in files),
        queries.hand_ins(read, application, exercise),
        tuple(one.examiner for one in rows),
    )


def collected(read: Read, application: Id, exercise: str) -> bool:
    """Whether nothing more will be handed in: the run has ended, or nobody kept a clock."""
    found = queries.run(read, application, exercise)
    return found is None or found.phase == "ended"


def works_to_mark(read: Read, actor: Actor, batch: Id) -> list[BlindWork]:
    """The works that an examiner may mark now, by blind number: of their own panels, and collected."""
    if Role.EXAMINER not in actor.roles:
        return []
    plan = plan_of(read, batch)
    mine = {
        (application, panel.component)
        for panel in panels_of_examiner(read, actor.id)
        if panel.batch == batch
        for application in panel.applications
        if panel.marks(actor.id, application)
    }
    blind = blind_numbers(read, batch)
    found = []
    for row in read.rows(_works().where(Work.batch == batch)):
        exercise = plan.exercise(row.exercise)
        number = blind.get(row.application)
        if exercise is None or not number or (row.application, exercise.component) not in mine:
            continue
        if collected(read, row.application, row.exercise):
            found.append(_blind(read, row, number, actor.id))
    return sorted(found, key=lambda one: (one.exercise, one.blind))


def blind_work(read: Read, actor: Actor, application: Id, exercise: str) -> BlindWork:
    """One work of an examiner's own panel. Anybody else's, or not collected yet: refused."""
    _refuse_others(read, actor, application, exercise)
    row = read.first(_works().where(Work.id == f"{application}:{exercise}"))
    number = blind_numbers(read, batch_of(read, application)).get(application)
    if row is None or not number or not collected(read, application, exercise):
        raise Refused("examday.not_collected")
    return _blind(read, row, number, actor.id)


def work_content(read: Read, actor: Actor, application: Id, exercise: str, file: int) -> bytes | None:
    """The content of one file of a work (from 0) to an examiner who has taken it up; None: it has not arrived."""
    found = blind_work(read, actor, application, exercise)
    if not found.taken_up:
        raise Refused("examday.take_up_first")
    row = read.first(_works().where(Work.id == f"{application}:{exercise}"))
    files = _files(row) if row is not None else []
    if not 0 <= file < len(files):
        raise Refused("examday.no_such_file")
    return read.blob(files[file].file)


def recordings(read: Read, actor: Actor, application: Id, exercise: str) -> list[RecordingLine]:
    """The recordings of a candidate's exercise, to the studio and to their panel."""
    _refuse_recording(read, actor, application, exercise)
    rows = read.rows(select(Recording).where(Recording.run == f"{application}:{exercise}").order_by(Recording.id))
    return [_recording(read, row) for row in rows]


def recording(read: Read, actor: Actor, id: Id) -> RecordingLine:
    """One recording. None such, or not to be seen: refused."""
    row = read.first(select(Recording).where(Recording.id == id))
    if row is None:
        raise Refused("examday.no_such_recording")
    _refuse_recording(read, actor, row.application, row.exercise)
    return _recording(read, row)


def recording_with(read: Read, application: Id, exercise: str, sha256: bytes) -> Id | None:
    """The recording of a candidate's exercise that has this digest."""
    found: Id | None = read.value(
        select(Recording.id).where(Recording.run == f"{application}:{exercise}", Recording.sha256 == sha256)
    )
    return found


def moment_words(read: Read) -> tuple[str, ...]:
    """The quick words of moments, in the order of their keys."""
    found = read.value(select(DaySetting.value).where(DaySetting.name == MOMENT_WORDS))
    return tuple(msgspec.json.decode(found, type=list[str])) if found and found != b"[]" else USUAL_WORDS


def _refuse_others(read: Read, actor: Actor, application: Id, exercise_id: str) -> None:
    exercise = plan_of(read, batch_of(read, application)).exercise(exercise_id)
    if (
        exercise is None
        or Role.EXAMINER not in actor.roles
        or panel_marking(read, actor.id, application, exercise.component) is None
    ):
        raise Refused("examday.not_your_candidate")


def _refuse_recording(read: Read, actor: Actor, application: Id, exercise: str) -> None:
    """A recording shows who is at work: what is marked by blind number is not shown by it to who marks."""
    if SEE_RECORDINGS.isdisjoint(actor.roles):
        _refuse_others(read, actor, application, exercise)
        found = plan_of(read, batch_of(read, application)).exercise(exercise)
        if found is not None and found.evidence == "work":
            raise Refused("examday.recording_of_blind")


def _works() -> Any:
    return select(Work.id, Work.application, Work.exercise, Work.batch, Work.at, HandIn.files).join(
        HandIn, HandIn.id == Work.hand_in
    )


def _files(row: Row[*tuple[Any, ...]]) -> list[WorkFile]:
    return msgspec.msgpack.decode(row.files, type=list[WorkFile]) if row.files is not None else []


def _blind(read: Read, row: Row[*tuple[Any, ...]], number: str, examiner: Id) -> BlindWork:
    taken = read.first(select(TakenUp.id).where(TakenUp.id == f"{row.id}:{examiner}"))
    files = tuple(BlindFile(one.file.kind, one.suffix, one.file.size) for one in _files(row))
    return BlindWork(row.application, row.exercise, number, files, taken is not None)


def _recording(read: Read, row: Row[*tuple[Any, ...]]) -> RecordingLine:
    found = read.value(select(RecordingPlace.place).where(RecordingPlace.id == row.id))
    kept = row.place or ""
    return RecordingLine(
        row.id,
        row.application,
        row.exercise,
        bytes(row.sha256),
        row.size,
        row.lead,
        row.through_pauses,
        found or kept,
        kept,
        row.at,
    )
