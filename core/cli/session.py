"""What commands with a store share: opening it, and signing in the one or two people who act."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from core.cli.frame import Call, at_terminal, secret
from core.errors import BadUsage, Refused
from core.house import PASSPHRASE, open_house
from core.paths import home_or_default
from core.people.pins import sign_in
from core.store import Actors, Store

Done = TypeVar("Done")


def with_passphrase(work: Callable[[str | None], Done], for_want: str, ask: Callable[[str, str], str]) -> Done:
    """What `work` does without a passphrase; refused `for_want` of one, with the one that is typed at a terminal."""
    try:
        return work(None)
    except Refused as refused:
        if refused.code != for_want or PASSPHRASE in os.environ or not at_terminal():
            raise
    return work(ask(PASSPHRASE, "cli.ask_passphrase"))


@contextmanager
def opened(call: Call) -> Iterator[Store]:
    """The store of the call's home, closed at the end."""
    home = home_or_default(call.home)
    with with_passphrase(lambda typed: open_house(home, typed), "store.needs_passphrase", secret) as store:
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
