"""What a segment's own key signed: checked before anything else, and kept aside where the chain has no place for it."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
from sqlalchemy import func, select

from core.hub.database import put_new
from core.hub.ledger import Ledger, place_of
from core.hub.problems import Problem
from core.hub.tables import branches
from core.store import chain
from core.store.events import Body, decode_body, part_digest
from core.store.segments import Segment, encode_segments

MOST_BRANCHES: Final = 64
"""Segments that are kept of a frozen device's other branch; the first ones show what happened."""


def check_sealed(segment: Segment) -> tuple[dict[int, bytes], dict[int, Body]]:
    """Each entry's hash and body, once they are known to be what the segment's own key signed."""
    hashes, bodies, previous = dict[int, bytes](), dict[int, Body](), segment.previous
    if not segment.bodies:
        return {}, {}
    if segment.first < 1 or (segment.first == 1 and previous != chain.genesis(segment.centre, segment.key)):
        raise Problem("altered", device=segment.device)
    try:
        for seq, data in enumerate(segment.bodies, start=segment.first):
            previous = hashes[seq] = chain.link(previous, data)
            bodies[seq] = body = decode_body(data)
            if (body.device, body.seq) != (segment.device, seq):
                raise Problem("altered", device=segment.device)
    except (msgspec.DecodeError, TypeError):
        raise Problem("altered", device=segment.device) from None
    if not chain.seal_holds(segment.key, segment.seal, segment.device, segment.last, previous):
        raise Problem("altered", device=segment.device)
    return hashes, bodies


def keep_aside(ledger: Ledger, centre: str, segment: Segment) -> None:
    """Keep a segment that is signed and has no place in the chain, with those of its parts that are its own."""
    if not segment.bodies:
        return
    count = ledger.connection.execute(
        select(func.count()).where(branches.c.centre == centre, branches.c.device == segment.device)
    ).scalar_one()
    if count >= MOST_BRANCHES:
        return
    digests = {seq: decode_body(data).digest for seq, data in enumerate(segment.bodies, start=segment.first)}
    own = [(seq, data) for seq, data in segment.parts if digests.get(seq) == part_digest(data)]
    digest = hashlib.sha256(msgspec.msgpack.encode([segment.previous, segment.bodies])).hexdigest()
    whole = encode_segments([msgspec.structs.replace(segment, parts=own)])
    put_new(
        ledger.connection,
        branches,
        centre=centre,
        device=segment.device,
        digest=digest,
        first=segment.first,
        last=segment.last,
        at=ledger.now,
        segment=ledger.keys.seal_part(whole, branch_place(centre, segment.device, digest)),
    )


def branch_place(centre: str, device: int, digest: str) -> bytes:
    """What a branch at rest is bound to."""
    return b"branch" + place_of(centre, device, 0) + digest.encode()
