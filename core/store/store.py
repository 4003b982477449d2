"""The store: one encrypted file in a home folder, opened by one program at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, select

from core.errors import EnvironmentFailure, IntegrityFailure
from core.store import keys as store_keys
from core.store.actors import THE_PROGRAM, Actors
from core.store.engine import check_sqlite, explained, make_engine
from core.store.events import decode_body
from core.store.journal import Head, Own, Read, Write, decode_answer, encode_answer
from core.store.replay import compare, rebuild
from core.store.tables import Derived, DoneWrite, Local, Meta, Secret, UnknownEntry, derived_fingerprint
from core.store.verify import HeadAt, Verified, heads, verify
from core.store.witnesses import known_heads
from core.store.writer import Writer

STORE_FILE = "store.db"
LOCK_FILE = "lock"
RECENT = 64
"""So many last entries are looked at for the latest time said."""

MAY_BRING_UNKNOWN = frozenset({"*", "device.received"})
"""Kinds of change after which a batch may hold entries of a newer program."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Written(Generic[T]):
    """What a write answered, and the kinds of what it changed."""

    value: T
    kinds: frozenset[str]


class Store:
    """A store that is open. `read()` is a snapshot, `write()` the only way to change anything. Thread-safe."""

    def __init__(self, home: Path, key: bytes, lock: FileLock) -> None:
        self.home = home
        self.key = key
        """The raw store key; only backup and key rotation use it."""
        self._lock = lock
        path = home / STORE_FILE
        self._write_engine = make_engine(path, key, writing=True)
        self._read_engine = make_engine(path, key, writing=False)
        self._connection: Connection | None = None
        self._writer = Writer()
        try:
            with explained():
                self._own, self._head = self._writer.submit(self._prepare).result()
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, home: Path, passphrase: str | None = None) -> Store:
        """Open the store of `home`. Held by another program: exit 3; wrong passphrase: exit 1; damaged: exit 4."""
        check_sqlite()
        known = store_keys.load_keys(home)
        if not (home / STORE_FILE).exists():
            raise EnvironmentFailure("store.no_store", home=str(home))
        lock = hold(home)
        try:
            return cls(home, store_keys.unlock(known, passphrase), lock)
        except BaseException:
            lock.release()
            raise

    @property
    def centre(self) -> str:
        """The centre's code."""
        return self._own.centre

    @property
    def device(self) -> int:
        """This machine's device number."""
        return self._own.device

    @property
    def head(self) -> Head:
        """Where the journal stands."""
        return self._head

    @contextmanager
    def read(self) -> Iterator[Read]:
        """A snapshot of everything, as long as the block lasts."""
        with explained(), self._read_engine.begin() as connection:
            yield Read(connection, self.home)

    def write(
        self,
        actors: Actors,
        command: Callable[Concatenate[Write, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Written[T]:
        """Run a command in one transaction and wait until it is on the disk. What it refuses leaves nothing behind."""
        return self.submit(actors, command, *args, **kwargs).result()

    def write_once(
        self,
        key: bytes,
        actors: Actors,
        command: Callable[Concatenate[Write, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Written[T]:
        """`write` under an idempotency key: said again, after a crash too, it does nothing and answers the same.

        The command's answer must be plain data (numbers, text, lists).
        """
        return self._writer.submit(lambda: self._transact(key, actors, command, args, kwargs)).result()

    def submit(
        self, actors: Actors, command: Callable[Concatenate[Write, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[Written[T]]:
        """`write` without waiting."""
        return self._writer.submit(lambda: self._transact(None, actors, command, args, kwargs))

    def alone(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the writer's connection while nothing is written (backup, page checks). It begins no transaction."""

        def job() -> T:
            with explained():
                assert self._connection is not None
                return work(self._connection)

        return self._writer.submit(job).result()

    def secret(self, name: str) -> bytes:
        """A private key of this machine."""
        with self.read() as read:
            found = read.value(select(Secret.bytes).where(Secret.name == name))
        if found is None:
            raise IntegrityFailure("store.secret_missing", name=name)
        return bytes(found)

    def verify(self, witnesses: list[HeadAt] | None = None) -> Verified:
        """Check the journal from inside, and against `witnesses` and the backups made from here."""
        with self.read() as read:
            found = [*known_heads(read), *(witnesses or [])]
            return verify(read.connection, self.centre, self.device, found)

    def heads(self) -> list[HeadAt]:
        """Where every device's chain stands."""
        with self.read() as read:
            return heads(read.connection)

    def compare(self) -> tuple[int, list[str]]:
        """How many derived tables there are and which differ from a replay."""
        with self.read() as read:
            return compare(read.connection, self.device)

    def rebuild(self) -> int:
        """Work every derived table out of the journal again; the number of entries."""

        def command(write: Write) -> int:
            write.kinds.add("*")
            return rebuild(write.connection, write.device)

        return self.write(THE_PROGRAM, command).value

    def export(self) -> Iterator[str]:
        """One JSON line an entry, without parts: for audit by other programs."""
        with self.read() as read:
            rows = read.connection.exec_driver_sql("SELECT body, hash FROM journal ORDER BY arrival")
            for data, hash_ in rows:
                body = decode_body(data)
                line = msgspec.to_builtins(body, builtin_types=(bytes,))
                named = dict(zip(body.__struct_fields__, line, strict=True))
                named["fields"] = msgspec.msgpack.decode(body.fields)
                named["hash"] = bytes(hash_)
                yield json.dumps(named, ensure_ascii=False, default=_hex)

    def close(self) -> None:
        """Finish what was handed over and give the file free."""
        self._writer.submit(self._close_connection).result()
        self._writer.close()
        self._read_engine.dispose()
        self._write_engine.dispose()
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _close_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _prepare(self) -> tuple[Own, Head]:
        self._connection = connection = self._write_engine.connect()
        with connection.begin():
            Local.metadata.create_all(connection)
            meta = {row.name: bytes(row.value) for row in connection.execute(select(Meta))}
            if meta.get("derived") != derived_fingerprint():
                stale = frozenset(json.loads(meta.get("derived_tables", b"[]")))
                rebuild(connection, int(meta["device"]), stale)
                put_meta(connection, "derived", derived_fingerprint())
                put_meta(connection, "derived_tables", json.dumps(sorted(Derived.metadata.tables)).encode())
            secret = connection.execute(select(Secret.bytes).where(Secret.name == "device")).scalar()
            if secret is None:
                raise IntegrityFailure("store.secret_missing", name="device")
            own = Own(
                int(meta["device"]),
                Ed25519PrivateKey.from_private_bytes(secret),
                meta["centre"].decode(),
                self.home,
            )
            return own, read_head(connection, own.device)

    def _transact(
        self,
        key: bytes | None,
        actors: Actors,
        command: Callable[..., T],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Written[T]:
        assert self._connection is not None
        with explained():
            with self._connection.begin():
                if key is not None:
                    done = self._connection.execute(select(DoneWrite.answer).where(DoneWrite.key == key)).scalar()
                    if done is not None:
                        return Written(decode_answer(done), frozenset())
                write = Write(self._connection, self._own, self._head, actors)
                value = command(write, *args, **kwargs)
                write.finish()
                if key is not None:
                    self._connection.execute(insert(DoneWrite).values(key=key, answer=encode_answer(value)))
                head = write.head
                if write.kinds & MAY_BRING_UNKNOWN:
                    head = replace(head, frozen=frozen_batches(self._connection))
            self._head = head
        return Written(value, frozenset(write.kinds))


def hold(home: Path) -> FileLock:
    """The machine-wide lock of a home. Held elsewhere: exit 3."""
    lock = FileLock(home / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise EnvironmentFailure("store.open_elsewhere", home=str(home)) from None
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_write", file=str(home), problem=problem.strerror or "") from problem
    return lock


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
    latest = 0
    recent = connection.exec_driver_sql(
        "SELECT body FROM journal WHERE device = ? ORDER BY seq DESC LIMIT ?", (device, RECENT)
    )
    for (data,) in recent.all():
        body = decode_body(data)
        latest = max(latest, body.at)
        if body.kind == "clock.confirmed":
            break
    return Head(last.seq, bytes(last.hash), arrival, latest, frozen_batches(connection))


def frozen_batches(connection: Connection) -> frozenset[int]:
    """Batches that hold entries which this program does not understand."""
    found = connection.execute(select(UnknownEntry.batch).where(UnknownEntry.batch != 0).distinct())
    return frozenset(found.scalars())


def _hex(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    raise TypeError(type(value).__name__)
