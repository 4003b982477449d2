"""A real centre for the pages of the desk: founded once a run, copied for each test, signed in and opened offscreen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from core.demo import evaluation as demo
from core.house import found_centre
from core.store import Store
from ui.context import Session
from ui.entrance import Entrance
from ui.providers import house_providers
from ui.registry import built
from ui.shell.workspace import Workspace
from ui.workers import Workers

PASSPHRASE = "测试口令 desk"
CANDIDATES, EXAMINERS_FOR = 6, 31
"""Six candidates, and as many examiners as two panels take: there is somebody to exchange."""
CHEAP_KDF = 64
"""KiB: a PIN's cost is another test's matter."""
SIZE = (1366, 768)
TYPIST = 200
"""Milliseconds: longer than any pause after which the window takes a typist to be done."""

Dialog = TypeVar("Dialog", bound=QDialog)


@dataclass(frozen=True)
class Homes:
    """Homes of one evaluation at several moments, and everybody's PIN."""

    folder: Path
    pins: dict[str, str]
    roster: Path
    photos: Path

    def copy(self, moment: str, to: Path) -> Path:
        """A home of one's own as it was at that moment."""
        shutil.copytree(self.folder / moment, to)
        return to


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homes]:
    """`founded`, `empty` (a batch), `applied`, `reviewed`, `arranged` and `marking` (one candidate is marked)."""
    folder = tmp_path_factory.mktemp("desk")
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.store.keys.KDF_MEMORY_KIB", CHEAP_KDF)
        store, _ = found_centre(folder / "founded", "999999", "示例考点", "246810", PASSPHRASE)
        store.close()
        run = demo.begin(home, PASSPHRASE, EXAMINERS_FOR, "junior", 1, lambda _: None)
        roster, photos = demo.roster_for(folder, CANDIDATES, "junior", 1)
        steps = {
            "empty": lambda: None,
            "applied": lambda: demo.take_roster(run, roster, photos),
            "reviewed": lambda: demo.review(run),
            "arranged": lambda: demo.arrange(run),
            "marking": lambda: demo.mark(run, until=1),
        }
        for moment, step in steps.items():
            step()
            shutil.copytree(home, folder / moment)
        run.store.close()
    yield Homes(folder, {player.login: player.pin for player in run.cast.players}, roster, photos)


@dataclass
class Desk:
    """One workspace of the test; `sign_in` opens it."""

    homes: Homes
    home: Path
    qtbot: QtBot
    workers: Workers
    monkeypatch: pytest.MonkeyPatch
    _open: list[Any] = field(default_factory=list)
    entrance: Entrance = field(init=False)
    window: Workspace = field(init=False)

    def sign_in(self, moment: str, login: str, page: str = "", size: tuple[int, int] = SIZE) -> Any:
        """Open the centre as it was at `moment` as `login`; the page of that key, or the first one."""
        self.monkeypatch.setattr("core.store.keys.KDF_MEMORY_KIB", CHEAP_KDF)
        self.entrance = Entrance(self.homes.copy(moment, self.home))
        self.entrance.open(PASSPHRASE)
        pin = "246810" if moment == "founded" else self.homes.pins[login]
        return self.show(self.entrance.sign_in(login, pin), page, size)

    def show(self, session: Session, page: str = "", size: tuple[int, int] = SIZE) -> Any:
        """Open the workspace of somebody who has signed in."""
        made = Workspace(
            self.entrance.store, session, self.workers, built(), house_providers(), self.home, self.entrance.pair
        )
        made.context.bug.connect(self._bug)
        self.window = made
        self.qtbot.addWidget(made)
        made.resize(*size)
        with self.qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        made.begin(page)
        self.wait()
        # A widget that is shown before it has a place would be a window of its own, and take the keys away.
        assert made.isActiveWindow()
        return made.page(made.current)

    def wait(self, pause: int = 0) -> None:
        """Until nothing is under way, and what it led to neither. `pause` milliseconds for what waits for a typist."""
        self.qtbot.wait(pause)
        for _ in range(3):
            self.qtbot.waitUntil(lambda: not self.workers.busy)
            self.qtbot.wait(5)

    def typed(self) -> None:
        """After typing: the pause after which a search or a form answers, and the answer."""
        self.wait(TYPIST)

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """The dialog of that kind that is open."""
        self.wait()
        found = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        assert len(found) == 1, [type(one).__name__ for one in QApplication.topLevelWidgets() if one.isVisible()]
        return found[0]

    @property
    def store(self) -> Store:
        """The open store."""
        found: Store = self.entrance.store
        return found

    @property
    def batch(self) -> int:
        """The batch in view."""
        found = self.window.context.batch
        assert found is not None
        return found

    def close(self) -> None:
        """Let everything go."""
        if hasattr(self, "window"):
            self.window.close()
            self.wait()
        if hasattr(self, "entrance"):
            self.entrance.close()

    @staticmethod
    def _bug(problem: BaseException) -> None:
        raise problem


@pytest.fixture
def desk(
    homes: Homes, tmp_path: Path, qtbot: QtBot, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk to sign in at."""
    made = Desk(homes, tmp_path / "centre", qtbot, workers, monkeypatch)
    yield made
    made.close()
