"""The store: one encrypted file in a home folder, opened by one program at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import msgspec
import sqlcipher3.dbapi2 as dbapi
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError

from core.errors import BadUsage, EnvironmentFailure, IntegrityFailure, Refused
from core.store import keys as store_keys
from core.store.actors import THE_PROGRAM, Actor, Actors
from core.store.engine import check_sqlite, explained, make_engine, refuse_newer
from core.store.events import decode_body
from core.store.journal import EVERYTHING, Head, Own, Read, Write, decode_answer, encode_answer
from core.store.keys import STORE_FILE
from core.store.replay import compare, rebuild, unreadable
from core.store.standing import (
    frozen_batches,
    hold,
    put_made_with,
    read_head,
    read_meta,
    sweep,
    take_local_steps,
)
from core.store.tables import DoneWrite, Local, Secret, derived_fingerprint
from core.store.verify import HeadAt, Verified, heads, verify
from core.store.witnesses import known_heads
from core.store.writer import Writer

MAY_BRING_UNKNOWN = frozenset({EVERYTHING, "device.received"})
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
        self._closed = False
        path = home / STORE_FILE
        with explained(home):
            refuse_newer(path, key)
        self._write_engine = make_engine(path, key, writing=True)
        self._read_engine = make_engine(path, key, writing=False)
        self._connection: Connection | None = None
        self._writer = Writer()
        try:
            self._own, self._head = self._writer.submit(self._prepare).result()
        except BaseException:
            self.close()
            raise

    @classmethod
    def open(cls, home: Path, passphrase: str | None = None) -> Store:
        """Open the store of `home`. Held by another program: exit 3; wrong passphrase: exit 1; damaged: exit 4."""
        return cls._opened(home, lambda known: store_keys.unlock(known, passphrase))

    @classmethod
    def recover(cls, home: Path, recovery_code: str) -> Store:
        """Open the store of `home` by its recovery code. As `open` else."""
        return cls._opened(home, lambda known: store_keys.unlock_by_recovery(known.recovery, recovery_code))

    @classmethod
    def _opened(cls, home: Path, unlock: Callable[[store_keys.Keys], bytes]) -> Store:
        check_sqlite()
        known = store_keys.load_keys(home)
        if not (home / STORE_FILE).exists():
            raise EnvironmentFailure("store.no_store", home=str(home))
        lock = hold(home)
        try:
            sweep(home)
            return cls(home, unlock(known), lock)
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
    def read(self, reader: Actor | None = None) -> Iterator[Read]:
        """A snapshot of everything, as long as the block lasts. `reader` is who asks; nobody sees no marks."""
        with explained(self.home), self._read_engine.connect() as connection:
            try:
                with connection.begin():
                    yield Read(connection, self.home, reader)
            except DBAPIError:
                # After a damaged page a connection answers nothing any more; the next reader gets a fresh one.
                connection.invalidate()
                raise

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
        """Run `work` on the writer's connection while nothing is written (backup). It leaves no transaction open."""

        def job() -> T:
            try:
                with explained(self.home):
                    return work(self._ready())
            except BaseException:
                self._drop_connection()
                raise

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
            return verify(read.connection, self.centre, self.device, lambda: [*known_heads(read), *(witnesses or [])])

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
            write.kinds.add(EVERYTHING)
            return rebuild(write.connection, write.device)

        return self.write(THE_PROGRAM, command).value

    def export(self) -> Iterator[str]:
        """One JSON line an entry, without parts: for audit by other programs."""
        with self.read() as read:
            rows = read.connection.exec_driver_sql("SELECT device, seq, body, hash FROM journal ORDER BY arrival")
            for device, seq, data, hash_ in rows:
                try:
                    body = decode_body(data)
                    named = {name: getattr(body, name) for name in body.__struct_fields__}
                    named["fields"] = msgspec.msgpack.decode(body.fields)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    raise unreadable(device, seq) from None
                yield json.dumps({**named, "hash": bytes(hash_)}, ensure_ascii=False, default=_hex)

    def rewrapped(self, *, recovery_code: str | None = None, passphrase: str | None = None) -> Callable[[], None]:
        """What puts these words in place of those that open the store now, once it is called; blocks till it is ready.

        The other words, the store and its key stay as they are. Called in vain (a full disk), the old ones stay.
        """
        made = store_keys.rewrap(self.key, recovery_code, passphrase)
        # The others as they stand then: somebody may change these meanwhile.
        return lambda: store_keys.save_keys(self.home, made(store_keys.load_keys(self.home)))

    def close(self) -> None:
        """Finish what was handed over and give the file free. Said twice it is done once."""
        if self._closed:
            return
        self._closed = True
        self._writer.submit(self._drop_connection).result()
        self._writer.close()
        self._read_engine.dispose()
        self._write_engine.dispose()
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError, dbapi.Error):
                connection.close()

    def _ready(self) -> Connection:
        """The writer's connection. After a failure of the database it is a new one, and the head is read again:
        what a full disk left half written is seen as the disk has it."""
        if self._connection is None:
            self._connection = self._write_engine.connect()
            with self._connection.begin():
                self._head = read_head(self._connection, self._own.device)
        return self._connection

    def _prepare(self) -> tuple[Own, Head]:
        with explained(self.home):
            self._connection = connection = self._write_engine.connect()
            _settle_log(connection)
            with connection.begin():
                Local.metadata.create_all(connection)
                meta = read_meta(connection)
                secret = connection.execute(select(Secret.bytes).where(Secret.name == "device")).scalar()
                if secret is None:
                    raise IntegrityFailure("store.secret_missing", name="device")
                own = Own(
                    int(meta["device"]),
                    Ed25519PrivateKey.from_private_bytes(secret),
                    meta["centre"].decode(),
                    self.home,
                )
                take_local_steps(connection, int(meta["local_steps"]))
                if meta["derived"] != derived_fingerprint():
                    rebuild(connection, own.device, frozenset(json.loads(meta["derived_tables"])))
                    put_made_with(connection)
                return own, read_head(connection, own.device)

    def _transact(
        self,
        key: bytes | None,
        actors: Actors,
        command: Callable[..., T],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Written[T]:
        write: Write | None = None
        decided = False
        try:
            with explained(self.home):
                connection = self._ready()
                with connection.begin():
                    if key is not None:
                        done = connection.execute(select(DoneWrite.answer).where(DoneWrite.key == key)).scalar()
                        if done is not None:
                            return Written(decode_answer(done), frozenset())
                    write = Write(connection, self._own, self._head, actors)
                    value = command(write, *args, **kwargs)
                    write.finish()
                    if key is not None:
                        answer = encode_answer(value)
                        connection.execute(insert(DoneWrite).values(key=key, answer=answer))
                        value = decode_answer(answer)
                    head = write.head
                    if write.kinds & MAY_BRING_UNKNOWN:
                        head = replace(head, frozen=frozen_batches(connection))
                    decided = True
        except BaseException as problem:
            if not isinstance(problem, Refused | BadUsage):
                self._drop_connection()
            if write is not None and not decided:
                write.abandon()  # but not after a failed commit: what a full disk cut short may yet be found whole
            raise
        self._head = head
        for act in write.after:
            act()
        return Written(value, frozenset(write.kinds))


def _hex(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    raise TypeError(type(value).__name__)


def _settle_log(connection: Connection) -> None:
    """Move what a crash left in the log into the store file.

    Where the power went while pages were being moved, some are torn: the log still has them whole, so that nothing is
    lost; but the page check looks at the file alone and would call it damaged. A full disk stops nobody: later will do.
    """
    raw = connection.connection.dbapi_connection
    assert raw is not None
    with suppress(dbapi.Error):
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
