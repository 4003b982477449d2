"""How entries have their effect: apply functions, and the derived tables as these see them.

An apply function decides nothing, never refuses and is pure in (entry, tables). Should one fail nevertheless (an entry
of a foreign program, a mistake of ours), the entry is kept without effect and its batch becomes read-only, at receipt
and at replay alike: receipt is never blocked, and no result is worked out from half an effect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select
from sqlalchemy import inspect as sqlalchemy_inspect
from sqlalchemy.exc import DBAPIError

from core.store.engine import explain
from core.store.events import Entry, Event, EventPart, kind_of
from core.store.tables import Derived, UnknownEntry

Apply = Callable[["Tables", Entry, Any, Any], None]
APPLY: dict[str, Apply] = {}
FILL: dict[str, Apply] = {}

_log = logging.getLogger(__name__)


def applies(cls: type[Event]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Enter the function that writes what an event means. One a kind; it decides nothing and never refuses."""
    return _enter(APPLY, cls)


def fills(cls: type[Event]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Enter the function that writes a part which arrives after its entry was applied without it.

    Only for kinds whose part goes to columns or rows that no later entry reads or writes: the tables must then equal a
    replay. Without such a function a late part costs a replay of the whole journal.
    """
    return _enter(FILL, cls)


def _enter(book: dict[str, Apply], cls: type[Event]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    name = kind_of(cls).name

    def enter(function: Callable[..., None]) -> Callable[..., None]:
        if name in book:
            raise ValueError(f"two functions for {name}")
        book[name] = function
        return function

    return enter


class Tables:
    """The derived tables of one connection, as an apply function sees them: pure in (entry, tables).

    Inserts are gathered and written many at once; every other access to a table writes out what waits for it first.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, dict[str, list[tuple[Any, ...]]]] = {}

    def insert(self, model: type[Derived], **values: Any) -> None:
        """Add a row. Columns not named stay null."""
        waiting = self._waiting.setdefault(model.__tablename__, {})
        waiting.setdefault(_insert_sql(model, tuple(values)), []).append(tuple(values.values()))

    def update(self, model: type[Derived], id: Any, **values: Any) -> None:
        """Change the row with this id; no row, no effect."""
        self._flush_table(model.__tablename__)
        self._connection.exec_driver_sql(_update_sql(model, tuple(values)), (*values.values(), id))

    def upsert(self, model: type[Derived], id: Any, **values: Any) -> None:
        """Change the row with this id, or add it."""
        if self.get(model, id) is None:
            self.insert(model, **{_key_column(model): id}, **values)
        else:
            self.update(model, id, **values)

    def delete(self, model: type[Derived], id: Any) -> None:
        """Remove the row with this id; no row, no effect."""
        self._flush_table(model.__tablename__)
        self._connection.exec_driver_sql(_delete_sql(model), (id,))

    def get(self, model: type[Derived], id: Any) -> Row[*tuple[Any, ...]] | None:
        """The row with this id, by column names."""
        self._flush_table(model.__tablename__)
        table = model.__table__
        return self._connection.execute(table.select().where(table.c[_key_column(model)] == id)).first()

    def select(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Rows of derived tables."""
        self.flush()
        return self._connection.execute(statement).all()

    def flush(self) -> None:
        """Write out what was gathered."""
        for table in list(self._waiting):
            self._flush_table(table)

    def discard(self) -> None:
        """Forget what was gathered and not written out."""
        self._waiting = {}

    @contextmanager
    def alternative(self) -> Iterator[None]:
        """What the block writes is written out whole when it ends, or not at all when it raises."""
        self.flush()
        self._connection.exec_driver_sql("SAVEPOINT effects")
        try:
            yield
            self.flush()
        except BaseException:
            self.discard()
            with suppress(DBAPIError):  # a full disk may have undone everything already
                self._connection.exec_driver_sql("ROLLBACK TO effects")
                self._connection.exec_driver_sql("RELEASE effects")
            raise
        self._connection.exec_driver_sql("RELEASE effects")

    def _flush_table(self, table: str) -> None:
        waiting = self._waiting.pop(table, None)
        if waiting:
            for sql, rows in waiting.items():
                self._connection.exec_driver_sql(sql, rows)


@cache
def _key_column(model: type[Derived]) -> str:
    return str(sqlalchemy_inspect(model).primary_key[0].name)


# The names in these statements come from our own models, never from data.


@cache
def _insert_sql(model: type[Derived], names: tuple[str, ...]) -> str:
    unknown = set(names) - {column.name for column in model.__table__.columns}
    if unknown:
        raise ValueError(f"{model.__tablename__} has no {sorted(unknown)}")
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    return f'INSERT INTO "{model.__tablename__}" ({columns}) VALUES ({marks})'  # noqa: S608


@cache
def _update_sql(model: type[Derived], names: tuple[str, ...]) -> str:
    sets = ", ".join(f'"{name}" = ?' for name in names)
    return f'UPDATE "{model.__tablename__}" SET {sets} WHERE "{_key_column(model)}" = ?'  # noqa: S608


@cache
def _delete_sql(model: type[Derived]) -> str:
    return f'DELETE FROM "{model.__tablename__}" WHERE "{_key_column(model)}" = ?'  # noqa: S608


def apply(tables: Tables, entry: Entry, event: Event | None, part: EventPart | None) -> None:
    """Let one entry have its effect. A kind that this program does not know is kept and not applied."""
    if event is None:
        leave_out(tables, entry, "newer")
    else:
        APPLY[entry.kind](tables, entry, event, part)


def leave_out(tables: Tables, entry: Entry, why: str) -> None:
    """Keep an entry without effect, visibly."""
    tables.insert(
        UnknownEntry, id=entry.id, device=entry.device, seq=entry.seq, batch=entry.batch, kind=entry.kind, why=why
    )


def is_the_entrys_fault(problem: Exception, entry: Entry | None = None) -> bool:
    """Whether an effect failed because of what the entry says; the machine's failures (disk full, damage) are not."""
    if isinstance(problem, DBAPIError) and explain(problem) is not None:
        return False
    if entry is not None:
        _log.warning("no effect: %s of device %d, entry %d (%s)", entry.kind, entry.device, entry.seq, type(problem))
    return True
