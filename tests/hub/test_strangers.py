"""Who is not enrolled can send what they like: it takes nothing of what those need who are."""

from __future__ import annotations

import asyncio
import os
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from core.association import wire
from core.batches.events import BatchCreated
from core.hub import patience, server
from core.hub.custody import blob_names
from core.hub.hub import Hub, make_hub
from core.store import BlobRef
from core.store.segments import encode_segments
from tests.hub.devices import Device, Online, enrolled, problem, serving


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", "口令", database_url)
    yield found
    found.close()


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", "口令", None)
    yield found
    found.close()


def line_to(online: Online) -> socket.socket:
    host, port = online.url.removeprefix("http://").split(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((host, int(port)))
    line.settimeout(10)
    return line


def test_a_greeting_of_no_centre_is_one_of_nobody(hub: Hub) -> None:
    with serving(hub) as online:
        for centre in ("", "9\x009999", "999\x00", "12345", "９９９９９９", "9" * 100_000):
            problem(online.client.post("/v1/hello", content=Device(centre).hello()), 403, "unknown_device")


def test_a_greeting_that_says_too_much_of_the_hubs_chain_is_an_incident_and_no_fault(trial: Hub) -> None:
    device = enrolled(trial)
    with serving(trial) as online:
        answer = online.client.post("/v1/hello", content=device.hello(hub_head_seq=1 << 62))
        assert answer.status_code == 200


def test_whoever_takes_nothing_of_what_they_asked_for_is_given_up(trial: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    with serving(trial) as online:
        size, asked = len(online.client.get("/v").content), 600
        with line_to(online) as line:
            line.sendall(b"GET /v HTTP/1.1\r\nHost: x\r\n\r\n" * asked)
            time.sleep(3)
            taken = 0
            try:
                while piece := line.recv(1 << 16):
                    taken += len(piece)
            except ConnectionError:
                pass
        assert taken < asked * size / 2


def test_whoever_takes_it_slowly_gets_all_of_it(trial: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    real = patience.PatientProtocol.connection_made

    def narrow(self: patience.PatientProtocol, transport: asyncio.Transport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        real(self, transport)

    monkeypatch.setattr(patience.PatientProtocol, "connection_made", narrow)
    with serving(trial) as online:
        size, asked = len(online.client.get("/v").content), 60
        with line_to(online) as line:
            line.sendall(b"GET /v HTTP/1.1\r\nHost: x\r\n\r\n" * (asked - 1))
            line.sendall(b"GET /v HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            taken = 0
            while piece := line.recv(8192):
                taken += len(piece)
                time.sleep(0.01)
        assert taken > asked * size


@pytest.mark.logs_errors
def test_what_is_no_request_is_a_problem_too(trial: Hub) -> None:
    assert hasattr(patience.H11Protocol, "send_400_response"), "uvicorn calls it something else now"
    with serving(trial) as online:
        for said in (
            b"\x16\x03\x01" + bytes(60),
            b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 200_000 + b"\r\n\r\n",
            b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
            b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
            b"GET /healthz HTTP/1.1\r\n\r\n",
        ):
            with line_to(online) as line:
                answer = b""
                try:
                    line.sendall(said)
                    while piece := line.recv(4096):
                        answer += piece
                except ConnectionError:
                    pass  # what it would not read keeps it from being heard
            assert answer.startswith(b"HTTP/1.1 400 ") and b"urn:zhikao:bad_request" in answer, said[:60]
            assert wire.PROBLEM_TYPE.encode() in answer.lower()
        assert online.client.get("/healthz").status_code == 200


def test_one_connection_too_many_hears_when_to_come_again(trial: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    real = patience.H11Protocol.__init__

    def narrow(self: patience.H11Protocol, *args: object, **kwargs: object) -> None:
        real(self, *args, **kwargs)  # type: ignore[arg-type]
        self.limit_concurrency = 3

    monkeypatch.setattr(patience.H11Protocol, "__init__", narrow)
    with serving(trial) as online, line_to(online), line_to(online):
        answer = online.client.get("/healthz")
        problem(answer, 503, "busy")
        assert int(answer.headers["Retry-After"]) > 0


def test_strangers_who_fill_what_they_may_leave_the_rest_to_the_others(
    trial: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "OF_STRANGERS", 1 << 20)
    monkeypatch.setattr(server, "RETURNED", 1 << 20)
    device = enrolled(trial)
    for _ in range(40):
        device.write(BatchCreated("x" * 40_000, os.urandom(30_000).hex(), "junior", "2026-11-22"))
    whole = encode_segments([device.segment()])
    assert 1 << 20 < len(whole) < wire.LARGEST_PACKED
    with serving(trial) as online, ExitStack() as lines:
        online.greet(device)
        for path, size in (("/v1/return", 1 << 20), ("/v1/enrol", 1 << 19), ("/v1/hello", 1 << 19)):
            line = lines.enter_context(line_to(online))
            line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
            line.sendall(bytes(size - 1))
        time.sleep(0.5)
        problem(online.client.post("/v1/return", content=bytes(1000)), 503, "busy")
        problem(online.client.post("/v1/hello", content=bytes(1000)), 503, "busy")
        assert online.ask("POST", "/v1/segments", device, whole).status_code == 200


def test_names_of_photos_are_found_in_parts_of_every_shape() -> None:
    sizes = (0, 5, 127, 128, 255, 256, 65_535, 65_536, 1 << 33)
    found = [
        BlobRef(os.urandom(32), os.urandom(32), size, kind)
        for size in sizes
        for kind in ("", "image/jpeg", "x" * 40, "y" * 300)
    ]
    part = os.urandom(16) + msgspec.msgpack.encode(["理由", {"a": [found[:20]]}, found[20:], os.urandom(32), 7])
    assert blob_names(part) == {one.name for one in found}
    assert blob_names(os.urandom(16) + msgspec.msgpack.encode([os.urandom(32), os.urandom(32), "x", 5])) == set()


def test_a_part_of_a_million_nothings_takes_neither_memory_nor_time() -> None:
    name, key = b"\xc4\x20" + bytes(32), b"\xc4\x20" + bytes(32)
    for nothing in (b"\x90", b"\x80", b"\xc4\x20", name + key + b"\xcf"):
        part = bytes(16) + b"\xdd\xff\xff\xff\xff\xc4\x20" + nothing * ((32 << 20) // len(nothing))
        tracemalloc.start()
        began = time.monotonic()
        assert blob_names(part) == set()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 1 << 20 and time.monotonic() - began < 5
    many = bytes(16) + b"".join(
        msgspec.msgpack.encode(BlobRef(number.to_bytes(32, "big"), key[2:], 1, "x")) for number in range(5000)
    )
    assert len(blob_names(many)) == 1000
