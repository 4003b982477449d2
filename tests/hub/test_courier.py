"""A centre's bundle at the hub: the same as over the net, and the reply for the same stick."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from core.association import bundles
from core.association.bundles import BundleHeader, DownContent, UpContent
from core.hub import acts
from core.hub.hub import Hub, open_hub
from core.hub.status import status
from core.registration.events import PhotoTaken
from core.store import BlobRef
from core.store.segments import decode_segments, encode_segments
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.hub.devices import Device, enrolled

CODE = "999999"
RETURN = X25519PrivateKey.generate()


@pytest.fixture
def hub(association: Association) -> Iterator[Hub]:
    with open_hub(association.home, HUB_PASSPHRASE, None) as found:
        yield found


def bundle(ours: Hub, device: Device, content: UpContent, number: int = 1, **changes: object) -> bytes:
    fields = {
        "direction": bundles.UP,
        "centre": device.centre,
        "device": device.number,
        "number": number,
        "at_ms": 5,
        "hub": bundles.fingerprint(ours.keys.public),
        "return_key": RETURN.public_key().public_bytes_raw(),
    }
    header = BundleHeader(**{**fields, **changes})  # type: ignore[arg-type]
    return bundles.write_up(header, content, ours.keys.courier_public, device.key)


def carry(association: Association, hub: Hub, data: bytes) -> DownContent:
    """`hub courier`, and what the reply says."""
    stick, back = association.file("up.zkb"), association.file("down.zkb")
    stick.write_bytes(data)
    said = association.do("courier", str(stick), "--out", str(back))
    found = bundles.read_down(back.read_bytes(), RETURN, hub.keys.public)
    assert said["receipts"] == len(found.receipts) and len(said["problems"]) == len(found.problems)
    return found


def test_what_a_stick_brings_is_stored_and_answered(association: Association, hub: Hub) -> None:
    device = enrolled(hub)
    photo = b"p" * 3000
    name = hashlib.sha256(photo).digest()
    device.write(PhotoTaken(3), PhotoTaken.Part(BlobRef(name, bytes(32), 3000, "image/jpeg")))
    device.work(20)
    files = [encode_segments([device.segment(1, 9)]), encode_segments([device.segment(10)])]
    data = bundle(hub, device, UpContent(0, b"", files, [(name, photo), (bytes(32), b"nobody's")]))
    found = carry(association, hub, data)
    assert [(one.seq, one.head) for one in found.receipts] == [(21, device.hash(21))]
    assert all(one.holds(hub.keys.public) for one in found.receipts)
    assert (found.blobs, [one.code for one in found.problems]) == ([name], ["unknown_blob"])
    (chain,) = decode_segments(found.entries)
    assert (chain.device, chain.first, chain.last) == (0, 1, 1)
    twice = carry(association, hub, data)
    assert (twice.entries, twice.blobs, twice.problems) == (found.entries, found.blobs, found.problems)
    assert [(one.seq, one.head) for one in twice.receipts] == [(one.seq, one.head) for one in found.receipts]
    again = carry(association, hub, bundle(hub, device, UpContent(1, _head(hub), [], []), 2))
    assert (again.entries, len(again.receipts)) == (b"", 1)


def test_what_the_hub_does_not_take_is_said_as_over_the_net(association: Association, hub: Hub) -> None:
    device, stranger = enrolled(hub), Device(number=9)
    device.work(9)
    stranger.work(1)
    files = [encode_segments([device.segment(5)]), encode_segments([stranger.segment()]), b"rubbish"]
    found = carry(association, hub, bundle(hub, device, UpContent(50, bytes(32), files, [])))
    assert [(one.code, one.device, one.held) for one in found.problems] == [
        ("gap", 1, 0),
        ("unknown_device", 9, 0),
        ("altered", 0, 0),
        ("hub_behind", 0, 1),
    ]
    with hub.look() as ledger:
        kinds = {one["kind"] for one in status(ledger, CODE)[0]["incidents"]}
    assert kinds == {"gap", "hub_behind"}


def test_bundles_of_others_are_refused_in_words(association: Association, hub: Hub, tmp_path: Path) -> None:
    device, stranger = enrolled(hub), Device(number=9)
    device.work(2)
    content = UpContent(0, b"", [encode_segments([device.segment()])], [])
    good = bundle(hub, device, content)
    cases = [
        (b"", "exchange.bundle_cut_off", 1),
        (b"PK\x03\x04" * 9, "exchange.bundle_not_one", 1),
        (good[:-1], "exchange.bundle_cut_off", 1),
        (good[:-1] + bytes([good[-1] ^ 1]), "exchange.bundle_altered", 4),
        (bundle(hub, device, content, hub=bytes(32)), "exchange.bundle_other_hub", 1),
        (bundle(hub, stranger, content), "hub.not_enrolled", 1),
        (bundle(hub, device, content, direction=bundles.DOWN), "exchange.bundle_wrong_way", 1),
    ]
    hub.act(acts.admit, Device(number=7).request())
    stick, back = association.file("up.zkb"), association.file("down.zkb")
    for data, code, exit_code in cases:
        stick.write_bytes(data)
        association.refuses(code, "courier", str(stick), "--out", str(back), exit_code=exit_code)
        assert not back.exists()
    hub.act(acts.withdraw_device, CODE, 1, "测试")
    stick.write_bytes(good)
    association.refuses("hub.bundle_withdrawn", "courier", str(stick), "--out", str(back))


def test_a_bundle_of_a_million_nothings_is_refused(association: Association, hub: Hub) -> None:
    device = enrolled(hub)
    stick, back = association.file("up.zkb"), association.file("down.zkb")
    for content in (UpContent(0, b"", [b""] * 100_000, []), UpContent(0, b"", [], [(b"", b"")] * 1_100_000)):
        stick.write_bytes(bundle(hub, device, content))
        association.refuses("exchange.bundle_altered", "courier", str(stick), "--out", str(back), exit_code=4)


def _head(hub: Hub) -> bytes:
    with hub.look() as ledger:
        return ledger.hash_at(CODE, 1)
