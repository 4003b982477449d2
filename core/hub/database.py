"""The hub's database: PostgreSQL, or SQLite to try it out. The one place that opens and commits its transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError

from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.hub.tables import EVERYWHERE, facts
from core.hub.understood import EVERY_TABLE
from core.store.engine import check_sqlite, explained, make_engine

FILE: Final = "hub.db"
"""The database of a hub that names none."""
MOST_PARTITIONS: Final = 256
CONNECT_SECONDS: Final = 10
LOCK_SECONDS: Final = 30
"""So long a transaction waits for another one's lock; then it is refused, and nothing of it is kept."""
STUCK_SECONDS: Final = 120
"""A transaction that says nothing for so long is given up by the server: its process, or the line to it, is gone."""
_MAKING: Final = 0x5A4B_4855_42
"""The lock of whoever makes tables."""
_KEY: Final = "hub_key"
_OURS: Final = {
    "store.damaged": "hub.database_damaged",
    "store.cannot_open": "hub.database_cannot_open",
    "store.in_use": "hub.database_in_use",
}
"""What goes wrong with SQLite's file, in words of the hub: a centre's data file is another thing."""


class Database:
    """An open database. Each process has its own; transactions of many meet in it."""

    def __init__(self, home: Path, url: str | None) -> None:
        self._home = home
        parsed = None if not url else _parse(url)
        if parsed is None or parsed.get_backend_name() == "sqlite":
            check_sqlite()
            path = parsed.database if parsed is not None else str(home / FILE)
            if not path or path == ":memory:":
                raise Refused("hub.bad_database")
            self._writing = make_engine(path, None, writing=True)
            self._reading = make_engine(path, None, writing=False)
        else:
            self._writing = _server(parsed)
            self._reading = self._writing.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is on the disk when the block ends, or nothing where it raises."""
        with self._said(), self._writing.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: all of it the state of one moment."""
        with self._said(), self._reading.connect() as connection, connection.begin():
            yield connection

    def make(self, hub_key: bytes, partitions: int | None = None) -> None:
        """Make what tables are missing; a database of another hub: refused.

        On PostgreSQL each table may be spread by centre over so many partitions.
        """
        if partitions is not None and self._writing.dialect.name != "postgresql":
            raise Refused("hub.bad_partitions", most=MOST_PARTITIONS)
        if partitions is not None and not 2 <= partitions <= MOST_PARTITIONS:
            raise Refused("hub.bad_partitions", most=MOST_PARTITIONS)
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":  # several processes of a younger program may begin at once
                connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
            if partitions is None:
                EVERY_TABLE.create_all(connection)
            else:
                _make_partitioned(connection, partitions)
            known = connection.execute(select(facts.c.value).where(facts.c.name == _KEY)).scalar()
            if known is None:
                connection.execute(facts.insert().values(centre=EVERYWHERE, name=_KEY, value=hub_key))
            elif bytes(known) != hub_key:
                raise Refused("hub.database_of_another")

    def check(self, hub_key: bytes) -> None:
        """Refuse a database that is not this hub's: exit 4. Tables that an older program did not have are made."""
        try:
            with self.reading() as connection:
                known = connection.execute(select(facts.c.value).where(facts.c.name == _KEY)).scalar()
                lacks = set(EVERY_TABLE.tables) - set(inspect(connection).get_table_names())
                partitions = _partitions(connection)
        except DBAPIError:  # no such table
            raise EnvironmentFailure("hub.database_empty") from None
        if known is None or bytes(known) != hub_key:
            raise IntegrityFailure("hub.database_of_another")
        if lacks:
            self.make(hub_key, partitions)

    def close(self) -> None:
        """Give the connections back."""
        self._writing.dispose()
        self._reading.dispose()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            with explained(self._home):
                yield
        except (EnvironmentFailure, IntegrityFailure) as problem:
            if problem.code not in _OURS:
                raise
            raise type(problem)(_OURS[problem.code]) from problem
        except DBAPIError as problem:
            if problem.connection_invalidated or _is_about_the_link(problem):
                raise EnvironmentFailure("hub.no_database") from problem
            if _state(problem)[:2] in _OF_OTHERS:
                raise EnvironmentFailure("hub.database_in_use") from problem
            raise


