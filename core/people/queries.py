"""What others see of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.people.roles import Role
from core.people.tables import Account, SignedIn, SigningKey
from core.store import Actor, Id, Read, Sign


@dataclass(frozen=True)
class AccountLine:
    """An account as lists show it."""

    id: Id
    login: str
    name: str
    roles: tuple[Role, ...]
    provisional: bool
    closed: bool

    @property
    def shown(self) -> str:
        """The name where there is one, else the login."""
        return self.name or self.login


def accounts(read: Read, role: Role | None = None) -> list[AccountLine]:
    """Every account by login; of one role those that are open."""
    found = [_line(row) for row in read.rows(select(Account).order_by(Account.login))]
    return found if role is None else [line for line in found if role in line.roles and not line.closed]


def account(read: Read, id: Id) -> AccountLine | None:
    """One account."""
    row = read.first(select(Account).where(Account.id == id))
    return _line(row) if row else None


def account_by_login(read: Read, login: str) -> AccountLine | None:
    """The open account that signs in as `login`."""
    row = read.first(
        select(Account).where(Account.login == login.strip(), Account.closed.is_(False)).order_by(Account.id)
    )
    return _line(row) if row else None


def nobody_else_here(read: Read, account: Id) -> bool:
    """Whether nobody but this account has ever signed in on this machine: a new centre, or one that was restored."""
    return read.first(select(SignedIn.account).where(SignedIn.account != account)) is None


def actor_of(line: AccountLine, sign: Sign | None) -> Actor:
    """A signed-in person. A provisional PIN can't sign."""
    return Actor(
        line.id,
        line.login,
        frozenset(line.roles),
        None if line.provisional else sign,
        line.provisional,
    )


def current_key(read: Read, account: Id) -> bytes | None:
    """The public key with which an account signs now."""
    found = read.value(select(Account.key).where(Account.id == account))
    return bytes(found) if found is not None else None


def public_keys(read: Read, account: Id) -> list[bytes]:
    """Every signing key that an account ever had."""
    rows = read.rows(select(SigningKey.key).where(SigningKey.account == account).order_by(SigningKey.id))
    return [bytes(row.key) for row in rows]


def _line(row: Row[*tuple[Any, ...]]) -> AccountLine:
    return AccountLine(
        id=row.id,
        login=row.login,
        name=row.name or "",
        roles=tuple(Role(name) for name in row.roles.split()),
        provisional=row.provisional,
        closed=row.closed,
    )
