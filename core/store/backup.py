"""Backups: one file with the encrypted store, the encrypted blobs, and what opens them with the recovery code.

A backup holds drafts but no device or issuer key, PIN or throttling, so a restored machine is a new device.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import sqlcipher3.dbapi2 as dbapi
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert

from core.errors import AppError, EnvironmentFailure, IntegrityFailure, Refused
from core.store import founding
from core.store import keys as store_keys
from core.store.actors import THE_PROGRAM
from core.store.blobs import BLOBS_FOLDER, blob_files
from core.store.chain import signature_holds
from core.store.engine import HARDLY_ANY, STORE_FORMAT, explained, make_engine
from core.store.files import explained_os, flush_folder, whole_file
from core.store.journal import Write
from core.store.keys import STORE_FILE
from core.store.standing import NEW_FILE, hold, sweep
from core.store.store import Store
from core.store.tables import BackupMade, Local
from core.store.verify import HeadAt, heads, verify
from core.store.witnesses import HeadLine, head_lines, read_heads

HEADER = "backup.json"
LARGEST_HEADER = 16 << 20
_CHUNK = 1 << 20
_BLOB_NAME = re.compile(rf"{BLOBS_FOLDER}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")
_BROKEN = (KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
"""What reading an archive that is none of ours, cut off or changed raises."""


class BackupHeader(msgspec.Struct, frozen=True):
    """What a backup says of itself, in the open: nothing personal."""

    format: int
    centre: str
    device: int
    at: int
    entries: int
    blobs: int
    heads: list[HeadLine]
    store_sha256: str
    recovery: store_keys.Wrapped
    signature: bytes = b""
    """The device's, over this header without it."""


@dataclass(frozen=True)
class BackupFacts:
    """What a backup holds."""

    entries: int
    blobs: int
    heads: list[HeadAt]
    problems: list[str]


def make(store: Store, target: Path) -> BackupFacts:
    """Write a backup of an open store. What stood under that name stays until the new one is whole and read back."""
    recovery = store_keys.load_keys(store.home).recovery
    with _folder(store.home) as folder:
        copy = folder / STORE_FILE
        needed = (store.home / STORE_FILE).stat().st_size
        store.alone(lambda connection: _copy(connection, copy, store.key, needed))
        entries, found = _facts(copy, store.key)
        files = blob_files(store.home)
        header = BackupHeader(
            format=1,
            centre=store.centre,
            device=store.device,
            at=time.time_ns() // 1_000_000,
            entries=entries,
            blobs=len(files),
            heads=[HeadLine(head.device, head.seq, head.hash.hex()) for head in found],
            store_sha256=_sha256(copy),
            recovery=recovery,
        )
        signature = Ed25519PrivateKey.from_private_bytes(store.secret("device")).sign(_signed_bytes(header))
        header = msgspec.structs.replace(header, signature=signature)
        with whole_file(target, lambda written: _read_back(written, header)) as stream:
            _pack(stream, header, copy, files, store.home)
    _remember(store, header)
    return BackupFacts(header.entries, header.blobs, found, [])


def check(source: Path, recovery_code: str) -> BackupFacts:
    """Open a backup with the recovery code and check all of it: pages, chains, parts, blobs. Nothing is kept."""
    with _folder(None) as folder, _opened(source) as (archive, header):
        key = store_keys.unlock_by_recovery(header.recovery, recovery_code)
        copy = folder / STORE_FILE
        _extract(archive, STORE_FILE, copy)
        problems = [] if _sha256(copy) == header.store_sha256 else ["page"]
        problems += _blob_problems(archive, header)
        try:
            entries, found = _check_store(copy, key, header, problems)
        except IntegrityFailure:
            return BackupFacts(0, header.blobs, [], [*problems, "page"])
        return BackupFacts(entries, header.blobs, found, problems)


