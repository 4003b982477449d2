"""Parts that come later than their entries: the tables are then what a replay of the whole journal makes of every kind.

The chains are invented from the kinds that the program has, so a new kind is tried here unasked.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

import core.rooms  # noqa: F401 - makes the register whole
from core.arrangement.replacement import add_examiner
from core.results import commands as results
from core.results.queries import results as settled
from core.results.reopening import set_aside
from core.results.tables import Result
from core.scoring import commands as scoring
from core.scoring import queries
from core.scoring.tables import PanelResult
from core.store import KINDS, Derived, Store, acts, chain
from core.store.effects import FILL
from core.store.events import Body, Kind, encode_body, encode_part, make_id, part_digest
from core.store.queries import journal_heads
from core.store.segments import Segment
from core.store.tables import UnknownEntry
from tests.rooms import Centre, cheap_keys
from tests.store import room

HUB = 0
"""The one device whose word counts for every kind."""
OF_THE_STORE = ("centre.", "device.", "clock.", "part.")
"""What these say happens to the store itself; none of them has a part."""
ENTRIES = 160
OWN = ("devices", "unknown_entries")
DAYS = ("day", "until", "first_day", "dated")


class Inventor:
    """Makes up values of a type: few different ones, so that entries speak of the same things again and again."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.things: list[int] = [1]

    def value(self, kind: Any, name: str = "") -> Any:
        """A value of a type as `msgspec.inspect` describes it."""
        match kind:
            case msgspec.inspect.IntType():
                return (
                    self.dice.choice(self.things) if name not in ("round", "no", "from_no") else self.dice.randint(0, 2)
                )
            case msgspec.inspect.StrType():
                return "2026-11-20" if name in DAYS else self.dice.choice(("skill", "live", "甲"))
            case msgspec.inspect.BytesType():
                return bytes([self.dice.randint(0, 2)]) * 32
            case msgspec.inspect.BoolType():
                return self.dice.random() < 0.5
            case msgspec.inspect.NoneType():
                return None
            case msgspec.inspect.LiteralType():
                return self.dice.choice(kind.values)
            case msgspec.inspect.UnionType():
                return self.value(self.dice.choice(kind.types), name)
            case msgspec.inspect.ListType():
                return [self.value(kind.item_type, name) for _ in range(self.dice.randint(0, 2))]
            case msgspec.inspect.TupleType():
                return [self.value(one, name) for one in kind.item_types]
            case msgspec.inspect.DictType():
                return {self.value(kind.key_type, name): self.value(kind.value_type, name)}
            case msgspec.inspect.StructType():
                made = [self.value(field.type, field.encode_name) for field in kind.fields]
                return (
                    made if kind.array_like else dict(zip((one.encode_name for one in kind.fields), made, strict=True))
                )
        raise TypeError(f"{name}: {kind}")

    def fields(self, event: type[msgspec.Struct]) -> msgspec.Raw:
        """The fields of an event or a part."""
        return msgspec.Raw(msgspec.msgpack.encode(self.value(msgspec.inspect.type_info(event))))


def kinds() -> list[Kind]:
    """Every kind of the rooms."""
    return [
        kind
        for kind in KINDS.values()
        if kind.event.__module__.startswith("core.") and not kind.name.startswith(OF_THE_STORE)
    ]


def invented(centre: str, seed: int, key: Ed25519PrivateKey, wanted: list[Kind]) -> tuple[Segment, dict[int, Kind]]:
    """A sealed chain of invented entries of these kinds, with all parts; and the kind of each entry with a part."""
    inventor, parts, bodies, of = Inventor(seed), [], [], {}
    order = wanted + inventor.dice.choices(wanted, k=ENTRIES - len(wanted))
    inventor.dice.shuffle(order)
    head = chain.genesis(centre, chain.public_bytes(key))
    previous = head
    for seq, kind in enumerate(order, start=1):
        data = None
        if kind.part is not None:
            part = msgspec.convert(inventor.value(msgspec.inspect.type_info(kind.part)), kind.part)
            data = encode_part(part)
            parts.append((seq, data))
            of[seq] = kind
        fields = inventor.fields(kind.event)
        actor, batch = inventor.dice.choice(inventor.things), inventor.dice.choice(inventor.things)
        digest = part_digest(data) if data else None
        body = Body(HUB, seq, 1000 + seq, actor, 0, batch, kind.name, kind.version, fields, digest)
        bodies.append(encode_body(body))
        head = chain.link(head, bodies[-1])
        if inventor.dice.random() < 0.2:
            inventor.things.append(make_id(HUB, seq))
    seal = chain.make_seal(key, HUB, len(bodies), head)
    return Segment(centre, HUB, chain.public_bytes(key), 1, previous, bodies, parts, seal), of


