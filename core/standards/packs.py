"""The standards as data: one immutable `Pack` a file of `resources/standards`, loaded once and checked."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec

from core.errors import Refused
from core.standards.pack_checks import check_pack
from core.standards.pack_facts import Level, Pack

RESOURCES = Path(__file__).resolve().parent.parent.parent / "resources"
PACK_FILES = RESOURCES / "standards"

LONGEST_ID = 40
LARGEST = 512 << 10
"""Bytes of a pack file; the largest that ships has a tenth of it."""
HOME_PACKS = "packs"
"""The folder of a home where the packs stand that the association published."""

_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
_homes: list[Path] = []
"""The home that is open, if any."""
_given: list[bytes] = []
"""Published packs at hand, where they stand in no home: the hub's."""

__all__ = [
    "HOME_PACKS",
    "LARGEST",
    "LONGEST_ID",
    "PACK_FILES",
    "RESOURCES",
    "Level",
    "Pack",
    "pack",
    "packs",
    "read_pack",
    "read_published",
    "shipped_packs",
    "use_contents",
    "use_home",
]


def packs() -> tuple[Pack, ...]:
    """Every standard that there is: those of the program, by file name, then those that the association published."""
    return tuple(_by_id().values())


def shipped_packs() -> tuple[Pack, ...]:
    """The standards that the program brings."""
    return tuple(_shipped().values())


def use_home(home: Path | None) -> None:
    """From now on the packs in this home count too, and no other home's; said again after they have changed."""
    _use([home] if home is not None else [], [])


def use_contents(found: Iterable[bytes]) -> None:
    """From now on these published packs count too, and those of no home: for the hub, whose database has them."""
    _use([], list(found))


def _use(homes: list[Path], given: list[bytes]) -> None:
    _homes[:], _given[:] = homes, given
    _by_id.cache_clear()


def pack(standard_id: str) -> Pack:
    """The pack of one standard. Unknown: refused, naming those that there are."""
    known = _by_id()
    if standard_id not in known:
        raise Refused("standards.unknown", standard=standard_id, standards=" ".join(known))
    return known[standard_id]


def read_pack(content: bytes, name: str) -> Pack:
    """The pack in a file's bytes, checked. What is wrong is refused by name (`standards.pack_invalid`)."""
    try:
        data: dict[str, Any] = tomllib.loads(content.decode())
        found = msgspec.convert({**data, "digest": hashlib.sha256(content).digest()}, Pack)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as problem:
        raise Refused("standards.pack_invalid", file=name, problem=str(problem)) from None
    check_pack(found, name)
    return found


@lru_cache(maxsize=16)
def read_published(content: bytes, name: str) -> Pack:
    """The pack in bytes that somebody published. What can't stand beside the program's own is refused by name."""
    if len(content) > LARGEST:
        raise Refused("standards.pack_invalid", file=name, problem=f"{len(content)} B")
    found = read_pack(content, name)
    if len(found.id) > LONGEST_ID or not _ID.fullmatch(found.id):
        raise Refused("standards.pack_invalid", file=name, problem="standard.id")
    return found


@cache
def _by_id() -> dict[str, Pack]:
    found = dict(_shipped())
    for home in _homes:
        for source in sorted((home / HOME_PACKS).glob("*.toml")):
            with suppress(OSError, Refused):  # what somebody made of a file in a home counts for nothing
                read = read_published(source.read_bytes(), source.name)
                if source.stem == read.id:
                    found.setdefault(read.id, read)
    for content in _given:
        with suppress(Refused):
            read = read_published(content, "pack.toml")
            found.setdefault(read.id, read)
    return found


@cache
def _shipped() -> dict[str, Pack]:
    found: dict[str, Pack] = {}
    for source in sorted(PACK_FILES.glob("*.toml")):
        read = read_pack(source.read_bytes(), source.name)
        if read.id in found:
            raise Refused("standards.pack_invalid", file=source.name, problem=f"standard.id {read.id}")
        found[read.id] = read
    return found
