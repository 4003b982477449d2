"""Keeping the stock of numbered paper 空白证书: received, spoiled, counted. Printing uses it; see `print_commands`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.certificates import blanks
from core.certificates.commands import checked_reason
from core.certificates.events import BlanksCounted, BlanksReceived, BlanksSpoiled
from core.certificates.serials import check_range, read_serial, split_serial
from core.certificates.tables import BlankRange
from core.errors import BadUsage, Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Write


@permitted(Role.CERTIFICATES)
def receive_blanks(write: Write, first: str, last: str) -> int:
    """Take in numbered paper, serials `first` to `last`; how many sheets. Some of them received before: refused."""
    start, end = read_serial(first), read_serial(last)
    count = check_range(start, end)
    (prefix, width, low), high = split_serial(start), split_serial(end)[2]
    same = (BlankRange.prefix == prefix, BlankRange.width == width)
    if write.first(select(BlankRange.id).where(*same, BlankRange.first <= high, BlankRange.last >= low)) is not None:
        raise Refused("certificates.blank_received_already", first=start, last=end)
    write.dated()
    write.record(BlanksReceived(start, end))
    return count


@permitted(Role.CERTIFICATES)
def spoil_blanks(write: Write, serials: Sequence[str], reason: str) -> int:
    """Say that sheets can't be used; how many. One that is not in stock: refused."""
    told = checked_reason(reason)
    found = blanks.in_stock(write, serials)
    if found:
        write.dated()
        write.record(BlanksSpoiled(found), BlanksSpoiled.Part(told))
    return len(found)


@permitted(Role.CERTIFICATES)
def count_blanks(write: Write, counted: int, note: str = "") -> int:
    """Record how many sheets are left by count; how many too many (below 0: missing). A difference needs a note."""
    if not 0 <= counted <= MOST_COUNTED:
        raise BadUsage("certificates.blank_bad_count", most=MOST_COUNTED)
    expected = blanks.balance(write).left
    told = checked_reason(note) if counted != expected else note.strip()
    write.dated()
    write.record(BlanksCounted(counted, expected), BlanksCounted.Part(told))
    return counted - expected


MOST_COUNTED = 1_000_000
