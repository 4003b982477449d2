"""Three centres and the association in any order of everything that may happen between them: equal sums at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from core.clock import today
from core.errors import AppError
from core.exchange.courier import read_bundle, write_bundle
from core.house import may_travel
from core.hub import acts
from core.registration import commands as registration
from tests.exchange.conftest import QuickPace, portrait
from tests.faults.line import Line
from tests.faults.sync_world import HubAtWork, at_work, enrol, equal, placed_centre, reopened, sync
from tests.rooms import PANEL, Centre, cheap_keys

CODES = ("990001", "990002", "990003")
BY_STICK = CODES[2]
"""This one never has a link."""
SITTINGS = int(os.environ.get("FAULT_RUNS", "4"))
"""How many stories are told; a thorough run says 300."""
STEPS = 25
MOST_ROUNDS = 6
"""Sticks that have to go there and back until a centre and a hub that was put back agree again."""

centres = st.sampled_from(CODES)
online = st.sampled_from(CODES[:2])


@dataclass
class Beginning:
    """What every story begins with: copies of these homes."""

    folder: Path
    centres: dict[str, Centre] = field(default_factory=dict)


class Exchange(RuleBasedStateMachine):
    """The world. Each rule is something that people, lines or machines do."""

    beginning: Beginning

    @initialize()
    def begin(self) -> None:
        self._folder = TemporaryDirectory()
        self.folder = Path(self._folder.name)
        shutil.copytree(self.beginning.folder, self.folder, dirs_exist_ok=True)
        self.hub = HubAtWork(self.folder / "hub")
        self.line = Line(self.hub.port)
        self.centres = {code: reopened(one, self.folder / code) for code, one in self.beginning.centres.items()}
        self.people = dict.fromkeys(CODES, 10)
        self.marked = dict.fromkeys(CODES, 0)
        self.serial = dict.fromkeys(CODES, 1)
        self.unsure = set[str]()
        """Centres that a hub from yesterday may have forgotten its words to."""
        self.sticks: dict[str, list[bytes]] = {code: [] for code in CODES}
        """Bundles on their way to the hub, or copies of them."""
        self.replies: dict[str, list[bytes]] = {code: [] for code in CODES}
        self.hub.keep_as(self.folder / "yesterday")

    # What people do.

    @rule(code=centres)
    def somebody_applies(self, code: str) -> None:
        self.people[code] += 1
        self.centres[code].apply(self.people[code])

    @rule(code=centres, which=st.integers(0, 3))
    def a_photo_is_taken(self, code: str, which: int) -> None:
        centre = self.centres[code]
        centre.act("R1", registration.take_photo, centre.applications[which], portrait(90))

    @rule(code=centres)
    def an_examiner_signs(self, code: str) -> None:
        centre, number = self.centres[code], self.marked[code]
        if number < len(PANEL) * len(centre.applications):
            centre.mark(PANEL[number % len(PANEL)], centre.applications[number // len(PANEL)])
            self.marked[code] += 1

    @rule(code=centres)
    def a_panel_is_unsealed(self, code: str) -> None:
        self.an_examiner_signs(code)
        while self.marked[code] % len(PANEL):
            self.an_examiner_signs(code)

    @rule(code=centres)
    def the_association_leases_serials(self, code: str) -> None:
        if code not in self.unsure:
            first = self.serial[code]
            self.hub.hub.act(acts.lease, code, 1, first, first + 4, today().year)
            self.serial[code] = first + 5

    # By the net.

    @rule(code=online)
    def exchange(self, code: str) -> None:
        sync(self.centres[code].store, self.hub.url)
        self.unsure.discard(code)

    @rule(code=online)
    def exchange_without_photos(self, code: str) -> None:
        sync(self.centres[code].store, self.hub.url, blobs=False)
        self.unsure.discard(code)

    @rule(code=online, up=st.booleans(), after=st.integers(0, 6000), reset=st.booleans())
    def exchange_over_a_line_that_breaks(self, code: str, up: bool, after: int, reset: bool) -> None:
        self.line.cut("up" if up else "down", after, reset=reset)
        sync(self.centres[code].store, self.line.url)
        self.line.mend()
        self.unsure.discard(code)

    @rule(code=online, up=st.booleans(), after=st.integers(0, 6000))
    def a_line_breaks_and_people_give_up(self, code: str, up: bool, after: int) -> None:
        class Once(QuickPace):
            def wait(self, seconds: float) -> None:
                self.cancel()
                super().wait(seconds)

        self.line.cut("up" if up else "down", after)
        with suppress(AppError):
            sync(self.centres[code].store, self.line.url, Once())
        self.line.mend()

    # By a stick.

    @rule(code=centres)
    def a_stick_is_written(self, code: str) -> None:
        self.sticks[code].append(self._bundle(code))

    @rule(code=centres, which=st.integers(0, 9), keep=st.booleans())
    def a_stick_arrives(self, code: str, which: int, keep: bool) -> None:
        if found := self.sticks[code]:
            at = which % len(found)
            self.replies[code].append(self.hub.courier(found[at]).data)
            if not keep:
                del found[at]

    @rule(code=centres, which=st.integers(0, 9), keep=st.booleans())
    def a_reply_comes_back(self, code: str, which: int, keep: bool) -> None:
        if found := self.replies[code]:
            at = which % len(found)
            self._read(code, found[at])
            if not keep:
                del found[at]

    # What machines do.

    @rule(code=centres)
    def a_centre_starts_anew(self, code: str) -> None:
        centre = self.centres[code]
        centre.store.close()
        self.centres[code] = reopened(centre, self.folder / code)

    @rule()
    def the_hub_starts_anew(self) -> None:
        self.hub.restart()

    @rule()
    def the_hub_is_backed_up(self) -> None:
        self.hub.keep_as(self.folder / "yesterday")

    @rule(code=online)
    def the_hub_is_backed_up_while_marks_wait_for_their_panel(self, code: str) -> None:
        self.an_examiner_signs(code)
        self.exchange(code)
        self.the_hub_is_backed_up()

    @rule()
    def the_hub_is_put_back_to_yesterday(self) -> None:
        self.hub.back_to(self.folder / "yesterday")
        self.unsure = set(CODES)

    # At the end.

    def teardown(self) -> None:
        if not hasattr(self, "hub"):
            return
        try:
            for code in CODES:  # what a hub from yesterday can't have
                self.a_panel_is_unsealed(code)
                self.a_photo_is_taken(code, 0)
            self._all_agree()
            self.the_hub_is_put_back_to_yesterday()
            self._all_agree()
            for centre in self.centres.values():
                centre.holds()
        finally:
            self.line.close()
            for centre in self.centres.values():
                centre.store.close()
            self.hub.stop()
            self._folder.cleanup()

    def _all_agree(self) -> None:
        for code, centre in self.centres.items():
            for _ in range(MOST_ROUNDS if code == BY_STICK else 2):
                if code == BY_STICK:
                    self._read(code, self.hub.courier(self._bundle(code)).data)
                else:
                    sync(centre.store, self.hub.url)
            equal(centre.store, self.hub.hub)

    def _bundle(self, code: str) -> bytes:
        stick = self.folder / f"{code}.zkb"
        stick.unlink(missing_ok=True)
        write_bundle(self.centres[code].store, stick, may_travel)
        return stick.read_bytes()

    def _read(self, code: str, reply: bytes) -> None:
        stick = self.folder / f"{code}.zkb"
        stick.write_bytes(reply)
        read_bundle(self.centres[code].store, stick)


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginning]:
    found = Beginning(tmp_path_factory.mktemp("beginning"))
    with cheap_keys():
        HubAtWork.found(found.folder / "hub")
        with at_work(found.folder / "hub") as hub:
            for code in CODES:
                centre = placed_centre(found.folder / code, code)
                with centre.store:
                    enrol(centre, hub)
                    sync(centre.store, hub.url)
                found.centres[code] = centre
        yield found


@pytest.mark.timeout(7200)
def test_in_whatever_order_things_happen_both_sides_have_the_same_at_the_end(beginning: Beginning) -> None:
    class Told(Exchange):
        pass

    Told.beginning = beginning
    quick = settings(
        max_examples=SITTINGS,
        stateful_step_count=STEPS,
        deadline=None,
        phases=[Phase.generate],  # a step takes a tenth of a second: to look for a shorter story takes minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Told, settings=quick)
