"""Centres and the association's true server, which can be stopped, put back to yesterday and asked for everything."""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from sqlalchemy import func, select

from core.association.events import HUB
from core.exchange.enrolling import enrol_online
from core.exchange.outbox import waiting
from core.exchange.service import Outcome, exchange_once
from core.house import found_centre, may_travel, open_house
from core.hub import blobs
from core.hub.couriering import Reply, receive
from core.hub.custody import blob_names
from core.hub.database import FILE, Database
from core.hub.enrolling import make_code
from core.hub.hub import Hub, make_hub
from core.hub.keys import open_keys
from core.hub.ledger import Ledger, place_of
from core.hub.server import make_app
from core.hub.serving import KEEP_ALIVE_SECONDS
from core.hub.tables import blobs as blob_table
from core.hub.tables import heads, incidents, journal, parts, pieces, seals
from core.hub.understanding import understand
from core.hub.understood import applications, results
from core.people.pins import sign_in
from core.store import Read, Store
from core.store.blobs import blob_path
from core.store.events import decode_body, make_id
from tests.exchange.conftest import QuickPace
from tests.rooms import ADMIN_PIN, NAME, PASSPHRASE, STAGES, Centre

HUB_PASSPHRASE = "十月的协会"
START_SECONDS = 20.0


class HubAtWork:
    """The server in this process, on threads, over SQLite in its home or the database of a URL."""

    def __init__(self, home: Path, url: str | None = None) -> None:
        self.home, self.url_of_database = home, url
        self.port = 0
        self.hub = self._open()
        self.start()

    @staticmethod
    def found(home: Path, url: str | None = None) -> None:
        """Make the hub of a home."""
        make_hub(home, "测试协会", HUB_PASSPHRASE, url).close()

    @property
    def url(self) -> str:
        """Where it listens; the same after every restart."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen."""
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(make_app(self.hub), log_config=None, log_level="error", lifespan="on")
        config.timeout_graceful_shutdown = 1
        config.timeout_keep_alive = KEEP_ALIVE_SECONDS
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
        self._thread.start()
        until = time.monotonic() + START_SECONDS
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.005)

    def _serve(self, listening: socket.socket) -> None:
        with closing(listening):
            self._server.run([listening])

    def stop(self) -> None:
        """Listen no more, and let go of the database."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self.hub.close()

    def restart(self) -> None:
        """Stop and start again, from the very same home."""
        self.stop()
        self._begin_again()

    def keep_as(self, copy: Path) -> None:
        """A backup of the database (SQLite). Another SQLite's handle on it would break this one's locks."""
        self.stop()
        shutil.copy(self.home / FILE, copy)
        self._begin_again()

    def back_to(self, copy: Path) -> None:
        """Put a backup in the place of the database."""
        self.stop()
        shutil.copy(copy, self.home / FILE)
        self._begin_again()

    def courier(self, bundle: bytes) -> Reply:
        """Take a stick in."""
        return receive(self.hub, bundle)

    def _begin_again(self) -> None:
        self.hub = self._open()
        self.start()

    def _open(self) -> Hub:
        return Hub(open_keys(self.home, HUB_PASSPHRASE), Database(self.home, self.url_of_database))


@contextmanager
def at_work(home: Path, url: str | None = None) -> Iterator[HubAtWork]:
    """A hub that works while the block lasts."""
    found = HubAtWork(home, url)
    try:
        yield found
    finally:
        found.stop()


def placed_centre(home: Path, code: str) -> Centre:
    """One with a panel and candidates about to be marked; the store is open."""
    centre = small_centre(home, code)
    STAGES["placed"](centre)
    return centre


def small_centre(home: Path, code: str) -> Centre:
    """A centre of its own code with its people and a batch; the store is open."""
    store, _ = found_centre(home, code, NAME, ADMIN_PIN, PASSPHRASE)
    centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)})
    STAGES["staffed"](centre)
    return centre


def enrol(centre: Centre, hub: HubAtWork) -> None:
    """By a one-time code."""
    code = hub.hub.act(make_code, centre.store.centre, "", 14).text
    assert enrol_online(centre.store, centre.who("admin", "M1"), hub.url, code, QuickPace()).enrolled


def reopened(centre: Centre, home: Path) -> Centre:
    """The same people at a home that is opened (again, or as a copy)."""
    store = open_house(home, PASSPHRASE)
    return Centre(store, dict(centre.actors), centre.batch, list(centre.applications))


def sync(store: Store, url: str, pace: QuickPace | None = None, *, blobs: bool = True) -> Outcome:
    """One exchange, without waiting where it would wait."""
    return exchange_once(store, may_travel, pace or QuickPace(), address=url, blobs=blobs)


@dataclass(frozen=True)
class Sums:
    """Everything that both sides must agree on of one centre."""

    heads: dict[int, tuple[int, bytes]]
    """By device: the last entry and its hash."""
    parts: dict[int, bytes]
    """By entry: the digest of its part."""
    blobs: dict[str, bytes]
    """By name: the digest of the ciphertext."""
    hub: tuple[int, bytes]
    """The hub's own chain."""


