"""Numbered paper 空白证书: what is in stock, and where each sheet went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.certificates.serials import join_serial, read_serial, split_serial
from core.certificates.tables import BlankCount, BlankGone, BlankRange
from core.clock import china_time
from core.errors import Refused
from core.store import Id, Read


@dataclass(frozen=True)
class RangeLine:
    """Paper that came in together."""

    id: Id
    first: str
    last: str
    count: int
    at: datetime


@dataclass(frozen=True)
class Counted:
    """What somebody counted, and what the records said then."""

    counted: int
    expected: int
    note: str
    at: datetime

    @property
    def difference(self) -> int:
        """Sheets too many; below 0: missing."""
        return self.counted - self.expected


@dataclass(frozen=True)
class Balance:
    """The numbered paper of this centre. `twice` are serials that two entries claim to have used or spoiled."""

    received: int
    used: int
    spoiled: int
    twice: tuple[str, ...]
    ranges: tuple[RangeLine, ...]
    counts: tuple[Counted, ...]
    """The newest first."""

    @property
    def left(self) -> int:
        """What should be in the cupboard."""
        return self.received - self.used - self.spoiled


def balance(read: Read) -> Balance:
    """How much numbered paper there is, and what became of the rest."""
    rows = read.rows(select(BlankRange).order_by(BlankRange.id))
    ranges = tuple(
        RangeLine(
            row.id,
            join_serial(row.prefix, row.width, row.first),
            join_serial(row.prefix, row.width, row.last),
            row.last - row.first + 1,
            china_time(row.at),
        )
        for row in rows
    )
    gone: int = read.value(select(func.count(func.distinct(BlankGone.serial))))
    on_paper = select(func.count(func.distinct(BlankGone.serial))).where(BlankGone.certificate.is_not(None))
    used: int = read.value(on_paper)
    twice = select(BlankGone.serial).group_by(BlankGone.serial).having(func.count() > 1).order_by(BlankGone.serial)
    counts = read.rows(select(BlankCount).order_by(BlankCount.id.desc()).limit(20))
    return Balance(
        received=sum(one.count for one in ranges),
        used=used,
        spoiled=gone - used,
        twice=tuple(row.serial for row in read.rows(twice)),
        ranges=ranges,
        counts=tuple(Counted(row.counted, row.expected, row.note or "", china_time(row.at)) for row in counts),
    )


def next_in_stock(read: Read, count: int, after: str = "") -> list[str]:
    """The next serials that are in stock, as they came in; from behind `after` if given. Fewer where there are few."""
    found: list[str] = []
    start = split_serial(after) if after else None
    begun = start is None
    for row in read.rows(select(BlankRange).order_by(BlankRange.id)):
        first = row.first
        if start is not None and not begun:
            if start[:2] != (row.prefix, row.width) or not row.first <= start[2] <= row.last:
                continue
            begun, first = True, start[2] + 1
        gone = {
            one.serial for one in read.rows(select(BlankGone.serial).where(BlankGone.serial.startswith(row.prefix)))
        }
        for number in range(first, row.last + 1):
            if len(found) == count:
                return found
            serial = join_serial(row.prefix, row.width, number)
            if serial not in gone:
                found.append(serial)
    return found


def in_stock(read: Read, given: Sequence[str]) -> list[str]:
    """These serials in their one form. One named twice, never received, or used or spoiled before: refused."""
    serials = [read_serial(one) for one in given]
    for serial, times in Counter(serials).items():
        if times > 1:
            raise Refused("certificates.blank_twice", serial=serial)
        if not received(read, serial):
            raise Refused("certificates.blank_never_received", serial=serial)
        if read.first(select(BlankGone.id).where(BlankGone.serial == serial)) is not None:
            raise Refused("certificates.blank_gone", serial=serial)
    return serials


def received(read: Read, serial: str) -> bool:
    """Whether such a sheet ever came in."""
    prefix, width, number = split_serial(serial)
    fits = (BlankRange.prefix == prefix, BlankRange.width == width)
    found = select(BlankRange.id).where(*fits, BlankRange.first <= number, BlankRange.last >= number)
    return read.first(found) is not None
