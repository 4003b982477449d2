"""Devices of centres as the hub meets them: real keys, real entries, real bytes, and no store behind them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.association import wire
from core.association.receipts import Receipt, decode_receipts
from core.association.requests import write_request
from core.batches.events import BatchCreated
from core.hub import acts
from core.hub.hub import Hub
from core.hub.patience import PatientProtocol
from core.hub.server import make_app
from core.registration.events import ApplicationDecided
from core.store import Event, EventPart, Predecessor, chain, encode_part, part_digest
from core.store.events import Body, encode_body, encode_fields, kind_of
from core.store.segments import Segment, decode_segments, encode_segments


def now() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Device:
    """A device with its chain."""

    centre: str = "999999"
    number: int = 1
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    issuer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    bodies: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    parts: dict[int, bytes] = field(default_factory=dict)
    token: str = ""

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def seq(self) -> int:
        return len(self.bodies)

    def hash(self, seq: int) -> bytes:
        return self.hashes[seq - 1] if seq else chain.genesis(self.centre, self.public)

    def copy(self) -> Device:
        """The same machine twice: somebody copied its disk."""
        return Device(self.centre, self.number, self.key, self.issuer, self.bodies[:], self.hashes[:], dict(self.parts))

    def write(self, event: Event, part: EventPart | None = None, *, second: int = 0, part_bytes: bytes = b"") -> int:
        """One more entry; its seq."""
        kind = kind_of(type(event))
        data = part_bytes or (encode_part(part) if part is not None else b"")
        seq = self.seq + 1
        body = Body(
            device=self.number,
            seq=seq,
            at=now(),
            actor=1,
            second=second,
            batch=0,
            kind=kind.name,
            version=kind.version,
            fields=encode_fields(event),
            digest=part_digest(data) if data else None,
        )
        return self.add(encode_body(body), data)

    def add(self, body: bytes, part: bytes = b"") -> int:
        """One more entry with these very bytes."""
        self.hashes.append(chain.link(self.hash(self.seq), body))
        self.bodies.append(body)
        if part:
            self.parts[self.seq] = part
        return self.seq

    def work(self, count: int = 1) -> None:
        """Some entries, with and without parts."""
        for number in range(count):
            if number % 2:
                self.write(BatchCreated(f"2026-{self.seq:02d}", "t-caftv-rural-2026", "junior", "2026-11-22"))
            else:
                self.write(ApplicationDecided(7, "refused", []), ApplicationDecided.Part("理由：测试"))

    def segment(self, first: int = 1, last: int | None = None, *, with_parts: bool = True, **changes: Any) -> Segment:
        last = self.seq if last is None else last
        segment = Segment(
            centre=self.centre,
            device=self.number,
            key=self.public,
            first=first,
            previous=self.hash(first - 1),
            bodies=self.bodies[first - 1 : last],
            parts=[(seq, data) for seq, data in sorted(self.parts.items()) if with_parts and first <= seq <= last],
            seal=chain.make_seal(self.key, self.number, last, self.hash(last)),
        )
        return Segment(**{**{name: getattr(segment, name) for name in segment.__struct_fields__}, **changes})

    def late(self, *seqs: int) -> Segment:
        """Parts alone."""
        return Segment(self.centre, self.number, self.public, 0, b"", [], [(seq, self.parts[seq]) for seq in seqs], b"")

    def request(self, name: str = "测试考点", before: tuple[Predecessor, ...] = ()) -> bytes:
        return write_request(self.centre, name, self.number, (self.key, self.issuer), list(before), "2026-11-22")

    def hello(self, **changes: Any) -> bytes:
        fields: dict[str, Any] = {
            "centre": self.centre,
            "device": self.number,
            "device_key": self.public,
            "at_ms": now(),
            "nonce": os.urandom(wire.NONCE_BYTES),
            "hub_head_seq": 0,
            "hub_head_hash": b"",
            "heads": [],
            "program": "zhikao test",
        }
        return wire.encode(wire.sign_hello(wire.Hello(**{**fields, **changes}), self.key))


def enrolled(hub: Hub, centre: str = "999999", number: int = 1) -> Device:
    """A device that the hub takes entries of."""
    device = Device(centre, number)
    hub.act(acts.admit, device.request())
    return device


@dataclass
class Online:
    """A hub that serves, and a client for whatever anybody may send it."""

    hub: Hub
    url: str
    client: httpx.Client

    def greet(self, device: Device) -> wire.Welcome:
        answer = self.client.post("/v1/hello", content=device.hello())
        assert answer.status_code == 200, answer.text
        welcome = wire.decode_welcome(answer.content)
        device.token = welcome.token
        return welcome

    def ask(self, method: str, path: str, by: Device, content: bytes = b"", **headers: str) -> httpx.Response:
        return self.client.request(
            method, path, content=content, headers={"Authorization": f"Bearer {by.token}", **headers}
        )

    def send(self, by: Device, *segments: Segment) -> list[Receipt]:
        """An upload that is taken."""
        answer = self.ask("POST", "/v1/segments", by, encode_segments(segments))
        assert answer.status_code == 200, answer.text
        found = decode_receipts(answer.content)
        assert all(one.holds(self.hub.keys.public) for one in found)
        return found

    def refuses(self, status: int, code: str, by: Device, *segments: Segment) -> dict[str, Any]:
        """An upload that is refused with a problem."""
        return problem(self.ask("POST", "/v1/segments", by, encode_segments(segments)), status, code)

    def entries(self, by: Device, after: int = 0) -> list[Segment]:
        answer = self.ask("GET", f"/v1/entries?after={after}", by)
        assert answer.status_code in (200, 204), answer.text
        return list(decode_segments(answer.content)) if answer.status_code == 200 else []


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """What a problem says, once it is known to be this one, in words."""
    assert answer.headers["Content-Type"] == wire.PROBLEM_TYPE, answer.text
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["type"]) == (status, f"urn:zhikao:{code}"), said
    assert said["status"] == status and said["title"] and not said["title"].startswith("hub.")
    return said


@contextmanager
def serving(hub: Hub) -> Iterator[Online]:
    """The hub on a port of this machine, in this process."""
    server = uvicorn.Server(
        uvicorn.Config(make_app(hub), port=0, log_config=None, timeout_graceful_shutdown=5, http=PatientProtocol)
    )
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Online(hub, url, client)
    finally:
        server.should_exit = True
        thread.join()
