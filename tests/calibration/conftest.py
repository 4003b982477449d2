"""A small centre with two panels on the eve of its exam day, made once and copied for each test."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.arrangement import commands as arrangement
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import places
from core.calibration import commands
from core.demo import evaluation as demo
from core.demo.cast import Cast, engage
from core.house import found_centre, open_house
from core.scoring.sheets import Draft
from core.standards.plans import Exercise
from core.store import Id, Store
from tests.rooms import asker

PASSPHRASE = "test-only"
CHEAP_KDF = 64
"""KiB: a PIN's cost is another test's matter."""
EXERCISE = "live"
CLIP = hashlib.sha256(b"clip").digest()
ROLES = {
    "registrar": "R01",
    "reviewer": "V01",
    "manager": "M01",
    "invigilator": "I01",
    "certificates": "C01",
    "supervisor": "S01",
    "auditor": "A01",
    "admin": "admin",
}


@dataclass
class Centre:
    """A store and everybody in it, signed in. `panels` are logins by panel, the leader first."""

    store: Store
    cast: Cast
    batch: Id
    panels: tuple[tuple[str, ...], ...]
    applications: tuple[Id, ...]

    @property
    def examiners(self) -> list[str]:
        return [login for panel in self.panels for login in panel]

    @property
    def leaders(self) -> list[str]:
        return [panel[0] for panel in self.panels]

    def id(self, login: str) -> Id:
        return self.cast.actors[login].id

    def act(self, login: str, command: Callable[..., Any], *args: Any, second: str | None = None) -> Any:
        return self.store.write(self.cast.act(login, second), command, *args).value

    def ask(self, query: Callable[..., Any], *args: Any) -> Any:
        """Asked by the owner where it is about somebody's own, else by the auditor."""
        with self.store.read(asker(query, args, self.cast.actors.values()) or self.cast.actors["A01"]) as read:
            return query(read, *args)

    def open(self, clip: bytes = CLIP, exercise: str = EXERCISE) -> Id:
        found: Id = self.act(
            "M01", commands.open_trial, self.batch, exercise, clip, 4, "盘符 D 的 clip.mp4", "示范片段"
        )
        return found

    def mark(self, trial: Id, login: str, draft: Draft) -> None:
        self.act(login, commands.save_trial_draft, trial, draft)
        self.act(login, commands.sign_trial, trial)

    def mark_all(self, trial: Id, exercise: Exercise, values: Sequence[int]) -> None:
        """Every examiner gives one value throughout, in their order."""
        for login, value in zip(self.examiners, values, strict=True):
            self.mark(trial, login, draft(exercise, value))


def draft(exercise: Exercise, value: int, **changes: list[int] | None) -> Draft:
    """A sheet that gives every item the same; `changes` by the item's key with underscores."""
    marks: dict[str, list[int] | None] = {item.key: [value] for item in exercise.items}
    marks.update({key.lstrip("_").replace("_", "."): mark for key, mark in changes.items()})
    return Draft(marks=marks)


@dataclass(frozen=True)
class Master:
    """The centre as it was made, closed."""

    home: Path
    cast: Cast
    batch: Id
    panels: tuple[tuple[str, ...], ...]
    applications: tuple[Id, ...]


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Master:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.store.keys.KDF_MEMORY_KIB", CHEAP_KDF)
        return _made(tmp_path_factory.mktemp("calibration"))


def _made(folder: Path) -> Master:
    home = folder / "home"
    store, _ = found_centre(home, demo.CENTRE_CODE, demo.CENTRE_NAME, "246810", PASSPHRASE)
    with store:
        cast = engage(store, "246810", 6)
        from core.batches.commands import create_batch
        from core.clock import today

        batch = store.write(cast.act("M01"), create_batch, demo.STANDARD, "junior", today()).value
        run = demo.Run(store, cast, batch, demo.random.Random(1), lambda text: None)
        roster, photos = demo.roster_for(folder, 4, "junior", 7)
        demo.take_roster(run, roster, photos)
        demo.review(run)
        store.write(cast.act("M01"), arrangement.assign_numbers, batch)
        with store.read() as read:
            applications = tuple(place.application for place in places(read, batch))
        groups = (("E01", "E02", "E03"), ("E04", "E05", "E06"))
        proposed = [
            ProposedPanel(tuple(cast.actors[one].id for one in group), cast.actors[group[0]].id, applications[at::2])
            for at, group in enumerate(groups)
        ]
        store.write(cast.act("M01"), arrangement.form_panels, batch, "skill", proposed)
    return Master(home, cast, batch, groups, applications)


@pytest.fixture
def centre(master: Master, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    monkeypatch.setattr("core.store.keys.KDF_MEMORY_KIB", CHEAP_KDF)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(master.home, home)
        with open_house(home, PASSPHRASE) as store:
            yield Centre(store, master.cast, master.batch, master.panels, master.applications)


@pytest.fixture
def exercise(centre: Centre) -> Exercise:
    from core.batches.queries import plan_of

    found: Exercise = centre.ask(plan_of, centre.batch).exercise(EXERCISE)
    return found
