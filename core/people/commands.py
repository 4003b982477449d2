"""What the administrator and people themselves do with accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.errors import Refused
from core.people.events import AccountClosed, AccountCreated, PinSet
from core.people.permission import permitted
from core.people.pins import FreshKey, fresh_key, keep_lock
from core.people.queries import account, account_by_login, accounts, actor_of, nobody_else_here
from core.people.roles import Role, parse_roles
from core.store import Actor, Actors, Id, Store, Write

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
FIRST_ADMIN = "admin"
LONGEST_NAME = 60


def found_admin(write: Write, key: FreshKey) -> Id:
    """Make the first account, `admin`, of a centre that has none. The founder chose its PIN: it is not provisional."""
    if accounts(write):
        raise Refused("people.already_founded")
    created = write.record(AccountCreated(FIRST_ADMIN, [Role.ADMIN]), AccountCreated.Part(""))
    return _give_key(write, created, key, provisional=False)


def recover_admin(write: Write, key: FreshKey) -> Id:
    """Set one administrator's PIN on a machine that was just opened with the recovery code."""
    admins = accounts(write, Role.ADMIN)
    if not admins:
        raise Refused("people.no_admin")
    return _give_key(write, admins[0].id, key, provisional=False)


@permitted(Role.ADMIN)
def create_account(write: Write, login: str, roles: Iterable[str], key: FreshKey, name: str = "") -> Id:
    """Let a person sign in. The PIN that the administrator chose can't sign until its owner has changed it.

    `key` comes from `fresh_key`. A login that is taken or not plain letters and digits is refused.
    """
    login = login.strip()
    if not _LOGIN.fullmatch(login):
        raise Refused("people.bad_login", login=login[:40])
    name = name.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused("people.bad_name", longest=LONGEST_NAME)
    wanted = parse_roles(roles)
    if account_by_login(write, login) is not None:
        raise Refused("people.login_taken", login=login)
    created = write.record(AccountCreated(login, [str(role) for role in wanted]), AccountCreated.Part(name))
    return _give_key(write, created, key, provisional=True)


@permitted(*Role)
def change_pin(write: Write, key: FreshKey) -> None:
    """Change one's own PIN; with it comes a new signing key. Who signed in with the old PIN is its owner."""
    _give_key(write, write.actor.id, key, provisional=False)


def change_own_pin(store: Store, actors: Actors, pin: str, memory_kib: int | None = None) -> Actor:
    """Give the signed-in person a PIN of their own; the same person, signed in with the new key."""
    key = fresh_key(pin, memory_kib)
    store.write(actors, change_pin, key)
    with store.read() as read:
        line = account(read, actors.first_id)
    assert line is not None  # else the write was refused
    return actor_of(line, key.sign)


def _alone_here(write: Write) -> bool:
    return nobody_else_here(write, write.actor.id)


@permitted(Role.ADMIN, second=True, alone=_alone_here)
def reset_pin(write: Write, id: Id, key: FreshKey) -> None:
    """Give a person who forgot it a provisional PIN (two people).

    On a machine where nobody else has ever signed in, as after a restore, the administrator does it alone, on record.
    """
    found = account(write, id)
    if found is None or found.closed:
        raise Refused("people.unknown_account")
    _give_key(write, id, key, provisional=True)


@permitted(Role.ADMIN)
def close_account(write: Write, id: Id) -> None:
    """Let a person sign in no more. What they signed stands. One's own account can't be closed."""
    found = account(write, id)
    if found is None:
        raise Refused("people.unknown_account")
    if id == write.actor.id:
        raise Refused("people.own_account")
    if not found.closed:
        write.record(AccountClosed(id))


def _give_key(write: Write, id: Id, key: FreshKey, *, provisional: bool) -> Id:
    write.record(PinSet(id, key.public, provisional))
    keep_lock(write, id, key)
    return id
