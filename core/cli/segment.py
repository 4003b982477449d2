"""`segment write|read FILE`: this machine's records as a file, and another device's taken in."""

from __future__ import annotations

import os
from pathlib import Path

from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.cli.session import opened
from core.paths import home_or_default
from core.store import THE_PROGRAM, Write, founding, segments
from core.store.files import write_whole
from core.words import say


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    noun.verb("write", run_write).add_argument("file", metavar="FILE", type=Path)
    read = noun.verb("read", run_read)
    read.add_argument("file", metavar="FILE")
    read.add_argument("--join", action="store_true")


def run_write(call: Call) -> Answer:
    """Write the own chain, with the parts that may travel."""
    from core.house import may_travel

    target: Path = call.args.file
    with opened(call) as store, store.read() as read:
        found = segments.cut_all(read.connection, store.centre, store.device, may_travel(read))
        device = store.device
    write_whole(target, segments.encode_segments(found))
    entries = sum(len(segment.bodies) for segment in found)
    return Answer(
        {"entries": entries, "device": device, "file": str(target)},
        say("segment.written", entries=entries, file=target),
    )


def run_read(call: Call) -> Answer:
    """Take another device's records in; with `--join` make the home a new device of their centre."""
    found = segments.decode_segments(read_bytes_argument(call.args.file))
    if call.args.join:
        return _join(call, found)
    with opened(call) as store:

        def command(write: Write) -> int:
            return sum(segments.take_in(write, segment) for segment in found)

        entries = store.write(THE_PROGRAM, command).value
        device = store.device
    data = {"entries": entries, "device": device, "recovery_code": None}
    return Answer(data, say("segment.taken_in", entries=entries))


def _join(call: Call, found: list[segments.Segment]) -> Answer:
    from core.house import PASSPHRASE

    store, code = founding.join(home_or_default(call.home), found, os.environ.get(PASSPHRASE) or None)
    with store:
        entries = sum(len(segment.bodies) for segment in found)
        data = {"entries": entries, "device": store.device, "recovery_code": code}
        return Answer(data, say("segment.joined", centre=store.centre, **data))
