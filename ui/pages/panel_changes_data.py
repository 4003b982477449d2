"""What the dialogs on a panel's people read: who marks, who may come, who was set aside. Never a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.arrangement.queries import PanelLine, number_of, panel, panel_of
from core.arrangement.replacement import possible
from core.errors import Refused
from core.people.queries import accounts
from core.scoring.replacing import half_signed, may_lead, to_take_over
from core.scoring.set_aside import set_aside_lines


@dataclass(frozen=True)
class Named:
    """Somebody by id and name."""

    id: int
    name: str


@dataclass(frozen=True)
class CandidatePanel:
    """Who marks one candidate in one component, and who could join."""

    application: int
    component: str
    number: str
    marking: tuple[Named, ...]
    leader: int
    possible: tuple[Named, ...]
    aside: tuple[tuple[str, str], ...]
    """(name, reason) of examiners whose sheets were set aside."""


@dataclass(frozen=True)
class Leaving:
    """What it takes to replace one examiner of a panel."""

    who: Named
    candidates: int
    """How many would go over: they have signed nothing of these."""
    begun: tuple[str, ...]
    """Numbers of those of whom they have signed a part: two people may hand them over too."""
    possible: tuple[Named, ...]
    leaders: tuple[Named, ...]
    """Who may lead then; empty where this examiner does not lead."""


@dataclass(frozen=True)
class PanelStaff:
    """A panel, and its examiners who have candidates left."""

    panel: PanelLine
    leaving: tuple[Leaving, ...]


def candidate_panel(read: Any, application: int, component: str) -> CandidatePanel:
    """Who marks a candidate now. Nobody: refused."""
    found = panel_of(read, application, component)
    if found is None:
        raise Refused("panel.unknown")
    names = {one.id: one.shown for one in accounts(read)}
    aside = {(line.examiner, line.reason): None for line in set_aside_lines(read, application)}
    return CandidatePanel(
        application,
        component,
        number_of(read, application),
        tuple(Named(one, names.get(one, "")) for one in found.examiners_of(application)),
        found.leader_of(application),
        tuple(Named(one, names.get(one, "")) for one in possible(read, found, [application])),
        tuple((names.get(examiner, ""), reason) for examiner, reason in aside),
    )


def panel_staff(read: Any, panel_id: int) -> PanelStaff:
    """Which examiners of a panel can be replaced, and by whom."""
    found = panel(read, panel_id)
    names = {one.id: one.shown for one in accounts(read)}

    def named(ids: list[int]) -> tuple[Named, ...]:
        return tuple(Named(one, names.get(one, "")) for one in ids)

    leads = {found.leader, *(one for _, one in found.led)}
    leaving = []
    for examiner in found.examiners:
        candidates, begun = to_take_over(read, found, examiner), half_signed(read, found, examiner)
        if candidates or begun:
            leaders = named(may_lead(found, examiner)) if examiner in leads else ()
            coming = named(possible(read, found, candidates + begun))
            numbers = tuple(number_of(read, one) for one in begun)
            leaving.append(Leaving(*named([examiner]), len(candidates), numbers, coming, leaders))
    return PanelStaff(found, tuple(leaving))
