"""Processes that die and disks that are full while a centre and the true hub exchange."""

from __future__ import annotations

import os
import random
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.clock import today
from core.errors import AppError
from core.hub import acts
from core.hub.hub import open_hub
from tests.faults.hands import FULL
from tests.faults.hub_process import process
from tests.faults.sync_world import HUB_PASSPHRASE, HubAtWork, at_work, enrol, equal, sync
from tests.rooms import CODE, Centre

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills and limits of other systems")

POINTS = int(os.environ.get("FAULT_RUNS", "8"))
"""At how many places a disk is full or a process dies; a thorough run says 400."""
PEOPLE = 450
"""More than these are not invented."""


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


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="no limits of another process here")
def test_a_hub_whose_disk_is_full_takes_nothing_half_and_goes_on_when_there_is_room(
    known: Centre, hub: HubAtWork
) -> None:
    hub.stop()
    said = set()
    with process(hub.home) as served:
        pid = served.running.pid
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        log = hub.home / "hub.db-wal"
        for point in range(POINTS):
            known.apply(30 + point, phone=f"1990000{point:04d}")
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (log.stat().st_size + point * 4099 % 30_000, most))
            try:
                sync(known.store, served.url)
            except AppError as problem:
                said.add(problem.code)
            finally:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
            assert served.running.poll() is None
        sync(known.store, served.url)
    assert said == {"exchange.hub_busy"}
    hub.hub = hub._open()
    equal(known.store, hub.hub)
    hub.start()


def test_a_centre_whose_disk_is_full_says_so_and_goes_on_when_there_is_room(known: Centre, hub: HubAtWork) -> None:
    hub.stop()
    said = set()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with process(hub.home) as served, open_hub(hub.home, HUB_PASSPHRASE, None) as words:
        log = known.store.home / "store.db-wal"
        for point in range(POINTS):
            known.apply(30 + point, phone=f"1990000{point:04d}")
            words.act(acts.lease, CODE, 1, 1 + 5 * point, 5 + 5 * point, today().year)
            limit = log.stat().st_size + point * 4099 % 50_000
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
            try:
                assert sync(known.store, served.url).waiting.total == 0
            except AppError as problem:
                said.add(problem.code)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        sync(known.store, served.url)
        sync(known.store, served.url)
    assert said and said <= set(FULL)
    hub.hub = hub._open()
    equal(known.store, hub.hub)
    hub.start()
    known.holds()


def test_a_hub_that_is_killed_anywhere_has_every_entry_that_it_gave_a_receipt_for(
    known: Centre, hub: HubAtWork
) -> None:
    hub.stop()
    dice, number = random.Random(11), 30
    for _ in range(max(4, POINTS // 3)):
        with process(hub.home) as served:
            killer = threading.Timer(dice.uniform(0.0, 0.5), served.running.kill)
            killer.start()
            while served.running.poll() is None:
                number = min(number + 1, PEOPLE)
                with suppress(AppError):
                    known.apply(number, phone=f"1990000{number:04d}")
                try:
                    alarms = sync(known.store, served.url).done.alarms
                    # Where it held less than it has signed for, it would count as put back to yesterday.
                    assert alarms == []
                except AppError as problem:
                    assert problem.exit_code == 3, problem.code
            killer.join()
    with process(hub.home) as served:
        sync(known.store, served.url)
    hub.hub = hub._open()
    equal(known.store, hub.hub)
    hub.start()


def test_a_hub_whose_first_process_was_killed_gives_its_port_back(known: Centre, hub: HubAtWork) -> None:
    hub.stop()
    port = str(hub.port)
    with process(hub.home, "--workers", "2", "--port", port) as served:
        sync(known.store, served.url)
        served.running.kill()
    known.apply(21)
    until = time.monotonic() + 20
    while time.monotonic() < until and is_taken(hub.port):
        time.sleep(0.05)
    with process(hub.home, "--port", port) as served:
        sync(known.store, served.url)
    hub.hub = hub._open()
    equal(known.store, hub.hub)
    hub.start()


def is_taken(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0
