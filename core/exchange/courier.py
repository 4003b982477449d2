"""Courier bundles 上报包: the same exchange by a stick that somebody carries, and the hub's reply on the way back.

A bundle holds all that the hub has not acknowledged, whatever earlier ones held: sticks get lost.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import func, select

from core.association import bundles
from core.association.bundles import BundleHeader, DownContent, UpContent
from core.association.events import HUB
from core.association.queries import AssociationLine, association
from core.association.receipts import Receipt
from core.association.wire import LARGEST_PACKED
from core.certificates.issuers import take_in_hub_file
from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.exchange import keeping, outbox
from core.exchange.outbox import Batch, MayNow
from core.exchange.sticks import read_carried
from core.exchange.tables import Acknowledged, CourierSent
from core.store import THE_PROGRAM, Read, Store, Write
from core.store.events import Body
from core.store.files import whole_file
from core.store.queries import hash_at, journal_heads, own_devices

BLOB_BYTES = 128 << 20
"""So much of photos and works goes into one bundle, if nobody says otherwise; the others go with the next."""
_TOGETHER = 4096
"""Entries of one segment file in a bundle."""
_OVERHEAD = 32 << 20
"""Bytes left for what is neither entry nor photo: the hub's own chain, names, header."""
_NEXT_TO_NOTHING = 4096
"""Bytes of a bundle that are no content."""


@dataclass(frozen=True)
class BundleWritten:
    """What a bundle holds. It is on the stick, read back, and the stick may be taken out."""

    number: int
    entries: int
    parts: int
    blobs: int
    size: int
    blobs_left: int
    """Photos and works that did not fit any more."""


@dataclass(frozen=True)
class BundleRead:
    """What came of a file from the hub."""

    received: int
    receipts: int
    size: int
    doubled: bool
    """Whether it had been read before."""
    old: bool
    """Whether the hub has been heard since it was written, by a later bundle's reply or over the net."""
    problems: tuple[str, ...]
    """Codes of what the hub did not take."""


def write_bundle(store: Store, target: Path, may_travel: MayNow, blob_bytes: int = BLOB_BYTES) -> BundleWritten:
    """Write a bundle for the hub to `target`. A full or vanished stick: exit 3, and no half file under that name."""
    _keep_unread_reply(store, target)
    with store.read() as read:
        line = _association(read)
        batches, left_over, ours = _collect(read, may_travel)
        number = 1 + (read.value(select(func.max(CourierSent.number))) or 0)
    device_key = Ed25519PrivateKey.from_private_bytes(store.secret("device"))
    return_key = X25519PrivateKey.generate()
    entries = sum(batch.entries for batch in batches)

    def begin(write: Write) -> int:
        for batch in batches:
            keeping.remember(write, batch)
        parts = [identity for batch in batches for identity in batch.parts]
        keeping.begin_bundle(write, number, return_key.private_bytes_raw(), entries, parts)
        return write.now

    at = store.write(THE_PROGRAM, begin).value
    with store.read() as read:
        blobs, blobs_left = _blobs(read, batches, blob_bytes)
    content = UpContent(*ours, [*left_over, *(batch.data for batch in batches)], blobs)
    public = return_key.public_key().public_bytes_raw()
    header = BundleHeader(bundles.UP, store.centre, store.device, number, at, bundles.fingerprint(line.key), public)
    data = bundles.write_up(header, content, line.courier_key, device_key)
    _put(target, data)
    parts = sum(len(batch.parts) for batch in batches if not batch.entries)
    return BundleWritten(number, entries, parts, len(blobs), len(data), blobs_left)


def read_bundle(store: Store, source: Path) -> BundleRead:
    """Take in a reply, or another file of the hub. What it is not, or that it is old or doubled, is said in words."""
    data = read_carried(source)
    size = len(data)
    if not data:
        raise Refused("exchange.bundle_cut_off")
    if not bundles.is_bundle(data) and not bundles.MAGIC.startswith(data):
        return BundleRead(take_in_hub_file(store, data).entries, 0, size, False, False, ())
    header = bundles.read_header(data)
    with store.read() as read:
        line = _association(read)
        sent = read.first(select(CourierSent).where(CourierSent.number == header.number))
        newest = read.value(select(func.max(CourierSent.number)).where(CourierSent.answered.is_not(None))) or 0
        heard = read.value(select(func.max(Acknowledged.at))) or 0
    _check_ours(store, header, line)
    if sent is None:
        raise Refused("exchange.bundle_unknown", number=header.number)
    return_key = X25519PrivateKey.from_private_bytes(bytes(sent.return_key))
    content = bundles.read_down(data, return_key, line.key)
    digest = hashlib.sha256(data).digest()
    received = take_in_hub_file(store, content.entries).entries if content.entries else 0
    # By the hub's own clock: what it signed for since, over the net say, this reply can't know of.
    current = header.number >= newest and header.at_ms >= heard
    try:
        store.write(THE_PROGRAM, _take_reply, content, header.number, digest, current)
    except IntegrityFailure as problem:
        if problem.code == "exchange.fork":
            store.write(THE_PROGRAM, _forked, int(str(problem.values["device"])), header.number, digest)
        raise
    doubled = sent.answered is not None and bytes(sent.answered) == digest
    problems = tuple(one.code for one in content.problems)
    return BundleRead(received, len(content.receipts), size, doubled, not current, problems)


