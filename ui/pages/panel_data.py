"""What an unsealed panel gave, side by side: totals, the items on which its examiners differ most, their moments 打点.

Nothing of it is shown of a sealed panel: moments are parts of signed sheets, and come from the same query as they.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.arrangement.queries import number_of
from core.batches.queries import plan_of
from core.errors import Refused
from core.examday.clockwork import recording_second
from core.examday.queries import clock
from core.examday.work_queries import RecordingLine, recordings
from core.people.queries import accounts
from core.registration.queries import application as application_line
from core.scoring.aggregation import shown
from core.scoring.queries import Outcome, SignedSheet, outcome, unsealed_sheets
from core.scoring.veto_queries import VetoLine, vetoes
from core.standards.plans import Component, Exercise, Plan
from core.standards.points import points_text, short_text
from core.words import language


@dataclass(frozen=True)
class ComparedLine:
    """An item (or a deduction) with what each examiner gave: hundredths, in the order of the examiners."""

    code: str
    label: str
    exercise: str
    maximum: int | None
    given: tuple[int | None, ...]
    place: tuple[str, str] = ("", "")
    """The exercise's id and the item's key ("" for a deduction): what a moment is found by."""

    @property
    def id(self) -> tuple[str, str, str]:
        """What tells one line from another."""
        return self.exercise, self.code, self.label

    @property
    def apart(self) -> int:
        """The highest less the lowest."""
        known = [one for one in self.given if one is not None]
        return max(known) - min(known) if known else 0


@dataclass(frozen=True)
class Remark:
    """What an examiner wrote beside the marks."""

    examiner: str
    exercise: str
    text: str


@dataclass(frozen=True)
class PanelMoment:
    """A moment of a signed sheet, by its examiner's name: a second of the live phase, and what it speaks of."""

    id: tuple[int, int]
    """The sheet, and the moment's place on it."""
    examiner: str
    place: tuple[str, str]
    """The exercise's id, and the key of the item ("" where it speaks of none)."""
    exercise: str
    second: int
    item: str
    """The item's number and label, or ""."""
    text: str


@dataclass(frozen=True)
class Film:
    """The recordings of a candidate's exercise, and the second of each at which every moment is seen."""

    recordings: tuple[RecordingLine, ...]
    found: int
    """The first of them whose file lies where it is said to be; else 0."""
    seconds: tuple[tuple[int, ...], ...]
    """Of each recording: a second of the file for every second asked for."""


@dataclass(frozen=True)
class RaisedVeto:
    """A veto that somebody of the panel raised, by name, with the item that it would strike."""

    line: VetoLine
    name: str
    exercise: str
    by: tuple[str, ...]


@dataclass(frozen=True)
class PanelSheets:
    """All sheets of an unsealed panel for one candidate."""

    application: int
    number: str
    component: Component
    examiners: tuple[str, ...]
    totals: tuple[int, ...]
    lines: tuple[ComparedLine, ...]
    """Those that differ most first."""
    remarks: tuple[Remark, ...]
    outcome: Outcome
    spread_limit: int
    vetoes: tuple[RaisedVeto, ...] = ()
    moments: tuple[PanelMoment, ...] = ()
    """By exercise and second."""

    def moments_first_of(self, place: tuple[str, str]) -> list[PanelMoment]:
        """All moments; those of this exercise's item first, then those of the exercise, each by second."""
        return sorted(self.moments, key=lambda one: (one.place != place, one.place[0] != place[0]))

    @property
    def veto_to_decide(self) -> RaisedVeto | None:
        """The first veto on which the leader still has to decide: before any deliberation."""
        return next((one for one in self.vetoes if one.line.open), None)

    @property
    def result(self) -> str:
        """The panel's own result, as people see it."""
        return points_text(shown(self.outcome.result, self.component.pass_mark))

    @property
    def final(self) -> str:
        """The result that counts."""
        return points_text(shown(self.outcome.final, self.component.pass_mark))

    @property
    def passed(self) -> bool:
        """Whether the result that counts reaches the pass mark."""
        return self.outcome.final >= Fraction(self.component.pass_mark)

    @property
    def limit(self) -> str:
        """The spread beyond which a deliberation opens."""
        return short_text(self.spread_limit)


