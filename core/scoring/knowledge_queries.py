"""What may be seen of knowledge scores that two people enter: one's own entry, and the cells that differ."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from core.arrangement.queries import numbers
from core.errors import Refused
from core.people.queries import account
from core.people.roles import Role
from core.scoring.knowledge_state import ROUNDS, Entered, differing_rows, disputed, entered_by
from core.scoring.readers import check_own
from core.scoring.tables import KnowledgeKeying, KnowledgeRule, KnowledgeScore
from core.store import Id, Read


@dataclass(frozen=True)
class KnowledgeEntry:
    """How far a candidate's score is where two people enter it."""

    application: Id
    number: str
    keyed: int
    """How many have entered it: 0 to 2."""
    own: Entered | None = field(repr=False)
    """What the person who asks has entered."""
    differing: tuple[str, ...]
    """Rows, or `total`, in which the two differ; only for who is one of the two."""
    agreed: bool
    """Whether both say the same, so that it counts."""

    @property
    def id(self) -> Id:
        """What it is known by."""
        return self.application


def enters_twice(read: Read, batch: Id) -> bool:
    """Whether the centre has this batch's knowledge scores entered twice by two people."""
    return bool(read.value(select(KnowledgeRule.double).where(KnowledgeRule.id == batch)))


def knowledge_entries(read: Read, person: Id, batch: Id) -> list[KnowledgeEntry]:
    """Every candidate of a batch by number, with this person's own entry and never the other's. `person` is who
    asks."""
    check_own(read, person)
    found = account(read, person)
    if found is None or {Role.MANAGER, Role.INVIGILATOR}.isdisjoint(found.roles):
        raise Refused("knowledge.not_a_keyer")
    number = numbers(read, batch)
    entered = entered_by(read, list(number))
    lines = []
    for application, shown in number.items():
        both = entered.get(application, [])
        own = next((one for one in both if one.keyer == person), None)
        differing = differing_rows(*both) if len(both) == len(ROUNDS) else ()
        agreed = len(both) == len(ROUNDS) and not differing
        lines.append(KnowledgeEntry(application, shown, len(both), own, differing if own is not None else (), agreed))
    return lines


def agreed_entries(read: Read) -> set[Id]:
    """The entries of knowledge scores that two people entered alike: those whose parts may leave this machine."""
    open_again = disputed(read)
    rows = read.rows(
        select(KnowledgeKeying.id, KnowledgeKeying.application).join(
            KnowledgeScore, KnowledgeScore.id == KnowledgeKeying.application
        )
    )
    return {row.id for row in rows if row.application not in open_again}
