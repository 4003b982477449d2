"""What the page of exchange asks the store, and what the foot of the window says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.association.queries import association
from core.clock import china_time
from core.exchange.queries import Standing, Stuck, standing
from core.exchange.sticks import CarriedFile, carried_files
from core.house import may_travel
from core.store import Read, own_device
from core.words import say
from ui.shell.status_bar import StatusItem

OFFLINE = frozenset(
    f"exchange.{name}" for name in ("no_link", "no_name", "cut", "portal", "proxy", "proxy_password", "hub_busy")
)
"""Troubles of the link that mean no more than that there is none now."""
GRAVE = frozenset(
    f"exchange.{name}" for name in ("fork", "rolled_back", "frozen", "hub_fork", "other_hub", "withdrawn", "stumbled")
)
"""Troubles that no waiting mends."""


@dataclass(frozen=True)
class SyncView:
    """Everything on the page."""

    standing: Standing
    fingerprint: str
    """Of the association's key; "" for a centre that is not enrolled."""
    device: int
    """This machine's number."""

    @property
    def offline(self) -> Stuck | None:
        """Why there is no link now."""
        return _offline(self.standing)


def sync_view(read: Read) -> SyncView:
    """How the exchange stands now."""
    line = association(read)
    return SyncView(standing(read, may_travel(read)), line.fingerprint if line else "", own_device(read))


def sync_status(read: Read) -> StatusItem:
    """What the foot of the window says: what has arrived, how much is waiting, since when there is no link."""
    if association(read) is None:
        return StatusItem("offline", say("desk_sync.foot.not_enrolled"))
    now = standing(read, may_travel(read))
    waiting = say("desk_sync.foot.waiting", count=now.waiting.total) if now.waiting.total else ""
    offline = _offline(now)
    if any(one is not offline and one.what != "clock" for one in now.stuck):
        return StatusItem("danger", _joined(say("desk_sync.foot.stuck"), waiting), "danger")
    if now.paused:
        return StatusItem("pause", _joined(say("desk_sync.foot.paused"), waiting), "attention")
    if offline is not None:
        since = say("desk_sync.foot.offline", at=short_time(now.heard_at or offline.at))
        return StatusItem("offline", _joined(since, waiting), "attention")
    at = max((one.at for one in now.acknowledged), default=None)
    arrived = say("desk_sync.foot.arrived", at=short_time(at)) if at is not None else ""
    return StatusItem("sync", _joined(arrived, waiting) or say("desk_sync.foot.nothing"))


def short_time(at: int) -> str:
    """A time of day; with its date."""
    return f"{china_time(at):%m-%d %H:%M}"


def on_sticks(store: Any, folders: list[Path]) -> list[CarriedFile]:
    """What of the sticks that are in might be meant for here."""
    return [one for folder in folders for one in carried_files(store, folder)]


def _offline(now: Standing) -> Stuck | None:
    return next((one for one in now.stuck if one.what == "link" and one.code in OFFLINE), None)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
