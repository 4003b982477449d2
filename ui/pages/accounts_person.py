"""One account in the drawer: its roles, a provisional PIN for who forgot theirs (two people), and closing it."""

from __future__ import annotations

from collections.abc import Callable

from core.people.commands import close_account, reset_pin
from core.people.permission import may
from core.people.pins import FreshKey, fresh_key
from core.people.queries import AccountLine
from core.words import say
from ui import ops
from ui.context import Context
from ui.pages.accounts_form import DrawerHost, HandOver, suggested_pin
from ui.widgets.basics import badge, button, column, label, row, rule
from ui.widgets.flow import Flow


class AccountPerson(DrawerHost):
    """`close(account)` asks first."""

    def __init__(self, context: Context, found: AccountLine, close: Callable[[AccountLine], None]) -> None:
        super().__init__(context)
        self._found = found
        self._pin = ""
        roles = Flow()
        for role in found.roles:
            roles.add(badge(say(f"role.{role}"), "accent"))
        self.box.addLayout(column(label(found.name or say("exam.accounts.no_name"), "title"), roles, spacing=8))
        actor = context.session.actors.first
        if found.closed:
            self.box.addWidget(label(say("exam.accounts.is_closed"), "muted", wrap=True))
        else:
            self._add_acts(found, close, own=found.id == actor.id)
        self.box.addStretch(1)

    def _add_acts(self, found: AccountLine, close: Callable[[AccountLine], None], *, own: bool) -> None:
        actor = self.context.session.actors.first
        self.box.addWidget(rule())
        if own:
            self.box.addWidget(label(say("exam.accounts.yours"), "muted", wrap=True))
            self.box.addLayout(row(button(say("ui.pin.change"), self.context.shell.change_pin, icon="key"), None))
            return
        words = "exam.accounts.provisional.words" if found.provisional else "exam.accounts.reset.words"
        self.box.addWidget(label(say(words), "muted", wrap=True))
        self.reset = button(say("exam.accounts.reset"), self.reset_pin, icon="key")
        self.reset.setEnabled(may(actor, reset_pin))
        self.box.addLayout(row(self.reset, None))
        self.box.addWidget(rule())
        self.box.addWidget(label(say("exam.accounts.close.words"), "muted", wrap=True))
        self.close_it = button(say("exam.accounts.close"), lambda: close(found), "danger")
        self.close_it.setEnabled(may(actor, close_account))
        self.box.addLayout(row(self.close_it, None))

    def reset_pin(self) -> None:
        """Make a key under a new random PIN, then ask for the second person."""
        self.strip.clear()
        self._pin = suggested_pin()
        working = ops.work(self, fresh_key, self._pin).on_done(self._write)
        working.describe(say("ui.checking")).busy(self.reset).start()

    def _write(self, key: FreshKey) -> None:
        purpose = say("exam.accounts.reset.purpose", account=self._found.login)
        writing = ops.write(self, reset_pin, self._found.id, key).two_people(purpose)
        writing.on_done(lambda _none: self._done()).busy(self.reset).start()

    def _done(self) -> None:
        from ui.widgets.basics import clear

        pin, self._pin = self._pin, ""
        clear(self.box)
        self.box.addWidget(HandOver(self._found.login, pin))
        self.box.addStretch(1)
