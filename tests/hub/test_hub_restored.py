"""A hub whose database was restored from yesterday's backup: it takes its own word back before it says anything new."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from core.association import wire
from core.association.enrol_codes import read_code
from core.association.events import EnrolmentAccepted
from core.certificates.numbers import DEFAULT_PATTERN
from core.hub import acts
from core.hub.database import Database
from core.hub.enrolling import make_code
from core.hub.hub import Hub, make_hub, open_hub
from core.hub.keys import open_keys
from core.hub.status import status
from core.store.segments import Segment, decode_segments, encode_segments
from tests.hub.devices import Device, Online, enrolled, problem, serving
from tests.rooms import STANDARD, refused

CODE = "999999"
YEAR = 2026


def lease(hub: Hub, first: int, last: int) -> None:
    hub.act(acts.lease, CODE, 1, first, last, YEAR)


def leases(hub: Hub) -> list[tuple[int, int, int]]:
    with hub.look() as ledger:
        (one,) = status(ledger, CODE)
    return [(each["from"], each["to"], each["first_index"]) for each in one["leases"]]


def kinds(hub: Hub) -> list[str]:
    with hub.look() as ledger:
        return [one["kind"] for one in status(ledger, CODE)[0]["incidents"] if one.get("settled") is None]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[tuple[Online, Device, Segment]]:
    """A hub restored to before its second lease; the device, and the chain that it holds."""
    home = tmp_path / "hub"
    with_hub = make_hub(home, "测试协会", "口令", None)
    device = enrolled(with_hub)
    form = (["junior"], date(YEAR, 1, 1), date(YEAR, 12, 31), "01", DEFAULT_PATTERN)
    with_hub.act(acts.authorise, CODE, STANDARD, *form)
    lease(with_hub, 1, 100)
    with_hub.close()
    shutil.copy(home / "hub.db", tmp_path / "yesterday.db")
    with open_hub(home, "口令", None) as hub:
        lease(hub, 101, 150)
        hub.act(acts.decide, CODE, "2026-01", "ab" * 32, False, "理由：测试")
        (held,) = decode_segments(hub.chain_file(CODE))
    for name in ("hub.db", "hub.db-wal", "hub.db-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "yesterday.db", home / "hub.db")
    with open_hub(home, "口令", None) as hub, serving(hub) as online:
        yield online, device, held


def greet(online: Online, device: Device, held: Segment, more: int = 0) -> int:
    """Say hello with what is held; the head that the hub says it has."""
    data = device.hello(hub_head_seq=held.last + more, hub_head_hash=_head(held))
    answer = online.client.post("/v1/hello", content=data)
    assert answer.status_code == 200, answer.text
    welcome = wire.decode_welcome(answer.content)
    device.token = welcome.token
    return welcome.hub_head_seq


def test_what_a_centre_holds_of_it_is_taken_back_before_anything_new(
    story: tuple[Online, Device, Segment],
) -> None:
    online, device, held = story
    assert leases(online.hub) == [(1, 100, 0)]
    assert greet(online, device, held) == 3
    assert kinds(online.hub) == ["hub_behind"]
    with refused("hub.behind"):
        lease(online.hub, 101, 200)
    problem(online.ask("GET", f"/v1/entries?after={held.last}", device), 409, "hub_behind")
    online.send(device, held)
    online.send(device, held)
    assert kinds(online.hub) == []
    assert leases(online.hub) == [(1, 100, 0), (101, 150, 100)]
    assert decode_segments(online.hub.chain_file(CODE)) == [held]
    with refused("hub.serials_taken"):
        lease(online.hub, 150, 200)
    lease(online.hub, 151, 200)
    assert leases(online.hub)[-1] == (151, 200, 150), "no status index is given out twice"
    (piece,) = online.entries(device, held.last)
    assert piece.previous == _head(held)


def test_what_was_said_differently_since_is_a_visible_incident(story: tuple[Online, Device, Segment]) -> None:
    online, device, held = story
    lease(online.hub, 101, 120)
    greet(online, device, held)
    said = online.refuses(409, "fork", device, held)
    assert (said["device"], said["held_seq"]) == (0, 4)
    assert "hub_fork" in kinds(online.hub)
    assert leases(online.hub) == [(1, 100, 0), (101, 120, 100)]
    with refused("hub.serials_taken"):
        lease(online.hub, 130, 160)
    assert kinds(online.hub) == ["hub_fork"]
    lease(online.hub, 151, 160)
    assert leases(online.hub)[-1] == (151, 160, 150)


def test_once_the_other_past_is_known_it_blocks_nobody_any_more(story: tuple[Online, Device, Segment]) -> None:
    online, device, held = story
    lease(online.hub, 101, 120)
    greet(online, device, held)
    with refused("hub.behind"):
        lease(online.hub, 151, 160)
    online.refuses(409, "fork", device, held)
    greet(online, device, held)
    lease(online.hub, 151, 160)
    assert kinds(online.hub) == ["hub_fork"]


@pytest.mark.parametrize("other_past", [False, True])
def test_status_places_that_another_centre_was_given_meanwhile_are_a_visible_incident(
    story: tuple[Online, Device, Segment], other_past: bool
) -> None:
    online, device, held = story
    enrolled(online.hub, "888888")
    online.hub.act(acts.lease, "888888", 1, 1, 10, YEAR)
    if other_past:
        online.hub.act(acts.decide, CODE, "2026-02", "cd" * 32, False, "理由：测试")
        greet(online, device, held)
        online.refuses(409, "fork", device, held)
    else:
        greet(online, device, held)
        online.send(device, held)
    assert "index_twice" in kinds(online.hub)
    online.hub.act(acts.lease, "888888", 1, 11, 20, YEAR)
    with online.hub.look() as ledger:
        (one,) = status(ledger, "888888")
    assert [each["first_index"] for each in one["leases"]] == [100, 150]


def returned(device: Device, *chain: Segment, **changes: int) -> bytes:
    return wire.encode(wire.ChainReturned(device.hello(**changes), encode_segments(chain)))


def unsigned(device: Device, chain: Segment) -> bytes:
    hello = wire.encode(msgspec.structs.replace(wire.decode_hello(device.hello()), signature=bytes(64)))
    return wire.encode(wire.ChainReturned(hello, encode_segments([chain])))


@pytest.fixture
def forgetful(story: tuple[Online, Device, Segment], tmp_path: Path) -> Iterator[tuple[Online, Device, Segment]]:
    """The same, but the hub has nothing left of this centre: its database is new, its keys are the old ones."""
    _, device, held = story
    url = f"sqlite:///{tmp_path / 'new.db'}"
    keys = open_keys(tmp_path / "hub", "口令")
    database = Database(tmp_path / "hub", url)
    database.make(keys.public)
    database.close()
    with open_hub(tmp_path / "hub", "口令", url) as hub, serving(hub) as online:
        yield online, device, held


def test_a_device_that_the_hub_has_forgotten_brings_the_hubs_own_word_that_it_is_enrolled(
    forgetful: tuple[Online, Device, Segment],
) -> None:
    online, device, held = forgetful
    problem(online.client.post("/v1/hello", content=device.hello()), 403, "unknown_device")
    for _ in range(2):
        answer = online.client.post("/v1/return", content=returned(device, held))
        assert answer.status_code == 200, answer.text
        welcome = wire.decode_welcome(answer.content)
        assert (welcome.hub_key, welcome.hub_head_seq) == (online.hub.keys.public, held.last)
    device.token = welcome.token
    device.work(3)
    online.send(device, device.segment())
    assert leases(online.hub) == [(1, 100, 0), (101, 150, 100)]
    assert decode_segments(online.hub.chain_file(CODE)) == [held]
    with online.hub.look() as ledger:
        (told,) = status(ledger, CODE)[0]["incidents"]
    assert (told["kind"], told["settled"] is not None) == ("hub_behind", True)
    with refused("hub.serials_taken"):
        lease(online.hub, 150, 160)


def test_a_chain_that_enrols_nobody_who_brings_it_is_not_taken(forgetful: tuple[Online, Device, Segment]) -> None:
    online, device, held = forgetful
    forged = Segment(*(getattr(held, name) for name in held.__struct_fields__[:-1]), seal=bytes(64))
    other_key, other_number, other_hub = Device(), Device(number=5, key=device.key), Device(number=0)
    other_hub.write(EnrolmentAccepted("测试协会", "", 1, device.public, device.public, b"", [], b""))
    for who, chain, status_code, code in (
        (other_key, held, 403, "unknown_device"),
        (other_number, held, 403, "unknown_device"),
        (device, other_hub.segment(), 403, "unknown_device"),
        (device, forged, 422, "altered"),
    ):
        problem(online.client.post("/v1/return", content=returned(who, chain)), status_code, code)
    problem(online.client.post("/v1/return", content=returned(device, held, at_ms=0)), 409, "clock")
    problem(online.client.post("/v1/return", content=b"\x00"), 400, "bad_request")
    problem(online.client.post("/v1/return", content=unsigned(device, held)), 403, "unknown_device")
    with online.hub.look() as ledger:
        assert status(ledger) == []


def test_a_device_that_was_withdrawn_comes_not_back_by_a_chain_that_says_so(
    forgetful: tuple[Online, Device, Segment], story: tuple[Online, Device, Segment]
) -> None:
    online, device, _ = forgetful
    story[0].hub.act(acts.withdraw_device, CODE, 1, "测试")
    (whole,) = decode_segments(story[0].hub.chain_file(CODE))
    problem(online.client.post("/v1/return", content=returned(device, whole)), 403, "unknown_device")


def test_what_the_hub_has_said_to_the_centre_since_it_forgot_is_a_visible_incident(
    forgetful: tuple[Online, Device, Segment],
) -> None:
    online, device, held = forgetful
    enrolled(online.hub, number=7)
    for stranger in (returned(Device(), held), unsigned(device, held)):
        problem(online.client.post("/v1/return", content=stranger), 403, "unknown_device")
    assert kinds(online.hub) == []
    problem(online.client.post("/v1/return", content=returned(device, held)), 409, "fork")
    assert kinds(online.hub) == ["hub_fork"]
    with refused("hub.serials_taken"):
        online.hub.act(acts.lease, CODE, 7, 150, 160, YEAR)


def test_a_device_that_holds_another_past_of_the_hub_is_seen_at_the_greeting(
    story: tuple[Online, Device, Segment],
) -> None:
    online, device, held = story
    lease(online.hub, 101, 120)
    lease(online.hub, 121, 140)
    assert greet(online, device, held) == 5
    assert kinds(online.hub) == ["hub_fork"]


def test_only_what_the_hub_signed_is_taken_back(story: tuple[Online, Device, Segment]) -> None:
    online, device, held = story
    greet(online, device, held)
    other = Device(number=0)
    other.work(held.last + 2)
    online.refuses(403, "unknown_device", device, other.segment())
    forged = Segment(*(getattr(held, name) for name in held.__struct_fields__[:-1]), seal=bytes(64))
    online.refuses(422, "altered", device, forged)
    assert leases(online.hub) == [(1, 100, 0)]


def test_a_device_that_lies_of_the_hubs_past_can_be_withdrawn(story: tuple[Online, Device, Segment]) -> None:
    online, device, held = story
    online.send(device, held) if greet(online, device, held, more=1000) else None
    with refused("hub.behind"):
        lease(online.hub, 151, 200)
    other = Device(number=5)
    secret, request = read_code(online.hub.act(make_code, CODE, "", 14).text).secret, other.request()
    asked = wire.encode(wire.EnrolRequest(request, wire.enrol_proof(secret, request)))
    problem(online.client.post("/v1/enrol", content=asked), 409, "behind")
    online.hub.act(acts.withdraw_device, CODE, 1, "测试")
    assert online.client.post("/v1/enrol", content=asked).status_code == 200
    assert kinds(online.hub) == []


def _head(segment: Segment) -> bytes:
    from core.store import chain

    found = segment.previous
    for body in segment.bodies:
        found = chain.link(found, body)
    return found
