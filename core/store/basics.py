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
    authority: bool = False
    """Whether it speaks for the centre: the host itself, restored, or what it goes on from."""


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
    authority: Mapped[bool]
    """Whether its word on devices, on the centre and on erasing counts here: oneself, and one's host."""
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
    issuer: Mapped[int | None]
    """The device that has the issuer key."""


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


# A foreign device is known before an entry of it has any effect; who is not known here is this machine itself. A
# foreign device without authority is believed in what it says of itself and of its work, and not in what follows here.


@applies(CentreFounded)
def _founded(tables: Tables, entry: Entry, event: CentreFounded, part: None) -> None:
    _know(tables, entry.device, event.key, authority=True)
    if entry.seq == 1 and _has_authority(tables, entry.device):
        tables.upsert(CentreFact, 1, code=event.code, name=event.name, issuer_key=event.issuer_key, issuer=entry.device)
        tables.insert(IssuerKey, id=entry.id, key=event.issuer_key, at=entry.at)


@applies(DeviceJoined)
def _joined(tables: Tables, entry: Entry, event: DeviceJoined, part: None) -> None:
    if tables.get(Device, entry.device) is None:
        _know(tables, entry.device, event.key, authority=True)
        _know(tables, event.host, event.host_key, authority=True)
        tables.insert(CentreFact, id=1, code=event.code, name=event.name)


@applies(DeviceRestored)
def _restored(tables: Tables, entry: Entry, event: DeviceRestored, part: None) -> None:
    _know(tables, entry.device, event.key, authority=True)
    before = tables.get(Device, event.device)
    if before is None or (before.authority and not _has_authority(tables, entry.device)):
        return
    tables.update(Device, event.device, closed_at=event.seq)
    centre = tables.get(CentreFact, 1)
    if centre is not None and centre.issuer == event.device:
        tables.update(CentreFact, 1, issuer_key=event.issuer_key, issuer=entry.device)
        tables.insert(IssuerKey, id=entry.id, key=event.issuer_key, at=entry.at)


@applies(DeviceAdmitted)
def _admitted(tables: Tables, entry: Entry, event: DeviceAdmitted, part: None) -> None:
    if _has_authority(tables, entry.device):
        _know(tables, event.device, event.key, authority=event.authority)


@applies(DeviceReceived)
def _received(tables: Tables, entry: Entry, event: DeviceReceived, part: None) -> None:
    tables.update(Device, event.device, received=event.seq)


@applies(PartErased)
def _erased(tables: Tables, entry: Entry, event: PartErased, part: None) -> None:
    """The part itself is deleted in the same transaction; replay then meets its absence. It takes two people."""
    if entry.second and (entry.device == event.device or _has_authority(tables, entry.device)):
        tables.insert(ErasedPart, id=entry.id, device=event.device, seq=event.seq)


@applies(ClockConfirmed)
def _clock(tables: Tables, entry: Entry, event: ClockConfirmed, part: None) -> None:
    """Only its place in the journal counts."""


def _know(tables: Tables, device: int, key: bytes, *, authority: bool) -> None:
    """The first key that a device number came with stays its key; another one is a fork and is refused on receipt."""
    if tables.get(Device, device) is None:
        tables.insert(Device, id=device, key=key, authority=authority, received=0)


def _has_authority(tables: Tables, device: int) -> bool:
    found = tables.get(Device, device)
    return found is not None and bool(found.authority)
