"""What the arrangement page reads: places, panels, examiners and recusals of a batch, together in one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.arrangement.panels import ProposedPanel, check_panel, examiners_needed
from core.arrangement.queries import PanelLine, PlaceLine, RecusalLine, panels, places, recusal_lines, recusals
from core.batches.queries import plan_of
from core.errors import AppError, Refused
from core.people.queries import AccountLine, accounts
from core.people.roles import Role
from core.registration.queries import applications
from core.standards.plans import Policies
from core.store import Id, Read


@dataclass(frozen=True)
class CandidateLine:
    """A candidate with the numbers of the panels that mark them, by component."""

    place: PlaceLine
    panels: dict[str, int]

    @property
    def id(self) -> Id:
        """What tells one row from another."""
        return self.place.application


@dataclass(frozen=True)
class Arrangement:
    """A batch's arrangement. `components` are those that panels mark; `numberless` were told and have no number yet."""

    components: tuple[tuple[str, str], ...]
    candidates: tuple[CandidateLine, ...]
    numberless: int
    panels: tuple[PanelLine, ...]
    examiners: tuple[AccountLine, ...]
    recusals: tuple[RecusalLine, ...]
    policies: Policies

    def panels_of(self, component: str) -> list[PanelLine]:
        """The panels of one component."""
        return [panel for panel in self.panels if panel.component == component]

    def free(self, component: str) -> int:
        """How many candidates have no panel in a component."""
        return sum(component not in one.panels for one in self.candidates)

    def needed(self, component: str, candidates: int) -> int:
        """Examiners that a panel of so many candidates needs (9.2)."""
        return examiners_needed(self.policies, component, max(1, candidates))

    def numbers(self) -> dict[Id, str]:
        """Candidate numbers by application."""
        return {one.place.application: one.place.number for one in self.candidates}

    def names(self) -> dict[Id, str]:
        """Examiners' names by id."""
        return {one.id: one.shown for one in self.examiners}


def arrangement(read: Read, batch: Id, english: bool) -> Arrangement:
    """Everything at once."""
    plan = plan_of(read, batch)
    found = places(read, batch)
    formed = panels(read, batch)
    inside: dict[Id, dict[str, int]] = {}
    for panel in formed:
        for one in panel.applications:
            inside.setdefault(one, {})[panel.component] = panel.no
    accepted = applications(read, batch, states=("accepted",), notified=True)
    have = {place.application for place in found}
    return Arrangement(
        tuple((one.id, one.name_en if english else one.name) for one in plan.components if one.id != "knowledge"),
        tuple(CandidateLine(place, inside.get(place.application, {})) for place in found),
        sum(line.id not in have for line in accepted),
        tuple(formed),
        tuple(accounts(read, Role.EXAMINER)),
        tuple(recusal_lines(read, found)),
        plan.policies,
    )


def problems(read: Read, batch: Id, component: str, proposed: Sequence[ProposedPanel]) -> list[AppError | None]:
    """Why each of these panels can't be formed as it stands (9.2, recusals); None where it can."""
    policies = plan_of(read, batch).policies
    barred = recusals(read, places(read, batch))
    found: list[AppError | None] = []
    for panel in proposed:
        try:
            check_panel(panel, policies, component, barred)
            found.append(None)
        except Refused as problem:
            found.append(problem)
    return found


def span(numbers: Sequence[str]) -> str:
    """Candidate numbers as a range: 0001–0028, or the two that stand apart."""
    ordered = sorted(numbers)
    if not ordered:
        return ""
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}–{ordered[-1]}"
