"""How dear and how quick the exchange is: bytes on the wire, time over a bad line, entries that a hub takes.

    python -m tests.bench.sync [bytes] [line] [hub]

Bytes are those of TCP's payload through a counting relay, HTTP included, both ways. The line is 30 kbit/s and 600 ms
there and back, run faster by SCALE with the centre's clock, without TLS and with it, its greeting included. The hub's
database is PostgreSQL with fsync, the devices are processes of their own; the machine's cores are shared by all of
them, so the work that an entry costs each of them is told too: what all cores together can carry follows from it.
"""

from __future__ import annotations

import datetime
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import httpx
import uvicorn

from core.association.compact import encode_compact
from core.exchange import round as rounds
from core.exchange.service import exchange_once
from core.hub import acts
from core.hub.hub import make_hub, open_hub
from core.hub.server import make_app
from core.hub.serving import KEEP_ALIVE_SECONDS
from core.paths import PROGRAM
from core.results.events import ComponentOutcome, ResultSettled
from core.store import THE_PROGRAM, Store, Write
from tests.bench.sheets import ITEMS, PROOFS, Sheet, peer, sheet
from tests.exchange.conftest import QuickPace
from tests.exchange.test_link import certificate
from tests.faults.line import Line
from tests.faults.sync_world import HUB_PASSPHRASE, HubAtWork, at_work, enrol, small_centre
from tests.hub.cluster import cluster, fresh_database
from tests.hub.devices import Device
from tests.rooms import CODE, cheap_keys

SHEETS = 2048
RESULTS = 10_000
RATE = 30_000 / 8
ROUND_TRIP = 0.6
SCALE = float(os.environ.get("SCALE", "6"))
"""So many times faster than the true line; 1 is the true one, which takes minutes."""
CENTRES = 4
ENTRIES = 12_288
"""Of each centre, in uploads of 1,024."""
UPLOAD = 1024


@contextmanager
def joined(folder: Path) -> Iterator[tuple[Store, HubAtWork]]:
    """A centre and a hub that know each other."""
    with cheap_keys():
        HubAtWork.found(folder / "hub")
        with at_work(folder / "hub") as hub:
            centre = small_centre(folder / "home", CODE)
            with centre.store:
                enrol(centre, hub)
                exchange_once(centre.store, everything, QuickPace(), address=hub.url)
                yield centre.store, hub


def everything(_: object) -> Callable[[object], bool]:
    """As after unsealing: every part may go."""
    return lambda body: True


def nothing(_: object) -> Callable[[object], bool]:
    """As before unsealing: no part may go."""
    return lambda body: False


def bench_bytes() -> None:
    chance = random.Random(5)
    sheets = [sheet(chance, number) for number in range(SHEETS)]

    def record(write: Write, some: list[Sheet]) -> None:
        for event, part in some:
            write.record(event, part, batch=7)

    usual = rounds.FIRST_LIMIT, rounds.LARGEST_LIMIT
    print(f"bytes of a signed sheet of {len(ITEMS)} marks on the wire, HTTP and greeting included, by batch size")
    for size in (16, 64, 256, 1024):
        with tempfile.TemporaryDirectory() as folder, joined(Path(folder)) as (store, hub):
            for start in range(0, SHEETS, size):
                store.write(THE_PROGRAM, record, sheets[start : start + size])
            rounds.FIRST_LIMIT = rounds.LARGEST_LIMIT = size
            ours = carried(store, hub, everything)
        print(f"{size:6}: {ours:6.1f} bytes", "(goals 180 bytes, 0.85)" if size == 256 else "")
        for what, proof_bytes in PROOFS.items():
            theirs = peer(sheets, size, proof_bytes)
            print(f"        gzipped JSON with {what} {theirs:.1f}, ratio {ours / theirs:.2f}")
    rounds.FIRST_LIMIT = rounds.LARGEST_LIMIT = 256
    with tempfile.TemporaryDirectory() as folder, joined(Path(folder)) as (store, hub):
        for start in range(0, SHEETS, 256):
            store.write(THE_PROGRAM, record, sheets[start : start + 256])
        first, late = carried(store, hub, nothing), carried(store, hub, everything)
    print(f"   256: {first + late:6.1f} bytes in two goes: {first:.1f} before unsealing, {late:.1f} after it")
    rounds.FIRST_LIMIT, rounds.LARGEST_LIMIT = usual


