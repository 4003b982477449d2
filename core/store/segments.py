"""Segments: what moves between machines, whatever carries it. These bytes are for ever.

A segment runs from just after one seal to a later one: bodies, the parts that the receiver may have, and the last seal.
Relays pass it on unchanged. A file holds one or more of them.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import Connection, select

from core.errors import IntegrityFailure, Refused
from core.store import chain
from core.store.basics import Device, DeviceAdmitted, DeviceReceived, DeviceRestored, ErasedPart
from core.store.effects import FILL, is_the_entrys_fault
from core.store.erasure import delete_parts
from core.store.events import Body, DeviceNumber, Seq, Whole, decode_body, decode_event, decode_part, entry_of, make_id
from core.store.journal import EVERYTHING, Write, insert_journal, insert_parts, insert_seals
from core.store.replay import Step, apply_steps, own_chain, rebuild
from core.store.tables import UnknownEntry

MAGIC = b"ZKSEG1\n"
LARGEST_FILE = 1 << 30
"""More than this unpacked is no segment file of a county centre."""


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive entries of one device up to a seal; without bodies, parts of earlier entries alone."""

    centre: str
    device: DeviceNumber
    key: bytes
    first: Whole
    """The first entry's seq; with no bodies 0."""
    previous: bytes
    """The hash before the first entry."""
    bodies: list[bytes]
    parts: list[tuple[Seq, bytes]]
    """(seq, bytes) of each part that goes along."""
    seal: bytes

    @property
    def last(self) -> int:
        """The last entry's seq."""
        return self.first + len(self.bodies) - 1


MayTravel = Callable[[Body], bool]
"""Whether an entry's part may go along now."""


def encode_segments(segments: Sequence[Segment]) -> bytes:
    """The bytes of a segment file."""
    return MAGIC + zlib.compress(msgspec.msgpack.encode(list(segments)), 9)


def decode_segments(data: bytes) -> list[Segment]:
    """The segments of a file. Something else, cut off or blown up: refused in words."""
    if not data.startswith(MAGIC):
        raise Refused("segment.not_one")
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(data[len(MAGIC) :], LARGEST_FILE)
        if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
            raise Refused("segment.cut_off")
        return msgspec.msgpack.decode(unpacked, type=list[Segment])
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused("segment.cut_off") from None


def cut(
    connection: Connection, centre: str, device: int, after: int, may_travel: MayTravel, limit: int | None = None
) -> Segment | None:
    """A device's chain from just after entry `after` (one that the receiver holds, or 0) to its last seal.

    With a `limit`, to the first seal by which so many entries are reached. None if nothing is new.
    """
    key = connection.execute(select(Device.key).where(Device.id == device)).scalar()
    seal = connection.exec_driver_sql(
        "SELECT seq, signature FROM seals WHERE device = ? ORDER BY seq DESC LIMIT 1", (device,)
    ).first()
    if limit is not None and seal is not None:
        seal = connection.exec_driver_sql(
            "SELECT seq, signature FROM seals WHERE device = ? AND seq >= ? ORDER BY seq LIMIT 1",
            (device, min(after + limit, seal.seq)),
        ).first()
    if key is None or seal is None or seal.seq <= after:
        return None
    if after:
        previous = connection.exec_driver_sql(
            "SELECT hash FROM journal WHERE device = ? AND seq = ?", (device, after)
        ).scalar()
        if previous is None:
            raise Refused("segment.unknown_start", device=device, seq=after)
    else:
        previous = chain.genesis(centre, key)
    rows = connection.exec_driver_sql(
        "SELECT j.seq, j.body, p.bytes FROM journal j LEFT JOIN parts p USING (device, seq) "
        "WHERE j.device = ? AND j.seq > ? AND j.seq <= ? ORDER BY j.seq",
        (device, after, seal.seq),
    ).all()
    return Segment(
        centre=centre,
        device=device,
        key=key,
        first=after + 1,
        previous=bytes(previous),
        bodies=[row.body for row in rows],
        parts=[(row.seq, row.bytes) for row in rows if row.bytes is not None and may_travel(decode_body(row.body))],
        seal=seal.signature,
    )


def cut_parts(connection: Connection, centre: str, device: int, seqs: Sequence[int]) -> Segment | None:
    """Parts alone, for entries that went without them before; None where none of them is there."""
    key = connection.execute(select(Device.key).where(Device.id == device)).scalar()
    parts = []
    for seq in sorted(set(seqs)):
        data = connection.exec_driver_sql(
            "SELECT bytes FROM parts WHERE device = ? AND seq = ?", (device, seq)
        ).scalar()
        if data is not None:
            parts.append((seq, data))
    if key is None or not parts:
        return None
    return Segment(centre, device, key, 0, b"", [], parts, b"")


