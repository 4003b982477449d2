"""Marking on paper: a batch's record cards and score sheets, from its panels to the PDF."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from core.arrangement.queries import absences, blind_numbers, numbers, panels
from core.batches.queries import batch as batch_line
from core.batches.queries import plan_of
from core.documents.record_card import RecordCard, write_record_cards
from core.documents.score_sheet import ScoreSheet, write_score_sheets
from core.errors import Refused
from core.people.queries import accounts
from core.standards.packs import pack
from core.standards.plans import Exercise, Plan
from core.store import Id, Read, Store
from core.store.queries import centre_name

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class PaperWanted:
    """One examiner, one candidate, one exercise. `number` is the blind one for a work: no name goes with it."""

    exercise: Exercise
    number: str
    application: Id
    examiner: Id
    panel: int


def is_watched(exercise: Exercise) -> bool:
    """Whether it is marked as it happens: what record cards are for."""
    return exercise.marked_when == "during"


def papers_wanted(read: Read, batch: Id, exercises: Collection[str]) -> list[PaperWanted]:
    """Every paper of these exercises: by panel, examiner, exercise and number, so that each examiner's lie together.

    Candidates who were absent, excluded or deferred have none.
    """
    plan = _plan(read, batch, exercises)
    plain, blind = numbers(read, batch), blind_numbers(read, batch)
    away = absences(read, batch)
    found = []
    for panel in panels(read, batch):
        for examiner in panel.examiners:
            for exercise in plan.exercises_of(panel.component):
                if exercise.id not in exercises:
                    continue
                called = blind if exercise.evidence == "work" else plain
                there = [
                    one
                    for one in panel.applications
                    if one in called and (one, panel.component) not in away and panel.marks(examiner, one)
                ]
                found += [
                    PaperWanted(exercise, called[one], one, examiner, panel.no)
                    for one in sorted(there, key=lambda one: called[one])
                ]
    return found


def record_cards(read: Read, batch: Id, exercises: Collection[str]) -> list[RecordCard]:
    """The record cards of these exercises."""
    line, centre = batch_line(read, batch), centre_name(read)
    names = {one.id: one.shown for one in accounts(read)}
    return [
        RecordCard(
            centre=centre,
            batch=line.no,
            day=line.day,
            exercise=one.exercise,
            number=one.number,
            application=one.application,
            examiner=names.get(one.examiner, ""),
            examiner_id=one.examiner,
            panel=one.panel,
        )
        for one in papers_wanted(read, batch, exercises)
    ]


def score_sheets(read: Read, batch: Id, exercises: Collection[str]) -> list[ScoreSheet]:
    """The paper score sheets of these exercises."""
    line, centre = batch_line(read, batch), centre_name(read)
    standard = pack(line.standard).standard
    names = {one.id: one.shown for one in accounts(read)}
    return [
        ScoreSheet(
            centre=centre,
            batch=line.no,
            day=line.day,
            standard=standard.title,
            level=line.level_name,
            draft=line.draft,
            exercise=one.exercise,
            number=one.number,
            application=one.application,
            examiner=names.get(one.examiner, ""),
            examiner_id=one.examiner,
            panel=one.panel,
        )
        for one in papers_wanted(read, batch, exercises)
    ]


def write_cards(store: Store, batch: Id, exercises: Collection[str], target: Path, progress: Progress) -> int:
    """Write the record cards of these exercises into one PDF; how many. Blocks; `progress` may raise to cancel."""
    with store.read() as read:
        cards = record_cards(read, batch, exercises)
    write_record_cards(target, cards, lambda done: progress(done, len(cards), ""))
    return len(cards)


def write_sheets(store: Store, batch: Id, exercises: Collection[str], target: Path, progress: Progress) -> int:
    """Write the score sheets of these exercises into one PDF; how many. Blocks like `write_cards`."""
    with store.read() as read:
        sheets = score_sheets(read, batch, exercises)
    write_score_sheets(target, sheets, lambda done: progress(done, len(sheets), ""))
    return len(sheets)


def _plan(read: Read, batch: Id, exercises: Collection[str]) -> Plan:
    plan = plan_of(read, batch)
    if any(plan.exercise(one) is None for one in exercises):
        raise Refused("scoring.unknown_exercise")
    return plan
