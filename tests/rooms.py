"""One centre for tests that read as stories: founded, registered, arranged and marked through the commands alone.

Each stage is made once a run and copied for every test that begins there, so that a story costs milliseconds.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn import ric

from core.arrangement import commands as arrangement
from core.arrangement.panels import ProposedPanel
from core.batches import commands as batches
from core.batches.queries import plan_of
from core.clock import today
from core.errors import AppError
from core.house import found_centre, open_house, signature_problems
from core.people import commands as people
from core.people.pins import fresh_key, sign_in
from core.people.roles import Role
from core.registration import commands as registration
from core.registration.events import Person
from core.results import commands as results
from core.scoring import commands as scoring
from core.scoring.sheets import Draft
from core.standards.facts import Facts, Training
from core.standards.plans import Exercise, Item
from core.store import Actor, Actors, Id, Store, keys

PASSPHRASE, ADMIN_PIN, FIRST_PIN, PIN = "拾一张稻穗", "1111", "0000", "2222"
CODE, NAME = "999999", "测试考点"
STAFF = {
    "R1": Role.REGISTRAR,
    "V1": Role.REVIEWER,
    "M1": Role.MANAGER,
    "M2": Role.MANAGER,
    "I1": Role.INVIGILATOR,
    "C1": Role.CERTIFICATES,
    "S1": Role.SUPERVISOR,
    "A1": Role.AUDITOR,
    **{f"E{number}": Role.EXAMINER for number in range(1, 8)},
}
"""One account a role, two managers, and examiners for a panel, another one, and one more."""
PANEL = ("E1", "E2", "E3")
OTHERS = ("E4", "E5", "E6")
CANDIDATES = 4
STANDARD, LEVEL = "t-caftv-rural-2026", "junior"


def identity(number: int) -> str:
    """An invented identity number with a right check digit; each `number` below 500 another woman's."""
    plain = f"11010119900101{number * 2:03d}"
    return plain + ric.calc_check_digit(plain + "0")


def person(number: int, **changes: str) -> Person:
    """测试 and a number; nobody's name, nobody's telephone."""
    fields = {
        "name": f"测试{number}",
        "sex": "female",
        "id_kind": "resident_id",
        "id_number": identity(number),
        "birth_date": "1990-01-01",
        "phone": f"199000000{number:02d}",
    }
    return Person(**{**fields, **changes})


def facts(hours: int = 80) -> Facts:
    """A course that is long enough for the junior level (9.1, b)."""
    day = today().replace(day=1)
    return Facts(as_of=today(), training=(Training(Decimal(hours), day, "示例-1"),))


@contextmanager
def refused(code: str, exit_code: int = 1) -> Iterator[AppError]:
    """The block ends in this refusal, which has a sentence in both languages."""
    from core import words

    with pytest.raises(AppError) as caught:
        yield caught  # type: ignore[misc]
    problem = caught.value
    assert (problem.code, problem.exit_code) == (code, exit_code)
    for language in words.LANGUAGES:
        sentence = words.sentences(language)[code].format(**problem.values)
        assert sentence and "{" not in sentence


OWNERS = ("examiner", "person", "keyer", "viewer")
"""How a query calls whose own thing it answers."""


def asker(query: Callable[..., Any], args: Sequence[Any], people: Iterable[Actor]) -> Actor | None:
    """Whose own thing a query is about, if it is."""
    names = list(inspect.signature(query).parameters)[1:]
    owner = next((value for name, value in zip(names, args, strict=False) if name in OWNERS), None)
    return next((one for one in people if one.id == owner), None)


