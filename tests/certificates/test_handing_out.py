"""Handing out: printed here or by the association, collected or by proxy, and put right where it was wrong."""

from __future__ import annotations

import pytest

from core.certificates import commands
from core.certificates import handing_commands as handing
from core.certificates.print_commands import print_again
from core.certificates.standing import State, certificate
from tests.certificates.test_printing_record import begin, issued, printed, states
from tests.rooms import Centre, refused

__all__ = ["issued"]
pytestmark = pytest.mark.stage("confirmed")


def test_what_the_association_printed_is_handed_out_by_the_centre(centre: Centre, issued: list[int]) -> None:
    with refused("certificates.not_printed"):
        centre.act("C1", handing.record_collected, issued[0])
    assert centre.act("C1", handing.record_delivered, issued[:3]) == 3
    assert centre.act("C1", handing.record_delivered, issued[:3]) == 0, "said twice is said once"
    assert states(centre) == ["printed", "printed", "printed", "waiting"]
    with refused("certificates.printed_already"):
        begin(centre, issued[:1])
    centre.act("C1", handing.record_collected, issued[0])
    centre.act("C1", handing.record_collected, issued[1], True, "测试二，凭身份证")
    assert states(centre) == ["collected", "proxy", "printed", "waiting"]
    found = centre.ask(certificate, issued[1])
    assert found.receiver == "测试二，凭身份证" and found.collected_at is not None
    centre.holds()


def test_what_was_printed_here_is_not_delivered_by_the_association(centre: Centre, issued: list[int]) -> None:
    printed(centre, issued[:1])
    with refused("certificates.printed_already"):
        centre.act("C1", handing.record_delivered, issued)
    assert states(centre) == ["printed", "waiting", "waiting", "waiting"], "all or none"
    centre.act("C1", commands.void_certificate, issued[1], "错", second="M1")
    with refused("certificates.dead"):
        centre.act("C1", handing.record_delivered, issued[1:2])


def test_a_certificate_is_handed_out_once(centre: Centre, issued: list[int]) -> None:
    printed(centre, issued)
    with refused("certificates.proxy_needs_name"):
        centre.act("C1", handing.record_collected, issued[0], True, " ")
    centre.act("C1", handing.record_collected, issued[0])
    centre.act("C1", handing.record_collected, issued[0])
    assert centre.ask(certificate, issued[0]).handed_out == 1, "said twice is said once"
    with refused("certificates.collected_already"):
        centre.act("C1", handing.record_collected, issued[0], True, "测试二")
    with refused("certificates.void_handed_out"):
        centre.act("C1", commands.void_certificate, issued[0], "错", second="M1")
    with refused("people.not_permitted"):
        centre.act("R1", handing.record_collected, issued[1])


def test_a_collection_that_was_recorded_wrongly_is_put_right(centre: Centre, issued: list[int]) -> None:
    printed(centre, issued)
    with refused("certificates.not_handed_out"):
        centre.act("C1", handing.withdraw_collection, issued[0], "点错")
    centre.act("C1", handing.record_collected, issued[0])
    with refused("certificates.reason_needed"):
        centre.act("C1", handing.withdraw_collection, issued[0], "")
    centre.act("C1", handing.withdraw_collection, issued[0], "点错")
    assert centre.ask(certificate, issued[0]).state is State.PRINTED
    centre.act("C1", commands.void_certificate, issued[0], "打错", second="M1")
    with refused("certificates.dead"):
        centre.act("C1", handing.record_collected, issued[0])
    centre.holds()


def test_after_a_reissue_only_the_new_sheet_is_to_be_handed_out(centre: Centre, issued: list[int]) -> None:
    from core.certificates.print_commands import REISSUE
    from tests.certificates.test_printing_record import done, hand

    printed(centre, issued)
    centre.act("C1", handing.record_collected, issued[0])
    at = centre.act("C1", print_again, centre.batch, issued[:1], "p", "遗失", REISSUE, second="M1")
    hand(centre, at, issued[0])
    done(centre, at, issued[0])
    found = centre.ask(certificate, issued[0])
    assert (found.state, found.handed_out, found.reissues) == (State.PRINTED, 1, 1)
    centre.act("C1", handing.record_collected, issued[0])
    assert centre.ask(certificate, issued[0]).handed_out == 2
