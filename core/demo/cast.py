"""The people of a demonstration: one account a role, two managers, and as many examiners as 9.2 asks for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from core.people import commands
from core.people.pins import fresh_key, sign_in
from core.people.roles import Role
from core.store import Actor, Actors, Store

ADMIN = "admin"
PIN_DIGITS = 6
PIN_MEMORY_KIB = 1024
"""A true PIN costs a fifth of a second by intention. These are printed for all to see, and there may be hundreds."""

STAFF: tuple[tuple[str, Role, str], ...] = (
    ("R01", Role.REGISTRAR, "受理员甲"),
    ("V01", Role.REVIEWER, "审核员甲"),
    ("M01", Role.MANAGER, "主管甲"),
    ("M02", Role.MANAGER, "主管乙"),
    ("I01", Role.INVIGILATOR, "场务甲"),
    ("I02", Role.INVIGILATOR, "场务乙"),
    ("C01", Role.CERTIFICATES, "证书员甲"),
    ("S01", Role.SUPERVISOR, "督导员甲"),
    ("A01", Role.AUDITOR, "审计员甲"),
)


@dataclass(frozen=True)
class Player:
    """An account of the demonstration with its PIN, which is no secret."""

    login: str
    roles: tuple[str, ...]
    pin: str


@dataclass(frozen=True)
class Cast:
    """Everybody, signed in."""

    players: tuple[Player, ...]
    actors: dict[str, Actor]

    def act(self, login: str, second: str | None = None) -> Actors:
        """One or two of them, about to do something."""
        return Actors(self.actors[login], self.actors[second] if second else None)

    @property
    def examiners(self) -> list[str]:
        """The examiners' logins."""
        return [player.login for player in self.players if Role.EXAMINER in player.roles]


def new_pin() -> str:
    """A random PIN."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def engage(store: Store, admin_pin: str, examiners: int, pin: str = "") -> Cast:
    """Make every account, let each owner change the PIN that was set for them, and sign them in.

    Everybody has `pin`, or, where it is empty, a random one of their own.
    """
    people = [*STAFF, *((f"E{n:02d}", Role.EXAMINER, f"考评员{n:02d}") for n in range(1, examiners + 1))]
    admin = sign_in(store, ADMIN, admin_pin)
    cast = Cast((Player(ADMIN, (Role.ADMIN,), admin_pin),), {ADMIN: admin})
    for login, role, name in people:
        cast = enlist(store, cast, login, role, name, pin)
    return cast


def enlist(store: Store, cast: Cast, login: str, role: Role, name: str, pin: str = "") -> Cast:
    """The cast with one more person, signed in; `pin` as for `engage`."""
    first_pin, own_pin = new_pin(), pin or new_pin()
    key = fresh_key(first_pin, PIN_MEMORY_KIB)
    store.write(cast.act(ADMIN), commands.create_account, login, [role], key, name)
    actor = _take_over(store, login, first_pin, own_pin)
    return Cast((*cast.players, Player(login, (role,), own_pin)), {**cast.actors, login: actor})


def _take_over(store: Store, login: str, first_pin: str, own_pin: str) -> Actor:
    """What each person does on the first day: sign in with the PIN they were given, and set their own."""
    return commands.change_own_pin(store, Actors(sign_in(store, login, first_pin)), own_pin, PIN_MEMORY_KIB)
