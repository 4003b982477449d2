"""Backups of the hub: its wrapped keys and every row of its database in one file, whichever database that is.

A backup of PostgreSQL may be restored into SQLite and the other way round. Parts are encrypted in it as they are in the
database, the keys under passphrase and recovery code as in the home; the hub signs all of it.
"""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from sqlalchemy import Connection, Table, func, select

from core.errors import AppError, EnvironmentFailure, IntegrityFailure, Refused
from core.hub.database import FILE, Database, put, put_new
from core.hub.hub import Hub
from core.hub.keys import HUB_FILE, public_key, read_file, refuse_in_use, take_home
from core.hub.ledger import RESTORED, STATUS_INDEX
from core.hub.tables import EVERYWHERE, counters, facts, heard, journal
from core.hub.understood import EVERY_TABLE
from core.store import chain, files

MAGIC: Final = b"zhikao-hub-backup1\n"
SKIPPED_INDEXES: Final = 1 << 16
"""Places in the list of revocations that a restored hub leaves free: it may have given them out since the backup."""
_FRAME_BYTES: Final = 1 << 20
_LARGEST_FRAME: Final = 256 << 20
"""One row more than `_FRAME_BYTES`; the largest is a branch, which was an upload."""
_AT_ONCE: Final = 200
_SIZE_BYTES: Final = 8
_BROKEN: Final = (gzip.BadGzipFile, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError, OverflowError)


class BackupHeader(msgspec.Struct, frozen=True):
    """What a backup says of itself: when it was made (UTC milliseconds), and the columns of each table."""

    format: int
    at: int
    keys: bytes
    """The home's file of keys, as it is."""
    tables: dict[str, list[str]]


@dataclass(frozen=True)
class BackupFacts:
    """When a backup was made (UTC milliseconds), of which hub, and how many entries it holds."""

    at: int
    key: bytes
    entries: int


def make(hub: Hub, home: Path, target: Path) -> BackupFacts:
    """Write a backup of the state of one moment, while the hub serves, and read it back."""
    # The file is read back when the transaction is over: a database waits for nobody who says nothing for long.
    with files.whole_file(target, _check_written) as stream, hub.look() as ledger:
        columns = {str(name): [str(one.name) for one in table.columns] for name, table in EVERY_TABLE.tables.items()}
        header = BackupHeader(1, ledger.now, read_file(home), columns)
        digest = hashlib.sha256()
        stream.write(MAGIC)
        with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=4, mtime=0) as packed:
            write = partial(_write, packed, digest.update)
            write(msgspec.msgpack.encode(header))
            for name, table in EVERY_TABLE.tables.items():
                for rows in _rows(ledger.connection, table):
                    write(msgspec.msgpack.encode([str(name), rows]))
            signature = hub.keys.signing.sign(MAGIC + digest.digest())
            write(msgspec.msgpack.encode(["", [[signature]]]))
        entries = ledger.connection.execute(select(func.count()).select_from(journal)).scalar_one()
    return BackupFacts(header.at, hub.keys.public, entries)


def restore(source: Path, home: Path, url: str | None, partitions: int | None = None) -> BackupFacts:
    """Make a hub in an empty home, with an empty database, from a backup, under the passphrase of then.

    From now on the hub says nothing to a centre before it has heard what that centre holds of its chain. Damaged: exit
    4, and nothing is made.
    """
    found = check(source)
    refuse_in_use(home)
    if url is None and (home / FILE).exists():
        raise Refused("hub.restore_not_empty")
    take_home(home)
    try:
        with closing(Database(home, url)) as database:
            database.make(found.key, partitions)
            with database.writing() as connection:
                if connection.execute(select(func.count()).select_from(journal)).scalar_one():
                    raise Refused("hub.restore_not_empty")
                _fill(connection, source)
                _remember(connection, found.at)
        # Last of all: a hub with its keys, and without what it has said, would say other things.
        files.write_whole(home / HUB_FILE, _header(source).keys)
    except BaseException:
        own = (FILE, FILE + "-wal", FILE + "-shm") if url is None else ()
        for name in (*own, HUB_FILE):
            (home / name).unlink(missing_ok=True)
        raise
    return found