def carried(store: Store, hub: HubAtWork, may: Callable[[object], Callable[[object], bool]]) -> float:
    """Bytes of a sheet in one exchange, both ways."""
    with Line(hub.port) as line:
        exchange_once(store, may, QuickPace(), address=line.url)
        return (line.up + line.down) / SHEETS


class ScaledPace(QuickPace):
    """The clock of a centre whose line runs faster by SCALE."""

    def seconds(self) -> float:
        return time.monotonic() * SCALE


def bench_line() -> None:
    chance = random.Random(6)

    def record(write: Write, start: int) -> None:
        for number in range(start, start + 250):
            outcomes = [
                ComponentOutcome(name, "scored", chance.randrange(4000, 10_001), 3, 10_000, 6000, True)
                for name in ("knowledge", "skill")
            ]
            write.record(ResultSettled((1 << 40) + 500 + number, 7), ResultSettled.Part(outcomes, True), batch=7)

    print(f"{RESULTS:,} results over 30 kbit/s and 600 ms; line and clock {SCALE:g} times as fast")
    for protocol in ("http", "https"):
        with tempfile.TemporaryDirectory() as folder, joined(Path(folder)) as (store, hub):
            for start in range(0, RESULTS, 250):
                store.write(THE_PROGRAM, record, start)
            with secured(hub, Path(folder)) as port, slow(hub.port if protocol == "http" else port) as line:
                address = line.url.replace("http", protocol, 1)
                began = time.monotonic()
                outcome = exchange_once(store, everything, ScaledPace(), address=address)
                took = (time.monotonic() - began) * SCALE
                moved = max(line.up, line.down)
            assert outcome.waiting.total == 0
        needed = moved / RATE
        print(f"{protocol:>7}: {took:.0f} s for {moved:,} bytes, which need {needed:.0f} s,", end=" ")
        print(f"ratio {took / needed:.2f} (goal 1.3)")


def slow(port: int) -> Line:
    """The bad line."""
    return Line(port, RATE * SCALE, ROUND_TRIP / 2 / SCALE)


@contextmanager
def secured(hub: HubAtWork, folder: Path) -> Iterator[int]:
    """A second port of the hub, which speaks TLS with a certificate that this process trusts."""
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    file = certificate(folder, name="127.0.0.1", first=now - day, last=now + day)
    config = uvicorn.Config(make_app(hub.hub), log_config=None, log_level="error", ssl_certfile=file)
    config.timeout_keep_alive = KEEP_ALIVE_SECONDS
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        os.environ["SSL_CERT_FILE"] = str(file)
        try:
            while not server.started:
                time.sleep(0.01)
            yield listening.getsockname()[1]
        finally:
            del os.environ["SSL_CERT_FILE"]
            server.should_exit = True
            thread.join()


def bench_hub() -> None:
    print(f"entries a second that a hub on PostgreSQL takes, {CENTRES} devices at once, uploads of {UPLOAD:,}")
    with cluster() as postgres, cheap_keys():
        copied = copy_rate(fresh_database(postgres), 1)
        copied_by_all = copy_rate(fresh_database(postgres), CENTRES)
        print(f"  COPY of the same rows: {copied:,.0f} on one connection, {copied_by_all:,.0f} on {CENTRES}")
        for processes in (1, 2, 4):
            rate, work = hub_rate(fresh_database(postgres), processes, postgres)
            goal = " (goal 3,000)" if processes == 1 else ""
            print(
                f"  {processes} of the hub: {rate:,.0f}{goal}, COPY is {copied_by_all / rate:.1f} times as fast;",
                end="",
            )
            told = ", ".join(f"{who} {each * 1e6:.0f} µs" for who, each in work.items())
            carry = (os.cpu_count() or 1) / sum(work.values())
            print(f" work of an entry: {told}: {os.cpu_count()} cores carry {carry:,.0f}")


def written(number: int) -> Device:
    """A device of a centre of its own, with entries that have parts of a sheet's size."""
    chance = random.Random(number)
    device = Device(f"{910_000 + number}", 1)
    for at in range(ENTRIES):
        device.write(*sheet(chance, at))
    return device


