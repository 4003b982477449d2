"""The journal for people to look at: who did what and when, the newest first, without parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from core.store.events import Body, Id, decode_body, make_id
from core.store.journal import Read
from core.store.tables import BackupMade


@dataclass(frozen=True)
class EntryLine:
    """One entry, without what it says: that is the parts' and the tables' affair."""

    device: int
    seq: int
    at: int
    """UTC milliseconds."""
    actor: Id
    second: Id
    batch: Id
    kind: str

    @property
    def id(self) -> Id:
        """The id of what it created, if it created something."""
        return make_id(self.device, self.seq)


@dataclass(frozen=True)
class BackupLine:
    """A backup that was made from here."""

    at: int
    entries: int


def entries(
    read: Read, offset: int, limit: int, *, actor: Id | None = None, kinds: frozenset[str] = frozenset()
) -> tuple[list[EntryLine], int]:
    """A page of entries, the newest first, and how many there are; of one person (as first or second), of some kinds.

    An entry that can't be read is passed over here: `verify` says so.
    """
    if actor is None and not kinds:
        total: int = read.connection.exec_driver_sql("SELECT count(*) FROM journal").scalar() or 0
        return list(_lines(read, "LIMIT ? OFFSET ?", (limit, offset))), total
    found = [
        line
        for line in _lines(read)
        if (actor is None or actor in (line.actor, line.second)) and (not kinds or line.kind in kinds)
    ]
    return found[offset : offset + limit], len(found)


def kinds_there(read: Read) -> list[str]:
    """Every kind of entry that the journal holds."""
    return sorted({line.kind for line in _lines(read)})


def backups_made(read: Read, limit: int = 10) -> list[BackupLine]:
    """The newest backups that were made from here."""
    rows = read.rows(select(BackupMade.at, BackupMade.entries).order_by(BackupMade.at.desc()).limit(limit))
    return [BackupLine(row.at, row.entries) for row in rows]


def _lines(read: Read, more: str = "", values: tuple[int, ...] = ()) -> Iterator[EntryLine]:
    rows = read.connection.exec_driver_sql(f"SELECT body FROM journal ORDER BY arrival DESC {more}", values)  # noqa: S608 - our own words
    for (data,) in rows:
        try:
            body: Body = decode_body(data)
        except msgspec.DecodeError:
            continue
        yield EntryLine(body.device, body.seq, body.at, body.actor, body.second, body.batch, body.kind)
