"""Exchanging once, for the command line, and again and again in the background, for the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.crash import write_report
from core.errors import AppError, EnvironmentFailure, Refused
from core.exchange import keeping, outbox
from core.exchange.addresses import check_address
from core.exchange.commands import proxy_password
from core.exchange.link import Wire
from core.exchange.outbox import MayNow, Waiting
from core.exchange.pace import Pace, backoff
from core.exchange.queries import link_settings
from core.exchange.round import Done, Round
from core.store import THE_PROGRAM, Store

EVERY_SECONDS = 120.0
"""Between two rounds while all is well."""
METERED_SECONDS = 1800.0
LONGEST_SECONDS = 900.0
"""Between two rounds while the link does not carry."""
LONGEST_ASKED = 3600.0
"""That a hub may ask to be left alone: it may be in order again long before the time that it names."""


@dataclass(frozen=True)
class Outcome:
    """What an exchange moved, and what is left. Bytes are those of bodies."""

    done: Done
    bytes_up: int
    bytes_down: int
    waiting: Waiting


def exchange_once(
    store: Store,
    may_travel: MayNow,
    pace: Pace,
    *,
    address: str | None = None,
    blobs: bool = True,
    progress: Callable[[Done], None] = lambda done: None,
    changed: Callable[[frozenset[str]], None] = lambda kinds: None,
    ended: Callable[[Outcome], None] = lambda outcome: None,
) -> Outcome:
    """One round with the hub at `address`, else at the one that is kept. `ended` hears what was moved, however it ends.

    Blocks; `pace.cancel()` ends it from another thread. No address: refused. No link: exit 3. `blobs` is whether
    photos and works go, where the link is not metered.
    """
    with store.read() as read:
        kept, metered, proxy = link_settings(read)
    hub = check_address(address or kept) if address or kept else ""
    if not hub:
        raise Refused("exchange.no_hub")
    password = proxy_password(store) if "@" in proxy else ""
    try:
        wire = Wire(hub, pace, proxy, password)
    except AppError as problem:
        store.write(THE_PROGRAM, keeping.trouble, "link", problem.code, problem.values, pace.at_ms())
        raise
    with wire:
        one = Round(store, wire, pace, may_travel, blobs=blobs and not metered, progress=progress, changed=changed)
        try:
            one.run()
            if hub != kept:
                store.write(THE_PROGRAM, keeping.set_link, hub)
        finally:
            with store.read() as read:
                left = outbox.waiting(read, may_travel(read))
            outcome = Outcome(one.done, wire.bytes_up, wire.bytes_down, left)
            ended(outcome)
    return outcome


class Service:
    """Exchanges in the background, on a thread of its own. Whoever starts it stops it before the store closes."""

    def __init__(
        self,
        store: Store,
        may_travel: MayNow,
        changed: Callable[[frozenset[str]], None],
        ended: Callable[[AppError | None], None] = lambda problem: None,
        progress: Callable[[Done], None] = lambda done: None,
        *,
        held: bool = False,
    ) -> None:
        """`changed`, `ended` and `progress` (at the begin of a round too) are called on that thread.

        A service that is `held` exchanges only when it is asked to.
        """
        self._store, self._may_travel = store, may_travel
        self._changed, self._ended, self._progress = changed, ended, progress
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._pace: Pace | None = None
        self._held, self._asked = held, False
        self._thread = threading.Thread(target=self._run, name="exchange", daemon=True)

    def start(self) -> None:
        """Begin, with a round at once unless it is held."""
        self._thread.start()

    def now(self) -> None:
        """Begin the next round without waiting, held or not."""
        self._asked = True
        self._wake.set()

    def hold(self, held: bool) -> None:
        """Exchange only when asked to, or by itself again. What is under way when it is held ends at once."""
        self._held = held
        if held:
            self.cancel()
        self._wake.set()

    def cancel(self) -> None:
        """End the round that is under way."""
        with self._guard:
            pace = self._pace
        if pace is not None:
            pace.cancel()

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return self._pace is not None

    def stop(self, seconds: float = 10.0) -> bool:
        """End what is under way and the thread; whether it has ended within so many seconds."""
        with self._guard:
            self._stopped.set()
            pace = self._pace
        if pace is not None:
            pace.cancel()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failures, problem = 0, None
        while not self._stopped.is_set():
            if self._asked or not self._held:
                self._asked = False
                problem = self._round()
                failures = failures + 1 if problem is not None and problem.code != "exchange.cancelled" else 0
                if self._stopped.is_set():
                    return
                self._ended(problem)
            self._wake.wait(None if self._held else self._pause(failures, problem))
            self._wake.clear()

    def _round(self) -> AppError | None:
        with self._guard:
            if self._stopped.is_set():
                return None
            self._pace = pace = Pace()
        self._progress(Done())
        try:
            exchange_once(self._store, self._may_travel, pace, progress=self._progress, changed=self._changed)
        except AppError as problem:
            return problem
        except Exception as bug:  # a bug of one round must not end all that follow, unseen
            if self._stopped.is_set():
                return None
            return EnvironmentFailure("exchange.stumbled", report=str(write_report(bug, self._store.home)))
        finally:
            with self._guard:
                self._pace = None
        return None

    def _pause(self, failures: int, problem: AppError | None) -> float:
        try:
            with self._store.read() as read:
                metered = link_settings(read)[1]
        except AppError:  # what broke says so in the next round; this thread must live to see it
            metered = False
        usual = METERED_SECONDS if metered else EVERY_SECONDS
        asked = problem.values.get("minutes") if problem is not None else None
        if isinstance(asked, int):
            usual = max(usual, min(60.0 * asked, LONGEST_ASKED))
        return usual + backoff(failures + 5, LONGEST_SECONDS) if failures else usual
