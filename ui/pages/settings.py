"""Settings: how the window looks and speaks, and one's own PIN. Cards of other rooms are added below them."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QComboBox

from core.words import LANGUAGES, language, say
from ui import theme
from ui.context import Context
from ui.widgets.basics import button, label, row
from ui.widgets.card import Card
from ui.widgets.form import Form
from ui.widgets.page import Page


class SettingsPage(Page):
    """Everybody's own settings."""

    title_code: ClassVar[str] = "ui.page.settings"
    scrolls: ClassVar[bool] = True
    batched: ClassVar[bool] = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.body.addWidget(self._look_card())
        self.body.addWidget(self._person_card())
        self.body.addStretch(1)

    def _look_card(self) -> Card:
        card = Card(say("ui.settings.look"))
        form = Form(columns=2)
        self.language = form.add(say("ui.language"), QComboBox())
        for name in LANGUAGES:
            self.language.addItem(say(f"ui.language.{name}"), name)
        self.language.setCurrentIndex(LANGUAGES.index(language()))
        self.language.activated.connect(lambda _at: self.context.shell.change_language(self.language.currentData()))
        self.theme = form.add(say("ui.theme"), QComboBox())
        for name in ("auto", *theme.NAMES):
            self.theme.addItem(say(f"ui.theme.{name}"), name)
        self.theme.setCurrentIndex(1 + theme.NAMES.index(theme.look().theme.name))
        self.theme.activated.connect(lambda _at: self.context.shell.change_look(self.theme.currentData()))
        card.body.addWidget(form)
        return card

    def _person_card(self) -> Card:
        card = Card(say("ui.settings.person"))
        session = self.context.session
        roles = "、".join(say(f"role.{name}") for name in sorted(session.roles))
        card.body.addLayout(row(label(session.name, "strong"), label(roles, "muted"), None))
        card.body.addWidget(label(say("ui.settings.pin"), "muted", wrap=True))
        change = button(say("ui.pin.change"), self.context.shell.change_pin, icon="key")
        card.body.addLayout(row(change, None))
        return card
