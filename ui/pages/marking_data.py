"""What the marking desk reads: an examiner's candidates, one candidate's own sheets, and what became of a panel.

Each function takes a snapshot and runs on a worker. Nothing of others is read before the panel is unsealed: the
queries of scoring see to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.arrangement.queries import attendance, number_of, panel_of, panels
from core.batches.queries import plan_of
from core.calibration.queries import readings
from core.errors import Refused
from core.examday.queries import Clock, clock, draw_of
from core.people.queries import accounts
from core.scoring.blind_works import progress_by_number, work_progress
from core.scoring.queries import Outcome, OwnSheet, SheetState, outcome, own_sheet, own_sheets, photo_for
from core.scoring.sheets import Draft
from core.standards.plans import Component, Exercise
from ui.pages.studio_clock import now_ms

DONE = ("signed", "absent", "misconduct", "deferred")
"""States of a sheet on which its examiner has nothing to do any more."""


@dataclass(frozen=True)
class DeskRow:
    """One candidate of the examiner's, in one component: how far each sheet is, and the panel as a whole.

    A work that is marked by blind number is a row of its own, with its `exercise` and that one sheet alone; nothing on
    it tells whose it is.
    """

    application: int
    number: str
    component: str
    states: dict[str, str]
    """Exercise → `untouched`, `begun`, `complete`, `signed`, or why nothing is marked."""
    signed: int
    needed: int
    unsealed: bool
    outcome: Outcome | None
    leads: bool
    """Whether this examiner leads the panel."""
    exercise: str = ""
    """Of a work: `number` is its blind number."""
    work: str = ""
    """`there` or `missing`."""

    @property
    def id(self) -> tuple[int, str, str]:
        """What tells one row from another."""
        return self.application, self.component, self.exercise

    @property
    def done(self) -> bool:
        """Whether nothing of it is left to sign."""
        return all(state in DONE for state in self.states.values())

    @property
    def to_mark(self) -> bool:
        """Whether something of it is to be marked on the screen; what was keyed from paper is not."""
        return any(state not in (*DONE, "paper") for state in self.states.values())

    @property
    def begun(self) -> bool:
        """Whether something of it was marked and waits to be signed."""
        return any(state in ("begun", "complete") for state in self.states.values())

    @property
    def to_deliberate(self) -> bool:
        """Whether this examiner must record a deliberation."""
        return self.leads and self.outcome is not None and self.outcome.open


@dataclass(frozen=True)
class Desk:
    """An examiner's whole work in a batch."""

    standard: str = ""
    level: str = ""
    exercises: tuple[Exercise, ...] = ()
    rows: tuple[DeskRow, ...] = ()
    blind: frozenset[str] = frozenset()
    """The exercises that are marked by blind number."""
    waiting: int = 0
    """Works that are not collected yet."""

    @property
    def candidates(self) -> list[DeskRow]:
        """The rows of candidates, without those of works."""
        return [row for row in self.rows if not row.exercise]

    @property
    def sheets(self) -> int:
        """How many sheets there are to sign."""
        return sum(len(row.states) for row in self.rows)

    @property
    def closed(self) -> int:
        """How many of them need nothing more."""
        return sum(state in DONE for row in self.rows for state in row.states.values())

    def row(self, application: int, component: str, exercise: str = "") -> DeskRow | None:
        """One row."""
        return next((row for row in self.rows if row.id == (application, component, exercise)), None)

    def beside(self, found: DeskRow) -> list[DeskRow]:
        """The rows that one steps through from this one: its component's candidates, or its exercise's works."""
        return [row for row in self.rows if (row.component, row.exercise) == (found.component, found.exercise)]

    def next_open(self, after: DeskRow | None = None) -> DeskRow | None:
        """What to mark next: what was begun, else the next from `after` on, else the first that is open."""
        if after is None:
            begun = next((row for row in self.rows if row.begun), None)
            return begun or next((row for row in self.rows if row.to_mark), None)
        at = next((place for place, row in enumerate(self.rows) if row.id == after.id), -1)
        return next((row for row in (*self.rows[at + 1 :], *self.rows[: at + 1]) if row.to_mark), None)


@dataclass(frozen=True)
class Day:
    """What the studio says of a candidate's exercise: its clock, and the number of the card that was opened."""

    clock: Clock
    card: int | None

    @property
    def begun(self) -> bool:
        """Whether an invigilator runs this exercise."""
        return bool(self.clock.phase)

    @property
    def over(self) -> bool:
        """Whether the performance is over; what nobody runs is over when its examiner says so."""
        return self.clock.phase in ("", "closing", "ended")


@dataclass(frozen=True)
class Counted:
    """What two of the panel counted of an item, by their accounts."""

    value: int
    counter: str
    writer: str


@dataclass(frozen=True)
class Work:
    """One candidate's own sheets of one component, as they were kept last."""

    application: int
    number: str
    component: Component
    panel: int
    """The panel's number."""
    exercises: tuple[Exercise, ...]
    drafts: dict[str, Draft]
    signed: frozenset[str]
    saved_at: int | None
    away: str
    photo: bytes | None
    day: dict[str, Day]
    """Exercise → its clock and card."""
    readings: dict[tuple[str, int], str] = field(default_factory=dict)
    """(item, option's value) → how it is to be read, as the leaders signed it before the day."""
    work: str = ""
    """Of a work that is marked by its blind number, which then is `number`: `there` or `missing`."""
    shared: dict[str, dict[str, Counted]] = field(default_factory=dict)
    """Exercise → item → what the panel counted together; the drafts have it already."""

    @property
    def row_id(self) -> tuple[int, str, str]:
        """The `DeskRow` that it belongs to."""
        return self.application, self.component.id, self.exercises[0].id if self.work else ""

    def shows_blind(self, blind: frozenset[str]) -> bool:
        """Whether a candidate's sheet holds a work that is to be marked by its blind number."""
        return not (self.work or self.away) and any(one.id in blind for one in self.exercises)