@dataclass
class Centre:
    """A centre that a story happens in. Logins stand for people, candidates for their applications."""

    store: Store
    actors: dict[str, Actor] = field(default_factory=dict)
    batch: Id = 0
    applications: list[Id] = field(default_factory=list)

    def who(self, login: str, second: str | None = None) -> Actors:
        """One or two people, about to act."""
        return Actors(self.actors[login], self.actors[second] if second else None)

    def act(self, login: str, command: Callable[..., Any], *args: Any, second: str | None = None, **kwargs: Any) -> Any:
        """Let somebody do something; what the command answered."""
        return self.store.write(self.who(login, second), command, *args, **kwargs).value

    def ask(self, query: Callable[..., Any], *args: Any, by: str = "", **kwargs: Any) -> Any:
        """What a query answers `by` somebody now; else what is somebody's own is asked by that person, and everything
        else by the auditor."""
        reader = self.actors.get(by) or asker(query, args, self.actors.values()) or self.actors.get("A1")
        with self.store.read(reader) as read:
            return query(read, *args, **kwargs)

    def id(self, login: str) -> Id:
        """An account's id."""
        return self.actors[login].id

    def engage(self, login: str, *roles: str, own_pin: bool = True) -> Actor:
        """Make an account; its owner signs in and, if said so, sets a PIN of their own."""
        self.act("admin", people.create_account, login, roles, fresh_key(FIRST_PIN), "")
        actor = sign_in(self.store, login, FIRST_PIN)
        if own_pin:
            actor = people.change_own_pin(self.store, Actors(actor), PIN)
        self.actors[login] = actor
        return actor

    def open_batch(self, standard: str = STANDARD, level: str = LEVEL, day: date | None = None) -> Id:
        """Another batch."""
        return int(self.act("M1", batches.create_batch, standard, level, day or today()))

    def apply(self, number: int, batch: Id | None = None, **changes: str) -> Id:
        """Somebody applies at the desk."""
        return int(
            self.act("R1", registration.enter_application, batch or self.batch, person(number, **changes), facts())
        )

    def told(self, application: Id) -> Id:
        """An application is accepted and the applicant told so."""
        self.act("V1", registration.decide, application, "accepted")
        self.act("V1", registration.notify, [application])
        return application

    def placed(self, numbers: Iterable[int], batch: Id | None = None) -> list[Id]:
        """People apply, are accepted, told, and get candidate numbers."""
        found = [self.told(self.apply(number, batch)) for number in numbers]
        self.act("M1", arrangement.assign_numbers, batch or self.batch)
        return found

    def form(
        self, examiners: Sequence[str], applications: Sequence[Id], component: str = "skill", batch: Id | None = None
    ) -> Id:
        """A panel, led by the first examiner."""
        ids = tuple(self.id(login) for login in examiners)
        proposed = ProposedPanel(ids, ids[0], tuple(applications))
        (panel,) = self.act("M1", arrangement.form_panels, batch or self.batch, component, [proposed])
        return int(panel)

    def exercises(self, component: str = "skill", batch: Id | None = None) -> tuple[Exercise, ...]:
        """The exercises of a component."""
        found: tuple[Exercise, ...] = self.ask(plan_of, batch or self.batch).exercises_of(component)
        return found

    def mark(self, login: str, application: Id, share: float = 0.9, remark: str = "") -> int:
        """An examiner marks and signs everything of a candidate; the total in hundredths."""
        from core.scoring.queries import signed_sheet

        total = 0
        for exercise in self.exercises():
            self.act(login, scoring.save_draft, application, exercise.id, sheet(exercise, share, remark))
            self.act(login, scoring.sign_sheet, application, exercise.id)
            total += self.ask(signed_sheet, self.id(login), application, exercise.id).total
        return total

    def mark_all(self, examiners: Sequence[str] = PANEL, share: float = 0.9) -> None:
        """A whole panel marks every candidate alike."""
        for application in self.applications:
            for login in examiners:
                self.mark(login, application, share)

    def score_all(self, total: int = 8000) -> None:
        """Everybody gets the same knowledge score."""
        for application in self.applications:
            self.act("M1", scoring.score_knowledge, application, total)

    def settle_and_confirm(self) -> None:
        """Results are computed, and two managers answer for them."""
        self.act("M1", results.settle, self.batch)
        self.act("M1", results.confirm, self.batch, second="M2")

    def holds(self) -> None:
        """Journal, personal signatures and tables are what they say: asked at the end of a story."""
        assert self.store.verify().problems == []
        assert signature_problems(self.store) == []
        assert self.store.compare()[1] == []


def sheet(exercise: Exercise, share: float = 0.9, remark: str = "") -> Draft:
    """A complete sheet that gives about this share of the points."""
    return Draft({item.key: _mark(item, share) for item in exercise.items}, remark=remark)


def _mark(item: Item, share: float) -> list[int]:
    ordered = sorted(item.scale.options, key=lambda option: option.points)
    if item.scale.kind == "steps":
        return sorted(option.value for option in item.scale.options[: round(share * len(ordered))])
    return [min(ordered, key=lambda option: abs(option.points - share * item.maximum)).value]


def _staffed(centre: Centre) -> None:
    for login, role in STAFF.items():
        centre.engage(login, role)
    centre.batch = centre.open_batch()


def _placed(centre: Centre) -> None:
    centre.applications = centre.placed(range(1, CANDIDATES + 1))
    centre.form(PANEL, centre.applications)


def _marked(centre: Centre) -> None:
    centre.score_all()
    centre.mark_all()


def _confirmed(centre: Centre) -> None:
    centre.settle_and_confirm()


STAGES: dict[str, Callable[[Centre], None]] = {
    "staffed": _staffed,
    "placed": _placed,
    "marked": _marked,
    "confirmed": _confirmed,
}


class Stages:
    """Centres as they stand at each stage, made when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, Centre] = {}

    def copy(self, stage: str, home: Path) -> Centre:
        """A centre of its own at a stage, open in `home`."""
        known = self._make(stage)
        shutil.copytree(self.folder / stage, home)
        store = open_house(home, PASSPHRASE)
        return Centre(store, dict(known.actors), known.batch, list(known.applications))

    def _make(self, stage: str) -> Centre:
        if stage not in self.made:
            names = list(STAGES)
            at = names.index(stage)
            home = self.folder / stage
            if at == 0:
                store, _ = found_centre(home, CODE, NAME, ADMIN_PIN, PASSPHRASE)
                centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)})
            else:
                centre = self.copy(names[at - 1], home)
            with centre.store:
                STAGES[stage](centre)
            self.made[stage] = centre
        return self.made[stage]


@contextmanager
def cheap_keys() -> Iterator[None]:
    """Argon2id at its cheapest: what it costs is not what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "KDF_MEMORY_KIB", 8)
        patch.setattr(keys, "KDF_PASSES", 1)
        yield


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """The stages of this run."""
    return Stages(tmp_path_factory.mktemp("stages"))


@pytest.fixture
def centre(stages: Stages, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Centre]:
    """A centre with its people and a batch; `@pytest.mark.stage("placed")` and so on for one that is further."""
    marker = request.node.get_closest_marker("stage")
    with cheap_keys():
        found = stages.copy(marker.args[0] if marker else "staffed", tmp_path / "home")
        with found.store:
            yield found
