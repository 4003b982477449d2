"""Files that must be whole or not there: written to a temporary name, flushed with their folder, then renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.errors import EnvironmentFailure
from core.paths import plain_file

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_DATABASES = frozenset(name + more for name in ("store.db", "hub.db") for more in ("", "-wal", "-shm"))
"""What nothing is ever put in the place of: these are written to where they stand."""
_NO_FLUSH = frozenset({errno.EINVAL, getattr(errno, "ENOTSUP", errno.EINVAL)})
"""What file systems of sticks and shares say that can't flush a folder."""


@contextmanager
def explained_os(target: Path) -> Iterator[None]:
    """Turn what the system says about writing `target` into ours: a full disk, or a file that can't be written."""
    try:
        yield
    except OSError as problem:
        if problem.errno in _FULL:
            # Which one: not that somebody tidies the laptop because a stick is full.
            raise EnvironmentFailure("store.no_room", file=str(target)) from problem
        raise EnvironmentFailure("store.cannot_write", file=str(target), problem=problem.strerror or "") from problem


def flush_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` survive a power cut (no such thing on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno not in _NO_FLUSH:
            raise
    finally:
        os.close(handle)


@contextmanager
def whole_file(target: Path, check: Callable[[Path], None] | None = None) -> Iterator[BinaryIO]:
    """A stream whose content appears under `target` only when all of it is on the disk and `check` finds it good.

    Until then what stood there stays. A full disk or a place that can't be written, a device, a pipe or a
    database too: exit 3. A link stays a link to what is written.
    """
    named = target
    with explained_os(named):
        target = plain_file(named)
        if target.name in _DATABASES and target.exists():
            raise EnvironmentFailure("store.not_to_replace", file=str(named))
    temporary = target.with_name(target.name + ".part")
    try:
        with explained_os(named):
            with temporary.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                if check is not None and hasattr(os, "posix_fadvise"):
                    # So that the check reads what the disk has, not what memory remembers.
                    os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            if check is not None:
                check(temporary)
            temporary.replace(target)
            flush_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def write_whole(target: Path, data: bytes) -> None:
    """`whole_file` for bytes at hand."""
    with whole_file(target) as stream:
        stream.write(data)
