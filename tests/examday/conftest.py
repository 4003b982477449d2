"""A small centre on the morning of its exam day, made once and copied for each test, with a clock that tests set."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.arrangement import commands as arrangement
from core.arrangement.panels import ProposedPanel
from core.arrangement.queries import blind_numbers, numbers, places
from core.batches.commands import create_batch
from core.clock import today
from core.demo import evaluation as demo
from core.demo.cast import Cast, engage
from core.examday import commands, queries
from core.house import found_centre
from core.store import Actor, Id, Store
from core.store.standing import hold
from tests.rooms import asker

PASSPHRASE = "test-only"
LIVE, WORK, RECORDED, SETUP = "live", "sourcing", "after_sales", "setup"
"""Exercises of the default plan: one that is watched, one with a work, one that is recorded, one without a card."""
EVERYBODY = ("R01", "V01", "M01", "M02", "I01", "C01", "S01", "A01", "admin", "E01", "E02", "E03", "E04")
"""E01 to E03 mark the first and the third candidate, E04 to E06 the others."""
SECRET = "黄桃罐头六罐装限时讲解"


@dataclass(frozen=True)
class Master:
    """The centre as it was made, closed."""

    home: Path
    key: bytes
    """Of the store: to open a copy without the quarter of a second that a passphrase costs."""
    cast: Cast
    batch: Id
    applications: tuple[Id, ...]


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Master:
    """Made at the first call: half a minute of PINs is not to be spent twice."""
    folder = tmp_path_factory.mktemp("examday")
    home = folder / "home"
    store, _ = found_centre(home, demo.CENTRE_CODE, demo.CENTRE_NAME, "246810", PASSPHRASE)
    with store:
        cast = engage(store, "246810", 6)
        batch = store.write(cast.act("M01"), create_batch, demo.STANDARD, "junior", today()).value
        run = demo.Run(store, cast, batch, random.Random(1), lambda text: None)
        demo.take_roster(run, *demo.roster_for(folder, 4, "junior", 7))
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
    return Master(home, store.key, cast, batch, applications)


@dataclass
class Wall:
    """The clock on the wall, in milliseconds; it stands until a test moves it."""

    now: int

    def wait(self, seconds: float) -> None:
        self.now += round(seconds * 1000)


@dataclass
class Centre:
    """A store on its exam day and everybody in it, signed in."""

    store: Store
    cast: Cast
    batch: Id
    applications: tuple[Id, ...]
    wall: Wall
    cards: list[Id] = field(default_factory=list)

    @property
    def first(self) -> Id:
        """A candidate of the panel of E01 to E03."""
        return self.applications[0]

    @property
    def other(self) -> Id:
        """A candidate of the panel of E04 to E06."""
        return self.applications[1]

    def actor(self, login: str) -> Actor:
        return self.cast.actors[login]

    def act(self, login: str, command: Callable[..., Any], *args: Any, second: str | None = None, **more: Any) -> Any:
        return self.store.write(self.cast.act(login, second), command, *args, **more).value

    def ask(self, query: Callable[..., Any], *args: Any, **more: Any) -> Any:
        with self.store.read(asker(query, args, self.cast.actors.values())) as read:
            return query(read, *args, **more)

    def clock(self, application: Id | None = None, exercise: str = LIVE) -> queries.Clock:
        found: queries.Clock = self.ask(queries.clock, application or self.first, exercise, now=self.wall.now)
        return found

    def phase(
        self, name: str, application: Id | None = None, exercise: str = LIVE, studio: str = "直播间 1", wait: float = 0
    ) -> None:
        """The invigilator begins a phase, and `wait` seconds go by."""
        self.act("I01", commands.begin_phase, application or self.first, exercise, name, studio)
        self.wall.wait(wait)

    def card(self, text: str = SECRET, **more: Any) -> Id:
        made: Id = self.act("M01", commands.add_card, self.batch, LIVE, "题卡标题", text, **more)
        self.cards.append(made)
        return made

    def deal(self, application: Id | None = None, *, opened: bool = True) -> int:
        """Draw a card for a candidate, and open it."""
        no: int = self.act("I01", commands.draw_card, application or self.first, LIVE)
        if opened:
            self.act("I01", commands.open_card, application or self.first, LIVE)
        return no

    def number(self, application: Id) -> str:
        found: str = self.ask(numbers, self.batch)[application]
        return found

    def blind(self, application: Id) -> str:
        found: str = self.ask(blind_numbers, self.batch)[application]
        return found


@pytest.fixture
def centre(master: Master, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(master.home, home)
        with Store(home, master.key, hold(home)) as store:
            wall = Wall(store.head.at + 60_000)

            def now(last: int) -> int:
                return wall.now if wall.now != last else wall.now + 1

            monkeypatch.setattr("core.store.journal._now", now)
            yield Centre(store, master.cast, master.batch, master.applications, wall)
            assert store.compare()[1] == [], "the tables are not what a replay makes"
