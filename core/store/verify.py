"""Whether the journal still is what was written: pages, chains, parts, seals, order, and every outside witness there is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from core.store import chain
from core.store.basics import (
    CentreFounded,
    DeviceAdmitted,
    DeviceJoined,
    DeviceReceived,
    DeviceRestored,
    PartErased,
)
from core.store.events import Body, decode_body, decode_event
from core.store.replay import own_chain, walk
from core.words import say


@dataclass(frozen=True)
class Problem:
    """Something in the journal that does not hold."""

    device: int
    seq: int
    kind: str

    @property
    def sentence(self) -> str:
        """What it means, in the language in use."""
        return say(f"journal.problem.{self.kind}", device=self.device, seq=self.seq)


@dataclass(frozen=True)
class HeadAt:
    """That a device's chain had this hash at this entry: said by a backup, a receipt, a printed day record."""

    device: int
    seq: int
    hash: bytes


@dataclass(frozen=True)
class Verified:
    """What `verify` looked at and what it found."""

    entries: int
    devices: int
    problems: list[Problem]


def heads(connection: Connection) -> list[HeadAt]:
    """Where every device's chain stands."""
    found = connection.exec_driver_sql("SELECT device, max(seq), hash FROM journal GROUP BY device ORDER BY device")
    return [HeadAt(device, seq, bytes(hash_)) for device, seq, hash_ in found]


def verify(connection: Connection, centre: str, device: int, witnesses: Iterable[HeadAt] = ()) -> Verified:
    """Check everything that can be checked from inside, and against `witnesses` from outside."""
    problems = list(_pages(connection))
    scan = _Scan(connection, centre, device)
    problems += scan.chains()
    problems += scan.parts()
    problems += scan.seals()
    problems += scan.order()
    problems += [
        Problem(witness.device, witness.seq, "tail")
        for witness in witnesses
        if scan.hashes.get((witness.device, witness.seq)) != witness.hash
    ]
    return Verified(scan.entries, len(scan.devices), problems)


def _pages(connection: Connection) -> Iterator[Problem]:
    if not connection.exec_driver_sql("PRAGMA cipher_version").scalar():
        return
    for _ in connection.exec_driver_sql("PRAGMA cipher_integrity_check"):
        yield Problem(0, 0, "page")
        return


class _Scan:
    """One pass over the journal that remembers what the later checks need."""

    def __init__(self, connection: Connection, centre: str, device: int) -> None:
        self.connection = connection
        self.centre = centre
        self.device = device
        self.entries = 0
        self.devices: dict[int, bytes] = {}
        """The key of each device, by its own word or by that of who admitted it."""
        self.hashes: dict[tuple[int, int], bytes] = {}
        self.digests: dict[tuple[int, int], bytes] = {}
        self.erased: set[tuple[int, int]] = set()
        self.received: list[tuple[int, int, DeviceReceived]] = []
        self.restored: list[tuple[int, int, DeviceRestored]] = []
        self.last: dict[int, int] = {}
        self.own: set[int] = set()

    def chains(self) -> Iterator[Problem]:
        """Each device's hashes, from its first entry on."""
        self._learn_keys()
        rows = self.connection.exec_driver_sql("SELECT device, seq, body, hash FROM journal ORDER BY device, seq")
        current, expected, previous = -1, 1, b""
        for device, seq, data, hash_ in rows:
            if device != current:
                current, expected = device, 1
                previous = chain.genesis(self.centre, self.devices.get(device, b""))
            self.entries += 1
            if seq != expected:
                yield Problem(device, expected, "gap")
            if chain.link(previous, data) != hash_:
                yield Problem(device, seq, "hash")
            previous, expected = hash_, seq + 1
            self.last[device] = seq
            self.hashes[device, seq] = bytes(hash_)
            body = _body(data)
            if body is None or (body.device, body.seq) != (device, seq):
                yield Problem(device, seq, "body")
            else:
                self._note(body)
        for device, seq, event in self.restored:
            if self.hashes.get((event.device, event.seq)) != event.head or self.last.get(event.device) != event.seq:
                yield Problem(device, seq, "restored")
        for device, seq, received in self.received:
            if self.hashes.get((received.device, received.seq)) != received.head:
                yield Problem(device, seq, "received")

    def _learn_keys(self) -> None:
        for device, data in self.connection.exec_driver_sql("SELECT device, body FROM journal ORDER BY arrival"):
            body = _body(data)
            if body is None or body.kind not in (
                "centre.founded",
                "device.joined",
                "device.restored",
                "device.admitted",
            ):
                continue
            match decode_event(body):
                case CentreFounded(key=key) | DeviceRestored(key=key):
                    self.devices.setdefault(device, key)
                case DeviceJoined(key=key, host=host, host_key=host_key):
                    self.devices.setdefault(device, key)
                    self.devices.setdefault(host, host_key)
                case DeviceAdmitted(device=admitted, key=key):
                    self.devices.setdefault(admitted, key)

    def _note(self, body: Body) -> None:
        if body.digest is not None:
            self.digests[body.device, body.seq] = body.digest
        if not body.kind.startswith(("device.", "part.")):
            return
        match decode_event(body):
            case PartErased(device=device, seq=seq):
                self.erased.add((device, seq))
            case DeviceReceived() as event:
                self.received.append((body.device, body.seq, event))
            case DeviceRestored() as event:
                self.restored.append((body.device, body.seq, event))

    def parts(self) -> Iterator[Problem]:
        """Every part fits its digest; none is missing from the own chain but an erased one; none is there unasked."""
        self.own = {device for device, _ in own_chain(self.connection, self.device)} if self.entries else set()
        waiting = dict(self.digests)
        for device, seq, data in self.connection.exec_driver_sql("SELECT device, seq, bytes FROM parts"):
            digest = waiting.pop((device, seq), None)
            if digest is None or (device, seq) in self.erased:
                yield Problem(device, seq, "part_extra")
            elif hashlib.sha256(data).digest() != digest:
                yield Problem(device, seq, "part_changed")
        for device, seq in waiting:
            if device in self.own and (device, seq) not in self.erased:
                yield Problem(device, seq, "part_missing")

    def seals(self) -> Iterator[Problem]:
        """Every seal holds, stands on an entry, and none is further from the next than one seal may cover."""
        sealed: dict[int, int] = {}
        rows = self.connection.exec_driver_sql("SELECT device, seq, signature FROM seals ORDER BY device, seq")
        for device, seq, signature in rows:
            head = self.hashes.get((device, seq))
            if head is None:
                yield Problem(device, seq, "tail")
                continue
            if not chain.seal_holds(self.devices.get(device, b""), signature, device, seq, head):
                yield Problem(device, seq, "seal")
            if device in self.own and seq - sealed.get(device, 0) > chain.SEAL_EVERY:
                yield Problem(device, seq, "seal_missing")
            sealed[device] = seq
        for device, last in self.last.items():
            if sealed.get(device) != last:
                yield Problem(device, last, "seal_missing")

    def order(self) -> Iterator[Problem]:
        """Entries stand in the order in which replay applies them, and none stands outside it."""
        count = 0
        try:
            for count, step in enumerate(walk(self.connection, self.device), start=1):
                if step.arrival != count:
                    yield Problem(step.body.device, step.body.seq, "order")
                    return
        except msgspec.DecodeError:
            return  # already reported as a body that can't be read
        if count != self.entries:
            yield Problem(0, 0, "outside")


def _body(data: bytes) -> Body | None:
    try:
        return decode_body(data)
    except (msgspec.DecodeError, msgspec.ValidationError, TypeError):
        return None
