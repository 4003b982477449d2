"""How many people an examination takes (9.2), and where the answer is the centre's own rule."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.errors import Refused
from core.standards.pack_facts import Pack
from core.standards.plan_facts import LEAST_EXAMINERS
from core.words import say

# What a centre goes by where a standard is silent: the figures of 9.2 of T/CAFTV, as its own rule.
OWN_EXAMINERS = LEAST_EXAMINERS
OWN_CANDIDATES_PER_EXAMINER = 10
OWN_CANDIDATES_PER_INVIGILATOR = 20
OWN_INVIGILATORS_PER_ROOM = 2


class PanelStaffing(msgspec.Struct, frozen=True):
    """Examiners of one panel. `policy` is the code of the sentence on what is the centre's own, or None."""

    examiners: int
    clause: str | None
    policy: str | None


class RoomStaffing(msgspec.Struct, frozen=True):
    """Invigilators of each room, in order: pairs of candidates and invigilators."""

    rooms: tuple[tuple[int, int], ...]
    invigilators: int
    clause: str | None
    policy: str | None


def panel_size(candidates: int, *, least: int = OWN_EXAMINERS, ratio: int | None = None) -> int:
    """The smallest odd number that is at least `least` and at least one to every `ratio` candidates."""
    size = max(least, 0 if ratio is None else -(-candidates // ratio))
    return size if size % 2 else size + 1


def panel(pack: Pack, component: str, candidates: int) -> PanelStaffing:
    """Examiners for a panel of `skill` or `review` that marks so many candidates (9.2). Below 1: refused.

    9.2 gives ratio and odd number without saying how they combine, and no ratio for the review: that is own rule.
    """
    _at_least_one(candidates)
    said = pack.component(component)
    if said is None:
        ratio = OWN_CANDIDATES_PER_EXAMINER if component == "skill" else None
        policy = "staffing.policy_silent"
        return PanelStaffing(panel_size(candidates, ratio=ratio), None, policy)
    ratio = said.staffing.candidates_per_examiner
    size = panel_size(candidates, least=said.staffing.min_examiners or OWN_EXAMINERS, ratio=ratio)
    policy = "staffing.policy_no_ratio" if ratio is None else "staffing.policy_smallest_odd"
    return PanelStaffing(size, said.staffing.clause, policy)


def rooms(pack: Pack, candidates: int, sizes: Sequence[int] = ()) -> RoomStaffing:
    """Invigilators for a knowledge examination (9.2) in rooms of these sizes, or in one room.

    Refused: no candidate, an empty room, sizes that do not add up to `candidates`.
    """
    _at_least_one(candidates)
    sizes = tuple(sizes) or (candidates,)
    if min(sizes) < 1:
        raise Refused("staffing.empty_room")
    if sum(sizes) != candidates:
        raise Refused("staffing.rooms_do_not_add_up", total=sum(sizes), candidates=candidates)
    said = pack.component("knowledge")
    ratio = said.staffing.proctor_ratio if said else None
    least = said.staffing.min_proctors_per_room if said else None
    ratio, least = ratio or OWN_CANDIDATES_PER_INVIGILATOR, least or OWN_INVIGILATORS_PER_ROOM
    filled = tuple((size, max(least, -(-size // ratio))) for size in sizes)
    return RoomStaffing(
        rooms=filled,
        invigilators=sum(invigilators for _, invigilators in filled),
        clause=said.staffing.clause if said else None,
        policy=None if said else "staffing.policy_silent",
    )


def policy_sentence(policy: str | None, pack: Pack) -> str | None:
    """What is the centre's own in an answer, in the language in use."""
    return None if policy is None else say(policy, title=pack.standard.title)


def _at_least_one(candidates: int) -> None:
    if candidates < 1:
        raise Refused("staffing.no_candidates")
