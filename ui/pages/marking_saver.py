"""Keeps what is marked: every change within a blink, in order, and again until it is on the disk.

Drafts go straight to the store's writer in the order of the hands that made them. A pool of threads might let an older
one arrive last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from core.errors import AppError, Refused
from core.scoring.commands import save_draft
from core.scoring.sheets import Draft
from ui.context import Context

PAUSE = 200
"""Milliseconds of silence before a change is written: keys that follow each other cost one write."""
AGAIN = 2_000

Key = tuple[int, str]
"""Application and exercise."""


class Saver(QObject):
    """`keep` a draft and forget it; `saved(at)` when all is on the disk, `failed(error)` when something is not.

    What the machine refuses (a full disk) is tried again by itself; what a rule refuses is told and dropped.
    """

    command: ClassVar[Callable[..., int]] = staticmethod(save_draft)
    """`command(write, *key, draft)`: what keeps one."""
    saved = Signal(object)
    failed = Signal(object)
    _ended = Signal(object)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: dict[Key, Draft] = {}
        self._sent: list[tuple[Key, Draft]] = []
        self._when_clean: list[tuple[Callable[[], object], Callable[[], object]]] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.flush)
        self._ended.connect(self._on_ended)

    @property
    def clean(self) -> bool:
        """Whether everything is on the disk."""
        return not self._waiting and not self._sent

    def keep(self, application: int, exercise: str, draft: Draft) -> None:
        """Keep a draft, in place of an older one."""
        self._waiting[application, exercise] = draft
        if not self._pause.isActive() or self._pause.interval() != PAUSE:
            self._pause.start(PAUSE)

    def flush(self) -> None:
        """Hand over at once whatever waits."""
        self._pause.stop()
        waiting, self._waiting = self._waiting, {}
        for key, draft in waiting.items():
            self._sent.append((key, draft))
            future = self._context.store.submit(self._context.session.actors, self.command, *key, draft)
            future.add_done_callback(partial(self._told, key, draft))

    def forget(self, application: int, exercises: Collection[str]) -> None:
        """These are signed: a draft of them that could not be kept is not tried again."""
        self._waiting = {
            (one, exercise): draft
            for (one, exercise), draft in self._waiting.items()
            if one != application or exercise not in exercises
        }

    def when_clean(self, then: Callable[[], object], otherwise: Callable[[], object]) -> None:
        """Call `then` once everything is on the disk, or `otherwise` if it can't be brought there now."""
        self.flush()
        if self.clean:
            then()
        else:
            self._when_clean.append((then, otherwise))

    def _told(self, key: Key, draft: Draft, future: Future[Any]) -> None:
        """On the writer's thread."""
        if isValid(self):
            self._ended.emit((key, draft, future))

    def _on_ended(self, outcome: tuple[Key, Draft, Future[Any]]) -> None:
        key, draft, future = outcome
        self._sent = [one for one in self._sent if one[1] is not draft]
        problem = future.exception()
        if problem is None:
            written = future.result()
            self._context.changed.emit(frozenset(written.kinds))
            if self.clean:
                self.saved.emit(written.value)
                self._answer(clean=True)
            return
        if isinstance(problem, AppError):
            if not isinstance(problem, Refused):
                self._waiting.setdefault(key, draft)  # unless a newer one is there already
                self._pause.start(AGAIN)
            self.failed.emit(problem)
        else:
            self._context.bug.emit(problem)
        self._answer(clean=False)

    def _answer(self, *, clean: bool) -> None:
        waiting, self._when_clean = self._when_clean, []
        for then, otherwise in waiting:
            (then if clean else otherwise)()
