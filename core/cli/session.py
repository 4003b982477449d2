"""What commands with a store share: opening it, and signing in the one or two people who act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.cli.frame import Call, secret
from core.errors import BadUsage, Refused
from core.house import open_house
from core.paths import home_or_default
from core.people.pins import sign_in
from core.store import Actors, Store


@contextmanager
def opened(call: Call) -> Iterator[Store]:
    """The store of the call's home, closed at the end."""
    with open_house(home_or_default(call.home)) as store:
        yield store


@contextmanager
def acting(call: Call) -> Iterator[tuple[Store, Actors]]:
    """The store, and whom `--as` and `--with` sign in by their PINs. Without `--as`: words off."""
    if call.account is None:
        raise BadUsage("cli.who")
    if call.second is not None and call.second.strip() == call.account.strip():
        raise Refused("people.second_same")
    pin = secret("ZHIKAO_PIN", "cli.ask_pin")
    second_pin = secret("ZHIKAO_PIN2", "cli.ask_pin2") if call.second else ""
    with opened(call) as store:
        first = sign_in(store, call.account, pin)
        second = sign_in(store, call.second, second_pin) if call.second else None
        yield store, Actors(first, second)
