"""Knowledge scores entered twice by two people, where the centre wants it so."""

from __future__ import annotations

from collections.abc import Sequence

from core.batches.queries import open_batch
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.registration.queries import batch_of
from core.scoring.commands import checked_knowledge, record_knowledge
from core.scoring.events import KnowledgeDoubleEntrySet, KnowledgeKeyed
from core.scoring.knowledge_queries import enters_twice
from core.scoring.knowledge_state import ROUNDS, Entered, differing_rows, entries_of
from core.store import Id, Write


@permitted(Role.MANAGER)
def set_double_entry(write: Write, batch: Id, on: bool) -> None:
    """Have a batch's knowledge scores entered twice by two people, or by one. Scores that are there stay."""
    open_batch(write, batch)
    if enters_twice(write, batch) != on:
        write.record(KnowledgeDoubleEntrySet(batch, on), batch=batch)


@permitted(Role.MANAGER, Role.INVIGILATOR)
def key_knowledge(
    write: Write, application: Id, total: int | None = None, rows: Sequence[tuple[str, int]] = ()
) -> tuple[str, ...] | None:
    """Enter a candidate's knowledge score as one of two people; the rows in which both differ, None while this is the
    first. Where they agree the score counts.

    Refused: a batch that has it entered once, a third person, and what no score can be.
    """
    if not enters_twice(write, batch_of(write, application)):
        raise Refused("knowledge.single_entry")
    points = checked_knowledge(write, application, total, rows)
    me = write.actor.id
    before = entries_of(write, application)
    mine = next((one for one in before if one.keyer == me), None)
    other = next((one for one in before if one.keyer != me), None)
    round = mine.round if mine else next((one for one in ROUNDS if all(one != two.round for two in before)), 0)
    if not round:
        raise Refused("knowledge.keyed_by_two")
    now = Entered(me, round, points, tuple(rows))
    if mine is None or (mine.total, dict(mine.rows)) != (now.total, dict(now.rows)):
        part = KnowledgeKeyed.Part(points, list(rows))
        write.record(KnowledgeKeyed(application, round), part, batch=batch_of(write, application))
    if other is None or other.total is None:
        return None
    differing = differing_rows(now, other)
    if not differing:
        record_knowledge(write, application, points, rows or other.rows)
    return differing
