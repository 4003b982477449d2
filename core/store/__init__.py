"""The encrypted file: journal, tables, replay, blobs, segments, backup. What other rooms use of it stands here."""

from core.store import acts, backup, basics, erasure, files, founding, segments
from core.store.actors import THE_PROGRAM, Actor, Actors, Sign
from core.store.blobs import BlobRef
from core.store.chain import signature_holds
from core.store.effects import Tables, applies, fills
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
from core.store.keys import Wrapped, keyring_is_safe, new_recovery_code, unwrap, wrap
from core.store.queries import Predecessor, centre_name, last_backup, own_device, predecessors
from core.store.store import Store, Written
from core.store.tables import LOCAL_STEPS, Derived, Local
from core.store.verify import HeadAt, Problem, Verified
from core.store.witnesses import head_lines, read_heads, witness

__all__ = [
    "KINDS",
    "LOCAL_STEPS",
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
    "Predecessor",
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
    "acts",
    "applies",
    "backup",
    "basics",
    "centre_name",
    "decode_part",
    "encode_part",
    "erasure",
    "event",
    "files",
    "fills",
    "founding",
    "head_lines",
    "keyring_is_safe",
    "last_backup",
    "new_recovery_code",
    "own_device",
    "part_digest",
    "predecessors",
    "read_heads",
    "segments",
    "signature_holds",
    "split_id",
    "unwrap",
    "witness",
    "wrap",
]
