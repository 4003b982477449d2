"""Before a trial is closed nobody sees anybody else's marks: every role, through every question."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from core.calibration import commands, queries
from core.errors import AppError
from core.scoring.readers import SEE_MARKS
from core.scoring.sheets import Draft
from core.standards.plans import Exercise
from core.store import Read
from tests.calibration.conftest import ROLES, Centre, draft

SECRET = "只有我知道的评语"
SECRET_TIMES = 7
EVERYBODY = [*ROLES.values(), "E01", "E02", "E04", "E05", "E06"]
"""All but E03, whose marks they would like to see. E01 and E04 lead."""

QUESTIONS = {
    name: found
    for name, found in inspect.getmembers(queries, inspect.isfunction)
    if not name.startswith("_") and next(iter(inspect.signature(found).parameters), "") == "read"
    if found.__module__ == queries.__name__
}


def answers(centre: Centre, question: Callable[..., Any], login: str, trial: int) -> list[Any]:
    """What a question answers to a person, asked with everything that its parameters could be."""
    values: dict[str, list[Any]] = {
        "batch": [centre.batch],
        "id": [trial],
        "trial": [trial],
        "examiner": [centre.id(login)],
        "exercise": ["live"],
        "line": [centre.ask(queries.trial, trial)],
        "formed": [[]],
    }
    names = list(inspect.signature(question).parameters)[1:]

    def asked(read: Read) -> Any:
        return question(read, *(values[name][0] for name in names))

    try:
        with centre.store.read(centre.cast.actors[login]) as read:
            return [asked(read)]
    except AppError as problem:
        return [problem.code, problem.sentence, problem.values]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_shows_a_mark_of_somebody_else_before_the_trial_is_closed(
    centre: Centre, exercise: Exercise, question: str
) -> None:
    trial = centre.open()
    secret = Draft(draft(exercise, 1).marks, {"live.wrong_price": SECRET_TIMES}, SECRET)
    centre.mark(trial, "E03", secret)
    centre.mark(trial, "E01", draft(exercise, 2))
    for login in EVERYBODY:
        told = repr(answers(centre, QUESTIONS[question], login, trial))
        assert SECRET not in told, login
        assert f"times={SECRET_TIMES}" not in told, login
        assert "[1]" not in told, login  # what E03 gave throughout
    assert len(EVERYBODY) == 13


def test_the_question_that_compares_does_show_them_afterwards(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    centre.mark(trial, "E03", Draft(draft(exercise, 1).marks, {"live.wrong_price": SECRET_TIMES}, SECRET))
    assert "calibration.still_blind" in answers(centre, queries.compared, "M01", trial)
    centre.act("M01", commands.close_trial, trial, "够了")
    told = repr(answers(centre, queries.compared, "M01", trial))
    assert SECRET in told
    assert "[1]" in told
    assert f"times={SECRET_TIMES}" in told


@pytest.mark.parametrize("login", EVERYBODY)
def test_the_marks_of_a_closed_trial_are_for_its_examiners_and_who_may_see_all_marks(
    centre: Centre, exercise: Exercise, login: str
) -> None:
    trial = centre.open()
    centre.mark(trial, "E03", Draft(draft(exercise, 1).marks, {"live.wrong_price": SECRET_TIMES}, SECRET))
    centre.act("M01", commands.close_trial, trial, "够了")
    seen = {name for name, one in QUESTIONS.items() if SECRET in repr(answers(centre, one, login, trial))}
    roles = centre.cast.actors[login].roles
    assert seen == ({"compared"} if {"examiner", *SEE_MARKS} & set(roles) else set())


def test_every_question_of_the_room_is_in_the_matrix() -> None:
    assert {"trials", "trial", "own_trial", "compared", "agreement", "readings", "reading_draft"} <= set(QUESTIONS)


@pytest.mark.parametrize("login", EVERYBODY)
def test_nobody_can_record_a_reading_while_the_trial_is_blind(centre: Centre, exercise: Exercise, login: str) -> None:
    trial = centre.open()
    centre.mark(trial, "E03", draft(exercise, 1))
    for command in (commands.agree_readings, commands.save_reading_draft):
        with pytest.raises(AppError) as refusal:
            centre.act(login, command, trial, [])
        assert refusal.value.code in ("people.not_permitted", "calibration.still_blind")


def test_the_names_on_a_blind_trial_say_only_who_has_signed(centre: Centre, exercise: Exercise) -> None:
    trial = centre.open()
    centre.mark(trial, "E03", draft(exercise, 1))
    line = centre.ask(queries.trial, trial)
    assert [one.signed for one in line.markers] == [False, False, True, False, False, False]
    assert line.wants(centre.id("E01"))
    assert not line.wants(centre.id("E03"))
