"""What a demonstration in the window has beside its evaluation, so that an exam day can be tried by hand."""

from __future__ import annotations

from collections.abc import Sequence

from core.arrangement.queries import panels
from core.batches.queries import plan_of
from core.demo.cast import enlist
from core.demo.evaluation import Run
from core.examday import commands as examday
from core.examday.clockwork import PHASES
from core.examday.events import Surprise
from core.examday.files import GivenFile
from core.people.roles import Role
from core.standards.plans import Exercise
from core.store import Id, Write
from core.words import say

WORKS = 4
"""So many candidates beyond the marked ones have handed their works in: they can be marked item by item."""
CARDS = ("a", "b")
SURPRISES = ((120, "stream_broken"), (300, "wrong_coupon"), (480, "hostile_comment"))
"""Second of the live phase and kind."""


def prepare(run: Run, until: int, pin: str) -> None:
    """A reserve examiner; ended runs of each panel's first `until` candidates; topic cards with planned surprises; and
    works of the first panel's first candidates, a few more than are marked."""
    login = f"E{len(run.cast.examiners) + 1:02d}"
    run.cast = enlist(run.store, run.cast, login, Role.EXAMINER, say("demo.reserve"), pin)
    with run.store.read() as read:
        exercises = plan_of(read, run.batch).exercises_of("skill")
        formed = panels(read, run.batch, "skill")
    invigilator, manager = run.cast.act("I01"), run.cast.act("M01")
    # Before there are cards: who was marked has drawn none.
    for panel in formed:
        for application in panel.applications[:until]:
            run.store.write(invigilator, _end_runs, application, exercises)
    for exercise in exercises:
        if exercise.topic_card and exercise.evidence == "live":
            run.store.write(manager, _add_cards, run.batch, exercise)
        if exercise.evidence == "work":
            for at, application in enumerate(formed[0].applications[: until + WORKS], start=1):
                file = GivenFile(say("demo.work", at=at).encode(), "txt")
                run.store.write(invigilator, examday.hand_in_work, application, exercise.id, [file])


def _end_runs(write: Write, application: Id, exercises: Sequence[Exercise]) -> None:
    for exercise in exercises:
        for phase in PHASES:
            examday.begin_phase(write, application, exercise.id, phase, say("demo.studio"))


def _add_cards(write: Write, batch: Id, exercise: Exercise) -> None:
    planned = [
        Surprise(second, kind, say(f"demo.surprise.{kind}"))
        for second, kind in SURPRISES
        if second < exercise.minutes * 60
    ]
    for one in CARDS:
        examday.add_card(write, batch, exercise.id, say(f"demo.card.{one}.title"), say(f"demo.card.{one}"), planned)
