"""What the association sees of its centres, through `hub status`, once their entries have come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.batches.events import BatchCreated
from core.certificates import numbers
from core.certificates.credential import Credential, sign
from core.certificates.events import CertificateIssued
from core.hub import acts
from core.hub.hub import Hub, open_hub
from core.hub.ingest import ingest
from core.hub.understanding import understand
from core.registration.events import ApplicationDecided, ApplicationEntered
from core.results.events import ResultsConfirmed, ResultSettled
from core.store.events import make_id
from core.store.segments import Segment
from tests.hub import devices
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.hub.devices import Device, enrolled
from tests.rooms import STANDARD

CODE = "999999"
RESULTS = bytes(range(32))
YEAR = date.today().year


@pytest.fixture
def hub(association: Association) -> Iterator[Hub]:
    with open_hub(association.home, HUB_PASSPHRASE, None) as found:
        yield found


def send(hub: Hub, *segments: Segment) -> list[str]:
    taken = hub.act(ingest, CODE, list(segments))
    while hub.act(understand, CODE):
        pass
    return [problem.code for problem in taken.problems]


def story(hub: Hub) -> tuple[Device, int, int]:
    """An authorised centre with a lease and a confirmed batch: its device, the batch, the lease."""
    device = enrolled(hub)
    hub.act(acts.authorise, CODE, STANDARD, [], date(YEAR, 1, 1), date(YEAR, 12, 31), "01", numbers.DEFAULT_PATTERN)
    lease = hub.act(acts.lease, CODE, 1, 1, 10, YEAR)
    batch = make_id(1, device.write(BatchCreated(f"{YEAR}-01", STANDARD, "junior", "2026-11-22")))
    for _ in range(3):
        application = make_id(1, device.write(ApplicationEntered(1, batch), ApplicationEntered.Part(b"{}", ["a"])))
        device.write(ApplicationDecided(application, "accepted", []), ApplicationDecided.Part("测试"))
        device.write(ResultSettled(application, batch), ResultSettled.Part([], True))
    device.write(ResultsConfirmed(batch, RESULTS, b"", b"", b"", b""))
    return device, batch, lease


def issue(
    device: Device, batch: int, lease: int, serial: int, key: Ed25519PrivateKey | None = None, index: int = -1
) -> str:
    number = numbers.make(numbers.DEFAULT_PATTERN, YEAR, STANDARD, "junior", CODE + "01", serial)
    place = serial - 1 if index < 0 else index
    credential = Credential(number, "测试一", bytes(6), STANDARD, "junior", date(YEAR, 6, 1), place)
    token = sign(credential, key or device.issuer)
    device.write(
        CertificateIssued(5, batch, number, lease, serial, place), CertificateIssued.Part(token, f"{YEAR}-06-01")
    )
    return number


def incidents(association: Association) -> list[tuple[str, str]]:
    (one,) = association.do("status")["centres"]
    return [(each["kind"], each.get("number", "")) for each in one["incidents"] if each.get("settled") is None]


def test_status_says_what_has_come(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    hub.act(acts.decide, CODE, f"{YEAR}-01", RESULTS.hex(), True, "")
    issue(device, batch, lease, 1)
    assert send(hub, device.segment()) == []
    (one,) = association.do("status", "--centre", CODE)["centres"]
    assert [one[name] for name in ("applications", "accepted", "results", "certificates")] == [3, 3, 3, 1]
    assert one["confirmed"][0]["results"] == RESULTS.hex()
    assert one["chains"] == [{"device": 1, "entries": device.seq, "head": device.hash(device.seq).hex()}]
    assert one["incidents"] == []
    text = association.ask("status").out
    assert CODE in text
    assert association.do("rebuild")["centres"] == {CODE: 4}
    assert association.do("status", "--centre", CODE)["centres"] == [one]


def test_results_that_the_centre_never_confirmed_are_not_approved(association: Association, hub: Hub) -> None:
    device, batch, _ = story(hub)
    out = ["--centre", CODE, "--out", str(association.file("x.seg"))]
    association.do("decide", "--batch", "elsewhere", "--results", "ab" * 32, *out)
    send(hub, device.segment())
    for name in (f"{YEAR}-01", str(batch)):
        association.refuses("hub.results_unknown", "decide", "--batch", name, "--results", "ab" * 32, *out)
        association.do("decide", "--batch", name, "--results", "ab" * 32, "--refuse", "--reason", "测试", *out)
        association.do("decide", "--batch", name, "--results", RESULTS.hex(), *out)


def test_confirmed_results_wait_for_a_decision_under_their_own_batch(association: Association, hub: Hub) -> None:
    device, batch, _ = story(hub)
    send(hub, device.segment())
    out = ["--centre", CODE, "--out", str(association.file("x.seg"))]
    results = RESULTS.hex()
    command = f"hub decide --centre {CODE} --batch {YEAR}-01 --results {results}"
    assert command in association.ask("status", as_json=False).out
    association.refuses("hub.results_of_another", "decide", "--batch", f"{YEAR}-02", "--results", results, *out)
    association.do("decide", "--batch", f"{YEAR}-01", "--results", results, *out)
    (one,) = association.do("status")["centres"]
    (confirmed,) = one["confirmed"]
    assert (confirmed["batch"], confirmed["no"], confirmed["approved"]) == (batch, f"{YEAR}-01", True)
    assert command not in association.ask("status", as_json=False).out


def test_certificates_that_should_not_be_are_listed(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    undecided = issue(device, batch, lease, 1)
    send(hub, device.segment())
    assert incidents(association) == [("no_decision", undecided)]
    hub.act(acts.decide, CODE, str(batch), RESULTS.hex(), True, "")
    assert incidents(association) == []
    beyond = issue(device, batch, lease, 11)
    no_lease = issue(device, batch, make_id(0, 9), 2)
    wrong_index = issue(device, batch, lease, 3, index=7)
    forged = issue(device, batch, lease, 4, Ed25519PrivateKey.generate())
    late = issue(device, batch, lease, 5, Ed25519PrivateKey.generate())
    twice = issue(device, batch, lease, 6)
    issue(device, batch, lease, 6)
    whole = device.segment()
    held_back = [(seq, data) for seq, data in whole.parts if seq != device.seq - 2]
    send(hub, Segment(*(held_back if name == "parts" else getattr(whole, name) for name in whole.__struct_fields__)))
    expected = {
        ("no_lease", beyond),
        ("no_lease", no_lease),
        ("no_lease", wrong_index),
        ("wrong_key", forged),
        ("duplicate", twice),
    }
    assert set(incidents(association)) == expected
    send(hub, device.late(device.seq - 2))
    assert set(incidents(association)) == {*expected, ("wrong_key", late)}


def test_a_copied_computer_shows_the_numbers_that_it_used_twice(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    hub.act(acts.decide, CODE, str(batch), RESULTS.hex(), True, "")
    issue(device, batch, lease, 1)
    copy = device.copy()
    twice = issue(device, batch, lease, 2)
    issue(copy, batch, lease, 2, index=1)
    issue(copy, batch, lease, 3)
    assert send(hub, device.segment()) == []
    assert send(hub, copy.segment()) == ["fork"]
    assert set(incidents(association)) == {("fork", ""), ("duplicate", twice)}
    said = association.ask("status").out
    assert twice in said and "hub." not in said
    association.do("rebuild", "--centre", CODE)
    assert set(incidents(association)) == {("fork", ""), ("duplicate", twice)}


def test_certificates_without_an_authorisation_of_their_day_and_level_are_listed(
    association: Association, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = enrolled(hub)
    given = (date(YEAR, 1, 1), date(YEAR, 12, 31), "01", numbers.DEFAULT_PATTERN)
    hub.act(acts.authorise, CODE, STANDARD, ["junior"], *given)
    lease = hub.act(acts.lease, CODE, 1, 1, 10, YEAR)
    batches = [
        make_id(1, device.write(BatchCreated(f"{YEAR}-{level}", STANDARD, level, "2026-11-22")))
        for level in ("junior", "senior")
    ]
    for batch in batches:
        device.write(ResultsConfirmed(batch, RESULTS, b"", b"", b"", b""))
    send(hub, device.segment())
    for batch in batches:
        hub.act(acts.decide, CODE, str(batch), RESULTS.hex(), True, "")
    issue(device, batches[0], lease, 1)
    too_high = issue(device, batches[1], lease, 2)
    send(hub, device.segment())
    assert incidents(association) == [("no_authorisation", too_high)]
    assert too_high in association.ask("status").out
    hub.act(acts.withdraw_authorisation, CODE, STANDARD, "")
    issue(device, batches[0], lease, 3)
    send(hub, device.segment())
    assert incidents(association) == [("no_authorisation", too_high)], "the day of the withdrawal is still within"
    tomorrow = devices.now() + 86_400_000
    monkeypatch.setattr(devices, "now", lambda: tomorrow)
    after = issue(device, batches[0], lease, 4)
    send(hub, device.segment())
    assert incidents(association) == [("no_authorisation", number) for number in (too_high, after)]


def test_a_certificate_of_another_device_than_the_leases_is_listed(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    hub.act(acts.decide, CODE, f"{YEAR}-01", RESULTS.hex(), True, "")
    other = Device(CODE, 77, issuer=device.issuer)
    hub.act(acts.admit, other.request())
    number = issue(other, batch, lease, 1)
    send(hub, device.segment())
    send(hub, other.segment())
    assert incidents(association) == [("no_lease", number)]