def desk(read: Any, examiner: int, batch: int) -> Desk:
    """Every candidate whom an examiner marks in a batch, by candidate number."""
    plan = plan_of(read, batch)
    states: dict[tuple[int, str, str], dict[str, str]] = {}
    works: dict[tuple[int, str, str], SheetState] = {}
    own = [panel for panel in panels(read, batch) if examiner in panel.examiners]
    components = sorted({panel.component for panel in own})
    blind, waiting = set(), 0
    for sheet in own_sheets(read, examiner, batch):
        exercise = plan.exercise(sheet.exercise)
        if exercise is None:
            continue
        key = (sheet.application, exercise.component, "")
        states.setdefault(key, {})
        if sheet.work is not None:
            blind.add(exercise.id)
            waiting += sheet.work == "waiting"
            key = (*key[:2], exercise.id)
            works[key] = sheet
        if sheet.work != "waiting":
            states.setdefault(key, {})[exercise.id] = sheet.state
    far = {(one.application, name): one for name in components for one in progress_by_number(read, batch, name)}
    signed = {key: count for name in components for key, count in work_progress(read, batch, name).items()}
    leads = {(one, panel.component) for panel in own for one in panel.applications if panel.leader_of(one) == examiner}
    rows = []
    for key, found in states.items():
        application, component, exercise_id = key
        if exercise_id:
            work = works[key]
            done, needed = signed[application, exercise_id]
            row = DeskRow(
                application,
                work.number,
                component,
                found,
                done,
                needed,
                False,
                None,
                False,
                exercise_id,
                work.work or "",
            )
        else:
            how_far = far[application, component]
            row = DeskRow(
                application,
                how_far.number,
                component,
                found,
                how_far.signed,
                how_far.needed,
                how_far.unsealed,
                outcome(read, application, component) if how_far.unsealed else None,
                (application, component) in leads,
            )
        rows.append(row)
    rows.sort(key=lambda row: (bool(row.exercise), row.exercise, row.number, row.component))
    exercises = tuple(one for one in plan.exercises if one.component in components)
    return Desk(plan.standard, plan.level, exercises, tuple(rows), frozenset(blind), waiting)


def work(read: Any, examiner: int, batch: int, application: int, component: str, exercise: str = "") -> Work:
    """An examiner's own sheets of one candidate; of a work that is marked by blind number that one sheet, and nothing
    of its candidate. Not of one's own panel: refused."""
    plan = plan_of(read, batch)
    away = attendance(read, application, component)
    sheets = {one.id: own_sheet(read, examiner, application, one.id) for one in plan.exercises_of(component)}
    blind = exercise in sheets and sheets[exercise].work is not None and away == "present"
    if blind:
        sheets = {exercise: sheets[exercise]}
    elif away == "present":
        sheets = {key: sheet for key, sheet in sheets.items() if sheet.work is None}
    part = plan.component(component)
    panel = panel_of(read, application, component)
    if part is None or panel is None:
        raise Refused("scoring.not_your_candidate")
    if not sheets:
        raise Refused("works.by_blind_number")
    if blind and sheets[exercise].work == "waiting":
        raise Refused("examday.not_collected")
    exercises = tuple(sheet.exercise for sheet in sheets.values())
    saved = [sheet.saved_at for sheet in sheets.values() if sheet.saved_at is not None]
    return Work(
        application,
        sheets[exercise].number if blind else number_of(read, application),
        part,
        panel.no,
        exercises,
        {key: sheet.draft for key, sheet in sheets.items()},
        frozenset(key for key, sheet in sheets.items() if sheet.signed),
        max(saved, default=None),
        "" if away == "present" else away,
        None if blind else photo_for(read, examiner, application),
        day(read, application, exercises),
        readings(read, batch),
        (sheets[exercise].work or "") if blind else "",
        {key: counted(read, sheet) for key, sheet in sheets.items()},
    )


def counted(read: Any, sheet: OwnSheet) -> dict[str, Counted]:
    """What the panel counted together of a sheet's exercise."""
    if not sheet.shared:
        return {}
    who = {one.id: one.login for one in accounts(read)}
    return {
        key: Counted(one.value, who.get(one.counter, ""), who.get(one.writer, "")) for key, one in sheet.shared.items()
    }


def sheets_across(read: Any, examiner: int, handles: tuple[int, ...], exercise: str) -> tuple[OwnSheet, ...]:
    """An examiner's own sheets of one exercise, of several works, in the order asked for."""
    return tuple(own_sheet(read, examiner, one, exercise) for one in handles)


def day(read: Any, application: int, exercises: tuple[Exercise, ...]) -> dict[str, Day]:
    """What the studio says of a candidate's exercises now."""
    found = {}
    for one in exercises:
        drawn = draw_of(read, application, one.id) if one.topic_card else None
        card = drawn.no if drawn is not None and drawn.opened_at is not None else None
        found[one.id] = Day(clock(read, application, one.id, now_ms()), card)
    return found
