"""Outside witnesses of where a chain stood: the tail of a journal can be cut off unseen from inside, not by these."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import select

from core.errors import Refused
from core.store.journal import Read
from core.store.tables import BackupMade
from core.store.verify import HeadAt


class HeadLine(msgspec.Struct, frozen=True):
    """A head as files and answers write it: the hash in hexadecimal."""

    device: int
    seq: int
    hash: str


class HeadsFile(msgspec.Struct, frozen=True):
    """A file with heads: the answer of `backup make`, or a list by itself."""

    heads: list[HeadLine]


def head_lines(heads: list[HeadAt]) -> list[dict[str, object]]:
    """Heads as answers write them."""
    return [{"device": head.device, "seq": head.seq, "hash": head.hash.hex()} for head in heads]


def read_heads(data: bytes) -> list[HeadAt]:
    """The heads of a witness file. Anything else is refused."""
    try:
        try:
            lines = msgspec.json.decode(data, type=HeadsFile).heads
        except msgspec.ValidationError:
            lines = msgspec.json.decode(data, type=list[HeadLine])
        return [HeadAt(line.device, line.seq, bytes.fromhex(line.hash)) for line in lines]
    except (ValueError, RecursionError):  # a decoding error is a ValueError
        raise Refused("journal.heads_unreadable") from None


WITNESSES: list[Callable[[Read], list[HeadAt]]] = []


def witness(source: Callable[[Read], list[HeadAt]]) -> Callable[[Read], list[HeadAt]]:
    """Enter a function that knows heads from outside (a hub's receipts): `verify` compares with all of them."""
    WITNESSES.append(source)
    return source


def known_heads(read: Read) -> list[HeadAt]:
    """Every head that this store knows from outside. Unreadable ones: refused."""
    return [head for source in WITNESSES for head in source(read)]


@witness
def _backups(read: Read) -> list[HeadAt]:
    """The heads that backups made from this store recorded."""
    return [head for (data,) in read.rows(select(BackupMade.heads)) for head in read_heads(bytes(data))]
