"""账号: who may sign in and as what; new ones, forgotten PINs, and those who have left. The administrator's page."""

from __future__ import annotations

from typing import ClassVar

from core.people.commands import close_account
from core.people.queries import AccountLine, accounts
from core.words import say
from ui import ops
from ui.context import Context
from ui.dialogs.questions import ConfirmDialog
from ui.models.paged import Column, Tone
from ui.pages.accounts_form import AccountForm
from ui.pages.accounts_person import AccountPerson
from ui.widgets.basics import label, row
from ui.widgets.card import Card
from ui.widgets.inputs import SearchBox
from ui.widgets.page import Page
from ui.widgets.table import DataTable


class AccountsPage(Page):
    """Every account; a new one or one of them in the drawer."""

    title_code: ClassVar[str] = "ui.page.accounts"
    kinds: ClassVar[frozenset[str]] = frozenset({"account"})
    batched: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._found: list[AccountLine] = []
        self.search = SearchBox(say("exam.accounts.search"))
        self.search.setFixedWidth(280)
        self.search.searched.connect(lambda _text: self._show())
        self.search.left_downwards.connect(lambda: self.table.setFocus())
        self._count = label("", "muted")
        self.table = DataTable(_columns(), lambda one: one.id)
        self.table.setAccessibleName(say("ui.page.accounts"))
        self.table.opened.connect(self.open_account)
        card = Card()
        card.body.addWidget(self.table, 1)
        self.body.addLayout(row(self.search, self._count, None, spacing=12))
        self.body.addWidget(card, 1)
        self.set_primary(say("exam.accounts.new"), self.open_new, "Ctrl+N", "add")

    def refresh(self) -> None:
        ops.read(self, accounts).on_done(self._take).latest("accounts").start()

    def open_new(self) -> None:
        """A new account in the drawer."""
        self.clear_refusal()
        self.context.shell.open_drawer(AccountForm(self.context), say("exam.accounts.new"))

    def open_account(self, found: AccountLine) -> None:
        """One account in the drawer."""
        self.clear_refusal()
        view = AccountPerson(self.context, found, self.close_account)
        self.context.shell.open_drawer(view, found.login)

    def close_account(self, found: AccountLine) -> None:
        """Ask, then let this person sign in no more."""

        def do() -> None:
            said = say("exam.accounts.closed_now", account=found.login)
            writing = ops.write(self, close_account, found.id).say_done(said)
            writing.on_done(lambda _none: self.context.shell.close_drawer()).start()

        title = say("exam.accounts.close.title", account=found.login)
        words = say("exam.accounts.close.words")
        ConfirmDialog(self, self.context, title, words, say("exam.accounts.close"), do, danger=True).open()

    def _take(self, found: list[AccountLine]) -> None:
        self._found = sorted(found, key=lambda one: (one.closed, one.login))
        self._show()

    def _show(self) -> None:
        text = self.search.text().strip().casefold()
        shown = [one for one in self._found if text in f"{one.login} {one.name} {_roles(one)}".casefold()]
        self.table.show_rows(shown)
        in_use = sum(not one.closed for one in self._found)
        self._count.setText(say("exam.accounts.count", count=in_use, total=len(self._found)))


def _columns() -> list[Column]:
    return [
        Column(say("ui.account"), lambda one: one.login, width=120, strong=True),
        Column(say("exam.name"), lambda one: one.name, width=120),
        Column(say("exam.accounts.roles"), _roles, width=160, stretch=True),
        Column(say("exam.accounts.state"), _state, width=150, badge=_tone),
    ]


def _roles(found: AccountLine) -> str:
    return "、".join(say(f"role.{role}") for role in found.roles)


def _state(found: AccountLine) -> str:
    if found.closed:
        return say("exam.accounts.closed")
    return say("exam.accounts.provisional" if found.provisional else "exam.accounts.own_pin")


def _tone(found: AccountLine) -> Tone:
    if found.closed:
        return "muted"
    return "attention" if found.provisional else "good"
