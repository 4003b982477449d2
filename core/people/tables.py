"""Accounts, worked out from the journal, and what only this machine knows of them."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Derived, Local


class Account(Derived):
    """A person who may sign in."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(index=True)
    roles: Mapped[str]
    """Space-separated, in the order of `Role`."""
    name: Mapped[str | None]
    key: Mapped[bytes | None]
    """The public key that signs now."""
    provisional: Mapped[bool]
    closed: Mapped[bool]


class SigningKey(Derived):
    """Every public key that an account ever had: old signatures still verify."""

    __tablename__ = "signing_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(index=True)
    key: Mapped[bytes]


class PinLock(Local):
    """A person's private key on this machine, wrapped by their PIN (JSON of `Wrapped`)."""

    __tablename__ = "pin_locks"
    backed_up = False
    account: Mapped[int] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes]


class Throttle(Local):
    """Wrong PINs in a row. Survives a restart."""

    __tablename__ = "throttles"
    backed_up = False
    account: Mapped[int] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[int]
    """UTC milliseconds of the last wrong one, by the clock that people can set."""
    last_tick: Mapped[int]
    """The same moment in milliseconds since the machine started, which nobody can set."""


class SignedIn(Local):
    """Who has ever signed in on this machine: until a second person has, an administrator sets PINs alone."""

    __tablename__ = "signed_in"
    backed_up = False
    account: Mapped[int] = mapped_column(primary_key=True)
