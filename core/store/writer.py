"""One thread writes. Whoever wants something written hands it over and waits, or takes the future."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")
_Job = tuple[Callable[[], Any], "Future[Any]"]


class Writer:
    """A thread that does one job after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], _T]) -> Future[_T]:
        """Have `job` done on the writer's thread. After `close` nothing is taken any more."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write inside a write would wait for itself")
        future: Future[_T] = Future()
        with self._door:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._jobs.put((job, future))
        return future

    def close(self) -> None:
        """Finish what was handed over, then end the thread."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            act, future = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(act())
            except BaseException as problem:  # it is the waiting caller's, whatever it is
                future.set_exception(problem)
            del act, future, job
