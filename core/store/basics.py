"""The store's own events: devices, what they received from each other, parts that went, clocks that were put right."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from core.store.effects import Tables, applies
from core.store.events import DeviceNumber, Entry, Event, Seq, event
from core.store.tables import Derived


@event("centre.founded")
class CentreFounded(Event, frozen=True):
    """The first entry of device 1: this centre exists. `issuer_key` signs this centre's notices."""

    code: str
    name: str
    key: bytes
    issuer_key: bytes


@event("device.joined")
class DeviceJoined(Event, frozen=True):
    """The first entry of another device of a centre, with the host device that it trusts."""

    code: str
    name: str
    key: bytes
    host: DeviceNumber
    host_key: bytes


@event("device.restored")
class DeviceRestored(Event, frozen=True):
    """The first entry of a device that goes on from a backup.

    The chain of `device` up to `seq` is the start of its own, and closed.
    """

    device: DeviceNumber
    seq: Seq
    head: bytes
    key: bytes
    issuer_key: bytes


@event("device.admitted")
class DeviceAdmitted(Event, frozen=True):
    """Another device of this centre may send its entries here (two people)."""

    device: DeviceNumber
    key: bytes


@event("device.received")
class DeviceReceived(Event, frozen=True):
    """This store took in a device's entries up to `seq`. Replay applies them here."""

    device: DeviceNumber
    seq: Seq
    head: bytes


@event("part.erased")
class PartErased(Event, frozen=True):
    """Two people had the part of an entry deleted; the chain stays whole."""

    device: DeviceNumber
    seq: Seq


@event("clock.confirmed")
class ClockConfirmed(Event, frozen=True):
    """Somebody confirmed the machine's clock although it stands before the journal's last entry."""


class Device(Derived):
    """A device whose chain stands, or may stand, in this journal."""

    __tablename__ = "devices"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    received: Mapped[int]
    """Up to which entry this store has it."""
    closed_at: Mapped[int | None]
    """The last entry of a device that a restored one goes on from."""


class CentreFact(Derived):
    """The centre that owns this store (one row)."""

    __tablename__ = "centre"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    issuer_key: Mapped[bytes | None]


class IssuerKey(Derived):
    """A key with which a device of this centre signs notices; older ones still verify."""

    __tablename__ = "issuer_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    at: Mapped[int]


class ErasedPart(Derived):
    """A part that two people had deleted; should it arrive again, it is not kept."""

    __tablename__ = "erased_parts"
    __table_args__ = (Index("erased_parts_by_entry", "device", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[int]
    seq: Mapped[int]


@applies(CentreFounded)
def _founded(tables: Tables, entry: Entry, event: CentreFounded, part: None) -> None:
    _know(tables, entry.device, event.key)
    tables.upsert(CentreFact, 1, code=event.code, name=event.name, issuer_key=event.issuer_key)
    tables.insert(IssuerKey, id=entry.id, key=event.issuer_key, at=entry.at)


@applies(DeviceJoined)
def _joined(tables: Tables, entry: Entry, event: DeviceJoined, part: None) -> None:
    _know(tables, entry.device, event.key)
    _know(tables, event.host, event.host_key)
    if tables.get(CentreFact, 1) is None:
        tables.insert(CentreFact, id=1, code=event.code, name=event.name)


@applies(DeviceRestored)
def _restored(tables: Tables, entry: Entry, event: DeviceRestored, part: None) -> None:
    _know(tables, entry.device, event.key)
    tables.update(Device, event.device, closed_at=event.seq)
    tables.update(CentreFact, 1, issuer_key=event.issuer_key)
    tables.insert(IssuerKey, id=entry.id, key=event.issuer_key, at=entry.at)


@applies(DeviceAdmitted)
def _admitted(tables: Tables, entry: Entry, event: DeviceAdmitted, part: None) -> None:
    _know(tables, event.device, event.key)


@applies(DeviceReceived)
def _received(tables: Tables, entry: Entry, event: DeviceReceived, part: None) -> None:
    tables.update(Device, event.device, received=event.seq)


@applies(PartErased)
def _erased(tables: Tables, entry: Entry, event: PartErased, part: None) -> None:
    """The part itself is deleted in the same transaction; replay then meets its absence. It takes two people."""
    if entry.second:
        tables.insert(ErasedPart, id=entry.id, device=event.device, seq=event.seq)


@applies(ClockConfirmed)
def _clock(tables: Tables, entry: Entry, event: ClockConfirmed, part: None) -> None:
    """Only its place in the journal counts."""


def _know(tables: Tables, device: int, key: bytes) -> None:
    """The first key that a device number came with stays its key; another one is a fork and is refused on receipt."""
    if tables.get(Device, device) is None:
        tables.insert(Device, id=device, key=key, received=0)
