"""How far a batch is and what is to do next, by whom and until when: what the overview shows.

Counts, numbers and states only: nothing of it says what anybody was marked. That a deliberation is open does say
something (the marks lie far apart, or at the pass mark): it is told to who may see the marks, and for all others the
candidate is examined and waits for the settling.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.arrangement.panels import CLAUSE as STAFFING_CLAUSE
from core.arrangement.queries import panels, places, propose
from core.batches.queries import BatchLine, plan_of
from core.batches.queries import batch as batch_line
from core.errors import Refused
from core.people.queries import accounts
from core.people.roles import Role
from core.registration.queries import ApplicationLine, applications
from core.results import queries
from core.results.settling import Computed, Missing, compute, settled_results
from core.scoring.queries import Progress, signed_counts
from core.scoring.queries import progress as signed_progress
from core.scoring.readers import sees_panel, sees_results
from core.standards.plans import Plan
from core.store import Id, Read

UNSCORED = ("results.no_score", "results.score_disputed")
SEALED = ("results.sealed", "results.examiners_missing")
NUMBERS_NAMED = 4
"""So many candidate numbers stand in one line; more are counted."""


@dataclass(frozen=True)
class Step:
    """One step of an evaluation: `code` names it, `page` is where it is done, `count` what it has come to."""

    code: str
    page: str
    done: bool
    count: int


@dataclass(frozen=True)
class Todo:
    """Something to do. `role` may do it (`who` names the people where they are certain); `clause` sets its `due` day.

    Its sentence stands in the translations under `todo.` and the code, with `count` and `detail` for its places.
    """

    code: str
    role: Role
    page: str
    count: int
    detail: str = ""
    due: date | None = None
    clause: str | None = None
    who: str = ""

    def overdue(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < today


@dataclass(frozen=True)
class ExaminerProgress:
    """How many of their sheets of a panel an examiner has signed."""

    id: Id
    name: str
    signed: int
    needed: int
    """Who was replaced or joined later has not all candidates."""


@dataclass(frozen=True)
class PanelProgress:
    """How far a panel is. `needed` sheets of it are signed by all; `away` candidates have nothing to mark."""

    id: Id
    no: int
    component: str
    leader: str
    examiners: tuple[ExaminerProgress, ...]
    candidates: int
    away: int
    unsealed: int
    signed: int
    needed: int
    deliberating: tuple[str, ...]
    """Numbers of the candidates whose result waits for a deliberation; none for who may not see the marks."""


@dataclass(frozen=True)
class BatchProgress:
    """A batch at one glance."""

    batch: BatchLine
    steps: tuple[Step, ...]
    todos: tuple[Todo, ...]
    """What is due first stands first; then in the order of an evaluation."""
    panels: tuple[PanelProgress, ...]
    applied: int
    decided: int
    places: int
    examined: int
    """Candidates whose panels have all signed, or who were away."""
    complete: int
    """Candidates of whom nothing is missing any more."""

    def first_for(self, roles: frozenset[str]) -> Todo | None:
        """What somebody with these roles does next."""
        return next((todo for todo in self.todos if todo.role in roles), None)

    @property
    def deliberating(self) -> int:
        """How many candidates wait for a deliberation."""
        return sum(len(panel.deliberating) for panel in self.panels)


@dataclass(frozen=True)
class Papers:
    """How many candidates have a notice, have a notice or a certificate, and may have a certificate now."""

    notices: int = 0
    either: int = 0
    certificates: int = 0


def batch_progress(read: Read, batch: Id, papers: Papers) -> BatchProgress:
    """How far a batch is, as far as the reader may know: who has a certificate has passed."""
    line, plan = batch_line(read, batch), plan_of(read, batch)
    applied = [one for one in applications(read, batch) if one.state != "withdrawn"]
    found = places(read, batch)
    computed = compute(read, batch)
    panelled = _panels(read, batch, plan, computed)
    settled = {one.application: one.components for one in settled_results(read, batch)}
    is_settled = bool(settled) and settled == computed.outcomes and not computed.missing
    confirmed = queries.confirmation(read, batch) is not None
    told = _told(read, computed)
    waiting = {one.application for one in told}
    unexamined = {one.application for one in computed.missing if one.code in SEALED}
    unscored = {one.application for one in computed.missing if one.code in UNSCORED}
    todos = [
        *_registration_todos(applied),
        *_arrangement_todos(read, line, plan, applied, [place.application for place in found]),
        *_pin_todos(read, panelled),
        *_marking_todos(line, panelled, len(unscored)),
        *_short_todos(line, computed),
    ]
    if found and not told and not confirmed:
        todos.append(Todo("confirm" if is_settled else "settle", Role.MANAGER, "results", len(found)))
    issued = papers.either if sees_results(read) or papers.either >= len(found) else papers.notices
    if confirmed and papers.certificates:
        todos.append(Todo("certificates", Role.CERTIFICATES, "certificates", papers.certificates))
    if confirmed and issued + papers.certificates < len(found):
        todos.append(Todo("notices", Role.CERTIFICATES, "documents", len(found) - issued - papers.certificates))
    return BatchProgress(
        line,
        _steps(plan, applied, len(found), todos, {one.code for one in told}, confirmed, issued),
        tuple(sorted(todos, key=lambda todo: todo.due or date.max)),
        tuple(panelled),
        len(applied),
        sum(one.state in ("accepted", "refused") for one in applied),
        len(found),
        len(found) - len(unexamined),
        len(found) - len(waiting),
    )


def _told(read: Read, computed: Computed) -> list[Missing]:
    """What is missing, as far as the reader may know of it."""
    return [
        one
        for one in computed.missing
        if one.code != "results.deliberation_open"
        or sees_panel(read, one.application, computed.came[one.component][one.application].panel)
    ]


def _registration_todos(applied: list[ApplicationLine]) -> list[Todo]:
    if not applied:
        return [Todo("applications", Role.REGISTRAR, "applications", 0)]

    def todo(code: str, role: Role, page: str, lines: list[ApplicationLine]) -> list[Todo]:
        due = min((one.due for one in lines if one.due is not None), default=None)
        return [Todo(code, role, page, len(lines), due=due, clause="10.2" if due else None)] if lines else []

    untold = [one for one in applied if one.state in ("accepted", "refused") and not one.notified]
    bare = [one for one in applied if one.state == "accepted" and not one.has_photo]
    return [
        *todo("review", Role.REVIEWER, "review", [one for one in applied if one.state == "entered"]),
        *todo("more", Role.REGISTRAR, "applications", [one for one in applied if one.state == "more"]),
        *todo("notify", Role.REVIEWER, "review", untold),
        *([Todo("photos", Role.REGISTRAR, "applications", len(bare))] if bare else []),
    ]


def _arrangement_todos(
    read: Read, line: BatchLine, plan: Plan, applied: list[ApplicationLine], found: list[Id]
) -> list[Todo]:
    todos = []
    have = set(found)
    numberless = [one for one in applied if one.state == "accepted" and one.notified and one.id not in have]
    if numberless:
        todos.append(Todo("numbers", Role.MANAGER, "arrangement", len(numberless), due=line.day))
    for component in plan.components:
        if component.id == "knowledge" or not found:
            continue
        inside = {one for panel in panels(read, line.id, component.id) for one in panel.applications}
        free = have - inside
        if not free:
            continue
        try:
            propose(read, line.id, component.id)
        except Refused as problem:
            if problem.code == "panel.examiners_missing":
                short = int(str(problem.values["needed"])) - int(str(problem.values["found"]))
                todos.append(Todo("examiners", Role.ADMIN, "accounts", short, due=line.day, clause=STAFFING_CLAUSE))
        todos.append(Todo("panels", Role.MANAGER, "arrangement", len(free), component.name, due=line.day))
    return todos


def _pin_todos(read: Read, panelled: list[PanelProgress]) -> list[Todo]:
    """Examiners who can't sign before they have a PIN of their own."""
    inside = {examiner.id for panel in panelled for examiner in panel.examiners if panel.signed < panel.needed}
    lacking = [one for one in accounts(read, Role.EXAMINER) if one.provisional and one.id in inside]
    who = "、".join(one.shown for one in lacking[:NUMBERS_NAMED])
    return [Todo("pins", Role.EXAMINER, "", len(lacking), who=who)] if lacking else []


