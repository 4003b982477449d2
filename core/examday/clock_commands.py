"""What the invigilator says to the clock of an exercise."""

from __future__ import annotations

from core.arrangement.queries import attendance, number_of, place
from core.batches.queries import plan_of, refuse_closed
from core.errors import Refused
from core.examday import queries
from core.examday.clockwork import NEXT, PHASES
from core.examday.events import Phase, PhaseBegun, RunPaused, RunReopened, RunResumed
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import batch_of
from core.standards.plans import Exercise
from core.store import Id, Write

LONGEST_REASON = 500
LONGEST_STUDIO = 20
LONGEST_WRITING = 5 * 60 * 1000
"""Milliseconds that a reason may take to write: who leaves a question open for longer has not stopped the clock."""


@permitted(Role.INVIGILATOR)
def begin_phase(write: Write, application: Id, exercise_id: str, phase: Phase, studio: str = "") -> None:
    """Begin a phase of a candidate's exercise; the first one begins the run, in `studio`. Said twice it is done once.

    Refused: a phase that can't follow, a run that has ended, a standing clock (but for ending), a candidate who is
    away or in another run, a studio in which somebody else is live, and a live phase before the topic card was opened.
    """
    batch, exercise = seated(write, application, exercise_id)
    found = queries.run(write, application, exercise_id)
    before = found.phase if found else ""
    studio = _studio(studio or (found.studio if found else ""))
    if phase == before and found is not None and found.studio == studio:
        return
    if before == "ended":
        raise Refused("examday.ended", number=number_of(write, application))
    if phase not in NEXT[before]:
        code = "examday.phase_order" if phase in PHASES else "examday.no_such_phase"
        raise Refused(code)
    if found is not None and found.paused and phase != "ended":
        raise Refused("examday.paused")
    if not studio:
        raise Refused("examday.studio_needed")
    if found is None:
        write.dated()
        _refuse_two_at_once(write, application, exercise_id)
    if phase == "live":
        _refuse_busy(write, application, exercise_id, studio)
        _refuse_unread_card(write, batch, application, exercise)
    write.record(PhaseBegun(application, exercise_id, studio, phase), batch=batch)


@permitted(Role.INVIGILATOR)
def pause_run(write: Write, application: Id, exercise_id: str, reason: str, since: int = 0) -> None:
    """Stop the clock of a run, for a reason that stands on record. One that stands already stays as it is.

    `since` (UTC milliseconds) is when the hand asked for it: writing the reason is not the candidate's time. It counts
    from the last word of the clock on, and not for longer than `LONGEST_WRITING`.
    """
    batch, _ = seated(write, application, exercise_id)
    found = _under_way(write, application, exercise_id)
    if not reason.strip():
        raise Refused("examday.reason_needed")
    if not found.paused:
        part = RunPaused.Part(reason.strip()[:LONGEST_REASON])
        earliest = max(found.changed_at, write.now - LONGEST_WRITING)
        stood = min(max(since, earliest), write.now) if since else 0
        write.record(RunPaused(application, exercise_id, stood), part, batch=batch)


@permitted(Role.INVIGILATOR)
def resume_run(write: Write, application: Id, exercise_id: str, studio: str = "") -> None:
    """Let the clock go on, in another studio if one is named. One that runs stays as it is."""
    batch, _ = seated(write, application, exercise_id)
    found = _under_way(write, application, exercise_id)
    studio = _studio(studio or found.studio)
    if found.paused:
        if found.phase in ("live", "closing"):
            _refuse_busy(write, application, exercise_id, studio)
        write.record(RunResumed(application, exercise_id, studio), batch=batch)


@permitted(Role.INVIGILATOR, second=True)
def reopen_run(write: Write, application: Id, exercise_id: str, reason: str) -> None:
    """Let a run go on that was ended by mistake, in the phase it was ended in: two people answer for it."""
    batch, _ = seated(write, application, exercise_id)
    found = queries.run(write, application, exercise_id)
    if found is None or found.phase != "ended":
        raise Refused("examday.not_ended")
    if not reason.strip():
        raise Refused("examday.reason_needed")
    clock = queries.clock(write, application, exercise_id, now=None)
    phase: Phase = next((one for one in PHASES if one == clock.before_end), "live")
    _refuse_two_at_once(write, application, exercise_id)
    if phase in ("live", "closing"):
        _refuse_busy(write, application, exercise_id, found.studio)
    part = RunReopened.Part(reason.strip()[:LONGEST_REASON])
    write.record(RunReopened(application, exercise_id, phase), part, batch=batch)


def seated(write: Write, application: Id, exercise_id: str) -> tuple[Id, Exercise]:
    """The batch and exercise of somebody who sits it. No place, another plan's exercise, away, closed: refused."""
    batch = batch_of(write, application)
    refuse_closed(write, batch)
    exercise = plan_of(write, batch).exercise(exercise_id)
    if exercise is None:
        raise Refused("examday.no_such_exercise")
    given = place(write, application)
    if given is None or given.released:
        raise Refused("arrangement.no_place")
    if attendance(write, application, exercise.component) != "present":
        raise Refused("examday.candidate_away", number=given.number)
    return batch, exercise


def _under_way(write: Write, application: Id, exercise_id: str) -> queries.RunState:
    found = queries.run(write, application, exercise_id)
    if found is None:
        raise Refused("examday.not_begun")
    if found.phase == "ended":
        raise Refused("examday.ended", number=number_of(write, application))
    return found


def _studio(name: str) -> str:
    return " ".join(name.split())[:LONGEST_STUDIO]


def _refuse_two_at_once(write: Write, application: Id, exercise_id: str) -> None:
    for other in queries.runs_of(write, application):
        if other.exercise != exercise_id and other.phase != "ended":
            raise Refused("examday.candidate_elsewhere", number=number_of(write, application), studio=other.studio)


def _refuse_busy(write: Write, application: Id, exercise_id: str, studio: str) -> None:
    for other in queries.under_way_in(write, studio):
        if (other.application, other.exercise) != (application, exercise_id) and other.phase in ("live", "closing"):
            raise Refused("examday.studio_busy", studio=studio, number=number_of(write, other.application))


def _refuse_unread_card(write: Write, batch: Id, application: Id, exercise: Exercise) -> None:
    """Where the centre keeps its cards here. One that hands out paper alone has entered none."""
    drawn = queries.draw_of(write, application, exercise.id)
    if drawn is None or drawn.opened_at is None:
        if exercise.topic_card and queries.numbers_to_draw(write, batch, exercise.id):
            raise Refused("examday.card_first")
        if drawn is not None:
            raise Refused("examday.card_first")
