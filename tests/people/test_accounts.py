"""Accounts, PINs and who may be the second person."""

from __future__ import annotations

import pytest

from core.house import open_house
from core.people import commands, pins, throttle
from core.people.pins import fresh_key, sign_in
from core.people.queries import account_by_login, accounts
from core.store import Actors
from tests.rooms import FIRST_PIN, PASSPHRASE, PIN, Centre, refused


def test_a_new_account_signs_in_with_the_pin_that_the_administrator_chose(centre: Centre) -> None:
    actor = centre.engage("N1", "registrar", own_pin=False)
    assert actor.provisional and actor.sign is None
    centre.holds()


def test_a_pin_that_somebody_else_set_cannot_sign_until_its_owner_has_changed_it(centre: Centre) -> None:
    centre.engage("N1", "registrar", own_pin=False)
    owner = commands.change_own_pin(centre.store, centre.who("N1"), PIN)
    assert owner.sign is not None and not owner.provisional
    assert sign_in(centre.store, "N1", PIN).sign is not None
    with refused("people.wrong_pin"):
        sign_in(centre.store, "N1", FIRST_PIN)


@pytest.mark.parametrize(
    ("login", "roles", "code"),
    [
        ("", ["registrar"], "people.bad_login"),
        ("王", ["registrar"], "people.bad_login"),
        ("x" * 33, ["registrar"], "people.bad_login"),
        ("a b", ["registrar"], "people.bad_login"),
        ("../up", ["registrar"], "people.bad_login"),
        ("N1", [], "people.no_role"),
        ("N1", ["king"], "people.unknown_role"),
        ("N1", ["admin", "auditor"], "people.admin_alone"),
        ("R1", ["registrar"], "people.login_taken"),
    ],
)
def test_an_account_that_cannot_be_is_refused(centre: Centre, login: str, roles: list[str], code: str) -> None:
    key, before = fresh_key(FIRST_PIN), centre.store.head.seq
    with refused(code):
        centre.act("admin", commands.create_account, login, roles, key)
    assert centre.store.head.seq == before


@pytest.mark.parametrize("pin", ["", "123", "1" * 65])
def test_a_pin_is_neither_too_short_nor_too_long(pin: str) -> None:
    with refused("people.bad_pin"):
        fresh_key(pin)


def test_a_name_that_cannot_be_shown_is_refused(centre: Centre) -> None:
    for name in ("测" * 61, "测\u202e试", "测\n试"):
        with refused("people.bad_name"):
            centre.act("admin", commands.create_account, "N1", ["registrar"], fresh_key(FIRST_PIN), name)


def test_one_account_holds_several_roles_in_a_small_centre(centre: Centre) -> None:
    centre.engage("N1", "reviewer", "registrar", "reviewer")
    found = centre.ask(account_by_login, "N1")
    assert [str(role) for role in found.roles] == ["registrar", "reviewer"]


def test_unknown_accounts_and_wrong_pins_are_refused_alike(centre: Centre) -> None:
    for login in ("nobody", "R1", ""):
        with refused("people.wrong_pin"):
            sign_in(centre.store, login, "9999")


def test_a_closed_account_signs_in_no_more_and_its_login_is_free_again(centre: Centre) -> None:
    centre.act("admin", commands.close_account, centre.id("R1"))
    with refused("people.wrong_pin"):
        sign_in(centre.store, "R1", PIN)
    centre.engage("R1", "registrar")
    assert len([one for one in centre.ask(accounts) if one.login == "R1"]) == 2
    centre.holds()


def test_an_administrator_cannot_close_their_own_account(centre: Centre) -> None:
    with refused("people.own_account"):
        centre.act("admin", commands.close_account, centre.id("admin"))
    with refused("people.unknown_account"):
        centre.act("admin", commands.close_account, 4711)


def test_a_reset_takes_a_second_person_and_gives_a_provisional_pin(centre: Centre) -> None:
    key = fresh_key("7777")
    with refused("people.second_needed"):
        centre.act("admin", commands.reset_pin, centre.id("E1"), key)
    centre.act("admin", commands.reset_pin, centre.id("E1"), key, second="M1")
    assert sign_in(centre.store, "E1", "7777").provisional
    centre.holds()


