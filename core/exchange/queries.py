"""What people see of the exchange: what the association has got, what it said, what is stuck and why."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from core.association import events
from core.association.events import HUB
from core.association.queries import association, published_packs
from core.exchange import outbox
from core.exchange.outbox import MayTravel, Waiting
from core.exchange.tables import Acknowledged, CourierSent, Link, Pause, Trouble
from core.standards.packs import LONGEST_ID, packs
from core.store import Read, decode_part
from core.store.events import Body, decode_event, make_id
from core.store.queries import newest_bodies, own_devices
from core.words import known, say

SAID_SHOWN = 20
BUNDLES_SHOWN = 5
_ENDED = frozenset({"exchange.fork", "exchange.frozen", "exchange.withdrawn"})
TAKEN_BACK = frozenset({"authorisation.withdrawn", "enrolment.withdrawn", "revocation.made"})


@dataclass(frozen=True)
class Stuck:
    """Something that is stuck or odd: what it is of (`link`, `clock`, `hub`, `device:N`), and in words what to do."""

    what: str
    code: str
    sentence: str
    at: int


@dataclass(frozen=True)
class AcknowledgedLine:
    """Up to which entry the hub has signed for a device's chain, and when."""

    device: int
    seq: int
    at: int


@dataclass(frozen=True)
class SaidLine:
    """One thing that the association said, in words."""

    at: int
    kind: str
    sentence: str
    bad: bool
    """Whether it refused or took something back, so that somebody must read it."""


@dataclass(frozen=True)
class BundleLine:
    """A courier bundle that was written here."""

    number: int
    at: int
    entries: int
    answered: bool


@dataclass(frozen=True)
class Standing:
    """How the exchange stands. Times are UTC milliseconds."""

    association: str | None
    """Its name; None for a centre that is not enrolled."""
    enrolled: bool
    """Whether it takes this very device's entries."""
    hub: str
    """Its address, or "" where only sticks go."""
    metered: bool
    proxy: str
    paused: bool
    """Whether nothing is exchanged by itself."""
    heard_at: int | None
    waiting: Waiting
    acknowledged: tuple[AcknowledgedLine, ...]
    stuck: tuple[Stuck, ...]
    said: tuple[SaidLine, ...]
    bundles: tuple[BundleLine, ...]

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        if self.association is None:
            return say("exchange.standing.not_enrolled")
        if not self.waiting.total:
            code = "exchange.standing.held_back" if self.waiting.held_back else "exchange.standing.all_there"
            return say(code, held_back=self.waiting.held_back)
        parts = self.waiting.parts
        return say("exchange.standing.waiting", entries=self.waiting.entries, parts=parts, blobs=self.waiting.blobs)


def standing(read: Read, may_travel: MayTravel) -> Standing:
    """How the exchange stands, without asking the hub. `may_travel` is the house's, for this snapshot."""
    line, link = association(read), read.first(select(Link))
    acknowledged = read.rows(select(Acknowledged).order_by(Acknowledged.device))
    former = {f"device:{device}" for device in own_devices(read)[1:]}
    return Standing(
        association=line.name if line else None,
        enrolled=line is not None and line.enrolled,
        hub=link.hub if link else "",
        metered=bool(link and link.metered),
        proxy=link.proxy if link else "",
        paused=is_paused(read),
        heard_at=link.heard_at if link else None,
        waiting=outbox.waiting(read, may_travel),
        acknowledged=tuple(AcknowledgedLine(row.device, row.seq, row.at) for row in acknowledged),
        stuck=tuple(_stuck(row, former) for row in read.rows(select(Trouble).order_by(Trouble.at.desc()))),
        said=tuple(_said(read, body) for body in newest_bodies(read, HUB, SAID_SHOWN)),
        bundles=tuple(
            BundleLine(row.number, row.at, row.entries, row.answered is not None)
            for row in read.rows(select(CourierSent).order_by(CourierSent.number.desc()).limit(BUNDLES_SHOWN))
        ),
    )


def link_settings(read: Read) -> tuple[str, bool, str]:
    """The hub's address ("" for none), whether the link is metered, the proxy ("" for none)."""
    row = read.first(select(Link))
    return (row.hub, bool(row.metered), row.proxy) if row else ("", False, "")


def is_paused(read: Read) -> bool:
    """Whether somebody wants nothing exchanged by itself."""
    return read.first(select(Pause.id)) is not None


def _stuck(row: object, former: Set[str]) -> Stuck:
    what, code, values, at = (getattr(row, name) for name in ("what", "code", "values", "at"))
    # A restored machine goes on under a number of its own: who was told to restore it isn't told to do so again.
    told = "exchange.ended_before" if what in former and code in _ENDED else code
    return Stuck(what, code, say(told, **json.loads(values)), at)


def _said(read: Read, body: Body) -> SaidLine:
    code = f"exchange.said.{body.kind}"
    values: dict[str, object] = {}
    try:
        event = decode_event(body)
        part = decode_part(body.kind, read.part_bytes(make_id(body.device, body.seq)))
    except msgspec.DecodeError:
        event = part = None
    reason = getattr(part, "reason", "")
    bad = event is None or body.kind in TAKEN_BACK or (isinstance(event, events.DecisionGiven) and not event.approved)
    match event:
        case events.DecisionGiven():
            code = f"exchange.said.decision.{'approved' if event.approved else 'refused'}"
            values = {"batch": event.batch}
        case events.LeaseGranted():
            values = {"year": event.year, "first": event.first, "last": event.last, "device": event.device}
        case events.AuthorisationGiven():
            values = {"standard": _standard_named(event.standard), "first": event.first_day, "last": event.until}
        case events.PackPublished():
            bad = published_packs(read).get(make_id(body.device, body.seq)) is None
            code = f"exchange.said.pack.{'unusable' if bad else 'published'}"
            values = {"standard": event.standard[:LONGEST_ID], "edition": event.edition[:LONGEST_ID]}
        case events.RevocationMade():
            values = {"number": event.number}
        case events.EnrolmentAccepted() | events.EnrolmentWithdrawn():
            values = {"device": event.device}
    sentence = say(code, **values) if event is not None and known(code) else say("exchange.said.other", kind=body.kind)
    return SaidLine(body.at, body.kind, sentence + (say("exchange.said.reason", reason=reason) if reason else ""), bad)


def _standard_named(id: str) -> str:
    """A standard as people know it; its id where this program has no pack of it."""
    found = next((pack.standard for pack in packs() if pack.id == id), None)
    return id[:LONGEST_ID] if found is None else say("exchange.standard", title=found.title, code=found.code)
