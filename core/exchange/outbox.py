"""What goes to the hub next: entries that it has not acknowledged, parts that had to wait, then photos and works.

Pure reading. Nothing leaves the journal when it is acknowledged, so whatever the hub has lost can be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec.inspect
from sqlalchemy import select

from core.association.events import HUB, ListsPublished
from core.association.wire import LARGEST_PACKED, LARGEST_UNPACKED
from core.exchange.tables import HubHead, WaitingBlob, WithheldPart
from core.store import KINDS, Id, Read, Travels, decode_part, split_id
from core.store.blobs import BlobRef, blob_path, blobs_of
from core.store.events import Body, decode_body, kind_of, make_id
from core.store.queries import bodies_after, bodies_with_parts, journal_heads, own_centre, own_devices, parts_there
from core.store.segments import Segment, cut, cut_parts, encode_segments

_LISTS = kind_of(ListsPublished).name
MayTravel = Callable[[Body], bool]
Pack = Callable[[Sequence[Segment]], bytes]
"""How segments become the bytes of an upload."""
MayNow = Callable[[Read], MayTravel]
"""The house's word on which parts may go, as a snapshot has it."""


@dataclass(frozen=True)
class Batch:
    """One upload: a segment file, and what of it must be remembered."""

    data: bytes
    ends: dict[int, int]
    """The last entry of each device in it; of parts alone none."""
    entries: int
    parts: frozenset[Id]
    """Entries whose parts go along."""
    withheld: frozenset[Id]
    """Entries that go without the part that they have."""
    blobs: dict[bytes, Id]
    """What the parts name, and the entry that does."""


@dataclass(frozen=True)
class Waiting:
    """What the hub has not got yet."""

    entries: int
    parts: int
    """Parts whose entries the hub has, and that may go now."""
    held_back: int
    """Parts that may not go yet: marks before unsealing."""
    blobs: int
    blob_bytes: int

    @property
    def total(self) -> int:
        """Everything that could go now."""
        return self.entries + self.parts + self.blobs


def senders(read: Read) -> list[int]:
    """The devices whose chains go from here: this one and what it was restored from, which vouch for the others."""
    own = own_devices(read)
    return [*own, *(device for device in sorted(journal_heads(read)) if device not in own and device != HUB)]


