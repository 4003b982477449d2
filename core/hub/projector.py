"""A thread of each process that lets the hub understand what came in; receipts never wait for it."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from core.errors import AppError
from core.hub.understanding import behind
from core.hub.voided import with_voided

if TYPE_CHECKING:
    from core.hub.hub import Hub

log = logging.getLogger("zhikao.hub")

EVERY_SECONDS = 60.0
"""So often it looks for itself: another process may have died before it understood what it took."""


class Projector:
    """Understands what came in of each centre, a few entries a transaction."""

    def __init__(self, hub: Hub, every: float = EVERY_SECONDS) -> None:
        self._hub = hub
        self._every = every
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="understanding", daemon=True)
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin, with what other processes have left."""
        self._thread.start()

    def look_at(self, centre: str) -> None:
        """Something of this centre came in."""
        if self._waiting.qsize() < 10_000:  # it looks for itself too
            self._waiting.put(centre)

    def stop(self) -> None:
        """End after the transaction in hand."""
        self._stop.set()
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        self._all()
        while not self._stop.is_set():
            try:
                centre = self._waiting.get(timeout=self._every)
            except queue.Empty:
                self._all()
                continue
            if centre is not None:
                self._one(centre)

    def _all(self) -> None:
        try:
            with self._hub.look() as ledger:
                found = {*behind(ledger), *with_voided(ledger)}
        except Exception as problem:  # whatever the database said, the next look may go well
            log.error("understanding: %s", problem.code if isinstance(problem, AppError) else type(problem).__name__)
            return
        for centre in sorted(found):
            self._waiting.put(centre)

    def _one(self, centre: str) -> None:
        try:
            self._hub.catch_up(centre, self._stop.is_set)
        except AppError as problem:
            log.error("understanding: %s", problem.code)
        except Exception as problem:  # what came in must not end this thread; `hub rebuild` tries it again
            log.error("understanding: %s", type(problem).__name__)
