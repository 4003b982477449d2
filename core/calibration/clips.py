"""The clip of a trial: a file that stays where it is. The journal knows it by its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import EnvironmentFailure, Refused

PIECE = 4 << 20


@dataclass(frozen=True)
class Clip:
    """A clip as it was measured: SHA-256 and size in bytes."""

    path: Path
    sha256: bytes
    size: int


def measure(path: Path, progress: Callable[[int, int, str], None] = lambda done, total, text: None) -> Clip:
    """Read the clip through. Blocks; `progress(bytes done, bytes in all, "")` may raise to cancel it.

    An empty file is refused; one that can't be read is the machine's word.
    """
    digest = hashlib.sha256()
    done = 0
    try:
        total = path.stat().st_size
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
                done += len(piece)
                progress(done, total, "")
    except OSError as problem:
        said = problem.strerror or str(problem)
        raise EnvironmentFailure("calibration.clip_unreadable", file=path.name, problem=said) from problem
    if not done:
        raise Refused("calibration.clip_empty", file=path.name)
    return Clip(path, digest.digest(), done)


def refuse_another(path: Path, sha256: bytes, progress: Callable[[int, int, str], None] = lambda *_: None) -> Path:
    """The clip's path, where the file there is the one of the trial; gone or another one: refused."""
    if not path.is_file():
        raise Refused("calibration.clip_gone", file=path.name)
    if measure(path, progress).sha256 != sha256:
        raise Refused("calibration.clip_changed", file=path.name)
    return path
