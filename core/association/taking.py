"""Taking in what the association's hub said: segments of its chain, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.association import events
from core.association.events import HUB
from core.association.queries import hub_key
from core.errors import IntegrityFailure, Refused
from core.store import KINDS, THE_PROGRAM, Store, Write, Written, segments
from core.store.events import decode_body


def take_in_segments(store: Store, found: Sequence[segments.Segment]) -> Written[int]:
    """Take in segments of the hub's chain; the number of new entries. A centre that is not enrolled: refused."""
    return store.write(THE_PROGRAM, _take, found)


def _take(write: Write, found: Sequence[segments.Segment]) -> int:
    key = hub_key(write)
    if key is None:
        raise Refused("association.not_enrolled")
    check_speaker(found)
    if any(segment.key != key for segment in found):
        raise IntegrityFailure("association.another_hub")
    return sum(segments.take_in(write, segment) for segment in found)


def check_speaker(found: Sequence[segments.Segment]) -> None:
    """Refuse what is no word of a hub: other devices' segments, none at all, kinds of entries that a centre makes."""
    if not found or any(segment.device != HUB for segment in found):
        raise Refused("association.not_a_hub_file")
    for segment in found:
        for data in segment.bodies:
            try:
                kind = KINDS.get(decode_body(data).kind)
            except msgspec.DecodeError:
                raise IntegrityFailure("segment.altered", device=HUB) from None
            if kind is not None and kind.event.__module__ != events.__name__:
                raise IntegrityFailure("association.not_its_to_say", kind=kind.name)
