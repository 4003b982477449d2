"""What the manager, examiners and leaders do to agree on a scale before the day."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, select, update

from core.arrangement.queries import PanelLine, panels
from core.batches.queries import open_batch, plan_digest
from core.calibration import queries
from core.calibration.events import ReadingSigned, TrialAgreed, TrialClosed, TrialMarked, TrialOpened
from core.calibration.queries import READING, TrialLine, draft_id
from core.calibration.readings import (
    LONGEST_READING,
    Reading,
    checked_readings,
    reading_message,
    trial_marks,
    trial_message,
)
from core.calibration.tables import Trial, TrialDraft
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.people.signing import personal_signature
from core.scoring.sheets import Draft, check_draft, deductions_of
from core.store import Id, Write, encode_part, part_digest

LONGEST_WORDS = 500
DIGEST_BYTES = 32
TRIAL_DRAFT_SAVED = "trial_draft.saved"
"""The kind of change that pages hear of; a draft is no entry of the journal."""


@permitted(Role.MANAGER)
def open_trial(write: Write, batch: Id, exercise: str, sha256: bytes, size: int, where: str, note: str = "") -> Id:
    """Let the examiners of a batch mark one clip of an exercise on trial; the trial's id.

    `sha256` and `size` come from `recordings.digest_file`, `where` says where the clip is kept. Refused: no panels yet
    that would mark it, another trial of this exercise that is still open, or a clip whose marks were compared already.
    """
    open_batch(write, batch)
    found = queries.exercise_in(write, batch, exercise)
    where, note = where.strip(), note.strip()
    if len(sha256) != DIGEST_BYTES or size < 1 or not where:
        raise Refused("calibration.no_clip")
    if len(where) > LONGEST_WORDS or len(note) > LONGEST_WORDS:
        raise Refused("calibration.words_too_long", longest=LONGEST_WORDS)
    if not panels(write, batch, found.component):
        raise Refused("calibration.no_panels")
    before = write.rows(select(Trial.closed_at, Trial.sha256).where(Trial.batch == batch, Trial.exercise == exercise))
    if any(row.closed_at is None for row in before):
        raise Refused("calibration.open_already", exercise=found.name)
    if any(row.sha256 == sha256 for row in before):
        # Its marks may have been seen: nobody would mark it blind any more.
        raise Refused("calibration.same_clip", exercise=found.name)
    event = TrialOpened(batch, exercise, plan_digest(write, batch), sha256, size)
    return write.record(event, TrialOpened.Part(where, note), batch=batch)


@permitted(Role.EXAMINER)
def save_trial_draft(write: Write, trial: Id, draft: Draft) -> int:
    """Keep one's own trial sheet as it stands now; when, in UTC milliseconds. Signed or closed: refused."""
    own = _own_open(write, trial)
    check_draft(own.exercise, draft)
    _put_draft(write, draft_id(trial, write.actor.id), msgspec.json.encode(draft))
    return write.now


@permitted(Role.EXAMINER)
def sign_trial(write: Write, trial: Id) -> Id:
    """Sign one's own trial marks as they were last kept, with one's own key. They can't change any more.

    Refused: an item that is neither marked nor said not to be observed, a provisional PIN, signed already, closed. The
    last examiner's signature closes the trial, so that everybody may compare.
    """
    me = write.actor
    own = _own_open(write, trial)
    line = own.trial
    open_batch(write, line.batch)
    write.dated()
    part = TrialMarked.Part(
        trial_marks(own.exercise, own.draft),
        deductions_of(own.exercise, own.draft.deductions),
        own.draft.remark,
        own.draft.moments,
    )
    part_bytes = encode_part(part)
    plan = bytes(write.value(select(Trial.plan).where(Trial.id == trial)))
    message = trial_message(write.centre, line.batch, trial, me.id, plan, line.sha256, part_digest(part_bytes))
    key, signature = personal_signature(write, me, message)
    id = write.record(TrialMarked(trial, me.id, key, signature), part, batch=line.batch, part_bytes=part_bytes)
    write.local(delete(TrialDraft).where(TrialDraft.id == draft_id(trial, me.id)), TRIAL_DRAFT_SAVED)
    if all(one.id == me.id for one in line.waiting):
        write.record(TrialClosed(trial), batch=line.batch)
    return id


@permitted(Role.MANAGER)
def close_trial(write: Write, trial: Id, reason: str = "") -> None:
    """Close a trial without waiting any longer. Who has not signed can't any more; while somebody has not, it takes a
    reason. Said twice it is done once."""
    line = queries.trial(write, trial)
    open_batch(write, line.batch)
    if line.closed:
        return
    if line.waiting and not reason.strip():
        raise Refused("calibration.reason_needed")
    write.record(TrialClosed(trial), TrialClosed.Part(reason.strip()[:LONGEST_WORDS]), batch=line.batch)