def cut_all(connection: Connection, centre: str, own_device: int, may_travel: MayTravel) -> list[Segment]:
    """Every device's whole chain that this store's own chain is made of, oldest first."""
    found = (cut(connection, centre, device, 0, may_travel) for device, _ in own_chain(connection, own_device))
    return [segment for segment in found if segment is not None]


def trusted_predecessors(segments: Sequence[Segment]) -> Iterator[DeviceAdmitted]:
    """The devices whose chains the last segment's device goes on from, as far as its word bears them out.

    A restored device's first entry names the hash up to which it goes on; the hash binds the old chain to its key.
    """
    by_device = {segment.device: segment for segment in segments}
    segment: Segment | None = segments[-1]
    while segment is not None and segment.bodies and segment.first == 1:
        try:
            event = decode_event(decode_body(segment.bodies[0]))
        except msgspec.DecodeError:
            return
        if not isinstance(event, DeviceRestored):
            return
        segment = by_device.pop(event.device, None)
        if segment is None or segment.last != event.seq or _head_of(segment) != event.head:
            return
        yield DeviceAdmitted(segment.device, segment.key, authority=True)


def _head_of(segment: Segment) -> bytes:
    found = chain.genesis(segment.centre, segment.key)
    for body in segment.bodies:
        found = chain.link(found, body)
    return found


def take_in(write: Write, segment: Segment) -> int:
    """Check and keep a foreign segment, and let its entries have their effect; the number of new entries.

    Doubled entries are nothing new. A gap is refused with what is missing; a fork, a changed byte or a wrong seal is an
    integrity failure, and nothing of the segment is kept. An effect that fails blocks nothing; see `effects`.
    """
    write.flush()
    own = _check_sender(write, segment)
    held = _held(write, segment.device)
    hashes = _check_chain(write, segment, held)
    fresh = [
        (seq, body, hash_)
        for seq, (body, hash_) in enumerate(zip(segment.bodies, hashes, strict=True), start=segment.first)
        if seq > held
    ]
    parts = _check_parts(write, segment)
    if parts:
        insert_parts(write.connection, [(segment.device, seq, data) for seq, data in parts.items()])
    if fresh:
        _keep(write, segment, fresh)
        steps = [Step(decode_body(data), data, hash_, parts.get(seq)) for seq, data, hash_ in fresh]
        apply_steps(write.tables, steps, own)
        write.kinds.update(step.body.kind for step in steps)
        write.record(DeviceReceived(segment.device, segment.last, hashes[-1]))
        write.flush()
        _erase(write, segment.device, fresh[0][0], fresh[-1][0])
    _fill(write, segment.device, {seq: data for seq, data in parts.items() if seq <= held})
    return len(fresh)


def _keep(write: Write, segment: Segment, fresh: list[tuple[int, bytes, bytes]]) -> None:
    arrival = write.head.arrival
    insert_journal(
        write.connection,
        [(arrival + n, segment.device, seq, body, hash_) for n, (seq, body, hash_) in enumerate(fresh, start=1)],
    )
    insert_seals(write.connection, [(segment.device, segment.last, segment.seal)])
    write.head = replace(write.head, arrival=arrival + len(fresh))


def _erase(write: Write, device: int, first: int, last: int) -> None:
    """What two people had erased on another device that may say so goes here too."""
    said = write.rows(
        select(ErasedPart).where(ErasedPart.id >= make_id(device, first), ErasedPart.id <= make_id(device, last))
    )
    if delete_parts(write, {(row.device, row.seq) for row in said}):
        rebuild(write.connection, write.device)


def _fill(write: Write, device: int, late: dict[int, bytes]) -> None:
    """Let parts that come after their entries have their effect where these stand.

    A kind without a `fills` function needs a replay: its part belongs under whatever later entries changed.
    """
    found = []
    for seq, data in late.items():
        if not _has_part(write, device, seq):
            continue  # erased by this very segment
        row = write.connection.exec_driver_sql(
            "SELECT body FROM journal WHERE device = ? AND seq = ?", (device, seq)
        ).one()
        found.append((decode_body(row.body), data))
    write.kinds.update(body.kind for body, _ in found)
    if all(_can_fill(write, body) for body, _ in found):
        try:
            with write.tables.alternative():
                for body, data in found:
                    FILL[body.kind](write.tables, entry_of(body), decode_event(body), decode_part(body.kind, data))
            return
        except Exception as problem:  # replay says what becomes of such an entry
            if not is_the_entrys_fault(problem):
                raise
    write.kinds.add(EVERYTHING)
    write.flush()
    rebuild(write.connection, write.device)


