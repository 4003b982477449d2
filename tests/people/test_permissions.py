"""Every role against every command, and the second person's half of each."""

from __future__ import annotations

import importlib
from functools import cache

import pytest

from core.paths import PROGRAM
from core.people.permission import PERMISSIONS, Permission, may
from core.people.roles import Role
from core.store import Actor, Actors
from tests.rooms import Centre, refused

for _module in sorted((PROGRAM / "core").glob("*/*.py")):
    if "permitted" in _module.read_text("utf-8") and _module.parent.name not in ("cli", "demo"):
        importlib.import_module(f"core.{_module.parent.name}.{_module.stem}")

COMMANDS = sorted(PERMISSIONS)
CELLS = [(command, role) for command in COMMANDS for role in Role]
TWO_PEOPLE = {"association.accept_enrolment", "people.reset_pin", "results.confirm", "results.order_new_panel"}
"""Commands that always take two; others ask for the second one where what they do needs it."""


@cache
def command(name: str) -> object:
    """The command itself, found where it says it stands."""
    room = name.split(".")[0]
    for source in sorted((PROGRAM / "core" / room).glob("*.py")):
        found = getattr(importlib.import_module(f"core.{room}.{source.stem}"), name.split(".")[1], None)
        if getattr(found, "permission", None) is PERMISSIONS[name]:
            return found
    raise AssertionError(name)


def somebody(id: int, *roles: Role, provisional: bool = False) -> Actor:
    return Actor(id, f"T{id}", frozenset(roles), (lambda message: b"") if not provisional else None, provisional)


def reaches(centre: Centre, name: str, actors: Actors) -> None:
    """The guard lets these people in: the command then misses its arguments, which only its body would notice."""
    with pytest.raises(TypeError, match=r"missing \d+ required|argument"):
        centre.store.write(actors, lambda write: command(name)(write, *[object()] * 40))  # type: ignore[operator]


@pytest.mark.parametrize(("name", "role"), CELLS)
def test_a_command_is_done_by_its_roles_and_by_nobody_else(stages: object, name: str, role: Role) -> None:
    """Asked of the guard itself: every cell of the matrix, with a fit second person beside."""
    permission = PERMISSIONS[name]
    first = somebody(1, role)
    second = somebody(2, Role.REVIEWER if role is Role.MANAGER else Role.MANAGER)
    write = _Write(Actors(first, second if permission.second else None))
    if role in permission.roles:
        assert may(first, command(name))  # type: ignore[arg-type]
        with pytest.raises(_Inside):
            _guard(permission)(write)
    else:
        assert not may(first, command(name))  # type: ignore[arg-type]
        with refused("people.not_permitted"):
            command(name)(write)  # type: ignore[operator]


class _Inside(Exception):
    """The guard let somebody in."""


class _Write:
    """As much of a write as a guard looks at."""

    def __init__(self, actors: Actors) -> None:
        self.actors = actors


def _guard(permission: Permission) -> object:
    """The guard of a permission around a body that tells that it was reached; the register stays as it was."""
    from core.people.permission import permitted

    def body(write: object) -> None:
        raise _Inside

    body.__module__, kept = "core.nowhere", dict(PERMISSIONS)
    made = permitted(*permission.roles, second=permission.second, alone=permission.alone)(body)  # type: ignore[arg-type]
    PERMISSIONS.clear()
    PERMISSIONS.update(kept)
    return made


@pytest.mark.parametrize("name", COMMANDS)
def test_without_a_sign_in_nothing_is_done(name: str) -> None:
    with refused("people.sign_in_first"):
        command(name)(_Write(Actors()))  # type: ignore[operator]


@pytest.mark.parametrize("name", sorted(TWO_PEOPLE))
def test_an_act_of_two_people_takes_two_fit_and_different_ones(centre: Centre, name: str) -> None:
    role = sorted(PERMISSIONS[name].roles)[0]
    first = somebody(1, role)
    fit = somebody(2, Role.MANAGER)
    for second, code in (
        (None, "people.second_needed"),
        (somebody(1, role), "people.second_same"),
        (somebody(2, Role.INVIGILATOR), "people.second_unfit"),
        (somebody(2, Role.ADMIN), "people.second_unfit"),
        (somebody(2, Role.MANAGER, provisional=True), "people.second_provisional"),
    ):
        with refused(code):
            centre.store.write(Actors(first, second), command(name))  # type: ignore[arg-type]
    reaches(centre, name, Actors(first, fit))


def test_exactly_the_acts_of_two_people_ask_for_a_second_one() -> None:
    asked = {name for name, permission in PERMISSIONS.items() if permission.second}
    assert asked >= TWO_PEOPLE
    assert not {"scoring.sign_sheet", "results.settle", "registration.decide"} & asked


def test_beside_a_manager_a_reviewer_or_certificate_administrator_answers_too(centre: Centre) -> None:
    manager = somebody(1, Role.MANAGER)
    for role in (Role.MANAGER, Role.REVIEWER, Role.CERTIFICATES):
        reaches(centre, "results.confirm", Actors(manager, somebody(2, role)))
    with refused("people.second_unfit"):
        centre.store.write(Actors(manager, somebody(2, Role.AUDITOR)), command("results.confirm"))  # type: ignore[arg-type]


def roles_of(name: str) -> set[Role]:
    return set(PERMISSIONS[name].roles)


def test_the_roles_keep_apart_what_the_design_keeps_apart() -> None:
    marking = {name for name in COMMANDS if name.startswith("scoring.") and Role.EXAMINER in roles_of(name)}
    assert {"scoring.save_draft", "scoring.sign_sheet", "scoring.deliberate"} <= marking
    for name in ("scoring.save_draft", "scoring.sign_sheet", "scoring.deliberate"):
        assert roles_of(name) == {Role.EXAMINER}, "a manager never marks"
    assert Role.REGISTRAR not in roles_of("registration.decide")
    assert Role.REVIEWER not in roles_of("registration.enter_application")
    assert roles_of("results.confirm") == roles_of("results.settle") == {Role.MANAGER}
    assert roles_of("certificates.issue_notices") == {Role.CERTIFICATES}
    for name in COMMANDS:
        if name.split(".")[0] in ("registration", "arrangement", "scoring", "results", "certificates", "batches"):
            assert roles_of(name).isdisjoint({Role.ADMIN, Role.AUDITOR}), name
