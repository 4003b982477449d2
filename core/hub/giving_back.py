"""A hub that was restored from an old backup takes its own signed entries back from the centres that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import func, select

from core.association.events import HUB, EnrolmentAccepted, EnrolmentWithdrawn, LeaseGranted
from core.hub.incidents import note, settle
from core.hub.ledger import STATUS_INDEX, Ledger, place_of
from core.hub.problems import Problem
from core.hub.projecting import project
from core.hub.signed import branch_place, check_sealed, keep_aside
from core.hub.tables import EVERYWHERE, branches, counters, heads, journal, leases, parts, seals
from core.store.events import Body, decode_body, decode_event, entry_of, part_digest
from core.store.segments import Segment, decode_segments


def take_back(ledger: Ledger, centre: str, segment: Segment) -> None:
    """Take back what the hub's own key signed. What it has said differently since is kept aside, and an incident."""
    if segment.key != ledger.keys.public:
        raise Problem("unknown_device", device=HUB)
    head = ledger.hold(centre)
    hashes, bodies = check_sealed(segment)
    if not hashes:
        return
    if segment.first > head.seq + 1:
        raise Problem("gap", device=HUB, held_seq=head.seq, held_hash=head.hash.hex())
    stored: dict[int, bytes] = {
        row.seq: bytes(row.hash)
        for row in ledger.connection.execute(
            select(journal.c.seq, journal.c.hash).where(
                journal.c.centre == centre, journal.c.device == HUB, journal.c.seq >= max(1, segment.first - 1)
            )
        )
    }
    said = {**hashes, **({segment.first - 1: segment.previous} if segment.first > 1 else {})}
    differs = next((seq for seq in sorted(stored) if seq in said and said[seq] != stored[seq]), None)
    if differs is not None:
        keep_aside(ledger, centre, segment)
        note(ledger, centre, "hub_fork", HUB, differs)
        settle(ledger, centre, "hub_behind", segment.last)
        lost = list(_leases(segment))
        if any(_is_given_elsewhere(ledger, centre, one) for one in lost):
            note(ledger, centre, "index_twice", HUB, differs)
        _use_up_indexes(ledger, max((one.first_index + one.last - one.first + 1 for one in lost), default=0))
        raise Problem("fork", device=HUB, held_seq=head.seq, held_hash=head.hash.hex())
    fresh = {seq: body for seq, body in bodies.items() if seq > head.seq}
    found = {seq: data for seq, data in segment.parts if seq in fresh}
    if any(bodies[seq].digest != part_digest(data) for seq, data in found.items()):
        raise Problem("altered", device=HUB)
    if fresh:
        _store(ledger, centre, segment, hashes, fresh, found)
        ledger.taken_back(centre, segment.last, hashes[segment.last], bodies[segment.last].at)
        settle(ledger, centre, "hub_behind", segment.last)


def _store(
    ledger: Ledger,
    centre: str,
    segment: Segment,
    hashes: Mapping[int, bytes],
    fresh: Mapping[int, Body],
    found: Mapping[int, bytes],
) -> None:
    key = {"centre": centre, "device": HUB}
    connection = ledger.connection
    connection.execute(
        journal.insert(),
        [{**key, "seq": seq, "body": segment.bodies[seq - segment.first], "hash": hashes[seq]} for seq in fresh],
    )
    for seq, data in found.items():
        kept = ledger.keys.seal_part(data, place_of(centre, HUB, seq))
        connection.execute(parts.insert().values(**key, seq=seq, bytes=kept))
    connection.execute(seals.insert().values(**key, seq=segment.last, signature=segment.seal))
    connection.execute(
        heads.update()
        .where(heads.c.centre == centre, heads.c.device == HUB)
        .values(seq=segment.last, hash=hashes[segment.last], last_at=fresh[segment.last].at)
    )
    for body in fresh.values():
        event = decode_event(body)
        if event is not None:
            project(connection, centre, entry_of(body), event)
        if isinstance(event, LeaseGranted) and _is_given_elsewhere(ledger, centre, event):
            note(ledger, centre, "index_twice", HUB, body.seq)
    used = select(func.max(leases.c.first_index + leases.c.last - leases.c.first + 1))
    _use_up_indexes(ledger, connection.execute(used).scalar() or 0)


def _is_given_elsewhere(ledger: Ledger, centre: str, lease: LeaseGranted) -> bool:
    """Whether the hub, before it had this lease back, gave status indexes of it to another centre."""
    last = lease.first_index + lease.last - lease.first
    found = select(leases.c.centre).where(
        leases.c.centre != centre,
        leases.c.first_index <= last,
        leases.c.first_index + leases.c.last - leases.c.first >= lease.first_index,
    )
    return ledger.connection.execute(found.limit(1)).first() is not None


def enrolled_key(ledger: Ledger, centre: str, device: int, found: Iterable[Segment]) -> bytes | None:
    """The key with which the hub's own chain, in these segments, enrols a device; None where it does not.

    They are proved by the hub's own seal, so whoever brings them may. One that was withdrawn since is not enrolled.
    """
    key: bytes | None = None
    for segment in found:
        if (segment.device, segment.centre, segment.key) != (HUB, centre, ledger.keys.public):
            continue
        for body in check_sealed(segment)[1].values():
            match decode_event(body):
                case EnrolmentAccepted(device=number, device_key=its_key) if number == device:
                    key = its_key
                case EnrolmentWithdrawn(device=number) if number == device:
                    key = None
    return key


def take_back_from(ledger: Ledger, centre: str, device: int, found: Iterable[Segment]) -> Problem | None:
    """Take the hub's chain back from a device that the hub has forgotten, which is an incident.

    What is against it is returned and not raised: it is kept with the transaction.
    """
    for segment in found:
        if segment.device != HUB or segment.centre != centre:
            continue
        if segment.last > ledger.hold(centre).seq:
            note(ledger, centre, "hub_behind", device, segment.last)
        try:
            take_back(ledger, centre, segment)
        except Problem as problem:
            return problem
    return None


def is_other_past(ledger: Ledger, centre: str, seq: int) -> bool:
    """Whether an entry of the hub's chain that it lacks is known, and kept aside: it has said other things since."""
    rows = select(func.max(branches.c.last)).where(branches.c.centre == centre, branches.c.device == HUB)
    return bool((ledger.connection.execute(rows).scalar() or 0) >= seq)


def lost_leases(ledger: Ledger, centre: str) -> list[LeaseGranted]:
    """Leases that the hub gave a centre, and has forgotten: their serials are used, whatever the chain says now."""
    rows = ledger.connection.execute(
        select(branches.c.digest, branches.c.segment).where(branches.c.centre == centre, branches.c.device == HUB)
    ).all()
    found = []
    for row in rows:
        whole = ledger.keys.open_part(bytes(row.segment), branch_place(centre, HUB, row.digest))
        found += [lease for segment in decode_segments(whole) for lease in _leases(segment)]
    return found


def _leases(segment: Segment) -> Iterator[LeaseGranted]:
    for data in segment.bodies:
        event = decode_event(decode_body(data))
        if isinstance(event, LeaseGranted):
            yield event


def _use_up_indexes(ledger: Ledger, used: int) -> None:
    """No status index below this is given out again."""
    if used > ledger.next_numbers(STATUS_INDEX, 0):
        mine = (counters.c.centre == EVERYWHERE) & (counters.c.name == STATUS_INDEX)
        ledger.connection.execute(counters.update().where(mine).values(value=used))
