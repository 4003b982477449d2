"""From `hub init` to `verify`, by files alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.association import queries
from core.certificates.issuers import take_in_hub_file
from core.certificates.lists import trust_of_home
from core.certificates.verification import Status, verify_text
from core.clock import today
from tests.hub.association import SERIALS, Association, at_centre, certificate, issuer_key, verify
from tests.rooms import CODE, LEVEL, STANDARD, Centre, refused


def test_a_centre_is_enrolled_authorised_and_its_certificate_is_valid_until_it_is_revoked(
    enrolled: Association, centre: Centre
) -> None:
    number, text = certificate(centre, 7, 6)
    first = str(enrolled.lists())
    found = verify(text, "--issuers", first, "--revoked", first)
    assert (found.exit_code, found.data["status"], found.data["valid"]) == (0, "valid", True)
    assert found.data["list_dated"] and not found.data["list_stale"]
    assert (found.data["association"], found.data["association_fingerprint"]) == ("测试协会", enrolled.fingerprint)

    revoked = enrolled.do("revoke", number, "--reason", "冒名顶替")
    assert (revoked["centre"], revoked["index"], revoked["new"]) == (CODE, 6, True)
    assert enrolled.do("revoke", f" {number[:4]} {number[4:]}")["new"] is False, "as people group it"
    assert verify(text, "--issuers", first, "--revoked", first).data["status"] == "valid", "the old list can't know"
    newer = str(enrolled.lists())
    for words in (
        ["--issuers", newer, "--revoked", newer],
        ["--issuers", newer],
        ["--issuers", first, "--revoked", newer],
    ):
        found = verify(text, *words)
        assert (found.exit_code, found.data["status"]) == (1, "revoked"), words
    _, neighbour = certificate(centre, 8, 7)
    assert verify(neighbour, "--issuers", newer, "--revoked", newer).data["status"] == "valid"


def test_what_the_association_said_stands_in_the_centre(enrolled: Association, centre: Centre) -> None:
    results = bytes(range(32))
    out = str(enrolled.file("decision.seg"))
    enrolled.do("decide", "--centre", CODE, "--batch", "2026-01", "--results", results.hex(), "--out", out)
    take_in_hub_file(centre.store, Path(out).read_bytes())

    line = centre.ask(queries.association)
    assert (line.name, line.enrolled, line.centre_number) == ("测试协会", True, CODE + "01")
    assert line.fingerprint == enrolled.fingerprint
    key = issuer_key(centre)
    given = centre.ask(queries.authorisation, STANDARD, LEVEL, today(), key)
    assert (given.standard, given.levels, given.until.isoformat()) == (STANDARD, (), "2099-12-31")
    assert centre.ask(queries.authorisation, STANDARD, LEVEL, today() - timedelta(days=1), key) is None
    assert centre.ask(queries.authorisation, STANDARD, LEVEL, today(), bytes(32)) is None
    assert centre.ask(queries.authorisation, "530051-2024", LEVEL, today(), key) is None
    (lease,) = centre.ask(queries.leases)
    assert (lease.device, lease.first, lease.last, lease.first_index) == (centre.store.device, 1, SERIALS, 0)
    assert centre.ask(queries.decision, "2026-01", centre.batch, results).approved
    assert centre.ask(queries.decision, "2026-01", centre.batch, bytes(32)) is None
    enrolled.do(
        "decide", "--centre", CODE, "--batch", str(centre.batch), "--results", results.hex(),
        "--refuse", "--reason", "材料不全", "--out", out,
    )  # fmt: skip
    take_in_hub_file(centre.store, Path(out).read_bytes())
    last = centre.ask(queries.decision, "2026-01", centre.batch, results)
    assert (last.approved, last.reason) == (False, "材料不全")
    centre.holds()


def test_the_homes_own_lists_say_what_the_association_said_last(enrolled: Association, centre: Centre) -> None:
    number, text = certificate(centre, 1, 0)
    home = centre.store.home
    assert verify(text, home=home).data["status"] == "unknown_issuer"
    older = enrolled.lists().read_bytes()
    assert take_in_hub_file(centre.store, older).lists_new
    assert verify(text, home=home).data["status"] == "valid"
    enrolled.do("revoke", number)
    out = str(enrolled.file("lists.seg"))
    enrolled.do("lists", "--centre", CODE, "--out", out)
    taken = take_in_hub_file(centre.store, Path(out).read_bytes())
    assert taken.lists_new and "lists.published" in taken.kinds
    assert number in centre.ask(queries.revoked)
    assert verify(text, home=home).data["status"] == "revoked"
    again = take_in_hub_file(centre.store, older)
    assert (again.lists_new, again.lists_dated) == (False, taken.lists_dated), "an old list replaces no newer one"
    assert verify(text, home=home).data["status"] == "revoked"
    (home / "lists.json").unlink()
    (home / "issuers.json").unlink()
    assert at_centre(centre, "account", "list").exit_code == 0
    assert verify(text, home=home).data["status"] == "revoked", "opening brings back what somebody tidied away"
    centre.holds()


def test_a_list_of_the_home_that_somebody_changed_is_not_believed(enrolled: Association, centre: Centre) -> None:
    _, text = certificate(centre, 1, 0)
    take_in_hub_file(centre.store, enrolled.lists().read_bytes())
    file = centre.store.home / "lists.json"
    file.write_bytes(file.read_bytes().replace(CODE.encode(), b"888888"))
    found = verify(text, home=centre.store.home)
    assert (found.exit_code, found.data["error"]) == (4, "verify.lists_altered")


def test_expired_lists_are_said_and_so_is_a_clock_that_stands_before_them(
    enrolled: Association, centre: Centre
) -> None:
    take_in_hub_file(centre.store, enrolled.lists("--days", "2").read_bytes())
    _, text = certificate(centre, 1, 0)
    trust = trust_of_home(centre.store.home)
    for days, stale in ((0, False), (1, False), (3, True), (-3, True)):
        now = datetime.now(UTC) + timedelta(days=days)
        expired = trust.issuers_stale(now)
        verdict = verify_text(text, trust.issuers, trust.revocations, now=now, issuers_stale=expired)
        assert (verdict.status, verdict.list_stale) == (Status.VALID, stale), days
        unchecked = verify_text(text, trust.issuers, None, now=now, issuers_stale=expired)
        assert unchecked.list_stale is stale, days


def test_lists_of_a_clock_that_was_years_ahead_do_not_keep_the_true_ones_out(
    enrolled: Association, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = time.time_ns() + 730 * 86_400 * 10**9
    out = str(enrolled.file("lists.seg"))
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: ahead)
        alone = enrolled.lists().read_bytes()
        enrolled.do("lists", "--centre", CODE, "--out", out)
    for wrong in (alone, Path(out).read_bytes()):
        assert take_in_hub_file(centre.store, wrong).lists_dated is not None, "the only ones that there are"
    assert trust_of_home(centre.store.home).issuers_stale(datetime.now(UTC))

    number, text = certificate(centre, 1, 0)
    enrolled.do("revoke", number)
    enrolled.do("lists", "--centre", CODE, "--out", out)
    assert take_in_hub_file(centre.store, Path(out).read_bytes()).lists_new
    assert not take_in_hub_file(centre.store, alone).lists_new, "said again they change nothing"
    found = verify(text, home=centre.store.home)
    assert (found.data["status"], found.data["list_stale"]) == ("revoked", False)
    centre.holds()


def test_certificates_from_before_a_withdrawn_authorisation_stay_valid_and_no_more_are_possible(
    enrolled: Association, centre: Centre
) -> None:
    _, before = certificate(centre, 1, 0)
    _, after = certificate(centre, 2, 1, today() + timedelta(days=1))
    lists = str(enrolled.lists())
    assert verify(after, "--issuers", lists).data["status"] == "valid"
    out = str(enrolled.file("withdrawn.seg"))
    enrolled.do("withdraw", "--centre", CODE, "--standard", STANDARD, "--reason", "年检不合格", "--out", out)
    enrolled.refuses("hub.not_authorised", "withdraw", "--centre", CODE, "--standard", STANDARD, "--out", out)
    lists = str(enrolled.lists())
    assert verify(before, "--issuers", lists).data["status"] == "valid"
    assert verify(after, "--issuers", lists).data["status"] == "unknown_issuer"
    take_in_hub_file(centre.store, Path(out).read_bytes())
    assert centre.ask(queries.authorisation, STANDARD, LEVEL, today(), issuer_key(centre)) is None
    assert [one.withdrawn for one in centre.ask(queries.authorisations)] == [today()]
    centre.holds()


def test_a_centre_signs_no_other_centres_number_and_no_other_form(enrolled: Association, centre: Centre) -> None:
    lists = str(enrolled.lists())
    _, foreign = certificate(centre, 1, 0, digits="02")
    assert verify(foreign, "--issuers", lists).data["status"] == "unknown_issuer"


def test_a_centre_certifies_nothing_that_it_was_not_authorised_for(association: Association, centre: Centre) -> None:
    association.enrol(centre)
    association.authorise(CODE, "2099-12-31", "--level", "junior", "--level", "senior")
    lists = str(association.lists())
    for standard, level, status in (
        (STANDARD, "junior", "valid"),
        (STANDARD, "senior", "valid"),
        (STANDARD, "intermediate", "unknown_issuer"),
        ("530051-2024", "junior", "unknown_issuer"),
    ):
        _, text = certificate(centre, 1, 0, standard=standard, level=level)
        assert verify(text, "--issuers", lists).data["status"] == status, (standard, level)


def test_lists_of_another_association_do_not_mix_with_ours(
    enrolled: Association, centre: Centre, tmp_path: Path
) -> None:
    other = Association(tmp_path / "other")
    other.folder.mkdir()
    other.found("另一个协会")
    _, text = certificate(centre, 1, 0)
    ours, theirs = str(enrolled.lists()), str(other.lists())
    assert verify(text, "--issuers", theirs).data["status"] == "unknown_issuer"
    mixed = verify(text, "--issuers", ours, "--revoked", theirs)
    assert (mixed.exit_code, mixed.data["error"]) == (4, "verify.lists_of_others")
    with refused("verify.lists_of_others", 4):
        take_in_hub_file(centre.store, Path(theirs).read_bytes())
    assert not (centre.store.home / "lists.json").exists()


def test_every_changed_digit_of_a_certificate_is_refused_with_the_associations_lists(
    enrolled: Association, centre: Centre
) -> None:
    take_in_hub_file(centre.store, enrolled.lists().read_bytes())
    trust = trust_of_home(centre.store.home)
    _, text = certificate(centre, 1, 0)
    assert verify_text(text, trust.issuers, trust.revocations).status is Status.VALID
    for place in range(text.index("#") + 1, len(text)):
        digit = str((int(text[place]) + 1 + place % 9) % 10)
        verdict = verify_text(text[:place] + digit + text[place + 1 :], trust.issuers, trust.revocations)
        assert verdict.status in {Status.ALTERED, Status.NOT_A_CERTIFICATE}, place
