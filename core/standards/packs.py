"""The standards as data: one immutable `Pack` a file of `resources/standards`, loaded once and checked."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from core.errors import Refused
from core.standards.pack_checks import check_pack
from core.standards.pack_facts import Level, Pack

RESOURCES = Path(__file__).resolve().parent.parent.parent / "resources"
PACK_FILES = RESOURCES / "standards"

__all__ = ["PACK_FILES", "RESOURCES", "Level", "Pack", "pack", "packs", "read_pack"]


def packs() -> tuple[Pack, ...]:
    """Every standard that the program has, by file name."""
    return tuple(_by_id().values())


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


@cache
def _by_id() -> dict[str, Pack]:
    found: dict[str, Pack] = {}
    for source in sorted(PACK_FILES.glob("*.toml")):
        read = read_pack(source.read_bytes(), source.name)
        if read.id in found:
            raise Refused("standards.pack_invalid", file=source.name, problem=f"standard.id {read.id}")
        found[read.id] = read
    return found