def sums_here(store: Store) -> Sums:
    """What a centre has: of parts, those that may travel."""
    with store.read() as read:
        may = may_travel(read)
        own = {head.device: (head.seq, head.hash) for head in store.heads()}
        found = read.connection.exec_driver_sql(
            "SELECT j.device, j.seq, j.body, p.bytes FROM journal j JOIN parts p USING (device, seq) WHERE device > 0"
        ).all()
        found = [row for row in found if may(decode_body(row.body))]
        assert waiting(read, may).total == 0, waiting(read, may)
    going = {make_id(row.device, row.seq): hashlib.sha256(row.bytes).digest() for row in found}
    # A photo whose entry was never written, because somebody was killed between the two, is nobody's.
    names = {name for row in found for name in blob_names(row.bytes)}
    kept = {name.hex(): blob_path(store.home, name).read_bytes() for name in names}
    hub = own.pop(HUB, (0, b""))
    return Sums(own, going, {name: hashlib.sha256(data).digest() for name, data in kept.items()}, hub)


def sums_there(hub: Hub, centre: str) -> Sums:
    """What the hub has of a centre, decrypted and put together again."""
    with hub.look() as ledger:
        run = ledger.connection.execute
        chains = {row.device: (row.seq, bytes(row.hash)) for row in run(select(heads).where(heads.c.centre == centre))}
        here = parts.c.centre == centre
        going = {
            make_id(row.device, row.seq): hashlib.sha256(
                ledger.keys.open_part(bytes(row.bytes), place_of(centre, row.device, row.seq))
            ).digest()
            for row in run(select(parts).where(here, parts.c.device != HUB))
        }
        whole = run(select(blob_table.c.name).where(blob_table.c.centre == centre)).scalars().all()
        kept = {name: hashlib.sha256(blobs.content(ledger, centre, name) or b"").digest() for name in whole}
        _nothing_twice(ledger, centre, {device: seq for device, (seq, _) in chains.items() if device != HUB})
    own = chains.pop(HUB)
    return Sums(chains, going, kept, own)


def _nothing_twice(ledger: Ledger, centre: str, ends: dict[int, int]) -> None:
    """Every entry stands once, in one order, under one seal at the end; no piece of a photo is stored twice."""
    run = ledger.connection.execute
    mine = (journal.c.centre == centre) & (journal.c.device != HUB)
    arrivals = list(run(select(journal.c.arrival).where(mine).order_by(journal.c.arrival)).scalars())
    assert arrivals == list(range(1, sum(ends.values()) + 1))
    for device, end in ends.items():
        of_device = (journal.c.centre == centre) & (journal.c.device == device)
        counted = run(select(func.count(), func.max(journal.c.seq)).where(of_device)).one()
        assert tuple(counted) == (end, end)
        of_device = (seals.c.centre == centre) & (seals.c.device == device)
        assert run(select(func.max(seals.c.seq)).where(of_device)).scalar() == end
    for name, size in run(select(blob_table.c.name, blob_table.c.size).where(blob_table.c.centre == centre)):
        of_blob = (pieces.c.centre == centre) & (pieces.c.name == name)
        assert run(select(func.sum(func.length(pieces.c.bytes))).where(of_blob)).scalar() == size


def troubles(hub: Hub, centre: str) -> set[tuple[str, int]]:
    """(kind, device) of every incident of a centre that is open."""
    with hub.look() as ledger:
        mine = (incidents.c.centre == centre) & incidents.c.settled_at.is_(None)
        return {
            (row.kind, row.device)
            for row in ledger.connection.execute(select(incidents.c.kind, incidents.c.device).where(mine))
        }


def equal(store: Store, hub: Hub) -> None:
    """Both sides have the same of everything, each of it once; and the hub has understood it."""
    code = store.centre
    assert sums_there(hub, code) == sums_here(store)
    while hub.act(understand, code):
        pass
    with hub.look() as ledger, store.read() as read:
        for kind, table in (("application.entered", applications), ("result.settled", results)):
            count = select(func.count()).select_from(table).where(table.c.centre == code)
            assert ledger.connection.execute(count).scalar_one() == _subjects(read, kind), kind
    assert {kind for kind, _ in troubles(hub, code)} <= {"hub_behind"}


def _subjects(read: Read, kind: str) -> int:
    """How many things a kind of entry is about: applications entered, applications settled."""
    bodies = [
        decode_body(row.body)
        for row in read.connection.exec_driver_sql("SELECT body FROM journal WHERE device > 0").all()
    ]
    mine = [body for body in bodies if body.kind == kind]
    if kind == "application.entered":
        return len(mine)
    return len({body.fields for body in mine})
