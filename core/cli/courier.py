"""`courier write|read FILE`: the exchange with the association by a stick that somebody carries."""

from __future__ import annotations

from pathlib import Path

from core.cli.frame import Answer, Call, Noun
from core.cli.session import opened
from core.cli.sync import nothing
from core.words import say

MEGABYTE = 1 << 20


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    write = noun.verb("write", run_write)
    write.add_argument("file", metavar="FILE", type=Path)
    write.add_argument("--photos-mb", type=int, metavar="N")
    noun.verb("read", run_read).add_argument("file", metavar="FILE", type=Path)


def run_write(call: Call) -> Answer:
    """Write a bundle; when this ends the stick may be taken out."""
    from core.exchange.courier import BLOB_BYTES, write_bundle
    from core.exchange.outbox import waiting
    from core.house import may_travel

    most = BLOB_BYTES if call.args.photos_mb is None else max(0, call.args.photos_mb) * MEGABYTE
    with opened(call) as store:
        found = write_bundle(store, call.args.file, may_travel, most)
        with store.read() as read:
            left = waiting(read, may_travel(read))
    data = {
        **nothing(),
        "sent": found.entries,
        "bytes_up": found.size,
        # What is in a bundle waits until the association's reply has come back.
        "waiting": left.total,
        "bundle": found.number,
        "parts": found.parts,
        "photos": found.blobs,
        "photos_left": found.blobs_left,
        "held_back": left.held_back,
        "file": str(call.args.file),
    }
    text = say("exchange.bundle_written", number=found.number, entries=found.entries, blobs=found.blobs)
    return Answer(data, text if not found.blobs_left else text + say("exchange.bundle_left", blobs=found.blobs_left))


def run_read(call: Call) -> Answer:
    """Take in the association's reply, or another file of its."""
    from core.exchange.courier import read_bundle
    from core.exchange.outbox import waiting
    from core.exchange.queries import standing
    from core.house import may_travel

    with opened(call) as store:
        found = read_bundle(store, call.args.file)
        with store.read() as read:
            now, left = standing(read, may_travel(read)), waiting(read, may_travel(read))
    data = {
        **nothing(),
        "received": found.received,
        "receipts": found.receipts,
        "bytes_down": found.size,
        "waiting": left.total,
        "held_back": left.held_back,
        "doubled": found.doubled,
        "old": found.old,
        "stuck": [{"what": one.what, "code": one.code, "sentence": one.sentence} for one in now.stuck],
    }
    code = "doubled" if found.doubled else "old" if found.old else "read"
    text = say(f"exchange.bundle_{code}", received=found.received, receipts=found.receipts)
    return Answer(data, "\n".join([text, now.sentence, *(one.sentence for one in now.stuck)]))
