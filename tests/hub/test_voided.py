"""What a centre has voided the association revokes by itself, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from core.association.bundles import UpContent
from core.certificates.events import CertificateVoided
from core.certificates.numbers import DEFAULT_PATTERN
from core.hub import acts
from core.hub.hub import Hub, open_hub
from core.hub.incidents import note, settle
from core.hub.ingest import ingest
from core.hub.voided import revoke_voided, with_voided
from core.store.basics import DeviceAdmitted
from core.store.events import decode_body, make_id
from core.store.segments import Segment, decode_segments, encode_segments
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.hub.devices import Device, enrolled
from tests.hub.test_courier import bundle, carry
from tests.hub.test_oversight import CODE, YEAR, issue, story
from tests.rooms import STANDARD

SECOND = 2


@pytest.fixture
def hub(association: Association) -> Iterator[Hub]:
    with open_hub(association.home, HUB_PASSPHRASE, None) as found:
        yield found


def send(hub: Hub, *segments: Segment) -> None:
    hub.act(ingest, CODE, list(segments))
    hub.catch_up(CODE)


def void(device: Device, certificate: int, second: int = SECOND) -> None:
    device.write(CertificateVoided(certificate), CertificateVoided.Part("打坏了"), second=second)


def revoked(association: Association) -> list[str]:
    (one,) = [each for each in association.do("status")["centres"] if each["centre"] == CODE]
    return list(one["revoked"])


def bits(association: Association) -> int:
    return int(association.do("lists", "--out", str(association.file("lists.json")))["revoked"])


def test_a_voided_number_is_revoked_once_and_the_next_lists_carry_it(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    issue(device, batch, lease, 1)
    spoiled = issue(device, batch, lease, 2)
    id = make_id(1, device.seq)
    send(hub, device.segment())
    assert (revoked(association), bits(association)) == ([], 0)
    void(device, id)
    void(device, id)
    send(hub, device.segment())
    assert (revoked(association), bits(association)) == ([spoiled], 1)
    entries = hub.chain_file(CODE)
    hub.catch_up(CODE)
    send(hub, device.segment())
    association.do("rebuild")
    assert (revoked(association), hub.chain_file(CODE)) == ([spoiled], entries)


def test_a_void_that_came_before_its_certificate_revokes_it_then(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    number = issue(device, batch, lease, 3)
    other = Device(CODE, 77)
    hub.act(acts.admit, other.request())
    void(other, make_id(1, device.seq))
    send(hub, other.segment())
    assert revoked(association) == []
    send(hub, device.segment())
    assert revoked(association) == [number]


def test_a_void_that_a_stick_brings_comes_back_revoked_on_the_same_stick(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    number = issue(device, batch, lease, 1)
    void(device, make_id(1, device.seq))
    content = UpContent(0, b"", [encode_segments([device.segment()])], [])
    back = carry(association, hub, bundle(hub, device, content))
    (chain,) = decode_segments(back.entries)
    assert revoked(association) == [number]
    assert "revocation.made" in [decode_body(body).kind for body in chain.bodies]


def test_nobody_voids_what_is_not_theirs(association: Association, hub: Hub) -> None:
    """Another centre's number, a number beyond the lease, one person's word, a terminal's word, a copied computer's."""
    device, batch, lease = story(hub)
    genuine = make_id(1, (issue(device, batch, lease, 1), device.seq)[1])
    beyond = make_id(1, (issue(device, batch, lease, 99), device.seq)[1])
    void(device, beyond)
    void(device, genuine, second=0)
    terminal, copy = Device(CODE, 4711), device.copy()
    device.write(DeviceAdmitted(4711, terminal.public), second=SECOND)
    void(terminal, genuine)
    void(copy, genuine)
    send(hub, device.segment())
    send(hub, terminal.segment())
    send(hub, copy.segment())
    stranger = enrolled(hub, "888888")
    hub.act(acts.authorise, "888888", STANDARD, [], date(YEAR, 1, 1), date(YEAR, 12, 31), "01", DEFAULT_PATTERN)
    hub.act(acts.lease, "888888", 1, 1, 10, YEAR)
    issue(stranger, batch, make_id(0, 3), 1)
    void(stranger, make_id(1, stranger.seq))
    hub.act(ingest, "888888", [stranger.segment()])
    hub.catch_up("888888")
    assert revoked(association) == []
    assert bits(association) == 0
    void(device, genuine)
    # The device is frozen by its copy: what it says now waits for people.
    send(hub, device.segment())
    assert revoked(association) == []


def test_a_hub_that_is_behind_its_own_word_revokes_when_it_has_it_back(association: Association, hub: Hub) -> None:
    device, batch, lease = story(hub)
    number = issue(device, batch, lease, 1)
    void(device, make_id(1, device.seq))
    hub.act(note, CODE, "hub_behind", 0, 1000)
    send(hub, device.segment())
    assert revoked(association) == []
    with hub.look() as ledger:
        assert with_voided(ledger) == [CODE]
    hub.act(settle, CODE, "hub_behind", 1000)
    assert hub.act(revoke_voided, CODE) is False
    assert revoked(association) == [number]
    with hub.look() as ledger:
        assert with_voided(ledger) == []
