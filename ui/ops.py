"""What a hand does: a write, a read or a piece of work, described first and started last.

    ops.write(self, commands.withdraw_application, application, reason).say_done(text).start()
    ops.read(self, queries.applications, batch).on_done(self.show).start()

Nothing of it runs on the window's thread but the call-backs. If the page has gone meanwhile, its result is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self
from weakref import WeakKeyDictionary, ref

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from core.errors import AppError
from core.words import say
from ui.context import Context, Station
from ui.workers import Cancelled, Job, Progress

PATIENCE = 250
"""Milliseconds before a job that still runs shows that it does: quicker ones would only flicker."""


class Host(Protocol):
    """A page, a drawer or a dialog that starts operations: anything with a context and these three."""

    @property
    def context(self) -> Station: ...

    def show_refusal(self, error: AppError) -> None: ...
    def show_progress(self, text: str, done: int, total: int, cancel: Callable[[], None] | None) -> None: ...
    def hide_progress(self) -> None: ...


_newest: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()
"""The number of the newest operation of each page under each name; see `Operation.latest`."""


class Operation:
    """One operation, not started. Every method but `start` answers the operation itself."""

    def __init__(self, host: Any, run: Callable[..., Any], *, writes: bool = False) -> None:
        self._host = ref(host)
        self._context: Any = host.context
        self._run = run
        self._writes = writes
        self._actors: Any = None
        self._done: list[Callable[[Any], None]] = []
        self._refused: Callable[[AppError], None] | None = None
        self._ended: list[Callable[[], object]] = []
        self._text = ""
        self._reports = False
        self._said = ""
        self._undo: Operation | None = None
        self._name = ""
        self._number = 0
        self._second = ""
        self._job: Job | None = None
        self._busy: tuple[QWidget, ...] = ()
        self._lent: tuple[QWidget, QWidget | None] | None = None

    def on_done(self, call: Callable[[Any], None]) -> Self:
        """Call `call(value)` on the window's thread when it is done."""
        self._done.append(call)
        return self

    def on_refused(self, call: Callable[[AppError], None]) -> Self:
        """Call `call(error)` instead of showing the refusal in the page's strip."""
        self._refused = call
        return self

    def on_ended(self, call: Callable[[], object]) -> Self:
        """Call `call()` whatever the end was, after the others: to enable a button again."""
        self._ended.append(call)
        return self

    def describe(self, text: str) -> Self:
        """Say what is being done, should it take longer than a blink."""
        self._text = text
        return self

    def progress(self) -> Self:
        """Hand the function a keyword `progress(done, total, text)`; it can be cancelled there."""
        self._reports = True
        return self

    def say_done(self, text: str) -> Self:
        """Tell in the window when it is done."""
        self._said = text
        return self

    def undoable(self, text: str, command: Callable[..., Any], *args: Any) -> Self:
        """Tell in the window when it is done, and offer to take it back by another command."""
        self._said = text
        self._undo = write(self._host(), command, *args)
        return self

    def latest(self, name: str) -> Self:
        """Deliver only the newest of the page's operations of this name: for a search that is typed."""
        self._name = name
        return self

    def two_people(self, purpose: str) -> Self:
        """Ask for a second person first; the write is done by both. `purpose` says what they answer for."""
        self._second = purpose
        return self

    def busy(self, *widgets: QWidget) -> Self:
        """Disable these while it runs, so that an impatient second click does nothing."""
        self._busy = widgets
        return self

    def acting(self, actors: Any) -> Self:
        """Let these actors do the write, instead of who is signed in."""
        self._actors = actors
        return self

    def start(self) -> None:
        """Start it. From the window's thread; returns at once."""
        host = self._host()
        if host is None or not isValid(host):
            return
        if self._second and self._actors is None:
            self._context.shell.ask_second_person(host, self._second, self._start_as)
            return
        if self._name:
            numbers = _newest.setdefault(host, {})
            self._number = numbers[self._name] = numbers.get(self._name, 0) + 1
        # The window's own focus: while a second person signs, the dialog below is not active and nothing in it has any.
        held = next((one for one in self._busy if one.window().focusWidget() is one), None)
        for widget in self._busy:
            widget.setEnabled(False)
        if held is not None:
            self._lent = held, held.window().focusWidget()
        job = self._job = Job(self._work, self._deliver, self._advance if self._reports else None)
        self._context.workers.start(job)
        if self._text or self._reports:
            QTimer.singleShot(PATIENCE, self._show_running)

    def cancel(self) -> None:
        """Ask it to end at its next report of progress."""
        if self._job is not None:
            self._job.cancel()

    def _start_as(self, actors: Any) -> None:
        self._actors = actors
        self.start()

    def _work(self, progress: Progress) -> Any:
        extra = {"progress": progress} if self._reports else {}
        return self._run(self._actors, extra)

    def _show_running(self) -> None:
        if self._job is not None:
            self._advance(0, 0, "")

    def _advance(self, done: int, total: int, text: str) -> None:
        host = self._wanted()
        if host is not None and self._job is not None:
            host.show_progress(text or self._text, done, total, self._job.cancel if self._reports else None)

    def _wanted(self) -> Any:
        host = self._host()
        if host is None or not isValid(host):
            return None
        if self._name and _newest.get(host, {}).get(self._name) != self._number:
            return None
        return host

    def _deliver(self, value: Any, problem: BaseException | None) -> None:
        self._job = None
        if self._writes and problem is None:
            # Others must hear of it even where the page that wrote has gone.
            written, value = value, value.value
            self._context.changed.emit(frozenset(written.kinds))
        for widget in self._busy:
            if isValid(widget):
                widget.setEnabled(True)
        self._take_back()
        host = self._wanted()
        if host is None:
            if problem is not None and not isinstance(problem, (AppError, Cancelled)):
                self._context.bug.emit(problem)
            return
        if self._text or self._reports:
            host.hide_progress()
        if problem is None:
            for call in self._done:
                call(value)
            self._tell()
        elif isinstance(problem, AppError):
            (self._refused or host.show_refusal)(problem)
        elif not isinstance(problem, Cancelled):
            self._context.bug.emit(problem)
        for end in self._ended:
            end()

    def _take_back(self) -> None:
        """A disabled button hands the focus to whatever comes next; it gets it back, unless somebody took it since."""
        lent, self._lent = self._lent, None
        if lent is None or not isValid(lent[0]) or not lent[0].isVisible():
            return
        if lent[0].window().focusWidget() is lent[1]:
            lent[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        if self._said:
            undo = self._undo
            self._context.shell.notify(
                self._said, say("ui.undo") if undo else "", undo.start if undo is not None else None
            )


def write(host: Any, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Operation:
    """A command on the store, `command(write, *args)`, by who is signed in."""
    context: Context = host.context

    def run(actors: Any, extra: dict[str, Any]) -> Any:
        return context.store.write(actors or context.session.actors, command, *args, **kwargs, **extra)

    return Operation(host, run, writes=True)


def read(host: Any, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Operation:
    """A question to a snapshot of the store: `query(read, *args)`."""
    context: Context = host.context

    def run(actors: Any, extra: dict[str, Any]) -> Any:
        with context.store.read(context.session.actors.first) as snapshot:
            return query(snapshot, *args, **kwargs, **extra)

    return Operation(host, run)


def work(host: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Operation:
    """Anything else that takes time: `function(*args)`, with no store of its own."""
    return Operation(host, lambda actors, extra: function(*args, **kwargs, **extra))


def gone(widget: QWidget | None) -> bool:
    """Whether a widget's other half has been deleted."""
    return widget is None or not isValid(widget)