def restore(
    source: Path,
    home: Path,
    recovery_code: str,
    passphrase: str | None,
    begin: Callable[[Write], None] | None = None,
) -> tuple[BackupFacts, Store]:
    """Make `home` (without a store) from a backup, as a new device that closes the old chain; the store is open.

    `begin` records in the same transaction what the new device can't be without (somebody who can sign in). The home
    has a store when all of it is there; interrupted earlier, it can be done again.
    """
    founding.refuse_in_use(home)
    facts = check(source, recovery_code)
    if facts.problems:
        raise IntegrityFailure("backup.damaged", problems=", ".join(sorted(set(facts.problems))))
    founding.empty_home(home)
    lock = hold(home)
    try:
        founding.refuse_in_use(home)
        sweep(home)
        with _opened(source) as (archive, header):
            key = store_keys.unlock_by_recovery(header.recovery, recovery_code)
            for name in archive.namelist():
                if _BLOB_NAME.fullmatch(name):
                    path = home / name
                    with explained_os(path):
                        path.parent.mkdir(parents=True, exist_ok=True)
                    _extract(archive, name, path)
            _extract(archive, STORE_FILE, home / NEW_FILE)
            founding.go_on_from(home, key, header.device, begin)
            store_keys.make_keys(home, header.centre, key, recovery_code, passphrase)
            with explained_os(home):
                if (home / BLOBS_FOLDER).exists():
                    flush_folder(home / BLOBS_FOLDER)
            founding.put_in_place(home)
        return facts, Store(home, key, lock)
    except BaseException:
        sweep(home)
        lock.release()
        raise


@contextmanager
def _folder(home: Path | None) -> Iterator[Path]:
    """A folder for a copy, gone afterwards; in a home, so that what an interruption leaves there is swept."""
    with explained_os(home or Path(tempfile.gettempdir())):
        folder = tempfile.TemporaryDirectory(dir=home, prefix="backup-" if home else "zhikao-")
    with folder as name:
        yield Path(name)


def _check_store(copy: Path, key: bytes, header: BackupHeader, problems: list[str]) -> tuple[int, list[HeadAt]]:
    """Look into the store of a backup and add what does not hold to `problems`; its entries and heads."""
    engine = make_engine(copy, key, writing=True)
    try:
        with explained(copy.parent), engine.connect() as connection, connection.begin():
            witnesses = read_heads(msgspec.json.encode(header.heads))
            found = verify(connection, header.centre, header.device, lambda: witnesses)
            problems += [problem.kind for problem in found.problems]
            device_key = connection.exec_driver_sql("SELECT key FROM devices WHERE id = ?", (header.device,)).scalar()
            if not signature_holds(device_key or b"", header.signature, _signed_bytes(header)):
                problems.append("signature")
            return found.entries, heads(connection)
    finally:
        engine.dispose()


def _copy(connection: Connection, target: Path, key: bytes, needed: int) -> None:
    """Copy the store file without what no backup may hold. Where it fails the connection is not used any more."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    cursor = raw.cursor()
    # Neither attaching nor detaching goes inside a transaction, and SQLAlchemy begins one for each statement.
    cursor.execute(f"ATTACH DATABASE ? AS copy KEY \"x'{key.hex()}'\"", (str(target),))
    cursor.execute("PRAGMA copy.secure_delete = ON")
    cursor.execute("BEGIN IMMEDIATE")
    try:
        cursor.execute("SELECT sqlcipher_export('copy')")
    except dbapi.OperationalError as problem:
        # The function passes the reason on as words without a code, so it is found out here.
        if cursor.execute("PRAGMA cipher_integrity_check").fetchone() is not None:
            raise IntegrityFailure("store.damaged") from problem
        full = shutil.disk_usage(target.parent).free < max(needed, HARDLY_ANY)
        raise EnvironmentFailure("store.disk_full" if full else "store.disk_error") from problem
    for mapper in Local.registry.mappers:
        if not mapper.class_.backed_up:
            cursor.execute(f'DELETE FROM copy."{mapper.class_.__tablename__}"')  # noqa: S608 - our own models
    cursor.execute(f"PRAGMA copy.user_version = {STORE_FORMAT}")
    cursor.execute("COMMIT")
    cursor.execute("DETACH DATABASE copy")


def _facts(copy: Path, key: bytes) -> tuple[int, list[HeadAt]]:
    engine = make_engine(copy, key, writing=True)
    try:
        with explained(copy.parent), engine.connect() as connection:
            entries = connection.exec_driver_sql("SELECT count(*) FROM journal").scalar() or 0
            return entries, heads(connection)
    finally:
        engine.dispose()


def _pack(stream: BinaryIO, header: BackupHeader, copy: Path, files: list[Path], home: Path) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(HEADER, msgspec.json.format(msgspec.json.encode(header), indent=1))
        archive.write(copy, STORE_FILE)
        for path in files:
            try:
                archive.write(path, path.relative_to(home).as_posix())
            except FileNotFoundError:  # erased by two people just now
                raise EnvironmentFailure("backup.changed_meanwhile") from None


def _read_back(written: Path, header: BackupHeader) -> None:
    failed = EnvironmentFailure("backup.read_back_failed", file=str(written))
    try:
        with _opened(written) as (archive, read), _understood(written, failed):
            whole = read == header and archive.testzip() is None
    except Refused:
        raise failed from None
    if not whole:
        raise failed


def _remember(store: Store, header: BackupHeader) -> None:
    lines = msgspec.json.encode(header.heads)

    def command(write: Write) -> None:
        write.local(insert(BackupMade).values(at=header.at, entries=header.entries, heads=lines), "backup.made")

    store.write(THE_PROGRAM, command)


def _signed_bytes(header: BackupHeader) -> bytes:
    return b"zhikao-backup1" + msgspec.json.encode(msgspec.structs.replace(header, signature=b""))


@contextmanager
def _understood(source: Path, otherwise: AppError) -> Iterator[None]:
    """Turn what reading an archive raises into `otherwise`; a stick that can't be read: exit 3."""
    try:
        yield
    except (*_BROKEN, msgspec.DecodeError):
        raise otherwise from None
    except OSError as problem:
        if problem.errno == errno.EINVAL:  # an offset that leads out of the file
            raise otherwise from None
        raise EnvironmentFailure("backup.unreadable", file=str(source), problem=problem.strerror or "") from problem


