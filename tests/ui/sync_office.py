# ruff: noqa: F811 - a fixture is named where it is used
"""A window at a centre, and a hub over real HTTP: the small one that fails on demand, and the true one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.association.enrol_codes import new_code
from core.exchange.commands import pause_exchange
from core.hub.hub import make_hub
from core.hub.server import make_app
from core.hub.serving import Serving, listen
from core.store import Actors
from tests.exchange.small_hub import SmallHub
from tests.ui.exam import Room, founded, room  # noqa: F401 - fixtures
from ui.pages import sync_stick
from ui.pages.sync_stick import Stick


@pytest.fixture
def hub() -> Iterator[SmallHub]:
    made = SmallHub()
    yield made
    made.close()


class Association:
    """The association's true server, in a thread of its own, on a port that stays the same when it comes back."""

    def __init__(self, folder: Path) -> None:
        self.keys = make_hub(folder, "测试协会", "十月的协会", None)
        self.port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        listening = listen(Serving("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(make_app(self.keys), log_config=None, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name="hub")
        self._thread.start()

    def shut(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(15)
            self._server = self._thread = None


@pytest.fixture
def association(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Association]:
    monkeypatch.setattr("core.store.keys.KDF_MEMORY_KIB", 64)
    made = Association(tmp_path / "hub")
    made.open()
    yield made
    made.shut()
    made.keys.close()


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One stick is plugged in."""
    folder = tmp_path / "stick"
    folder.mkdir()
    monkeypatch.setattr(sync_stick, "sticks", lambda: [Stick("测试盘", folder, 14_000_000_000)])
    return folder


@dataclass
class Office:
    """A window, and the hub at the other end."""

    room: Room
    hub: Any

    def enrol(self, quiet: bool = False) -> None:
        """By what the page itself calls, without its dialogs. Where it is quiet nothing goes by itself."""
        from core.exchange.enrolling import enrol_online
        from core.people.pins import sign_in

        store, (made, text) = self.room.store, new_code(self.hub.public)
        self.hub.secret = made.secret
        actors = Actors(*(sign_in(store, login, self.room.pins[login]) for login in ("admin", "M01")))
        if quiet:
            store.write(Actors(actors.first), pause_exchange, True)
        enrol_online(store, actors, self.hub.url, text)
        self.exchange.look()

    @property
    def exchange(self) -> Any:
        return self.room.window.exchange

    def page(self, login: str = "admin") -> Any:
        """The page of exchange."""
        return self.room.page(login, "sync")

    def rounds(self, number: int) -> None:
        """Wait until so many rounds are over, and read."""
        self.room.until(lambda: self.exchange.course.rounds >= number and not self.exchange.course.busy)
        self.room.qtbot.wait(500)
        self.room.settle()

    def press_now(self, page: Any) -> None:
        """The one button, and what comes of it."""
        before = self.exchange.course.rounds
        self.room.click(page._primary)
        self.rounds(before + 1)
        self.room.until(lambda: page.strip.text)
        self.room.settle()

    def says(self, widget: Any, *words: str) -> None:
        """A card says all of these, now or in a moment."""
        self.room.until(lambda: all(one in shown_words(widget) for one in words))

    def switch(self, box: Any) -> None:
        """By its key."""
        box.setFocus()
        self.room.press(box, Qt.Key.Key_Space)
        self.room.settle()

    def dialog(self, kind: type[Any]) -> Any:
        """The dialog of that kind that is open, once it has looked for sticks."""

        def shown() -> list[Any]:
            return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]

        self.room.until(shown)
        (found,) = shown()
        if hasattr(found, "_again"):
            self.room.until(found._again.isEnabled)
        self.room.settle()
        return found

    def foot(self) -> str:
        """What the foot of the window says."""
        from PySide6.QtWidgets import QLabel

        self.room.settle()
        return " ".join(one.text() for one in self.room.window.shown.status_bar.findChildren(QLabel))  # type: ignore[union-attr]


@pytest.fixture
def office(room: Room, hub: SmallHub) -> Office:
    return Office(room, hub)


def shown_words(widget: Any) -> str:
    """Everything that a card says."""
    from PySide6.QtWidgets import QLabel

    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))
