"""PINs: what unlocks a person's own signing key on this machine, and what slows a guesser down."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select

from core.errors import Refused
from core.people.queries import account_by_login, actor_of
from core.people.tables import PinLock, SignedIn
from core.people.throttle import count_try, forget_tries
from core.store import THE_PROGRAM, Actor, Id, Sign, Store, Wrapped, Write, unwrap, wrap

SHORTEST_PIN = 4
LONGEST_PIN = 64
_PURPOSE = b"zhikao-pin"


@dataclass(frozen=True)
class FreshKey:
    """A new signing key, wrapped by a PIN already: that takes a quarter of a second, so it is made before the write."""

    public: bytes
    wrapped: bytes = field(repr=False)
    sign: Sign = field(repr=False)
    """So that who has just set a PIN need not type it again."""


def fresh_key(pin: str, memory_kib: int | None = None) -> FreshKey:
    """A new signing key under `pin`. A PIN that is too short or too long is refused.

    `memory_kib` is for PINs that are no secret; see `wrap`.
    """
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
        raise Refused("people.bad_pin", shortest=SHORTEST_PIN, longest=LONGEST_PIN)
    key = Ed25519PrivateKey.generate()
    wrapped = wrap(key.private_bytes_raw(), pin, _PURPOSE, memory_kib)
    return FreshKey(key.public_key().public_bytes_raw(), msgspec.json.encode(wrapped), key.sign)


def keep_lock(write: Write, account: Id, key: FreshKey) -> None:
    """Keep a person's wrapped key on this machine, in place of an older one, and forget wrong PINs."""
    write.local(delete(PinLock).where(PinLock.account == account))
    write.local(insert(PinLock).values(account=account, wrapped=key.wrapped))
    forget_tries(write, account)


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
    wait = store.write(THE_PROGRAM, count_try, account.id).value
    if wait:
        raise Refused("people.wait", seconds=wait)
    private = unwrap(msgspec.json.decode(wrapped, type=Wrapped), pin, _PURPOSE)
    if private is None:
        raise Refused("people.wrong_pin")
    store.write(THE_PROGRAM, _note_sign_in, account.id)
    return actor_of(account, Ed25519PrivateKey.from_private_bytes(private).sign)


def _note_sign_in(write: Write, account: Id) -> None:
    forget_tries(write, account)
    if write.first(select(SignedIn).where(SignedIn.account == account)) is None:
        write.local(insert(SignedIn).values(account=account))