def _partitions(connection: Connection) -> int | None:
    """Over how many partitions the tables are spread; None where they are not."""
    if connection.dialect.name != "postgresql":
        return None
    spread = text("SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass(:table)")
    return connection.execute(spread, {"table": facts.name}).scalar() or None


def _make_partitioned(connection: Connection, partitions: int) -> None:
    """The same tables, each spread over `partitions` by a hash of the centre."""
    spread = MetaData()
    for table in EVERY_TABLE.tables.values():
        made = table.to_metadata(spread)
        made.dialect_options["postgresql"]["partition_by"] = "HASH (centre)"
    known = set(inspect(connection).get_table_names())
    spread.create_all(connection)
    for name in set(spread.tables) - known:
        for number in range(partitions):
            connection.execute(
                text(
                    f'CREATE TABLE "{name}_{number}" PARTITION OF "{name}" '
                    f"FOR VALUES WITH (MODULUS {partitions}, REMAINDER {number})"
                )
            )


def put_new(connection: Connection, table: Table, **values: Any) -> None:
    """Insert a row, but where one with its key stands already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


def put(connection: Connection, table: Table, row: dict[str, Any], columns: Collection[str]) -> None:
    """Insert a row, or set these columns of the one that has its key."""
    connection.execute(_upsert(connection.dialect.name, table, frozenset(columns)), row)


@cache
def _upsert(dialect_name: str, table: Table, columns: frozenset[str]) -> Executable:
    """Built once: making the statement costs more than the database takes to do it."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    fresh = dialect.insert(table)
    kept = {name: fresh.excluded[name] for name in columns}
    found: Executable = fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=kept)
    return found


def _parse(url: str) -> Any:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Refused("hub.bad_database") from None
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("postgresql", "sqlite"):
        raise Refused("hub.bad_database")
    return parsed


def _server(url: Any) -> Engine:
    # Of a server without an encoding the driver would think that its texts are bytes.
    usual = {"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"}
    asked = {name: value for name, value in usual.items() if name not in url.query}
    try:
        # Parameters may be personal data, which an error's text must not carry anywhere.
        engine = create_engine(
            url, pool_pre_ping=True, hide_parameters=True, isolation_level="READ COMMITTED", connect_args=asked
        )
    except (ModuleNotFoundError, NoSuchModuleError):
        raise EnvironmentFailure("hub.driver_missing") from None
    event.listen(engine, "connect", _insist)
    return engine


def _insist(connection: Any, _: Any) -> None:
    """What the hub relies on, however the server is set: a receipt is for what is on the disk, and nobody waits
    for ever for a process that is gone."""
    for name, value in (
        ("lock_timeout", f"{LOCK_SECONDS}s"),
        ("idle_in_transaction_session_timeout", f"{STUCK_SECONDS}s"),
    ):
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    durable = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    connection.execute(durable)
    connection.commit()


_LINK: Final = ("08", "53", "57")
"""Classes of states in which the server couldn't be reached or asked to go on."""
_READ_ONLY: Final = "25006"
"""A stand-by that does not take anything: the server to ask is another one now."""
_OF_OTHERS: Final = ("40", "55")
"""Classes in which another transaction was in the way."""


def _is_about_the_link(problem: DBAPIError) -> bool:
    """Whether the server couldn't be reached or asked to go on. It says no state where it couldn't be asked at all;
    nor does the driver, where it does not pass on what it was given."""
    if not type(problem.orig).__module__.startswith("psycopg") or isinstance(problem, DataError):
        return False
    state = _state(problem)
    return not state or state == _READ_ONLY or state[:2] in _LINK


def _state(problem: DBAPIError) -> str:
    """PostgreSQL's code of what went wrong; empty where there is none."""
    return getattr(problem.orig, "sqlstate", None) or ""
