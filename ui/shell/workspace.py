"""The window while somebody is signed in: rail, pages, drawer, foot, search, and the keys that work everywhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.words import LANGUAGES, known, language, say
from ui import ops
from ui.background import Exchange
from ui.context import Context, Session, shows
from ui.dialogs.second_person import SecondPersonDialog
from ui.providers import PersonFound, Providers
from ui.registry import PageSpec
from ui.shell.help import HelpView
from ui.shell.palette import Found, Palette
from ui.shell.rail import Rail
from ui.shell.status_bar import StatusBar, StatusItem
from ui.theme import NAMES
from ui.widgets.basics import row, shortcut
from ui.widgets.drawer import Drawer
from ui.widgets.toast import Toast
from ui.workers import Workers

NARROW = 1100
"""Below this width the rail shows only icons: 1366 × 768 at 150 % is 911 wide."""
STATUS_EVERY = 30_000
LOW_DISK = 2 << 30
HELP_WIDTH = 380


class Workspace(QWidget):
    """Everything of one sitting. It goes as a whole at sign-out, so that nothing of one person is left for the next."""

    locked = Signal()
    look_wanted = Signal(str)
    language_wanted = Signal(str)
    pin_change_wanted = Signal()

    def __init__(
        self,
        store: Any,
        session: Session,
        workers: Workers,
        pages: Sequence[PageSpec],
        providers: Providers,
        home: Path,
        pair: Callable[[Session, str, str], Any] | None = None,
        exchange: Exchange | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.context = Context(store, session, workers, self, pair, exchange)
        self.context.lock_wanted.connect(self.lock)
        self._providers = providers
        self._home = home
        self._specs = {page.key: page for page in pages if page.seen_by(session.roles)}
        self._pages: dict[str, QWidget] = {}
        self._current = ""
        self._narrow = False
        steps = [page for page in self._specs.values() if not page.foot]
        self._alone = any(page.alone for page in steps) and all(page.alone or page.beside for page in steps)
        self.rail = Rail(tuple(self._specs.values()))
        self.rail.chosen.connect(self.open_page)
        self.stack = QStackedWidget()
        self.drawer = Drawer()
        self.status_bar = StatusBar(self._person(session))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        middle = row(self.rail, spacing=0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(self.drawer)
        outer.addLayout(middle, 1)
        outer.addWidget(self.status_bar)
        self.palette_box = Palette(self)
        self.palette_box.asked.connect(self._find_people)
        self.toast = Toast(self)
        self._keys()
        self._timer = QTimer(self)
        self._timer.setInterval(STATUS_EVERY)
        self._timer.timeout.connect(self._read_status)
        self.context.changed.connect(self._on_changed)
        self.rail.setHidden(self._alone)

    # What a page may ask

    def begin(self, page: str = "") -> None:
        """Read what stands around the pages and open the first one."""
        self._read_around()
        self._timer.start()
        if self._specs:
            self.open_page(page if page in self._specs else next(iter(self._specs)))
        if self.context.session.provisional:
            self.notify(say("ui.pin.provisional"), say("ui.pin.change"), self.pin_change_wanted.emit)

    def open_page(self, key: str, **arguments: Any) -> None:
        """Open a page, made at its first opening; `arguments` tell it what to look at."""
        if key not in self._specs:
            return
        spec = self._specs[key]
        if key not in self._pages:
            page = self._pages[key] = spec.load()(self.context)
            self.stack.addWidget(page)
        page = self._pages[key]
        if key != self._current:
            self.drawer.close_drawer()
        self._current = key
        self.stack.setCurrentWidget(page)
        self.rail.show_current(key)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.status_bar.setHidden(spec.alone)
        if arguments:
            page.open_with(**arguments)  # type: ignore[attr-defined]

    @property
    def current(self) -> str:
        """The key of the page in view."""
        return self._current

    def page(self, key: str) -> Any:
        """A page that was opened, or None."""
        return self._pages.get(key)

    def open_drawer(self, content: QWidget, title: str, width: int = 420) -> None:
        """Show `content` in the drawer at the right, which owns it from now on."""
        self.drawer.open(content, title, min(width, max(300, self.width() * 2 // 5)))

    def close_drawer(self) -> None:
        """Put the drawer away."""
        self.drawer.close_drawer()

    def notify(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """A short word at the foot that goes by itself."""
        self.toast.notify(text, action, act)

    def ask_second_person(self, host: QWidget, purpose: str, act: Callable[[Any], None]) -> None:
        """Have a second person sign in for one act; `act(actors)` when both may."""
        SecondPersonDialog(host, self.context, purpose, act).open()

    def change_pin(self) -> None:
        """Let the person change their PIN."""
        self.pin_change_wanted.emit()

    def change_look(self, theme: str) -> None:
        """Wear another theme."""
        self.look_wanted.emit(theme)

    def change_language(self, language: str) -> None:
        """Speak another language, once the click that asks for it is over: everything in view is made again."""
        QTimer.singleShot(0, lambda: self.language_wanted.emit(language))

    def lock(self) -> None:
        """Sign out; the window stays."""
        self.locked.emit()

    # The keys

    def _keys(self) -> None:
        shortcut("Ctrl+K", self, self.open_palette, everywhere=True)
        shortcut("Ctrl+L", self, self.lock, everywhere=True)
        shortcut("F1", self, self.toggle_help, everywhere=True)
        shortcut("Escape", self, self.close_last, everywhere=True)
        shortcut("F5", self, self._refresh_current, everywhere=True)
        for number, key in enumerate(list(self._specs)[:9], start=1):
            shortcut(f"Alt+{number}", self, partial(self.open_page, key), everywhere=True)

    def open_palette(self) -> None:
        """Ctrl+K."""
        commands = [
            Found(say(spec.title_code), partial(self.open_page, spec.key), spec.icon, say("ui.palette.page"), spec.key)
            for spec in self._specs.values()
        ]
        commands += [
            Found(choice.name, partial(self.context.choose_batch, choice.id), "calendar", say("ui.palette.batch"))
            for choice in self.context.batches
            if choice.id != self.context.batch
        ]
        commands.append(Found(say("ui.lock"), self.lock, "lock", "Ctrl+L", "lock"))
        commands.append(Found(say("ui.keys.help"), self.toggle_help, "help", "F1", "help"))
        commands.append(Found(say("ui.pin.change"), self.change_pin, "key", "", "pin"))
        icons_of = {"light": "sun", "dark": "moon", "contrast": "contrast"}
        for name in NAMES:
            act = partial(self.change_look, name)
            commands.append(Found(say(f"ui.theme.{name}"), act, icons_of[name], say("ui.theme"), name))
        for name in LANGUAGES:
            if name != language():
                act = partial(self.change_language, name)
                commands.append(Found(say(f"ui.language.{name}"), act, "globe", say("ui.language"), name))
        self.palette_box.open(commands)

    def toggle_help(self) -> None:
        """F1: the help of the page in view, or away with it."""
        if isinstance(self.drawer.content, HelpView):
            self.drawer.close_drawer()
        else:
            self.open_drawer(HelpView(self._current), say("ui.keys.help"), HELP_WIDTH)

    def close_last(self) -> None:
        """Esc: close what opened last."""
        if self.palette_box.isVisible():
            self.palette_box.close_palette()
        elif self.toast.isVisible():
            self.toast.hide()
        elif self.drawer.isVisible():
            self.drawer.close_drawer()
        else:
            page = self._pages.get(self._current)
            if page is not None and hasattr(page, "close_something"):
                page.close_something()

    def _refresh_current(self) -> None:
        page = self._pages.get(self._current)
        if page is not None and hasattr(page, "mark_stale"):
            page.mark_stale()

    # What stands around the pages; a host of operations for it

    def _read_around(self) -> None:
        ops.read(self, self._providers.centre).on_done(self.rail.show_centre).start()
        ops.read(self, self._providers.batches).on_done(lambda found: self.context.offer_batches(tuple(found))).start()
        self._read_status()

    def _read_status(self) -> None:
        ops.read(self, self._status).on_done(self.status_bar.show_items).latest("status").start()

    def _status(self, read: Any) -> list[StatusItem]:
        items = list(self._providers.status(read))
        free = shutil.disk_usage(self._home).free
        low = free < LOW_DISK
        items.append(StatusItem("disk", say("ui.disk", free=f"{free / 1e9:.0f}"), "attention" if low else ""))
        return items

    def _find_people(self, text: str) -> None:
        if not text:
            return

        def show(people: Sequence[PersonFound]) -> None:
            found = [
                Found(one.text, partial(self.open_page, one.page, **one.arguments), "person", one.note)
                for one in people
                if one.page in self._specs
            ]
            self.palette_box.show_people(text, found)

        ops.read(self, self._providers.people, text, self.context.batch).on_done(show).latest("people").start()

    def _on_changed(self, kinds: frozenset[str]) -> None:
        if shows(self._providers.kinds, kinds):
            self._read_around()
        elif shows(self._providers.foot_kinds, kinds):
            self._read_status()

    def show_refusal(self, error: Any) -> None:
        """What stands around the pages could not be read: say it small."""
        self.notify(error.sentence)

    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None:
        """Nothing around the pages takes long."""

    def hide_progress(self) -> None:
        """Nothing around the pages takes long."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        self.rail.be_narrow(narrow)
        self.status_bar.be_narrow(narrow)

    def _person(self, session: Session) -> str:
        # Of several roles the first names the person; the others would push the foot apart.
        order = [role for role in ROLE_ORDER if role in session.roles]
        role = say(f"role.{order[0]}") if order and known(f"role.{order[0]}") else ""
        return f"{role} {session.name}".strip()


ROLE_ORDER = (
    "manager",
    "admin",
    "registrar",
    "reviewer",
    "invigilator",
    "examiner",
    "certificates",
    "supervisor",
    "auditor",
)
