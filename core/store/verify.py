"""Whether the journal still is what was written: pages, chains, parts, seals, order, and every outside witness."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlcipher3.dbapi2 as dbapi
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.errors import AppError, EnvironmentFailure
from core.store import chain
from core.store.basics import (
    CentreFounded,
    DeviceAdmitted,
    DeviceJoined,
    DeviceReceived,
    DeviceRestored,
    PartErased,
)
from core.store.engine import explain
from core.store.events import KINDS, Body, decode_body, decode_event
from core.words import say

_BRINGS_KEY = b"device.admitted"
_LOOKED_INTO = frozenset({"device.received", "device.restored", "part.erased"})


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


def verify(
    connection: Connection, centre: str, device: int, witnesses: Callable[[], Iterable[HeadAt]] = tuple
) -> Verified:
    """Check everything that can be checked from inside, and against `witnesses` from outside.

    Whatever somebody did to the file comes out as problems; only the machine's own failures are raised.
    """
    scan = _Scan(connection, centre, device)
    checks = (scan.pages, scan.chains, scan.parts, scan.seals, scan.order, lambda: scan.outside(witnesses()))
    problems: list[Problem] = []
    for check in checks:
        try:
            problems += check()
        except (DBAPIError, dbapi.Error) as problem:
            if isinstance(explain(problem), EnvironmentFailure):
                raise
            if not any(one.kind == "page" for one in problems):
                problems.append(Problem(0, 0, "page"))
        except AppError:
            problems.append(Problem(0, 0, "witness"))
    return Verified(scan.entries, len(scan.chain_of), problems)


@dataclass
class _Chain:
    """What the later checks need of one device's chain: entry `seq` stands at index `seq - 1` while there is no gap."""

    hashes: list[bytes] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    arrivals: list[int] = field(default_factory=list)
    digests: dict[int, bytes] = field(default_factory=dict)
    """Of the parts, by seq."""
    whole: bool = True

    def hash_at(self, seq: int) -> bytes | None:
        return self.hashes[seq - 1] if 0 < seq <= len(self.hashes) else None


