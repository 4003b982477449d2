"""The three kinds of tables: the journal, what is worked out from it, and what is of this machine alone.

Derived tables can be replayed at will: no UNIQUE and no FOREIGN KEY but their id. Local tables (drafts, PIN verifiers,
settings of this machine) are never replayed, sent or exported.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable

from core.store.events import KINDS

APPLY_VERSION = 1
"""Raised when an apply function writes something else from the same entry: opening then replays old stores."""

LOCAL_STEPS: list[str] = []
"""Numbered changes of local tables, oldest first and only ever appended; each a statement that older stores need.

A new table needs none (it is made on opening), a new column does. A new store starts behind the last one.
"""


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
    """CREATE TRIGGER parts_no_delete BEFORE DELETE ON parts WHEN NOT EXISTS
        (SELECT 1 FROM erased_parts WHERE device = OLD.device AND seq = OLD.seq)
        BEGIN SELECT RAISE(ABORT, 'append only'); END""",
    "CREATE TRIGGER seals_no_update BEFORE UPDATE ON seals BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "CREATE TRIGGER seals_no_delete BEFORE DELETE ON seals BEGIN SELECT RAISE(ABORT, 'append only'); END",
)
"""The tables that never change shape."""


class UnknownEntry(Derived):
    """An entry that is kept but has no effect here. Its batch is read-only until the program is updated."""

    __tablename__ = "unknown_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[int]
    seq: Mapped[int]
    batch: Mapped[int]
    kind: Mapped[str]
    why: Mapped[str]
    """`newer`: kind or version of a newer program; `failed`: its effect could not be worked out."""


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
