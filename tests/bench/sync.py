"""How dear and how quick the exchange is: bytes on the wire, time over a bad line, entries that a hub takes.

    python -m tests.bench.sync [bytes] [line] [hub]

Bytes are those of TCP's payload through a counting relay, HTTP included, both ways. The line is 30 kbit/s and 600 ms
there and back, run faster by SCALE with the centre's clock; TLS is not in it. The hub's database is PostgreSQL with
fsync, the devices are processes of their own; the machine's cores are shared by all of them.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import httpx

from core.exchange import round as rounds
from core.exchange.service import exchange_once
from core.hub import acts
from core.hub.hub import make_hub, open_hub
from core.paths import PROGRAM
from core.results.events import ComponentOutcome, ResultSettled
from core.scoring.events import SheetSigned
from core.scoring.sheets import Mark
from core.store import THE_PROGRAM, Store, Write
from core.store.segments import encode_segments
from tests.exchange.conftest import QuickPace
from tests.faults.line import Line
from tests.faults.sync_world import HUB_PASSPHRASE, HubAtWork, at_work, enrol, small_centre
from tests.hub.cluster import cluster, fresh_database
from tests.hub.devices import Device
from tests.rooms import CODE, cheap_keys

ITEMS = [f"item_{number:02d}" for number in range(20)]
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
REQUEST_LINE, ANSWER = 26, 120
"""Bytes of a peer's request line, and of an answer that says no more than that it is well."""