def _can_fill(write: Write, body: Body) -> bool:
    left_out = select(UnknownEntry.id).where(UnknownEntry.id == make_id(body.device, body.seq))
    return body.kind in FILL and write.first(left_out) is None


def _check_sender(write: Write, segment: Segment) -> set[int]:
    """The devices of the own chain, once the segment is known to come from another one that may send."""
    if segment.centre != write.centre:
        raise Refused("segment.other_centre", centre=segment.centre)
    own = {device for device, _ in own_chain(write.connection, write.device)}
    if segment.device in own:
        _check_no_copy(write, segment)
        raise Refused("segment.own")
    known = write.first(select(Device).where(Device.id == segment.device))
    if known is None:
        raise Refused("segment.unknown_device", device=segment.device)
    if known.key != segment.key:
        raise IntegrityFailure("segment.fork", device=segment.device)
    if known.closed_at is not None and segment.last > max(known.closed_at, known.received):
        raise IntegrityFailure("segment.closed", device=segment.device)
    return own


def _check_no_copy(write: Write, segment: Segment) -> None:
    """Exit 4 where the own key has signed what is not in the own journal: a copy of this home goes on elsewhere."""
    last = segment.previous
    for data in segment.bodies:
        last = chain.link(last, data)
    key = write.value(select(Device.key).where(Device.id == write.device))
    if segment.device != write.device or not chain.seal_holds(key, segment.seal, write.device, segment.last, last):
        return
    here = write.connection.exec_driver_sql(
        "SELECT hash FROM journal WHERE device = ? AND seq = ?", (write.device, segment.last)
    ).scalar()
    if here != last:
        raise IntegrityFailure("segment.fork", device=write.device)


def _held(write: Write, device: int) -> int:
    found = write.connection.exec_driver_sql("SELECT max(seq) FROM journal WHERE device = ?", (device,)).scalar()
    return found or 0


def _check_chain(write: Write, segment: Segment, held: int) -> list[bytes]:
    """The hash of each entry, once they are known to link on, to fit what is held, and to be sealed."""
    if not segment.bodies:
        return []
    if segment.first > held + 1 or segment.first < 1:
        raise Refused("segment.gap", device=segment.device, held=held, first=segment.first)
    stored: dict[int, bytes] = dict(
        write.connection.exec_driver_sql(
            "SELECT seq, hash FROM journal WHERE device = ? AND seq >= ?", (segment.device, segment.first - 1)
        ).all()
    )
    before = stored.get(segment.first - 1, chain.genesis(segment.centre, segment.key))
    if before != segment.previous:
        raise IntegrityFailure("segment.fork", device=segment.device)
    hashes, previous = [], segment.previous
    for seq, data in enumerate(segment.bodies, start=segment.first):
        previous = chain.link(previous, data)
        if seq in stored and stored[seq] != previous:
            raise IntegrityFailure("segment.fork", device=segment.device)
        try:
            body = decode_body(data)
        except (msgspec.DecodeError, TypeError):
            raise IntegrityFailure("segment.altered", device=segment.device) from None
        if (body.device, body.seq) != (segment.device, seq):
            raise IntegrityFailure("segment.altered", device=segment.device)
        hashes.append(previous)
    if not chain.seal_holds(segment.key, segment.seal, segment.device, segment.last, previous):
        raise IntegrityFailure("segment.altered", device=segment.device)
    return hashes


def _check_parts(write: Write, segment: Segment) -> dict[int, bytes]:
    """The parts that are new here; one that does not fit its entry's digest, or that nobody asked for, is refused."""
    bodies = dict(enumerate(segment.bodies, start=segment.first))
    fresh: dict[int, bytes] = {}
    for seq, data in segment.parts:
        raw = (
            bodies.get(seq)
            or write.connection.exec_driver_sql(
                "SELECT body FROM journal WHERE device = ? AND seq = ?", (segment.device, seq)
            ).scalar()
        )
        if raw is None or decode_body(raw).digest != hashlib.sha256(data).digest():
            raise IntegrityFailure("segment.part_altered", device=segment.device, seq=seq)
        if not _has_part(write, segment.device, seq) and not _is_erased(write, segment.device, seq):
            fresh[seq] = data
    return fresh


def _has_part(write: Write, device: int, seq: int) -> bool:
    return bool(
        write.connection.exec_driver_sql("SELECT 1 FROM parts WHERE device = ? AND seq = ?", (device, seq)).scalar()
    )


def _is_erased(write: Write, device: int, seq: int) -> bool:
    return write.first(select(ErasedPart).where(ErasedPart.device == device, ErasedPart.seq == seq)) is not None
