"""Files that must be whole or not there: written to a temporary name, flushed with their folder, then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import EnvironmentFailure


def flush_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` survive a power cut (no such thing on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """A stream whose content appears under `target` only when all of it is on the disk. A full disk: exit 3."""
    temporary = target.with_name(target.name + ".part")
    try:
        try:
            with temporary.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
            flush_folder(target.parent)
        except OSError as problem:
            raise EnvironmentFailure(
                "store.cannot_write", file=str(target), problem=problem.strerror or ""
            ) from problem
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_whole(target: Path, data: bytes) -> None:
    """`whole_file` for bytes at hand."""
    with whole_file(target) as stream:
        stream.write(data)
