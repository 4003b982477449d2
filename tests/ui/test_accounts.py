# ruff: noqa: F811 - a fixture is named where it is used
"""The administrator's accounts on a real store."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from core.people.pins import sign_in
from core.people.queries import account_by_login
from core.people.roles import Role
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from ui.dialogs.second_person import SecondPersonDialog as _Second
from ui.pages.accounts_form import AccountForm, HandOver, suggested_pin
from ui.pages.accounts_person import AccountPerson

NEW = (Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


def drawer(page: Any) -> Any:
    return page.context.shell.drawer.content


def line(page: Any, login: str) -> Any:
    return next(one for one in page._found if one.login == login)


def test_only_the_administrator_sees_accounts(room: Room) -> None:
    assert "accounts" in room.sit_down("admin").rail.keys
    assert "accounts" not in room.sit_down("M01").rail.keys


def test_a_new_account_gets_a_first_pin_that_is_shown_once(room: Room) -> None:
    page = room.page("admin", "accounts")
    room.press(page, NEW)
    form = drawer(page)
    assert isinstance(form, AccountForm)
    room.press(form.login, "E09")
    form.roles[Role.EXAMINER].setChecked(True)
    room.click(form.do)
    room.until(lambda: form.findChild(HandOver) is not None)
    pin = form.findChild(HandOver).pin.text()
    actor = sign_in(room.store, "E09", pin)
    assert actor.provisional and actor.sign is None
    room.until(lambda: any(one.login == "E09" and one.provisional for one in page._found))


def test_a_login_that_is_taken_is_refused_in_the_drawer(room: Room) -> None:
    page = room.page("admin", "accounts")
    page.open_new()
    form = drawer(page)
    form.login.setText("E01")
    form.roles[Role.EXAMINER].setChecked(True)
    form.create()
    room.until(lambda: form.strip.text)
    assert "E01" in form.strip.text
    assert form.login.text() == "E01"  # what was typed stays


def test_an_administrator_holds_no_other_role(room: Room) -> None:
    page = room.page("admin", "accounts")
    page.open_new()
    roles = drawer(page).roles
    roles[Role.MANAGER].setChecked(True)
    roles[Role.ADMIN].setChecked(True)
    assert [role for role, box in roles.items() if box.isChecked()] == [Role.ADMIN]


def test_a_forgotten_pin_is_reset_by_two_people(room: Room) -> None:
    page = room.page("admin", "accounts")
    page.open_account(line(page, "E01"))
    view = drawer(page)
    assert isinstance(view, AccountPerson)
    room.click(view.reset)
    room.until(lambda: any(one.isVisible() for one in room.window.findChildren(_Second)))
    room.second_person("M01")
    room.until(lambda: view.findChild(HandOver) is not None)
    assert sign_in(room.store, "E01", view.findChild(HandOver).pin.text()).provisional


def test_closing_an_account_asks_first(room: Room) -> None:
    page = room.page("admin", "accounts")
    page.open_account(line(page, "S01"))
    room.click(drawer(page).close_it)
    dialog = room.dialog()
    dialog.reject()
    page.close_account(line(page, "S01"))
    room.click(room.dialog().confirm)
    room.until(lambda: line(page, "S01").closed)
    with room.store.read() as read:
        assert account_by_login(read, "S01") is None


def test_ones_own_account_has_no_button_to_close_it(room: Room) -> None:
    page = room.page("admin", "accounts")
    page.open_account(line(page, "admin"))
    assert not hasattr(drawer(page), "close_it")


def test_accounts_are_found_by_role(room: Room) -> None:
    page = room.page("admin", "accounts")
    page.search.setText("督导")
    room.until(lambda: page.table.total == 1)
    assert page.table.paged.row_at(0).login == "S01"


def test_suggested_pins_have_six_figures_and_differ() -> None:
    pins = {suggested_pin() for _ in range(20)}
    assert len(pins) > 15
    assert all(len(pin) == 6 and pin.isdigit() for pin in pins)
