"""What people do to the store itself: admit a device, confirm the clock. Who may is the people's room's to guard."""

from __future__ import annotations

from sqlalchemy import select

from core.errors import Refused
from core.store.basics import ClockConfirmed, Device, DeviceAdmitted
from core.store.events import DEVICE_BITS
from core.store.journal import Write
from core.store.replay import own_chain

KEY_BYTES = 32


def admit(write: Write, device: int, key: bytes, authority: bool = False) -> None:
    """Let another device of this centre send its entries here, on the word of two people; said twice it is done once.

    With `authority` it speaks for the centre: only for the host, restored, on one of its terminals.
    A number that this centre knows with another key is refused: one of the two is a copy.
    """
    if write.actors.second is None or write.actors.second == write.actor:
        raise Refused("store.needs_two_people")
    if not 0 <= device < 1 << DEVICE_BITS or len(key) != KEY_BYTES:
        raise Refused("store.bad_device")
    own = {one for one, _ in own_chain(write.connection, write.device)}
    known = write.first(select(Device).where(Device.id == device))
    if device in own or (known is not None and known.key != key):
        raise Refused("store.device_number_taken", device=device)
    if known is None:
        write.record(DeviceAdmitted(device, key, authority))


def confirm_clock(write: Write) -> None:
    """Say that the machine's clock is right although it stands before the journal's last entry; on record."""
    if write.actor and write.clock_is_behind:
        write.record(ClockConfirmed())
