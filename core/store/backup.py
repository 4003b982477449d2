"""Backups: one file with the encrypted store, the encrypted blobs, and what opens them with the recovery code.

A backup holds drafts but no device or issuer key, PIN, wrapped key or throttling, so a restored machine is a new device.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import msgspec
from sqlalchemy import Connection, insert

from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.store import founding
from core.store import keys as store_keys
from core.store.blobs import BLOBS_FOLDER, blob_files
from core.store.chain import signature_holds
from core.store.engine import STORE_FORMAT, explained, make_engine
from core.store.files import flush_folder, whole_file
from core.store.store import STORE_FILE, Store, hold
from core.store.tables import BackupMade, Local
from core.store.verify import HeadAt, heads, verify
from core.store.witnesses import HeadLine, head_lines, read_heads

HEADER = "backup.json"
_CHUNK = 1 << 20


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
    """Write a backup of an open store. The file appears only when it is whole, and is read back before this returns."""
    recovery = store_keys.load_keys(store.home).recovery
    with tempfile.TemporaryDirectory(dir=store.home, prefix="backup-") as folder:
        copy = Path(folder) / STORE_FILE
        store.alone(lambda connection: _copy(connection, copy, store.key))
        facts = _facts(copy, store.key)
        files = blob_files(store.home)
        header = BackupHeader(
            format=1,
            centre=store.centre,
            device=store.device,
            at=time.time_ns() // 1_000_000,
            entries=facts[0],
            blobs=len(files),
            heads=[HeadLine(head.device, head.seq, head.hash.hex()) for head in facts[1]],
            store_sha256=_sha256(copy),
            recovery=recovery,
        )
        header = msgspec.structs.replace(header, signature=_sign(store, header))
        with whole_file(target) as stream:
            _pack(stream, header, copy, files, store.home)
    _read_back(target, header)
    _remember(store, header)
    return BackupFacts(header.entries, header.blobs, facts[1], [])


def check(source: Path, recovery_code: str) -> BackupFacts:
    """Open a backup with the recovery code and check all of it: pages, chains, parts, blobs. Nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="zhikao-") as folder, _opened(source) as (archive, header):
        key = store_keys.unlock_by_recovery(header.recovery, recovery_code)
        copy = Path(folder) / STORE_FILE
        _extract(archive, STORE_FILE, copy)
        problems = [] if _sha256(copy) == header.store_sha256 else ["page"]
        problems += _blob_problems(archive)
        engine = make_engine(copy, key, writing=True)
        try:
            with explained(), engine.connect() as connection, connection.begin():
                witnesses = read_heads(msgspec.json.encode(header.heads))
                found = verify(connection, header.centre, header.device, witnesses)
                problems += [problem.kind for problem in found.problems]
                device_key = connection.exec_driver_sql(
                    "SELECT key FROM devices WHERE id = ?", (header.device,)
                ).scalar()
                if not signature_holds(device_key or b"", header.signature, _signed_bytes(header)):
                    problems.append("signature")
                return BackupFacts(found.entries, header.blobs, heads(connection), problems)
        finally:
            engine.dispose()


def restore(source: Path, home: Path, recovery_code: str, passphrase: str | None) -> tuple[BackupFacts, Store]:
    """Make `home` (without a store) from a backup, as a new device that closes the old chain; the store is open."""
    facts = check(source, recovery_code)
    if facts.problems:
        raise IntegrityFailure("backup.damaged", problems=", ".join(sorted(set(facts.problems))))
    founding.empty_home(home)
    lock = hold(home)
    try:
        with _opened(source) as (archive, header):
            key = store_keys.unlock_by_recovery(header.recovery, recovery_code)
            for name in archive.namelist():
                if name.startswith(BLOBS_FOLDER + "/"):
                    path = home / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    _extract(archive, name, path)
            store_keys.make_keys(home, header.centre, key, recovery_code, passphrase)
            _extract(archive, STORE_FILE, home / STORE_FILE)
            founding.go_on_from(home, key, header.device)
            flush_folder(home)
        return facts, Store(home, key, lock)
    except BaseException:
        (home / STORE_FILE).unlink(missing_ok=True)
        lock.release()
        raise


