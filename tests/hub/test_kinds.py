"""A device that is enrolled for some kinds of entries only: the hub takes no others of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.arrangement.events import CandidateLeftPanel
from core.batches.events import BatchCreated
from core.hub import acts
from core.hub.hub import make_hub
from core.hub.status import status
from core.people.events import KeysChanged
from core.store.basics import ClockConfirmed, DeviceAdmitted
from tests.hub.devices import Device, Online, serving
from tests.rooms import refused

BATCH = BatchCreated("2026-01", "t-caftv-rural-2026", "junior", "2026-11-22")


@pytest.fixture
def online(tmp_path: Path) -> Iterator[Online]:
    hub = make_hub(tmp_path / "hub", "测试协会", "口令", None)
    with serving(hub) as found:
        yield found
    hub.close()


def incidents(online: Online) -> list[tuple[str, int, bool]]:
    with online.hub.look() as ledger:
        return [(one["kind"], one["seq"], one["settled"] is None) for one in status(ledger, "999999")[0]["incidents"]]


def test_entries_of_other_kinds_are_not_taken_until_the_device_is_enrolled_for_them(online: Online) -> None:
    device = Device()
    request = device.request()
    online.hub.act(acts.admit, request, ["batch"])
    online.hub.act(acts.admit, request, ["batch"])
    online.greet(device)
    device.write(ClockConfirmed())
    device.write(BATCH)
    assert [one.seq for one in online.send(device, device.segment())] == [2]
    device.write(CandidateLeftPanel(7, 8))
    device.write(BATCH)
    said = online.refuses(403, "kinds", device, device.segment())
    assert (said["device"], said["kind"]) == (1, "panel.candidate_left")
    assert incidents(online) == [("kinds", 3, True)]
    with online.hub.look() as ledger:
        assert status(ledger, "999999")[0]["chains"][0]["entries"] == 2
    online.hub.act(acts.admit, request, ["batch", "panel"])
    assert [one.seq for one in online.send(device, device.segment(3))] == [4]
    assert incidents(online) == [("kinds", 3, False)]


def test_a_device_that_is_enrolled_for_nothing_in_particular_may_send_everything(online: Online) -> None:
    device = Device()
    online.hub.act(acts.admit, device.request())
    online.greet(device)
    device.write(CandidateLeftPanel(7, 8))
    assert [one.seq for one in online.send(device, device.segment())] == [1]


def test_a_device_gets_nothing_past_what_it_is_enrolled_for_through_terminals_of_its_own(online: Online) -> None:
    device, terminal, third = Device(), Device(number=77), Device(number=78)
    request = device.request()
    online.hub.act(acts.admit, request, ["batch"])
    online.greet(device)
    device.write(DeviceAdmitted(77, terminal.public, authority=True), second=9)
    terminal.write(BATCH)
    terminal.write(DeviceAdmitted(78, third.public), second=9)
    online.send(device, device.segment(), terminal.segment())
    for one in (terminal, third):
        one.write(CandidateLeftPanel(7, 8))
        said = online.refuses(403, "kinds", device, one.segment())
        assert (said["device"], said["kind"]) == (one.number, "panel.candidate_left")
    online.hub.act(acts.admit, request, ["batch", "panel"])
    online.send(device, terminal.segment(), third.segment())
    assert {settled for _, _, settled in incidents(online)} == {False}


def test_a_word_that_no_entry_begins_with_enrols_nobody(online: Online) -> None:
    with refused("hub.unknown_noun"):
        online.hub.act(acts.admit, Device().request(), ["batches"])
    with online.hub.look() as ledger:
        assert status(ledger) == []


def test_that_other_words_open_the_store_may_be_said_by_every_device(online: Online) -> None:
    device = Device()
    online.hub.act(acts.admit, device.request(), ["batch"])
    online.greet(device)
    device.write(KeysChanged("passphrase"))
    device.write(BATCH)
    assert [one.seq for one in online.send(device, device.segment())] == [2]
