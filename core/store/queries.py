"""What everybody may see of the store itself: whose it is, and when it was last backed up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from core.store.basics import CentreFact, Device
from core.store.events import Body, Id, decode_body, make_id, split_id
from core.store.journal import Read
from core.store.replay import own_chain
from core.store.tables import BackupMade, Meta
from core.store.verify import HeadAt, heads

TOGETHER = 500
"""So many entries are asked for in one statement."""


def centre_name(read: Read) -> str:
    """The centre's name; "" where a device has joined and not yet received it."""
    return read.value(select(CentreFact.name)) or ""


def last_backup(read: Read) -> int | None:
    """When the newest backup was made from here (UTC milliseconds), or None."""
    found: int | None = read.value(select(func.max(BackupMade.at)))
    return found


def own_device(read: Read) -> int:
    """The number of this machine's device."""
    return int(read.value(select(Meta.value).where(Meta.name == "device")))


def own_centre(read: Read) -> str:
    """The code of the centre whose store this is."""
    return bytes(read.value(select(Meta.value).where(Meta.name == "centre"))).decode()


def own_devices(read: Read) -> list[int]:
    """The devices that this machine's chain is made of: itself first, then what it was restored from."""
    return [device for device, _ in reversed(own_chain(read.connection, own_device(read)))]


def journal_heads(read: Read) -> dict[int, HeadAt]:
    """Where every device's chain stands here, by device."""
    return {head.device: head for head in heads(read.connection)}


def hash_at(read: Read, device: int, seq: int) -> bytes | None:
    """The hash of an entry, or None where it is not here."""
    found = read.connection.exec_driver_sql(
        "SELECT hash FROM journal WHERE device = ? AND seq = ?", (device, seq)
    ).scalar()
    return bytes(found) if found is not None else None


def bodies_with_parts(read: Read, ids: Iterable[Id]) -> list[Body]:
    """The bodies of those entries whose parts are here, by device and in order."""
    seqs: dict[int, list[int]] = {}
    for device, seq in map(split_id, sorted(ids)):
        seqs.setdefault(device, []).append(seq)
    found: list[Body] = []
    for device, wanted in seqs.items():
        for start in range(0, len(wanted), TOGETHER):
            some = wanted[start : start + TOGETHER]
            rows = read.connection.exec_driver_sql(
                "SELECT j.body FROM journal j JOIN parts p USING (device, seq) "  # noqa: S608 - question marks alone
                f"WHERE j.device = ? AND j.seq IN ({','.join('?' * len(some))}) ORDER BY j.seq",
                (device, *some),
            )
            found += [decode_body(data) for (data,) in rows]
    return found


def bodies_after(read: Read, device: int, seq: int) -> Iterator[Body]:
    """A device's entries after `seq`, in order."""
    rows = read.connection.exec_driver_sql(
        "SELECT body FROM journal WHERE device = ? AND seq > ? ORDER BY seq", (device, seq)
    )
    return (decode_body(data) for (data,) in rows)


def parts_there(read: Read, device: int, last: int) -> list[Id]:
    """The ids of a device's entries up to `last` whose parts are here."""
    rows = read.connection.exec_driver_sql(
        "SELECT seq FROM parts WHERE device = ? AND seq <= ? ORDER BY seq", (device, last)
    )
    return [make_id(device, seq) for (seq,) in rows]


@dataclass(frozen=True)
class Predecessor:
    """A device whose chain up to `seq`, with hash `head`, is the start of this machine's own."""

    device: int
    key: bytes
    seq: int
    head: bytes


def predecessors(read: Read) -> list[Predecessor]:
    """The devices that this machine goes on from, the first one first; none where nothing was restored."""
    found = []
    for device, last in own_chain(read.connection, own_device(read))[:-1]:
        key = read.value(select(Device.key).where(Device.id == device))
        head = read.connection.exec_driver_sql(
            "SELECT hash FROM journal WHERE device = ? AND seq = ?", (device, last)
        ).scalar()
        found.append(Predecessor(device, bytes(key), last or 0, bytes(head or b"")))
    return found


def newest_bodies(read: Read, device: int, limit: int) -> list[Body]:
    """A device's last entries, the newest first."""
    rows = read.connection.exec_driver_sql(
        "SELECT body FROM journal WHERE device = ? ORDER BY seq DESC LIMIT ?", (device, limit)
    )
    return [decode_body(data) for (data,) in rows]