def _copy(connection: Connection, target: Path, key: bytes) -> None:
    """Copy the store file without what no backup may hold."""
    connection.exec_driver_sql(f"ATTACH DATABASE ? AS copy KEY \"x'{key.hex()}'\"", (str(target),))
    try:
        connection.exec_driver_sql("PRAGMA copy.secure_delete = ON")
        connection.exec_driver_sql("SELECT sqlcipher_export('copy')")
        for mapper in Local.registry.mappers:
            if not mapper.class_.backed_up:
                connection.exec_driver_sql(f'DELETE FROM copy."{mapper.class_.__tablename__}"')  # noqa: S608
        connection.exec_driver_sql(f"PRAGMA copy.user_version = {STORE_FORMAT}")
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql("DETACH DATABASE copy")
        connection.rollback()


def _facts(copy: Path, key: bytes) -> tuple[int, list[HeadAt]]:
    engine = make_engine(copy, key, writing=True)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            connection.rollback()
            entries = connection.exec_driver_sql("SELECT count(*) FROM journal").scalar() or 0
            return entries, heads(connection)
    finally:
        engine.dispose()


def _pack(stream: BinaryIO, header: BackupHeader, copy: Path, files: list[Path], home: Path) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(HEADER, msgspec.json.format(msgspec.json.encode(header), indent=1))
        archive.write(copy, STORE_FILE)
        for path in files:
            archive.write(path, path.relative_to(home).as_posix())


def _read_back(target: Path, header: BackupHeader) -> None:
    with _opened(target) as (archive, read):
        if read != header or archive.testzip() is not None:
            raise EnvironmentFailure("backup.read_back_failed", file=str(target))


def _remember(store: Store, header: BackupHeader) -> None:
    from core.store.actors import THE_PROGRAM
    from core.store.journal import Write

    lines = msgspec.json.encode(header.heads)

    def command(write: Write) -> None:
        write.local(insert(BackupMade).values(at=header.at, entries=header.entries, heads=lines), "backup.made")

    store.write(THE_PROGRAM, command)


def _sign(store: Store, header: BackupHeader) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(store.secret("device")).sign(_signed_bytes(header))


def _signed_bytes(header: BackupHeader) -> bytes:
    return b"zhikao-backup1" + msgspec.json.encode(msgspec.structs.replace(header, signature=b""))


@contextmanager
def _opened(source: Path) -> Iterator[tuple[zipfile.ZipFile, BackupHeader]]:
    """A backup's archive and header. No such file: exit 3; not a backup or cut off: refused."""
    try:
        archive = zipfile.ZipFile(source)
    except FileNotFoundError:
        raise EnvironmentFailure("backup.no_file", file=str(source)) from None
    except OSError as problem:
        raise EnvironmentFailure("backup.unreadable", file=str(source), problem=problem.strerror or "") from problem
    except zipfile.BadZipFile:
        raise Refused("backup.not_one", file=str(source)) from None
    with archive:
        try:
            header = msgspec.json.decode(archive.read(HEADER), type=BackupHeader)
        except (KeyError, msgspec.DecodeError, zipfile.BadZipFile):
            raise Refused("backup.not_one", file=str(source)) from None
        if header.format != 1:
            raise Refused("store.newer_than_program")
        _check_names(archive)
        yield archive, header


def _check_names(archive: zipfile.ZipFile) -> None:
    """Only the names that we write: nothing that climbs out of a folder."""
    for name in archive.namelist():
        folder, _, file = name.rpartition("/")
        is_blob = folder == f"{BLOBS_FOLDER}/{file[:2]}" and len(file) == 64 and file.isalnum()
        if name not in (HEADER, STORE_FILE) and not is_blob:
            raise Refused("backup.not_one", file=name)


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    try:
        with archive.open(name) as source, whole_file(target) as stream:
            shutil.copyfileobj(source, stream, _CHUNK)
    except (KeyError, zipfile.BadZipFile):
        raise IntegrityFailure("backup.damaged", problems=name) from None


def _blob_problems(archive: zipfile.ZipFile) -> list[str]:
    problems = []
    for name in archive.namelist():
        if name.startswith(BLOBS_FOLDER + "/"):
            try:
                with archive.open(name) as stream:
                    digest = _stream_sha256(stream)
            except zipfile.BadZipFile:
                digest = ""
            if digest != name.rpartition("/")[2]:
                problems.append("blob")
    return problems


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return _stream_sha256(stream)


def _stream_sha256(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


__all__ = ["BackupFacts", "BackupHeader", "check", "head_lines", "make", "restore"]
