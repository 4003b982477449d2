"""Clients that mean harm: every one of them gets a clear problem, and the hub stays small and well."""

from __future__ import annotations

import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from core.association import wire
from core.hub import bodies, patience, server
from core.hub.hub import make_hub
from core.hub.problems import Problem
from core.hub.uploads import read_upload
from core.store.segments import MAGIC, encode_segments
from tests.hub.devices import Device, Online, enrolled, problem, serving


@pytest.fixture
def online(tmp_path: Path) -> Iterator[Online]:
    hub = make_hub(tmp_path / "hub", "测试协会", "口令", None)
    with serving(hub) as found:
        yield found
    hub.close()


@pytest.fixture
def device(online: Online) -> Device:
    found = enrolled(online.hub)
    online.greet(found)
    return found


def packed(content: object) -> bytes:
    return MAGIC + zlib.compress(msgspec.msgpack.encode(content), 9)


def bomb(size: int) -> bytes:
    """Zeros that grow a thousandfold, a mebibyte at a time."""
    packer = zlib.compressobj(9)
    data = MAGIC + b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20))
    return data + packer.flush()


def many(device: Device, bodies: int, parts: int = 0) -> list[object]:
    """A segment with so many entries that there is nothing in."""
    return [device.centre, 1, device.public, 1, bytes(32), [b"x" * 10] * bodies, [[1, b"y" * 16]] * parts, bytes(64)]


def test_what_is_no_segment_file_is_refused_in_words(online: Online, device: Device) -> None:
    device.work(4)
    whole = encode_segments([device.segment()])
    cases = [b"", b"x", MAGIC, MAGIC + b"x" * 99, whole[:-1], whole[:50], whole + b"x", whole[1:], b"PK\x03\x04" * 50]
    cases += [packed(content) for content in (None, 5, {}, [5], [[]], [[1] * 8], [["x"] * 8], "x" * 999)]
    cases += [MAGIC + zlib.compress(data) for data in (b"\x91" * 100_000, b"\xdd\xff\xff\xff\xff", b"\xc1")]
    for data in cases:
        problem(online.ask("POST", "/v1/segments", device, data), 422, "altered")
    online.send(device, device.segment())


def test_bombs_and_huge_counts_take_little_memory(online: Online, device: Device) -> None:
    whole = MAGIC + zlib.compress(msgspec.msgpack.encode([many(device, 60_000)] * 40), 9)
    cases = [
        (bomb(256 << 20), 128 << 20),  # zlib puts the pieces together at the end
        (packed([many(device, 1_000_000)]), 16 << 20),
        (packed([many(device, 1, 600_000)]), 16 << 20),
        (packed([many(device, 1)] * 100_000), 24 << 20),
        (whole, 40 << 20),
    ]
    for data, unpacked in cases:
        assert len(data) < wire.LARGEST_PACKED
        tracemalloc.start()
        with pytest.raises(Problem) as said:
            read_upload(data)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert said.value.status in (413, 422) and most < unpacked + (24 << 20), (len(data), most >> 20)
        answer = online.ask("POST", "/v1/segments", device, data)
        problem(answer, said.value.status, said.value.code)
    assert online.client.get("/healthz").status_code == 200


def test_more_than_may_be_sent_at_once_is_refused_before_it_is_read(online: Online, device: Device) -> None:
    problem(online.ask("POST", "/v1/segments", device, bytes(wire.LARGEST_PACKED + 1)), 413, "too_large")
    problem(online.client.post("/v1/hello", content=bytes(1 << 20)), 413, "too_large")
    problem(online.client.post("/v1/enrol", content=bytes(1 << 20)), 413, "too_large")

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(1 << 20)

    answer = online.client.post("/v1/segments", content=endless(), headers={"Authorization": f"Bearer {device.token}"})
    problem(answer, 413, "too_large")


def test_a_body_that_never_ends_is_given_up(online: Online, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE", 0.2)
    host, port = online.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.settimeout(10)
        line.sendall(b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc")
        assert b"408" in line.recv(4096)
    monkeypatch.setattr(bodies, "SILENCE", 5.0)
    monkeypatch.setattr(bodies, "PATIENCE", 0.5)
    began = time.monotonic()
    with socket.create_connection((host, int(port))) as line:
        line.settimeout(10)
        line.sendall(b"POST /v1/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
        try:
            for _ in range(100):
                line.sendall(b"a")
                time.sleep(0.02)
        except OSError:
            pass
        assert b"408" in line.recv(4096) and time.monotonic() - began < 5
    assert online.client.get("/healthz").status_code == 200


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_a_connection_on_which_nobody_asks_anything_is_given_up(
    online: Online, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    host, port = online.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as line:
        line.settimeout(5)
        line.sendall(begun)
        answer = b""
        while piece := line.recv(4096):
            answer += piece
    assert (b'"ok"' in answer) == begun.endswith(b"\r\n\r\n")


def test_when_too_much_comes_at_once_the_others_are_told_to_wait(
    online: Online, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_WAITING", 0)
    answer = online.client.post("/v1/hello", content=device.hello())
    problem(answer, 503, "busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_wrong_addresses_and_methods_are_problems_too(online: Online, device: Device) -> None:
    for method, path in (
        ("GET", "/"),
        ("GET", "/v1/../hub.json"),
        ("GET", "/v1/%2e%2e/hub.json"),
        ("DELETE", "/v1/segments"),
        ("GET", "/v1/hello"),
        ("POST", "/v1/entries"),
        ("GET", "/docs"),
        ("GET", "/v1/blobs/"),
    ):
        answer = online.ask(method, path, device)
        assert answer.status_code == 404 and answer.headers["Content-Type"] == wire.PROBLEM_TYPE, path


@pytest.mark.logs_errors
def test_a_fault_of_ours_says_nothing_of_what_was_sent(
    online: Online, device: Device, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("测试一 110101199001010028")

    monkeypatch.setattr(server, "ingest", broken)
    device.work(1)
    answer = online.ask("POST", "/v1/segments", device, encode_segments([device.segment()]))
    problem(answer, 500, "fault")
    assert "1101" not in answer.text and "1101" not in caplog.text
    assert "ValueError" in caplog.text


def test_what_the_hub_answers_is_described(online: Online) -> None:
    said = online.client.get("/v1/openapi.json").json()
    assert set(said["paths"]) == {
        "/v1/hello", "/v1/return", "/v1/enrol", "/v1/segments", "/v1/entries", "/v1/blobs/{name}", "/v1/lists",
        "/v1/verify", "/healthz",
    }  # fmt: skip
    for path in said["paths"].values():
        for operation in path.values():
            assert operation["summary"] and wire.PROBLEM_TYPE in operation["responses"]["default"]["content"]
