"""The hub on a PostgreSQL server that is not set as one would wish, or that is away for a while."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, text

from core.association.events import LeaseGranted, RevocationMade
from core.certificates import numbers
from core.certificates.lists import read_lists
from core.errors import EnvironmentFailure
from core.hub import acts, database, public, publishing
from core.hub.database import Database
from core.hub.hub import Hub, make_hub
from core.hub.ledger import Ledger
from core.hub.status import status
from core.store.segments import encode_segments
from tests.hub.devices import enrolled, problem, serving
from tests.rooms import STANDARD, refused

CODE = "999999"


@pytest.fixture
def hub(tmp_path: Path, postgresql_url: str) -> Iterator[Hub]:
    found = make_hub(tmp_path / "hub", "测试协会", "口令", postgresql_url)
    yield found
    found.close()


def ask_server(url: str, *statements: str) -> None:
    """Its administrator, on another line."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def name_of(url: str) -> str:
    """The database's."""
    return make_url(url).database or ""


def at(url: str, name: str) -> str:
    """Another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def test_a_receipt_is_for_what_is_on_the_disk_however_the_server_is_set(
    hub: Hub, postgresql_url: str, tmp_path: Path
) -> None:
    name = name_of(postgresql_url)
    ask_server(
        postgresql_url,
        f"ALTER DATABASE {name} SET synchronous_commit = off",
        f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'",
    )
    again = database.Database(tmp_path / "hub", postgresql_url)
    for open_ in (again.writing, again.reading):
        with open_() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    with again.writing() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    again.close()


def test_a_server_without_an_encoding_keeps_chinese_as_it_is(tmp_path: Path, postgresql_url: str) -> None:
    name = name_of(postgresql_url)
    ask_server(postgresql_url, f"CREATE DATABASE {name}_plain ENCODING 'SQL_ASCII' TEMPLATE template0")
    plain = make_hub(tmp_path / "plain", "测试协会", "口令", at(postgresql_url, f"{name}_plain"))
    enrolled(plain)
    with plain.look() as ledger:
        assert [one["name"] for one in status(ledger)] == ["测试考点"]
    plain.close()


@pytest.mark.logs_errors
def test_nobody_waits_for_ever_for_a_lock(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
    hub.close()
    device = enrolled(hub)
    with serving(hub) as online:
        online.greet(device)
        with hub.database.writing() as connection:
            Ledger(connection, hub.keys).hold(CODE)
            began = time.monotonic()
            device.work(1)
            answer = online.ask("POST", "/v1/segments", device, encode_segments([device.segment()]))
            assert time.monotonic() - began < 20
            assert int(problem(answer, 503, "maintenance") and answer.headers["Retry-After"]) > 0
            with refused("hub.database_in_use", 3):
                hub.act(acts.withdraw_device, CODE, 1, "")
        online.send(device, device.segment())


def test_a_lock_of_a_process_that_says_nothing_more_is_given_up(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "STUCK_SECONDS", 1)
    hub.close()
    enrolled(hub)
    held, go_on = threading.Event(), threading.Event()
    said = list[str]()

    def stuck() -> None:
        try:
            with hub.database.writing() as connection:
                Ledger(connection, hub.keys).hold(CODE)
                held.set()
                go_on.wait(30)
        except EnvironmentFailure as problem:
            said.append(problem.code)

    thread = threading.Thread(target=stuck)
    thread.start()
    try:
        assert held.wait(10)
        hub.act(acts.withdraw_device, CODE, 1, "")
    finally:
        go_on.set()
        thread.join()
    assert said == ["hub.no_database"]


@pytest.mark.logs_errors
def test_a_database_that_was_away_is_asked_again(
    hub: Hub, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "LOOK_SECONDS", 0.0)
    device = enrolled(hub)
    with serving(hub) as online:
        online.greet(device)
        device.work(2)
        online.send(device, device.segment())
        name, lists = name_of(postgresql_url), online.client.get("/v1/lists").content
        away = at(postgresql_url, "postgres")
        ask_server(
            away,
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        assert online.client.get("/v1/lists").content == lists, "certificates can be verified meanwhile"
        device.work(2)
        for path, method in (("/v1/segments", "POST"), ("/healthz", "GET"), ("/v1/entries", "GET")):
            answer = online.ask(method, path, device, encode_segments([device.segment()]))
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
        ask_server(away, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        online.send(device, device.segment())


def test_only_the_first_who_wants_the_page_waits_for_a_database_that_does_not_answer(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = Database(tmp_path, f"postgresql://hub@127.0.0.1:{server.getsockname()[1]}/none?sslmode=disable")
        standards = public.KnownStandards(Hub(hub.keys, silent))
        began = time.monotonic()
        for _ in range(5):
            assert STANDARD in standards.get()
        assert 1 < time.monotonic() - began < 5
        silent.close()


@pytest.mark.parametrize("between", ["leases", "devices"])
def test_lists_are_made_while_the_association_speaks(hub: Hub, between: str) -> None:
    """What is said between two of the questions that lists are made of stands in the next ones, and is no fault."""
    enrolled(hub)

    def meanwhile() -> None:
        if between == "devices":
            enrolled(hub, "888888")
            pattern = numbers.DEFAULT_PATTERN
            hub.act(acts.authorise, "888888", STANDARD, [], date(2026, 1, 1), date(2026, 12, 31), "01", pattern)
            return

        def said(ledger: Ledger) -> None:
            ledger.record(CODE, LeaseGranted(1, bytes(32), 2026, 1, 100, 0))
            ledger.record(CODE, RevocationMade("1", 99))

        hub.act(said)

    done = list[str]()

    @event.listens_for(hub.database._writing, "after_cursor_execute")
    def asked(_: Any, __: Any, statement: str, *___: Any) -> None:
        if f"FROM {between}" in statement and not done:
            done.append(statement)
            meanwhile()

    hub.act(publishing.make_lists, 30)
    assert done
    found = read_lists(hub.act(publishing.make_lists, 30))
    assert any(found.revocations.bits) if between == "leases" else len({one.centre for one in found.issuers}) == 2


def test_a_look_sees_one_moment(hub: Hub) -> None:
    enrolled(hub)
    with hub.look() as ledger:
        before = ledger.stands(CODE)
        hub.act(acts.withdraw_device, CODE, 1, "")
        assert ledger.stands(CODE) == before
    with hub.look() as ledger:
        assert ledger.stands(CODE) == before + 1
