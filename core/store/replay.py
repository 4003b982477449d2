"""Working the derived tables out of the journal again, and comparing them with what stands on the disk.

Replay walks the own chain (through the devices that this one was restored from) and applies a foreign device's entries
where they were received: one order, hashed and signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

import msgspec
from sqlalchemy import Connection

from core.errors import IntegrityFailure
from core.store.basics import DeviceReceived, DeviceRestored
from core.store.effects import Tables, apply, is_the_entrys_fault, leave_out
from core.store.engine import make_engine
from core.store.events import Body, Event, decode_body, decode_event, decode_part, entry_of
from core.store.tables import JOURNAL_TABLES, Derived, schema_sql

_RECEIVED = "device.received"

TOGETHER = 500
"""So many entries have their effect under one savepoint; only where one of them fails does each get its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry in the order of replay."""

    body: Body
    data: bytes
    hash: bytes
    part: bytes | None


def own_chain(connection: Connection, device: int) -> list[tuple[int, int | None]]:
    """The devices that make up this store's own chain, first to last, each with its last entry (None: it goes on)."""
    found: list[tuple[int, int | None]] = [(device, None)]
    seen = {device}
    while True:
        row = connection.exec_driver_sql(
            "SELECT body FROM journal WHERE device = ? AND seq = 1", (found[0][0],)
        ).first()
        if row is None:
            return found
        event = _understood(found[0][0], 1, row.body)[1]
        if not isinstance(event, DeviceRestored) or event.device in seen:
            return found
        seen.add(event.device)
        found.insert(0, (event.device, event.seq))


def walk(connection: Connection, device: int) -> Iterator[Step]:
    """Every entry in the order of replay. One that can't be read: exit 4."""
    received: dict[int, int] = {}
    for own, last in own_chain(connection, device):
        for step in _entries(connection, own, 1, last):
            if step.body.kind == _RECEIVED:
                event = _understood(own, step.body.seq, step.data)[1]
                if isinstance(event, DeviceReceived):
                    yield from _entries(connection, event.device, received.get(event.device, 0) + 1, event.seq)
                    received[event.device] = event.seq
            yield step


def _entries(connection: Connection, device: int, first: int, last: int | None) -> Iterator[Step]:
    found = connection.exec_driver_sql(
        "SELECT j.seq, j.body, j.hash, p.bytes FROM journal j LEFT JOIN parts p USING (device, seq) "
        "WHERE j.device = ? AND j.seq >= ? AND j.seq <= ? ORDER BY j.seq",
        (device, first, last if last is not None else 1 << 62),
    )
    for seq, data, hash_, part in found:
        try:
            body = decode_body(data)
        except msgspec.DecodeError:
            raise unreadable(device, seq) from None
        yield Step(body, data, hash_, part)


def _understood(device: int, seq: int, data: bytes) -> tuple[Body, Event | None]:
    try:
        body = decode_body(data)
        return body, decode_event(body)
    except msgspec.DecodeError:
        raise unreadable(device, seq) from None


def unreadable(device: int, seq: int) -> IntegrityFailure:
    """Somebody changed an entry so that it is none any more."""
    return IntegrityFailure("journal.unreadable", device=device, seq=seq)


def apply_steps(tables: Tables, steps: Iterable[Step], own: set[int]) -> int:
    """Let entries have their effect, in order; their number. One whose effect fails is left out, the others are not.

    The outcome is that of one savepoint an entry, whatever stood together.
    """
    count, waiting = 0, iter(steps)
    while together := list(islice(waiting, TOGETHER)):
        count += len(together)
        try:
            with tables.alternative():
                for step in together:
                    _apply_step(tables, step, own)
        except Exception as problem:  # an effect may fail in any way, and must not block receipt or replay
            if not is_the_entrys_fault(problem):
                raise
            for step in together:
                _apply_alone(tables, step, own)
    return count


def _apply_alone(tables: Tables, step: Step, own: set[int]) -> None:
    entry = entry_of(step.body)
    try:
        with tables.alternative():
            _apply_step(tables, step, own)
    except Exception as problem:  # as above
        if not is_the_entrys_fault(problem, entry):
            raise
        leave_out(tables, entry, "failed")


def _apply_step(tables: Tables, step: Step, own: set[int]) -> None:
    body = step.body
    if body.kind == _RECEIVED and body.device not in own:
        return  # what other devices received has no effect here
    apply(tables, entry_of(body), decode_event(body), decode_part(body.kind, step.part))


def replay(connection: Connection, device: int, target: Connection) -> int:
    """Apply the whole journal to the (empty) derived tables of `target`; the number of entries."""
    tables = Tables(target)
    own = {one for one, _ in own_chain(connection, device)}
    count = apply_steps(tables, walk(connection, device), own)
    tables.flush()
    return count


def make_derived(connection: Connection) -> None:
    """Create the derived tables."""
    for statement in schema_sql(Derived):
        connection.exec_driver_sql(statement)


def rebuild(connection: Connection, device: int, stale: frozenset[str] = frozenset()) -> int:
    """Drop the derived tables (and `stale` ones of an older program) and replay the journal into new ones."""
    for name in sorted(stale | set(Derived.metadata.tables)):
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
    make_derived(connection)
    return replay(connection, device, connection)


def compare(connection: Connection, device: int) -> tuple[int, list[str]]:
    """How many derived tables there are, and the names of those that differ from a replay: rows, columns, being there.

    A journal that can't be replayed is itself named.
    """
    differing = _schema_differs(connection)
    engine = make_engine(":memory:", None, writing=True)
    with engine.connect() as fresh:
        make_derived(fresh)
        try:
            replay(connection, device, fresh)
        except IntegrityFailure:
            return len(Derived.metadata.tables), sorted({"journal", *differing})
        for name, table in sorted(Derived.metadata.tables.items()):
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            query = f'SELECT {columns} FROM "{name}" ORDER BY {keys}'  # noqa: S608 - our own models
            if name not in differing and _differs(connection, fresh, query):
                differing.append(name)
    engine.dispose()
    return len(Derived.metadata.tables), sorted(set(differing))


def _differs(connection: Connection, fresh: Connection, query: str) -> bool:
    here, there = connection.exec_driver_sql(query), fresh.exec_driver_sql(query)
    return any(
        one is None or other is None or not _same(tuple(one), tuple(other)) for one, other in zip_longest(here, there)
    )


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one == other and [type(value) for value in one] == [type(value) for value in other]


def _schema_differs(connection: Connection) -> list[str]:
    """Tables that stand otherwise than we make them, and anything that could act behind our back (triggers, views)."""
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    found: dict[str, str] = {row.name: row.sql for row in rows}
    expected = {_name_of(sql): sql for sql in schema_sql(Derived)}
    wrong = [name for name, sql in expected.items() if _flat(found.get(name, "")) != _flat(sql)]
    ours = {_name_of(sql): sql for sql in JOURNAL_TABLES}
    wrong += [name for name, sql in ours.items() if _flat(found.get(name, "")) != _flat(sql)]
    acting = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')")
    wrong += [name for (name,) in acting if name not in ours]
    return wrong


def _name_of(sql: str) -> str:
    words = sql.replace('"', "").replace("(", " ").split()
    return words[2]


def _flat(sql: str) -> str:
    return "".join(sql.split())
