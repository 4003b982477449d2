"""Keeps what a keyer types: every change within a blink, in order, and again until it is on the disk."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from core.errors import AppError, Refused
from core.scoring.paper import save_typing
from core.scoring.sheets import Draft
from ui.context import Context

PAUSE = 200
"""Milliseconds of silence before a change is written."""
AGAIN = 2_000

Key = tuple[int, str, int]


class TypingSaver(QObject):
    """`keep` a typing and forget it; `saved(at)` when it is on the disk, `failed(error)` when it is not.

    What the machine refuses (a full disk) is tried again by itself; what a rule refuses is told and dropped.
    """

    saved = Signal(object)
    failed = Signal(object)
    _ended = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: tuple[Key, Draft] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.flush)
        self._ended.connect(self._on_ended)

    def keep(self, key: Key, typed: Draft) -> None:
        """Keep a typing, in place of an older one of the same sheet."""
        if self._waiting is not None and self._waiting[0] != key:
            self.flush()
        self._waiting = (key, typed)
        self._pause.start(PAUSE)

    def flush(self) -> None:
        """Hand over at once what waits."""
        self._pause.stop()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            key, typed = waiting
            future = self._context.store.submit(self._context.session.actors, save_typing, *key, typed)
            future.add_done_callback(partial(self._told, waiting))

    def drop(self) -> None:
        """What waits is keyed now, and need not be kept."""
        self._pause.stop()
        self._waiting = None

    def _told(self, waiting: tuple[Key, Draft], future: Future[Any]) -> None:
        """On the writer's thread."""
        if isValid(self):
            self._ended.emit((waiting, future))

    def _on_ended(self, outcome: tuple[tuple[Key, Draft], Future[Any]]) -> None:
        waiting, future = outcome
        problem = future.exception()
        if problem is None:
            self.saved.emit(future.result().value)
        elif not isinstance(problem, AppError):
            self._context.bug.emit(problem)
        else:
            if not isinstance(problem, Refused) and self._waiting is None:
                self._waiting = waiting
                self._pause.start(AGAIN)
            self.failed.emit(problem)
