"""A centre and the association's own server: enrolled by code, in step by net and by stick."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import func, select

from core.association import compact
from core.association.queries import leases
from core.clock import today
from core.exchange.courier import read_bundle, write_bundle
from core.exchange.enrolling import enrol_online
from core.exchange.outbox import waiting
from core.exchange.pace import Pace
from core.exchange.queries import Standing, standing
from core.exchange.service import Outcome, exchange_once
from core.house import may_travel, open_house
from core.hub import acts, server
from core.hub.couriering import receive
from core.hub.enrolling import make_code
from core.hub.hub import Hub, make_hub, open_hub
from core.hub.server import make_app
from core.hub.tables import blobs, heads, parts
from core.hub.uploads import read_upload
from core.store.segments import Segment
from tests.exchange.conftest import photograph
from tests.rooms import CODE, Centre, refused
from tests.rooms import PASSPHRASE as CENTRE_PASSPHRASE

PASSPHRASE = "十月的协会"
START_SECONDS = 10.0


@dataclass
class Served:
    """A hub, and where it listens."""

    hub: Hub
    url: str


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """The server itself, in this process, over SQLite."""
    with open_hub(home, PASSPHRASE, None) as hub, socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(make_app(hub), log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        until = time.monotonic() + START_SECONDS
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield Served(hub, f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)


@pytest.fixture
def hub_home(tmp_path: Path) -> Path:
    """The home of a new hub."""
    make_hub(tmp_path / "hub", "测试协会", PASSPHRASE, None).close()
    return tmp_path / "hub"


@pytest.fixture
def served(hub_home: Path) -> Iterator[Served]:
    """A hub that listens as long as the test lasts."""
    with serving(hub_home) as found:
        yield found


def enrol(centre: Centre, served: Served) -> None:
    """By a one-time code."""
    code = served.hub.act(make_code, CODE, "", 14).text
    done = enrol_online(centre.store, centre.who("admin", "M1"), served.url, code)
    assert (done.association, done.enrolled) == ("测试协会", True)


@pytest.fixture
def enrolled(centre: Centre, served: Served) -> Centre:
    """A centre that this hub knows."""
    enrol(centre, served)
    return centre


def sync(centre: Centre, served: Served | None = None) -> Outcome:
    """One exchange, with the hub whose address is kept unless another is named."""
    return exchange_once(centre.store, may_travel, Pace(), address=served.url if served else None)


def stands(centre: Centre) -> Standing:
    with centre.store.read() as read:
        return standing(read, may_travel(read))


def same(centre: Centre, served: Served) -> None:
    """Both have the same chain, and nothing waits."""
    with centre.store.read() as read:
        assert waiting(read, may_travel(read)).total == 0
    with served.hub.look() as ledger:
        row = ledger.connection.execute(select(heads).where(heads.c.centre == CODE, heads.c.device == 1)).one()
    assert (row.seq, bytes(row.hash)) == (centre.store.head.seq, centre.store.head.hash)


@pytest.mark.stage("placed")
def test_to_todays_hub_everything_goes_in_the_short_form(
    enrolled: Centre, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms: list[bytes] = []

    def watch(data: bytes) -> list[Segment]:
        forms.append(data[: len(compact.MAGIC)])
        return read_upload(data)

    monkeypatch.setattr(server, "read_upload", watch)
    first = enrolled.applications[0]
    enrolled.mark("E1", first)
    sync(enrolled)
    for login in ("E2", "E3"):
        enrolled.mark(login, first)
    assert sync(enrolled).done.parts > 0
    same(enrolled, served)
    assert len(forms) >= 3 and set(forms) == {compact.MAGIC}


@pytest.mark.stage("placed")
def test_marks_photos_and_the_associations_word_find_their_way(enrolled: Centre, served: Served) -> None:
    first = enrolled.applications[0]
    photograph(enrolled, first)
    enrolled.mark("E1", first)
    outcome = sync(enrolled)
    assert (outcome.done.blobs, outcome.waiting.total) == (1, 0)
    assert outcome.waiting.held_back > 0
    same(enrolled, served)
    for login in ("E2", "E3"):
        enrolled.mark(login, first)
    with served.hub.look() as ledger:
        before = ledger.connection.execute(select(func.count()).select_from(parts)).scalar_one()
    assert sync(enrolled).done.parts > 0
    same(enrolled, served)
    with served.hub.look() as ledger:
        assert ledger.connection.execute(select(func.count()).select_from(parts)).scalar_one() > before
        assert [row.whole for row in ledger.connection.execute(select(blobs))] == [True]
    served.hub.act(acts.lease, CODE, 1, 1, 50, today().year)
    assert sync(enrolled).done.received == 1
    with enrolled.store.read() as read:
        assert [(line.first, line.last) for line in leases(read)] == [(1, 50)]
    assert stands(enrolled).stuck == ()
    assert sync(enrolled).done.sent <= 1
    assert sync(enrolled).done.sent == 0
    enrolled.holds()


def test_a_device_that_the_association_withdrew_is_told(enrolled: Centre, served: Served) -> None:
    sync(enrolled)
    served.hub.act(acts.withdraw_device, CODE, 1, "设备已停用")
    enrolled.apply(7)
    with refused("exchange.withdrawn"):
        sync(enrolled)
    assert stands(enrolled).waiting.entries > 0
    enrolled.holds()


@pytest.mark.stage("placed")
def test_a_hub_that_was_restored_from_yesterday_has_everything_again(
    centre: Centre, hub_home: Path, tmp_path: Path
) -> None:
    with serving(hub_home) as served:
        enrol(centre, served)
        sync(centre)
        for login in ("E1", "E2"):
            centre.mark(login, centre.applications[0])
        sync(centre)
    shutil.copytree(hub_home, tmp_path / "yesterday")
    with serving(hub_home) as served:
        photograph(centre, centre.applications[0])
        centre.mark("E3", centre.applications[0])
        served.hub.act(acts.lease, CODE, 1, 1, 50, today().year)
        sync(centre, served)
        same(centre, served)
    with serving(tmp_path / "yesterday") as served:
        outcome = sync(centre, served)
        assert outcome.done.alarms == ["exchange.hub_restored"]
        same(centre, served)
        with served.hub.look() as ledger:
            assert [row.whole for row in ledger.connection.execute(select(blobs))] == [True]
        # Its own word came back, so it gives out no number twice.
        with refused("hub.serials_taken"):
            served.hub.act(acts.lease, CODE, 1, 50, 60, today().year)
        assert [one.what for one in stands(centre).stuck] == ["hub"]
        sync(centre, served)
        assert stands(centre).stuck == ()
    centre.holds()


def forgotten(centre: Centre, hub_home: Path, folder: Path) -> Path:
    """A hub that is restored to before it enrolled the centre, which has sent and received since."""
    shutil.copytree(hub_home, folder)
    with serving(hub_home) as served:
        enrol(centre, served)
        served.hub.act(acts.lease, CODE, 1, 1, 50, today().year)
        sync(centre, served)
    return folder


def test_a_hub_that_was_restored_to_before_the_enrolment_learns_of_it_from_the_centre(
    centre: Centre, hub_home: Path, tmp_path: Path
) -> None:
    with serving(forgotten(centre, hub_home, tmp_path / "before")) as served:
        centre.apply(7)
        assert sync(centre, served).done.alarms == ["exchange.hub_restored"]
        same(centre, served)
        with refused("hub.serials_taken"):
            served.hub.act(acts.lease, CODE, 1, 50, 60, today().year)
        sync(centre, served)
        assert stands(centre).stuck == ()
    centre.holds()


def by_stick(centre: Centre, hub: Hub, stick: Path) -> tuple[str, ...]:
    """There and back; what the hub had against it."""
    write_bundle(centre.store, stick, may_travel)
    stick.write_bytes(receive(hub, stick.read_bytes()).data)
    return read_bundle(centre.store, stick).problems


def test_it_learns_of_it_by_stick_too(centre: Centre, hub_home: Path, tmp_path: Path) -> None:
    with open_hub(forgotten(centre, hub_home, tmp_path / "before"), PASSPHRASE, None) as hub:
        stick = tmp_path / "bundle.zkb"
        centre.apply(7)
        assert by_stick(centre, hub, stick) == ("gap",)
        assert "exchange.hub_restored" in {one.code for one in stands(centre).stuck}
        assert by_stick(centre, hub, stick) == ()
        same(centre, Served(hub, ""))
        with refused("hub.serials_taken"):
            hub.act(acts.lease, CODE, 1, 50, 60, today().year)


@pytest.mark.parametrize("carrier", ["net", "stick"])
def test_a_hub_that_said_other_things_since_is_shown_once_what_it_had_said(
    centre: Centre, hub_home: Path, tmp_path: Path, carrier: str
) -> None:
    year = today().year
    with serving(hub_home) as served:
        enrol(centre, served)
        sync(centre, served)
    shutil.copytree(hub_home, tmp_path / "yesterday")
    with serving(hub_home) as served:
        served.hub.act(acts.lease, CODE, 1, 1, 50, year)
        served.hub.act(acts.lease, CODE, 1, 51, 60, year)
        sync(centre, served)
    with serving(tmp_path / "yesterday") as served:
        served.hub.act(acts.lease, CODE, 1, 1, 20, year)
        centre.apply(7)
        for _ in range(2):
            if carrier == "stick":
                assert by_stick(centre, served.hub, tmp_path / "bundle.zkb")[0] == "fork"
            else:
                with refused("exchange.hub_fork", 4):
                    sync(centre, served)
            assert "exchange.hub_fork" in {one.code for one in stands(centre).stuck}
        # It gives no number twice, and its word to others at the centre is not stopped for ever.
        with refused("hub.serials_taken"):
            served.hub.act(acts.lease, CODE, 1, 50, 70, year)
        served.hub.act(acts.lease, CODE, 1, 61, 70, year)
    centre.holds()


def test_a_copied_machine_freezes_the_device_and_loses_nothing(
    enrolled: Centre, served: Served, tmp_path: Path
) -> None:
    sync(enrolled)
    home = enrolled.store.home
    enrolled.store.close()
    shutil.copytree(home, tmp_path / "copy")
    enrolled.store = open_house(home, CENTRE_PASSPHRASE)
    with enrolled.store, open_house(tmp_path / "copy", CENTRE_PASSPHRASE) as store:
        copy = Centre(store, dict(enrolled.actors), enrolled.batch)
        enrolled.apply(21)
        copy.apply(22)
        sync(enrolled)
        same(enrolled, served)
        with refused("exchange.fork", 4):
            sync(copy)
        assert [one.what for one in stands(copy).stuck] == ["device:1"]
        enrolled.holds()
        copy.holds()
