"""Working the derived tables out of the journal again, and comparing them with what stands on the disk.

Replay walks the own chain (through the devices that this one was restored from) and applies a foreign device's entries where
they were received: one order, hashed and signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection

from core.store.basics import DeviceReceived, DeviceRestored
from core.store.engine import make_engine
from core.store.events import Body, decode_body, decode_event, decode_part, entry_of
from core.store.tables import JOURNAL_TABLES, Derived, Tables, apply, schema_sql

_RECEIVED, _RESTORED = "device.received", "device.restored"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry in the order of replay."""

    arrival: int
    body: Body
    data: bytes
    hash: bytes
    part: bytes | None


def own_chain(connection: Connection, device: int) -> list[tuple[int, int | None]]:
    """The devices whose entries make up this store's own chain, first to last, each with where it ends (None: goes on)."""
    found: list[tuple[int, int | None]] = [(device, None)]
    seen = {device}
    while True:
        row = connection.exec_driver_sql(
            "SELECT body FROM journal WHERE device = ? AND seq = 1", (found[0][0],)
        ).first()
        if row is None:
            return found
        event = decode_event(decode_body(row.body))
        if not isinstance(event, DeviceRestored) or event.device in seen:
            return found
        seen.add(event.device)
        found.insert(0, (event.device, event.seq))


def walk(connection: Connection, device: int) -> Iterator[Step]:
    """Every entry in the order of replay."""
    received: dict[int, int] = {}
    for own, last in own_chain(connection, device):
        for step in _entries(connection, own, 1, last):
            if step.body.kind == _RECEIVED:
                event = decode_event(step.body)
                if isinstance(event, DeviceReceived):
                    yield from _entries(connection, event.device, received.get(event.device, 0) + 1, event.seq)
                    received[event.device] = event.seq
            yield step


def _entries(connection: Connection, device: int, first: int, last: int | None) -> Iterator[Step]:
    found = connection.exec_driver_sql(
        "SELECT j.arrival, j.body, j.hash, p.bytes FROM journal j LEFT JOIN parts p USING (device, seq) "
        "WHERE j.device = ? AND j.seq >= ? AND j.seq <= ? ORDER BY j.seq",
        (device, first, last if last is not None else 1 << 62),
    )
    for arrival, body, hash_, part in found:
        yield Step(arrival, decode_body(body), body, hash_, part)


def apply_step(tables: Tables, step: Step, device_is_own: bool) -> None:
    """Let one entry of the journal have its effect. What other devices received has none here."""
    if step.body.kind == _RECEIVED and not device_is_own:
        return
    apply(tables, entry_of(step.body), decode_event(step.body), decode_part(step.body.kind, step.part))


def replay(connection: Connection, device: int, target: Connection) -> int:
    """Apply the whole journal to the (empty) derived tables of `target`; the number of entries."""
    tables = Tables(target)
    own = {one for one, _ in own_chain(connection, device)}
    count = 0
    for step in walk(connection, device):
        apply_step(tables, step, step.body.device in own)
        count += 1
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
    """How many derived tables there are, and the names of those that differ from a replay (rows, columns or being there)."""
    differing = []
    engine = make_engine(":memory:", None, writing=True)
    with engine.connect() as fresh:
        make_derived(fresh)
        replay(connection, device, fresh)
        differing += _schema_differs(connection)
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
    found = {
        name: sql
        for name, sql in connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
    }
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
