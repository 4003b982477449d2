"""核分: what each candidate's components came to, and what is still missing; for the rooms' own rules and counts.

Nothing here asks who wants to know; see `queries` and `standing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import msgspec
from sqlalchemy import select

from core.arrangement.queries import PlaceLine, absence_lines, places
from core.arrangement.replacement import short
from core.batches.queries import plan_of
from core.results.events import ComponentOutcome
from core.results.tables import Result
from core.scoring.knowledge_state import disputed
from core.scoring.marks import Outcome, knowledge_scores, outcomes
from core.standards.plans import Component
from core.store import Id, Read

AWAY = ("absent", "misconduct", "deferred")


@dataclass(frozen=True)
class ResultLine:
    """A candidate's settled result as lists show it."""

    application: Id
    number: str
    name: str
    components: tuple[ComponentOutcome, ...]
    passed: bool


@dataclass(frozen=True)
class Missing:
    """Why a candidate's component can't be settled yet."""

    application: Id
    number: str
    component: str
    code: str
    """`results.no_score`, `results.score_disputed`, `results.sealed`, `results.examiners_missing`,
    `results.deliberation_open` or `results.away_after_marks`."""


@dataclass(frozen=True)
class Computed:
    """A batch's results as they would be settled now."""

    outcomes: dict[Id, tuple[ComponentOutcome, ...]]
    missing: tuple[Missing, ...]
    came: dict[str, dict[Id, Outcome]] = field(repr=False)
    """By component, what every unsealed panel came to: read once for all who need it."""


def settled_results(read: Read, batch: Id) -> list[ResultLine]:
    """The settled results of a batch by candidate number."""
    rows = {row.id: row for row in read.rows(select(Result).where(Result.batch == batch))}
    found = []
    for place in places(read, batch):
        row = rows.get(place.application)
        if row is not None and row.components is not None:
            components = tuple(msgspec.msgpack.decode(row.components, type=list[ComponentOutcome]))
            found.append(ResultLine(place.application, place.number, place.name, components, bool(row.passed)))
    return found


def compute(read: Read, batch: Id) -> Computed:
    """The outcome of every component of everybody who has a place. All components must be passed (8.7)."""
    plan = plan_of(read, batch)
    away = absence_lines(read, batch)
    knowledge, differing = knowledge_scores(read), disputed(read)
    panels: dict[str, dict[Id, Outcome]] = {
        one.id: outcomes(read, batch, one.id) for one in plan.components if one.id != "knowledge"
    }
    unlawful = {id: short(read, batch, id) for id in panels}
    found: dict[Id, tuple[ComponentOutcome, ...]] = {}
    missing: list[Missing] = []
    for place in places(read, batch):
        settled = []
        for component in plan.components:
            ended = False
            if component.id == "knowledge":
                total = knowledge.get(place.application)
                score = None if total is None else Fraction(total)
                marked = total is not None
                code = "results.score_disputed" if place.application in differing else "results.no_score"
            else:
                came = panels[component.id].get(place.application)
                score = None if came is None or came.open else came.final
                marked, ended = came is not None, came is not None and came.ended
                code = "results.sealed" if came is None else "results.deliberation_open"
                if came is None and place.application in unlawful[component.id]:
                    code = "results.examiners_missing"
            absence = away.get((place.application, component.id))
            if absence is not None and marked and not absence.second:
                # One person alone can't make a result go away.
                missing.append(_missing(place, component, "results.away_after_marks"))
            elif absence is not None:
                settled.append(_away(component, absence.state))
            elif score is None:
                missing.append(_missing(place, component, code))
            else:
                settled.append(_scored(component, score, ended))
        found[place.application] = tuple(settled)
    return Computed(found, tuple(missing), panels)


def _missing(place: PlaceLine, component: Component, code: str) -> Missing:
    return Missing(place.application, place.number, component.id, code)


def _away(component: Component, state: str) -> ComponentOutcome:
    return ComponentOutcome(component.id, state, 0, 1, component.full_mark, component.pass_mark, False)


def _scored(component: Component, score: Fraction, ended: bool) -> ComponentOutcome:
    return ComponentOutcome(
        component.id,
        "vetoed" if ended else "scored",
        score.numerator,
        score.denominator,
        component.full_mark,
        component.pass_mark,
        not ended and score >= component.pass_mark,
    )