def test_where_nobody_else_has_signed_in_the_administrator_resets_a_pin_alone(centre: Centre) -> None:
    """As on a machine that was just restored: there is nobody yet who could be the second person."""
    from sqlalchemy import delete

    from core.people.tables import SignedIn

    centre.store.write(Actors(), lambda write: write.local(delete(SignedIn)))
    centre.act("admin", commands.reset_pin, centre.id("M1"), fresh_key("7777"))
    sign_in(centre.store, "M1", "7777")
    with refused("people.second_needed"):
        centre.act("admin", commands.reset_pin, centre.id("M2"), fresh_key("7777"))


@pytest.mark.parametrize(
    ("second", "code"),
    [("admin", "people.second_same"), ("R1", "people.second_unfit"), ("E1", "people.second_unfit")],
)
def test_the_second_person_is_another_and_a_manager(centre: Centre, second: str, code: str) -> None:
    with refused(code):
        centre.act("admin", commands.reset_pin, centre.id("E2"), fresh_key("7777"), second=second)


def test_whose_pin_somebody_else_set_is_no_second_person(centre: Centre) -> None:
    """The administrator who set it knows it: the two could be one."""
    centre.engage("M3", "manager", own_pin=False)
    with refused("people.second_provisional"):
        centre.act("admin", commands.reset_pin, centre.id("E2"), fresh_key("7777"), second="M3")


def test_a_second_person_who_is_not_needed_must_be_fit_all_the_same(centre: Centre) -> None:
    with refused("people.second_same"):
        centre.act("admin", commands.create_account, "N1", ["auditor"], fresh_key(FIRST_PIN), second="admin")


class Clock:
    """A machine's clock and its ticks, both in the test's hand (milliseconds)."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.clock, self.tick = 1_800_000_000_000, 50_000_000
        patch.setattr(throttle, "clock_ms", lambda: self.clock)
        patch.setattr(throttle, "tick_ms", lambda: self.tick)

    def wait(self, seconds: float) -> None:
        self.clock += round(seconds * 1000)
        self.tick += round(seconds * 1000)


def wrong(centre: Centre, times: int) -> None:
    for _ in range(times):
        with refused("people.wrong_pin"):
            sign_in(centre.store, "R1", "9999")


def test_five_wrong_pins_are_free_then_the_wait_doubles(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    wrong(centre, 5)
    for seconds in (15, 30, 60, 120):
        clock.wait(seconds - 1)
        with refused("people.wait") as caught:
            sign_in(centre.store, "R1", PIN)
        assert caught.value.values["seconds"] == 1  # type: ignore[attr-defined]
        clock.wait(1)
        wrong(centre, 1)
    clock.wait(240)
    sign_in(centre.store, "R1", PIN)
    wrong(centre, 5)


def test_the_wait_is_never_longer_than_an_hour() -> None:
    assert throttle.wait_after(4) == 0
    assert throttle.wait_after(5) == 15_000
    assert throttle.wait_after(1000) == 3_600_000


def test_a_restart_forgives_no_wrong_pin(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    wrong(centre, 5)
    centre.store.close()
    with open_house(centre.store.home, PASSPHRASE) as again, refused("people.wait"):
        sign_in(again, "R1", PIN)


@pytest.mark.parametrize("hours", [-24, 24])
def test_setting_the_clock_gains_a_guesser_nothing(centre: Centre, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    clock = Clock(monkeypatch)
    wrong(centre, 5)
    clock.clock += hours * 3_600_000
    with refused("people.wait"):
        sign_in(centre.store, "R1", PIN)
    clock.wait(16)
    sign_in(centre.store, "R1", PIN)


def test_after_a_restart_of_the_machine_the_clock_alone_tells(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    wrong(centre, 5)
    clock.tick, clock.clock = 1_000, clock.clock - 1
    with refused("people.wait"):
        sign_in(centre.store, "R1", PIN)
    clock.wait(16)
    sign_in(centre.store, "R1", PIN)


def test_one_persons_wrong_pins_delay_nobody_else(centre: Centre) -> None:
    wrong(centre, 6 - 1)
    sign_in(centre.store, "V1", PIN)


def test_a_pin_is_never_kept_in_the_clear(centre: Centre) -> None:
    key = fresh_key("gehe1m-4711")
    assert b"4711" not in key.wrapped and "wrapped" not in repr(key)
    assert pins.SHORTEST_PIN == 4
