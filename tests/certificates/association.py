"""An association for stories of certificates: its own key and chain, and files of it that a centre takes in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from core.association.events import (
    HUB,
    AuthorisationGiven,
    AuthorisationWithdrawn,
    DecisionGiven,
    EnrolmentAccepted,
    EnrolmentWithdrawn,
    LeaseGranted,
    RevocationMade,
)
from core.certificates.numbers import DEFAULT_PATTERN
from core.clock import today
from core.results.queries import confirmation
from core.store import Event, EventPart, Id, acts, basics, chain, encode_part, own_device, part_digest
from core.store.events import Body, encode_body, encode_fields, kind_of, make_id
from core.store.segments import Segment, encode_segments, take_in
from tests.rooms import CODE, LEVEL, STANDARD, Centre

NUMBER = CODE + "01"


@dataclass
class Association:
    """What says what a centre needs; `tell` takes all of it that is new into a centre's store."""

    centre: Centre
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    silent: bool = False
    """What it says is not taken in, but goes into its next file."""
    bodies: list[bytes] = field(default_factory=list)
    parts: list[tuple[int, bytes]] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    index: int = 0

    def say(self, event: Event, part: EventPart | None = None) -> Id:
        """Append an entry to the hub's chain, and take it in; its id."""
        seq = len(self.bodies) + 1
        data = encode_part(part) if part is not None else None
        kind = kind_of(type(event))
        body = Body(HUB, seq, time.time_ns() // 1_000_000, 0, 0, 0, kind.name, kind.version, encode_fields(event),
                    part_digest(data) if data else None)  # fmt: skip
        before = self.hashes[-1] if self.hashes else chain.genesis(CODE, self._public)
        self.bodies.append(encode_body(body))
        self.hashes.append(chain.link(before, self.bodies[-1]))
        if data:
            self.parts.append((seq, data))
        if not self.silent:
            self.tell()
        return make_id(HUB, seq)

    def tell(self) -> None:
        """Let the centre take in everything that was said."""
        self.centre.store.write(self.centre.who("C1"), take_in, self._whole)

    def file(self) -> bytes:
        """The same as a file."""
        return encode_segments([self._whole])

    @property
    def _whole(self) -> Segment:
        seal = chain.make_seal(self.key, HUB, len(self.bodies), self.hashes[-1])
        genesis = chain.genesis(CODE, self._public)
        return Segment(CODE, HUB, self._public, 1, genesis, self.bodies, self.parts, seal)

    @property
    def _public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def meet(self) -> Association:
        """The centre admits the hub; the hub accepts this machine."""
        self.centre.act("admin", acts.admit, HUB, self._public, second="M1")
        self.enrol()
        return self

    def enrol(self) -> None:
        """Accept the machine that the centre's store is open on."""
        device, key, issuer = self.machine()
        self.say(EnrolmentAccepted("测试协会", "测试考点", device, key, issuer, bytes(32), [], bytes(32)))

    def leave(self) -> None:
        """Accept it no more."""
        device, key, _ = self.machine()
        self.say(EnrolmentWithdrawn(device, key), EnrolmentWithdrawn.Part(""))

    def machine(self) -> tuple[int, bytes, bytes]:
        """Device number, device key and issuer key of the machine that the store is open on."""
        device = self.centre.ask(own_device)
        key = self.centre.ask(lambda read: read.value(select(basics.Device.key).where(basics.Device.id == device)))
        issuer = Ed25519PrivateKey.from_private_bytes(self.centre.store.secret("issuer"))
        return device, bytes(key), issuer.public_key().public_bytes_raw()

    def authorise(
        self,
        standard: str = STANDARD,
        levels: tuple[str, ...] = (LEVEL,),
        first: date | None = None,
        until: date | None = None,
        issuer_key: bytes | None = None,
        pattern: str = DEFAULT_PATTERN,
        centre_number: str = NUMBER,
    ) -> Id:
        """Authorise the centre."""
        day, key = today(), issuer_key or self.machine()[2]
        start, end = first or day - timedelta(30), until or day + timedelta(300)
        event = AuthorisationGiven(
            standard, list(levels), start.isoformat(), end.isoformat(), key, centre_number, pattern
        )
        return self.say(event)

    def withdraw(self, authorisation: Id) -> None:
        """Authorise it no more."""
        self.say(AuthorisationWithdrawn(authorisation), AuthorisationWithdrawn.Part(""))

    def decide(self, approved: bool = True, results: bytes | None = None, reason: str = "", batch: str = "") -> None:
        """Decide on the centre's batch as it is confirmed."""
        confirmed = self.centre.ask(confirmation, self.centre.batch)
        digest = results if results is not None else confirmed.digest
        self.say(DecisionGiven(batch or str(self.centre.batch), digest, approved), DecisionGiven.Part(reason))

    def lease(
        self, first: int, last: int, year: int | None = None, device: int | None = None, key: bytes | None = None
    ) -> Id:
        """Lease serials to the machine that the store is open on, or another."""
        own, own_key, _ = self.machine()
        id = self.say(
            LeaseGranted(
                own if device is None else device, key or own_key, year or today().year, first, last, self.index
            )
        )
        self.index += last - first + 1
        return id

    def revoke(self, number: str, index: int) -> None:
        """Revoke a certificate."""
        self.say(RevocationMade(number, index), RevocationMade.Part("测试"))

    def allow(self, count: int = 10) -> Association:
        """Everything that certificates need."""
        self.authorise()
        self.decide()
        self.lease(1, count)
        return self
