"""Certificates: nobody gets one before everything is there, and no number is ever used twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates import commands
from core.certificates.credential import read as read_token
from core.certificates.needs import what_is_missing
from core.certificates.numbers import centre_number_of, parse
from core.certificates.standing import State, certificate_named, certificates
from core.clock import today
from core.house import restore_centre
from core.people import commands as people
from core.people.pins import fresh_key, sign_in
from core.scoring import commands as scoring
from core.store import Actors, backup
from tests.certificates.association import NUMBER, Association
from tests.rooms import PASSPHRASE, PIN, Centre, refused
from tests.store.room import recovery_code

pytestmark = pytest.mark.stage("confirmed")


def key(centre: Centre) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(centre.store.secret("issuer"))


def issue(centre: Centre) -> list[str]:
    return list(centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="M1"))


def lacks(centre: Centre) -> list[str]:
    return [one.what for one in centre.ask(what_is_missing, centre.batch)]


def numbers(centre: Centre) -> list[str]:
    return [line.number for line in centre.ask(certificates, centre.batch)]


def test_everybody_who_passed_gets_a_number_of_their_own_in_the_order_of_candidate_numbers(centre: Centre) -> None:
    Association(centre).meet().allow()
    assert lacks(centre) == []
    found = issue(centre)
    assert found == numbers(centre) and len(set(found)) == 4
    pieces = [parse(number) for number in found]
    assert [one.serial for one in pieces if one] == [1, 2, 3, 4]
    assert {centre_number_of(number) for number in found} == {NUMBER}
    assert {(one.year, one.standard, one.level) for one in pieces if one} == {(str(today().year)[2:], "01", "1")}
    assert issue(centre) == found, "issued twice is issued once"
    centre.holds()


def test_what_is_signed_is_what_the_store_says(centre: Centre) -> None:
    Association(centre).meet().allow()
    issue(centre)
    for at, line in enumerate(centre.ask(certificates, centre.batch)):
        signed = read_token(line.token).credential
        assert (signed.number, signed.name) == (line.number, line.name) and not line.name_differs
        assert signed.status_index == at, "first index of the lease + serial - its first serial"
        assert (signed.issued, line.state) == (today(), State.WAITING)


def test_status_indexes_follow_the_lease_that_a_serial_is_of(centre: Centre) -> None:
    hub = Association(centre, index=5000).meet()
    hub.authorise()
    hub.decide()
    hub.lease(7, 8)
    hub.index = 90_000
    hub.lease(20, 30)
    issue(centre)
    found = [
        (line.serial, read_token(line.token).credential.status_index) for line in centre.ask(certificates, centre.batch)
    ]
    assert found == [(7, 5000), (8, 5001), (20, 90_000), (21, 90_001)]


def test_without_the_association_every_want_is_named_in_its_order(centre: Centre) -> None:
    assert lacks(centre) == ["enrolment", "authorisation", "decision", "lease"]
    with refused("certificates.not_enrolled"):
        issue(centre)
    hub = Association(centre).meet()
    for code, act in (
        ("certificates.no_authorisation", hub.authorise),
        ("certificates.no_decision", hub.decide),
        ("certificates.no_lease", lambda: hub.lease(1, 4)),
    ):
        with refused(code) as caught:
            issue(centre)
        assert (caught.value.clause == "8.1") is (code == "certificates.no_authorisation")  # type: ignore[attr-defined]
        act()
    assert numbers(centre) == [] and len(issue(centre)) == 4


@pytest.mark.stage("marked")
def test_before_two_people_have_confirmed_there_is_no_certificate(centre: Centre) -> None:
    hub = Association(centre).meet()
    hub.authorise()
    hub.lease(1, 4)
    hub.decide(results=bytes(32))
    assert lacks(centre) == ["confirmation", "decision"], "nobody is settled, so no number is needed"
    with refused("certificates.not_confirmed"):
        issue(centre)


def _elsewhere(hub: Association) -> None:
    hub.authorise(standard="530051-2024")
    hub.authorise(levels=("senior",))


WRONG_AUTHORISATIONS: dict[str, Callable[[Association], object]] = {
    "another standard or level": _elsewhere,
    "past": lambda hub: hub.authorise(until=today() - timedelta(1)),
    "to come": lambda hub: hub.authorise(first=today() + timedelta(1)),
    "another key": lambda hub: hub.authorise(issuer_key=bytes(32)),
    "withdrawn": lambda hub: hub.withdraw(hub.authorise()),
}


@pytest.mark.parametrize("authorise", WRONG_AUTHORISATIONS.values(), ids=WRONG_AUTHORISATIONS)
def test_an_authorisation_that_does_not_hold_today_for_this_is_none(
    centre: Centre, authorise: Callable[[Association], object]
) -> None:
    hub = Association(centre).meet()
    authorise(hub)
    hub.decide()
    hub.lease(1, 4)
    assert lacks(centre) == ["authorisation"]
    with refused("certificates.no_authorisation"):
        issue(centre)
    hub.authorise(first=today(), until=today(), levels=())
    assert len(issue(centre)) == 4, "the first and the last day count, and no levels mean all"


def test_a_decision_counts_for_exactly_the_results_that_two_people_confirmed(centre: Centre) -> None:
    hub = Association(centre).meet()
    hub.authorise()
    hub.lease(1, 4)
    hub.decide(results=bytes(32))
    hub.decide(batch="2031-01")
    with refused("certificates.no_decision"):
        issue(centre)
    hub.decide(approved=False, reason="材料不全")
    with refused("certificates.decision_refused") as caught:
        issue(centre)
    assert "材料不全" in caught.value.sentence  # type: ignore[attr-defined]
    hub.decide(batch="2026-01" if today().year == 2026 else f"{today().year}-01")
    assert len(issue(centre)) == 4, "the last word counts, by the batch's number too"


WRONG_LEASES: dict[str, Callable[[Association], object]] = {
    "another device": lambda hub: hub.lease(1, 9, device=77),
    "another key": lambda hub: hub.lease(1, 9, key=bytes(32)),
    "last year": lambda hub: hub.lease(1, 9, year=today().year - 1),
    "next year": lambda hub: hub.lease(1, 9, year=today().year + 1),
    "too short": lambda hub: hub.lease(1, 3),
}


@pytest.mark.parametrize("lease", WRONG_LEASES.values(), ids=WRONG_LEASES)
def test_a_lease_that_is_not_this_machines_for_this_year_or_is_too_short_gives_no_number(
    centre: Centre, lease: Callable[[Association], object]
) -> None:
    hub = Association(centre).meet()
    hub.authorise()
    hub.decide()
    lease(hub)
    with refused("certificates.no_lease") as caught:
        issue(centre)
    assert caught.value.values["needed"] == 4  # type: ignore[attr-defined]
    assert caught.value.values["left"] in (0, 3)  # type: ignore[attr-defined]
    assert numbers(centre) == [], "all or none"
    hub.lease(10, 13)
    assert len(issue(centre)) == 4


def test_a_machine_that_is_not_enrolled_any_more_issues_nothing(centre: Centre) -> None:
    hub = Association(centre).meet().allow()
    hub.leave()
    assert lacks(centre) == ["enrolment"]
    with refused("certificates.not_enrolled"):
        issue(centre)


def test_a_voided_number_is_never_used_again(centre: Centre) -> None:
    Association(centre).meet().allow(5)
    first = issue(centre)
    spoiled = centre.ask(certificate_named, first[0])
    with refused("certificates.reason_needed"):
        centre.act("C1", commands.void_certificate, spoiled.id, "  ", second="M1")
    centre.act("C1", commands.void_certificate, spoiled.id, "打错", second="M1")
    centre.act("C1", commands.void_certificate, spoiled.id, "打错", second="M1")
    second = issue(centre)
    assert second[1:] == first[1:] and second[0] not in first
    assert [line.state for line in centre.ask(certificates, centre.batch)] == [State.VOIDED, *[State.WAITING] * 4]
    centre.act("C1", commands.void_certificate, centre.ask(certificate_named, second[0]).id, "又错", second="M1")
    with refused("certificates.no_lease"):
        issue(centre)
    centre.holds()


def test_only_the_associations_answer_revokes(centre: Centre) -> None:
    hub = Association(centre).meet().allow()
    number = issue(centre)[1]
    line = centre.ask(certificate_named, number)
    centre.act("C1", commands.ask_revocation, line.id, "替考", second="M1")
    asked = centre.ask(certificate_named, number)
    assert asked.asked and asked.state is State.WAITING
    hub.revoke(number, 1)
    revoked = centre.ask(certificate_named, f" {number[:4]} {number[4:]} ")
    assert revoked.state is State.REVOKED
    with refused("certificates.revoked_already"):
        centre.act("C1", commands.void_certificate, line.id, "作废", second="M1")
    assert number in issue(centre), "nobody gets another number for a revoked award"
    assert len(numbers(centre)) == 4


def test_a_machine_restored_from_a_backup_cannot_issue_from_the_old_lease(centre: Centre, tmp_path: Path) -> None:
    """Two machines, or one restored, never make the same number."""
    hub = Association(centre).meet().allow()
    code = recovery_code(centre.store)
    backup.make(centre.store, tmp_path / "b.zkb")
    old = issue(centre)
    centre.store.close()
    _, store = restore_centre(tmp_path / "b.zkb", tmp_path / "new", code, "4242", PASSPHRASE)
    with store:
        again = Centre(store, dict(centre.actors), centre.batch, centre.applications)
        admin = sign_in(store, "admin", "4242")
        for login in ("C1", "M1"):
            store.write(Actors(admin), people.reset_pin, centre.id(login), fresh_key(PIN))
        for login in ("C1", "M1"):
            provisional = sign_in(store, login, PIN)
            again.actors[login] = people.change_own_pin(store, Actors(provisional), "5151")
        assert lacks(again) == ["enrolment", "authorisation", "lease"]
        with refused("certificates.not_enrolled"):
            issue(again)
        hub.centre = again
        hub.enrol()
        hub.authorise()
        assert lacks(again) == ["lease"]
        hub.lease(500, 503)
        fresh = issue(again)
        assert set(fresh).isdisjoint(old)


def test_an_act_of_two_people_takes_two(centre: Centre) -> None:
    Association(centre).meet().allow()
    with refused("people.second_needed"):
        centre.act("C1", commands.issue_certificates, centre.batch, key(centre))
    with refused("people.second_unfit"):
        centre.act("C1", commands.issue_certificates, centre.batch, key(centre), second="V1")
    with refused("people.not_permitted"):
        centre.act("M1", commands.issue_certificates, centre.batch, key(centre), second="M2")
    number = issue(centre)[0]
    line = centre.ask(certificate_named, number)
    for command in (commands.void_certificate, commands.ask_revocation):
        with refused("people.second_needed"):
            centre.act("C1", command, line.id, "错")
        with refused("people.not_permitted"):
            centre.act("R1", command, line.id, "错", second="M1")


def test_a_key_that_is_not_this_machines_signs_nothing(centre: Centre) -> None:
    Association(centre).meet().allow()
    with refused("certificates.other_key"):
        centre.act("C1", commands.issue_certificates, centre.batch, Ed25519PrivateKey.generate(), second="M1")


def test_a_clock_that_stands_before_the_journal_dates_no_certificate(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    Association(centre).meet().allow()
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 3_600 * 10**9)
    with refused("store.clock_behind"):
        issue(centre)


@pytest.mark.stage("marked")
def test_who_has_not_passed_gets_a_notice_and_no_certificate(centre: Centre) -> None:
    centre.act("M1", scoring.score_knowledge, centre.applications[1], 5999)
    centre.settle_and_confirm()
    Association(centre).meet().allow(3)
    assert len(issue(centre)) == 3, "three numbers are enough for the three who passed"
    having = {line.application for line in centre.ask(certificates, centre.batch)}
    assert having == {*centre.applications} - {centre.applications[1]}
    assert len(centre.act("C1", commands.issue_notices, centre.batch, key(centre))) == 1


def test_two_machines_never_share_a_number(centre: Centre) -> None:
    """Each has its own lease; what the other one issued is not in its way."""
    hub = Association(centre).meet()
    hub.authorise()
    hub.decide()
    hub.lease(1, 50, device=4711, key=bytes(32))
    hub.lease(51, 60)
    assert [one.serial for one in map(parse, issue(centre)) if one] == [51, 52, 53, 54]


def test_who_has_a_certificate_needs_no_notice(centre: Centre) -> None:
    Association(centre).meet().allow()
    before = centre.act("C1", commands.issue_notices, centre.batch, key(centre))
    assert len(before) == 4
    issue(centre)
    assert centre.act("C1", commands.issue_notices, centre.batch, key(centre)) == []
