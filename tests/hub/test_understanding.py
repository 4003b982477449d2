"""What the hub makes of what came: nothing that is signed hides the rest, and a newer program sees more."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.batches.events import BatchCreated
from core.certificates.events import CertificateIssued, CertificateVoided
from core.hub import acts, understanding
from core.hub.hub import Hub, make_hub
from core.hub.incidents import incidents_of
from core.hub.ingest import ingest
from core.hub.projector import Projector
from core.hub.status import status
from core.hub.tables import branches, parts
from core.hub.understanding import FILLS, MEANS, behind
from core.hub.understood import batches, certificates
from core.registration.events import ApplicationDecided, ApplicationWithdrawn
from core.results.events import ResultsConfirmed, ResultSettled
from core.store import Event
from core.store.events import kind_of
from tests.hub import devices
from tests.hub.devices import Device, enrolled

CODE = "999999"
BATCH = BatchCreated("2026-02", "t-caftv-rural-2026", "junior", "2026-11-22")


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", "口令", database_url)
    yield found
    found.close()


def send(hub: Hub, device: Device) -> None:
    assert hub.act(ingest, CODE, [device.segment()]).problems == []


def known(hub: Hub) -> list[str]:
    """The batches that the hub knows."""
    with hub.look() as ledger:
        return list(ledger.connection.execute(select(batches.c.no).order_by(batches.c.no)).scalars())


def unreadable(hub: Hub) -> list[tuple[int, bool]]:
    """Entries that it could not read, and whether that is still so."""
    with hub.look() as ledger:
        found = [one for one in incidents_of(ledger, CODE) if one.kind == "unreadable"]
        return [(one.seq, one.settled_at is None) for one in found]


@pytest.mark.parametrize(
    "said",
    [
        BatchCreated("2026\x0001", "s", "junior", "2026-11-22"),
        ApplicationDecided((1 << 63) + 5, "accepted", []),
        ApplicationWithdrawn(-(1 << 63)),
        ResultSettled(1 << 63, 7),
        ResultsConfirmed(1 << 64 - 1, bytes(32), b"", b"", b"", b""),
        CertificateIssued(5, 1 << 63, "1", 1, 2, 3),
        CertificateIssued(5, 7, "\0", 1, 2, 3),
        CertificateVoided((1 << 64) - 1),
        CertificateIssued(5, 7, os.urandom(4000).hex(), 1, 2, 3),
    ],
)
def test_figures_and_texts_that_no_table_holds_stop_nothing(hub: Hub, said: Event) -> None:
    device = enrolled(hub)
    device.write(said, second=9)
    device.write(BATCH)
    send(hub, device)
    hub.catch_up(CODE)
    assert known(hub) == ["2026-02"]
    copied = device.copy()
    device.write(BatchCreated("2026-03", "s", "junior", "2026-11-22"))
    copied.write(said, second=9)
    send(hub, device)
    assert [one.code for one in hub.act(ingest, CODE, [copied.segment()]).problems] == ["fork"]
    hub.catch_up(CODE)
    assert known(hub) == ["2026-02", "2026-03"]


def test_a_clock_beyond_every_calendar_does_not_keep_the_association_from_looking(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = enrolled(hub)
    monkeypatch.setattr(devices, "now", lambda: (1 << 63) - 1)
    device.write(ResultsConfirmed(5, bytes(32), b"", b"", b"", b""))
    device.write(CertificateIssued(5, 7, "1", 1, 2, 3))
    copied = device.copy()
    device.write(BATCH)
    copied.write(CertificateIssued(5, 7, "2", 1, 2, 3))
    send(hub, device)
    hub.act(ingest, CODE, [copied.segment()])
    hub.catch_up(CODE)
    with hub.look() as ledger:
        (one,) = status(ledger)
    assert one["confirmed"][0]["at"].startswith("9999-12-31")
    assert {each["number"] for each in one["incidents"] if "number" in each} == {"1", "2"}


def test_a_part_that_is_damaged_in_the_database_is_seen_and_stops_nothing(hub: Hub) -> None:
    device = enrolled(hub)
    device.write(CertificateIssued(5, 7, "1", 1, 2, 3), CertificateIssued.Part(b"x", "2026-11-22"))
    device.write(BATCH)
    send(hub, device)
    with hub.database.writing() as connection:
        connection.execute(parts.update().where(parts.c.device == 1).values(bytes=bytes(60)))
    hub.catch_up(CODE)
    assert (known(hub), unreadable(hub)) == (["2026-02"], [(1, True)])
    with hub.look() as ledger:
        assert ledger.connection.execute(select(certificates.c.number)).scalars().all() == ["1"], "its number is known"


def test_a_branch_that_is_damaged_in_the_database_is_seen_and_stops_nothing(hub: Hub) -> None:
    device = enrolled(hub)
    copied = device.copy()
    device.write(BATCH)
    copied.write(BatchCreated("2026-03", "s", "junior", "2026-11-22"))
    send(hub, device)
    assert [one.code for one in hub.act(ingest, CODE, [copied.segment()]).problems] == ["fork"]
    with hub.database.writing() as connection:
        connection.execute(branches.update().values(segment=bytes(60)))
    hub.catch_up(CODE)
    assert (known(hub), unreadable(hub)) == (["2026-02"], [(1, True)])


def test_a_program_that_understands_more_goes_over_what_came_before(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    device = enrolled(hub)
    device.write(BATCH)
    device.add(device.bodies[0].replace(b"\x01\x01", b"\x01\x02", 1).replace(b"\xa72026-02", b"\xa72026-\xff\xff"))
    with monkeypatch.context() as older:
        older.delitem(MEANS, BatchCreated)
        send(hub, device)
        hub.catch_up(CODE)
        assert known(hub) == []
    with hub.look() as ledger:
        assert behind(ledger) == []
    monkeypatch.setattr(understanding, "MEANING", understanding.MEANING + 1)
    with hub.look() as ledger:
        assert behind(ledger) == [CODE]
    hub.catch_up(CODE)
    assert (known(hub), unreadable(hub)) == (["2026-02"], [(2, True)])
    with monkeypatch.context() as older:  # one that still runs beside it
        older.setattr(understanding, "MEANING", understanding.MEANING - 1)
        older.delitem(MEANS, BatchCreated)
        hub.catch_up(CODE)
    assert known(hub) == ["2026-02"]


def test_whoever_teaches_the_hub_something_says_so() -> None:
    """What was understood of entries changed: raise `MEANING`, and write here what now belongs to it."""
    said = sorted((kind_of(cls).name, kind_of(cls).version, cls in FILLS) for cls in MEANS)
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:8]
    assert {understanding.MEANING: digest} == {1: "8fb32552"}


def test_what_could_not_be_read_is_said_no_more_once_it_can(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    device = enrolled(hub)
    device.write(BATCH)
    send(hub, device)
    with monkeypatch.context() as older:
        older.setattr(understanding, "_fits", lambda _: False)
        hub.catch_up(CODE)
    assert unreadable(hub) == [(1, True)]
    hub.rebuild(CODE)
    assert (known(hub), unreadable(hub)) == (["2026-02"], [(1, False)])


@pytest.mark.logs_errors
def test_understanding_goes_on_after_whatever_the_database_said(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    device = enrolled(hub)
    device.write(BATCH)
    send(hub, device)
    real, failed = Hub.look, list[int]()

    def look(self: Hub) -> Any:
        if not failed:
            failed.append(1)
            raise ValueError("测试")
        return real(self)

    monkeypatch.setattr(Hub, "look", look)
    projector = Projector(hub, every=0.05)
    projector.start()
    try:
        for _ in range(200):
            if known(hub):
                break
            projector._stop.wait(0.05)
    finally:
        projector.stop()
    assert failed and known(hub) == ["2026-02"]


def test_a_centre_does_not_delete_what_the_association_has_said(hub: Hub) -> None:
    from core.association.events import HUB
    from core.store.basics import PartErased

    device = enrolled(hub)
    lines = hub.act(acts.decide, CODE, "2026-02", bytes(32).hex(), False, "理由")
    device.write(PartErased(HUB, lines & ((1 << 40) - 1)), second=9)
    send(hub, device)
    with hub.look() as ledger:
        (segment,) = [ledger.segment(CODE)]
    assert segment is not None and "理由".encode() in segment.parts[0][1]
