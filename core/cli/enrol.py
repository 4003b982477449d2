"""`enrol`: with the association by file (`--request`, then `--answer` and `--hub-key`) or over the net (`--hub`)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from core.association import commands
from core.association.requests import request_digest
from core.cli.frame import Answer, Call, Noun, read_bytes_argument, secret
from core.cli.session import acting
from core.cli.sync import nothing
from core.errors import BadUsage
from core.store import segments
from core.store.files import write_whole
from core.words import say


def register(noun: Noun) -> None:
    parser = noun.verb("", run_enrol)
    parser.add_argument("--request", metavar="FILE", type=Path)
    parser.add_argument("--answer", metavar="FILE")
    parser.add_argument("--hub-key", metavar="FINGERPRINT")
    parser.add_argument("--hub", metavar="URL")


def run_enrol(call: Call) -> Answer:
    """Ask to be enrolled, or take the association's answer in (`--as` an administrator, `--with` a manager)."""
    given = call.args
    if given.hub is not None:
        if given.request is not None or given.answer is not None or given.hub_key is not None:
            raise BadUsage("exchange.request_or_hub")
        return _online(call, given.hub)
    if (given.request is None) == (given.answer is None) or (given.answer is None) != (given.hub_key is None):
        raise BadUsage("association.request_or_answer")
    return _ask(call, given.request) if given.request is not None else _accept(call, given.answer, given.hub_key)


def _ask(call: Call, target: Path) -> Answer:
    with acting(call) as (store, actors):
        request = store.write(actors, commands.ask_enrolment, *commands.own_keys(store)).value
        data = {"centre": store.centre, "device": store.device, "request": request_digest(request).hex()}
    write_whole(target, request)
    return Answer({**data, "file": str(target)}, say("association.request_written", file=target))


def _online(call: Call, address: str) -> Answer:
    """Enrol with the one-time code of `ZHIKAO_ENROL_CODE` at the hub of this address."""
    from core.exchange.addresses import check_address
    from core.exchange.enrolling import enrol_online
    from core.exchange.outbox import waiting
    from core.house import may_travel

    call.data.update(nothing())
    address = check_address(address)
    code = secret("ZHIKAO_ENROL_CODE", "exchange.ask_code")
    with acting(call) as (store, actors):
        done = enrol_online(store, actors, address, code)
        with store.read() as read:
            left = waiting(read, may_travel(read)).total
        found = {"centre": store.centre, "device": store.device, "hub": address}
        data = {**nothing(), **asdict(done), **found, "received": done.entries, "waiting": left}
    return Answer(data, say("exchange.enrolled_online", association=done.association, fingerprint=done.fingerprint))


def _accept(call: Call, file: str, hub_key: str) -> Answer:
    from core.exchange.enrolling import accept

    found = segments.decode_segments(read_bytes_argument(file))
    with acting(call) as (store, actors):
        done = accept(store, actors, found, hub_key)
        data = {**asdict(done), "centre": store.centre, "device": store.device}
    return Answer(data, say("association.enrolled", association=done.association, fingerprint=done.fingerprint))
