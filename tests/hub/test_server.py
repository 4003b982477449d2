"""What the hub answers to devices over HTTP: both kinds of database, real bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.association import wire
from core.association.events import DecisionGiven
from core.hub import acts
from core.hub.hub import Hub, make_hub
from core.hub.ledger import Ledger
from core.hub.status import status
from core.hub.tables import branches, erased, journal, named, parts
from core.registration.events import PhotoTaken
from core.store import BlobRef, Predecessor
from core.store.basics import DeviceAdmitted, PartErased
from core.store.segments import encode_segments
from tests.hub.devices import Device, Online, enrolled, problem, serving

CODE = "999999"


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", "口令", database_url)
    yield found
    found.close()


@pytest.fixture
def online(hub: Hub) -> Iterator[Online]:
    with serving(hub) as found:
        yield found


@pytest.fixture
def device(hub: Hub, online: Online) -> Device:
    found = enrolled(hub)
    online.greet(found)
    return found


def kept(hub: Hub, device: Device) -> None:
    """The hub has every entry of a device, byte for byte, and every part."""
    with hub.look() as ledger:
        mine = (journal.c.centre == device.centre) & (journal.c.device == device.number)
        rows = ledger.connection.execute(select(journal).where(mine).order_by(journal.c.seq)).all()
        found = ledger.connection.execute(
            select(parts.c.seq).where(parts.c.centre == device.centre, parts.c.device == device.number)
        ).scalars()
        assert [bytes(row.body) for row in rows] == device.bodies
        assert [bytes(row.hash) for row in rows] == device.hashes
        assert set(found) == set(device.parts)


def incidents(hub: Hub) -> list[tuple[str, bool]]:
    with hub.look() as ledger:
        return [(one["kind"], one.get("settled") is not None) for one in status(ledger, CODE)[0]["incidents"]]


def test_both_sides_prove_their_keys_when_they_greet(hub: Hub, online: Online) -> None:
    device = enrolled(hub)
    data = device.hello()
    answer = online.client.post("/v1/hello", content=data)
    welcome = wire.decode_welcome(answer.content)
    assert welcome.hub_key == hub.keys.public and welcome.holds(wire.decode_hello(data).nonce)
    assert not welcome.holds(os.urandom(16))
    assert (welcome.hub_head_seq, welcome.heads) == (1, [])
    again = wire.decode_welcome(online.client.post("/v1/hello", content=data).content)
    assert again.heads == [], "said again it gives the heads, and nothing is changed"
    stranger = Device()
    problem(online.client.post("/v1/hello", content=stranger.hello()), 403, "unknown_device")
    for bit in range(0, 8 * len(data), 97):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        answer = online.client.post("/v1/hello", content=bytes(changed))
        assert answer.status_code in (400, 403), bit
    said = problem(online.client.post("/v1/hello", content=device.hello(at_ms=0)), 409, "clock")
    assert online.client.post("/v1/hello", content=device.hello(at_ms=said["hub_time_ms"])).status_code == 200


def test_entries_are_stored_once_however_often_they_come(hub: Hub, online: Online, device: Device) -> None:
    device.work(70)
    (receipt,) = online.send(device, device.segment(1, 40))
    assert (receipt.device, receipt.seq, receipt.head) == (1, 40, device.hash(40))
    for first, last in ((1, 40), (1, 10), (20, 60), (60, 60), (41, 70), (1, 70)):
        online.send(device, device.segment(first, last))
    kept(hub, device)
    assert online.greet(device).heads == [wire.ChainHead(1, 70, device.hash(70))]


def test_a_gap_names_where_the_hub_stands(hub: Hub, online: Online, device: Device) -> None:
    device.work(9)
    online.send(device, device.segment(1, 3))
    said = online.refuses(409, "gap", device, device.segment(6, 9))
    assert (said["device"], said["held_seq"], said["held_hash"]) == (1, 3, device.hash(3).hex())
    assert incidents(hub) == [("gap", False)]
    online.send(device, device.segment(4, 9))
    kept(hub, device)
    assert incidents(hub) == [("gap", True)]


def test_a_copied_machine_is_frozen_and_both_branches_are_kept(hub: Hub, online: Online, device: Device) -> None:
    device.work(5)
    copy = device.copy()
    device.work(3)
    copy.work(4)
    online.send(device, device.segment())
    said = online.refuses(409, "fork", device, copy.segment(6))
    assert (said["device"], said["held_seq"]) == (1, 8)
    kept(hub, device)
    device.work(1)
    assert online.refuses(403, "frozen", device, device.segment(9))["device"] == 1
    with hub.look() as ledger:
        assert ledger.connection.execute(select(func.count()).select_from(branches)).scalar() == 2
        (one,) = status(ledger, CODE)
    assert one["devices"][0]["frozen"] and incidents(hub) == [("fork", False)]


@pytest.mark.parametrize("what", ["body", "seal", "previous", "part", "order", "genesis"])
def test_changed_bytes_are_refused_and_nothing_is_kept(hub: Hub, online: Online, device: Device, what: str) -> None:
    device.work(4)
    good = device.segment()
    bad = {
        "body": {"bodies": [good.bodies[0][:-1] + bytes([good.bodies[0][-1] ^ 1]), *good.bodies[1:]]},
        "seal": {"seal": good.seal[:-1] + bytes([good.seal[-1] ^ 1])},
        "previous": {"previous": bytes(32)},
        "part": {"parts": [(1, good.parts[0][1] + b"x")]},
        "order": {"bodies": good.bodies[::-1]},
        "genesis": {"centre": "888888"},
    }[what]
    code, status_code = ("other_centre", 403) if what == "genesis" else ("altered", 422)
    online.refuses(status_code, code, device, device.segment(**bad))
    assert online.greet(device).heads == []
    online.send(device, good)
    kept(hub, device)


def test_late_parts_come_alone_and_only_as_their_entries_name_them(hub: Hub, online: Online, device: Device) -> None:
    device.work(6)
    online.send(device, device.segment(with_parts=False))
    wrong = device.late(1)
    wrong.parts[0] = (3, device.parts[1])
    online.refuses(422, "altered", device, wrong)
    (receipt,) = online.send(device, device.late(1, 3))
    assert receipt.seq == 6
    online.send(device, device.late(1, 3, 5))
    kept(hub, device)
    device.work(1)
    online.refuses(409, "gap", device, device.late(7))


def test_parts_are_encrypted_at_rest(hub: Hub, online: Online, device: Device) -> None:
    device.work(3)
    online.send(device, device.segment())
    with hub.look() as ledger:
        for row in ledger.connection.execute(select(parts).where(parts.c.device == 1)).all():
            assert "理由".encode() not in bytes(row.bytes)


def test_terminals_are_known_by_the_word_of_an_enrolled_device(hub: Hub, online: Online, device: Device) -> None:
    terminal, twin, third = Device(number=77), Device(number=77), Device(number=78)
    for one in (terminal, twin, third):
        one.work(3)
    assert online.refuses(403, "unknown_device", device, terminal.segment())["device"] == 77
    device.write(DeviceAdmitted(77, terminal.public))
    answer = online.send(device, device.segment(), terminal.segment())
    assert [(one.device, one.seq) for one in answer] == [(1, 1), (77, 3)]
    online.refuses(403, "unknown_device", device, twin.segment())
    assert incidents(hub) == [("two_keys", False)]
    terminal.write(DeviceAdmitted(78, third.public))
    online.send(device, terminal.segment(4))
    online.refuses(403, "unknown_device", device, third.segment())
    problem(online.client.post("/v1/hello", content=terminal.hello()), 403, "unknown_device")
    kept(hub, terminal)


def test_what_one_device_may_not_send_does_not_stop_the_others(hub: Hub, online: Online, device: Device) -> None:
    stranger = Device(number=9)
    stranger.work(2)
    device.work(2)
    online.refuses(403, "unknown_device", device, stranger.segment(), device.segment())
    kept(hub, device)


def test_a_withdrawn_device_gets_nothing_more(hub: Hub, online: Online, device: Device) -> None:
    other = enrolled(hub, number=5)
    online.greet(other)
    device.work(2)
    online.send(device, device.segment())
    hub.act(acts.withdraw_device, CODE, 1, "测试")
    device.work(1)
    for answer in (
        online.ask("POST", "/v1/segments", device, encode_segments([device.segment(3)])),
        online.ask("GET", "/v1/entries?after=0", device),
        online.client.post("/v1/hello", content=device.hello()),
    ):
        assert problem(answer, 403, "withdrawn")["device"] == 1
    online.refuses(403, "withdrawn", other, device.segment(3))


def test_a_device_that_a_restored_one_goes_on_from_is_closed(hub: Hub, online: Online, device: Device) -> None:
    device.work(6)
    online.send(device, device.segment(1, 5))
    new = Device(number=4242)
    hub.act(acts.admit, new.request(before=(Predecessor(1, device.public, 4, device.hash(4)),)))
    online.greet(new)
    online.send(new, device.segment(1, 5))
    online.refuses(403, "frozen", new, device.segment(6))
    assert incidents(hub) == [("closed", False)]


def test_a_token_is_worth_nothing_elsewhere(hub: Hub, online: Online, device: Device) -> None:
    stranger = enrolled(hub, "888888")
    online.greet(stranger)
    device.work(2)
    online.refuses(403, "other_centre", stranger, device.segment())
    for token in ("-", "x" * 5000, device.token[:-4] + "AAAA", device.token + "A", "é"):
        answer = online.client.get("/v1/entries", headers={"Authorization": f"Bearer {token}".encode()})
        problem(answer, 401, "say_hello")
    problem(online.client.get("/v1/entries"), 401, "say_hello")


def test_erased_parts_go_here_too_and_never_come_again(hub: Hub, online: Online, device: Device) -> None:
    name = hashlib.sha256(b"x" * 50).digest()
    device.write(PhotoTaken(3), PhotoTaken.Part(BlobRef(name, bytes(32), 50, "image/jpeg")))
    device.work(1)
    online.send(device, device.segment())
    place = f"/v1/blobs/{name.hex()}"
    assert online.ask("PUT", place, device, b"x" * 50, **{"Content-Range": "bytes 0-49/50"}).json()["whole"]
    device.write(PartErased(1, 2))
    online.send(device, device.segment(3))
    with hub.look() as ledger:
        assert ledger.connection.execute(select(parts.c.seq).where(parts.c.seq == 2, parts.c.device == 1)).first(), (
            "it takes two people"
        )
    device.write(PartErased(1, 1), second=9)
    online.send(device, device.segment(4))
    online.send(device, device.segment())
    online.send(device, device.late(1))
    with hub.look() as ledger:
        assert ledger.connection.execute(select(parts.c.seq).where(parts.c.device == 1)).scalars().all() == [2]
        assert ledger.connection.execute(select(erased.c.seq)).scalars().all() == [1]
        assert ledger.connection.execute(select(named)).all() == []
    assert online.ask("GET", place, device).json() == {"held": 0, "whole": False}


def test_blobs_come_in_pieces_and_only_those_that_an_entry_names(hub: Hub, online: Online, device: Device) -> None:
    data = os.urandom(100_000)
    name = hashlib.sha256(data).digest()
    place = f"/v1/blobs/{name.hex()}"

    def put(first: int, last: int, content: bytes | None = None):  # type: ignore[no-untyped-def]
        said = {"Content-Range": f"bytes {first}-{last - 1}/{len(data)}"}
        return online.ask("PUT", place, device, data[first:last] if content is None else content, **said)

    problem(put(0, 100), 409, "unknown_blob")
    device.write(PhotoTaken(3), PhotoTaken.Part(BlobRef(name, bytes(32), len(data), "image/jpeg")))
    online.send(device, device.segment())
    assert online.ask("GET", place, device).json() == {"held": 0, "whole": False}
    assert put(0, 30_000).json() == {"held": 30_000, "whole": False}
    assert problem(put(0, 30_000), 409, "blob_offset")["held"] == 30_000
    assert problem(put(40_000, 50_000), 409, "blob_offset")["held"] == 30_000
    assert put(30_000, 60_000).json()["held"] == 60_000
    problem(put(60_000, 100_000, bytes(40_000)), 422, "blob_altered")
    assert put(0, 99_999).json() == {"held": 99_999, "whole": False}
    assert put(99_999, 100_000).json() == {"held": 100_000, "whole": True}
    assert put(0, 100_000).json() == {"held": 100_000, "whole": True}
    stranger = enrolled(hub, "888888")
    online.greet(stranger)
    assert online.ask("GET", place, stranger).json()["held"] == 0
    for bad in ("bytes 0-5/5", "bytes 5-4/10", "x", "bytes 0-99/9999999999999", "bytes 0-0/999999999999"):
        answer = online.ask("PUT", place, device, b"y", **{"Content-Range": bad})
        assert answer.status_code in (400, 413), bad
    for path in ("..", "%2e%2e%2fhub.json", "A" * 64, "0" * 63, "%00" * 64):
        problem(online.ask("GET", f"/v1/blobs/{path}", device), 404, "not_found")


def test_the_hubs_own_chain_comes_down_in_pieces(hub: Hub, online: Online, device: Device) -> None:
    def say(ledger: Ledger, number: int) -> None:
        ledger.record(CODE, DecisionGiven(str(number), bytes(32), False), DecisionGiven.Part("理" * 60_000))

    for number in range(4):
        hub.act(say, number)
    held, found = 0, []
    while pieces := online.entries(device, held):
        (piece,) = pieces
        assert piece.first == held + 1 and len(encode_segments(pieces)) < 1 << 20
        held = piece.last
        found += piece.bodies
    assert len(found) == 5
    assert problem(online.ask("GET", "/v1/entries?after=6", device), 409, "hub_behind")["held_seq"] == 5
    for after in ("-1", "x", str(1 << 70)):
        assert online.ask("GET", f"/v1/entries?after={after}", device).status_code in (400, 409)
