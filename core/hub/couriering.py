"""A courier bundle at the hub: the very things that HTTP would have done with it, and the reply for the same stick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from core.association import bundles
from core.association.bundles import BundleHeader, BundleProblem, DownContent
from core.association.events import HUB
from core.association.wire import LARGEST_PACKED
from core.errors import Refused
from core.hub import blobs
from core.hub.database import put
from core.hub.giving_back import enrolled_key, take_back_from
from core.hub.hub import Hub
from core.hub.ingest import ingest, receipts
from core.hub.ledger import LAST, Ledger
from core.hub.problems import Problem
from core.hub.senders import Sender, sender
from core.hub.session import compare
from core.hub.shelf import tell
from core.hub.tables import heard
from core.hub.uploads import read_upload
from core.store.segments import Segment, encode_segments


@dataclass(frozen=True)
class Reply:
    """The bundle that goes back, and what people are told of it."""

    data: bytes
    centre: str
    device: int
    number: int
    receipts: int
    blobs: int
    problems: list[BundleProblem]


def receive(hub: Hub, bundle: bytes) -> Reply:
    """Take a centre's bundle in. One of a stranger or for another hub: refused; tampered with: exit 4.

    A doubled one is answered again.
    """
    header = bundles.read_header(bundle)
    if header.hub != bundles.fingerprint(hub.keys.public):
        raise Refused("exchange.bundle_other_hub")
    with hub.look() as ledger:
        who = sender(ledger, header.centre, header.device)
    if who is None or not who.enrolled:
        who = _remembered(hub, bundle, header)
    content = bundles.read_up(bundle, hub.keys.courier, who.key)
    if who.withdrawn:
        raise Refused("hub.bundle_withdrawn", centre=header.centre, device=header.device)
    hub.act(_heard, header.centre, header.device, content.hub_head_seq, content.hub_head_hash)
    problems = list(_segments(hub, header.centre, content.segments))
    kept, more = _blobs(hub, header.centre, content.blobs)
    problems += more
    hub.catch_up(header.centre)
    forked = any((one.code, one.device) == ("fork", HUB) for one in problems)
    if not forked:
        hub.act(_tell, header.centre, content.hub_head_seq)
    with hub.look() as ledger:
        held, at = ledger.stands(header.centre), ledger.now
        if content.hub_head_seq > held and not forked:
            problems.append(BundleProblem("hub_behind", HUB, held))
        after = min(content.hub_head_seq, held)
        # To another past than the device's nothing can be added.
        segment = ledger.segment(header.centre, after) if not forked else None
        signed = receipts(ledger, header.centre)
    entries = encode_segments([segment]) if segment is not None else b""
    down = DownContent(signed, entries, kept, problems)
    data = bundles.write_down(header, at, down, hub.keys.signing)
    return Reply(data, header.centre, header.device, header.number, len(signed), len(kept), problems)


def _remembered(hub: Hub, bundle: bytes, header: BundleHeader) -> Sender:
    """The device that a restored hub has forgotten, once the hub's own chain in its bundle has shown that it is one."""
    found = list[Segment]()
    with suppress(Problem):
        for file in bundles.open_up(bundle, hub.keys.courier).segments:
            found += [segment for segment in read_upload(file) if segment.device == HUB]
    with hub.look() as ledger, suppress(Problem):
        key = enrolled_key(ledger, header.centre, header.device, found)
        if key is not None:
            bundles.read_up(bundle, hub.keys.courier, key)
            hub.act(take_back_from, header.centre, header.device, found)
    with hub.look() as ledger:
        who = sender(ledger, header.centre, header.device)
    if who is None or not who.enrolled:
        raise Refused("hub.not_enrolled", centre=header.centre[:20], device=header.device)
    return who


def _heard(ledger: Ledger, centre: str, device: int, hub_seq: int, head: bytes) -> None:
    said = {"at": ledger.now, "hub_seq": min(hub_seq, LAST)}
    put(ledger.connection, heard, {"centre": centre, "device": device, "program": "", **said}, said.keys())
    compare(ledger, centre, device, hub_seq, head)


def _tell(ledger: Ledger, centre: str, hub_seq: int) -> None:
    if hub_seq <= ledger.hold(centre).seq:
        tell(ledger, centre)


def _segments(hub: Hub, centre: str, files: list[bytes]) -> Iterator[BundleProblem]:
    for file in files:
        try:
            if len(file) > LARGEST_PACKED:
                raise Problem("too_large")
            problems = hub.act(ingest, centre, read_upload(file)).problems
        except Problem as problem:
            problems = [problem]
        yield from map(_said, problems)


def _blobs(hub: Hub, centre: str, found: list[tuple[bytes, bytes]]) -> tuple[list[bytes], list[BundleProblem]]:
    kept, problems = [], []
    for name, data in found:
        try:
            if not data:
                raise Problem("bad_request")
            with hub.look() as ledger:
                at = blobs.held(ledger, centre, name.hex()).held
            for start in range(min(at, len(data)), len(data), blobs.LARGEST_PIECE):
                piece = data[start : start + blobs.LARGEST_PIECE]
                place = f"bytes {start}-{start + len(piece) - 1}/{len(data)}"
                _, problem = hub.act(blobs.append, centre, name.hex(), place, piece)
                if problem is not None:
                    raise problem
            with hub.look() as ledger:
                if blobs.held(ledger, centre, name.hex()).whole:
                    kept.append(name)
        except Problem as problem:
            problems.append(_said(problem))
    return kept, problems


def _said(problem: Problem) -> BundleProblem:
    device, held = problem.values.get("device", 0), problem.values.get("held_seq", 0)
    return BundleProblem(problem.code, int(device), int(held))
