"""Who may do a command: stands on the command itself, so that the window can ask and a test can try every cell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from core.errors import Refused
from core.people.roles import SECONDS_OF_MANAGERS, Role
from core.store import Actor, Actors, Write

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Permission:
    """The roles of which one is needed, and whether a second person must answer too (but where `alone` says not)."""

    command: str
    roles: frozenset[Role]
    second: bool
    alone: Callable[[Write], bool] | None = None


PERMISSIONS: dict[str, Permission] = {}
"""Every permitted command by `room.name`."""


def permitted(
    *roles: Role,
    second: bool = False,
    alone: Callable[[Write], bool] | None = None,
    beside: Callable[[Actors], None] | None = None,
) -> Callable[[Callable[Concatenate[Write, P], T]], Callable[Concatenate[Write, P], T]]:
    """Let a command be done only by a signed-in person with one of `roles`, and with a second person if asked for.

    A second person who is given although none is needed must be fit too: the record names nobody by mere accident.
    `beside` refuses the pair where it is not a manager who answers beside the first (`check_second`).
    """

    def mark(command: Callable[Concatenate[Write, P], T]) -> Callable[Concatenate[Write, P], T]:
        name = f"{command.__module__.split('.')[1]}.{command.__name__}"
        permission = PERMISSIONS[name] = Permission(name, frozenset(roles), second, alone)

        @functools.wraps(command)
        def guarded(write: Write, *args: P.args, **kwargs: P.kwargs) -> T:
            check_role(write.actors.first, permission)
            if write.actors.second is not None or (second and not (alone and alone(write))):
                (beside or check_second)(write.actors)
            return command(write, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[Write, P], T], guarded)

    return mark


def may(actor: Actor | None, command: Callable[..., Any]) -> bool:
    """Whether a person may start a command: what the window greys out."""
    permission: Permission = command.permission  # type: ignore[attr-defined]
    return actor is not None and not permission.roles.isdisjoint(actor.roles)


def check_role(actor: Actor | None, permission: Permission) -> None:
    """Refuse who is not signed in or has none of the roles."""
    if actor is None:
        raise Refused("people.sign_in_first")
    if permission.roles.isdisjoint(actor.roles):
        from core.words import say

        needed = " / ".join(say(f"role.{role}") for role in sorted(permission.roles))
        raise Refused("people.not_permitted", account=actor.login, needed=needed)


def check_second(actors: Actors) -> None:
    """Refuse an act of two people without a second one, by the same person twice, or with an unfit second."""
    first, second = actors.first, actors.second
    if second is None or first is None:
        raise Refused("people.second_needed")
    if first.id == second.id:
        raise Refused("people.second_same")
    fit = SECONDS_OF_MANAGERS if Role.MANAGER in first.roles else frozenset({Role.MANAGER})
    if fit.isdisjoint(second.roles):
        raise Refused("people.second_unfit", account=second.login)
    if first.provisional or second.provisional:
        # Whoever set that PIN knows it: the two could be one person.
        raise Refused("people.second_provisional", account=(second if second.provisional else first).login)
