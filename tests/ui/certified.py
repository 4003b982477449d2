"""A small centre at the end of its batch, an association that has spoken, and a window on its certificates page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from core.certificates.commands import issue_certificates
from core.certificates.standing import CertificateLine, certificates
from core.house import open_house
from core.people.pins import sign_in
from core.printing.run import Run
from core.store import Actors, chain
from core.store.segments import Segment, encode_segments
from tests.certificates.association import HUB, Association
from tests.printing.paper import PaperPrinter
from tests.rooms import CODE, PASSPHRASE, PIN, Stages, cheap_keys
from ui.entrance import Entrance
from ui.providers import house_providers
from ui.registry import built
from ui.shell.workspace import Workspace
from ui.workers import Workers

SIZE = (1366, 768)
PATIENCE = 20_000

Dialog = TypeVar("Dialog", bound=QDialog)


@dataclass(frozen=True)
class Ended:
    """Homes of one batch: `met` (confirmed, the association enrolled it), `allowed` (nothing is missing any more),
    `issued`. `file` is what the association sent in between.
    """

    folder: Path
    file: bytes
    batch: int


@pytest.fixture(scope="session")
def ended(stages: Stages, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Made once a run."""
    folder = tmp_path_factory.mktemp("certified")
    with cheap_keys():
        centre = stages.copy("confirmed", folder / "home")
        association = Association(centre).meet()
        _keep(centre, folder, "met")
        association.allow()
        file = _file(association)
        _keep(centre, folder, "allowed")
        key = Ed25519PrivateKey.from_private_bytes(centre.store.secret("issuer"))
        centre.act("C1", issue_certificates, centre.batch, key, second="M1")
        centre.store.close()
        (folder / "home").rename(folder / "issued")
    return Ended(folder, file, centre.batch)


def _keep(centre: Any, folder: Path, name: str) -> None:
    centre.store.close()
    shutil.copytree(folder / "home", folder / name)
    centre.store = open_house(folder / "home", PASSPHRASE)


def _file(association: Association) -> bytes:
    public = association.key.public_key().public_bytes_raw()
    seal = chain.make_seal(association.key, HUB, len(association.bodies), association.hashes[-1])
    genesis = chain.genesis(CODE, public)
    return encode_segments([Segment(CODE, HUB, public, 1, genesis, association.bodies, association.parts, seal)])


@dataclass
class Seat:
    """One window of the test on a home of its own."""

    ended: Ended
    home: Path
    qtbot: QtBot
    workers: Workers
    tray: PaperPrinter = field(default_factory=PaperPrinter)
    entrance: Entrance = field(init=False)
    window: Workspace = field(init=False)

    def prepare(self, moment: str) -> Any:
        """A home as it was at a moment; its store, for what happened before anybody sits down."""
        shutil.copytree(self.ended.folder / moment, self.home)
        self.entrance = Entrance(self.home)
        return self.entrance.open(PASSPHRASE)

    def sit_down(self, moment: str = "", login: str = "C1", size: tuple[int, int] = SIZE) -> Any:
        """Open the certificates page as somebody."""
        if moment:
            self.prepare(moment)
        session = self.entrance.sign_in(login, PIN)
        store, pair = self.entrance.store, self.entrance.pair
        made = Workspace(store, session, self.workers, built(), house_providers(), self.home, pair)
        made.context.bug.connect(self._bug)
        self.window = made
        self.qtbot.addWidget(made)
        made.resize(*size)
        with self.qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        made.begin("certificates")
        self.wait()
        return made.page("certificates")

    def wait(self, pause: int = 0) -> None:
        """Until nothing is under way, and what it led to neither."""
        self.qtbot.wait(pause)
        for _ in range(4):
            self.qtbot.waitUntil(lambda: not self.workers.busy, timeout=PATIENCE)
            self.qtbot.wait(5)

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """The dialog of that kind that is open."""
        self.wait()
        found = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        assert len(found) == 1, [type(one).__name__ for one in QApplication.topLevelWidgets() if one.isVisible()]
        return found[0]

    def second(self, login: str = "M1") -> None:
        """A second person signs."""
        from ui.dialogs.second_person import SecondPersonDialog

        dialog = self.dialog(SecondPersonDialog)
        dialog.account.setText(login)
        dialog.pin.setText(PIN)
        dialog.confirm.click()
        self.wait()

    def press(self, widget: Any, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key."""
        self.qtbot.keyClick(widget, key, held)
        self.wait()

    def primary(self, page: Any) -> None:
        """Press the page's one button."""
        page._primary.click()
        self.wait()

    def open_printing(self, page: Any, purpose: str = "first", ranges: str = "") -> Any:
        """The print view with the test's own printer."""
        page.open_print(purpose)
        self.wait()
        view = page.printing
        view.ranges.setText(ranges)
        self.wait()
        return view

    def act(self, login: str, command: Any, *args: Any, second: str = "") -> Any:
        """Somebody does something beside the window."""
        store = self.entrance.store
        people = [sign_in(store, one, PIN) for one in (login, second) if one]
        return store.write(Actors(*people), command, *args).value

    @property
    def lines(self) -> list[CertificateLine]:
        """Every certificate as the store has it."""
        with self.entrance.store.read() as read:
            return certificates(read, self.ended.batch)

    @property
    def states(self) -> list[str]:
        """Where each certificate is, by candidate number."""
        return [str(line.state) for line in self.lines]

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
def seat(
    ended: Ended, tmp_path: Path, qtbot: QtBot, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Seat]:
    """Somebody may sit down. The machine's printer is the test's own, which prints as fast as it is waited for."""
    with cheap_keys():
        made = Seat(ended, tmp_path / "centre", qtbot, workers)
        monkeypatch.setattr("ui.pages.certificates.spooler", lambda: made.tray)
        monkeypatch.setattr("ui.pages.certificates_run.Run", partial(Run, sleep=made.tray.tick))
        yield made
        made.close()