def next_batch(
    read: Read,
    heads: Mapping[int, int],
    limit: int,
    may_travel: MayTravel,
    without: Collection[int] = (),
    pack: Pack = encode_segments,
) -> Batch | None:
    """The next entries beyond `heads`, at least one transaction and about `limit` entries; None when all are there.

    `without` are devices that the hub does not take entries of now.
    """
    centre, segments, left = own_centre(read), list[Segment](), limit
    for device in senders(read):
        if left < 1:
            break
        if device in without:
            continue
        segment = cut(read.connection, centre, device, heads.get(device, 0), may_travel, left)
        if segment is not None:
            segments.append(segment)
            left -= len(segment.bodies)
    if not segments:
        return None
    batch = _batch(segments, pack)
    if _too_large(batch, segments) and limit > 1:
        return next_batch(read, heads, limit // 2, may_travel, without, pack)
    return batch


def late_parts(
    read: Read, heads: Mapping[int, int], may_travel: MayTravel, without: Collection[int] = ()
) -> list[Body]:
    """The entries that the hub has without a part that had to wait and may go now."""
    return [body for body in _withheld(read, heads) if body.device not in without and may_travel(body)]


def parts_batch(read: Read, late: Sequence[Body], pack: Pack = encode_segments) -> tuple[Batch | None, Sequence[Body]]:
    """The parts of these entries as one upload, and what of them did not fit. None where none of them is there."""
    seqs: dict[int, list[int]] = {}
    for body in late:
        seqs.setdefault(body.device, []).append(body.seq)
    cuts = (cut_parts(read.connection, own_centre(read), device, wanted) for device, wanted in seqs.items())
    segments = [segment for segment in cuts if segment is not None]
    if not segments:
        return None, ()
    batch = _batch(segments, pack, {make_id(body.device, body.seq): body.kind for body in late})
    if _too_large(batch, segments) and len(late) > 1:
        half = len(late) // 2
        batch_of_half, rest = parts_batch(read, late[:half], pack)
        return batch_of_half, [*rest, *late[half:]]
    return batch, ()


def waiting_blobs(read: Read, heads: Mapping[int, int], going: Collection[Id] = ()) -> list[tuple[bytes, Path]]:
    """Photos and works that the hub has not got whole, with files here, and whose parts have gone or are `going`."""
    withheld = {row.id for row in read.rows(select(WithheldPart.id))}.difference(going)
    found = []
    for row in read.rows(select(WaitingBlob).where(WaitingBlob.whole.is_(False)).order_by(WaitingBlob.entry)):
        device, seq = split_id(row.entry)
        path = blob_path(read.home, bytes(row.name))
        if seq <= heads.get(device, 0) and row.entry not in withheld and path.exists():
            found.append((bytes(row.name), path))
    return found


def waiting(read: Read, may_travel: MayTravel) -> Waiting:
    """What the hub has not got yet, by what it last said."""
    heads = hub_heads(read)
    entries = sum(
        max(0, head.seq - heads.get(device, 0)) for device, head in journal_heads(read).items() if device != HUB
    )
    kept = _withheld(read, heads)
    late = sum(map(may_travel, kept))
    blobs = dict(waiting_blobs(read, heads))
    blobs.update(_blobs_of_waiting(read, heads, may_travel))
    return Waiting(entries, late, len(kept) - late, len(blobs), sum(path.stat().st_size for path in blobs.values()))


def _blobs_of_waiting(read: Read, heads: Mapping[int, int], may_travel: MayTravel) -> Iterator[tuple[bytes, Path]]:
    """Photos and works of entries that are waiting themselves."""
    kinds = blob_kinds()
    for device in senders(read):
        for body in bodies_after(read, device, heads.get(device, 0)):
            if body.kind in kinds and may_travel(body):
                for name in _named(body.kind, read.part_bytes(make_id(body.device, body.seq))):
                    if (path := blob_path(read.home, name)).exists():
                        yield name, path


@cache
def blob_kinds() -> frozenset[str]:
    """The kinds whose parts may name photos and works."""
    told = {kind.name: repr(msgspec.inspect.type_info(kind.part)) for kind in KINDS.values() if kind.part is not None}
    return frozenset(name for name, shape in told.items() if BlobRef.__name__ in shape)


def hub_heads(read: Read) -> dict[int, int]:
    """Up to where the hub holds each device's chain, as it last said."""
    return {row.device: row.seq for row in read.rows(select(HubHead))}


def hubs_own(read: Read) -> bytes | None:
    """The hub's own chain as it is here, to be given back or shown; its lists, long superseded, without their parts."""
    own = cut(read.connection, own_centre(read), HUB, 0, lambda body: body.kind != _LISTS)
    return encode_segments([own]) if own is not None else None


def everything_again(read: Read, heads: Mapping[int, int]) -> Batch:
    """What a hub that was restored may have lost of entries up to `heads`: late parts and blobs. Nothing goes yet."""
    late, blobs = set[Id](), dict[bytes, Id]()
    for device in senders(read):
        for body in bodies_with_parts(read, parts_there(read, device, heads.get(device, 0))):
            identity = make_id(body.device, body.seq)
            if (kind := KINDS.get(body.kind)) is not None and kind.travels is Travels.LATER:
                late.add(identity)
            blobs.update(dict.fromkeys(_named(body.kind, read.part_bytes(identity)), identity))
    return Batch(b"", {}, 0, frozenset(), frozenset(late), blobs)


def _withheld(read: Read, heads: Mapping[int, int]) -> list[Body]:
    """The entries that the hub has without a part that is here."""
    ids = [row.id for row in read.rows(select(WithheldPart.id).order_by(WithheldPart.id))]
    return bodies_with_parts(read, [one for one in ids if split_id(one)[1] <= heads.get(split_id(one)[0], 0)])


def _batch(segments: list[Segment], pack: Pack, kinds: Mapping[Id, str] | None = None) -> Batch:
    """`kinds` are those of entries whose parts go without them."""
    known = dict(kinds or {})
    withheld, parts, blobs = set[Id](), set[Id](), dict[bytes, Id]()
    for segment in segments:
        going = dict(segment.parts)
        for body in map(decode_body, segment.bodies):
            identity = make_id(body.device, body.seq)
            known[identity] = body.kind
            if body.digest is not None and body.seq not in going:
                withheld.add(identity)
        for seq, data in segment.parts:
            identity = make_id(segment.device, seq)
            parts.add(identity)
            blobs.update(dict.fromkeys(_named(known[identity], data), identity))
    return Batch(
        data=pack(segments),
        ends={segment.device: segment.last for segment in segments if segment.bodies},
        entries=sum(len(segment.bodies) for segment in segments),
        parts=frozenset(parts),
        withheld=frozenset(withheld),
        blobs=blobs,
    )


def _named(kind: str, data: bytes | None) -> list[bytes]:
    """The blobs that a part names; none where this program can't read it."""
    if kind not in blob_kinds():
        return []
    try:
        return [ref.name for ref in blobs_of(decode_part(kind, data))]
    except msgspec.DecodeError:
        return []


def _too_large(batch: Batch, segments: list[Segment]) -> bool:
    unpacked = sum(len(data) for one in segments for data in (*one.bodies, *(part for _, part in one.parts)))
    # Half, since the lists around these bytes take some too, and the hub must unpack beside others.
    return len(batch.data) > LARGEST_PACKED or unpacked > LARGEST_UNPACKED // 2
