"""The server as it runs: its own processes, several on one database, stopped and killed in the middle."""

from __future__ import annotations

import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text

from core.association.receipts import decode_receipts
from core.hub.hub import Hub, make_hub
from core.hub.serving import Serving, listen
from core.hub.tables import journal
from core.paths import PROGRAM
from core.store.segments import encode_segments
from tests.exchange.test_link import certificate
from tests.hub.devices import Device, Online, enrolled

PASSPHRASE = "口令"


@contextmanager
def process(home: Path, url: str, *words: str, verify: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`hub serve` as people start it, and where it says that it listens."""
    child = subprocess.Popen(
        [sys.executable, "main.py", "--home", str(home), "hub", "serve", "--port", "0", *words],
        cwd=PROGRAM,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_HUB_DATABASE": url, "PATH": "/usr/bin:/bin"},
    )
    try:
        assert child.stderr is not None
        line = child.stderr.readline()
        found = re.search(r"https?://[0-9.:]+", line)
        assert found, line + child.stderr.read()
        until_well(found[0], verify)
        yield child, found[0]
    finally:
        killed = child.poll() is not None
        if not killed:
            child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
    assert child.returncode == (-signal.SIGKILL if killed else 0), "told to stop, it ends well"


def test_who_connects_before_the_processes_are_up_waits_for_them() -> None:
    with listen(Serving("127.0.0.1", 0, workers=2)) as port, socket.create_connection(port.getsockname(), timeout=5):
        pass


def until_well(url: str, verify: str) -> None:
    trusted = ssl.create_default_context(cafile=verify or None)
    for _ in range(600):
        try:
            if httpx.get(f"{url}/healthz", timeout=5, verify=trusted).status_code == 200:
                return
        except httpx.HTTPError:
            threading.Event().wait(0.05)
    raise AssertionError("it never served")


@pytest.fixture
def hub(tmp_path: Path, postgresql_url: str) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", PASSPHRASE, postgresql_url, 4)
    yield found
    found.close()


def online(hub: Hub, url: str) -> Online:
    return Online(hub, url, httpx.Client(base_url=url, timeout=60))


def test_processes_on_one_partitioned_database_take_every_entry_once(
    hub: Hub, tmp_path: Path, postgresql_url: str
) -> None:
    """Two servers, one of them of two processes; three centres, each sending to all of them at once."""
    devices = [enrolled(hub, centre) for centre in ("999991", "999992", "999993")]
    for device in devices:
        device.work(60)
    said = list[str]()

    def send(device: Device, url: str, step: int) -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            mine = Online(hub, url, client)
            mine.greet(device)
            for _ in range(200):
                with hub.look() as ledger:
                    held = ledger.connection.execute(
                        select(func.max(journal.c.seq)).where(
                            journal.c.centre == device.centre, journal.c.device == device.number
                        )
                    ).scalar()
                if (held or 0) >= device.seq:
                    return
                first = max(1, (held or 0) - 2)
                body = encode_segments([device.segment(first, min(first + step, device.seq))])
                answer = mine.ask("POST", "/v1/segments", device, body)
                if answer.status_code != 200:
                    said.append(answer.text)

    with (
        process(tmp_path / "hub", postgresql_url) as (_, one),
        process(tmp_path / "hub", postgresql_url, "--workers", "2") as (_, two),
    ):
        threads = [
            threading.Thread(target=send, args=(device, url, step))
            for device in devices
            for url, step in ((one, 7), (two, 11), (two, 5))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert said == []
    with hub.look() as ledger:
        for device in devices:
            rows = ledger.connection.execute(
                select(journal).where(journal.c.centre == device.centre, journal.c.device == 1).order_by(journal.c.seq)
            ).all()
            assert [bytes(row.body) for row in rows] == device.bodies
            assert [row.arrival for row in rows] == list(range(1, device.seq + 1))
        spread = ledger.connection.execute(
            text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass")
        ).scalar()
        used = [
            ledger.connection.execute(text(f"SELECT count(*) FROM journal_{number}")).scalar() for number in range(4)
        ]
    assert spread == 4 and sum(map(bool, used)) > 1


def test_a_killed_server_has_kept_all_that_it_acknowledged(hub: Hub, tmp_path: Path, postgresql_url: str) -> None:
    device = enrolled(hub)
    device.work(400)
    acknowledged = 0
    with process(tmp_path / "hub", postgresql_url) as (child, url):
        mine = online(hub, url)
        mine.greet(device)
        threading.Timer(0.3, child.kill).start()
        for first in range(1, device.seq, 4):
            try:
                body = encode_segments([device.segment(first, first + 3)])
                answer = mine.ask("POST", "/v1/segments", device, body)
            except httpx.HTTPError:
                break
            (receipt,) = decode_receipts(answer.content)
            acknowledged = receipt.seq
        mine.client.close()
        child.wait(timeout=30)
    with process(tmp_path / "hub", postgresql_url) as (_, url):
        mine = online(hub, url)
        (head,) = mine.greet(device).heads
        assert acknowledged <= head.seq and head.hash == device.hash(head.seq)
        mine.send(device, device.segment(head.seq + 1))
        mine.client.close()


def test_the_server_speaks_tls_itself(hub: Hub, tmp_path: Path, postgresql_url: str) -> None:
    today = datetime.now(UTC)
    file = certificate(tmp_path, name="127.0.0.1", first=today - timedelta(days=1), last=today + timedelta(days=1))
    words = ("--certificate", str(file), "--key", str(file))
    with process(tmp_path / "hub", postgresql_url, *words, verify=str(file)) as (_, url):
        assert url.startswith("https://")
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{url}/healthz")


def test_a_port_in_use_is_said_in_words(hub: Hub, tmp_path: Path, postgresql_url: str) -> None:
    from tests.cli.calls import call

    secrets = {"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_HUB_DATABASE": postgresql_url}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = call("--home", str(tmp_path / "hub"), "hub", "serve", "--port", port, **secrets)
        assert (found.exit_code, found.data["error"]) == (3, "hub.port_in_use")
        assert port in found.data["message"]
    for words, code, exit_code in (
        (["--host", "203.0.113.1"], "hub.port_in_use", 3),
        (["--port", "70000"], "hub.port_in_use", 3),
        (["--workers", "0"], "hub.bad_workers", 2),
        (["--certificate", "x"], "hub.certificate_and_key", 2),
    ):
        found = call("--home", str(tmp_path / "hub"), "hub", "serve", *words, **secrets)
        assert (found.exit_code, found.data["error"]) == (exit_code, code), words
    secrets["ZHIKAO_PASSPHRASE"] = "不对"
    found = call("--home", str(tmp_path / "hub"), "hub", "serve", **secrets)
    assert (found.exit_code, found.data["error"]) == (1, "hub.wrong_passphrase")


def test_partitions_are_for_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    from tests.rooms import refused

    for url, partitions in ((None, 4), (postgresql_url, 1), (postgresql_url, 10_000)):
        with refused("hub.bad_partitions"):
            make_hub(tmp_path / "other", "测试协会", PASSPHRASE, url, partitions)
    assert not (tmp_path / "other" / "hub.json").exists()
