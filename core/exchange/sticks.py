"""What stands on a stick that came back from the association: which file is the reply, and which one is our own."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.association import bundles
from core.errors import AppError, EnvironmentFailure, Refused
from core.store import Store
from core.store.segments import MAGIC

SUFFIX = ".zkb"
"""Of a bundle's name."""
MOST_LOOKED_AT = 500
"""Files of a folder: a stick is no archive, and somebody is waiting."""


@dataclass(frozen=True)
class CarriedFile:
    """A file that might be meant for here."""

    path: Path
    kind: str
    """`reply` to a bundle of this device, `ours` (a bundle that has not been answered), `hub` (its entries as a file),
    `foreign`."""
    number: int
    """Of the bundle; 0 where there is none."""
    at_ms: int
    """When it was made, as it says or as its folder does."""


def bundle_name(store: Store) -> str:
    """What this device's bundle is called on a stick."""
    return f"zhikao-{store.centre}-{store.device}{SUFFIX}"


def carried_files(store: Store, folder: Path) -> list[CarriedFile]:
    """Bundles and hub files in a folder, replies first, then the newest. A folder that has gone has none."""
    found = []
    with suppress(OSError):
        # Those that are named as one first: among a thousand pictures nobody must miss a reply.
        paths = sorted(folder.iterdir(), key=lambda path: (path.suffix.lower() != SUFFIX, path.name))
        for path in paths[:MOST_LOOKED_AT]:
            with suppress(OSError):
                if path.is_file() and (one := _look(store, path)) is not None:
                    found.append(one)
    order = ("reply", "hub", "ours", "foreign")
    return sorted(found, key=lambda one: (order.index(one.kind), -one.at_ms))


def read_carried(source: Path) -> bytes:
    """The bytes of a file that was carried here. None there, or no file: exit 3. Larger than any bundle: refused."""
    try:
        if source.exists() and not source.is_file():
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        with source.open("rb") as stream:
            data = stream.read(bundles.LARGEST + 1)
    except OSError as problem:
        raise EnvironmentFailure("exchange.unreadable", file=str(source), problem=problem.strerror or "") from problem
    if len(data) > bundles.LARGEST:
        raise Refused("exchange.bundle_too_large")
    return data


def _look(store: Store, path: Path) -> CarriedFile | None:
    """What a file is by its outside. Whether it is true shows when it is read."""
    with path.open("rb") as stream:
        begin = stream.read(max(len(bundles.MAGIC), len(MAGIC)))
    at = path.stat().st_mtime_ns // 1_000_000
    if begin.startswith(MAGIC):
        return CarriedFile(path, "hub", 0, at)
    if not bundles.is_bundle(begin) or path.stat().st_size > bundles.LARGEST:
        return None
    try:
        header = bundles.read_header(path.read_bytes())
    except AppError:
        return CarriedFile(path, "foreign", 0, at)
    if (header.centre, header.device) != (store.centre, store.device):
        return CarriedFile(path, "foreign", header.number, header.at_ms)
    kind = "reply" if header.direction == bundles.DOWN else "ours"
    return CarriedFile(path, kind, header.number, header.at_ms)
