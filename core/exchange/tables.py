"""What this machine remembers of its exchange with the hub. Nothing of it is in the journal: it can be asked again."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from core.store import Local


class Acknowledged(Local):
    """The receipt that reaches furthest of a device's chain: the hub's signed word, and a witness for ever."""

    __tablename__ = "acknowledged"
    device: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    head: Mapped[bytes]
    at: Mapped[int]
    """UTC milliseconds by the hub's clock."""
    signature: Mapped[bytes]


class HubHead(Local):
    """Up to where the hub holds a device's chain as it last said; less than its receipt only if it was restored."""

    __tablename__ = "hub_heads"
    device: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]


class WithheldPart(Local):
    """An entry that goes, or went, to the hub without its part: marks before unsealing. The id is the entry's."""

    __tablename__ = "withheld_parts"
    id: Mapped[int] = mapped_column(primary_key=True)


class WaitingBlob(Local):
    """A photo or work that a part names which goes, or went, to the hub."""

    __tablename__ = "waiting_blobs"
    name: Mapped[bytes] = mapped_column(primary_key=True)
    entry: Mapped[int]
    """The id of the entry whose part names it."""
    whole: Mapped[bool]
    """Whether the hub holds all of it."""


class Link(Local):
    """How the hub is reached (one row)."""

    __tablename__ = "link"
    id: Mapped[int] = mapped_column(primary_key=True)
    hub: Mapped[str]
    """Its address, or "" for a centre that only sends sticks."""
    metered: Mapped[bool]
    proxy: Mapped[str]
    """Address of the proxy, without a password; "" is none."""
    heard_at: Mapped[int | None]
    """When the hub last answered (UTC milliseconds, this machine's clock)."""


class Pause(Local):
    """Somebody wants nothing exchanged by itself since then (one row, or none)."""

    __tablename__ = "exchange_pause"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]


class Trouble(Local):
    """What is stuck or odd about the exchange, until it is over: of the link, the clock, the hub or a device."""

    __tablename__ = "exchange_troubles"
    what: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    values: Mapped[str]
    """JSON of what fills the sentence."""
    at: Mapped[int]


class CourierSent(Local):
    """A courier bundle that was written here. Its key opens the reply, so no backup holds it."""

    __tablename__ = "courier_sent"
    backed_up = False
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]
    return_key: Mapped[bytes]
    entries: Mapped[int]
    parts: Mapped[str]
    """JSON: the ids of entries whose parts had to wait and went in it."""
    answered: Mapped[bytes | None]
    """SHA-256 of the reply that was read."""
