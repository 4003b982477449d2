"""The exchange with the association while people work: one thread beside the window, and the one way back to it.

It belongs to the window and not to a sitting: what waits goes up while nobody is signed in, and while an examiner
marks. It never opens, closes or focuses anything; whoever wants to know of it looks.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.errors import AppError
from ui.workers import Job, Progress, Workers

if TYPE_CHECKING:
    from core.exchange.service import Service

TELL_EVERY = 400
"""Milliseconds between two words of a change: a long upload is acknowledged many times a second."""
PATIENCE = 10.0
"""Seconds that closing waits for the thread. It hangs up at once; only looking up a name can't be broken off."""


@dataclass(frozen=True)
class Course:
    """How far the round that is under way has come, or how the last one ended."""

    busy: bool = False
    sent: int = 0
    received: int = 0
    blobs: int = 0
    problem: AppError | None = None
    rounds: int = 0
    """That have ended since the program was started."""


class Exchange(QObject):
    """Exchanges in the background, once `begin` has given it a store. Asked on the window's thread only."""

    changed = Signal(object)
    """frozenset[str]: kinds of what an exchange has changed, gathered for a moment."""
    moved = Signal()
    """`course` is another."""
    _told = Signal()

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self.course = Course()
        self._workers = workers
        self._store: Any = None
        self._service: Service | None = None
        self._asked = False
        self._post = _Post(self._told.emit)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        self._kinds: frozenset[str] = frozenset()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TELL_EVERY)
        self._pause.timeout.connect(self._tell)

    def begin(self, store: Any) -> None:
        """Exchange what this store holds from now on, as its settings say. Begun already: look at these again."""
        if store is not self._store:
            self.stop()
            self._store = store
        self.look()

    def look(self) -> None:
        """The settings of the link may be others now: see whether to exchange."""
        if self._store is not None:
            self._workers.start(Job(_wanted(self._store), self._on_wanted))

    def now(self) -> None:
        """Exchange now, also while it is paused."""
        self._asked = True
        self.look()

    def cancel(self) -> None:
        """End the round that is under way; what has been acknowledged stays so."""
        if self._service is not None:
            self._service.cancel()

    def stop(self) -> bool:
        """End it for good, before the store closes; whether its thread has ended."""
        service, self._service, self._store = self._service, None, None
        self._post.hush()
        self._pause.stop()
        ended = service is None or service.stop(PATIENCE)
        self._post = _Post(self._told.emit)
        self.course = Course()
        return ended

    def _on_wanted(self, wanted: Any, problem: BaseException | None) -> None:
        """There is an address or none, and it is paused or not."""
        if self._store is None:
            return
        if problem is not None:
            raise problem
        address, paused = wanted
        if not address:
            self._asked = False
            return
        if self._service is None:
            self._service = _service(self._store, self._post, paused)
            self._service.start()
        else:
            self._service.hold(paused)
        if self._asked:
            self._asked = False
            self._service.now()

    def _on_told(self) -> None:
        """The thread has something to say."""
        self._kinds |= self._post.take_kinds()
        if self._kinds and not self._pause.isActive():
            self._pause.start()
        if self._post.course != self.course:
            self.course = self._post.course
            self.moved.emit()

    def _tell(self) -> None:
        kinds, self._kinds = self._kinds, frozenset()
        self.changed.emit(kinds)


class _Post:
    """What the thread is handed instead of anything of Qt: it leaves its words here and rings."""

    def __init__(self, ring: Any) -> None:
        self.course = Course()
        self._ring = ring
        self._guard = threading.Lock()
        self._kinds: frozenset[str] = frozenset()

    def changed(self, kinds: frozenset[str]) -> None:
        with self._guard:
            self._kinds |= kinds
        self._say()

    def progress(self, done: Any) -> None:
        self.course = Course(True, done.sent, done.received, done.blobs, None, self.course.rounds)
        self._say()

    def ended(self, problem: AppError | None) -> None:
        was = self.course
        self.course = Course(False, was.sent, was.received, was.blobs, problem, was.rounds + 1)
        self._say()

    def hush(self) -> None:
        """Ring no more: nobody of the window is there to hear it."""
        self._ring = lambda: None

    def take_kinds(self) -> frozenset[str]:
        with self._guard:
            found, self._kinds = self._kinds, frozenset()
        return found

    def _say(self) -> None:
        self._ring()


def _wanted(store: Any) -> Any:
    """Asks for the hub's address ("" for none) and whether it is paused."""

    def ask(_progress: Progress) -> tuple[str, bool]:
        from core.exchange.queries import is_paused, link_settings

        with store.read() as read:
            return link_settings(read)[0], is_paused(read)

    return ask


def _service(store: Any, post: _Post, paused: bool) -> Service:
    from core.exchange.service import Service
    from core.house import may_travel

    return Service(store, may_travel, post.changed, post.ended, post.progress, held=paused)