def _collect(read: Read, may_travel: MayNow) -> tuple[list[Batch], list[bytes], tuple[int, bytes]]:
    """All that the hub has not acknowledged; its own chain, should it have lost it; where that stands here."""
    may, heads = may_travel(read), outbox.hub_heads(read)
    batches: list[Batch] = []
    late = dict(heads)
    while (batch := outbox.next_batch(read, heads, _TOGETHER, may)) is not None:
        heads.update(batch.ends)
        batches.append(batch)
    waiting: Sequence[Body] = outbox.late_parts(read, late, may)
    while waiting:
        batch, rest = outbox.parts_batch(read, waiting[:_TOGETHER])
        waiting = [*rest, *waiting[_TOGETHER:]]
        if batch is not None:
            batches.append(batch)
    head, chain = journal_heads(read).get(HUB), outbox.hubs_own(read)
    # Nobody knows before the stick is there what a restored hub has lost, even whom it had enrolled.
    back = [chain] if chain is not None and len(chain) <= LARGEST_PACKED else []
    return batches, back, (head.seq, head.hash) if head else (0, b"")


def _blobs(read: Read, batches: list[Batch], most: int) -> tuple[list[tuple[bytes, bytes]], int]:
    """Photos and works that fit, and how many do not."""
    heads = outbox.hub_heads(read)
    for batch in batches:
        heads.update(batch.ends)
    going = frozenset(identity for batch in batches for identity in batch.parts)
    found: list[tuple[bytes, bytes]] = []
    most = min(most, bundles.LARGEST - _OVERHEAD - sum(len(batch.data) for batch in batches))
    waiting = outbox.waiting_blobs(read, heads, going)
    for name, path in waiting:
        with suppress(OSError):
            if (size := path.stat().st_size) <= most:
                data = path.read_bytes()
                if hashlib.sha256(data).digest() == name:
                    found.append((name, data))
                    most -= size
    return found, len(waiting) - len(found)


def _take_reply(write: Write, content: DownContent, number: int, digest: bytes, current: bool) -> None:
    signed, before = keeping.signed_for(write), outbox.hub_heads(write)
    troubled = {one.device: one.code for one in content.problems}
    forked = _forked_before(write, content.receipts)
    receipts = [one for one in content.receipts if one.device not in forked]
    keeping.take_receipts(write, receipts, ())
    # Of a file that it could not read the hub does not know whose it was.
    if not any(one.device == HUB and one.code in ("altered", "too_large") for one in content.problems):
        keeping.bundle_arrived(write, number, {one.device: one.seq for one in receipts if one.device not in troubled})
    keeping.blobs_arrived(write, content.blobs)
    keeping.answered(write, number, digest)
    if current:
        _take_standing(write, content, signed, troubled)
    for device in forked:
        keeping.trouble(write, f"device:{device}", "exchange.fork", {"device": device}, write.now)
    _tell_lost_here(write, receipts, before)


def _forked_before(write: Write, receipts: Sequence[Receipt]) -> set[int]:
    """Devices that this one was before it was restored, of which the hub goes on from a copy: that stops only these."""
    former = own_devices(write)[1:]
    found = {one.device: hash_at(write, one.device, one.seq) for one in receipts if one.device in former}
    return {one.device for one in receipts if found.get(one.device) not in (None, one.head)}


