"""How fast the journal is, against what its work costs by itself: run as a script, prints ratios.

python -m tests.bench.store [entries]
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Actor, Actors, Derived, Entry, Event, EventPart, Store, Tables, Write, applies, chain, event
from core.store.chain import make_seal, public_bytes
from core.store.engine import connect, make_engine
from core.store.replay import make_derived, replay
from core.store.verify import verify
from tests.store import room

SIGNER = Actors(Actor(1, "first", frozenset()))
SHEETS = 400


class Mark(Derived):
    __tablename__ = "bench_sheets"
    id: Mapped[int] = mapped_column(primary_key=True)
    candidate: Mapped[int]
    exercise: Mapped[str]
    marks: Mapped[bytes | None]
    signature: Mapped[bytes]


@event("bench.sheet_signed")
class SheetSigned(Event, frozen=True):
    candidate: int
    exercise: str
    signature: bytes

    class Part(EventPart, frozen=True):
        marks: list[tuple[str, int]]


@applies(SheetSigned)
def _signed(tables: Tables, entry: Entry, event: SheetSigned, part: SheetSigned.Part | None) -> None:
    marks = msgspec.msgpack.encode(part.marks) if part else None
    tables.insert(
        Mark,
        id=entry.id,
        candidate=event.candidate,
        exercise=event.exercise,
        marks=marks,
        signature=event.signature,
    )


PART = SheetSigned.Part([(f"3.{n}.1", n * 10) for n in range(50)])


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], times: int = 3) -> float:
    return statistics.median(timed(work) for _ in range(times))


def main(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder, room.found(Path(folder) / "home") as store:
        took = timed(lambda: store.write(SIGNER, room.many, entries))
        print(f"recording in one transaction: {entries / took:,.0f} entries/s")
        bench_verify(store, entries)
        bench_replay(store, entries)
        bench_sheet(store, Path(folder))


def bench_verify(store: Store, entries: int) -> None:
    with store.read() as read:
        rows = read.connection.exec_driver_sql("SELECT seq, body, hash FROM journal ORDER BY seq").all()
        parts = [row.bytes for row in read.connection.exec_driver_sql("SELECT bytes FROM parts")]
        seals = read.connection.exec_driver_sql("SELECT seq, signature FROM seals").all()
        key = public_bytes(store._own.key)

        def bare() -> None:
            previous = chain.genesis(store.centre, key)
            for _, body, _ in rows:
                previous = hashlib.sha256(previous + body).digest()
            for part in parts:
                hashlib.sha256(part).digest()
            for seq, signature in seals:
                chain.seal_holds(key, signature, store.device, seq, rows[seq - 1].hash)

        pages = timed(lambda: read.connection.exec_driver_sql("PRAGMA cipher_integrity_check").all())
        whole = median(lambda: verify(read.connection, store.centre, store.device)) - pages
        alone = median(bare)
    print(
        f"verify: {entries:,} entries in {whole:.2f} s (page check apart: {pages:.2f} s), hashing and verifying alone"
    )
    print(f"        {alone:.2f} s, ratio {whole / alone:.2f} (goal 2, and 1 s for 100,000)")


def bench_replay(store: Store, entries: int) -> None:
    with store.read() as read:

        def again() -> None:
            with make_engine(":memory:", None, writing=True).connect() as fresh:
                make_derived(fresh)
                replay(read.connection, store.device, fresh)

        rows = [tuple(row) for row in room.things(read)]

        def bulk() -> None:
            with make_engine(":memory:", None, writing=True).connect() as fresh:
                make_derived(fresh)
                fresh.exec_driver_sql("INSERT INTO test_things VALUES (?, ?, ?, ?, ?)", rows)

        whole, alone = median(again), median(bulk)
    print(f"replay: {entries / whole:,.0f} entries/s, executemany of the same rows {entries / alone:,.0f} rows/s,")
    print(f"        ratio {whole / alone:.2f} (goal 4, and 20,000 entries/s)")


def bench_sheet(store: Store, folder: Path) -> None:
    def command(write: Write, number: int) -> None:
        signature = make_seal(store._own.key, 1, number, bytes(32))
        write.record(SheetSigned(number, "live", signature), PART, batch=1)

    raw = connect(folder / "bare.db", store.key)
    raw.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")

    def commit(number: int) -> None:
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT INTO t VALUES (?, ?)", (number, bytes(700)))
        raw.execute("COMMIT")

    # One of each in turn, so that both meet the same moments of the machine.
    sheets, commits = [], []
    for number in range(1, SHEETS):
        sheets.append(timed(lambda number=number: store.write(SIGNER, command, number)))  # type: ignore[misc]
        commits.append(timed(lambda number=number: commit(number)))  # type: ignore[misc]
    raw.close()
    sheet, bare = sorted(sheets), sorted(commits)
    p99 = sheet[len(sheet) * 99 // 100] - bare[len(bare) * 99 // 100]
    ratio = statistics.median(sheet) / statistics.median(bare)
    print(f"sealing a sheet of 50 marks: median {statistics.median(sheet) * 1e3:.2f} ms, bare commit")
    print(f"        {statistics.median(bare) * 1e3:.2f} ms, ratio {ratio:.2f} (goal 5); p99 beyond a commit's")
    print(f"        {p99 * 1e3:.1f} ms (goal 20)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
