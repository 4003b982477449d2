"""Reading a snapshot and recording entries: what a query and a command hold in their hands."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as dbapi
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, Select
from sqlalchemy.sql.dml import UpdateBase

from core.errors import Refused
from core.store import blobs, chain
from core.store.actors import Actor, Actors
from core.store.effects import Tables, apply
from core.store.engine import BUSY_MS
from core.store.events import (
    Body,
    Event,
    EventPart,
    Id,
    decode_event,
    decode_part,
    encode_body,
    encode_fields,
    encode_part,
    entry_of,
    kind_of,
    make_id,
    part_digest,
    split_id,
)
from core.store.tables import Local

EVERYTHING = "*"
"""The kind of change after which every page asks again."""

SHORT_WAIT_MS = 200

CLOCK_TOLERANCE_MS = 120_000
"""A clock this little behind the last entry is put right by time servers every day; more is not."""


@dataclass(frozen=True)
class Own:
    """This machine's device: what its entries are made with."""

    device: int
    key: Ed25519PrivateKey
    centre: str
    home: Path


@dataclass(frozen=True)
class Head:
    """Where the journal stands: the own chain's last entry, the last arrival, and the latest time said."""

    seq: int
    hash: bytes
    arrival: int
    at: int
    frozen: frozenset[Id] = field(default_factory=frozenset)
    """Batches that hold entries without effect here (of a newer program, mostly) and are read-only."""
    last_at: int = 0
    """The time that the own chain's last entry says."""


