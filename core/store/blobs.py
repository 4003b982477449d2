"""Photos, scans and works: files encrypted under a random key each, named by the SHA-256 of their ciphertext.

Key and name stand in the part of the entry that brings them, so erasing the part shreds the file.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import EnvironmentFailure, IntegrityFailure
from core.store.files import write_whole

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
    path = blob_path(home, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentFailure(
            "store.cannot_write", file=str(path.parent), problem=problem.strerror or ""
        ) from problem
    write_whole(path, ciphertext)
    return BlobRef(name, key, len(data), kind)


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
