"""What is kept here of an exchange: receipts (witnesses for ever), what had to wait, what is stuck. Never an entry."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from core.association.queries import hub_key
from core.association.receipts import Receipt
from core.errors import IntegrityFailure
from core.exchange.outbox import Batch
from core.exchange.tables import Acknowledged, CourierSent, HubHead, Link, Pause, Trouble, WaitingBlob, WithheldPart
from core.store import HeadAt, Id, Read, Write, split_id, witness
from core.store.queries import TOGETHER, hash_at

T = TypeVar("T")

HUB_PROBLEMS = frozenset({"gap", "fork", "unknown_device", "frozen", "kinds", "withdrawn", "hub_behind"})
"""What a hub may have against a device's entries that has a sentence of its own."""

SHOWN = "shown"
"""In what is kept of a fork: up to which entry the hub has seen this branch."""

CHANGED = "exchange"
"""The kind of change that the page of exchange shows."""


@witness
def receipts_kept(read: Read) -> list[HeadAt]:
    """The heads that the hub has signed for."""
    return [HeadAt(row.device, row.seq, bytes(row.head)) for row in read.rows(select(Acknowledged))]


def remember(write: Write, batch: Batch) -> None:
    """Before a batch goes: what it leaves behind. Said after it, a power cut between the two would forget that."""
    for ids in _pieces(sorted(batch.withheld)):
        rows: list[dict[str, Any]] = [{"id": identity} for identity in ids]
        write.local(insert_or(WithheldPart).values(rows).on_conflict_do_nothing())
    for blobs in _pieces(list(batch.blobs.items())):
        rows = [{"name": name, "entry": entry, "whole": False} for name, entry in blobs]
        write.local(insert_or(WaitingBlob).values(rows).on_conflict_do_nothing())


def forget_blobs(write: Write) -> None:
    """Every photo and work counts as not sent: the hub was restored and may have lost it."""
    write.local(update(WaitingBlob).values(whole=False))


def signed_for(read: Read) -> dict[int, int]:
    """Up to which entry the hub has signed for each device."""
    return {row.device: row.seq for row in read.rows(select(Acknowledged.device, Acknowledged.seq))}


def take_receipts(write: Write, receipts: Iterable[Receipt], parts: Iterable[Id]) -> None:
    """Keep receipts, and that these parts have arrived. One that the hub did not sign, or of another chain: exit 4."""
    key = hub_key(write) or b""
    reached: dict[int, int] = {}
    for one in receipts:
        reached[one.device] = max(one.seq, reached.get(one.device, 0))
        if one.centre != write.centre or not one.holds(key):
            raise IntegrityFailure("exchange.not_the_wire")
        if (here := hash_at(write, one.device, one.seq)) is not None and here != one.head:
            raise IntegrityFailure("exchange.fork", device=one.device)
        known = write.value(select(Acknowledged.seq).where(Acknowledged.device == one.device))
        if here is not None and (known is None or one.seq >= known):
            facts = {"seq": one.seq, "head": one.head, "at": one.at_ms, "signature": one.signature}
            row = insert_or(Acknowledged).values(device=one.device, **facts)
            write.local(row.on_conflict_do_update(index_elements=["device"], set_=facts), CHANGED)
        held = write.value(select(HubHead.seq).where(HubHead.device == one.device))
        if held is None or one.seq > held:
            hold(write, {one.device: one.seq})
    _parts_arrived(write, parts, reached)


def blobs_arrived(write: Write, names: Iterable[bytes]) -> None:
    """The hub holds these photos and works whole."""
    for name in names:
        write.local(update(WaitingBlob).where(WaitingBlob.name == name).values(whole=True), CHANGED)


def hold(write: Write, heads: Mapping[int, int]) -> None:
    """Keep up to where the hub says that it holds chains."""
    for device, seq in heads.items():
        row = insert_or(HubHead).values(device=device, seq=seq)
        write.local(row.on_conflict_do_update(index_elements=["device"], set_={"seq": seq}), CHANGED)