def sheet(chance: random.Random, number: int) -> tuple[SheetSigned, SheetSigned.Part]:
    """A signed sheet of 20 marks, as an examiner's keys and a plan make it."""
    marks = []
    for item in ITEMS:
        points = chance.randrange(0, 11) * 50
        marks.append(Mark(item, [points // 50], points))
    event = SheetSigned(
        application=(1 << 40) + 100 + number // 3,
        panel=(1 << 40) + 50,
        exercise="live",
        examiner=(1 << 40) + 10 + number % 3,
        plan=b"\x07" * 32,
        key=bytes([number % 3]) * 32,
        signature=chance.randbytes(64),
    )
    return event, SheetSigned.Part(marks, [], "", [])


def as_json(found: list[tuple[SheetSigned, SheetSigned.Part]], chained: bool) -> bytes:
    """The same content, as a program that signs JSON would send it: one document for each upload, gzipped.

    `chained`: with the salt and the digest that let a part be deleted and the rest still be proved, as ours has them.
    """
    proof = random.Random(len(found))
    lines = [
        {
            "seq": number,
            "at": 1_790_000_000_000 + 1000 * number,
            "actor": event.examiner,
            "batch": 7,
            "kind": "sheet.signed",
            "application": event.application,
            "panel": event.panel,
            "exercise": event.exercise,
            "examiner": event.examiner,
            "plan": text(event.plan),
            "key": text(event.key),
            "signature": text(event.signature),
            "marks": {mark.item: {"values": mark.values, "points": mark.points} for mark in part.marks},
            "deductions": [],
            "remark": "",
            **({"salt": text(proof.randbytes(16)), "digest": text(proof.randbytes(32))} if chained else {}),
        }
        for number, (event, part) in enumerate(found)
    ]
    return gzip.compress(json.dumps(lines, separators=(",", ":")).encode(), 9)


def text(data: bytes) -> str:
    """Bytes as JSON has them."""
    return b64encode(data).decode()


def peer(sheets: list[tuple[SheetSigned, SheetSigned.Part]], size: int, chained: bool) -> float:
    """Bytes of a sheet that goes as JSON, HTTP included."""
    total = 0
    for start in range(0, SHEETS, size):
        content = as_json(sheets[start : start + size], chained)
        request = httpx.Request("POST", "http://127.0.0.1/v1/sheets", content=content)
        total += len(content) + REQUEST_LINE + ANSWER + sum(len(k) + len(v) + 4 for k, v in request.headers.raw)
    return total / SHEETS


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


def bench_bytes() -> None:
    chance = random.Random(5)
    sheets = [sheet(chance, number) for number in range(SHEETS)]

    def record(write: Write, some: list[tuple[SheetSigned, SheetSigned.Part]]) -> None:
        for event, part in some:
            write.record(event, part, batch=7)

    first, most = rounds.FIRST_LIMIT, rounds.LARGEST_LIMIT
    print(f"bytes of a signed sheet of {len(ITEMS)} marks on the wire, HTTP and greeting included, by batch size")
    for size in (16, 64, 256, 1024):
        with tempfile.TemporaryDirectory() as folder, joined(Path(folder)) as (store, hub):
            for start in range(0, SHEETS, size):
                store.write(THE_PROGRAM, record, sheets[start : start + size])
            rounds.FIRST_LIMIT = rounds.LARGEST_LIMIT = size
            with Line(hub.port) as line:
                exchange_once(store, everything, QuickPace(), address=line.url)
                ours = (line.up + line.down) / SHEETS
        alone, chained = peer(sheets, size, False), peer(sheets, size, True)
        print(
            f"{size:6}: {ours:6.1f} bytes; gzipped JSON with signature, salt and digest {chained:6.1f}, ratio", end=" "
        )
        print(f"{ours / chained:.2f}; with the signature alone {alone:6.1f}, ratio {ours / alone:.2f}", end="")
        print(" (goals 180 bytes, 0.85)" if size == 256 else "")
    rounds.FIRST_LIMIT, rounds.LARGEST_LIMIT = first, most


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

    with tempfile.TemporaryDirectory() as folder, joined(Path(folder)) as (store, hub):
        for start in range(0, RESULTS, 250):
            store.write(THE_PROGRAM, record, start)
        with Line(hub.port, RATE * SCALE, ROUND_TRIP / 2 / SCALE) as line:
            began = time.monotonic()
            outcome = exchange_once(store, everything, ScaledPace(), address=line.url)
            took = (time.monotonic() - began) * SCALE
            moved = max(line.up, line.down)
        assert outcome.waiting.total == 0
    needed = moved / RATE
    print(
        f"{RESULTS:,} results over 30 kbit/s and 600 ms: {took:.0f} s for {moved:,} bytes, which need {needed:.0f} s,"
    )
    print(f"        ratio {took / needed:.2f} (goal 1.3); line and clock {SCALE:g} times as fast")


def bench_hub() -> None:
    print(f"entries a second that a hub on PostgreSQL takes, {CENTRES} devices at once, uploads of {UPLOAD:,}")
    with cluster() as postgres, cheap_keys():
        copied = copy_rate(fresh_database(postgres), 1)
        copied_by_all = copy_rate(fresh_database(postgres), CENTRES)
        print(f"  COPY of the same rows: {copied:,.0f} on one connection, {copied_by_all:,.0f} on {CENTRES}")
        for processes in (1, 2, 4):
            rate = hub_rate(fresh_database(postgres), processes)
            goal = " (goal 3,000)" if processes == 1 else ""
            print(f"  {processes} of the hub: {rate:,.0f}{goal}, COPY is {copied_by_all / rate:.1f} times as fast")


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


def hub_rate(url: str, processes: int) -> float:
    """What a hub of so many processes takes over HTTP."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "hub", url, processes) as address:
        devices = []
        with open_hub(Path(folder) / "hub", HUB_PASSPHRASE, url) as hub:
            for number in range(CENTRES):
                device = written(number)
                hub.act(acts.admit, device.request())
                devices.append(device)
        ready = [packed(device) for device in devices]
        with get_context("fork").Pool(CENTRES) as pool:
            pool.map(abs, range(CENTRES))
            began = time.monotonic()
            pool.starmap(send, [(address, *one) for one in ready])
            took = time.monotonic() - began
    return CENTRES * ENTRIES / took


def packed(device: Device) -> tuple[bytes, list[bytes]]:
    """A greeting, and the uploads."""
    starts = range(1, ENTRIES + 1, UPLOAD)
    return device.hello(), [encode_segments([device.segment(first, first + UPLOAD - 1)]) for first in starts]


def send(address: str, hello: bytes, uploads: list[bytes]) -> None:
    """All of a device, one after the other."""
    from core.association.wire import decode_welcome

    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        token = decode_welcome(client.post("/v1/hello", content=hello).content).token
        for body in uploads:
            answer = client.post("/v1/segments", content=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text


@contextmanager
def served(home: Path, url: str, processes: int) -> Iterator[str]:
    """`hub serve` as people start it; its address."""
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
            yield address
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


BENCHES = {"bytes": bench_bytes, "line": bench_line, "hub": bench_hub}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
