"""A centre at work in a process of its own, so that it can be killed: people act, the machine exchanges."""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from core.batches.queries import plan_of
from core.errors import AppError
from core.exchange.courier import read_bundle, write_bundle
from core.house import may_travel, open_house
from core.people.pins import sign_in
from core.registration import commands as registration
from core.scoring import commands as scoring
from core.store import Actors, Id, Store
from tests.exchange.conftest import portrait
from tests.faults.hands import quick
from tests.faults.sync_world import sync
from tests.rooms import CANDIDATES, PANEL, PASSPHRASE, PIN, facts, person, sheet

PEOPLE = 450
"""So many candidates are invented at most."""
EXCHANGED = "exchanged"
OUT, BACK = "out", "back"
"""Folders of a stick: what goes to the association, what comes from it."""


@dataclass
class Hands:
    """Everybody of one centre. `said` is a file of what was acknowledged to them, a number each."""

    store: Store
    batch: Id
    applications: list[Id]
    said: Path
    dice: random.Random

    def __post_init__(self) -> None:
        logins = ("R1", *PANEL)
        self.actors = {login: Actors(sign_in(self.store, login, PIN)) for login in logins}
        lines = self.said.read_bytes().split(b"\n")[:-1] if self.said.exists() else []
        self.number = int(lines[-1]) + 1 if lines else CANDIDATES + 1
        self._handle = os.open(self.said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def act(self) -> None:
        """Somebody does something; where it was done before the kill, it is refused in words and that is that."""
        chosen = self.dice.random()
        try:
            if chosen < 0.2:
                self._mark()
            elif chosen < 0.4:
                photo = portrait(self.dice.randrange(90, 200))
                application = self.dice.choice(self.applications)
                self.store.write(self.actors["R1"], registration.take_photo, application, photo)
            else:
                self._apply()
        except AppError as problem:
            print(problem.code, flush=True)

    def _apply(self) -> None:
        if self.number >= PEOPLE:
            return
        one = person(self.number, phone=f"1990000{self.number:04d}")
        try:
            self.store.write(self.actors["R1"], registration.enter_application, self.batch, one, facts())
        finally:
            # Acknowledged, or refused because it stands already: either way it must be there at the end.
            os.write(self._handle, b"%d\n" % self.number)
            self.number += 1

    def _mark(self) -> None:
        login, application = self.dice.choice(PANEL), self.dice.choice(self.applications[:CANDIDATES])
        with self.store.read() as read:
            exercises = plan_of(read, self.batch).exercises_of("skill")
        for exercise in exercises:
            actors = self.actors[login]
            self.store.write(actors, scoring.save_draft, application, exercise.id, sheet(exercise))
            self.store.write(actors, scoring.sign_sheet, application, exercise.id)


def work(home: Path, batch: Id, applications: list[Id], where: str, until: Path, seed: int) -> None:
    """Act and exchange until the file `until` is there. `where` is the hub's address, or a stick's folder."""
    quick()
    dice = random.Random(seed)
    while not until.exists():
        with open_house(home, PASSPHRASE) as store:
            hands = Hands(store, batch, applications, home.with_suffix(".said"), dice)
            for _ in range(dice.randrange(2, 30)):
                for _ in range(dice.randrange(4)):
                    hands.act()
                try:
                    if where.startswith("http"):
                        sync(store, where)
                    else:
                        carry(store, Path(where), dice)
                    print(EXCHANGED, flush=True)
                except AppError as problem:
                    print(problem.code, flush=True)
                    time.sleep(0.05)
                if until.exists():
                    return


def carry(store: Store, stick: Path, dice: random.Random) -> None:
    """Read what came back, in any order, some of it twice; write a new bundle now and then."""
    found = sorted((stick / BACK).glob("*.zkb"))
    if found and dice.random() < 0.7:
        one = dice.choice(found)
        read_bundle(store, one)
        if dice.random() < 0.8:
            one.unlink()
    if dice.random() < 0.4 and len(list((stick / OUT).glob("*.zkb"))) < 5:
        write_bundle(store, stick / OUT / f"{time.monotonic_ns()}.zkb", may_travel)
    time.sleep(0.05)


if __name__ == "__main__":
    home, batch, applications, where, until, seed = sys.argv[1:]
    work(Path(home), int(batch), [int(one) for one in applications.split(",")], where, Path(until), int(seed))
