"""Reading a segment file that a stranger sent, in either form: bounded in bytes and in memory, before it is built."""

from __future__ import annotations

import zlib
from typing import Annotated, Final

import msgspec

from core.association import compact
from core.association.wire import LARGEST_PACKED, LARGEST_UNPACKED
from core.errors import Refused
from core.hub.problems import Problem
from core.store.events import SALT_BYTES, DeviceNumber, Seq, Whole
from core.store.segments import MAGIC, Segment

MOST_SEGMENTS: Final = 256
"""Of one upload: as many devices as a centre has, and some."""
MOST_ENTRIES: Final = 65_536
"""Of one upload, and as many parts: four times what a centre sends at once."""
_SHORTEST_BODY: Final = 10
_HASH: Final = 32


class _Bounded(msgspec.Struct, frozen=True, array_like=True):
    """A segment whose lists can't be longer than somebody has written into them."""

    centre: Annotated[str, msgspec.Meta(max_length=6)]
    device: DeviceNumber
    key: Annotated[bytes, msgspec.Meta(max_length=_HASH)]
    first: Whole
    previous: Annotated[bytes, msgspec.Meta(max_length=_HASH)]
    bodies: Annotated[
        list[Annotated[bytes, msgspec.Meta(min_length=_SHORTEST_BODY)]], msgspec.Meta(max_length=MOST_ENTRIES)
    ]
    parts: Annotated[
        list[tuple[Seq, Annotated[bytes, msgspec.Meta(min_length=SALT_BYTES)]]], msgspec.Meta(max_length=MOST_ENTRIES)
    ]
    seal: Annotated[bytes, msgspec.Meta(max_length=64)]


def read_upload(data: bytes) -> list[Segment]:
    """The segments of an upload. What is no segment file is `altered`, what is too large `too_large`."""
    if len(data) > LARGEST_PACKED:
        raise Problem("too_large")
    short = data.startswith(compact.MAGIC)
    try:
        unpacked = compact.unpack_compact(data, LARGEST_UNPACKED) if short else _unpack(data)
        if unpacked is None:
            raise Problem("too_large")
        rough = msgspec.msgpack.decode(
            unpacked, type=Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MOST_SEGMENTS)]
        )
        found, entries = list[Segment](), 0
        for raw in rough:
            one = msgspec.msgpack.decode(raw, type=_Bounded)
            entries += len(one.bodies) + len(one.parts)
            if entries > 2 * MOST_ENTRIES:
                raise Problem("too_large")
            segment = Segment(one.centre, one.device, one.key, one.first, one.previous, one.bodies, one.parts, one.seal)
            found.append(compact.restored(segment) if short else segment)
    except (Refused, zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem("altered") from None
    return found


def _unpack(data: bytes) -> bytes | None:
    """What a segment file holds, or None where that is too large."""
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(data[len(MAGIC) :], LARGEST_UNPACKED)
    if unpacker.unconsumed_tail:
        return None
    if not data.startswith(MAGIC) or not unpacker.eof or unpacker.unused_data:
        raise Problem("altered")
    return unpacked
