"""A room of the tests' own: a few kinds of event with every way in which an entry can have its effect."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from core.store import (
    THE_PROGRAM,
    Actor,
    Actors,
    BlobRef,
    Derived,
    Entry,
    Event,
    EventPart,
    Id,
    Local,
    Read,
    Store,
    Tables,
    Travels,
    Write,
    applies,
    event,
    fills,
    founding,
    new_recovery_code,
    segments,
)
from core.store.engine import connect
from core.store.keys import STORE_FILE

PASSPHRASE = "test-only"
FIRST, SECOND = Actor(1, "first", frozenset()), Actor(2, "second", frozenset())
BOTH = Actors(FIRST, SECOND)


class Thing(Derived):
    __tablename__ = "test_things"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    size: Mapped[int]
    secret: Mapped[str | None]
    photo: Mapped[bytes | None]


class Score(Derived):
    __tablename__ = "test_scores"
    id: Mapped[int] = mapped_column(primary_key=True)
    thing: Mapped[int]
    points: Mapped[int | None]


class Place(Derived):
    __tablename__ = "test_places"
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[int]


class Draft(Local):
    __tablename__ = "test_drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Throttle(Local):
    __tablename__ = "test_throttles"
    backed_up = False
    id: Mapped[int] = mapped_column(primary_key=True)


@event("test.opened")
class Opened(Event, frozen=True):
    name: str
    size: int

    class Part(EventPart, frozen=True):
        secret: str
        photo: BlobRef | None = None


@event("test.changed")
class Changed(Event, frozen=True):
    thing: Id
    size: int

    class Part(EventPart, frozen=True):
        secret: str


@event("test.scored", travels=Travels.LATER)
class Scored(Event, frozen=True):
    thing: Id

    class Part(EventPart, frozen=True):
        points: int


@event("test.placed")
class Placed(Event, frozen=True):
    """Names the row's id itself, so that two devices can clash."""

    place: int


@applies(Opened)
def _opened(tables: Tables, entry: Entry, event: Opened, part: Opened.Part | None) -> None:
    photo = part.photo.name if part and part.photo else None
    tables.insert(Thing, id=entry.id, name=event.name, size=event.size, secret=part and part.secret, photo=photo)


@applies(Changed)
def _changed(tables: Tables, entry: Entry, event: Changed, part: Changed.Part | None) -> None:
    tables.update(Thing, event.thing, size=event.size, secret=part and part.secret)


@applies(Scored)
def _scored(tables: Tables, entry: Entry, event: Scored, part: Scored.Part | None) -> None:
    tables.insert(Score, id=entry.id, thing=event.thing, points=part and part.points)


@fills(Scored)
def _fill_score(tables: Tables, entry: Entry, event: Scored, part: Scored.Part) -> None:
    tables.update(Score, entry.id, points=part.points)


@applies(Placed)
def _placed(tables: Tables, entry: Entry, event: Placed, part: None) -> None:
    tables.insert(Place, id=event.place, by=entry.device)


def open_thing(write: Write, name: str, secret: str = "甲", photo: bytes | None = None) -> Id:
    ref = write.put_blob(photo, "image/jpeg") if photo else None
    return write.record(Opened(name, len(name)), Opened.Part(secret, ref))


def change_thing(write: Write, thing: Id, size: int) -> Id:
    return write.record(Changed(thing, size), Changed.Part("乙"))


def score_thing(write: Write, thing: Id, points: int, batch: Id = 0) -> Id:
    return write.record(Scored(thing), Scored.Part(points), batch=batch)


def many(write: Write, count: int) -> list[Id]:
    return [open_thing(write, f"第{number}个") for number in range(count)]


def place(write: Write, number: int) -> Id:
    return write.record(Placed(number))


def things(read: Read) -> list[tuple[object, ...]]:
    return [tuple(row) for row in read.rows(select(Thing.__table__).order_by(Thing.id))]


def scores(read: Read) -> list[tuple[object, ...]]:
    return [tuple(row) for row in read.rows(select(Score.__table__).order_by(Score.id))]


def found(home: Path) -> Store:
    return founding.found(home, "320115", "测试考点", PASSPHRASE)[0]


def recovery_code(store: Store) -> str:
    """A new recovery code of the store, in place."""
    code = new_recovery_code()
    store.rewrapped(recovery_code=code)()
    return code


def joined(home: Path, host: Store) -> Store:
    """Another device of the host's centre, which each of the two knows."""
    store = founding.join(home, chain_of(host), PASSPHRASE)[0]
    admit(host, store)
    return store


def admit(host: Store, other: Store) -> None:
    from core.store import acts
    from core.store.chain import public_bytes

    key = public_bytes(other._own.key)
    host.write(BOTH, acts.admit, other.device, key)


def chain_of(store: Store, *, parts: bool = True) -> list[segments.Segment]:
    with store.read() as read:
        return segments.cut_all(read.connection, store.centre, store.device, lambda _: parts)


def cut(store: Store, after: int = 0, *, parts: bool = True) -> segments.Segment | None:
    with store.read() as read:
        return segments.cut(read.connection, store.centre, store.device, after, lambda _: parts)


def late_parts(store: Store, seqs: list[int]) -> segments.Segment | None:
    with store.read() as read:
        return segments.cut_parts(read.connection, store.centre, store.device, seqs)


def take(store: Store, segment: segments.Segment) -> int:
    return store.write(THE_PROGRAM, segments.take_in, segment).value


def sound(store: Store) -> None:
    """The journal holds and every table is what it says."""
    assert store.verify().problems == []
    assert store.compare()[1] == []


def behind_its_back(home: Path, key: bytes, *statements: tuple[str, tuple[object, ...]]) -> bool:
    """Change a closed store's file as somebody does who has the key: triggers out of the way first.

    Whether anything changed.
    """
    raw = connect(home / STORE_FILE, key)
    triggers = [row[0] for row in raw.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
    names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        raw.execute(f"DROP TRIGGER {name}")
    before = raw.total_changes
    for sql, values in statements:
        raw.execute(sql, values)
    changed: bool = raw.total_changes > before
    for sql in triggers:
        raw.execute(sql)
    raw.close()
    return changed
