"""Taking in what a centre's devices signed: stored before it is understood, each entry once, receipts for what is held.

A segment that may not be taken is a `Problem` of its own and changes nothing of the others. Nothing that was signed is
thrown away: what does not go on from what is held is kept as a branch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import select

from core.association.events import HUB
from core.association.receipts import Receipt, make_receipt
from core.hub.custody import among, batched, erase_part, held_parts, keep_parts
from core.hub.giving_back import take_back
from core.hub.incidents import note, settle
from core.hub.ledger import Ledger
from core.hub.problems import Problem
from core.hub.senders import Sender, check_kinds, freeze, sender, vouch
from core.hub.signed import check_sealed, keep_aside
from core.hub.successions import closed_at
from core.hub.tables import heads, journal, seals
from core.store import chain
from core.store.basics import DeviceAdmitted, PartErased
from core.store.events import Body, decode_body, decode_event, kind_of, part_digest
from core.store.segments import Segment

ARRIVAL: Final = "arrival"
"""The counter of a centre's entries in the order in which they came."""
_SPEAKING: Final = frozenset({kind_of(DeviceAdmitted).name, kind_of(PartErased).name})
"""Kinds that custody itself must heed."""


@dataclass(frozen=True)
class Taken:
    """What became of an upload: where the chains of its devices stand, and why some of it was not taken."""

    receipts: list[Receipt]
    problems: list[Problem]


@dataclass(frozen=True)
class Head:
    """Where the hub holds a device's chain; seq 0 is nothing of it."""

    seq: int
    hash: bytes


def ingest(ledger: Ledger, centre: str, found: Sequence[Segment]) -> Taken:
    """Take in an upload of one centre, in this transaction."""
    ledger.hold(centre)
    problems = []
    for segment in found:
        try:
            _take(ledger, centre, segment)
        except Problem as problem:
            problems.append(problem)
    return Taken(receipts(ledger, centre, {segment.device for segment in found}), problems)


def receipts(ledger: Ledger, centre: str, of: set[int] | None = None) -> list[Receipt]:
    """The hub's word on the chains that it holds of a centre, or of some devices of it."""
    return [
        make_receipt(ledger.keys.signing, centre, device, head.seq, head.hash, ledger.now)
        for device, head in all_heads(ledger, centre).items()
        if of is None or device in of
    ]


def all_heads(ledger: Ledger, centre: str) -> dict[int, Head]:
    """Where the hub holds the chains of a centre's devices."""
    rows = ledger.connection.execute(
        select(heads).where(heads.c.centre == centre, heads.c.device != HUB, heads.c.seq > 0).order_by(heads.c.device)
    )
    return {row.device: Head(row.seq, bytes(row.hash)) for row in rows}


def _take(ledger: Ledger, centre: str, segment: Segment) -> None:
    if segment.centre != centre:
        raise Problem("other_centre")
    if segment.device == HUB:
        take_back(ledger, centre, segment)
        return
    who = sender(ledger, centre, segment.device)
    hashes, bodies = check_sealed(segment)
    if who is None or who.key != segment.key:
        if who is not None and hashes:
            note(ledger, centre, "two_keys", segment.device, 0)
        raise Problem("unknown_device", device=segment.device)
    head = _head(ledger, centre, who)
    _check_open(ledger, centre, who, segment, head, hashes)
    _check_follows(ledger, centre, segment, head, hashes)
    fresh = {seq: body for seq, body in bodies.items() if seq > head.seq}
    check_kinds(ledger, centre, who, fresh.values())
    parts = _check_parts(ledger, centre, segment, head, bodies)
    if fresh:
        _store(ledger, centre, segment, head, hashes, bodies, fresh)
    keep_parts(ledger, centre, segment.device, parts, [seq for seq in parts if seq not in fresh])
    for body in fresh.values():
        if body.kind in _SPEAKING:
            _heed(ledger, centre, who, body)


def _check_open(
    ledger: Ledger, centre: str, who: Sender, segment: Segment, head: Head, hashes: Mapping[int, bytes]
) -> None:
    """Refuse a device whose chain has ended, whichever way; what it signed is kept aside."""
    if who.withdrawn:
        raise Problem("withdrawn", device=who.device)
    if who.frozen:
        keep_aside(ledger, centre, segment)
        raise Problem("frozen", device=who.device)
    if not segment.bodies or segment.last <= head.seq:
        return
    closed = closed_at(ledger, centre, who.device, hashes)
    if closed is not None and segment.last > closed:
        keep_aside(ledger, centre, segment)
        note(ledger, centre, "closed", who.device, closed)
        raise Problem("frozen", device=who.device)


