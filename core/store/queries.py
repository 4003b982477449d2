"""What everybody may see of the store itself: whose it is, and when it was last backed up."""

from __future__ import annotations

from sqlalchemy import func, select

from core.store.basics import CentreFact
from core.store.journal import Read
from core.store.tables import BackupMade


def centre_name(read: Read) -> str:
    """The centre's name; "" where a device has joined and not yet received it."""
    return read.value(select(CentreFact.name)) or ""


def last_backup(read: Read) -> int | None:
    """When the newest backup was made from here (UTC milliseconds), or None."""
    found: int | None = read.value(select(func.max(BackupMade.at)))
    return found
