"""What a page is handed: the store, who is signed in, the batch in view, the workers. Nothing here is global."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ui.background import Exchange
from ui.workers import Workers


class StoreLike(Protocol):
    """As much of the store as the window knows. Both block and are called on a worker only."""

    def read(self, reader: Any = None) -> AbstractContextManager[Any]: ...
    def write(self, actors: Any, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any: ...
    def submit(self, actors: Any, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`write` without waiting: a future, done in the order in which they are handed over."""


@dataclass(frozen=True)
class Session:
    """The person who is signed in. `actors` is what the store wants to know of them; `name` is shown at the foot."""

    login: str
    name: str
    roles: frozenset[str]
    actors: Any
    provisional: bool = False
    """The PIN was set by somebody else: its owner must change it before signing anything."""

    def has(self, *roles: str) -> bool:
        """Whether the person holds one of `roles`."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class BatchChoice:
    """A batch as the chooser shows it; `subtitle` is standard and level."""

    id: int
    name: str
    subtitle: str = ""


class Shell(Protocol):
    """What a page may ask of the window around it."""

    def open_page(self, key: str, **arguments: Any) -> None: ...
    def open_drawer(self, content: QWidget, title: str, width: int = 420) -> None: ...
    def close_drawer(self) -> None: ...
    def notify(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None: ...
    def ask_second_person(self, host: QWidget, purpose: str, act: Callable[[Any], None]) -> None: ...
    def change_pin(self) -> None: ...
    def change_look(self, theme: str) -> None: ...
    def change_language(self, language: str) -> None: ...
    def lock(self) -> None: ...


class Station(QObject):
    """As much of a context as there is before anybody has signed in: the workers, and where bugs go."""

    bug = Signal(object)
    """An exception that is nobody's refusal."""
    lock_wanted = Signal()
    """A dialog over the window was asked to lock it: the window's own keys don't reach through one."""

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self.workers = workers


class Context(Station):
    """One signed-in sitting at the window. It dies with the sign-out, and every page with it."""

    changed = Signal(object)
    """frozenset[str]: the kinds that a write has just changed."""
    batch_changed = Signal(object)
    """The id of the batch now in view, or None."""
    batches_changed = Signal()

    def __init__(
        self,
        store: StoreLike,
        session: Session,
        workers: Workers,
        shell: Shell,
        pair: Callable[[Session, str, str], Any] | None = None,
        exchange: Exchange | None = None,
    ) -> None:
        """`pair(session, login, pin)` signs a second person in beside the first and answers the actors of both; it
        blocks and raises a refusal where the two may not act together. `exchange` is the window's own, which outlives
        the sitting."""
        super().__init__(workers)
        self.store = store
        self.session = session
        self.shell = shell
        self.pair = pair
        self.exchange = exchange or Exchange(workers)
        self._batch: int | None = None
        self._batches: tuple[BatchChoice, ...] = ()

    @property
    def batch(self) -> int | None:
        """The batch in view."""
        return self._batch

    @property
    def batches(self) -> tuple[BatchChoice, ...]:
        """The batches to choose from, newest first."""
        return self._batches

    @property
    def batch_choice(self) -> BatchChoice | None:
        """The batch in view with its name, where it is known."""
        return next((choice for choice in self._batches if choice.id == self._batch), None)

    def choose_batch(self, batch: int | None) -> None:
        """Look at another batch; every page that shows one reads again."""
        if batch != self._batch:
            self._batch = batch
            self.batch_changed.emit(batch)

    def offer_batches(self, choices: tuple[BatchChoice, ...]) -> None:
        """Set the batches to choose from. The first is taken where the one in view is not among them."""
        self._batches = choices
        self.batches_changed.emit()
        if self.batch_choice is None:
            self.choose_batch(choices[0].id if choices else None)


def shows(wanted: frozenset[str], changed: frozenset[str]) -> bool:
    """Whether a page that shows `wanted` must read again. `application` covers `application.withdrawn` too."""
    if "*" in changed:  # the journal was worked out anew, or another device's entries came
        return bool(wanted)
    return any(kind == prefix or kind.startswith(prefix + ".") for prefix in wanted for kind in changed)
