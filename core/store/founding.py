"""Making a store: founding a centre, joining one as another device, going on from a backup."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert

from core.errors import EnvironmentFailure, Refused
from core.store import chain
from core.store import keys as store_keys
from core.store.actors import THE_PROGRAM
from core.store.basics import CentreFounded, DeviceJoined, DeviceRestored
from core.store.engine import STORE_FORMAT, check_sqlite, explained, make_engine
from core.store.events import DEVICE_BITS, Event
from core.store.files import explained_os, flush_folder
from core.store.journal import Head, Own, Write
from core.store.keys import STORE_FILE
from core.store.replay import make_derived, own_chain, rebuild
from core.store.segments import Segment, take_in, trusted_predecessors
from core.store.standing import (
    NEW_FILE,
    hold,
    put_made_with,
    put_meta,
    read_head,
    read_meta,
    sweep,
    take_local_steps,
)
from core.store.store import Store
from core.store.tables import JOURNAL_TABLES, LOCAL_STEPS, Local, Secret
from core.store.verify import HeadAt

FOUNDING_DEVICE = 1
LARGEST_DEVICE = 1 << DEVICE_BITS
LONGEST_NAME = 60
_HUB_FILE = "hub.json"
"""The keys of an association's hub: the folder that holds them is no home for a centre."""

_CODE = re.compile(r"[0-9]{6}")


def found(
    home: Path, code: str, name: str, passphrase: str | None, begin: Callable[[Write], None] | None = None
) -> tuple[Store, str]:
    """Make the store of a new centre and open it; with it the recovery code, which is shown once.

    `begin` records what a centre can't be without (its first account) in the founding transaction. A home that has a
    store already, a code that is not six digits, an empty name: refused.
    """
    check_centre(code, name)
    device_key, issuer_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    first = CentreFounded(code, name.strip(), chain.public_bytes(device_key), chain.public_bytes(issuer_key))
    return _make(home, code, FOUNDING_DEVICE, device_key, issuer_key, first, passphrase, begin)


def join(home: Path, segments: Sequence[Segment], passphrase: str | None) -> tuple[Store, str]:
    """Make a store for another device of the centre whose host wrote `segments`; the key of the last is trusted.

    The host's entries are taken in at once. Nothing is left behind where they do not hold. None at all: refused.
    """
    if not segments:
        raise Refused("segment.empty")
    host = segments[-1]
    check_centre(host.centre, host.centre)
    device_key, issuer_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    first = DeviceJoined(host.centre, "", chain.public_bytes(device_key), host.device, host.key)
    number = new_device_number({segment.device for segment in segments})

    def begin(write: Write) -> None:
        for admitted in trusted_predecessors(segments):
            write.record(admitted)
        for segment in segments:
            take_in(write, segment)

    return _make(home, host.centre, number, device_key, issuer_key, first, passphrase, begin)


def new_device_number(used: set[int]) -> int:
    """An unused random device number; 0 is the hub and 1 the founding machine."""
    while True:
        number = 2 + secrets.randbelow(LARGEST_DEVICE - 2)
        if number not in used:
            return number


def check_centre(code: str, name: str) -> None:
    """Refuse a centre code that is not six digits and a name that is empty or too long to print."""
    if not _CODE.fullmatch(code):
        raise Refused("centre.bad_code", given=code[:20])
    if not name.strip() or len(name.strip()) > LONGEST_NAME or any(ord(c) < 32 for c in name):
        raise Refused("centre.bad_name", longest=LONGEST_NAME)


def refuse_in_use(home: Path) -> None:
    """Refuse a home that has a store, or a store's log that has lost its store, or a hub."""
    if any((home / taken).exists() for taken in (STORE_FILE, STORE_FILE + "-wal", _HUB_FILE)):
        raise Refused("centre.home_in_use", home=str(home))


def empty_home(home: Path) -> None:
    """Make the home folder, or refuse one that is in use."""
    refuse_in_use(home)
    with explained_os(home):
        home.mkdir(parents=True, exist_ok=True)
        if os.name != "nt":
            home.chmod(0o700)


