"""PINs: what unlocks a person's own signing key on this machine, and what slows a guesser down."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select, update

from core.errors import Refused
from core.people.queries import AccountLine, account_by_login, actor_of
from core.people.tables import PinLock, Throttle
from core.store import THE_PROGRAM, Actor, Id, Store, Wrapped, Write, unwrap, wrap

SHORTEST_PIN = 4
LONGEST_PIN = 64
FREE_FAILURES = 5
FIRST_WAIT_MS = 15_000
LONGEST_WAIT_MS = 3_600_000
_PURPOSE = b"zhikao-pin"


@dataclass(frozen=True)
class FreshKey:
    """A new signing key, wrapped by a PIN already: that takes a quarter of a second, so it is made before the write."""

    public: bytes
    wrapped: bytes


def fresh_key(pin: str) -> FreshKey:
    """A new signing key under `pin`. A PIN that is too short or too long is refused."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise Refused("people.bad_pin", shortest=SHORTEST_PIN, longest=LONGEST_PIN)
    key = Ed25519PrivateKey.generate()
    wrapped = wrap(key.private_bytes_raw(), pin, _PURPOSE)
    return FreshKey(key.public_key().public_bytes_raw(), msgspec.json.encode(wrapped))


def keep_lock(write: Write, account: Id, key: FreshKey) -> None:
    """Keep a person's wrapped key on this machine, in place of an older one, and forget wrong PINs."""
    write.local(delete(PinLock).where(PinLock.account == account))
    write.local(insert(PinLock).values(account=account, wrapped=key.wrapped))
    write.local(delete(Throttle).where(Throttle.account == account))


def sign_in(store: Store, login: str, pin: str) -> Actor:
    """Sign a person in on this machine.

    Unknown account and wrong PIN are refused alike; after five wrong ones each further try has to wait.
    """
    with store.read() as read:
        account = account_by_login(read, login)
        wrapped = read.value(select(PinLock.wrapped).where(PinLock.account == account.id)) if account else None
    if account is None:
        raise Refused("people.wrong_pin")
    if wrapped is None:
        raise Refused("people.pin_not_on_this_machine", account=login)
    # Counted before it is tried: a program killed in between has used up its try.
    wait = store.write(THE_PROGRAM, _count_try, account.id).value
    if wait:
        raise Refused("people.wait", seconds=wait)
    private = unwrap(msgspec.json.decode(wrapped, type=Wrapped), pin, _PURPOSE)
    if private is None:
        raise Refused("people.wrong_pin")
    store.write(THE_PROGRAM, _forget_tries, account.id)
    return _signed_in(account, private)


def _signed_in(account: AccountLine, private: bytes) -> Actor:
    key = Ed25519PrivateKey.from_private_bytes(private)
    return actor_of(account, key.sign)


def _count_try(write: Write, account: Id) -> int:
    """Seconds that the account must still wait; 0: it may try, and a failure is counted, which success takes back."""
    now = time.time_ns() // 1_000_000
    found = write.first(select(Throttle).where(Throttle.account == account))
    if found is None:
        write.local(insert(Throttle).values(account=account, failures=1, last_at=now))
        return 0
    change = update(Throttle).where(Throttle.account == account)
    wait = 0
    if found.failures >= FREE_FAILURES:
        wait = min(FIRST_WAIT_MS * 2 ** min(found.failures - FREE_FAILURES, 20), LONGEST_WAIT_MS)
    if now < found.last_at:
        # A clock set back proves nothing: the whole time is waited from now on.
        write.local(change.values(last_at=now))
    elif now - found.last_at >= wait:
        write.local(change.values(failures=found.failures + 1, last_at=now))
        return 0
    return int(-(-(wait - max(0, now - found.last_at)) // 1000))


def _forget_tries(write: Write, account: Id) -> None:
    write.local(delete(Throttle).where(Throttle.account == account))
