"""Segments: what moves between machines, whatever carries it. These bytes are for ever.

A segment runs from just after one seal to a later one: bodies, the parts that the receiver may have, and the last seal. Relays
pass it on unchanged. A file holds one or more of them.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import Connection, select

from core.errors import IntegrityFailure, Refused
from core.store import chain
from core.store.basics import Device, DeviceReceived, ErasedPart
from core.store.events import Body, decode_body
from core.store.journal import Write, insert_journal, insert_parts, insert_seals
from core.store.replay import Step, own_chain, rebuild

MAGIC = b"ZKSEG1\n"
LARGEST_FILE = 1 << 30
"""More than this unpacked is no segment file of a county centre."""


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive entries of one device up to a seal; without bodies, parts of earlier entries alone."""

    centre: str
    device: int
    key: bytes
    first: int
    """The first entry's seq; with no bodies 0."""
    previous: bytes
    """The hash before the first entry."""
    bodies: list[bytes]
    parts: list[tuple[int, bytes]]
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
    except (zlib.error, msgspec.DecodeError):
        raise Refused("segment.cut_off") from None


def cut(connection: Connection, centre: str, device: int, after: int, may_travel: MayTravel) -> Segment | None:
    """The segment of a device's chain from just after entry `after` (a sealed one, or 0) to its last seal; None if nothing is new."""
    key = connection.execute(select(Device.key).where(Device.id == device)).scalar()
    seal = connection.exec_driver_sql(
        "SELECT seq, signature FROM seals WHERE device = ? ORDER BY seq DESC LIMIT 1", (device,)
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


def cut_all(connection: Connection, centre: str, own_device: int, may_travel: MayTravel) -> list[Segment]:
    """Every device's whole chain that this store's own chain is made of, oldest first."""
    found = (cut(connection, centre, device, 0, may_travel) for device, _ in own_chain(connection, own_device))
    return [segment for segment in found if segment is not None]


def take_in(write: Write, segment: Segment) -> int:
    """Check and keep a foreign segment, and let its entries have their effect; the number of new entries.

    Doubled entries are nothing new. A gap is refused with what is missing; a fork, a changed byte or a wrong seal is an
    integrity failure, and nothing of the segment is kept.
    """
    _check_sender(write, segment)
    held = _held(write, segment.device)
    hashes = _check_chain(write, segment, held)
    fresh = [
        (seq, body, hash_)
        for seq, (body, hash_) in enumerate(zip(segment.bodies, hashes, strict=True), start=segment.first)
        if seq > held
    ]
    parts = _check_parts(write, segment)
    connection = write.connection
    write.flush()
    if fresh:
        arrival = write.head.arrival
        insert_journal(
            connection,
            [(arrival + n, segment.device, seq, body, hash_) for n, (seq, body, hash_) in enumerate(fresh, start=1)],
        )
        insert_seals(connection, [(segment.device, segment.last, segment.seal)])
        write.head = replace(write.head, arrival=arrival + len(fresh))
    if parts:
        insert_parts(connection, [(segment.device, seq, data) for seq, data in parts])
    if fresh:
        arrived = dict(parts)
        for seq, data, hash_ in fresh:
            write.apply_foreign(Step(0, decode_body(data), data, hash_, arrived.get(seq)))
        write.record(DeviceReceived(segment.device, segment.last, hashes[-1]))
    if any(seq <= held for seq, _ in parts):
        # A part that comes late belongs where its entry stands, perhaps under later changes: only a replay puts it there.
        write.flush()
        rebuild(connection, write.device)
    return len(fresh)


def _check_sender(write: Write, segment: Segment) -> None:
    if segment.centre != write.centre:
        raise Refused("segment.other_centre", centre=segment.centre)
    own = {device for device, _ in own_chain(write.connection, write.device)}
    if segment.device in own:
        raise Refused("segment.own")
    known = write.first(select(Device).where(Device.id == segment.device))
    if known is None:
        raise Refused("segment.unknown_device", device=segment.device)
    if known.key != segment.key:
        raise IntegrityFailure("segment.fork", device=segment.device)
    if known.closed_at is not None and segment.bodies and segment.last > known.closed_at:
        raise IntegrityFailure("segment.closed", device=segment.device)


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


def _check_parts(write: Write, segment: Segment) -> list[tuple[int, bytes]]:
    """The parts that are new here; one that does not fit its entry's digest, or that nobody asked for, is refused."""
    bodies = dict(enumerate(segment.bodies, start=segment.first))
    fresh = []
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
            fresh.append((seq, data))
    return fresh


def _has_part(write: Write, device: int, seq: int) -> bool:
    return bool(
        write.connection.exec_driver_sql("SELECT 1 FROM parts WHERE device = ? AND seq = ?", (device, seq)).scalar()
    )


def _is_erased(write: Write, device: int, seq: int) -> bool:
    return write.first(select(ErasedPart).where(ErasedPart.device == device, ErasedPart.seq == seq)) is not None