def _marking_todos(line: BatchLine, panelled: list[PanelProgress], unscored: int) -> list[Todo]:
    todos = [Todo("knowledge", Role.MANAGER, "knowledge", unscored, due=line.day)] if unscored else []
    for panel in panelled:
        if panel.signed < panel.needed:
            late = [one for one in panel.examiners if one.signed < one.needed]
            who = "、".join(one.name for one in late[:NUMBERS_NAMED])
            left = panel.needed - panel.signed
            todos.append(Todo("marking", Role.EXAMINER, "marking", left, str(panel.no), line.day, None, who))
        if panel.deliberating:
            numbers = "、".join(panel.deliberating[:NUMBERS_NAMED])
            count = len(panel.deliberating)
            todos.append(Todo("deliberation", Role.EXAMINER, "marking", count, numbers, line.day, "10.3", panel.leader))
    return todos


def _short_todos(line: BatchLine, computed: Computed) -> list[Todo]:
    """Candidates whose panel lacks somebody since a recusal came to light."""
    short = [one.number for one in computed.missing if one.code == "results.examiners_missing"]
    numbers = "、".join(short[:NUMBERS_NAMED])
    todo = Todo("short_panel", Role.MANAGER, "results", len(short), numbers, line.day, STAFFING_CLAUSE)
    return [todo] if short else []