def heard(write: Write, at: int, without: Collection[int] = ()) -> None:
    """A round is over: the link's trouble is, and that of every device that the hub takes entries of again."""
    _the_link(write)
    write.local(update(Link).values(heard_at=at), CHANGED)
    for row in write.rows(select(Trouble.what)):
        kind, _, device = row.what.partition(":")
        if kind == "link" or (kind == "device" and int(device) not in without):
            settle(write, row.what)


def set_link(write: Write, hub: str | None = None, metered: bool | None = None, proxy: str | None = None) -> None:
    """Change how the hub is reached; None leaves as it is."""
    _the_link(write)
    said = {"hub": hub, "metered": metered, "proxy": proxy}
    values: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if values:
        write.local(update(Link).values(**values), CHANGED)


def set_pause(write: Write, paused: bool) -> None:
    """Whether nothing is exchanged by itself."""
    if paused:
        write.local(insert_or(Pause).values(id=1, at=write.now).on_conflict_do_nothing(), CHANGED)
    else:
        write.local(delete(Pause), CHANGED)


def trouble(write: Write, what: str, code: str, values: Mapping[str, object], at: int) -> None:
    """Something is stuck or odd; it replaces what was said of the same thing before, and is so since that began."""
    known = write.first(select(Trouble.code, Trouble.at).where(Trouble.what == what))
    since = known.at if known is not None and known.code == code else at
    facts = {"code": code, "values": json.dumps(dict(values), default=str), "at": since}
    row = insert_or(Trouble).values(what=what, **facts)
    write.local(row.on_conflict_do_update(index_elements=["what"], set_=facts), CHANGED)


def branch_shown(read: Read, what: str, code: str = "exchange.fork") -> int | None:
    """Up to which entry the hub has been shown the branch that is here of a fork; None where it was not."""
    known = read.first(select(Trouble.code, Trouble.values).where(Trouble.what == what))
    if known is None or known.code != code:
        return None
    shown: int | None = json.loads(known.values).get(SHOWN)
    return shown


def settle(write: Write, what: str) -> None:
    """It is over."""
    write.local(delete(Trouble).where(Trouble.what == what), CHANGED)


def begin_bundle(write: Write, number: int, return_key: bytes, entries: int, parts: Iterable[Id]) -> None:
    """A courier bundle is being written; the key that opens its reply is kept before it can leave."""
    withheld = {row.id for row in write.rows(select(WithheldPart.id))}
    late = json.dumps(sorted(withheld.intersection(parts)))
    row = {"number": number, "at": write.now, "return_key": return_key, "entries": entries, "parts": late}
    write.local(insert(CourierSent).values(**row, answered=None), CHANGED)


def bundle_arrived(write: Write, number: int, heads: Mapping[int, int]) -> None:
    """The hub has taken a bundle: the late parts in it have arrived, of entries that it holds."""
    late = write.value(select(CourierSent.parts).where(CourierSent.number == number))
    _parts_arrived(write, json.loads(late), heads)


def answered(write: Write, number: int, reply: bytes) -> None:
    """A bundle's reply was read; `reply` is its SHA-256."""
    write.local(update(CourierSent).where(CourierSent.number == number).values(answered=reply), CHANGED)


def _parts_arrived(write: Write, parts: Iterable[Id], heads: Mapping[int, int]) -> None:
    """Those of them whose entries the hub has signed for."""
    there = ((identity, *split_id(identity)) for identity in sorted(parts))
    for ids in _pieces([identity for identity, device, seq in there if seq <= heads.get(device, 0)]):
        write.local(delete(WithheldPart).where(WithheldPart.id.in_(ids)), CHANGED)


def _pieces(values: list[T]) -> Iterator[list[T]]:
    """As many at a time as one statement takes."""
    return (values[start : start + TOGETHER] for start in range(0, len(values), TOGETHER))


def _the_link(write: Write) -> None:
    first = insert_or(Link).values(id=1, hub="", metered=False, proxy="", heard_at=None)
    write.local(first.on_conflict_do_nothing())
