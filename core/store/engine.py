"""SQLCipher through SQLAlchemy: connections, PRAGMAs, the version guard, and what the database's errors mean."""

from __future__ import annotations

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

BUSY_MS = 10_000
READERS = 4


def check_sqlite() -> None:
    """Refuse a SQLite that loses rows."""
    if dbapi.sqlite_version_info < OLDEST_SQLITE:
        raise EnvironmentFailure(
            "store.sqlite_too_old", found=dbapi.sqlite_version, needed=".".join(map(str, OLDEST_SQLITE))
        )


def connect(path: Path | str, key: bytes | None) -> Any:
    """One raw connection with every PRAGMA set. `key` is the raw 32-byte store key; None opens an unencrypted one (memory)."""
    connection = dbapi.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, uri=False
    )
    cursor = connection.cursor()
    if key is not None:
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        (found,) = cursor.execute("PRAGMA user_version").fetchone()
        if found > STORE_FORMAT:
            connection.close()
            raise Refused("store.newer_than_program")
    cursor.execute("PRAGMA journal_mode = WAL").fetchone()
    for pragma in (
        "synchronous = FULL",
        "trusted_schema = OFF",
        "secure_delete = ON",
        "cell_size_check = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
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
def explained() -> Iterator[None]:
    """Turn the database's own errors into ours: a full disk, a damaged page, a file that is gone."""
    try:
        yield
    except (DBAPIError, dbapi.Error) as problem:
        meant = explain(problem)
        if meant is None:
            raise
        raise meant from problem


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
