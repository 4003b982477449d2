"""Recordings lie outside the store: their SHA-256 stands in the journal, and a file is checked against it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import EnvironmentFailure

CHUNK = 1 << 20
Progress = Callable[[int, int, str], None]
Match = Literal["same", "changed", "missing"]


@dataclass(frozen=True)
class FileDigest:
    """A file's SHA-256 and size in bytes."""

    sha256: bytes
    size: int


def digest_file(path: Path, progress: Progress | None = None) -> FileDigest:
    """The digest of a file. `progress(done, total, text)` is told in mebibytes and may raise to end it.

    No such file, or one that can't be read: exit 3.
    """
    found = hashlib.sha256()
    done = 0
    try:
        total = path.stat().st_size
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                found.update(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done // CHUNK, max(total // CHUNK, done // CHUNK), "")
    except OSError as problem:
        raise EnvironmentFailure("examday.recording_unreadable", file=path.name) from problem
    return FileDigest(found.digest(), done)


def match_file(path: Path, sha256: bytes, size: int, progress: Progress | None = None) -> Match:
    """Whether a file is still the one that was kept. A file of another size is not read."""
    try:
        if not path.is_file():
            return "missing"
        if path.stat().st_size != size:
            return "changed"
    except OSError:
        return "missing"
    return "same" if digest_file(path, progress).sha256 == sha256 else "changed"
