"""否决项: which vetoes a majority of a panel has raised, and what its totals are once a leader has upheld some. Pure.

A veto that was not upheld is as if it had not been raised, and no sheet is ever changed: totals are worked out again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from core.scoring.sheets import Deducted, Mark, Raised
from core.standards.plans import Plan
from core.store import Id

_SIGNED = "zhikao-veto1"


class Marked(Protocol):
    """What of a signed sheet counts here."""

    @property
    def examiner(self) -> Id: ...
    @property
    def exercise(self) -> str: ...
    @property
    def marks(self) -> Sequence[Mark]: ...
    @property
    def deductions(self) -> Sequence[Deducted]: ...
    @property
    def vetoes(self) -> Sequence[Raised]: ...


@dataclass(frozen=True)
class Call:
    """One veto of one exercise, on one item or (`item` "") on more than that."""

    exercise: str
    veto: str
    item: str


Strikes = Collection[tuple[str, str]]
"""(exercise, item) that count 0 for every examiner; item "" is the whole exercise, its deductions too."""


def calls(sheets: Iterable[Marked]) -> dict[Call, tuple[Id, ...]]:
    """Every veto that was raised, and by whom."""
    found: dict[Call, list[Id]] = {}
    for sheet in sheets:
        for raised in dict.fromkeys(sheet.vetoes):
            found.setdefault(Call(sheet.exercise, raised.veto, raised.item), []).append(sheet.examiner)
    return {call: tuple(by) for call, by in found.items()}


def is_majority(raised: int, examiners: int) -> bool:
    """More than half of the panel."""
    return 2 * raised > examiners


def by_majority(sheets: Iterable[Marked], examiners: int) -> list[Call]:
    """The vetoes on which the leader has to decide."""
    return [call for call, by in calls(sheets).items() if is_majority(len(by), examiners)]


def strikes(plan: Plan, upheld: Iterable[Call]) -> tuple[set[tuple[str, str]], bool]:
    """What upheld vetoes strike, and whether one of them ends the examination unpassed."""
    struck: set[tuple[str, str]] = set()
    ended = False
    for call in upheld:
        exercise = plan.exercise(call.exercise)
        scopes = {veto.id: veto.scope for veto in exercise.vetoes} if exercise else {}
        scope = scopes.get(call.veto)
        if scope == "examination":
            ended = True
        elif scope is not None:
            struck.add((call.exercise, call.item if scope == "item" else ""))
    return struck, ended


def totals(sheets: Iterable[Marked], examiners: Sequence[Id], struck: Strikes = ()) -> list[tuple[Id, int]]:
    """(examiner, hundredths): all marks that are not struck less all deductions, floored once at 0."""
    sums = dict.fromkeys(examiners, 0)
    for sheet in sheets:
        if (sheet.exercise, "") in struck:
            continue
        sums[sheet.examiner] += sum(mark.points for mark in sheet.marks if (sheet.exercise, mark.item) not in struck)
        sums[sheet.examiner] -= sum(one.points for one in sheet.deductions)
    return [(examiner, max(0, sums[examiner])) for examiner in examiners]


def signed_message(
    centre: str, batch: Id, application: Id, component: str, panel: Id, leader: Id, plan: bytes, part_digest: bytes
) -> bytes:
    """What a leader signs who decides on a veto: the salted digest of the decision, never its bare words."""
    return msgspec.msgpack.encode([_SIGNED, centre, batch, application, component, panel, leader, plan, part_digest])
