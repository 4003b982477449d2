"""Threads that work while the window stays awake, and the one way back to it.

The live object owns the signal; a worker is only handed what it calls.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

THREADS = 3
TELL_EVERY = 0.08
"""Seconds between two reports of how far a job is: more often than an eye sees would only cost."""


class Cancelled(Exception):
    """A person has cancelled the job. Raised inside it, by its own report of progress."""


@dataclass(eq=False)
class Job:
    """One piece of work: what to run on a worker, and what to call on the window's thread when it has ended."""

    run: Callable[[Progress], Any]
    ended: Callable[[Any, BaseException | None], None]
    advanced: Callable[[int, int, str], None] | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the job to end at its next report; one that never reports runs to its end."""
        self.cancelled.set()


class Progress:
    """Handed to a long job: `progress(done, total, text)` tells how far, and raises `Cancelled` if it must end."""

    def __init__(self, job: Job, tell: Callable[[tuple[Job, int, int, str]], None]) -> None:
        self._job = job
        self._tell = tell
        self._told = 0.0

    def __call__(self, done: int, total: int, text: str = "") -> None:
        if self._job.cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        if now - self._told >= TELL_EVERY or done == total:
            self._told = now
            self._tell((self._job, done, total, text))


class Workers(QObject):
    """A small pool of threads. Made, asked and closed on the window's thread.

    What a job holds (pages, contexts) must never die on a worker: a widget that is deleted there takes the program with
    it. So a worker knows a job by its number only, and lets go of all it saw before it says that the job has ended.
    """

    _ended = Signal()
    _advanced = Signal(object)

    def __init__(self, threads: int = THREADS) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="worker")
        self._jobs: dict[int, Job] = {}
        self._outcomes: deque[tuple[int, Any, BaseException | None]] = deque()
        self._next = 0
        self._closed = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._advanced.connect(self._on_advanced, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether any job has not been delivered yet."""
        return bool(self._jobs)

    def start(self, job: Job) -> None:
        """Run `job` on a worker; its end is told on the window's thread."""
        if self._closed:
            return
        self._next += 1
        self._jobs[self._next] = job
        self._pool.submit(self._work, self._next)

    def close(self) -> None:
        """Cancel what can be cancelled, wait for the rest (a write is never torn), and let every thread go."""
        self._closed = True
        for job in self._jobs.values():
            job.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._jobs.clear()
        self._outcomes.clear()

    def _work(self, number: int) -> None:
        self._outcomes.append(self._outcome(number))
        self._ended.emit()

    def _outcome(self, number: int) -> tuple[int, Any, BaseException | None]:
        job = self._jobs[number]
        try:
            return number, job.run(Progress(job, self._advanced.emit)), None
        except BaseException as raised:  # whatever it is, it is told on the window's thread
            return number, None, raised

    def _on_ended(self) -> None:
        while self._outcomes:
            number, value, problem = self._outcomes.popleft()
            job = self._jobs.pop(number, None)
            if job is not None and not self._closed:
                job.ended(value, problem)

    def _on_advanced(self, report: tuple[Job, int, int, str]) -> None:
        job, done, total, text = report
        if job in self._jobs.values() and job.advanced is not None:
            job.advanced(done, total, text)
