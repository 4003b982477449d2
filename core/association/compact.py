"""A shorter form of segment files, for the line alone: it goes to a hub that says it reads it, and is stored nowhere.

MAGIC, then raw LZMA2 with a dictionary of 1 MiB over the msgpack of a segment file, in which a body whose part goes
along ends before the part's digest: the receiver works that out. LZMA, since what is left are signatures and salts
among figures that hardly change, of which zlib makes a third more. These bytes are for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from core.errors import Refused
from core.store.events import part_digest
from core.store.segments import Segment, encode_segments

MAGIC: Final = b"ZKSEG2\n"
READS: Final = "application/vnd.zhikao.segments;v=2"
"""What a hub that reads this form says in the `Accept-Post` of its answer to a greeting."""
_DICTIONARY: Final = 1 << 20
_DEPTH: Final = 16
"""How hard it looks for repetitions; more makes nothing smaller, only slower."""


def encode_compact(segments: Sequence[Segment]) -> bytes:
    """The bytes of a segment file in the short form; in the long one where it couldn't be restored byte for byte."""
    import lzma

    short = [_shortened(segment) for segment in segments]
    found = [segment for segment in short if segment is not None]
    if len(found) < len(segments):
        return encode_segments(segments)
    how = {"nice_len": 64, "mf": lzma.MF_BT4, "depth": _DEPTH, "lc": 3, "lp": 0, "pb": 0}
    return MAGIC + lzma.compress(msgspec.msgpack.encode(found), lzma.FORMAT_RAW, filters=[_lzma(**how)])


def unpack_compact(data: bytes, most: int) -> bytes | None:
    """The msgpack in the short form, or None for more than `most` bytes. Something else or cut off: refused."""
    import lzma

    unpacker = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_lzma()])
    try:
        unpacked = unpacker.decompress(data[len(MAGIC) :], most + 1)
    except lzma.LZMAError:
        raise Refused("segment.cut_off") from None
    if len(unpacked) > most:
        return None
    if not data.startswith(MAGIC) or not unpacker.eof or unpacker.unused_data:
        raise Refused("segment.cut_off")
    return unpacked


def restored(segment: Segment) -> Segment:
    """A segment of the short form with the digests that it went without. Whether they are true the seal says."""
    parts = dict(segment.parts)
    bodies = [
        body + part_digest(parts[seq]) if seq in parts else body
        for seq, body in enumerate(segment.bodies, start=segment.first)
    ]
    return msgspec.structs.replace(segment, bodies=bodies)


def _shortened(segment: Segment) -> Segment | None:
    """The segment without the digests that its parts give; None where a body does not end in its part's."""
    parts = dict(segment.parts)
    bodies = []
    for seq, body in enumerate(segment.bodies, start=segment.first):
        digest = part_digest(parts[seq]) if seq in parts else b""
        if not body.endswith(digest):
            return None
        bodies.append(body[: len(body) - len(digest)])
    return msgspec.structs.replace(segment, bodies=bodies)


def _lzma(**how: int) -> dict[str, Any]:
    import lzma

    return {"id": lzma.FILTER_LZMA2, "dict_size": _DICTIONARY, **how}
