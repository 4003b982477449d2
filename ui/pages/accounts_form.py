"""A new account: login, name, roles, and a first PIN that is shown once to be handed over."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.errors import AppError
from core.people.commands import create_account
from core.people.pins import FreshKey, fresh_key
from core.people.roles import Role
from core.words import say
from ui import ops
from ui.context import Context
from ui.widgets.basics import button, column, holder, label, row
from ui.widgets.form import Form
from ui.widgets.strip import ProgressStrip, Strip

PIN_DIGITS = 6


def suggested_pin() -> str:
    """A random PIN, good until its owner has chosen another."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


class HandOver(QWidget):
    """A first PIN in large figures: shown this once, never kept anywhere."""

    def __init__(self, login: str, pin: str) -> None:
        super().__init__()
        self.pin: QLabel = label(pin, "code")
        self.pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pin.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._pin = pin
        copy = button(say("ui.copy"), lambda: QGuiApplication.clipboard().setText(self._pin), icon="copy")
        words = label(say("exam.accounts.hand_over", account=login), "muted", wrap=True)
        outer = column(label(say("exam.accounts.first_pin", account=login), "strong"), self.pin, spacing=12)
        outer.addLayout(row(None, copy, None))
        outer.addWidget(words)
        outer.setContentsMargins(0, 0, 0, 0)
        self.setLayout(outer)


class DrawerHost(QWidget):
    """What a drawer that starts operations is: a strip and a progress of its own, its content below them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.strip = Strip()
        self.progress_strip = ProgressStrip()
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(16)
        self.box.addWidget(self.strip)
        self.box.addWidget(self.progress_strip)

    def show_refusal(self, error: AppError) -> None:
        """Say it in the drawer."""
        self.strip.show_error(error)

    def show_progress(self, text: str, done: int, total: int, cancel: object) -> None:
        """Say how far it is."""
        self.progress_strip.show_progress(text, done, total, None)

    def hide_progress(self) -> None:
        """It has ended."""
        self.progress_strip.hide()


class AccountForm(DrawerHost):
    """The fields; once the account is made, its first PIN in their place."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._pin = suggested_pin()
        self.form = Form()
        self.login = self.form.add(say("ui.account"), QLineEdit(), hint=say("exam.accounts.login.hint"), required=True)
        self.login.setMaxLength(32)
        self.name = self.form.add(say("exam.name"), QLineEdit(), hint=say("exam.accounts.name.hint"))
        self.name.setMaxLength(40)
        self.roles = {role: QCheckBox(say(f"role.{role}")) for role in Role}
        boxes = column(label(say("exam.accounts.roles") + " *", "field"), *self.roles.values(), spacing=2)
        self.form.add_wide(holder(boxes))
        self.do = button(say("exam.accounts.create"), self.create, "primary")
        self.login.returnPressed.connect(self.name.setFocus)
        self.name.returnPressed.connect(self.create)
        for role, box in self.roles.items():
            box.toggled.connect(lambda checked, role=role: self._on_role(role, checked))
        self.box.addWidget(self.form)
        self.box.addWidget(label(say("exam.accounts.admin_alone"), "small", wrap=True))
        self.box.addLayout(row(None, self.do))
        self.box.addStretch(1)
        self.setFocusProxy(self.login)

    def create(self) -> None:
        """Make the signing key (a quarter of a second), then the account."""
        self.form.accept_all()
        self.strip.clear()
        if not self.login.text().strip():
            self.form.complain(self.login, say("exam.accounts.login.missing"))
            return
        working = ops.work(self, fresh_key, self._pin).on_done(self._write)
        working.describe(say("ui.checking")).busy(self.do).start()

    def _write(self, key: FreshKey) -> None:
        roles = [role for role, box in self.roles.items() if box.isChecked()]
        writing = ops.write(self, create_account, self.login.text().strip(), roles, key, self.name.text().strip())
        writing.on_done(lambda _id: self._made()).busy(self.do).start()

    def _made(self) -> None:
        from ui.widgets.basics import clear

        login, pin, self._pin = self.login.text().strip(), self._pin, ""
        self.setFocusProxy(None)
        clear(self.box)
        self.box.addWidget(HandOver(login, pin))
        self.box.addStretch(1)

    def _on_role(self, role: Role, checked: bool) -> None:
        """An administrator is nothing else: the others go as soon as one is chosen."""
        if not checked:
            return
        for other, box in self.roles.items():
            if other is not role and Role.ADMIN in (role, other):
                box.setChecked(False)
