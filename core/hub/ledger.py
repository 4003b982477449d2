"""What the hub says to a centre: entries of its own chain, numbered under one lock, sealed with its key.

A `Ledger` is one transaction of the hub's database. Several processes may write to one centre at once: the row of the
chain's head is the lock, so that there is never a gap, a fork or one number twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate

import msgspec
from sqlalchemy import Connection, func, select

from core.association.events import HUB, ListsPublished
from core.errors import IntegrityFailure, Refused
from core.hub.database import Database, put_new
from core.hub.keys import HubKeys
from core.hub.projecting import project
from core.hub.tables import EVERYWHERE, counters, facts, heads, heard, incidents, journal, parts, seals
from core.store import Event, EventPart, Id, chain, encode_part, part_digest
from core.store.events import (
    PROGRAM,
    SEQ_BITS,
    Body,
    decode_body,
    decode_event,
    encode_body,
    encode_fields,
    entry_of,
    kind_of,
    make_id,
)
from core.store.segments import Segment

LAST = (1 << SEQ_BITS) - 1
"""The highest number that an entry can have."""

RESTORED = "restored"
"""The fact that says when this database was made from a backup (UTC milliseconds)."""
GOES_ON = "goes_on"
"""The fact of a centre that says when people answered for it that it holds no more than the backup did."""

STATUS_INDEX = "status_index"
"""The counter of the places in the list of revocations: each certificate's is given out once."""


@dataclass(frozen=True)
class ChainHead:
    """Where the hub's chain of a centre stands; `last_at` is the time that its last entry says."""

    seq: int
    hash: bytes
    last_at: int
    sealed: int
    behind: int | None = None
    """How far a centre says that this chain reaches, where the database is behind it."""
    unheard: bool = False
    """Whether it may hold more: the database was restored, and the centre has said nothing since."""

    @property
    def is_open(self) -> bool:
        """Whether the hub may add to this chain."""
        return self.behind is None and not self.unheard


def place_of(centre: str, device: int, seq: int) -> bytes:
    """What a part at rest is bound to."""
    return msgspec.msgpack.encode([centre, device, seq])