class Read:
    """A snapshot of the store. Everything seen through one of these belongs together."""

    def __init__(self, connection: Connection, home: Path, reader: Actor | None = None) -> None:
        self.connection = connection
        """For the store's own modules only; rooms use the methods below."""
        self.reader = reader
        """Who asks: queries that not everybody may ask refuse the others, and all of them where it is nobody."""
        self._home = home

    @property
    def home(self) -> Path:
        """The home folder of this store."""
        return self._home

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Every row that a select finds, by column names."""
        return self.connection.execute(statement).all()

    def first(self, statement: Select[*tuple[Any, ...]]) -> Row[*tuple[Any, ...]] | None:
        """The first row, or None."""
        return self.connection.execute(statement).first()

    def value(self, statement: Select[*tuple[Any, ...]]) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement).scalar()

    def blob(self, ref: blobs.BlobRef) -> bytes | None:
        """The content of a blob, or None where its file has not arrived."""
        return blobs.get_blob(self._home, ref)

    def part_bytes(self, identity: Id) -> bytes | None:
        """The bytes of the part of the entry that created `identity`; what a personal signature covers."""
        found = self.connection.exec_driver_sql(
            "SELECT bytes FROM parts WHERE device = ? AND seq = ?", split_id(identity)
        ).scalar()
        return bytes(found) if found is not None else None


class Write(Read):
    """One transaction that is being written. Commands record events through it; nothing is kept until all of it is."""

    def __init__(self, connection: Connection, own: Own, head: Head, actors: Actors) -> None:
        super().__init__(connection, own.home, actors.first)
        self.actors = actors
        self.now = _now(head.last_at)
        """UTC milliseconds; the same for every entry of this transaction, and another than the last one's."""
        self.kinds: set[str] = set()
        self.head = head
        self.after: list[Callable[[], None]] = []
        """What is done once the transaction is on the disk; it must not matter if a crash leaves it undone."""
        self.new_blobs: list[blobs.BlobRef] = []
        self.tables = Tables(connection)
        """For the store's own modules only."""
        self._own = own
        self._rows: list[tuple[int, int, int, bytes, bytes]] = []
        self._parts: list[tuple[int, int, bytes]] = []
        self._seals: list[tuple[int, int, bytes]] = []
        self._unsealed = 0

    @property
    def centre(self) -> str:
        """The centre's code."""
        return self._own.centre

    @property
    def device(self) -> int:
        """The number of this machine's device."""
        return self._own.device

    @property
    def next_id(self) -> Id:
        """The id that the next recorded entry will give: for what must carry its own number."""
        return make_id(self._own.device, self.head.seq + 1)

    @property
    def actor(self) -> Actor:
        """The first signed-in person. Nobody signed in: refused."""
        if self.actors.first is None:
            raise Refused("people.sign_in_first")
        return self.actors.first

    def record(
        self, event: Event, part: EventPart | None = None, *, batch: Id = 0, part_bytes: bytes | None = None
    ) -> Id:
        """Append an entry, let it have its effect, and give the id of what it created.

        `part_bytes` is for a part that a person has signed already (from `encode_part`); else `part` is encoded. The
        effect sees what the bytes say, as a replay will; fields of a wrong type are found here, before they are kept.
        """
        if batch in self.head.frozen:
            raise Refused("store.batch_of_newer_program")
        kind = kind_of(type(event))
        if kind.part is None and (part is not None or part_bytes is not None):
            raise ValueError(f"{kind.name} has no part")
        if part is not None and part_bytes is None:
            part_bytes = encode_part(part)
        body = Body(
            device=self._own.device,
            seq=self.head.seq + 1,
            at=self.now,
            actor=self.actors.first_id,
            second=self.actors.second_id,
            batch=batch,
            kind=kind.name,
            version=kind.version,
            fields=encode_fields(event),
            digest=part_digest(part_bytes) if part_bytes is not None else None,
        )
        data = encode_body(body)
        said = decode_event(body), decode_part(kind.name, part_bytes)
        head = Head(
            seq=body.seq,
            hash=chain.link(self.head.hash, data),
            arrival=self.head.arrival + 1,
            at=self.now if kind.name == "clock.confirmed" else max(self.head.at, self.now),
            frozen=self.head.frozen,
            last_at=self.now,
        )
        self._rows.append((head.arrival, body.device, body.seq, data, head.hash))
        if part_bytes is not None:
            self._parts.append((body.device, body.seq, part_bytes))
        self.head = head
        self._unsealed += 1
        if self._unsealed == chain.SEAL_EVERY:
            self._seal()
        apply(self.tables, entry_of(body), *said)
        self.kinds.add(kind.name)
        return make_id(body.device, body.seq)

    def dated(self) -> None:
        """Guard of acts whose date counts: refused while the clock is behind the journal and nobody confirmed it."""
        if self.clock_is_behind:
            raise Refused("store.clock_behind")

    @property
    def clock_is_behind(self) -> bool:
        """Whether the machine's clock stands before the journal's last entry by more than time servers put right."""
        return self.now + CLOCK_TOLERANCE_MS < self.head.at

    def put_blob(self, data: bytes, kind: str) -> blobs.BlobRef:
        """Keep a file; on disk before the entry that names it commits."""
        ref = blobs.put_blob(self._home, data, kind)
        self.new_blobs.append(ref)
        return ref

    def abandon(self) -> None:
        """The transaction came to nothing: so do the files that it kept."""
        for ref in self.new_blobs:
            blobs.remove_blob(self._home, ref.name)

    def local(self, statement: UpdateBase, changed: str = "") -> int:
        """Write a table of this machine (never the journal's or derived ones); the number of rows.

        `changed` names the kind for pages.
        """
        table = statement.entity_description["table"]
        if table.metadata is not Local.metadata:
            raise ValueError(f"{table.name} is not a local table")
        if changed:
            self.kinds.add(changed)
        return self.connection.execute(statement).rowcount

    def rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        self.flush()
        return super().rows(statement)

    def first(self, statement: Select[*tuple[Any, ...]]) -> Row[*tuple[Any, ...]] | None:
        self.flush()
        return super().first(statement)

    def value(self, statement: Select[*tuple[Any, ...]]) -> Any:
        self.flush()
        return super().value(statement)

    def part_bytes(self, identity: Id) -> bytes | None:
        self.flush()
        return super().part_bytes(identity)

    def flush(self) -> None:
        """Write out what was gathered, so that a select sees it."""
        self.tables.flush()
        if self._rows:
            insert_journal(self.connection, self._rows)
            self._rows = []
        if self._parts:
            insert_parts(self.connection, self._parts)
            self._parts = []

    def empty_log(self) -> None:
        """Once committed: move the log into the file and cut it off, so that it holds nothing of what was erased."""
        raw = self.connection.connection.dbapi_connection
        if raw is None:
            return
        with suppress(dbapi.Error):  # the disk is full: the log is encrypted all the same
            cursor = raw.cursor()
            # A reader in the way is not waited for; the next checkpoint does it then.
            cursor.execute(f"PRAGMA busy_timeout = {SHORT_WAIT_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")

    def finish(self) -> None:
        """Seal and write out everything; the transaction may commit."""
        if self._unsealed:
            self._seal()
        self.flush()
        if self._seals:
            insert_seals(self.connection, self._seals)
            self._seals = []

    def _seal(self) -> None:
        own, head = self._own, self.head
        self._seals.append((own.device, head.seq, chain.make_seal(own.key, own.device, head.seq, head.hash)))
        self._unsealed = 0


def _now(last: int) -> int:
    """The clock's milliseconds, one more where the last transaction said the same: it tells transactions apart."""
    now = time.time_ns() // 1_000_000
    return now if now != last else now + 1


def insert_journal(connection: Connection, rows: list[tuple[int, int, int, bytes, bytes]]) -> None:
    """Append rows (arrival, device, seq, body, hash)."""
    connection.exec_driver_sql("INSERT INTO journal (arrival, device, seq, body, hash) VALUES (?, ?, ?, ?, ?)", rows)


def insert_parts(connection: Connection, rows: list[tuple[int, int, bytes]]) -> None:
    """Append parts (device, seq, bytes) whose digests were checked."""
    connection.exec_driver_sql("INSERT INTO parts (device, seq, bytes) VALUES (?, ?, ?)", rows)


def insert_seals(connection: Connection, rows: list[tuple[int, int, bytes]]) -> None:
    """Append seals (device, seq, signature)."""
    connection.exec_driver_sql("INSERT INTO seals (device, seq, signature) VALUES (?, ?, ?)", rows)


def encode_answer(value: object) -> bytes:
    """A keyed write's answer as it is kept; it must be plain data."""
    return msgspec.msgpack.encode(value)


def decode_answer(data: bytes) -> Any:
    """A kept answer."""
    return msgspec.msgpack.decode(data)