def panel_sheets(read: Any, application: int, component: str) -> PanelSheets:
    """The sheets side by side. Refused while the panel is sealed, whoever asks."""
    came = outcome(read, application, component)
    if came is None:
        raise Refused("scoring.sealed")
    plan = plan_of(read, application_line(read, application).batch)
    part = plan.component(component)
    if part is None:
        raise Refused("arrangement.no_such_component")
    names = {one.id: one.shown for one in accounts(read)}
    order = tuple(examiner for examiner, _ in came.totals)
    sheets = {(one.examiner, one.exercise): one for one in unsealed_sheets(read, application, component)}
    exercises = plan.exercises_of(component)
    lines = [line for one in exercises for line in _lines(one, [sheets.get((who, one.id)) for who in order])]
    lines.sort(key=lambda line: -line.apart)
    remarks = [
        Remark(names.get(who, ""), _name(one), sheet.remark)
        for one in exercises
        for who in order
        if (sheet := sheets.get((who, one.id))) is not None and sheet.remark
    ]
    return PanelSheets(
        application,
        number_of(read, application),
        part,
        tuple(names.get(who, "") for who in order),
        tuple(total for _, total in came.totals),
        tuple(lines),
        tuple(remarks),
        came,
        plan.policies.spread_limit,
        tuple(_raised(plan, line, names) for line in vetoes(read, application, component)),
        tuple(
            moment
            for one in exercises
            for moment in _moments(one, [(names.get(who, ""), sheets.get((who, one.id))) for who in order])
        ),
    )


def film(read: Any, actor: Any, application: int, exercise: str, seconds: tuple[int, ...]) -> Film:
    """The recordings of an exercise, to who may see them; `seconds` are those of the live phase."""
    lines = tuple(recordings(read, actor, application, exercise))
    pauses = clock(read, application, exercise, None).interruptions
    there = next((at for at, one in enumerate(lines) if _is_there(one.place)), 0)
    return Film(
        lines,
        there,
        tuple(
            tuple(recording_second(pauses, one.lead, one.through_pauses, second) for second in seconds) for one in lines
        ),
    )


def _is_there(place: str) -> bool:
    try:
        return Path(place).is_file()
    except (OSError, ValueError):
        return False


def _moments(exercise: Exercise, sheets: list[tuple[str, SignedSheet | None]]) -> list[PanelMoment]:
    named = {item.key: f"{item.requirement or item.key} {item.label}" for item in exercise.items}
    found = [
        PanelMoment(
            (sheet.id, at),
            examiner,
            (exercise.id, one.item),
            _name(exercise),
            one.second,
            named.get(one.item, ""),
            one.text,
        )
        for examiner, sheet in sheets
        if sheet is not None
        for at, one in enumerate(sheet.moments)
    ]
    return sorted(found, key=lambda one: one.second)


def _raised(plan: Plan, line: VetoLine, names: dict[int, str]) -> RaisedVeto:
    exercise = plan.exercise(line.call.exercise)
    name = line.name_en if language() == "en" and line.name_en else line.name
    item = plan.item(line.call.item) if line.call.item else None
    shown_name = f"{name}（{item[1].requirement or item[1].key}）" if item is not None else name
    by = tuple(names.get(one, "") for one in line.by)
    return RaisedVeto(line, shown_name, _name(exercise) if exercise is not None else "", by)


def _lines(exercise: Exercise, sheets: list[SignedSheet | None]) -> list[ComparedLine]:
    marks = [{mark.item: mark.points for mark in sheet.marks} if sheet else {} for sheet in sheets]
    name = _name(exercise)
    lines = [
        ComparedLine(
            item.requirement or item.key,
            item.label,
            name,
            item.maximum,
            tuple(of.get(item.key) for of in marks),
            (exercise.id, item.key),
        )
        for item in exercise.items
    ]
    taken = [{one.id: one.points for one in sheet.deductions} if sheet else {} for sheet in sheets]
    english = language() == "en"
    for one in exercise.deductions:
        if any(one.id in of for of in taken):
            label = one.name_en if english and one.name_en else one.name
            given = tuple(-of.get(one.id, 0) for of in taken)
            lines.append(ComparedLine("", label, name, None, given, (exercise.id, "")))
    return lines


def _name(exercise: Exercise) -> str:
    return exercise.name_en if language() == "en" and exercise.name_en else exercise.name
