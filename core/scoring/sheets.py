"""A score sheet 评分表: one examiner, one candidate, one exercise; when it is complete, what it is worth. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from core.errors import Refused
from core.standards.plans import Exercise, Item, points_of
from core.store import Id

LONGEST_REMARK = 1000
MOST_TIMES = 100
MOST_SHOWN = 5
MOST_MOMENTS = 500
LONGEST_SECOND = 24 * 3600
MOST_COUNTED = 1_000_000
"""A count or time that an item may be given; more is a slip of the hand."""
_SIGNED = "zhikao-sheet1"


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """打点: a note at a second of the performance. `item` may be "". Fields are only appended."""

    second: int
    text: str
    item: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A sheet that is still being written. A mark of None is "not observed"; an item not named is not marked yet."""

    marks: dict[str, list[int] | None] = {}
    deductions: dict[str, int] = {}
    """How often each happened."""
    remark: str = ""
    moments: list[Moment] = []
    vetoes: list[str] = []
    """Vetoes that this examiner raises, by their `veto_names`."""


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """One item as it was marked: what was pressed or counted, and its points in hundredths."""

    item: str
    values: list[int]
    points: int


class Deducted(msgspec.Struct, frozen=True, array_like=True):
    """One deduction: how often it happened and what it takes off in hundredths, capped already."""

    id: str
    times: int
    points: int


class Raised(msgspec.Struct, frozen=True, array_like=True):
    """A veto 否决项 as an examiner raised it; `item` is "" but where one item is struck. Fields are only appended."""

    veto: str
    item: str = ""


State = Literal["untouched", "begun", "complete", "signed"]


def check_draft(exercise: Exercise, draft: Draft) -> None:
    """Refuse marks and deductions that the plan does not have. Blanks are fine: a draft is kept at every keystroke."""
    items = {item.key: item for item in exercise.items}
    for key, values in draft.marks.items():
        if key not in items:
            raise Refused("scoring.unknown_item", item=key)
        if values is not None:
            item_points(items[key], values)
    known = {deduction.id for deduction in exercise.deductions}
    for id, times in draft.deductions.items():
        if id not in known or not 0 <= times <= MOST_TIMES:
            raise Refused("scoring.unknown_deduction", deduction=id)
    if not set(draft.vetoes) <= veto_names(exercise).keys():
        raise Refused("scoring.unknown_veto")
    if len(draft.remark) > LONGEST_REMARK or len(draft.moments) > MOST_MOMENTS:
        raise Refused("scoring.too_long", longest=LONGEST_REMARK)
    for moment in draft.moments:
        if len(moment.text) > LONGEST_REMARK:
            raise Refused("scoring.too_long", longest=LONGEST_REMARK)
        if not 0 <= moment.second <= LONGEST_SECOND or (moment.item and moment.item not in items):
            raise Refused("scoring.bad_moment")


def item_points(item: Item, values: list[int]) -> int:
    """The hundredths that an item's mark is worth. A mark that its scale does not have is refused."""
    if item.scale.kind == "steps":
        return points_of(item, values)
    if len(values) != 1 or abs(values[0]) > MOST_COUNTED:
        raise Refused("plan.no_such_mark", label=item.label, mark=" ".join(map(str, values[:MOST_SHOWN])))
    return points_of(item, values[0])


def open_items(exercise: Exercise, draft: Draft) -> list[str]:
    """Items that still need a mark: not marked yet, or "not observed", which must be resolved before signing."""
    return [item.key for item in exercise.items if draft.marks.get(item.key) is None]


def state_of(exercise: Exercise, draft: Draft | None) -> State:
    """How far an unsigned sheet is."""
    if draft is None or draft == Draft():
        return "untouched"
    return "begun" if open_items(exercise, draft) else "complete"


def marks_of(exercise: Exercise, draft: Draft) -> list[Mark]:
    """The marks of a complete sheet in the plan's order. An incomplete one is refused with what is missing."""
    missing = open_items(exercise, draft)
    if missing:
        raise Refused("scoring.incomplete", count=len(missing), first=missing[0])
    marks = []
    for item in exercise.items:
        values = draft.marks[item.key] or []
        marks.append(Mark(item.key, sorted(values), item_points(item, values)))
    return marks


def deductions_of(exercise: Exercise, times: Mapping[str, int]) -> list[Deducted]:
    """What is taken off, each deduction up to its cap."""
    return [
        Deducted(one.id, times[one.id], min(times[one.id] * one.points, one.cap))
        for one in exercise.deductions
        if times.get(one.id, 0) > 0
    ]


def veto_names(exercise: Exercise) -> dict[str, Raised]:
    """Every veto that can be raised in an exercise, by its name in a draft: `veto`, or `veto:item` for one item."""
    found = {}
    for veto in exercise.vetoes:
        struck = veto.items or tuple(item.key for item in exercise.items)
        for one in (Raised(veto.id, item) for item in (struck if veto.scope == "item" else ("",))):
            found[veto_name(one)] = one
    return found


def veto_name(raised: Raised) -> str:
    """How a draft names it."""
    return f"{raised.veto}:{raised.item}" if raised.item else raised.veto


def vetoes_of(exercise: Exercise, names: Sequence[str]) -> list[Raised]:
    """The vetoes that a draft raises, in the plan's order."""
    return [raised for name, raised in veto_names(exercise).items() if name in names]


def signed_message(
    centre: str, batch: Id, application: Id, exercise: str, examiner: Id, plan_digest: bytes, part_digest: bytes
) -> bytes:
    """What an examiner signs: never bare marks (few can be guessed from a signature) but their salted digest."""
    return msgspec.msgpack.encode([_SIGNED, centre, batch, application, exercise, examiner, plan_digest, part_digest])
