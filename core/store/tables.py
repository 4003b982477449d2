"""The three kinds of tables, and how apply functions write the derived ones.

Derived tables are worked out from the journal and can be replayed at will: no UNIQUE and no FOREIGN KEY but their id. Local
tables (drafts, PIN verifiers, settings of this machine) are never replayed, sent or exported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, Row, Select
from sqlalchemy import inspect as sqlalchemy_inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable

from core.store.events import KINDS, Entry, Event, EventPart

APPLY_VERSION = 1
"""Raised when an apply function writes something else from the same entry, so that old stores are replayed on opening."""


class Derived(DeclarativeBase):
    """Base of every table that is worked out from the journal."""


class Local(DeclarativeBase):
    """Base of every table of this machine alone."""

    backed_up: ClassVar[bool] = True
    """False for keys, PINs and throttling, which no backup holds."""


JOURNAL_TABLES = (
    """CREATE TABLE journal (arrival INTEGER PRIMARY KEY, device INTEGER NOT NULL, seq INTEGER NOT NULL,
        body BLOB NOT NULL, hash BLOB NOT NULL, UNIQUE (device, seq)) STRICT""",
    """CREATE TABLE parts (device INTEGER NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (device, seq)) STRICT""",
    """CREATE TABLE seals (device INTEGER NOT NULL, seq INTEGER NOT NULL, signature BLOB NOT NULL,
        PRIMARY KEY (device, seq)) STRICT""",
    "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER parts_no_update BEFORE UPDATE ON parts BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER seals_no_update BEFORE UPDATE ON seals BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals BEGIN SELECT RAISE(ABORT, 'append only'); END",
)
"""The tables that never change shape."""

_T = TypeVar("_T", bound=type[Derived])
Apply = Callable[["Tables", Entry, Any, Any], None]
APPLY: dict[str, Apply] = {}
_E = TypeVar("_E", bound=Event)


def applies(cls: type[Event]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Enter the function that writes what an event means. One a kind; it decides nothing and never refuses."""
    from core.store.events import kind_of

    name = kind_of(cls).name

    def enter(function: Callable[..., None]) -> Callable[..., None]:
        if name in APPLY:
            raise ValueError(f"two apply functions for {name}")
        APPLY[name] = function
        return function

    return enter


class Tables:
    """The derived tables of one connection, as an apply function sees them: pure in (entry, tables).

    Inserts are gathered and written many at once; every other access writes them out first.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[Any, ...]] = []
        self._waiting_sql = ""

    def insert(self, model: type[Derived], **values: Any) -> None:
        """Add a row. Columns not named stay null."""
        sql = _insert_sql(model, tuple(values))
        if sql != self._waiting_sql:
            self.flush()
            self._waiting_sql = sql
        self._waiting.append(tuple(values.values()))

    def update(self, model: type[Derived], id: Any, **values: Any) -> None:
        """Change the row with this id; no row, no effect."""
        self.flush()
        names = tuple(values)
        table = model.__tablename__
        key = _key_column(model)
        sets = ", ".join(f'"{name}" = ?' for name in names)
        sql = f'UPDATE "{table}" SET {sets} WHERE "{key}" = ?'  # noqa: S608 - names come from our own models
        self._connection.exec_driver_sql(sql, (*values.values(), id))

    def upsert(self, model: type[Derived], id: Any, **values: Any) -> None:
        """Change the row with this id, or add it."""
        if self.get(model, id) is None:
            self.insert(model, **{_key_column(model): id}, **values)
        else:
            self.update(model, id, **values)

    def delete(self, model: type[Derived], id: Any) -> None:
        """Remove the row with this id; no row, no effect."""
        self.flush()
        sql = f'DELETE FROM "{model.__tablename__}" WHERE "{_key_column(model)}" = ?'  # noqa: S608
        self._connection.exec_driver_sql(sql, (id,))

    def get(self, model: type[Derived], id: Any) -> Row[Any] | None:
        """The row with this id, by column names."""
        self.flush()
        table = model.__table__
        return self._connection.execute(table.select().where(table.c[_key_column(model)] == id)).first()

    def select(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """Rows of derived tables."""
        self.flush()
        return self._connection.execute(statement).all()

    def flush(self) -> None:
        """Write out what was gathered."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._connection.exec_driver_sql(self._waiting_sql, waiting)
        self._waiting_sql = ""


def _key_column(model: type[Derived]) -> str:
    return str(sqlalchemy_inspect(model).primary_key[0].name)


_insert_statements: dict[tuple[type[Derived], tuple[str, ...]], str] = {}


def _insert_sql(model: type[Derived], names: tuple[str, ...]) -> str:
    found = _insert_statements.get((model, names))
    if found is None:
        unknown = set(names) - {column.name for column in model.__table__.columns}
        if unknown:
            raise ValueError(f"{model.__tablename__} has no {sorted(unknown)}")
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" for _ in names)
        found = f'INSERT INTO "{model.__tablename__}" ({columns}) VALUES ({marks})'  # noqa: S608
        _insert_statements[(model, names)] = found
    return found


def apply(tables: Tables, entry: Entry, event: Event | None, part: EventPart | None) -> None:
    """Let one entry have its effect. A kind that this program does not know is kept and not applied."""
    if event is None:
        tables.insert(UnknownEntry, id=entry.id, device=entry.device, seq=entry.seq, batch=entry.batch, kind=entry.kind)
        return
    APPLY[entry.kind](tables, entry, event, part)


class UnknownEntry(Derived):
    """An entry whose kind or version is newer than the program. Its batch is read-only until an update."""

    __tablename__ = "unknown_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[int]
    seq: Mapped[int]
    batch: Mapped[int]
    kind: Mapped[str]


class Meta(Local):
    """Facts of this store file: whose device it is, what its derived tables were made with."""

    __tablename__ = "meta"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]


class Secret(Local):
    """Private keys of this machine. No backup holds them."""

    __tablename__ = "secrets"
    backed_up = False
    name: Mapped[str] = mapped_column(primary_key=True)
    bytes: Mapped[bytes]


class DoneWrite(Local):
    """A write that carried an idempotency key, and what it answered: said twice it is done once."""

    __tablename__ = "done_writes"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    answer: Mapped[bytes]


class BackupMade(Local):
    """A backup of this store: an outside witness of its heads."""

    __tablename__ = "backups_made"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]
    entries: Mapped[int]
    heads: Mapped[bytes]


def schema_sql(base: type[DeclarativeBase]) -> list[str]:
    """The statements that make a base's tables, in a fixed order."""
    statements = []
    for name in sorted(base.metadata.tables):
        table = base.metadata.tables[name]
        statements.append(str(CreateTable(table)).strip())
        statements.extend(
            str(CreateIndex(index)).strip() for index in sorted(table.indexes, key=lambda index: str(index.name))
        )
    return statements


def derived_fingerprint() -> bytes:
    """Changes whenever the derived tables would come out otherwise: other columns, other kinds, other effects."""
    known = [f"{kind.name}:{kind.version}" for _, kind in sorted(KINDS.items())]
    text = "\n".join([str(APPLY_VERSION), *known, *schema_sql(Derived)])
    return hashlib.sha256(text.encode()).digest()
