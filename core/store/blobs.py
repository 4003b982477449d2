"""Photos, scans and works: files encrypted under a random key each, named by the SHA-256 of their ciphertext.

Key and name stand in the part of the entry that brings them, so erasing the part shreds the file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import EnvironmentFailure, IntegrityFailure
from core.store.files import explained_os, flush_folder, write_whole

BLOBS_FOLDER = "blobs"
_NONCE = bytes(12)
"""Each key encrypts exactly one file, so the nonce may be fixed."""


class BlobRef(msgspec.Struct, frozen=True, array_like=True):
    """Where a blob is and what opens it. Stands in parts only."""

    name: bytes
    key: bytes
    size: int
    kind: str
    """Media type, e.g. `image/jpeg`."""


def blob_path(home: Path, name: bytes) -> Path:
    """The file of a blob."""
    text = name.hex()
    return home / BLOBS_FOLDER / text[:2] / text


def put_blob(home: Path, data: bytes, kind: str) -> BlobRef:
    """Encrypt and keep `data`; it is on the disk and flushed when this returns."""
    key = os.urandom(32)
    ciphertext = AESGCM(key).encrypt(_NONCE, data, None)
    name = hashlib.sha256(ciphertext).digest()
    keep_blob(home, name, ciphertext)
    return BlobRef(name, key, len(data), kind)


def keep_blob(home: Path, name: bytes, ciphertext: bytes) -> None:
    """Keep a blob as it comes from another device; on the disk when this returns. Another content: exit 4."""
    if hashlib.sha256(ciphertext).digest() != name:
        raise IntegrityFailure("store.blob_damaged", name=name.hex()[:12])
    path = blob_path(home, name)
    with explained_os(path):
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            flush_folder(path.parent.parent)
            flush_folder(home)
    write_whole(path, ciphertext)


def remove_blob(home: Path, name: bytes) -> None:
    """Delete a blob's file. What can't be deleted stays, unreadable once its key is gone."""
    with suppress(OSError):
        blob_path(home, name).unlink(missing_ok=True)


def blobs_of(part: object) -> Iterator[BlobRef]:
    """Every blob that a part names, however deep."""
    match part:
        case BlobRef():
            yield part
        case msgspec.Struct():
            for name in part.__struct_fields__:
                yield from blobs_of(getattr(part, name))
        case dict():
            for value in part.values():
                yield from blobs_of(value)
        case list() | tuple() | set() | frozenset():
            for value in part:
                yield from blobs_of(value)


def get_blob(home: Path, ref: BlobRef) -> bytes | None:
    """The content of a blob, or None where its file has not arrived. A changed file: exit 4."""
    try:
        ciphertext = blob_path(home, ref.name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_open") from problem
    if hashlib.sha256(ciphertext).digest() != ref.name:
        raise IntegrityFailure("store.blob_damaged", name=ref.name.hex()[:12])
    try:
        return AESGCM(ref.key).decrypt(_NONCE, ciphertext, None)
    except InvalidTag:
        raise IntegrityFailure("store.blob_damaged", name=ref.name.hex()[:12]) from None


def blob_files(home: Path) -> list[Path]:
    """Every blob file of a home, in order of name."""
    return sorted(path for path in (home / BLOBS_FOLDER).glob("??/*") if len(path.name) == 64)
