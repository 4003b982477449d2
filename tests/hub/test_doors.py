"""Every door of the server, one by one: who has not proved who they are learns nothing and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from core.association import wire
from core.hub import acts, session
from core.hub.hub import Hub, make_hub
from core.hub.server import make_app
from core.hub.session import Token, make_token
from core.hub.understood import EVERY_TABLE
from core.store.segments import encode_segments
from tests.hub.devices import Device, Online, enrolled, problem, serving

CODE = "999999"
OPEN = {
    ("POST", "/v1/hello"), ("POST", "/v1/return"), ("POST", "/v1/enrol"), ("POST", "/v1/verify"), ("GET", "/v1/lists"),
    ("GET", "/v"), ("GET", "/v-worker.js"), ("GET", "/healthz"),
}  # fmt: skip
"""What anybody may ask. Each of them is looked at by tests of its own."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", "口令", None)
    yield found
    found.close()


@pytest.fixture
def online(hub: Hub) -> Iterator[Online]:
    with serving(hub) as found:
        yield found


def closed(hub: Hub) -> list[tuple[str, str]]:
    """Method and path of every other route that there is."""
    routes = [route for route in make_app(hub).routes if isinstance(route, APIRoute)]
    found = {(method, route.path) for route in routes for method in route.methods or ()}
    assert found >= OPEN
    return sorted((method, path.format(name="0" * 64)) for method, path in found - OPEN)


def held(hub: Hub) -> dict[str, int]:
    """How much stands in each table."""
    with hub.look() as ledger:
        return {
            name: ledger.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in EVERY_TABLE.tables.items()
        }


def knocks(online: Online, device: Device) -> list[tuple[int, str]]:
    """What every closed door answers to this device, which tries to get something in."""
    said = []
    for method, path in closed(online.hub):
        content = encode_segments([device.segment()]) if method != "GET" else b""
        answer = online.ask(method, path, device, content, **{"Content-Range": "bytes 0-0/1"})
        assert answer.headers["Content-Type"] == wire.PROBLEM_TYPE, path
        said.append((answer.status_code, answer.json()["type"]))
    return said


def test_every_closed_door_asks_who_is_there(hub: Hub, online: Online, monkeypatch: pytest.MonkeyPatch) -> None:
    device = enrolled(hub)
    device.work(2)
    doors = len(closed(hub))
    assert doors == 4
    good = Token(CODE, 1, hashlib.sha256(device.public).digest(), 1 << 60)
    online.greet(device)
    old = held(hub)
    true = device.token
    tokens = [
        "-",
        "x",
        true[:-6] + "AAAAAA",
        make_token(hub.keys, Token(CODE, 1, bytes(32), 1 << 60)),
        make_token(hub.keys, Token(CODE, 2, good.key, 1 << 60)),
        make_token(hub.keys, Token("888888", 1, good.key, 1 << 60)),
        make_token(hub.keys, Token(CODE, 1, good.key, 1)),
    ]
    for token in tokens:
        device.token = token
        assert knocks(online, device) == [(401, "urn:zhikao:say_hello")] * doors, token
    assert held(hub) == old
    monkeypatch.setattr(session, "TOKEN_MS", -1)
    online.greet(device)
    assert knocks(online, device) == [(401, "urn:zhikao:say_hello")] * doors
    monkeypatch.undo()
    hub.act(acts.withdraw_device, CODE, 1, "")
    old, device.token = held(hub), true
    assert knocks(online, device) == [(403, "urn:zhikao:withdrawn")] * doors
    assert held(hub) == old


def test_a_terminal_gets_no_token_of_its_own(hub: Hub, online: Online) -> None:
    from core.store.basics import DeviceAdmitted

    device, terminal = enrolled(hub), Device(number=77)
    online.greet(device)
    device.write(DeviceAdmitted(77, terminal.public), second=9)
    online.send(device, device.segment())
    problem(online.client.post("/v1/hello", content=terminal.hello()), 403, "unknown_device")
    key = hashlib.sha256(terminal.public).digest()
    terminal.token = make_token(hub.keys, Token(CODE, 77, key, 1 << 60))
    terminal.work(1)
    assert {status for status, _ in knocks(online, terminal)} == {403}


def test_every_key_and_index_begins_with_the_centre() -> None:
    """So the tables can be spread over partitions, and no question goes through those of others."""
    for table in EVERY_TABLE.tables.values():
        assert next(column.name for column in table.primary_key) == "centre", table.name
        assert all(next(column.name for column in index.columns) == "centre" for index in table.indexes), table.name
