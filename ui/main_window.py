"""The one window: before work a gate (founding, unlocking, signing in), then the workspace of who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget, QWidget

from core.errors import AppError
from core.words import language, say, use
from ui import icons, theme
from ui.background import Exchange
from ui.context import Session, Station
from ui.entrance import Entrance
from ui.preferences import Preferences
from ui.providers import Providers
from ui.registry import PageSpec
from ui.workers import Workers

if TYPE_CHECKING:
    from ui.dialogs.sign_in import SignInGate
    from ui.shell.workspace import Workspace

SIZE = QSize(1366, 768)
SMALLEST = QSize(880, 480)
"""1366 × 768 at 150 % is 911 × 512, and the desktop takes a bar of it."""


class MainWindow(QMainWindow):
    """Shows one thing at a time. `stands` when it shows something that can be used."""

    stands = Signal()

    def __init__(
        self,
        entrance: Entrance,
        workers: Workers,
        pages: Sequence[PageSpec],
        providers: Providers,
        preferences: Preferences,
    ) -> None:
        super().__init__()
        self.entrance = entrance
        self.station = Station(workers)
        self._workers = workers
        self.exchange = Exchange(workers)
        self.exchange.changed.connect(self._on_exchanged)
        self._pages = tuple(pages)
        self._providers = providers
        self._preferences = preferences
        self._login = ""
        self._centre = ""
        self._session: Session | None = None
        self.sign_in_extras: Callable[[SignInGate], None] | None = None
        """What else stands on the sign-in card: the accounts of a demonstration."""
        self.setWindowTitle(say("ui.product"))
        self.setWindowIcon(icons.icon("logo", "accent", 64))
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE)
        self._stack = QStackedWidget()
        blank = QWidget()
        blank.setProperty("role", "ground")
        blank.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack.addWidget(blank)
        self.setCentralWidget(self._stack)
        self.station.bug.connect(self.report_bug)
        self.station.lock_wanted.connect(self.lock)
        kept = preferences.geometry
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(kept.encode())))

    @property
    def shown(self) -> QWidget | None:
        """The gate or workspace in view."""
        return self._stack.currentWidget()

    def begin(self) -> None:
        """Show the gate that this home needs. Called once the empty window has been painted."""
        if not self.entrance.has_centre():
            self._show_founding()
        elif self.entrance.store is not None:
            self.show_sign_in()
        else:
            self._try_to_open()

    def report_bug(self, bug: BaseException) -> None:
        """Write a crash report, and say so without stopping anybody's work."""
        from core.crash import write_report
        from ui.dialogs.crash import CrashDialog

        report = write_report(bug, self.entrance.home)
        CrashDialog(self, self.station, report).open()

    def switch_language(self, wanted: str) -> None:
        """Speak another language; what is in view is made again, and the sitting goes on."""
        use(wanted)
        self._preferences.keep(language=wanted)
        self.setWindowTitle(say("ui.product"))
        if self._session is not None:
            from ui.shell.workspace import Workspace

            shown = self.shown
            key, batch = (shown.current, shown.context.batch) if isinstance(shown, Workspace) else ("", None)
            self._show_workspace(self._session, key, batch)
        else:
            self.begin()

    def switch_look(self, wanted: str) -> None:
        """Wear another theme."""
        theme.look().use(wanted)
        self._preferences.keep(theme=wanted)

    def lock(self) -> None:
        """Sign out: everything of the sitting goes, the sign-in stands in its place."""
        if self._session is not None:
            self._session = None
            self.show_sign_in()

    def closeEvent(self, event: QCloseEvent) -> None:
        from ui.dialogs.gate import Gate

        if isinstance(self.shown, Gate) and not self.shown.may_close():
            event.ignore()
            return
        geometry = self.saveGeometry().toBase64().toStdString()
        self._preferences.keep(geometry=geometry)
        super().closeEvent(event)
        self.exchange.stop()

    def show_gate(self, widget: QWidget) -> None:
        """Show this alone; what stood there goes, with every dialog and film that it opened."""
        for opened in reversed(self.findChildren(QDialog)):
            opened.close()
        old = self._stack.currentWidget()
        self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        self.stands.emit()

    def _show_founding(self) -> None:
        from ui.dialogs.founding import FoundingGate

        gate = FoundingGate(self.station, self.entrance.found, self.entrance.keyring_is_safe)
        gate.language_wanted.connect(self.switch_language)
        gate.founded.connect(lambda _store: self._on_opened("admin"))
        gate.restore_wanted.connect(self._show_restore)
        self.show_gate(gate)
        gate.begin()

    def _show_restore(self) -> None:
        from ui.dialogs.recovering import RestoreGate

        gate = RestoreGate(self.station, self.entrance.restore, self.entrance.keyring_is_safe)
        gate.language_wanted.connect(self.switch_language)
        gate.left.connect(self._show_founding)

        def restored(entries: int, device: int) -> None:
            self._on_opened("admin").strip.say(say("ui.restore.done", entries=entries, device=device), "good")

        gate.restored.connect(restored)
        self.show_gate(gate)
        gate.begin()

    def _show_recover(self) -> None:
        from ui.dialogs.recovering import RecoverGate

        gate = RecoverGate(self.station, self.entrance.recover)
        gate.language_wanted.connect(self.switch_language)
        gate.left.connect(self._try_to_open)
        gate.opened.connect(lambda _store: self._on_opened())
        self.show_gate(gate)
        gate.begin()

    def _try_to_open(self) -> None:
        """By the keyring or the environment first; only where that fails is anybody asked."""
        from ui import ops

        gate = self._unlock_gate()

        def refused(error: AppError) -> None:
            if error.code != "store.needs_passphrase":
                gate.show_refusal(error)
            gate.begin()

        trying = ops.work(gate, self.entrance.open).on_done(lambda _store: self._on_opened())
        trying.on_refused(refused).describe(say("ui.unlock.doing")).busy(gate.confirm).start()
        self.show_gate(gate)

    def _unlock_gate(self) -> Any:
        from ui.dialogs.sign_in import UnlockGate

        gate = UnlockGate(self.station, self.entrance.open)
        gate.language_wanted.connect(self.switch_language)
        gate.opened.connect(lambda _store: self._on_opened())
        gate.recover_wanted.connect(self._show_recover)
        return gate

    def _on_opened(self, login: str = "") -> SignInGate:
        self._login = login or self._login
        return self.show_sign_in()

    def show_sign_in(self) -> SignInGate:
        """Ask who it is; the gate that asks."""
        from ui import ops
        from ui.dialogs.sign_in import SignInGate

        self.exchange.begin(self.entrance.store)
        gate = SignInGate(self.station, self.entrance.sign_in, self._centre, self._login)
        gate.language_wanted.connect(self.switch_language)
        gate.signed_in.connect(self._on_signed_in)
        gate.verify_wanted.connect(self.show_verify)
        if self.sign_in_extras is not None:
            self.sign_in_extras(gate)
        self.show_gate(gate)
        gate.begin()
        if not self._centre:

            def named(name: str) -> None:
                self._centre = name
                gate.words.setText(name)
                gate.words.setVisible(bool(name))

            ops.work(gate, self._centre_name).on_done(named).start()
        return gate

    def _on_exchanged(self, kinds: frozenset[str]) -> None:
        """What the association said, or has got: pages that show it read again."""
        from ui.shell.workspace import Workspace

        if isinstance(self.shown, Workspace):
            self.shown.context.changed.emit(kinds)

    def show_verify(self) -> None:
        """Let somebody who has not signed in check a certificate."""
        from ui.dialogs.verify_gate import VerifyGate

        gate = VerifyGate(self.station, self.entrance.home, self.show_sign_in)
        self.show_gate(gate)
        gate.begin()

    def _centre_name(self) -> str:
        with self.entrance.store.read() as read:
            return self._providers.centre(read)

    def _on_signed_in(self, session: Session) -> None:
        self._login = session.login
        self._show_workspace(session)

    def _show_workspace(self, session: Session, page: str = "", batch: int | None = None) -> Workspace:
        from ui.shell.workspace import Workspace

        self._session = session
        workspace = Workspace(
            self.entrance.store,
            session,
            self._workers,
            self._pages,
            self._providers,
            self.entrance.home,
            self.entrance.pair,
            self.exchange,
        )
        workspace.locked.connect(self.lock)
        workspace.look_wanted.connect(self.switch_look)
        workspace.language_wanted.connect(self.switch_language)
        workspace.pin_change_wanted.connect(self._change_pin)
        workspace.context.bug.connect(self.report_bug)
        if batch is not None:
            workspace.context.choose_batch(batch)
        self.show_gate(workspace)
        workspace.begin(page)
        return workspace

    def _change_pin(self) -> None:
        from ui.dialogs.questions import NewPinDialog

        session = self._session
        if session is None:
            return

        def changed(new: Session) -> None:
            workspace = self._show_workspace(new)
            QTimer.singleShot(0, workspace, lambda: workspace.notify(say("ui.pin.changed")))

        NewPinDialog(
            self,
            self.station,
            say("ui.pin.change"),
            say("ui.pin.change.words"),
            lambda pin: self.entrance.change_pin(session, pin),
            changed,
        ).open()

    @property
    def language(self) -> str:
        """The language in use."""
        return language()

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.entrance.home
