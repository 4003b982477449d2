"""How a batch's results stand now, settled or not: what the results page and the list on paper show.

Of a panel that is still sealed only how many sheets are signed is told. Who may see results and no marks (the second
person of a confirmation, and who makes the notices) sees what was settled, and nothing before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.arrangement.queries import places
from core.batches.queries import plan_of
from core.people.queries import account
from core.results.events import ComponentOutcome
from core.results.queries import ConfirmationLine, confirmation, score_shown
from core.results.settling import compute, settled_results
from core.scoring.marks import Outcome
from core.scoring.queries import Progress, progress
from core.scoring.readers import check_sees_results, sees_marks
from core.standards.plans import Component
from core.store import Id, Read


@dataclass(frozen=True)
class Cell:
    """One component of one candidate."""

    component: str
    state: str
    """`scored`, `vetoed`, `absent`, `misconduct`, `deferred`, or why it can't be settled: `no_score`,
    `score_disputed`, `sealed`, `examiners_missing`, `deliberation_open`, `away_after_marks`;
    `unsettled`: there, but not shown yet."""
    score: str
    """As people see it; "" where there is none."""
    passed: bool | None
    progress: Progress | None
    """How far the panel is; None for the knowledge examination."""
    outcome: Outcome | None
    """What the panel came to, once unsealed, for who may see marks."""


@dataclass(frozen=True)
class Row:
    """One candidate. `passed` is None while a component is missing (all must be passed, 8.7)."""

    application: Id
    candidate: Id
    number: str
    name: str
    identity: str
    cells: tuple[Cell, ...]
    passed: bool | None

    @property
    def id(self) -> Id:
        """What tells one row from another."""
        return self.application

    @property
    def missing(self) -> bool:
        """Whether a component can't be settled yet."""
        return self.passed is None

    @property
    def to_deliberate(self) -> bool:
        """Whether a deliberation has to decide."""
        return any(cell.state == "deliberation_open" for cell in self.cells)


@dataclass(frozen=True)
class Standing:
    """A batch's results. `settled` says whether what was settled still is what would be settled now."""

    components: tuple[Component, ...]
    rows: tuple[Row, ...]
    settled: bool
    settled_once: bool
    confirmation: ConfirmationLine | None
    confirmed_by: tuple[str, ...]
    """The names of the two who answer for the results."""

    @property
    def passed(self) -> int:
        """How many have passed."""
        return sum(row.passed is True for row in self.rows)

    @property
    def missing(self) -> int:
        """How many lack something."""
        return sum(row.missing for row in self.rows)


def standing(read: Read, batch: Id) -> Standing:
    """How every candidate of a batch stands, by candidate number, for who may see results."""
    check_sees_results(read)
    plan = plan_of(read, batch)
    computed = compute(read, batch)
    kept = {line.application: line.components for line in settled_results(read, batch)}
    settled_now = bool(kept) and not computed.missing and kept == computed.outcomes
    marks_too = sees_marks(read)
    why = {(one.application, one.component): one.code.partition(".")[2] for one in computed.missing}
    marked: list[str] = [one.id for one in plan.components if one.id != "knowledge"]
    far = {(one.application, name): one for name in marked for one in progress(read, batch, name)}
    came = {(id, name): one for name in marked if marks_too for id, one in computed.came[name].items()}
    rows = []
    for place in places(read, batch):
        settled = {one.component: one for one in computed.outcomes.get(place.application, ())}
        cells = tuple(
            _cell(
                one.id,
                settled.get(one.id),
                why.get((place.application, one.id), ""),
                far.get((place.application, one.id)),
                came.get((place.application, one.id)),
            )
            for one in plan.components
        )
        if not marks_too and not settled_now:
            cells = tuple(_unsettled(cell) for cell in cells)
        passed = None if any(cell.passed is None for cell in cells) else all(cell.passed for cell in cells)
        rows.append(Row(place.application, place.candidate, place.number, place.name, place.identity, cells, passed))
    confirmed = confirmation(read, batch)
    people = (confirmed.first, confirmed.second) if confirmed else ()
    found = [account(read, id) for id in people]
    return Standing(
        plan.components,
        tuple(rows),
        settled_now,
        bool(kept),
        confirmed,
        tuple(one.shown if one else "" for one in found),
    )


def _cell(
    component: str, settled: ComponentOutcome | None, why: str, far: Progress | None, came: Outcome | None
) -> Cell:
    if settled is None:
        return Cell(component, why, "", None, far, came)
    score = score_shown(settled) if settled.state == "scored" else ""
    return Cell(component, settled.state, score, settled.passed, far, came)


def _unsettled(cell: Cell) -> Cell:
    if cell.passed is None:
        return cell
    return replace(cell, state="unsettled", score="", passed=None)