def _panels(read: Read, batch: Id, plan: Plan, computed: Computed) -> list[PanelProgress]:
    names = {one.id: one.shown for one in accounts(read)}
    counted = signed_counts(read)
    found = []
    for component in plan.components:
        if component.id == "knowledge":
            continue
        by_panel: dict[Id, list[Progress]] = {}
        for one in signed_progress(read, batch, component.id):
            by_panel.setdefault(one.panel, []).append(one)
        waiting = {
            application
            for application, came in computed.came[component.id].items()
            if came.open and sees_panel(read, application, came.panel)
        }
        for panel in panels(read, batch, component.id):
            lines = by_panel.get(panel.id, [])
            present = [one for one in lines if not one.absent]
            exercises = len(plan.exercises_of(component.id))
            examiners = tuple(
                ExaminerProgress(
                    one,
                    names.get(one, ""),
                    counted.get((panel.id, one), 0),
                    exercises * sum(panel.marks(one, line.application) for line in present),
                )
                for one in panel.examiners
            )
            found.append(
                PanelProgress(
                    panel.id,
                    panel.no,
                    component.id,
                    names.get(panel.leader, ""),
                    examiners,
                    len(lines),
                    len(lines) - len(present),
                    sum(one.unsealed for one in present),
                    sum(one.signed for one in present),
                    sum(one.needed for one in present),
                    tuple(one.number for one in lines if one.application in waiting),
                )
            )
    return found


def _steps(
    plan: Plan,
    applied: list[ApplicationLine],
    numbered: int,
    todos: list[Todo],
    missing: set[str],
    confirmed: bool,
    issued: int,
) -> tuple[Step, ...]:
    open_codes = {todo.code for todo in todos}
    accepted = sum(one.state == "accepted" for one in applied)
    reviewed = bool(applied) and open_codes.isdisjoint({"review", "more", "notify"})
    arranged = reviewed and numbered > 0 and open_codes.isdisjoint({"numbers", "panels"})
    steps = [
        Step("applications", "applications", bool(applied), len(applied)),
        Step("review", "review", reviewed, accepted),
        Step("arrangement", "arrangement", arranged, numbered),
    ]
    if plan.component("knowledge") is not None:
        steps.append(Step("knowledge", "knowledge", arranged and missing.isdisjoint(UNSCORED), numbered))
    marked = arranged and missing.isdisjoint({*SEALED, "results.deliberation_open"})
    return (
        *steps,
        Step("marking", "overview", marked, numbered),
        Step("results", "results", confirmed, numbered),
        Step("notices", "documents", confirmed and issued >= numbered > 0, issued),
    )
