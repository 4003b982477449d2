"""A hub over real HTTP that only keeps what it is sent, and can be told to fail in every way that a link does."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from core.association import bundles, wire
from core.association.events import EnrolmentAccepted
from core.association.receipts import Receipt, encode_receipts, make_receipt
from core.association.requests import read_request, request_digest
from core.store import Event, EventPart, chain, encode_part, part_digest
from core.store.events import Body, decode_body, encode_body, encode_fields, kind_of
from core.store.segments import Segment, decode_segments, encode_segments

CENTRE = "999999"


class Says(Exception):
    """A problem+json answer."""

    def __init__(self, status: int, code: str, headers: dict[str, str] | None = None, **detail: Any) -> None:
        self.status, self.code, self.detail, self.headers = status, code, detail, headers or {}


@dataclass
class Kept:
    """A device's chain as the hub has it."""

    key: bytes
    bodies: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    parts: dict[int, bytes] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        return len(self.bodies)

    def hash(self, seq: int) -> bytes:
        return self.hashes[seq - 1] if seq else chain.genesis(CENTRE, self.key)


class SmallHub:
    """One centre's hub. `fault`, when set, is asked before and after each request is understood."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.key, self.courier = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw()
        self.own = Kept(self.public)
        self.own_seals: dict[int, bytes] = {}
        self.chains: dict[int, Kept] = {}
        self.blobs: dict[bytes, bytearray] = {}
        self.whole: set[bytes] = set()
        self.fault: Callable[[str, str, bytes], str | Says | None] = lambda method, path, body: None
        self.seen: list[tuple[str, str, int]] = []
        self.received: list[bytes] = []
        """Every body of a request that ever came."""
        self.clock_off = 0
        self.reads = ""
        """What it says that it reads beside segment files, as younger hubs do."""
        self.secret: bytes | None = None
        self.guard = threading.Lock()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20
            # A delayed acknowledgement of 40 ms a round is no link of ours.
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                self._do()

            def do_POST(self) -> None:
                self._do()

            def do_PUT(self) -> None:
                self._do()

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hub.received.append(body)
                hub.seen.append((self.command, self.path, len(body)))
                fault = hub.fault(self.command, self.path, body)
                try:
                    if isinstance(fault, Says):
                        raise fault
                    if fault == "before":
                        self._cut(b"")
                        return
                    with hub.guard:
                        status, kind, answer = hub.answer(self.command, self.path, body, dict(self.headers))
                    headers = {"Accept-Post": hub.reads} if hub.reads else {}
                except Says as said:
                    status, kind, headers = said.status, wire.PROBLEM_TYPE, said.headers
                    problem = {"type": f"urn:zhikao:{said.code}", "title": said.code, "status": status, **said.detail}
                    answer = json.dumps(problem).encode()
                if fault == "html":
                    status, kind, answer = 200, "text/html; charset=utf-8", b"<html>login</html>"
                lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(answer)}"]
                lines += [f"{name}: {value}" for name, value in headers.items()]
                whole = "\r\n".join([*lines, "", ""]).encode() + (answer if status != 204 else b"")
                if isinstance(fault, str) and fault.startswith("after:"):
                    self._cut(whole[: int(fault[6:])])
                    return
                self.wfile.write(whole)
                if fault == "after":
                    self.close_connection = True

            def _cut(self, data: bytes) -> None:
                self.wfile.write(data)
                self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=lambda: self.server.serve_forever(0.01), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # --- its own chain

    def say(self, event: Event, part: EventPart | None = None) -> None:
        """An entry of the hub's chain, sealed."""
        kind = kind_of(type(event))
        data = encode_part(part) if part is not None else None
        seq = self.own.seq + 1
        at = time.time_ns() // 1_000_000
        digest = part_digest(data) if data is not None else None
        body = encode_body(Body(0, seq, at, 0, 0, 0, kind.name, kind.version, encode_fields(event), digest))
        self.own.hashes.append(chain.link(self.own.hash(seq - 1), body))
        self.own.bodies.append(body)
        if data is not None:
            self.own.parts[seq] = data
        self.own_seals[seq] = chain.make_seal(self.key, 0, seq, self.own.hashes[-1])

    def after(self, seq: int) -> bytes | None:
        """The segment file of its chain after an entry."""
        if seq >= self.own.seq:
            return None
        parts = [(one, data) for one, data in self.own.parts.items() if one > seq]
        last = self.own_seals[self.own.seq]
        return encode_segments(
            [Segment(CENTRE, 0, self.public, seq + 1, self.own.hash(seq), self.own.bodies[seq:], parts, last)]
        )

    def admit(self, request: bytes) -> bytes:
        """The answer to a request for enrolment."""
        asked = read_request(request)
        for before in asked.goes_on_from:
            self.chains.setdefault(before.device, Kept(bytes.fromhex(before.key)))
        device_key, issuer_key = asked.keys
        self.chains.setdefault(asked.device, Kept(device_key))
        courier = self.courier.public_key().public_bytes_raw()
        digest = request_digest(request)
        self.say(EnrolmentAccepted("测试协会", asked.name, asked.device, device_key, issuer_key, courier, [], digest))
        found = self.after(0)
        assert found is not None
        return found

    # --- what it is sent

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        where, _, query = path.partition("?")
        if (method, where) == ("POST", "/v1/hello"):
            return 200, wire.MESSAGE_TYPE, self.hello(body)
        if (method, where) == ("POST", "/v1/enrol"):
            return 200, wire.SEGMENTS_TYPE, self.enrol(body)
        if headers.get("Authorization") != "Bearer token":
            raise Says(401, "unauthorised")
        if (method, where) == ("POST", "/v1/segments"):
            return 200, wire.MESSAGE_TYPE, encode_receipts(self.ingest(body))
        if (method, where) == ("GET", "/v1/entries"):
            found = self.after(int(query.removeprefix("after=")))
            return (204, wire.SEGMENTS_TYPE, b"") if found is None else (200, wire.SEGMENTS_TYPE, found)
        if where.startswith("/v1/blobs/"):
            name = bytes.fromhex(where.removeprefix("/v1/blobs/"))
            if method == "PUT":
                self.keep_piece(name, body, headers["Content-Range"])
            held = {"held": len(self.blobs.get(name, b"")), "whole": name in self.whole}
            return 200, "application/json", json.dumps(held).encode()
        raise Says(404, "unknown")

    def enrol(self, body: bytes) -> bytes:
        asked = wire.decode_enrol(body)
        if self.secret is None or asked.proof != wire.enrol_proof(self.secret, asked.request):
            raise Says(403, "bad_code")
        return self.admit(asked.request)

    def hello(self, body: bytes) -> bytes:
        hello = wire.decode_hello(body)
        known = self.chains.get(hello.device)
        if not hello.holds() or known is None or known.key != hello.device_key:
            raise Says(403, "unknown_device", device=hello.device)
        now = time.time_ns() // 1_000_000 + self.clock_off
        if abs(hello.at_ms - now) > 3_600_000:
            raise Says(409, "clock", hub_time_ms=now)
        held = ((device, kept) for device, kept in self.chains.items() if kept.seq)
        heads = [wire.ChainHead(device, kept.seq, kept.hash(kept.seq)) for device, kept in held]
        welcome = wire.Welcome(self.public, now, "token", heads, self.own.seq, self.own.hash(self.own.seq))
        return wire.encode(wire.sign_welcome(welcome, hello.nonce, self.key))

    def ingest(self, data: bytes) -> list[Receipt]:
        found = decode_segments(data)
        return [receipt for segment in found if (receipt := self.keep(segment)) is not None]

    def keep(self, segment: Segment) -> Receipt | None:
        kept = self.own if segment.device == 0 else self.chains.get(segment.device)
        if kept is None or kept.key != segment.key:
            raise Says(403, "unknown_device", device=segment.device)
        if segment.bodies and segment.first > kept.seq + 1:
            raise Says(409, "gap", device=segment.device, held_seq=kept.seq)
        previous = segment.previous
        for seq, body in enumerate(segment.bodies, start=segment.first):
            previous = chain.link(previous, body)
            if seq <= kept.seq and kept.hashes[seq - 1] != previous:
                raise Says(409, "fork", device=segment.device)
        if segment.bodies and not chain.seal_holds(kept.key, segment.seal, segment.device, segment.last, previous):
            raise Says(422, "altered")
        for seq, body in enumerate(segment.bodies, start=segment.first):
            if seq > kept.seq:
                kept.hashes.append(chain.link(kept.hash(seq - 1), body))
                kept.bodies.append(body)
        if segment.bodies and segment.device == 0:
            self.own_seals[segment.last] = segment.seal
        for seq, part in segment.parts:
            digest = decode_body(kept.bodies[seq - 1]).digest
            assert digest == hashlib.sha256(part).digest()
            kept.parts[seq] = part
        return self.receipt(segment.device) if segment.device else None

    def receipt(self, device: int) -> Receipt:
        kept = self.chains[device]
        at = time.time_ns() // 1_000_000
        return make_receipt(self.key, CENTRE, device, kept.seq, kept.hash(kept.seq), at)

    def keep_piece(self, name: bytes, data: bytes, content_range: str) -> None:
        first = int(content_range.removeprefix("bytes ").split("-")[0])
        total = int(content_range.split("/")[1])
        held = self.blobs.setdefault(name, bytearray())
        if name in self.whole:
            return
        if first != len(held):
            raise Says(409, "blob_offset", held=len(held))
        held += data
        if len(held) == total:
            if hashlib.sha256(held).digest() != name:
                held.clear()
                raise Says(422, "blob_altered")
            self.whole.add(name)

    def courier_reply(self, data: bytes) -> bytes:
        """What `hub courier` makes of a bundle."""
        header = bundles.read_header(data)
        content = bundles.read_up(data, self.courier, self.chains[header.device].key)
        problems = []
        for file in content.segments:
            try:
                self.ingest(file)
            except Says as said:
                device = said.detail.get("device", header.device)
                problems.append(bundles.BundleProblem(said.code, device, said.detail.get("held_seq", 0)))
        for name, blob in content.blobs:
            self.blobs[name] = bytearray(blob)
            self.whole.add(name)
        receipts = [self.receipt(device) for device, kept in self.chains.items() if kept.seq]
        names = [name for name, _ in content.blobs]
        entries = self.after(content.hub_head_seq) or b""
        if content.hub_head_seq > self.own.seq:
            problems.append(bundles.BundleProblem("hub_behind", 0, self.own.seq))
        down = bundles.DownContent(receipts, entries, names, problems)
        return bundles.write_down(header, time.time_ns() // 1_000_000, down, self.key)

    def forget(self, device: int, seq: int) -> None:
        """A hub that was restored from a backup of when it held no more than this."""
        kept = self.chains[device]
        del kept.bodies[seq:], kept.hashes[seq:]
        kept.parts = {one: data for one, data in kept.parts.items() if one <= seq}
        self.blobs.clear()
        self.whole.clear()
