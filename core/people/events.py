"""What can happen to an account."""

from __future__ import annotations

from core.store import Event, EventPart, Id, event


@event("account.created")
class AccountCreated(Event, frozen=True):
    """A person may sign in as `login`; the entry's id is the account's."""

    login: str
    roles: list[str]

    class Part(EventPart, frozen=True):
        name: str


@event("account.pin_set")
class PinSet(Event, frozen=True):
    """A person has a new signing key under a new PIN. `provisional`: somebody else chose it, so it can't sign yet."""

    account: Id
    key: bytes
    provisional: bool


@event("account.closed")
class AccountClosed(Event, frozen=True):
    """A person may not sign in any more; what they signed stands."""

    account: Id


@event("keys.changed")
class KeysChanged(Event, frozen=True):
    """On this machine other words open the store from now on: `words` is "recovery_code" or "passphrase"."""

    words: str
