"""`centre found`: a new centre on this machine."""

from __future__ import annotations

from core.cli.frame import Answer, Call, Noun, secret
from core.paths import home_or_default
from core.words import say


def register(noun: Noun) -> None:
    found = noun.verb("found", run_found)
    found.add_argument("--code", required=True)
    found.add_argument("--name", required=True)


def run_found(call: Call) -> Answer:
    """Found a centre; the recovery code is shown this once."""
    from core.house import found_centre

    pin = secret("ZHIKAO_PIN", "cli.ask_new_pin")
    store, recovery_code = found_centre(home_or_default(call.home), call.args.code, call.args.name, pin)
    with store:
        data = {"centre": store.centre, "device": store.device, "recovery_code": recovery_code}
    return Answer(data, say("centre.founded", **data))