class Ledger:
    """One transaction in which the hub reads and speaks. What it records is sealed when the transaction ends."""

    def __init__(self, connection: Connection, keys: HubKeys) -> None:
        self.connection = connection
        self.keys = keys
        self.now = time.time_ns() // 1_000_000
        """UTC milliseconds, as every entry of this transaction says."""
        self._held: dict[str, ChainHead] = {}

    def hold(self, centre: str) -> ChainHead:
        """Take the lock of a centre's chain, until the transaction ends; what is read from now on is what counts."""
        found = self._held.get(centre)
        if found is None:
            genesis = chain.genesis(centre, self.keys.public)
            put_new(self.connection, heads, centre=centre, device=HUB, seq=0, hash=genesis, last_at=0)
            row = self.connection.execute(
                select(heads).where(heads.c.centre == centre, heads.c.device == HUB).with_for_update()
            ).one()
            behind = self._behind(centre, row.seq)
            unheard = row.seq > 0 and self._is_unheard(centre)
            found = ChainHead(row.seq, bytes(row.hash), row.last_at, row.seq, behind, unheard)
            self._held[centre] = found
            if self.now == row.last_at:
                self.now += 1  # another time than the last transaction's tells the two apart
        return found

    def record(self, centre: str, event: Event, part: EventPart | None = None, *, although_behind: bool = False) -> Id:
        """Append an entry to the hub's chain of a centre and let it have its effect; its id.

        While a centre holds more of the chain than this database, the hub was restored from an old backup: nothing is
        said to that centre before it has given the chain back.
        """
        if not although_behind:
            self.check_not_behind(centre)
        head = self.hold(centre)
        kind = kind_of(type(event))
        part_bytes = encode_part(part) if part is not None else None
        body = Body(
            device=HUB,
            seq=head.seq + 1,
            at=self.now,
            actor=PROGRAM,
            second=PROGRAM,
            batch=0,
            kind=kind.name,
            version=kind.version,
            fields=encode_fields(event),
            digest=part_digest(part_bytes) if part_bytes is not None else None,
        )
        data = encode_body(body)
        said = decode_event(decode_body(data))  # as every reader will read it
        assert said is not None
        head = replace(head, seq=body.seq, hash=chain.link(head.hash, data), last_at=self.now)
        key = {"centre": centre, "device": HUB, "seq": body.seq}
        self.connection.execute(journal.insert().values(**key, body=data, hash=head.hash))
        if part_bytes is not None:
            kept = self.keys.seal_part(part_bytes, place_of(centre, HUB, body.seq))
            self.connection.execute(parts.insert().values(**key, bytes=kept))
        self._held[centre] = head
        if head.seq - head.sealed >= chain.SEAL_EVERY:
            self._seal(centre)
        project(self.connection, centre, entry_of(body), said)
        return make_id(HUB, body.seq)

    def check_not_behind(self, centre: str) -> None:
        """Refuse to speak to a centre that holds more of the chain than this database, or may."""
        head = self.hold(centre)
        if head.unheard:
            raise Refused("hub.unheard", centre=centre)
        if head.behind is not None:
            raise Refused("hub.behind", centre=centre, held=head.seq, there=head.behind)

    def next_numbers(self, name: str, count: int, centre: str = EVERYWHERE) -> int:
        """The first of `count` numbers that nobody else gets, of a centre or of the whole hub."""
        put_new(self.connection, counters, centre=centre, name=name, value=0)
        mine = (counters.c.centre == centre) & (counters.c.name == name)
        first: int = self.connection.execute(select(counters.c.value).where(mine).with_for_update()).scalar_one()
        self.connection.execute(counters.update().where(mine).values(value=first + count))
        return first

    def stands(self, centre: str) -> int:
        """The last entry of the hub's chain of a centre, without its lock."""
        query = select(heads.c.seq).where(heads.c.centre == centre, heads.c.device == HUB)
        return int(self.connection.execute(query).scalar() or 0)

    def taken_back(self, centre: str, seq: int, hash_: bytes, at: int) -> None:
        """The chain of a centre reaches this far, since its own entries were taken back."""
        head = self.hold(centre)
        behind = head.behind if head.behind is not None and head.behind > seq else None
        self._held[centre] = ChainHead(seq, hash_, at, seq, behind, head.unheard)

    def finish(self) -> None:
        """Seal what was recorded; the transaction may commit."""
        for centre in self._held:
            self._seal(centre)

    def _seal(self, centre: str) -> None:
        head = self._held[centre]
        if head.seq == head.sealed:
            return
        seal = chain.make_seal(self.keys.signing, HUB, head.seq, head.hash)
        self.connection.execute(seals.insert().values(centre=centre, device=HUB, seq=head.seq, signature=seal))
        self.connection.execute(
            heads.update()
            .where(heads.c.centre == centre, heads.c.device == HUB)
            .values(seq=head.seq, hash=head.hash, last_at=head.last_at)
        )
        self._held[centre] = replace(head, sealed=head.seq)

    def segment(self, centre: str, after: int = 0, most_bytes: int | None = None) -> Segment | None:
        """The hub's chain of a centre from just after entry `after` to its last seal, None where nothing is new.

        With `most_bytes`, to the last seal by which that many are not passed, and at least to the next one. Lists that
        newer ones have superseded go without their part.
        """
        sealed = self.connection.execute(
            select(seals.c.seq, seals.c.signature)
            .where(seals.c.centre == centre, seals.c.device == HUB, seals.c.seq > after)
            .order_by(seals.c.seq)
        ).all()
        if not sealed:
            return None
        rows = self._entries(centre, after, sealed[-1].seq)
        previous = chain.genesis(centre, self.keys.public) if not after else self.hash_at(centre, after)
        lists = [seq for seq, data in rows if decode_body(data).kind == kind_of(ListsPublished).name]
        old = frozenset(lists[:-1])
        seal = sealed[-1]
        if most_bytes is not None:
            sizes = self._part_sizes(centre, after)
            total = list(accumulate(len(data) + (sizes.get(seq, 0) if seq not in old else 0) for seq, data in rows))
            seal = next((one for one in reversed(sealed) if total[one.seq - after - 1] <= most_bytes), sealed[0])
            rows = rows[: seal.seq - after]
        return Segment(
            centre=centre,
            device=HUB,
            key=self.keys.public,
            first=after + 1,
            previous=previous,
            bodies=[data for _, data in rows],
            parts=list(self._parts(centre, after, seal.seq, leave_out=old)),
            seal=bytes(seal.signature),
        )

    def entries(self, centre: str) -> Iterator[tuple[Body, Event | None]]:
        """The hub's chain of a centre, for who projects it again."""
        for _, data in self._entries(centre, 0, LAST):
            body = decode_body(data)
            yield body, decode_event(body)

    def _entries(self, centre: str, after: int, last: int) -> list[tuple[int, bytes]]:
        rows = self.connection.execute(
            select(journal.c.seq, journal.c.body)
            .where(journal.c.centre == centre, journal.c.device == HUB, journal.c.seq.between(after + 1, last))
            .order_by(journal.c.seq)
        )
        return [(row.seq, bytes(row.body)) for row in rows]

    def _parts(self, centre: str, after: int, last: int, leave_out: frozenset[int]) -> Iterable[tuple[int, bytes]]:
        rows = self.connection.execute(
            select(parts.c.seq, parts.c.bytes)
            .where(parts.c.centre == centre, parts.c.device == HUB, parts.c.seq.between(after + 1, last))
            .order_by(parts.c.seq)
        )
        for row in rows:
            if row.seq not in leave_out:
                yield row.seq, self.keys.open_part(bytes(row.bytes), place_of(centre, HUB, row.seq))

    def _part_sizes(self, centre: str, after: int) -> dict[int, int]:
        rows = self.connection.execute(
            select(parts.c.seq, func.length(parts.c.bytes)).where(
                parts.c.centre == centre, parts.c.device == HUB, parts.c.seq > after
            )
        )
        return {row[0]: row[1] for row in rows}

    def _behind(self, centre: str, seq: int) -> int | None:
        """Up to where a centre says that it has this chain, where that is farther than it reaches here."""
        found: int | None = self.connection.execute(
            select(func.max(incidents.c.seq)).where(
                incidents.c.centre == centre,
                incidents.c.kind == "hub_behind",
                incidents.c.settled_at.is_(None),
                incidents.c.seq > seq,
            )
        ).scalar()
        return found

    def _is_unheard(self, centre: str) -> bool:
        """Whether this database was restored since the centre was last heard of, or answered for."""
        restored = self.moment(EVERYWHERE, RESTORED)
        if restored is None:
            return False
        last = self.connection.execute(select(func.max(heard.c.at)).where(heard.c.centre == centre)).scalar() or 0
        return max(last, self.moment(centre, GOES_ON) or 0) < restored

    def moment(self, centre: str, name: str) -> int | None:
        """What one of the facts that are times says (UTC milliseconds)."""
        query = select(facts.c.value).where(facts.c.centre == centre, facts.c.name == name)
        found = self.connection.execute(query).scalar()
        return msgspec.msgpack.decode(bytes(found), type=int) if found is not None else None

    def body_at(self, centre: str, seq: int) -> Body:
        """An entry of the hub's chain of a centre; one that it lacks: exit 4."""
        found = self.connection.execute(
            select(journal.c.body).where(journal.c.centre == centre, journal.c.device == HUB, journal.c.seq == seq)
        ).scalar()
        if found is None:
            raise IntegrityFailure("hub.unknown_entry", seq=seq)
        return decode_body(bytes(found))

    def hash_at(self, centre: str, seq: int) -> bytes:
        """The hash of the hub's chain of a centre up to an entry; one that it lacks: exit 4."""
        found = self.connection.execute(
            select(journal.c.hash).where(journal.c.centre == centre, journal.c.device == HUB, journal.c.seq == seq)
        ).scalar()
        if found is None:
            raise IntegrityFailure("hub.unknown_entry", seq=seq)
        return bytes(found)


@contextmanager
def speaking(database: Database, keys: HubKeys) -> Iterator[Ledger]:
    """A transaction in which the hub speaks: all of it counts when the block ends, or nothing."""
    with database.writing() as connection:
        ledger = Ledger(connection, keys)
        yield ledger
        ledger.finish()


@contextmanager
def looking(database: Database, keys: HubKeys) -> Iterator[Ledger]:
    """A transaction that only reads."""
    with database.reading() as connection:
        yield Ledger(connection, keys)