@permitted(Role.MANAGER, Role.EXAMINER)
def save_reading_draft(write: Write, trial: Id, readings: Sequence[Reading]) -> int:
    """Keep a reading as it is being written on this machine; when, in UTC milliseconds."""
    _agreeing(write, queries.trial(write, trial))
    if any(len(one.words) > LONGEST_READING for one in readings):
        raise Refused("calibration.reading_too_long", longest=LONGEST_READING)
    _put_draft(write, draft_id(trial, READING), msgspec.json.encode(list(readings)))
    return write.now


@permitted(Role.MANAGER, Role.EXAMINER)
def agree_readings(write: Write, trial: Id, readings: Sequence[Reading]) -> Id:
    """Record how the levels are to be read, as the manager or a leader of the panels; the agreement's id.

    It counts once every leader of today has signed it, and takes the place of an earlier one then. Refused: a trial
    that is open or that nobody marked. Once the panels have signed real sheets a second person must answer for it too.
    """
    line = queries.trial(write, trial)
    formed = _agreeing(write, line)
    found = checked_readings(queries.exercise_of(write, line), readings)
    leaders = queries.leaders_of(formed)
    write.local(delete(TrialDraft).where(TrialDraft.id == draft_id(trial, READING)), TRIAL_DRAFT_SAVED)
    before = queries.agreement(write, trial)
    if before and list(before.readings) == found and [one.id for one in before.leaders] == leaders:
        return before.id
    _refuse_alone_while_marking(write, formed)
    return write.record(TrialAgreed(trial, leaders), TrialAgreed.Part(found), batch=line.batch)


@permitted(Role.EXAMINER)
def sign_reading(write: Write, agreement: Id) -> None:
    """Sign an agreed reading with one's own key, as one of the leaders that it names. Said twice it is done once.

    Refused: a later agreement about the exercise, a provisional PIN. Once real sheets are signed it takes two people.
    """
    me = write.actor
    found = queries.agreement_line(write, agreement)
    line = queries.trial(write, found.trial)
    open_batch(write, line.batch)
    if not any(one.id == me.id for one in found.leaders):
        raise Refused("calibration.leader_only")
    if not found.wants(me.id):
        return
    newest = next(one for exercise, one in queries.agreements(write, line.batch) if exercise == line.exercise)
    if newest.id != agreement:
        raise Refused("calibration.agreed_anew")
    write.dated()
    exercise = queries.exercise_of(write, line)
    _refuse_alone_while_marking(write, panels(write, line.batch, exercise.component))
    message = reading_message(write.centre, line.batch, found.trial, agreement, me.id, found.digest)
    key, signature = personal_signature(write, me, message)
    write.record(ReadingSigned(agreement, me.id, found.digest, key, signature), batch=line.batch)


def _own_open(write: Write, trial: Id) -> queries.OwnTrial:
    own = queries.own_trial(write, write.actor.id, trial)
    if own.signed:
        raise Refused("scoring.signed_already")
    if own.trial.closed:
        raise Refused("calibration.closed")
    return own


def _agreeing(write: Write, line: TrialLine) -> list[PanelLine]:
    """The panels for which somebody may agree on a reading now."""
    open_batch(write, line.batch)
    if not line.closed:
        raise Refused("calibration.still_blind", signed=line.signed, needed=len(line.markers))
    if not line.signed:
        raise Refused("calibration.nobody_marked")
    formed = panels(write, line.batch, queries.exercise_of(write, line).component)
    if not formed:
        raise Refused("calibration.no_panels")
    if Role.MANAGER not in write.actor.roles and write.actor.id not in queries.leaders_of(formed):
        raise Refused("calibration.leader_only")
    return formed


def _refuse_alone_while_marking(write: Write, formed: list[PanelLine]) -> None:
    """A reading that comes after the first real sheet changes what is being measured with."""
    if write.actors.second is None and queries.marking_begun(write, formed):
        raise Refused("calibration.marking_begun")


def _put_draft(write: Write, id: str, draft: bytes) -> None:
    values = {"draft": draft, "saved_at": write.now}
    if not write.local(update(TrialDraft).where(TrialDraft.id == id).values(**values), TRIAL_DRAFT_SAVED):
        write.local(insert(TrialDraft).values(id=id, **values), TRIAL_DRAFT_SAVED)
