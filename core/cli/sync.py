"""`sync`: one exchange with the association's hub."""

from __future__ import annotations

from typing import Any

from core.cli.frame import Answer, Call, Noun
from core.cli.session import opened
from core.words import say


def register(noun: Noun) -> None:
    """The arguments."""
    parser = noun.verb("", run_sync)
    parser.add_argument("--hub", metavar="URL")
    parser.add_argument("--no-photos", action="store_true")


def run_sync(call: Call) -> Answer:
    """Send what the hub has not got and take down what it said. No link: exit 3, and what was moved till then."""
    from core.exchange.pace import Pace
    from core.exchange.queries import standing
    from core.exchange.round import Done
    from core.exchange.service import Outcome, exchange_once
    from core.house import may_travel

    call.data.update(nothing())

    def progress(done: Done) -> None:
        call.progress(say("exchange.progress", sent=done.sent, received=done.received, blobs=done.blobs))

    def ended(outcome: Outcome) -> None:
        done, waiting = outcome.done, outcome.waiting
        call.data.update(
            sent=done.sent,
            received=done.received,
            receipts=done.receipts,
            bytes_up=outcome.bytes_up,
            bytes_down=outcome.bytes_down,
            waiting=waiting.total,
            parts=done.parts,
            photos=done.blobs,
            held_back=waiting.held_back,
        )

    with opened(call) as store:
        try:
            exchange_once(
                store,
                may_travel,
                Pace(),
                address=call.args.hub,
                blobs=not call.args.no_photos,
                progress=progress,
                ended=ended,
            )
        finally:
            with store.read() as read:
                now = standing(read, may_travel(read))
            call.data["stuck"] = [{"what": one.what, "code": one.code, "sentence": one.sentence} for one in now.stuck]
    text = say("exchange.synced", sent=call.data["sent"], received=call.data["received"])
    return Answer(call.data, "\n".join([text, now.sentence, *(one.sentence for one in now.stuck)]))


def nothing() -> dict[str, Any]:
    """The answer's keys before anything has moved."""
    return dict.fromkeys(("sent", "received", "receipts", "bytes_up", "bytes_down", "waiting"), 0)