def copy_rate(url: str, connections: int) -> float:
    """What the database itself takes of these rows: journal and parts, each upload a transaction."""
    import psycopg

    found = [written(number) for number in range(connections)]
    with psycopg.connect(url) as made:
        for statement in (
            "CREATE TABLE journal (centre varchar(6), device bigint, seq bigint, body bytea, hash bytea,"
            " arrival bigint, PRIMARY KEY (centre, device, seq))",
            "CREATE INDEX by_arrival ON journal (centre, arrival)",
            "CREATE TABLE parts (centre varchar(6), device bigint, seq bigint, bytes bytea,"
            " PRIMARY KEY (centre, device, seq))",
        ):
            made.execute(statement.encode())
    rows = [(url, one.centre, one.bodies, one.hashes, [one.parts[seq] for seq in sorted(one.parts)]) for one in found]
    with get_context("fork").Pool(connections) as pool:
        pool.map(abs, range(connections))
        began = time.monotonic()
        pool.starmap(copy_one, rows)
        took = time.monotonic() - began
    return connections * ENTRIES / took


def copy_one(url: str, centre: str, bodies: list[bytes], hashes: list[bytes], parts: list[bytes]) -> None:
    """All rows of a device."""
    import psycopg

    with psycopg.connect(url) as connection:
        for start in range(0, ENTRIES, UPLOAD):
            rows = range(start, start + UPLOAD)
            with connection.cursor().copy("COPY journal FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["varchar", "int8", "int8", "bytea", "bytea", "int8"])
                for at in rows:
                    copy.write_row((centre, 1, at + 1, bodies[at], hashes[at], at + 1))
            with connection.cursor().copy("COPY parts FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["varchar", "int8", "int8", "bytea"])
                for at in rows:
                    copy.write_row((centre, 1, at + 1, parts[at]))
            connection.commit()


def spent(process: int) -> float:
    """Seconds of work that a process and all that it started have done (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(spent(int(each)) for each in started)


def hub_rate(url: str, processes: int, postgres: Path) -> tuple[float, dict[str, float]]:
    """What a hub of so many processes takes over HTTP, and the work that each side has with an entry (seconds)."""
    database = int((postgres / "data" / "postmaster.pid").read_text().split()[0])
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "hub", url, processes) as (address, server):
        devices = []
        with open_hub(Path(folder) / "hub", HUB_PASSPHRASE, url) as hub:
            for number in range(CENTRES):
                device = written(number)
                hub.act(acts.admit, device.request())
                devices.append(device)
        ready = [packed(device) for device in devices]
        with get_context("fork").Pool(CENTRES) as pool:
            pool.map(abs, range(CENTRES))
            sides = {"hub": server, "PostgreSQL": database}
            before = {who: spent(process) for who, process in sides.items()}
            began = time.monotonic()
            sending = sum(pool.starmap(send, [(address, *one) for one in ready]))
            took = time.monotonic() - began
            work = {who: spent(process) - before[who] for who, process in sides.items()} | {"senders": sending}
    return CENTRES * ENTRIES / took, {who: each / CENTRES / ENTRIES for who, each in work.items()}


def packed(device: Device) -> tuple[bytes, list[bytes]]:
    """A greeting, and the uploads."""
    starts = range(1, ENTRIES + 1, UPLOAD)
    return device.hello(), [encode_compact([device.segment(first, first + UPLOAD - 1)]) for first in starts]


def send(address: str, hello: bytes, uploads: list[bytes]) -> float:
    """All of a device, one after the other; the seconds of work."""
    from core.association.wire import decode_welcome

    began = time.process_time()
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        token = decode_welcome(client.post("/v1/hello", content=hello).content).token
        for body in uploads:
            answer = client.post("/v1/segments", content=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
    return time.process_time() - began


@contextmanager
def served(home: Path, url: str, processes: int) -> Iterator[tuple[str, int]]:
    """`hub serve` as people start it; its address and its process."""
    make_hub(home, "测试协会", HUB_PASSPHRASE, url).close()
    words = [sys.executable, str(PROGRAM / "main.py"), "--home", str(home), "hub", "serve", "--port", "0"]
    environment = {**os.environ, "ZHIKAO_PASSPHRASE": HUB_PASSPHRASE, "ZHIKAO_HUB_DATABASE": url, "ZHIKAO_LANG": "en"}
    with subprocess.Popen(
        [*words, "--workers", str(processes)],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stderr is not None
        address = ""
        while not address:
            line = running.stderr.readline()
            assert line, "the hub did not start"
            address = next((word.strip("，,.;；") for word in line.split() if word.startswith("http")), "")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{address}/healthz", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        try:
            yield address, running.pid
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


BENCHES = {"bytes": bench_bytes, "line": bench_line, "hub": bench_hub}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
