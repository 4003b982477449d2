"""Reading a snapshot and recording entries: what a query and a command hold in their hands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, Select
from sqlalchemy.sql.dml import UpdateBase

from core.errors import Refused
from core.store import blobs, chain
from core.store.actors import Actor, Actors
from core.store.events import (
    Body,
    Event,
    EventPart,
    Id,
    encode_body,
    encode_fields,
    encode_part,
    entry_of,
    kind_of,
    make_id,
    part_digest,
)
from core.store.replay import Step, apply_step
from core.store.tables import Local, Tables, apply

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
    """Batches that hold entries of a newer program and are read-only."""


class Read:
    """A snapshot of the store. Everything seen through one of these belongs together."""

    def __init__(self, connection: Connection, home: Path) -> None:
        self.connection = connection
        """For the store's own modules only; rooms use the methods below."""
        self._home = home

    def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """Every row that a select finds, by column names."""
        return self.connection.execute(statement).all()

    def first(self, statement: Select[Any]) -> Row[Any] | None:
        """The first row, or None."""
        return self.connection.execute(statement).first()

    def value(self, statement: Select[Any]) -> Any:
        """The first column of the first row, or None."""
        return self.connection.execute(statement).scalar()

    def blob(self, ref: blobs.BlobRef) -> bytes | None:
        """The content of a blob, or None where its file has not arrived."""
        return blobs.get_blob(self._home, ref)

    def part_bytes(self, identity: Id) -> bytes | None:
        """The bytes of the part of the entry that created `identity`; what a personal signature covers."""
        device, seq = identity >> 40, identity & ((1 << 40) - 1)
        found = self.connection.exec_driver_sql(
            "SELECT bytes FROM parts WHERE device = ? AND seq = ?", (device, seq)
        ).scalar()
        return bytes(found) if found is not None else None


class Write(Read):
    """One transaction that is being written. Commands record events through it; nothing is kept until all of it is."""

    def __init__(self, connection: Connection, own: Own, head: Head, actors: Actors) -> None:
        super().__init__(connection, own.home)
        self.actors = actors
        self.now = time.time_ns() // 1_000_000
        """UTC milliseconds; the same for every entry of this transaction."""
        self.kinds: set[str] = set()
        self.head = head
        self._own = own
        self._tables = Tables(connection)
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
    def actor(self) -> Actor:
        """The first signed-in person. Nobody signed in: refused."""
        if self.actors.first is None:
            raise Refused("people.sign_in_first")
        return self.actors.first

    def record(
        self, event: Event, part: EventPart | None = None, *, batch: Id = 0, part_bytes: bytes | None = None
    ) -> Id:
        """Append an entry, let it have its effect, and give the id of what it created.

        `part_bytes` is for a part that a person has signed already (from `encode_part`); otherwise `part` is encoded here.
        """
        if batch in self.head.frozen:
            raise Refused("store.batch_of_newer_program")
        kind = kind_of(type(event))
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
        head = replace(
            self.head,
            seq=body.seq,
            hash=chain.link(self.head.hash, data),
            arrival=self.head.arrival + 1,
            at=self.now if kind.name == "clock.confirmed" else max(self.head.at, self.now),
        )
        self._rows.append((head.arrival, body.device, body.seq, data, head.hash))
        if part_bytes is not None:
            self._parts.append((body.device, body.seq, part_bytes))
        self.head = head
        self._unsealed += 1
        if self._unsealed == chain.SEAL_EVERY:
            self._seal()
        apply(self._tables, entry_of(body), event, part)
        self.kinds.add(kind.name)
        return make_id(body.device, body.seq)

    def apply_foreign(self, step: Step) -> None:
        """Let a foreign entry that was just kept have its effect, as replay will."""
        apply_step(self._tables, step, device_is_own=False)
        self.kinds.add(step.body.kind)

    def dated(self) -> None:
        """Guard of acts whose date counts: refused while the clock stands behind the journal until somebody confirms it."""
        if self.now + CLOCK_TOLERANCE_MS < self.head.at:
            raise Refused("store.clock_behind")

    def put_blob(self, data: bytes, kind: str) -> blobs.BlobRef:
        """Keep a file; on disk before the entry that names it commits."""
        return blobs.put_blob(self._home, data, kind)

    def local(self, statement: UpdateBase, changed: str = "") -> int:
        """Write a table of this machine (never the journal's or derived ones); the number of rows. `changed` names the kind for pages."""
        table = statement.entity_description["table"]
        if table.metadata is not Local.metadata:
            raise ValueError(f"{table.name} is not a local table")
        if changed:
            self.kinds.add(changed)
        return self.connection.execute(statement).rowcount

    def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        self.flush()
        return super().rows(statement)

    def first(self, statement: Select[Any]) -> Row[Any] | None:
        self.flush()
        return super().first(statement)

    def value(self, statement: Select[Any]) -> Any:
        self.flush()
        return super().value(statement)

    def part_bytes(self, identity: Id) -> bytes | None:
        self.flush()
        return super().part_bytes(identity)

    def flush(self) -> None:
        """Write out what was gathered, so that a select sees it."""
        self._tables.flush()
        if self._rows:
            insert_journal(self.connection, self._rows)
            self._rows = []
        if self._parts:
            insert_parts(self.connection, self._parts)
            self._parts = []

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