def _take_standing(write: Write, content: DownContent, signed: dict[int, int], troubled: dict[int, str]) -> None:
    """Where the hub stands now, what it did not take, and what it has lost."""
    keeping.heard(write, write.now, troubled)
    for one in content.problems:
        what = "hub" if one.device == HUB else f"device:{one.device}"
        code = one.code if one.code in keeping.HUB_PROBLEMS else "hub_fault"
        if (one.code, one.device) == ("fork", HUB):
            code = "hub_fork"
        keeping.trouble(
            write, what, f"exchange.{code}", {"device": one.device, "status": 0, "code": one.code}, write.now
        )
        if one.code in ("gap", "hub_behind"):
            keeping.hold(write, {one.device: one.held})
    held = {one.device: one.seq for one in content.receipts}
    lost = {device: held.get(device, 0) for device, seq in signed.items() if held.get(device, 0) < seq}
    if lost:
        keeping.hold(write, lost)
        if troubled.get(HUB) != "fork":
            keeping.trouble(write, "hub", "exchange.hub_restored", {}, write.now)
        keeping.remember(write, outbox.everything_again(write, held))
        keeping.forget_blobs(write)
    elif not any(one.device == HUB for one in content.problems):
        keeping.settle(write, "hub")


def _forked(write: Write, device: int, number: int, digest: bytes) -> None:
    """Nothing of such a reply counts, but it was read: people are told until it is settled, and may write the next."""
    keeping.answered(write, number, digest)
    keeping.trouble(write, f"device:{device}", "exchange.fork", {"device": device}, write.now)


def _tell_lost_here(write: Write, receipts: Sequence[Receipt], before: Mapping[int, int]) -> None:
    """Say where the hub holds more of the own chain than is here: an old copy of this home was put in its place."""
    here, (own, *former) = journal_heads(write), own_devices(write)
    for one in receipts:
        last = here[one.device].seq if one.device in here else one.seq
        if one.seq <= last:
            continue
        if one.device == own:
            values: dict[str, object] = {"held": one.seq, "here": last}
            keeping.trouble(write, f"device:{own}", "exchange.rolled_back", values, write.now)
            # What is made here from now on must go, so that the hub sees the fork and keeps both branches.
            keeping.hold(write, {own: last})
        elif one.device in former and one.seq != before.get(one.device):
            lost = {"first": last + 1, "last": one.seq}
            keeping.trouble(write, f"gone:{one.device}", "exchange.gone_here", lost, write.now)


def _association(read: Read) -> AssociationLine:
    line = association(read)
    if line is None or not line.enrolled:
        raise Refused("exchange.not_enrolled")
    return line


def _check_ours(store: Store, header: BundleHeader, line: AssociationLine) -> None:
    """Refuse what is no reply to this device, each in its own words."""
    if header.centre != store.centre:
        raise Refused("exchange.bundle_other_centre", centre=header.centre[:20])
    if header.device != store.device:
        raise Refused("exchange.bundle_other_device", device=header.device)
    if header.direction != bundles.DOWN:
        raise Refused("exchange.bundle_ours")
    if header.hub != bundles.fingerprint(line.key):
        raise Refused("exchange.bundle_other_hub")


def _keep_unread_reply(store: Store, target: Path) -> None:
    """Refuse to write over a reply that nobody has read: it comes back under the name that went."""
    try:
        with target.open("rb") as stream:
            begin = stream.read(_NEXT_TO_NOTHING)
        size = target.stat().st_size
        data = target.read_bytes() if bundles.is_bundle(begin) and size <= bundles.LARGEST else b""
        header = bundles.read_header(data)
    except (OSError, Refused, IntegrityFailure):
        return
    if (header.centre, header.device, header.direction) != (store.centre, store.device, bundles.DOWN):
        return
    with store.read() as read:
        sent = read.first(select(CourierSent.answered).where(CourierSent.number == header.number))
    if sent is not None and sent.answered is None:
        raise Refused("exchange.unread_reply", file=target.name)


def _put(target: Path, data: bytes) -> None:
    """Have `data` on the stick under its name, read back; else neither."""

    def check(path: Path) -> None:
        if path.read_bytes() != data:
            raise EnvironmentFailure("exchange.not_read_back", file=str(target))

    try:
        with whole_file(target, check) as stream:
            stream.write(data)
    except EnvironmentFailure as problem:
        if problem.code == "store.no_room":
            # Not this machine's disk, which somebody would tidy in vain.
            raise EnvironmentFailure("exchange.stick_full", megabytes=f"{len(data) / 1e6:.1f}") from problem
        raise
    try:
        with target.open("rb") as stream:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            good = stream.read() == data
    except OSError:
        good = False
    if not good:
        with suppress(OSError):
            target.unlink()
        raise EnvironmentFailure("exchange.not_read_back", file=str(target))
