"""A small centre in the middle of its marking, and a window at which any of its people sits down."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from core.words import use
from ui.entrance import Entrance
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.providers import house_providers
from ui.registry import built
from ui.shell.workspace import Workspace
from ui.workers import Workers

PASSPHRASE = "示例口令"
PATIENCE = 20_000
CANDIDATES = 6
ABLE = (0.9, 0.9, 0.9), (0.05, 0.95, 0.95)
"""How the three examiners see the first candidate, and the second, on whom they differ widely."""


@dataclass(frozen=True)
class Centre:
    """A centre's home folder, and everybody's PIN."""

    home: Path
    pins: dict[str, str]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """Two candidates marked by all, one deliberation open, the others untouched."""
    with pytest.MonkeyPatch.context() as patch:
        quick_pins(patch)
        patch.setenv("ZHIKAO_LANG", "zh")
        yield _found(tmp_path_factory.mktemp("centre"))


def quick_pins(patch: pytest.MonkeyPatch) -> None:
    """Argon2id with little memory: what is made hard on purpose would only be waited for here."""
    patch.setattr("core.store.keys.KDF_MEMORY_KIB", 64)


def _found(folder: Path) -> Centre:
    from core.arrangement.queries import panels
    from core.batches.queries import plan_of
    from core.demo import evaluation as demo
    from core.demo.marks import draw_sheet
    from core.people.queries import accounts
    from core.scoring import commands as scoring

    home = folder / "home"
    run = demo.begin(home, PASSPHRASE, CANDIDATES, "junior", 1, lambda text: None)
    demo.take_roster(run, *demo.roster_for(folder, CANDIDATES, "junior", 1))
    demo.review(run)
    demo.arrange(run)
    demo.examine_knowledge(run, folder)
    with run.store.read() as read:
        plan = plan_of(read, run.batch)
        panel = panels(read, run.batch, "skill")[0]
        logins = {one.id: one.login for one in accounts(read)}
    chance = random.Random(1)
    for application, able in zip(panel.applications, ABLE, strict=False):
        for examiner, seen in zip(panel.examiners, able, strict=True):
            for exercise in plan.exercises_of("skill"):
                actors = run.cast.act(logins[examiner])
                run.store.write(
                    actors, scoring.sign_sheet, application, exercise.id, draw_sheet(chance, exercise, seen)
                )
    run.store.close()
    return Centre(home, {player.login: player.pin for player in run.cast.players} | {"leader": logins[panel.leader]})


class Room:
    """One window on a copy of the centre."""

    def __init__(self, qtbot: QtBot, workers: Workers, centre: Centre, home: Path) -> None:
        self.qtbot = qtbot
        self.workers = workers
        self.pins = centre.pins
        self.leader = centre.pins["leader"]
        self.entrance = Entrance(home)
        self.entrance.open(PASSPHRASE)
        self.window = MainWindow(self.entrance, workers, built(), house_providers(), Preferences.load(home))
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.begin()

    @property
    def store(self) -> Any:
        return self.entrance.store

    def settle(self) -> None:
        """Wait until everything that was started has come back."""
        self.qtbot.waitUntil(lambda: not self.workers.busy, timeout=PATIENCE)

    def until(self, done: Callable[[], object]) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(lambda: bool(done()), timeout=PATIENCE)

    def sit_down(self, login: str) -> Workspace:
        """Sign in, in place of who sat here before."""
        if isinstance(self.window.shown, Workspace):
            self.window.shown.lock()
        gate: Any = self.window.shown
        self.settle()
        gate.account.setText(login)
        self.qtbot.keyClicks(gate.pin, self.pins[login])
        self.qtbot.keyClick(gate.pin, Qt.Key.Key_Return)
        self.until(lambda: isinstance(self.window.shown, Workspace))
        self.settle()
        shown = self.window.shown
        assert isinstance(shown, Workspace)
        return shown

    def page(self, login: str, key: str) -> Any:
        """A page of somebody's, open and read."""
        sitting = self.sit_down(login)
        sitting.open_page(key)
        self.settle()
        return sitting.page(key)

    def press(self, widget: Any, *keys: Any) -> None:
        """Keys one after the other: text, a key, or (key, modifier)."""
        self.come_to_front()
        for key in keys:
            if isinstance(key, str):
                self.qtbot.keyClicks(self.window.focusWidget() or widget, key)
            else:
                code, held = key if isinstance(key, tuple) else (key, Qt.KeyboardModifier.NoModifier)
                self.qtbot.keyClick(self.window.focusWidget() or widget, code, held)

    def come_to_front(self) -> None:
        """Keys reach the window in front only."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            self.qtbot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE)

    def click(self, widget: Any) -> None:
        """A click of the mouse."""
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)

    def dialog(self) -> Any:
        """The dialog that is open."""
        found = [one for one in self.window.findChildren(QDialog) if one.isVisible()]
        assert len(found) == 1, found
        return found[0]

    def second_person(self, login: str) -> None:
        """A second person answers in the dialog that is open."""
        dialog = self.dialog()
        dialog.account.setText(login)
        self.qtbot.keyClicks(dialog.pin, self.pins[login])
        self.click(dialog.confirm)
        self.until(lambda: not [one for one in self.window.findChildren(QDialog) if one.isVisible()])
        self.settle()


@pytest.fixture
def room(
    qtbot: QtBot, workers: Workers, founded: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    quick_pins(monkeypatch)
    home = tmp_path / "home"
    shutil.copytree(founded.home, home)
    made = Room(qtbot, workers, founded, home)
    yield made
    use("zh")
    made.window.close()
    workers.close()
    made.entrance.close()