class _Scan:
    """One pass over the journal that remembers what the later checks need."""

    def __init__(self, connection: Connection, centre: str, device: int) -> None:
        self.connection = connection
        self.centre = centre
        self.device = device
        self.entries = 0
        self.keys: dict[int, bytes] = {}
        """The key of each device, by its own word or by that of who admitted it."""
        self.authority: dict[int, int] = {}
        """Whose word on devices and on erasing counts here, each from which arrival on; see `basics`."""
        self.chain_of: dict[int, _Chain] = {}
        self.erased: set[tuple[int, int]] = set()
        self.received: dict[int, list[tuple[int, DeviceReceived]]] = {}
        self.restored: dict[int, DeviceRestored] = {}
        self.own: dict[int, int | None] = {}
        """The devices of the own chain, first to last, each with the entry where it ends."""

    def _rows(self, sql: str) -> Any:
        """Rows as the driver gives them: a journal is long, and nothing more is wanted of each."""
        raw = self.connection.connection.dbapi_connection
        assert raw is not None
        return raw.cursor().execute(sql)

    def pages(self) -> Iterator[Problem]:
        """SQLCipher's own check of every page."""
        if not self.connection.exec_driver_sql("PRAGMA cipher_version").scalar():
            return
        if self.connection.exec_driver_sql("PRAGMA cipher_integrity_check").first() is not None:
            yield Problem(0, 0, "page")

    def chains(self) -> Iterator[Problem]:
        """Each device's hashes, from its first entry on."""
        self._learn_keys()
        rows = self._rows("SELECT arrival, device, seq, body, hash FROM journal ORDER BY device, seq")
        sha256, decode = hashlib.sha256, decode_body
        current, expected, previous, found = -1, 1, b"", _Chain()
        for arrival, device, seq, data, hash_ in rows:
            if device != current:
                current, expected = device, 1
                previous = chain.genesis(self.centre, self.keys.get(device, b""))
                found = self.chain_of[device] = _Chain()
                hashes, times, arrivals, digests = found.hashes, found.times, found.arrivals, found.digests
            if seq != expected:
                found.whole = False
                yield Problem(device, expected, "gap")
            if sha256(previous + data).digest() != hash_:  # `chain.link`, without the call
                yield Problem(device, seq, "hash")
            previous, expected = hash_, seq + 1
            hashes.append(hash_)
            arrivals.append(arrival)
            try:
                body = decode(data)
            except msgspec.DecodeError:
                times.append(0)
                yield Problem(device, seq, "body")
                continue
            times.append(body.at)
            if body.digest is not None:
                digests[seq] = body.digest
            if (
                body.device != device
                or body.seq != seq
                or (body.kind in _LOOKED_INTO and not self._note(body, arrival))
            ):
                yield Problem(device, seq, "body")
        self.entries = sum(len(found.hashes) for found in self.chain_of.values())
        self._find_own()
        yield from self._links()

    def _learn_keys(self) -> None:
        rows = self.connection.exec_driver_sql(
            "SELECT arrival, device, seq, body FROM journal WHERE seq = 1 OR instr(body, ?) > 0 ORDER BY arrival",
            (_BRINGS_KEY,),
        )
        for arrival, device, seq, data in rows:
            body = _body(data)
            known = device in self.keys
            match body and _event(body):
                case CentreFounded(key=key) | DeviceRestored(key=key) if seq == 1 and not known:
                    self._know(device, key, arrival)
                case DeviceJoined(key=key, host=host, host_key=host_key) if seq == 1 and not known:
                    self._know(device, key, arrival)
                    self._know(host, host_key, arrival)
                case DeviceAdmitted(device=admitted, key=key, authority=authority) if device in self.authority:
                    self._know(admitted, key, arrival if authority else None)

    def _know(self, device: int, key: bytes, authority: int | None) -> None:
        if device not in self.keys:
            self.keys[device] = key
            if authority is not None:
                self.authority[device] = authority

    def _note(self, body: Body, arrival: int) -> bool:
        """Remember what an entry says of other entries. Whether it says something."""
        if body.version > KINDS[body.kind].version:
            return True
        match _event(body):
            case PartErased(device=device, seq=seq):
                if body.second and (body.device == device or self.authority.get(body.device, arrival) < arrival):
                    self.erased.add((device, seq))
            case DeviceReceived() as event:
                self.received.setdefault(body.device, []).append((body.seq, event))
            case DeviceRestored() as event:
                if body.seq == 1:
                    self.restored[body.device] = event
            case _:
                return False
        return True

    def _find_own(self) -> None:
        found: list[tuple[int, int | None]] = [(self.device, None)]
        while (event := self.restored.get(found[0][0])) and event.device not in dict(found):
            found.insert(0, (event.device, event.seq))
        self.own = dict(found)

    def _links(self) -> Iterator[Problem]:
        """What entries say of other devices' chains: where one ended, up to where one was received."""
        for device, event in self.restored.items():
            before = self.chain_of.get(event.device, _Chain())
            if device in self.own and (before.hash_at(event.seq) != event.head or len(before.hashes) != event.seq):
                yield Problem(device, 1, "restored")
        for device in self.own:
            for seq, received in self.received.get(device, []):
                if self.chain_of.get(received.device, _Chain()).hash_at(received.seq) != received.head:
                    yield Problem(device, seq, "received")

    def parts(self) -> Iterator[Problem]:
        """Every part fits its digest; none is missing from the own chain but an erased one; none is there unasked."""
        erased, sha256 = self.erased, hashlib.sha256
        current, waiting = -1, dict[int, bytes]()
        for device, seq, data in self._rows("SELECT device, seq, bytes FROM parts"):
            if device != current:
                current, waiting = device, self.chain_of.get(device, _Chain()).digests
            digest = waiting.pop(seq, None)
            if digest is None or (erased and (device, seq) in erased):
                yield Problem(device, seq, "part_extra")
            elif sha256(data).digest() != digest:
                yield Problem(device, seq, "part_changed")
        for device in self.own:
            for seq in self.chain_of.get(device, _Chain()).digests:
                if (device, seq) not in erased:
                    yield Problem(device, seq, "part_missing")

    def seals(self) -> Iterator[Problem]:
        """Every seal holds, and every entry that must have one has it."""
        missing = {device: set(self._must_be_sealed(device)) for device in self.chain_of}
        for device, seq, signature in self._rows("SELECT device, seq, signature FROM seals ORDER BY device, seq"):
            head = self.chain_of.get(device, _Chain()).hash_at(seq)
            if head is None:
                yield Problem(device, seq, "tail")
            elif not chain.seal_holds(self.keys.get(device, b""), signature, device, seq, head):
                yield Problem(device, seq, "seal")
            else:
                missing[device].discard(seq)
        for device, seqs in missing.items():
            for seq in sorted(seqs):
                yield Problem(device, seq, "seal_missing")

    def _must_be_sealed(self, device: int) -> Iterator[int]:
        """The last entry of each transaction and every 64th in it; of another device, up to where each segment came.

        Entries of one transaction say the same time, those of the next one another.
        """
        times = self.chain_of[device].times
        if device not in self.own:
            for own in self.own:
                yield from (event.seq for _, event in self.received.get(own, []) if event.device == device)
            yield len(times)
            return
        count = 0
        for seq, (time, following) in enumerate(zip(times, [*times[1:], -1], strict=True), start=1):
            count += 1
            if time != following or count == chain.SEAL_EVERY:
                yield seq
                count = 0

    def order(self) -> Iterator[Problem]:
        """Entries stand in the order in which replay applies them, and none stands outside it."""
        position = 0
        if not all(found.whole for found in self.chain_of.values()):
            return  # already said, and positions mean nothing now
        for device, first, last in self._ranges():
            arrivals = self.chain_of.get(device, _Chain()).arrivals[first - 1 : last]
            expected = range(position + 1, position + 1 + len(arrivals))
            if arrivals != list(expected):
                wrong = next(n for n, (is_, must) in enumerate(zip(arrivals, expected, strict=True)) if is_ != must)
                yield Problem(device, first + wrong, "order")
                return
            position += len(arrivals)
        if position != self.entries:
            yield Problem(0, 0, "outside")

    def _ranges(self) -> Iterator[tuple[int, int, int]]:
        """The runs of entries (device, first, last) in the order of replay."""
        got: dict[int, int] = {}
        for device, last in self.own.items():
            end = last if last is not None else len(self.chain_of.get(device, _Chain()).hashes)
            cursor = 1
            for seq, event in self.received.get(device, []):
                if seq > end:
                    break
                yield device, cursor, seq - 1
                yield event.device, got.get(event.device, 0) + 1, event.seq
                got[event.device] = max(got.get(event.device, 0), event.seq)
                cursor = seq
            yield device, cursor, end

    def outside(self, witnesses: Iterable[HeadAt]) -> Iterator[Problem]:
        """What backups, receipts and printed records say of the chains."""
        for witness in witnesses:
            if self.chain_of.get(witness.device, _Chain()).hash_at(witness.seq) != witness.hash:
                yield Problem(witness.device, witness.seq, "tail")


def _body(data: bytes) -> Body | None:
    try:
        return decode_body(data)
    except msgspec.DecodeError:
        return None


def _event(body: Body) -> object:
    """What an entry says, or None where this program can't read it."""
    try:
        return decode_event(body)
    except msgspec.DecodeError:
        return None