def check(source: Path) -> BackupFacts:
    """Read all of a backup. None there: exit 3; not one, or of a newer program: refused; damaged: exit 4."""
    digest, last, entries = hashlib.sha256(), b"", 0
    for frame in _frames(source):
        if last:
            _update(digest.update, last)
            entries += _count(last)
        last = frame
    header = _header(source)
    key = public_key(header.keys)
    name, rows = _decoded(last)
    signed = not name and len(rows) == 1 and len(rows[0]) == 1 and isinstance(rows[0][0], bytes)
    if not signed or not chain.signature_holds(key, rows[0][0], MAGIC + digest.digest()):
        raise IntegrityFailure("hub.backup_damaged")
    known = {name: {column.name for column in table.columns} for name, table in EVERY_TABLE.tables.items()}
    if header.format != 1 or any(set(columns) - known.get(name, set()) for name, columns in header.tables.items()):
        raise Refused("store.newer_than_program")
    return BackupFacts(header.at, key, entries)


def _rows(connection: Connection, table: Table) -> Iterator[list[list[Any]]]:
    """The rows of a table, about a frame's worth at once."""
    rows, size = list[list[Any]](), 0
    for row in connection.execute(select(table), execution_options={"yield_per": _AT_ONCE}):
        rows.append(list(row))
        size += sum(len(one) if isinstance(one, bytes | str) else _SIZE_BYTES for one in row)
        if size >= _FRAME_BYTES:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _fill(connection: Connection, source: Path) -> None:
    connection.execute(facts.delete())  # the key that `make` has noted comes with the others
    header = _header(source)
    frames = _frames(source)
    next(frames)
    for frame in frames:
        name, rows = _decoded(frame)
        if name:
            columns = header.tables[name]
            values = [dict(zip(columns, row, strict=True)) for row in rows]
            connection.execute(EVERY_TABLE.tables[name].insert(), values)


def _remember(connection: Connection, made: int) -> None:
    """Note that this database was restored now, and leave the places free that were given out since the backup."""
    last = connection.execute(select(func.max(heard.c.at))).scalar() or 0
    # A new machine's clock may stand anywhere: what was heard before the backup is not heard since.
    value = msgspec.msgpack.encode(max(time.time_ns() // 1_000_000, made, last + 1))
    put(connection, facts, {"centre": EVERYWHERE, "name": RESTORED, "value": value}, {"value"})
    put_new(connection, counters, centre=EVERYWHERE, name=STATUS_INDEX, value=0)
    mine = (counters.c.centre == EVERYWHERE) & (counters.c.name == STATUS_INDEX)
    connection.execute(counters.update().where(mine).values(value=counters.c.value + SKIPPED_INDEXES))


def _check_written(written: Path) -> None:
    try:
        check(written)
    except AppError:
        raise EnvironmentFailure("backup.read_back_failed", file=str(written)) from None


def _write(packed: gzip.GzipFile, seen: Callable[[bytes], None], frame: bytes) -> None:
    packed.write(len(frame).to_bytes(_SIZE_BYTES, "big"))
    packed.write(frame)
    _update(seen, frame)


def _update(seen: Callable[[bytes], None], frame: bytes) -> None:
    seen(len(frame).to_bytes(_SIZE_BYTES, "big"))
    seen(frame)


def _header(source: Path) -> BackupHeader:
    frames = _frames(source)
    try:
        return msgspec.msgpack.decode(next(frames), type=BackupHeader)
    except (*_BROKEN, StopIteration):
        raise IntegrityFailure("hub.backup_damaged") from None
    finally:
        frames.close()


def _decoded(frame: bytes) -> tuple[str, list[list[Any]]]:
    try:
        return msgspec.msgpack.decode(frame, type=tuple[str, list[list[Any]]])
    except _BROKEN:
        raise IntegrityFailure("hub.backup_damaged") from None


def _count(frame: bytes) -> int:
    """The entries in a frame."""
    return len(_decoded(frame)[1]) if frame.startswith(b"\x92\xa7journal") else 0


def _frames(source: Path) -> Any:
    """Every frame of a backup, in order, one in memory at a time."""
    try:
        with source.open("rb") as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                raise Refused("hub.backup_not_one", file=source.name)
            yield from _unpacked(stream)
    except _BROKEN:
        raise IntegrityFailure("hub.backup_damaged") from None
    except OSError as problem:
        raise EnvironmentFailure("hub.backup_unreadable", file=source.name, problem=problem.strerror or "") from None


def _unpacked(stream: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
        while size := packed.read(_SIZE_BYTES):
            length = int.from_bytes(size, "big")
            if len(size) < _SIZE_BYTES or length > _LARGEST_FRAME:
                raise EOFError
            frame = packed.read(length)
            if len(frame) < length:
                raise EOFError
            yield frame
