"""One request on a thread of its own, so that whoever waits for it can walk away.

A socket can be broken off from outside; the system's look-up of a name can't, and takes as long as it likes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

SLOWEST = 1500
"""Bytes a second that a link must manage: half of 30 kbit/s, less what the protocol takes."""


class Talk:
    """A request that is under way, and its answer."""

    def __init__(self) -> None:
        self.received = 0
        """Bytes of the answer so far."""
        self.calling = ""
        """The host that is being connected to; "" once it is, and over a connection that was there before."""
        self.left = False
        """Whether nobody waits any more: then what connects late must say nothing."""
        self._over = threading.Event()

    def run(self, ask: Callable[[], T], seconds: float) -> T:
        """What `ask` gives or raises, on another thread. Left, or longer than so many seconds and what its answer's
        bytes need: `TimeoutError`, and that thread ends by itself sometime."""
        found: list[T] = []
        problems: list[BaseException] = []

        def work() -> None:
            try:
                found.append(ask())
            except BaseException as problem:
                problems.append(problem)
            finally:
                self._over.set()

        thread = threading.Thread(target=work, name="exchange-talk", daemon=True)
        thread.start()
        until = time.monotonic() + seconds
        while (rest := until + self.received / SLOWEST - time.monotonic()) > 0 and not self._over.wait(rest):
            pass
        if problems or found:
            thread.join()
        if problems:
            raise problems[0]
        if found:
            return found[0]
        self.leave()
        raise TimeoutError

    def leave(self) -> None:
        """Wait no longer, from any thread."""
        self.left = True
        self._over.set()
