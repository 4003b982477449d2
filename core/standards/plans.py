"""A plan 考核方案: what a batch examines, how it is marked, and the centre's own rules where the standard is silent.

A plan is announced before the day and then never changes: its bytes (`to_bytes`) stand in the journal, and its digest
is signed with every score sheet. What it consists of stands in `plan_facts`.
"""

from __future__ import annotations

import hashlib

import msgspec

from core.errors import Refused
from core.standards.pack_facts import Pack
from core.standards.packs import RESOURCES, pack
from core.standards.plan_checks import check, problems
from core.standards.plan_derived import derive
from core.standards.plan_facts import (
    LEAST_EXAMINERS,
    TRIMMED_EXAMINERS,
    Component,
    ComponentId,
    Deduction,
    Exercise,
    Item,
    KnowledgeRow,
    Method,
    Option,
    OwnRule,
    Plan,
    Policies,
    Scale,
    Surprise,
    Veto,
    points_of,
)
from core.standards.plan_files import read
from core.standards.points import HUNDREDTHS, allot

PLAN_FILES = RESOURCES / "plans"

__all__ = [
    "LEAST_EXAMINERS",
    "PLAN_FILES",
    "TRIMMED_EXAMINERS",
    "Component",
    "ComponentId",
    "Deduction",
    "Exercise",
    "Item",
    "KnowledgeRow",
    "Method",
    "Option",
    "OwnRule",
    "Plan",
    "Policies",
    "Scale",
    "Surprise",
    "Veto",
    "check",
    "default_maxima",
    "default_plan",
    "digest",
    "from_bytes",
    "load",
    "points_of",
    "problems",
    "to_bytes",
]
"""The door to plans: callers need to know of this module alone."""


def to_bytes(plan: Plan) -> bytes:
    """The plan's bytes, the same for the same plan: what the journal keeps and `digest` is taken of."""
    return msgspec.json.encode(plan, order="deterministic")


def from_bytes(content: bytes) -> Plan:
    """The plan in its own bytes. It is not checked again: a plan in force stays what it was. No plan: refused."""
    try:
        return msgspec.json.decode(content, type=Plan)
    except msgspec.MsgspecError as problem:
        raise Refused("plan.unreadable", problem=str(problem)) from None


def digest(plan: Plan | bytes) -> bytes:
    """SHA-256 of a plan's bytes. Give the stored bytes where there are some: a newer program may write more."""
    return hashlib.sha256(plan if isinstance(plan, bytes) else to_bytes(plan)).digest()


def load(content: bytes, *, review: bool | None = None) -> Plan:
    """The checked plan in the bytes of a TOML file, as a centre writes it.

    `review` True or False takes the optional review (8.2) in or leaves it out; None does what the file says. What
    does not add up or goes against the standard is refused, with the clause.
    """
    plan = read(content, review=review)
    check(plan)
    return plan


def default_plan(standard: str, level: str, *, review: bool = False) -> Plan:
    """The plan that ships for a standard and level; a centre copies its file and edits it.

    Where none ships, as for a standard that the association has published, it is derived from the pack. A pack that
    comes to no plan: refused.
    """
    found = pack(standard)
    known = found.level(level)
    try:
        content = (PLAN_FILES / f"{standard}.{level}.toml").read_bytes()
    except FileNotFoundError:
        plan = derive(found, known, default_maxima(found, level), review=review)
        if problems(plan):
            raise Refused("plan.none_ships", standard=standard, level=known.name) from None
        return plan
    return load(content, review=review)


def default_maxima(found: Pack, level_id: str) -> dict[str, int]:
    """Requirement number → hundredths, by 7.4.2: a function's weight in equal shares over its skills.

    What can't be shared goes to the first. A standard without weights: the work areas weigh the same, which is an
    own rule and has to be named as one.
    """
    level = found.level(level_id)
    equal = allot(100 * HUNDREDTHS, len(level.functions))
    maxima: dict[str, int] = {}
    for function, share in zip(level.functions, equal, strict=True):
        weight = share if function.skill_weight is None else function.skill_weight * HUNDREDTHS
        shares = allot(weight, len(function.skills))
        maxima.update(zip((line.no for line in function.skills), shares, strict=True))
    return maxima
