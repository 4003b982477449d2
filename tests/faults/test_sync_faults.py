"""What may go wrong between a centre and the true hub, and that nobody loses or doubles anything by it."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.association.wire import SEGMENTS_TYPE
from core.certificates import commands as certificates
from core.certificates.numbers import DEFAULT_PATTERN
from core.clock import today
from core.errors import AppError
from core.exchange.courier import read_bundle, write_bundle
from core.exchange.link import Answer, Wire
from core.exchange.outbox import waiting
from core.exchange.queries import Standing, standing
from core.house import may_travel, restore_centre
from core.hub import acts
from core.hub.hub import open_hub
from core.hub.status import status
from core.hub.tables import heads
from core.hub.understanding import understand
from core.people.pins import sign_in
from core.people.roles import Role
from core.results.queries import confirmation
from core.store import backup
from tests.exchange.conftest import QuickPace
from tests.exchange.test_restored import staff_again
from tests.faults.hub_process import process
from tests.faults.line import Line
from tests.faults.sync_world import (
    HUB_PASSPHRASE,
    HubAtWork,
    at_work,
    enrol,
    equal,
    reopened,
    sums_there,
    sync,
    troubles,
)
from tests.rooms import ADMIN_PIN, CODE, LEVEL, PASSPHRASE, STANDARD, Centre, refused
from tests.store.room import recovery_code

TWO_YEARS = 2 * 365 * 86_400 * 10**9


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubAtWork]:
    HubAtWork.found(tmp_path / "hub")
    with at_work(tmp_path / "hub") as found:
        yield found


@pytest.fixture
def known(centre: Centre, hub: HubAtWork) -> Centre:
    """A centre that the hub knows, and has everything of."""
    enrol(centre, hub)
    sync(centre.store, hub.url)
    return centre


def stands(centre: Centre) -> Standing:
    with centre.store.read() as read:
        return standing(read, may_travel(read))


def stick_to(hub: HubAtWork, centre: Centre, file: Path) -> None:
    """A stick goes there and back."""
    write_bundle(centre.store, file, may_travel)
    file.write_bytes(hub.courier(file.read_bytes()).data)
    read_bundle(centre.store, file)


def test_what_arrives_again_in_any_order_changes_nothing(
    known: Centre, hub: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, bytes, str]] = []
    whole = Wire.post

    def watched(self: Wire, path: str, body: bytes, kind: str) -> Answer:
        if kind == SEGMENTS_TYPE:
            sent.append((self.token, body, kind))
        return whole(self, path, body, kind)

    monkeypatch.setattr(Wire, "post", watched)
    for number in range(21, 27):
        known.apply(number)
        sync(known.store, hub.url)
    before = sums_there(hub.hub, CODE)
    again = sent * 2
    random.Random(7).shuffle(again)
    for token, body, kind in again:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        assert httpx.post(f"{hub.url}/v1/segments", content=body, headers=headers, trust_env=False).status_code == 200
    assert len(sent) >= 6 and sums_there(hub.hub, CODE) == before
    equal(known.store, hub.hub)
    assert troubles(hub.hub, CODE) == set()


def test_a_hub_that_starts_anew_in_the_middle_of_an_exchange_gets_the_rest(known: Centre, hub: HubAtWork) -> None:
    class Meanwhile(QuickPace):
        def wait(self, seconds: float) -> None:
            hub.restart()
            super().wait(seconds)

    with Line(hub.port) as line:
        for number, after in enumerate((300, 700, 1000), start=21):
            known.apply(number)
            line.cut("up", after)
            pace = Meanwhile()
            sync(known.store, line.url, pace)
            assert pace.waits
            equal(known.store, hub.hub)


def test_a_clock_two_years_back_is_told_and_stops_no_exchange(
    known: Centre, hub: HubAtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.stop()
    known.apply(21)
    with open_hub(hub.home, HUB_PASSPHRASE, None) as quiet:
        quiet.act(acts.lease, CODE, 1, 1, 9, today().year)
    now = time.time_ns
    with process(hub.home) as served, monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: now() - TWO_YEARS)
        done = sync(known.store, served.url).done
        assert (done.received, done.sent > 0) == (1, True)
        assert [one.code for one in stands(known).stuck] == ["exchange.clock"]
        sync(known.store, served.url)
    with process(hub.home) as served:
        sync(known.store, served.url)
    assert stands(known).stuck == ()
    hub.hub = hub._open()
    equal(known.store, hub.hub)
    hub.start()
    known.holds()


@pytest.mark.stage("confirmed")
@pytest.mark.parametrize("more", [0, 3])
def test_a_copied_machine_is_frozen_and_its_double_certificate_numbers_are_listed(
    known: Centre, hub: HubAtWork, tmp_path: Path, more: int
) -> None:
    allow(known, hub)
    other = known.open_batch()
    sync(known.store, hub.url)
    home = known.store.home
    known.store.close()
    shutil.copytree(home, tmp_path / "copy")
    known.store = reopened(known, home).store
    copy = reopened(known, tmp_path / "copy")
    with copy.store:
        numbers = issue(known)
        for number in range(more + 1):
            known.apply(41 + number, other)
        copy.apply(22, other)
        assert issue(copy) == numbers
        sync(known.store, hub.url)
        for _ in range(2):
            with refused("exchange.fork", 4):
                sync(copy.store, hub.url)
            assert [one.what for one in stands(copy).stuck] == ["device:1"]
        known.apply(23, other)
        with refused("exchange.frozen"):
            sync(known.store, hub.url)
        while hub.hub.act(understand, CODE):
            pass
        with hub.hub.look() as ledger:
            (told,) = status(ledger, CODE)
        assert [one["frozen"] for one in told["devices"]] == [True]
        doubles = {one["number"] for one in told["incidents"] if one["kind"] == "duplicate"}
        assert doubles == set(numbers) and len(numbers) == 4
        assert ("fork", 1) in troubles(hub.hub, CODE)
        known.holds()
        copy.holds()


def test_after_a_copy_was_frozen_the_centre_goes_on_as_a_new_device_from_its_backup(
    known: Centre, hub: HubAtWork, tmp_path: Path
) -> None:
    """What the association then says to do. What the copy and the frozen device wrote meanwhile stays on both sides."""
    home, words = known.store.home, recovery_code(known.store)
    known.store.close()
    shutil.copytree(home, tmp_path / "copy")
    known.store = reopened(known, home).store
    known.apply(21)
    sync(known.store, hub.url)
    with reopened(known, tmp_path / "copy").store as copy:
        Centre(copy, dict(known.actors), known.batch).apply(22)
        with refused("exchange.fork", 4):
            sync(copy, hub.url)
    known.apply(23)
    with refused("exchange.frozen"):
        sync(known.store, hub.url)
    backup.make(known.store, tmp_path / "backup")
    known.store.close()
    _, store = restore_centre(tmp_path / "backup", tmp_path / "new", words, ADMIN_PIN, PASSPHRASE)
    with store:
        centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)}, known.batch)
        staff_again(centre)
        enrol(centre, hub)
        for number in (24, 25):
            sync(store, hub.url)
            assert {one.what for one in stands(centre).stuck} == {"device:1"}
            centre.engage(f"R{number}", Role.REGISTRAR)
        sync(store, hub.url)
        with hub.hub.look() as ledger:
            held = ledger.connection.execute(select(heads.c.seq).where(heads.c.device == store.device)).scalar()
        assert held == store.head.seq
        assert store.verify().problems == []


def allow(centre: Centre, hub: HubAtWork) -> None:
    """All that the association has to say before certificates may be issued."""
    form = ([LEVEL], date(2020, 1, 1), date(2099, 12, 31), "01", DEFAULT_PATTERN)
    hub.hub.act(acts.authorise, CODE, STANDARD, *form)
    digest = centre.ask(confirmation, centre.batch).digest.hex()
    hub.hub.act(acts.decide, CODE, str(centre.batch), digest, True, "")
    hub.hub.act(acts.lease, CODE, 1, 1, 20, today().year)


def issue(centre: Centre) -> list[str]:
    from core.association.commands import own_keys

    key = own_keys(centre.store)[1]
    numbers: list[str] = centre.act("C1", certificates.issue_certificates, centre.batch, key, second="M1")
    return numbers


def test_sticks_that_are_old_doubled_cut_off_or_changed_are_told_apart_and_lose_nothing(
    known: Centre, hub: HubAtWork, tmp_path: Path
) -> None:
    stick, dice = tmp_path / "stick.zkb", random.Random(3)
    bundles = []
    for number in range(21, 25):
        known.apply(number)
        write_bundle(known.store, stick, may_travel)
        bundles.append(stick.read_bytes())
    for _ in range(60):
        data = bytearray(dice.choice(bundles))
        if dice.random() < 0.5:
            del data[dice.randrange(len(data)) :]
        else:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        before = sums_there(hub.hub, CODE)
        with pytest.raises(AppError):
            hub.courier(bytes(data))
        assert sums_there(hub.hub, CODE) == before
    replies = [hub.courier(one).data for one in (bundles[3], bundles[0], bundles[2], bundles[3], bundles[1])]
    dice.shuffle(replies)
    read = []
    for one in [*replies, *replies]:
        stick.write_bytes(one)
        read.append(read_bundle(known.store, stick))
    assert any(one.old for one in read) and any(one.doubled for one in read)
    sync(known.store, hub.url)
    equal(known.store, hub.hub)
    known.holds()


def test_a_withdrawn_device_is_told_by_either_way_and_keeps_everything(
    known: Centre, hub: HubAtWork, tmp_path: Path
) -> None:
    known.apply(21)
    write_bundle(known.store, tmp_path / "stick.zkb", may_travel)
    hub.hub.act(acts.withdraw_device, CODE, 1, "测试")
    before = sums_there(hub.hub, CODE)
    with refused("hub.bundle_withdrawn"):
        hub.courier((tmp_path / "stick.zkb").read_bytes())
    with refused("exchange.withdrawn"):
        sync(known.store, hub.url)
    assert sums_there(hub.hub, CODE) == before
    with known.store.read() as read:
        assert waiting(read, may_travel(read)).entries > 0
    known.holds()


def test_a_hub_from_yesterday_learns_everything_again_from_sticks(
    known: Centre, hub: HubAtWork, tmp_path: Path
) -> None:
    hub.keep_as(tmp_path / "yesterday")
    known.apply(21)
    hub.hub.act(acts.lease, CODE, 1, 1, 20, today().year)
    for _ in range(2):
        stick_to(hub, known, tmp_path / "stick.zkb")
    hub.back_to(tmp_path / "yesterday")
    # Its own word is on every stick.
    stick_to(hub, known, tmp_path / "stick.zkb")
    assert "hub" in [one.what for one in stands(known).stuck]
    with refused("hub.serials_taken"):
        hub.hub.act(acts.lease, CODE, 1, 20, 30, today().year)
    hub.hub.act(acts.lease, CODE, 1, 21, 30, today().year)
    for _ in range(4):
        stick_to(hub, known, tmp_path / "stick.zkb")
    assert stands(known).stuck == ()
    equal(known.store, hub.hub)
    known.holds()
