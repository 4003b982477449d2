"""SQLCipher through SQLAlchemy: connections, PRAGMAs, the version guard, and what the database's errors mean."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as dbapi
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from core.errors import AppError, EnvironmentFailure, IntegrityFailure, Refused

OLDEST_SQLITE = (3, 51, 3)
"""Older ones have the WAL-reset bug, which loses committed rows."""

STORE_FORMAT = 1
"""Shape of the store file, in `PRAGMA user_version`. A higher one is refused and never touched."""

_PRAGMAS = (
    "synchronous = FULL",
    # On macOS a plain flush leaves the data in the drive's own memory.
    "fullfsync = ON",
    "checkpoint_fullfsync = ON",
    "trusted_schema = OFF",
    "secure_delete = ON",
    "cell_size_check = ON",
    "temp_store = MEMORY",
    "cache_size = -16384",
)

BUSY_MS = 10_000

HARDLY_ANY = 1 << 20
"""With fewer bytes left a disk counts as full: SQLite says only "I/O error" where its helper files can't grow."""

READERS = 4


def check_sqlite() -> None:
    """Refuse a SQLite that loses rows."""
    if dbapi.sqlite_version_info < OLDEST_SQLITE:
        raise EnvironmentFailure(
            "store.sqlite_too_old", found=dbapi.sqlite_version, needed=".".join(map(str, OLDEST_SQLITE))
        )


def refuse_newer(path: Path, key: bytes) -> None:
    """Refuse a store file of a newer program without changing a byte of it, its write-ahead log included.

    An ordinary connection would move the log into the file when it closes.
    """
    shared = path.with_name(path.name + "-shm")
    was_there = shared.exists()
    connection = dbapi.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_MS / 1000)
    try:
        _unlock(connection, key)
    finally:
        connection.close()
        if not was_there:
            shared.unlink(missing_ok=True)


def _unlock(connection: Any, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # what is damaged is said by our own error
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > STORE_FORMAT:
        raise Refused("store.newer_than_program")


def connect(path: Path | str, key: bytes | None) -> Any:
    """One raw connection with every PRAGMA set. `key` is the raw 32-byte store key; None: unencrypted (memory)."""
    connection = dbapi.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, uri=False
    )
    try:
        if key is not None:
            _unlock(connection, key)
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_engine(path: Path | str, key: bytes | None, *, writing: bool) -> Engine:
    """An engine over the store file: one fresh connection for the writer, a small pool for readers.

    Python's driver begins no transaction by itself here (and none ever for DDL), so we say BEGIN.
    """
    engine = create_engine(
        "sqlite://",
        module=dbapi,
        creator=lambda: connect(path, key),
        poolclass=NullPool if writing else QueuePool,
        **({} if writing else {"pool_size": READERS, "max_overflow": READERS}),
    )
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


@contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn the database's own errors into ours: a full disk, a damaged page, a file that is gone."""
    try:
        yield
    except (DBAPIError, dbapi.Error) as problem:
        meant = explain(problem)
        if meant is None:
            raise
        if meant.code == "store.disk_error" and _is_full(home):
            meant = EnvironmentFailure("store.disk_full")
        raise meant from problem


def _is_full(home: Path) -> bool:
    try:
        return shutil.disk_usage(home).free < HARDLY_ANY
    except OSError:
        return False


def explain(problem: DBAPIError | dbapi.Error) -> AppError | None:
    """What a database error means for a person, or None where it is a bug of ours."""
    original = problem.orig if isinstance(problem, DBAPIError) else problem
    code = getattr(original, "sqlite_errorcode", None)
    match (code or 0) & 0xFF:
        case 13:
            return EnvironmentFailure("store.disk_full")
        case 10:
            return EnvironmentFailure("store.disk_error")
        case 11 | 26:
            return IntegrityFailure("store.damaged")
        case 14 | 8:
            return EnvironmentFailure("store.cannot_open")
        case 5 | 6:
            return EnvironmentFailure("store.in_use")
        case _:
            return None
