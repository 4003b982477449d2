"""The record of printing: whatever crashes or jams, no sheet is in a state that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from core.certificates import commands
from core.certificates import print_commands as printing
from core.certificates.handing_commands import record_collected
from core.certificates.pages import copy_of
from core.certificates.standing import State, certificates, run, runs, sheets
from core.store import Id
from tests.certificates.association import Association
from tests.certificates.test_certificates import issue
from tests.rooms import Centre, refused

pytestmark = pytest.mark.stage("confirmed")


@pytest.fixture
def issued(centre: Centre) -> list[Id]:
    """The ids of four certificates, by candidate number."""
    Association(centre).meet().allow()
    issue(centre)
    return [line.id for line in centre.ask(certificates, centre.batch)]


def states(centre: Centre) -> list[str]:
    return [str(line.state) for line in centre.ask(certificates, centre.batch)]


def begin(centre: Centre, ids: Sequence[Id], **more: Any) -> Id:
    return int(centre.act("C1", printing.start_print, centre.batch, ids, "测试打印机", **more))


def hand(centre: Centre, at: Id, *ids: Id) -> None:
    centre.act("C1", printing.hand_over, at, ids)


def done(centre: Centre, at: Id, *ids: Id) -> None:
    centre.act("C1", printing.settle, at, ids)


def printed(centre: Centre, ids: Sequence[Id]) -> Id:
    """Everything comes out of the printer."""
    at = begin(centre, ids)
    hand(centre, at, *ids)
    done(centre, at, *ids)
    return at


def test_a_sheet_is_doubtful_from_before_it_goes_to_the_printer_until_it_is_settled(
    centre: Centre, issued: list[Id]
) -> None:
    at = begin(centre, issued)
    assert states(centre) == ["waiting"] * 4, "nothing has gone to the printer yet"
    hand(centre, at, issued[0], issued[1])
    assert states(centre) == ["doubtful", "doubtful", "waiting", "waiting"]
    done(centre, at, issued[0])
    assert states(centre) == ["printed", "doubtful", "waiting", "waiting"]
    found = centre.ask(run, at)
    assert (found.sheets, found.printed, found.doubtful, found.purpose) == (4, 1, 1, "first")
    assert [sheet.state for sheet in centre.ask(sheets, at)] == ["printed", "handed", "waiting", "waiting"]
    centre.holds()


def test_the_last_good_one_settles_everything_that_was_doubtful(centre: Centre, issued: list[Id]) -> None:
    at = begin(centre, list(reversed(issued)))
    hand(centre, at, *issued)
    assert centre.act("C1", printing.settle_up_to, at, issued[2]) == (2, 2), "in the order of the run"
    assert states(centre) == ["waiting", "waiting", "printed", "printed"]
    hand(centre, at, issued[0], issued[1])
    assert centre.act("C1", printing.settle_up_to, at, None) == (0, 2), "not one came out"
    hand(centre, at, issued[1])
    assert centre.act("C1", printing.settle_up_to, at, issued[2]) == (0, 1), "the last good one was settled before"
    with refused("certificates.not_in_run"):
        centre.act("C1", printing.settle_up_to, at, 4711)
    assert centre.act("C1", printing.settle_up_to, at, issued[0]) == (0, 0), "said twice is said once"
    assert [line.copies for line in centre.ask(certificates, centre.batch)] == [0, 0, 1, 1]
    centre.holds()


def test_what_is_doubtful_is_settled_before_anything_else_happens_to_it(centre: Centre, issued: list[Id]) -> None:
    at = begin(centre, issued)
    hand(centre, at, issued[0])
    for act in (
        lambda: begin(centre, issued[:1]),
        lambda: centre.act("C1", printing.print_again, centre.batch, issued[:1], "p", "错", second="M1"),
        lambda: centre.act("C1", record_collected, issued[0]),
    ):
        with refused("certificates.doubtful"):
            act()
    with refused("certificates.not_in_run"):
        hand(centre, at, issued[0])


def test_a_sheet_is_settled_once_and_only_in_its_own_run(centre: Centre, issued: list[Id]) -> None:
    first, second = begin(centre, issued[:2]), begin(centre, issued)
    hand(centre, first, issued[0])
    for at, ids in ((second, issued[:1]), (first, issued[1:2]), (first, [issued[0], issued[0]]), (first, [4711])):
        with refused("certificates.not_doubtful"):
            done(centre, at, *ids)
    done(centre, first, issued[0])
    with refused("certificates.not_doubtful"):
        done(centre, first, issued[0])
    with refused("certificates.printed_already"):
        hand(centre, second, issued[0])
    with refused("certificates.unknown_run"):
        hand(centre, 4711, issued[1])
    assert [one.id for one in centre.ask(runs, centre.batch)] == [second, first]


def test_printing_again_takes_two_people_and_a_reason(centre: Centre, issued: list[Id]) -> None:
    printed(centre, issued)
    with refused("certificates.printed_already"):
        begin(centre, issued[:1])
    with refused("people.second_needed"):
        centre.act("C1", printing.print_again, centre.batch, issued[:1], "p", "卡纸")
    with refused("certificates.reason_needed"):
        centre.act("C1", printing.print_again, centre.batch, issued[:1], "p", "", second="M1")
    at = centre.act("C1", printing.print_again, centre.batch, issued[:1], "p", "卡纸", second="M1")
    hand(centre, at, issued[0])
    done(centre, at, issued[0])
    line = centre.ask(certificates, centre.batch)[0]
    assert (line.copies, line.reissues, line.state) == (2, 0, State.PRINTED)
    found = centre.ask(run, at)
    assert (found.purpose, found.reason) == ("again", "卡纸")


def test_a_reissue_keeps_the_number_and_is_counted_on_paper(centre: Centre, issued: list[Id]) -> None:
    printed(centre, issued)
    mine = issued[0]
    number = centre.ask(certificates, centre.batch)[0].number

    def again(purpose: str) -> Id:
        return int(centre.act("C1", printing.print_again, centre.batch, [mine], "p", "遗失", purpose, second="M1"))

    with refused("certificates.not_handed_out"):
        again("reissue")
    centre.act("C1", record_collected, mine)
    with refused("certificates.again_handed_out"):
        again("again")
    at = again("reissue")
    assert centre.ask(copy_of, mine, at) == 2
    hand(centre, at, mine)
    centre.act("C1", printing.settle_up_to, at, None)
    at = again("reissue")
    assert centre.ask(copy_of, mine, at) == 2, "nothing had come out"
    hand(centre, at, mine)
    done(centre, at, mine)
    assert centre.ask(copy_of, mine, at) == 2, "the sheet that came out is still what it was"
    line = centre.ask(certificates, centre.batch)[0]
    assert (line.number, line.copies, line.reissues, line.state) == (number, 2, 1, State.PRINTED)
    at = again("again")
    assert centre.ask(copy_of, mine, at) == 2, "a reissue that came out wrong is the same reissue"
    with refused("certificates.bad_purpose"):
        again("first")
    with refused("certificates.void_handed_out"):
        centre.act("C1", commands.void_certificate, mine, "错", second="M1")
    centre.act("C1", record_collected, mine)
    assert centre.ask(copy_of, mine, again("reissue")) == 3
    centre.holds()


def test_a_voided_or_revoked_certificate_is_not_printed(centre: Centre, issued: list[Id]) -> None:
    at = begin(centre, issued)
    centre.act("C1", commands.void_certificate, issued[0], "错", second="M1")
    hand(centre, at, issued[1])
    centre.act("C1", commands.void_certificate, issued[1], "错", second="M1")
    for act in (lambda: hand(centre, at, issued[0]), lambda: begin(centre, issued[:1])):
        with refused("certificates.dead"):
            act()
    done(centre, at, issued[1])
    assert states(centre) == ["voided", "voided", "waiting", "waiting"], "what came out is counted, and stays void"
    assert [line.copies for line in centre.ask(certificates, centre.batch)] == [0, 1, 0, 0]
    centre.holds()


def test_only_certificates_of_the_batch_are_printed(centre: Centre, issued: list[Id]) -> None:
    with refused("certificates.unknown"):
        begin(centre, [issued[0], 4711])
    with refused("certificates.none_chosen"):
        begin(centre, [])
    other = centre.open_batch()
    with refused("certificates.other_batch"):
        centre.act("C1", printing.start_print, other, issued, "p")
    at = begin(centre, [issued[0], issued[0]])
    assert len(centre.ask(sheets, at)) == 1
    with refused("certificates.not_in_run"):
        hand(centre, at, issued[1])


def test_nobody_but_the_certificate_administrator_prints(centre: Centre, issued: list[Id]) -> None:
    at = begin(centre, issued)
    for login in ("M1", "R1", "S1", "admin"):
        for act in (
            lambda who=login: centre.act(who, printing.start_print, centre.batch, issued, "p"),
            lambda who=login: centre.act(who, printing.hand_over, at, issued),
            lambda who=login: centre.act(who, printing.settle, at, issued),
            lambda who=login: centre.act(who, printing.settle_up_to, at, None),
        ):
            with refused("people.not_permitted"):
                act()
