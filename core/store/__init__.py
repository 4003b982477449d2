"""The encrypted file: journal, tables, replay, blobs, segments, backup. What other rooms use of it stands here."""

from core.store import backup, basics, founding, segments
from core.store.actors import THE_PROGRAM, Actor, Actors, Sign
from core.store.blobs import BlobRef
from core.store.events import (
    KINDS,
    Entry,
    Event,
    EventPart,
    Id,
    Travels,
    decode_part,
    encode_part,
    event,
    part_digest,
    split_id,
)
from core.store.journal import Read, Write
from core.store.keys import Wrapped, keyring_is_safe, unwrap, wrap
from core.store.store import Store, Written
from core.store.tables import Derived, Local, Tables, applies
from core.store.verify import HeadAt, Problem, Verified
from core.store.witnesses import head_lines, read_heads

__all__ = [
    "KINDS",
    "THE_PROGRAM",
    "Actor",
    "Actors",
    "BlobRef",
    "Derived",
    "Entry",
    "Event",
    "EventPart",
    "HeadAt",
    "Id",
    "Local",
    "Problem",
    "Read",
    "Sign",
    "Store",
    "Tables",
    "Travels",
    "Verified",
    "Wrapped",
    "Write",
    "Written",
    "applies",
    "backup",
    "basics",
    "decode_part",
    "encode_part",
    "event",
    "founding",
    "head_lines",
    "keyring_is_safe",
    "part_digest",
    "read_heads",
    "segments",
    "split_id",
    "unwrap",
    "wrap",
]
