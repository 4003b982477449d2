"""Whatever people and printers do in whatever order: one number is one certificate's for ever, and nothing is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.certificates import commands
from core.certificates import handing_commands as handing
from core.certificates import print_commands as printing
from core.certificates.blank_commands import receive_blanks
from core.certificates.blanks import balance, next_in_stock
from core.certificates.credential import read as read_token
from core.certificates.needs import usable
from core.certificates.standing import DEAD, HANDED_OUT, State, certificates, runs, sheets
from core.clock import today
from core.errors import Refused
from tests.certificates.association import Association
from tests.certificates.test_certificates import key
from tests.rooms import Centre, Stages, cheap_keys

LEASED = 9
STOCK = 12
pick = st.integers(0, 99)


class Lives(RuleBasedStateMachine):
    """Four candidates, nine numbers, twelve sheets of numbered paper."""

    stages: Stages

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Any] | None = None
        self.folder = tempfile.TemporaryDirectory(prefix="zhikao-")
        with cheap_keys():
            self.centre: Centre = self.stages.copy("confirmed", Path(self.folder.name) / "home")
        self.hub = Association(self.centre).meet().allow(LEASED)
        self.act(receive_blanks, "B01", f"B{STOCK}")
        self.owners: dict[str, int] = {}
        self.dead: set[str] = set()
        self.revoked: set[str] = set()
        self.out = 0
        self.papers = 0

    def act(self, command: Any, *args: Any, second: str | None = None, **kwargs: Any) -> Any:
        self.seen = None
        return self.centre.act("C1", command, *args, second=second, **kwargs)

    def may(self, command: Any, *args: Any, second: str | None = None, **kwargs: Any) -> bool:
        """Whether it was done; what is refused leaves nothing behind, which the invariants see."""
        try:
            self.act(command, *args, second=second, **kwargs)
        except Refused:
            return False
        return True

    @property
    def lines(self) -> list[Any]:
        if self.seen is None:
            self.seen = list(self.centre.ask(certificates, self.centre.batch))
        return self.seen

    def one(self, at: int) -> Any:
        return self.lines[at % len(self.lines)]

    @rule()
    def issue(self) -> None:
        before = self.lines
        left = sum(one.left for one in self.centre.ask(usable, today().year))
        needed = 4 - sum(line.number not in self.dead for line in before)
        done = self.may(commands.issue_certificates, self.centre.batch, key(self.centre), second="M1")
        assert done is (needed <= left), "all or none, exactly as far as the lease goes"
        assert len(self.lines) == len(before) + (needed if done else 0)

    @precondition(lambda self: self.lines)
    @rule(at=pick)
    def void(self, at: int) -> None:
        line = self.one(at)
        done = self.may(commands.void_certificate, line.id, "错", second="M1")
        assert done is (not line.handed_out and line.state is not State.REVOKED)
        if done:
            self.dead.add(line.number)

    @precondition(lambda self: self.lines)
    @rule(at=pick)
    def revoke(self, at: int) -> None:
        line = self.one(at)
        self.hub.revoke(line.number, 0)
        self.seen = None
        self.revoked.add(line.number)

    @precondition(lambda self: self.lines)
    @rule(ats=st.lists(pick, min_size=1, max_size=4), hand=st.integers(0, 4))
    def print(self, ats: list[int], hand: int) -> None:
        chosen = list(dict.fromkeys(self.one(at).id for at in ats))
        waiting = all(line.state is State.WAITING for line in self.lines if line.id in chosen)
        assert self.may(printing.start_print, self.centre.batch, chosen, "p") is waiting
        if waiting and chosen[:hand]:
            run = self.centre.ask(runs, self.centre.batch)[0].id
            self.act(printing.hand_over, run, chosen[:hand])

    @precondition(lambda self: self.lines)
    @rule(at=pick, purpose=st.sampled_from([printing.AGAIN, printing.REISSUE]))
    def print_again(self, at: int, purpose: str) -> None:
        line = self.one(at)
        fits = line.state is State.PRINTED if purpose == printing.AGAIN else line.state in HANDED_OUT
        done = self.may(printing.print_again, self.centre.batch, [line.id], "p", "错", purpose, second="M1")
        assert done is fits
        if done:
            self.act(printing.hand_over, self.centre.ask(runs, self.centre.batch)[0].id, [line.id])

    @precondition(lambda self: any(run.doubtful for run in self.centre.ask(runs, self.centre.batch)))
    @rule(at=pick, numbered=st.booleans())
    def settle(self, at: int, numbered: bool) -> None:
        run = next(run for run in self.centre.ask(runs, self.centre.batch) if run.doubtful)
        order = self.centre.ask(sheets, run.id)
        last = ([None, *order])[at % (len(order) + 1)]
        good = [one for one in order if one.state == "handed" and last is not None and one.place <= last.place]
        blanks = self.centre.ask(next_in_stock, len(good)) if numbered else []
        blanks = blanks if len(blanks) == len(good) else []
        found = self.act(printing.settle_up_to, run.id, last.certificate if last else None, blanks)
        assert found == (len(good), run.doubtful - len(good))
        self.out += len(good)
        self.papers += len(blanks)

    @precondition(lambda self: self.lines)
    @rule(at=pick, proxy=st.booleans())
    def collect(self, at: int, proxy: bool) -> None:
        line = self.one(at)
        state = State.PROXY if proxy else State.COLLECTED
        done = self.may(handing.record_collected, line.id, proxy, "测试" if proxy else "")
        assert done is (line.state in (State.PRINTED, state))

    @precondition(lambda self: self.lines)
    @rule(at=pick)
    def not_collected_after_all(self, at: int) -> None:
        line = self.one(at)
        assert self.may(handing.withdraw_collection, line.id, "错") is (line.state in HANDED_OUT)

    @rule()
    def replay(self) -> None:
        assert self.centre.store.compare()[1] == []

    @invariant()
    def a_number_is_one_certificates_for_ever(self) -> None:
        for line in self.lines:
            assert self.owners.setdefault(line.number, line.id) == line.id
        assert len(self.owners) == len(self.lines) <= LEASED

    @invariant()
    def what_is_dead_stays_dead(self) -> None:
        for line in self.lines:
            assert (line.state is State.REVOKED) is (line.number in self.revoked)
            assert (line.state in DEAD) is (line.number in self.dead | self.revoked)

    @invariant()
    def nobody_has_two(self) -> None:
        having = [line.application for line in self.lines if line.number not in self.dead]
        assert len(having) == len(set(having))

    @invariant()
    def every_sheet_and_all_numbered_paper_is_accounted_for(self) -> None:
        assert sum(line.copies for line in self.lines) == self.out
        stock = self.centre.ask(balance)
        assert (stock.used, stock.left, stock.twice) == (self.papers, STOCK - self.papers, ())
        doubtful = sum(run.doubtful for run in self.centre.ask(runs, self.centre.batch))
        assert doubtful == sum(line.run is not None for line in self.lines)

    def teardown(self) -> None:
        self.centre.holds()
        self.centre.store.close()
        self.folder.cleanup()


def test_the_lives_of_certificates(stages: Stages) -> None:
    Lives.stages = stages
    few = settings(max_examples=7, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(Lives, settings=few)


@pytest.mark.stage("confirmed")
def test_a_voided_number_that_the_association_revokes_costs_nobody_their_certificate(centre: Centre) -> None:
    hub = Association(centre).meet().allow(6)
    centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="M1")
    first, second, *_ = centre.ask(certificates, centre.batch)
    centre.act("C1", commands.void_certificate, first.id, "错", second="M1")
    hub.revoke(first.number, 0)
    hub.revoke(second.number, 1)
    numbers = centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="M1")
    lines = {line.number: line for line in centre.ask(certificates, centre.batch)}
    assert [lines[one].application for one in numbers].count(first.application) == 1, "another number for who had it"
    assert first.number not in numbers and len(lines) == 5
    assert {lines[one.number].state for one in (first, second)} == {State.REVOKED}
    assert second.number in numbers, "a withdrawn award is not issued again"


@pytest.mark.stage("confirmed")
def test_leases_that_overlap_give_no_number_twice(centre: Centre) -> None:
    hub = Association(centre).meet().allow(2)
    hub.lease(2, 5)
    numbers = centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="M1")
    assert len(set(numbers)) == len(numbers) == 4


@pytest.mark.stage("confirmed")
def test_two_years_two_forms(centre: Centre) -> None:
    """Another form of numbers from the next authorisation on; what was issued keeps its own."""
    hub = Association(centre).meet().allow(4)
    centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="M1")
    first = centre.ask(certificates, centre.batch)[0]
    centre.act("C1", commands.void_certificate, first.id, "错", second="M1")
    hub.authorise(pattern="=ZK- year:4 centre:8 serial:6 check:1")
    hub.lease(5, 5)
    numbers = centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="M1")
    assert [number.startswith(f"ZK-{today().year}") for number in numbers] == [True, False, False, False]
    places = [
        (line.serial, read_token(line.token).credential.status_index) for line in centre.ask(certificates, centre.batch)
    ]
    assert places[:2] == [(1, 0), (5, 4)] and len(set(places)) == 5, "a serial is used once, in whichever form"
