"""What makes a panel lawful (9.2), and how a batch is divided into panels. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.errors import Refused
from core.standards.plans import TRIMMED_EXAMINERS, Policies
from core.standards.staffing import panel_size
from core.store import Id

CLAUSE = "9.2"
LEAST = 3


@dataclass(frozen=True)
class ProposedPanel:
    """A panel that may be formed: who marks, who leads, whom."""

    examiners: tuple[Id, ...]
    leader: Id
    applications: tuple[Id, ...]


Recusals = Collection[tuple[Id, Id]]
"""(examiner, application) that may not meet."""


def examiners_needed(policies: Policies, component: str, candidates: int) -> int:
    """How many examiners a panel of so many candidates has: odd, at least 3, and one to ten for the skill (9.2)."""
    if component == "review":
        return panel_size(candidates, least=policies.review_examiners)
    return panel_size(candidates, least=policies.panel_examiners, ratio=policies.candidates_per_examiner)


def check_panel(panel: ProposedPanel, policies: Policies, component: str, recusals: Recusals) -> None:
    """Refuse a panel that 9.2 does not allow, that has nobody to mark, or in which a recusal would be broken."""
    examiners = len(panel.examiners)
    if len(set(panel.examiners)) < examiners:
        raise Refused("panel.examiner_twice", clause=CLAUSE)
    if examiners < LEAST:
        raise Refused("panel.too_few", clause=CLAUSE, examiners=examiners)
    if examiners % 2 == 0:
        raise Refused("panel.even", clause=CLAUSE, examiners=examiners)
    if not panel.applications:
        raise Refused("panel.no_candidates")
    needed = examiners_needed(policies, component, len(panel.applications))
    if examiners < needed:
        raise Refused("panel.ratio", clause=CLAUSE, candidates=len(panel.applications), needed=needed)
    if policies.method == "trimmed_mean" and examiners < TRIMMED_EXAMINERS:
        raise Refused("panel.trimmed_needs_five", examiners=examiners)
    if panel.leader not in panel.examiners:
        raise Refused("panel.leader_outside")
    if clashes(panel.examiners, panel.applications, recusals):
        raise Refused("panel.recused")


def is_lawful(examiners: int, policies: Policies, component: str, candidates: int) -> bool:
    """Whether so many examiners may mark a candidate of a panel with so many: odd, at least 3, one to ten (9.2), and
    enough for the plan's method."""
    least = max(LEAST, TRIMMED_EXAMINERS if policies.method == "trimmed_mean" else 0)
    return examiners % 2 == 1 and examiners >= max(least, examiners_needed(policies, component, candidates))


def clashes(examiners: Sequence[Id], applications: Sequence[Id], recusals: Recusals) -> list[tuple[Id, Id]]:
    """The recusals that these examiners and candidates would break."""
    inside, marked = set(examiners), set(applications)
    return [(one, other) for one, other in recusals if one in inside and other in marked]


def divide(
    applications: Sequence[Id], examiners: Sequence[Id], policies: Policies, component: str, recusals: Recusals
) -> list[ProposedPanel]:
    """Divide a batch into panels as even as can be; each examiner is in one of them, and recusals are kept.

    Too few examiners, or recusals that no exchange of candidates can keep: refused.
    """
    if not applications:
        raise Refused("panel.no_candidates")
    count = -(-len(applications) // policies.candidates_per_panel)
    groups = [list(group) for group in _even(applications, count)]
    sizes = [examiners_needed(policies, component, len(group)) for group in groups]
    if sum(sizes) > len(examiners):
        raise Refused("panel.examiners_missing", clause=CLAUSE, needed=sum(sizes), found=len(examiners))
    teams, left = [], list(examiners)
    for size, group in zip(sizes, groups, strict=True):
        barred = {examiner for examiner, _ in clashes(left, group, recusals)}
        team = sorted(left, key=barred.__contains__)[:size]  # a stable sort: the order given, those barred last
        teams.append(tuple(team))
        left = [examiner for examiner in left if examiner not in team]
    _keep_recusals(groups, teams, recusals)
    return [ProposedPanel(team, team[0], tuple(sorted(group))) for team, group in zip(teams, groups, strict=True)]


def _even(things: Sequence[Id], groups: int) -> list[Sequence[Id]]:
    base, more = divmod(len(things), groups)
    found, start = [], 0
    for number in range(groups):
        size = base + (number < more)
        found.append(things[start : start + size])
        start += size
    return found


def _keep_recusals(groups: list[list[Id]], teams: list[tuple[Id, ...]], recusals: Recusals) -> None:
    """Exchange candidates between groups until nobody meets whom they may not."""
    barred: defaultdict[Id, set[int]] = defaultdict(set)
    for examiner, application in recusals:
        barred[application] |= {number for number, team in enumerate(teams) if examiner in team}
    for number, group in enumerate(groups):
        for place, application in enumerate(group):
            if number in barred.get(application, ()):
                _exchange(groups, number, place, barred)


def _exchange(groups: list[list[Id]], number: int, place: int, barred: dict[Id, set[int]]) -> None:
    application = groups[number][place]
    for other, group in enumerate(groups):
        if other in barred[application]:
            continue
        for spot, candidate in enumerate(group):
            if number not in barred.get(candidate, ()):
                groups[number][place], group[spot] = candidate, application
                return
    raise Refused("panel.recusals_cannot_be_kept")
