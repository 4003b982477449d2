"""Courier bundles 上报包: the same exchange by a stick that somebody carries, and the hub's reply on the way back.

A bundle holds all that the hub has not acknowledged, whatever earlier ones held: sticks get lost.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
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
from core.association.wire import LARGEST_PACKED
from core.certificates.issuers import take_in_hub_file
from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.exchange import keeping, outbox
from core.exchange.outbox import Batch, MayNow
from core.exchange.tables import CourierSent
from core.store import THE_PROGRAM, Read, Store, Write
from core.store.events import Body
from core.store.files import whole_file
from core.store.queries import journal_heads

BLOB_BYTES = 128 << 20
"""So much of photos and works goes into one bundle, if nobody says otherwise; the others go with the next."""
_TOGETHER = 4096
"""Entries of one segment file in a bundle."""
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
    """Whether a later bundle has been answered already."""
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
    try:
        size = source.stat().st_size
        data = source.read_bytes() if size <= bundles.LARGEST else b""
    except OSError as problem:
        raise EnvironmentFailure("exchange.unreadable", file=str(source), problem=problem.strerror or "") from problem
    if size > bundles.LARGEST:
        raise Refused("exchange.bundle_too_large")
    if not data:
        raise Refused("exchange.bundle_cut_off")
    if not bundles.is_bundle(data) and not bundles.MAGIC.startswith(data):
        return BundleRead(take_in_hub_file(store, data).entries, 0, size, False, False, ())
    header = bundles.read_header(data)
    with store.read() as read:
        line = _association(read)
        sent = read.first(select(CourierSent).where(CourierSent.number == header.number))
        newest = read.value(select(func.max(CourierSent.number)).where(CourierSent.answered.is_not(None))) or 0
    _check_ours(store, header, line)
    if sent is None:
        raise Refused("exchange.bundle_unknown", number=header.number)
    return_key = X25519PrivateKey.from_private_bytes(bytes(sent.return_key))
    content = bundles.read_down(data, return_key, line.key)
    digest = hashlib.sha256(data).digest()
    received = take_in_hub_file(store, content.entries).entries if content.entries else 0
    current = header.number >= newest
    store.write(THE_PROGRAM, _take_reply, content, header.number, digest, current)
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
    signed = keeping.signed_for(write)
    troubled = {one.device: one.code for one in content.problems}
    keeping.take_receipts(write, content.receipts, ())
    keeping.bundle_arrived(
        write, number, {one.device: one.seq for one in content.receipts if one.device not in troubled}
    )
    keeping.blobs_arrived(write, content.blobs)
    keeping.answered(write, number, digest)
    if not current:
        return
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

    with whole_file(target, check) as stream:
        stream.write(data)
    try:
        with target.open("rb") as stream:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            good = stream.read() == data
    except OSError:
        good = False
    if not good:
        raise EnvironmentFailure("exchange.not_read_back", file=str(target))
