"""What stands in a home and in its store file beside the journal: lock, leftovers, facts, and where the journal is."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from sqlalchemy import Connection, select

from core.errors import EnvironmentFailure, IntegrityFailure
from core.store.events import decode_body
from core.store.files import explained_os
from core.store.journal import Head
from core.store.keys import STORE_FILE
from core.store.replay import own_chain
from core.store.tables import LOCAL_STEPS, Derived, Meta, UnknownEntry, derived_fingerprint

LOCK_FILE = "lock"
NEW_FILE = STORE_FILE + ".new"
"""A store file that is being made; it takes its name when all of it is on the disk."""

RECENT = 64
"""So many last entries are looked at for the latest time said."""


def sweep(home: Path) -> None:
    """Remove what an interrupted founding, restore or backup left in a home; its lock is held."""
    for left in (home / NEW_FILE, home / (NEW_FILE + "-wal"), home / (NEW_FILE + "-shm")):
        with suppress(OSError):
            left.unlink(missing_ok=True)
    for folder in home.glob("backup-*"):
        shutil.rmtree(folder, ignore_errors=True)


def take_local_steps(connection: Connection, done: int) -> None:
    """Take the local tables of an older program's store to where this program has them."""
    for statement in LOCAL_STEPS[done:]:
        connection.exec_driver_sql(statement)
    put_meta(connection, "local_steps", str(len(LOCAL_STEPS)).encode())


def put_made_with(connection: Connection) -> None:
    """Note with what the derived tables were made."""
    put_meta(connection, "derived", derived_fingerprint())
    put_meta(connection, "derived_tables", json.dumps(sorted(Derived.metadata.tables)).encode())


def hold(home: Path) -> FileLock:
    """The machine-wide lock of a home. Held elsewhere: exit 3."""
    # Whichever thread opened the store, any may close it.
    lock = FileLock(home / LOCK_FILE, thread_local=False)
    with explained_os(home):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise EnvironmentFailure("store.open_elsewhere", home=str(home)) from None
    return lock


def read_meta(connection: Connection) -> dict[str, bytes]:
    """The facts of a store file. One without them is damaged: exit 4."""
    found = {row.name: bytes(row.value) for row in connection.execute(select(Meta))}
    if not {"device", "centre", "derived", "derived_tables", "local_steps"} <= set(found):
        raise IntegrityFailure("store.damaged")
    return found


def put_meta(connection: Connection, name: str, value: bytes) -> None:
    """Set a fact of this store file."""
    connection.exec_driver_sql("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def read_head(connection: Connection, device: int) -> Head:
    """Where the journal of an opened store stands."""
    last = connection.exec_driver_sql(
        "SELECT seq, hash FROM journal WHERE device = ? ORDER BY seq DESC LIMIT 1", (device,)
    ).first()
    arrival = connection.exec_driver_sql("SELECT max(arrival) FROM journal").scalar() or 0
    if last is None:
        raise IntegrityFailure("store.damaged")
    said: list[int] = []
    for own, _ in reversed(own_chain(connection, device)):
        recent = connection.exec_driver_sql(
            "SELECT body FROM journal WHERE device = ? ORDER BY seq DESC LIMIT ?", (own, RECENT)
        )
        for (data,) in recent.all():
            try:
                body = decode_body(data)
            except msgspec.DecodeError:
                continue  # somebody changed it: `verify` says so, and must be able to
            said.append(body.at)
            if body.kind == "clock.confirmed":
                break
        else:
            if len(said) < RECENT:
                continue
        break
    return Head(
        last.seq, bytes(last.hash), arrival, max(said, default=0), frozen_batches(connection), said[0] if said else 0
    )


def frozen_batches(connection: Connection) -> frozenset[int]:
    """Batches that hold entries which have no effect here."""
    found = connection.execute(select(UnknownEntry.batch).where(UnknownEntry.batch != 0).distinct())
    return frozenset(found.scalars())