@contextmanager
def _opened(source: Path) -> Iterator[tuple[zipfile.ZipFile, BackupHeader]]:
    """A backup's archive and header. No such file: exit 3; not a backup or cut off: refused."""
    if not source.exists():
        raise EnvironmentFailure("backup.no_file", file=str(source))
    no_backup = Refused("backup.not_one", file=str(source))
    with _understood(source, no_backup):
        archive = zipfile.ZipFile(source)
    with archive:
        if not _names_are_ours(archive):
            raise no_backup
        with _understood(source, no_backup):
            header = msgspec.json.decode(archive.read(HEADER), type=BackupHeader)
        if header.format != 1:
            raise Refused("store.newer_than_program")
        yield archive, header


def _names_are_ours(archive: zipfile.ZipFile) -> bool:
    """Only what we write: nothing that climbs out of a folder, is packed, locked, doubled or a giant of a header."""
    seen: set[str] = set()
    for info in archive.infolist():
        ours = info.filename in (HEADER, STORE_FILE) or _BLOB_NAME.fullmatch(info.filename)
        plain = info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1
        giant = info.filename == HEADER and info.file_size > LARGEST_HEADER
        if not ours or not plain or giant or info.filename in seen:
            return False
        seen.add(info.filename)
    return True


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    with whole_file(target) as stream:
        for chunk in _content(archive, name):
            stream.write(chunk)


def _content(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """What an archive holds under `name`, piece by piece. Changed, cut off or missing: exit 4."""
    source = Path(archive.filename or "")
    damaged = IntegrityFailure("backup.damaged", problems=name)
    with _understood(source, damaged):
        stream = archive.open(name)
    with stream:
        while True:
            with _understood(source, damaged):
                chunk = stream.read(_CHUNK)
            if not chunk:
                return
            yield chunk


def _blob_problems(archive: zipfile.ZipFile, header: BackupHeader) -> list[str]:
    names = [found for name in archive.namelist() if (found := _BLOB_NAME.fullmatch(name))]
    problems = [] if len(names) == header.blobs else ["blob"]
    for found in names:
        digest = hashlib.sha256()
        try:
            for chunk in _content(archive, found[0]):
                digest.update(chunk)
        except IntegrityFailure:
            problems.append("blob")
        else:
            if digest.hexdigest() != found[2]:
                problems.append("blob")
    return problems


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


__all__ = ["BackupFacts", "BackupHeader", "check", "head_lines", "make", "restore"]
