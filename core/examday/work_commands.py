"""Works are collected, taken up for marking; recordings are kept beside them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, update

from core.arrangement.queries import number_of, panel_marking
from core.errors import Refused
from core.examday import queries, work_queries
from core.examday.clock_commands import LONGEST_REASON, seated
from core.examday.events import RecordingKept, WorkFile, WorkHandedIn, WorkTakenUp
from core.examday.files import GivenFile, check_files, media_type
from core.examday.recordings import FileDigest
from core.examday.tables import DaySetting, RecordingPlace
from core.examday.work_queries import MOMENT_WORDS
from core.people.permission import check_second, permitted
from core.people.roles import Role
from core.store import Id, Write

LONGEST_PLACE = 1000
LONGEST_LEAD = 6 * 60 * 60
MOST_WORDS, LONGEST_WORD = 9, 12
SHA256_BYTES = 32
SETTING_CHANGED = "day_setting.changed"
"""The kind of change that pages hear of; a habit of the centre is no entry of the journal."""


@permitted(Role.INVIGILATOR)
def hand_in_work(write: Write, application: Id, exercise_id: str, files: Sequence[GivenFile], reason: str = "") -> Id:
    """Collect a candidate's work. It is marked by its blind number, and never shows whose it is.

    A later one replaces an earlier one, with a reason; once an examiner has taken it up that needs two people.
    Refused: an exercise that is not marked by its work.
    """
    batch, exercise = seated(write, application, exercise_id)
    if exercise.evidence != "work":
        raise Refused("examday.no_work_here", exercise=exercise.name)
    given = check_files(files)
    before = work_queries.work(write, application, exercise_id)
    if before is not None:
        if not reason.strip():
            raise Refused("examday.replace_reason", number=number_of(write, application))
        if before.taken_up:
            check_second(write.actors)
    kept = [WorkFile(write.put_blob(one.content, media_type(one.suffix)), one.suffix) for one in given]
    part = WorkHandedIn.Part(kept, reason.strip()[:LONGEST_REASON] if before is not None else "")
    return write.record(WorkHandedIn(application, exercise_id), part, batch=batch)


@permitted(Role.EXAMINER)
def take_up_work(write: Write, application: Id, exercise_id: str) -> None:
    """Begin to mark a work of one's own panel; only then is its content shown. Said twice it is done once.

    Refused: nobody of one's own, nothing handed in, and a run that has not ended.
    """
    batch, exercise = seated(write, application, exercise_id)
    me = write.actor.id
    if panel_marking(write, me, application, exercise.component) is None:
        raise Refused("examday.not_your_candidate")
    found = work_queries.work(write, application, exercise_id)
    if found is None or not work_queries.collected(write, application, exercise_id):
        raise Refused("examday.not_collected")
    if me not in found.taken_up:
        write.record(WorkTakenUp(application, exercise_id, me), batch=batch)


@permitted(Role.INVIGILATOR, Role.MANAGER)
def keep_recording(
    write: Write,
    application: Id,
    exercise_id: str,
    digest: FileDigest,
    place: str,
    lead: int = 0,
    through_pauses: bool = True,
) -> Id:
    """Record that a recording is kept at `place`, with its digest; its id. The same file again is the same recording.

    `lead` is the second of the file at which the live phase begins.
    """
    batch, _ = seated(write, application, exercise_id)
    if queries.run(write, application, exercise_id) is None:
        raise Refused("examday.not_begun")
    if len(digest.sha256) != SHA256_BYTES or digest.size <= 0:
        raise Refused("examday.recording_empty")
    if not place.strip() or len(place) > LONGEST_PLACE:
        raise Refused("examday.recording_place")
    if not 0 <= lead <= LONGEST_LEAD:
        raise Refused("examday.recording_lead")
    same = work_queries.recording_with(write, application, exercise_id, digest.sha256)
    if same is not None:
        return same
    event = RecordingKept(application, exercise_id, digest.sha256, digest.size, lead, through_pauses)
    return write.record(event, RecordingKept.Part(place.strip()), batch=batch)


@permitted(Role.INVIGILATOR, Role.MANAGER, Role.EXAMINER, Role.SUPERVISOR, Role.AUDITOR)
def find_recording(write: Write, recording: Id, place: str) -> None:
    """Remember, on this machine, where a recording lies now. The file was compared with its digest before."""
    found = work_queries.recording(write, write.actor, recording)
    write.local(delete(RecordingPlace).where(RecordingPlace.id == found.id))
    if place.strip() != found.kept_at:
        write.local(insert(RecordingPlace).values(id=found.id, place=place.strip()[:LONGEST_PLACE]), SETTING_CHANGED)


@permitted(Role.MANAGER)
def set_moment_words(write: Write, words: Sequence[str]) -> None:
    """Set the quick words of moments 打点 for this centre; none sets the usual ones again."""
    tidy = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    if len(tidy) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in tidy):
        raise Refused("examday.moment_words", most=MOST_WORDS, longest=LONGEST_WORD)
    value = msgspec.json.encode(tidy)
    if not write.local(update(DaySetting).where(DaySetting.name == MOMENT_WORDS).values(value=value), SETTING_CHANGED):
        write.local(insert(DaySetting).values(name=MOMENT_WORDS, value=value), SETTING_CHANGED)
