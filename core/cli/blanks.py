"""`certificates blanks`: the numbered paper 空白证书 of a centre, and what came in, was spoiled or counted."""

from __future__ import annotations

from typing import Any

from core.certificates.blank_commands import count_blanks, receive_blanks, spoil_blanks
from core.certificates.blanks import Balance, balance
from core.cli.frame import Answer, Call, Noun
from core.cli.session import acting
from core.errors import BadUsage
from core.store import Actors, Store
from core.words import say


def register(noun: Noun) -> None:
    """Add the verb's arguments."""
    parser = noun.verb("blanks", run_blanks)
    parser.add_argument("--received", nargs="+", metavar="SERIAL")
    parser.add_argument("--spoiled", nargs="+", metavar="SERIAL")
    parser.add_argument("--counted", type=int, metavar="N")
    parser.add_argument("--reason", default="")


def run_blanks(call: Call) -> Answer:
    """Record what is said of the stock, if anything, and answer how it stands then.

    `--received FIRST [LAST]`; `--spoiled SERIAL …` with a reason; `--counted N`, with a reason where it differs.
    """
    given = call.args
    said = [given.received, given.spoiled, given.counted]
    if sum(one is not None for one in said) > 1 or (given.received is not None and len(given.received) > 2):
        raise BadUsage("certificates.blanks_how")
    if given.reason and given.spoiled is None and given.counted is None:
        raise BadUsage("certificates.blanks_how")
    with acting(call) as (store, actors):
        done = _record(call, store, actors)
        with store.read(actors.first) as read:
            found = balance(read)
    figures = {name: getattr(found, name) for name in ("received", "used", "spoiled", "left")}
    told = [say("certificates.blanks_stand", **figures)]
    if found.twice:
        told.append(say("certs.blank.twice", serials="、".join(found.twice)))
    return Answer(_data(found), "\n".join([*done, *told]))


def _record(call: Call, store: Store, actors: Actors) -> list[str]:
    """What was recorded, in words."""
    given = call.args
    if given.received is not None:
        count = store.write(actors, receive_blanks, given.received[0], given.received[-1]).value
        return [say("certs.blank.receive.done", count=count)]
    if given.spoiled is not None:
        count = store.write(actors, spoil_blanks, given.spoiled, given.reason).value
        return [say("certs.blank.spoil.done", count=count)]
    if given.counted is not None:
        count = store.write(actors, count_blanks, given.counted, given.reason).value
        return [say("certs.blank.count.done", count=count)]
    return []


def _data(found: Balance) -> dict[str, Any]:
    return {
        "received": found.received,
        "used": found.used,
        "spoiled": found.spoiled,
        "left": found.left,
        "twice": list(found.twice),
        "ranges": [
            {"first": one.first, "last": one.last, "count": one.count, "at": one.at.isoformat(timespec="seconds")}
            for one in found.ranges
        ],
        "counts": [
            {
                "counted": one.counted,
                "expected": one.expected,
                "difference": one.difference,
                "note": one.note,
                "at": one.at.isoformat(timespec="seconds"),
            }
            for one in found.counts
        ],
    }