def without(segment: Segment, seqs: set[int]) -> Segment:
    """The same without some of its parts."""
    return msgspec.structs.replace(segment, parts=[one for one in segment.parts if one[0] not in seqs])


def alone(segment: Segment, seqs: list[int]) -> Segment:
    """Some of its parts alone."""
    parts = [one for one in segment.parts if one[0] in seqs]
    return Segment(segment.centre, segment.device, segment.key, 0, b"", [], parts, b"")


def left_out(store: Store) -> set[str]:
    """The kinds with a part of which an entry had no effect."""
    with store.read() as read:
        return {row.kind for row in read.rows(select(UnknownEntry.kind)) if KINDS[row.kind].part is not None}


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived table but what a store knows of devices and of what it took in."""
    with store.read() as read:
        return {
            name: [tuple(row) for row in read.connection.execute(table.select().order_by(*table.primary_key.columns))]
            for name, table in Derived.metadata.tables.items()
            if name not in OWN
        }


@pytest.fixture
def bare(tmp_path: Path) -> Any:
    """A centre without an entry of its own rooms."""
    with cheap_keys(), room.found(tmp_path / "bare") as store:
        yield store


@pytest.mark.parametrize("seed", range(12))
def test_a_late_part_of_any_kind_leaves_the_tables_as_a_replay_makes_them(bare: Store, seed: int) -> None:
    key, dice = Ed25519PrivateKey.generate(), random.Random(seed)
    bare.write(room.BOTH, acts.admit, HUB, chain.public_bytes(key))
    whole, of = invented(bare.centre, seed, key, kinds())
    late = {seq for seq in of if dice.random() < 0.8}
    room.take(bare, without(whole, late))
    assert left_out(bare) == set(), "an entry has its effect although its part is not here"
    assert bare.compare()[1] == []
    # First those that are filled in where they stand: one that is replayed would mend what they leave wrong.
    filled = [seq for seq in late if of[seq].name in FILL]
    replayed = [seq for seq in late if of[seq].name not in FILL]
    for seqs in (filled, replayed):
        dice.shuffle(seqs)
        for start in range(0, len(seqs), 15):
            room.take(bare, alone(whole, seqs[start : start + 15]))
            assert bare.compare()[1] == [], {of[seq].name for seq in seqs[start : start + 15]}
    assert left_out(bare) == set()


@pytest.mark.stage("marked")
def test_a_device_that_gets_the_marks_later_has_the_tables_of_the_host(centre: Centre, tmp_path: Path) -> None:
    one = centre.applications[0]
    centre.act("M1", results.settle, centre.batch)
    with room.joined(tmp_path / "other", centre.store) as other:
        centre.act("M1", set_aside, one, "skill", centre.id("E2"), "师生", second="M2")
        hidden = room.cut(centre.store, before(other, centre), parts=False)
        assert hidden is not None
        room.take(other, hidden)
        for model in (PanelResult.application, Result.id):
            with other.read() as read:
                assert one not in {row[0] for row in read.rows(select(model))}, "hidden there too"
        with other.read(centre.actors["A1"]) as read:
            assert queries.outcome(read, one, "skill") is None
            assert one not in {line.application for line in settled(read, centre.batch)}
        centre.act("M1", add_examiner, one, "skill", centre.id("E4"))
        centre.mark("E4", one, 0.2)
        centre.act("E1", scoring.deliberate, one, "skill", "upheld", "理由")
        centre.act("M1", results.settle, centre.batch)
        rest = room.cut(centre.store, before(other, centre), parts=False)
        assert rest is not None
        room.take(other, rest)
        assert dump(other) != dump(centre.store), "the marks are not there yet"
        late = room.late_parts(centre.store, list(range(hidden.first, rest.last + 1)))
        assert late is not None
        room.take(other, late)
        room.sound(other)
        assert dump(other) == dump(centre.store)


def before(store: Store, host: Centre) -> int:
    """Up to where a store holds the host's entries."""
    with store.read() as read:
        return int(journal_heads(read)[host.store.device].seq)
