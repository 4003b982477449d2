"""A plan that somebody is editing, kept on this machine until it is adopted or thrown away. No entry of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import msgspec
from sqlalchemy import delete, insert, select, update

from core.batches.queries import batch as batch_line
from core.batches.queries import plan_digest
from core.batches.tables import PlanDraft
from core.people.permission import permitted
from core.people.roles import Role
from core.standards.plan_draft import Draft
from core.standards.plan_facts import Plan
from core.store import Id, Read, Write

DRAFT_KEPT = "plan_draft.kept"
"""The kind of change that pages hear of; a draft is no entry of the journal."""


class _Written(msgspec.Struct, frozen=True):
    """A draft as it is written down: a share is its numerator and denominator."""

    plan: Plan
    locked: list[str]
    weights: dict[str, int]
    shapes: dict[str, list[tuple[int, int]]]


@dataclass(frozen=True)
class KeptDraft:
    """A person's own draft of a batch's plan."""

    draft: Draft
    saved_at: int
    """UTC milliseconds."""
    overtaken: bool
    """The batch has had another plan since."""


@permitted(Role.MANAGER)
def keep_plan_draft(write: Write, batch: Id, base: str, draft: Draft | None) -> int:
    """Keep one's own draft as it stands now, begun on the plan of digest `base` (hex); None: there is none any more.

    When, in UTC milliseconds. No such batch: refused.
    """
    batch_line(write, batch)
    id = _id(batch, write.actor.id)
    if draft is None:
        write.local(delete(PlanDraft).where(PlanDraft.id == id), DRAFT_KEPT)
        return write.now
    written = _Written(draft.plan, sorted(draft.locked), dict(draft.weights), _shares(draft.shapes))
    values = {"base": base, "draft": msgspec.json.encode(written), "saved_at": write.now}
    if not write.local(update(PlanDraft).where(PlanDraft.id == id).values(**values), DRAFT_KEPT):
        write.local(insert(PlanDraft).values(id=id, **values), DRAFT_KEPT)
    return write.now


def plan_draft(read: Read, account: Id, batch: Id) -> KeptDraft | None:
    """An account's own draft of a batch's plan; None: nothing is kept, or nothing that this program can read."""
    row = read.first(select(PlanDraft).where(PlanDraft.id == _id(batch, account)))
    if row is None:
        return None
    try:
        found = msgspec.json.decode(row.draft, type=_Written)
        shapes = {key: tuple(Fraction(*one) for one in shares) for key, shares in found.shapes.items()}
    except (msgspec.MsgspecError, ZeroDivisionError):
        return None
    draft = Draft(found.plan, frozenset(found.locked), found.weights, shapes)
    return KeptDraft(draft, row.saved_at, row.base != plan_digest(read, batch).hex())


def _shares(shapes: Mapping[str, tuple[Fraction, ...]]) -> dict[str, list[tuple[int, int]]]:
    return {key: [(one.numerator, one.denominator) for one in shares] for key, shares in shapes.items()}


def _id(batch: Id, account: Id) -> str:
    return f"{batch}:{account}"
