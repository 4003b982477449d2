"""The steps of a demonstration, each through the commands that the window calls."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.arrangement import commands as arrangement
from core.arrangement.queries import panel, panels, places, propose
from core.batches import commands as batches
from core.batches.queries import plan_of
from core.clock import today
from core.demo.cast import Cast, engage, new_pin
from core.demo.marks import ability, draw_sheet, eye
from core.house import found_centre, signature_problems
from core.paths import PROGRAM
from core.people.queries import accounts
from core.registration import commands as registration
from core.registration.invented import write_invented
from core.registration.queries import application_detail, applications
from core.registration.roster_file import read_roster
from core.registration.roster_import import import_rows, read_photos
from core.results import commands as results
from core.scoring import commands as scoring
from core.scoring.queries import outcomes
from core.scoring.score_file import import_scores, read_scores
from core.scoring.sheets import Draft
from core.standards.staffing import panel_size
from core.store import Id, Store, Write
from core.words import say

STANDARD = "t-caftv-rural-2026"
SAMPLES = PROGRAM / "resources" / "samples"
SAMPLE_ROSTER, SAMPLE_PHOTOS = SAMPLES / "roster.xlsx", SAMPLES / "photos"
SAMPLE_CANDIDATES, SAMPLE_LEVEL, SAMPLE_SEED = 30, "junior", 1
PER_PANEL = 30
CENTRE_CODE, CENTRE_NAME = "999999", "示例县职业技能考点"

Tell = Callable[[str], None]


@dataclass
class Run:
    """A demonstration under way."""

    store: Store
    cast: Cast
    batch: Id
    chance: random.Random
    tell: Tell
    approved: int = 0
    panels: int = 0
    sheets: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, name: str, act: Callable[[], object]) -> None:
        """Do one step, say so, and keep how long it took."""
        began = time.perf_counter()
        act()
        self.took(name, time.perf_counter() - began)

    def took(self, name: str, seconds: float) -> None:
        """Say that a step is done and how long it took."""
        self.seconds[name] = round(seconds, 2)
        self.tell(say("demo.step", step=say(f"demo.{name}"), seconds=f"{self.seconds[name]:.1f}"))


def begin(home: Path, passphrase: str, candidates: int, level: str, seed: int, tell: Tell, pin: str = "") -> Run:
    """Found the centre, engage the people, open the batch. `pin`: the same for everybody; empty: random ones."""
    began = time.perf_counter()
    admin_pin = pin or new_pin()
    store, _ = found_centre(home, CENTRE_CODE, CENTRE_NAME, admin_pin, passphrase)
    try:
        groups = -(-candidates // PER_PANEL)
        cast = engage(store, admin_pin, sum(panel_size(size, ratio=10) for size in _sizes(candidates, groups)), pin)
        batch = store.write(cast.act("M01"), batches.create_batch, STANDARD, level, today()).value
    except BaseException:
        store.close()
        raise
    run = Run(store, cast, batch, random.Random(f"marks {seed}"), tell)  # noqa: S311 - invention, not a secret
    run.took("founded", time.perf_counter() - began)
    return run


def _sizes(total: int, groups: int) -> Iterable[int]:
    base, more = divmod(total, groups)
    return (base + (number < more) for number in range(groups))


def take_roster(run: Run, roster: Path, photos: Path) -> None:
    """Read a roster file and enter its applications."""
    read = read_roster(roster)
    pictures, bad = read_photos(read.rows, photos)
    rows = tuple(row for row in read.rows if row.row not in bad)
    run.store.write(run.cast.act("R01"), import_rows, run.batch, rows, pictures)


def roster_for(folder: Path, candidates: int, level: str, seed: int) -> tuple[Path, Path]:
    """The shipped sample where it fits, else one that is invented into `folder`."""
    if (candidates, level, seed) == (SAMPLE_CANDIDATES, SAMPLE_LEVEL, SAMPLE_SEED):
        return SAMPLE_ROSTER, SAMPLE_PHOTOS
    roster, photos = folder / "roster.xlsx", folder / "photos"
    write_invented(roster, candidates, level, seed, photos, as_of=today())
    return roster, photos


def review(run: Run) -> None:
    """Decide every application by what 9.1 says, and tell the applicants (10.2)."""
    reviewer = run.cast.act("V01")
    with run.store.read() as read:
        found = [application_detail(read, line.id) for line in applications(read, run.batch)]
    for detail in found:
        if detail.eligibility.eligible is False:
            reason = detail.eligibility.conditions[0].missing[0].sentence
            run.store.write(reviewer, registration.decide, detail.line.id, "refused", reason)
        else:
            run.store.write(reviewer, registration.decide, detail.line.id, "accepted")
            run.approved += 1
    run.store.write(reviewer, registration.notify, [detail.line.id for detail in found])


def arrange(run: Run) -> None:
    """Candidate numbers and panels (9.2)."""
    manager = run.cast.act("M01")
    run.store.write(manager, arrangement.assign_numbers, run.batch)
    with run.store.read() as read:
        proposed = propose(read, run.batch, "skill")
    run.panels = len(run.store.write(manager, arrangement.form_panels, run.batch, "skill", proposed).value)


def examine_knowledge(run: Run, folder: Path, missing: int = 0) -> None:
    """The knowledge examination: a score file, as a centre's own program would write it, taken in. Of the last
    `missing` candidates it has no score."""
    with run.store.read() as read:
        plan = plan_of(read, run.batch)
        found = places(read, run.batch)
    if plan.component("knowledge") is None:
        return
    file = folder / "knowledge.csv"
    sat = found[: len(found) - missing]
    scores = ((place.number, run.chance.choice((58, 66, 71.5, 77, 82.5, 88, 93))) for place in sat)
    text = "\n".join(["考号,成绩", *(f"{number},{score}" for number, score in scores)])
    file.write_text(text + "\n", "utf-8")
    lines = read_scores(file, plan).lines
    run.store.write(run.cast.act("M01"), import_scores, run.batch, lines)


def mark(run: Run, until: int | None = None) -> None:
    """Every examiner writes and signs their own sheets of every exercise; of the first `until` candidates if given.

    The first sheet of each candidate is kept before it is signed, as the window keeps it at every key.
    """
    with run.store.read() as read:
        plan = plan_of(read, run.batch)
        found = panels(read, run.batch, "skill")
        logins = {account.id: account.login for account in accounts(read)}
    exercises = plan.exercises_of("skill")
    for team in found:
        for index, application in enumerate(team.applications[:until]):
            able = ability(run.chance, index)
            for place, examiner in enumerate(team.examiners):
                seen = able + eye(run.chance, index, place)
                actors = run.cast.act(logins[examiner])
                drafts = {exercise.id: draw_sheet(run.chance, exercise, seen) for exercise in exercises}
                first, draft = next(iter(drafts.items()))
                run.store.write(actors, scoring.save_draft, application, first, draft)
                run.sheets += len(run.store.write(actors, _sign_all, application, drafts).value)


def _sign_all(write: Write, application: Id, drafts: Mapping[str, Draft]) -> list[Id]:
    """An examiner signs everything of one candidate at once, as the window does."""
    return [scoring.sign_sheet(write, application, exercise, draft) for exercise, draft in drafts.items()]


def deliberate(run: Run) -> None:
    """Leaders record what their panels' deliberations decided."""
    with run.store.read(run.cast.act("M01").first) as read:
        logins = {account.id: account.login for account in accounts(read)}
        waiting = [
            (application, logins[panel(read, came.panel).leader], sorted(total for _, total in came.totals)[1])
            for application, came in outcomes(read, run.batch, "skill").items()
            if came.open
        ]
    for application, leader, middle in waiting:
        reason = say("demo.deliberation_reason")
        run.store.write(run.cast.act(leader), scoring.deliberate, application, "skill", "set", reason, total=middle)


def settle_and_confirm(run: Run) -> None:
    """Compute the results; two people answer for them."""
    run.store.write(run.cast.act("M01"), results.settle, run.batch)
    run.store.write(run.cast.act("M01", "M02"), results.confirm, run.batch)


def check_everything(run: Run) -> int:
    """Verify journal and signatures and compare the tables with a replay; the number of things that do not hold."""
    found = run.store.verify()
    _, differing = run.store.compare()
    return len(found.problems) + len(signature_problems(run.store)) + len(differing)
