"""Making a store: founding a centre, joining one as another device, going on from a backup."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert

from core.errors import EnvironmentFailure, Refused
from core.store import chain
from core.store import keys as store_keys
from core.store.actors import THE_PROGRAM
from core.store.basics import CentreFounded, DeviceJoined, DeviceRestored
from core.store.engine import STORE_FORMAT, check_sqlite, explained, make_engine
from core.store.events import Event
from core.store.journal import Head, Own, Write
from core.store.replay import make_derived, own_chain, rebuild
from core.store.segments import Segment
from core.store.store import STORE_FILE, Store, hold, put_meta, read_head
from core.store.tables import JOURNAL_TABLES, Local, Secret, derived_fingerprint
from core.store.verify import HeadAt

FOUNDING_DEVICE = 1
LARGEST_DEVICE = 1 << 22
LONGEST_NAME = 60
_CODE = re.compile(r"[0-9]{6}")


def found(home: Path, code: str, name: str, passphrase: str | None) -> tuple[Store, str]:
    """Make the store of a new centre and open it; with it the recovery code, which is shown once.

    A home that has a store already, a code that is not six digits, an empty name: refused.
    """
    check_centre(code, name)
    device_key, issuer_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    first = CentreFounded(code, name.strip(), chain.public_bytes(device_key), chain.public_bytes(issuer_key))
    return _make(home, code, FOUNDING_DEVICE, device_key, issuer_key, first, passphrase)


def join(home: Path, host: Segment, passphrase: str | None) -> tuple[Store, str]:
    """Make a store for another device of the centre that `host` comes from, trusting the key that it carries."""
    check_centre(host.centre, host.centre)
    device_key, issuer_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    first = DeviceJoined(host.centre, "", chain.public_bytes(device_key), host.device, host.key)
    number = new_device_number({host.device})
    return _make(home, host.centre, number, device_key, issuer_key, first, passphrase)


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


def empty_home(home: Path) -> None:
    """Make the home folder, or refuse one that has a store."""
    if (home / STORE_FILE).exists():
        raise Refused("centre.home_in_use", home=str(home))
    try:
        home.mkdir(parents=True, exist_ok=True)
        if os.name != "nt":
            home.chmod(0o700)
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_write", file=str(home), problem=problem.strerror or "") from problem


def _make(
    home: Path,
    centre: str,
    device: int,
    device_key: Ed25519PrivateKey,
    issuer_key: Ed25519PrivateKey,
    first: Event,
    passphrase: str | None,
) -> tuple[Store, str]:
    check_sqlite()
    empty_home(home)
    lock = hold(home)
    try:
        store_key, recovery_code = secrets.token_bytes(store_keys.KEY_BYTES), store_keys.new_recovery_code()

        def fill(connection: Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA user_version = {STORE_FORMAT}")
            for statement in JOURNAL_TABLES:
                connection.exec_driver_sql(statement)
            make_derived(connection)
            Local.metadata.create_all(connection)
            own = Own(device, device_key, centre, home)
            head = Head(0, chain.genesis(centre, chain.public_bytes(device_key)), 0, 0)
            begin_device(connection, own, issuer_key, head, first)

        store_keys.make_keys(home, centre, store_key, recovery_code, passphrase)
        write_new_file(home, store_key, fill)
        return Store(home, store_key, lock), recovery_code
    except BaseException:
        lock.release()
        raise


def begin_device(connection: Connection, own: Own, issuer_key: Ed25519PrivateKey, head: Head, first: Event) -> None:
    """Record a device's first entry and keep what makes it this machine's."""
    write = Write(connection, own, head, THE_PROGRAM)
    write.record(first)
    write.finish()
    put_meta(connection, "device", str(own.device).encode())
    put_meta(connection, "centre", own.centre.encode())
    put_meta(connection, "derived", derived_fingerprint())
    for name, key in (("device", own.key), ("issuer", issuer_key)):
        connection.execute(insert(Secret).values(name=name, bytes=key.private_bytes_raw()))


def write_new_file(home: Path, store_key: bytes, fill: Callable[[Connection], None]) -> None:
    """Make `store.db` under a temporary name, fill it in one transaction, and rename it when all of it is on the disk."""
    temporary = home / (STORE_FILE + ".new")
    _remove(temporary)
    engine = make_engine(temporary, store_key, writing=True)
    try:
        with explained(), engine.begin() as connection:
            fill(connection)
        engine.dispose()
        temporary.replace(home / STORE_FILE)
    finally:
        engine.dispose()
        _remove(temporary)


def go_on_from(home: Path, store_key: bytes, old_device: int) -> HeadAt:
    """Make the store file that lies in `home` (a backup's copy) a new device that goes on from the old one's chain.

    The answer is where the old chain ended.
    """
    device_key, issuer_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    engine = make_engine(home / STORE_FILE, store_key, writing=True)
    try:
        with explained(), engine.begin() as connection:
            Local.metadata.create_all(connection)
            rebuild(connection, old_device)
            old = read_head(connection, old_device)
            centre = str(connection.exec_driver_sql("SELECT code FROM centre").scalar())
            used = {row[0] for row in connection.exec_driver_sql("SELECT id FROM devices")}
            number = new_device_number(used | {one for one, _ in own_chain(connection, old_device)})
            public = chain.public_bytes(device_key)
            first = DeviceRestored(old_device, old.seq, old.hash, public, chain.public_bytes(issuer_key))
            head = Head(0, chain.genesis(centre, public), old.arrival, old.at)
            begin_device(connection, Own(number, device_key, centre, home), issuer_key, head, first)
            return HeadAt(old_device, old.seq, old.hash)
    finally:
        engine.dispose()


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