def _make(
    home: Path,
    centre: str,
    device: int,
    device_key: Ed25519PrivateKey,
    issuer_key: Ed25519PrivateKey,
    first: Event,
    passphrase: str | None,
    begin: Callable[[Write], None] | None = None,
) -> tuple[Store, str]:
    check_sqlite()
    empty_home(home)
    lock = hold(home)
    try:
        refuse_in_use(home)  # asked again under the lock: another program may have been founding here just now
        sweep(home)
        store_key, recovery_code = secrets.token_bytes(store_keys.KEY_BYTES), store_keys.new_recovery_code()

        def fill(connection: Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA user_version = {STORE_FORMAT}")
            for statement in JOURNAL_TABLES:
                connection.exec_driver_sql(statement)
            make_derived(connection)
            Local.metadata.create_all(connection)
            take_local_steps(connection, len(LOCAL_STEPS))
            own = Own(device, device_key, centre, home)
            head = Head(0, chain.genesis(centre, chain.public_bytes(device_key)), 0, 0)
            begin_device(connection, own, issuer_key, head, first, begin)

        fill_new_file(home, store_key, fill)
        store_keys.make_keys(home, centre, store_key, recovery_code, passphrase)
        put_in_place(home)
        return Store(home, store_key, lock), recovery_code
    except BaseException:
        sweep(home)
        lock.release()
        raise


def begin_device(
    connection: Connection,
    own: Own,
    issuer_key: Ed25519PrivateKey,
    head: Head,
    first: Event,
    begin: Callable[[Write], None] | None = None,
) -> None:
    """Record a device's first entry and keep what makes it this machine's."""
    write = Write(connection, own, head, THE_PROGRAM)
    write.record(first)
    if begin is not None:
        begin(write)
    write.finish()
    put_meta(connection, "device", str(own.device).encode())
    put_meta(connection, "centre", own.centre.encode())
    put_made_with(connection)
    for name, key in (("device", own.key), ("issuer", issuer_key)):
        connection.execute(insert(Secret).values(name=name, bytes=key.private_bytes_raw()))


def fill_new_file(home: Path, store_key: bytes, fill: Callable[[Connection], None]) -> None:
    """Fill the store file that is being made in one transaction, and have all of it on the disk and in the one file."""
    engine = make_engine(home / NEW_FILE, store_key, writing=True)
    try:
        with explained(home):
            with engine.begin() as connection:
                fill(connection)
            with engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                # Closing would do this too, but says nothing where the disk is full.
                (busy, _, _) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if busy:
                    raise EnvironmentFailure("store.in_use")
    finally:
        engine.dispose()


def put_in_place(home: Path) -> None:
    """Give the store file that was made its name. From here on the home has a store."""
    with explained_os(home / STORE_FILE):
        (home / NEW_FILE).replace(home / STORE_FILE)
        flush_folder(home)


def go_on_from(home: Path, store_key: bytes, old_device: int, begin: Callable[[Write], None] | None = None) -> HeadAt:
    """Make the store file that is being made in `home` (a backup's copy) a new device that goes on from the old chain.

    The answer is where the old chain ended.
    """
    device_key, issuer_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    ended: list[HeadAt] = []

    def fill(connection: Connection) -> None:
        Local.metadata.create_all(connection)
        meta = read_meta(connection)
        take_local_steps(connection, int(meta["local_steps"]))
        rebuild(connection, old_device, frozenset(json.loads(meta["derived_tables"])))
        old = read_head(connection, old_device)
        used = {row[0] for row in connection.exec_driver_sql("SELECT id FROM devices")}
        number = new_device_number(used | {one for one, _ in own_chain(connection, old_device)})
        public = chain.public_bytes(device_key)
        first = DeviceRestored(old_device, old.seq, old.hash, public, chain.public_bytes(issuer_key))
        centre = meta["centre"].decode()
        head = Head(0, chain.genesis(centre, public), old.arrival, old.at)
        begin_device(connection, Own(number, device_key, centre, home), issuer_key, head, first, begin)
        ended.append(HeadAt(old_device, old.seq, old.hash))

    fill_new_file(home, store_key, fill)
    return ended[0]