def _check_follows(ledger: Ledger, centre: str, segment: Segment, head: Head, hashes: Mapping[int, bytes]) -> None:
    """Refuse a segment that comes too early, or that says other things than what is held."""
    if not segment.bodies:
        return
    before = segment.first - 1
    if before > head.seq:
        note(ledger, centre, "gap", segment.device, head.seq)
        raise Problem("gap", device=segment.device, held_seq=head.seq, held_hash=head.hash.hex())
    if before == head.seq:
        differs = head.seq if segment.previous != head.hash else None
    else:
        stored = _hashes(ledger, centre, segment.device, before, min(segment.last, head.seq))
        said = {**hashes, **({before: segment.previous} if before else {})}
        differs = next((seq for seq in sorted(stored) if said[seq] != stored[seq]), None)
    if differs is not None:
        keep_aside(ledger, centre, segment)
        freeze(ledger, centre, segment.device, differs)
        raise Problem("fork", device=segment.device, held_seq=head.seq, held_hash=head.hash.hex())


def _check_parts(
    ledger: Ledger, centre: str, segment: Segment, head: Head, bodies: Mapping[int, Body]
) -> dict[int, bytes]:
    """The parts that are new here, once each is known to be its entry's."""
    if not segment.parts:
        return {}
    earlier = [seq for seq, _ in segment.parts if seq not in bodies]
    if any(seq > head.seq for seq in earlier):
        raise Problem("gap", device=segment.device, held_seq=head.seq, held_hash=head.hash.hex())
    known = dict(bodies)
    for some in batched(sorted(set(earlier))):
        rows = ledger.connection.execute(
            select(journal.c.seq, journal.c.body).where(
                journal.c.centre == centre, journal.c.device == segment.device, among(journal.c.seq, some)
            )
        )
        known.update({row.seq: decode_body(bytes(row.body)) for row in rows})
    held = held_parts(ledger, centre, segment.device, (seq for seq, _ in segment.parts))
    fresh = {}
    for seq, data in segment.parts:
        if known[seq].digest != part_digest(data):
            raise Problem("altered", device=segment.device)
        if seq not in held:
            fresh[seq] = data
    return fresh


def _store(
    ledger: Ledger,
    centre: str,
    segment: Segment,
    head: Head,
    hashes: Mapping[int, bytes],
    bodies: Mapping[int, Body],
    fresh: Mapping[int, Body],
) -> None:
    arrival = ledger.next_numbers(ARRIVAL, len(fresh), centre) + 1
    rows: list[dict[str, Any]] = [
        {
            "centre": centre,
            "device": segment.device,
            "seq": seq,
            "body": segment.bodies[seq - segment.first],
            "hash": hashes[seq],
            "arrival": number,
        }
        for number, seq in enumerate(fresh, start=arrival)
    ]
    ledger.connection.execute(journal.insert(), rows)
    key = {"centre": centre, "device": segment.device}
    ledger.connection.execute(seals.insert().values(**key, seq=segment.last, signature=segment.seal))
    stands = {"seq": segment.last, "hash": hashes[segment.last], "last_at": bodies[segment.last].at}
    if head.seq:
        mine = (heads.c.centre == centre) & (heads.c.device == segment.device)
        ledger.connection.execute(heads.update().where(mine).values(**stands))
    else:
        ledger.connection.execute(heads.insert().values(**key, **stands))
    settle(ledger, centre, "gap", segment.last - 1, segment.device)
    settle(ledger, centre, "kinds", segment.last, segment.device)


def _heed(ledger: Ledger, centre: str, who: Sender, body: Body) -> None:
    """Do what an entry says of custody itself."""
    try:
        event = decode_event(body)
    except msgspec.DecodeError:
        return  # understanding will say so
    match event:
        case DeviceAdmitted(device=device, key=key, authority=authority) if who.authority and device != HUB:
            vouch(ledger, centre, who.device, device, key, authority)
        case PartErased(device=device, seq=seq) if (
            # What the association itself has said is not a centre's to delete.
            body.second and device != HUB and (who.authority or device == who.device)
        ):
            erase_part(ledger, centre, device, seq)


def _head(ledger: Ledger, centre: str, who: Sender) -> Head:
    row = ledger.connection.execute(
        select(heads.c.seq, heads.c.hash).where(heads.c.centre == centre, heads.c.device == who.device)
    ).first()
    return Head(row.seq, bytes(row.hash)) if row else Head(0, chain.genesis(centre, who.key))


def _hashes(ledger: Ledger, centre: str, device: int, first: int, last: int) -> dict[int, bytes]:
    rows = ledger.connection.execute(
        select(journal.c.seq, journal.c.hash).where(
            journal.c.centre == centre, journal.c.device == device, journal.c.seq.between(first, last)
        )
    )
    return {row.seq: bytes(row.hash) for row in rows}
