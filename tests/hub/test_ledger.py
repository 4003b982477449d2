"""The hub's chain is whole whatever happens to the processes that write it, on both kinds of database."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from core.association import events
from core.errors import IntegrityFailure
from core.hub.hub import Hub, make_hub, open_hub
from core.hub.ledger import Ledger
from core.hub.tables import PROJECTED, heads, journal, parts, seals
from core.paths import PROGRAM
from core.store import chain
from core.store.events import decode_body, decode_part, make_id
from tests.hub.hands import PASSPHRASE, POINTS, say
from tests.rooms import CODE, refused


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "hub"


@pytest.fixture
def hub(home: Path, database_url: str) -> Iterator[Hub]:
    found = make_hub(home, "测试协会", PASSPHRASE, database_url)
    yield found
    found.close()


def hand(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.hub.hands", *words], cwd=PROGRAM)


def whole(hub: Hub, centre: str = CODE) -> list[str]:
    """Check every link, seal and part of a chain; what it says."""
    with hub.look() as ledger:
        segment = ledger.segment(centre)
        stored = list(ledger.connection.execute(select(journal.c.seq).order_by(journal.c.seq)).scalars())
        head = ledger.connection.execute(select(heads)).one()
    if segment is None:
        assert stored == []
        return []
    assert stored == list(range(1, len(segment.bodies) + 1))
    hash_ = chain.genesis(centre, hub.keys.public)
    held, said = dict(segment.parts), []
    for seq, data in enumerate(segment.bodies, start=1):
        body = decode_body(data)
        assert (body.device, body.seq) == (0, seq)
        hash_ = chain.link(hash_, data)
        said.append(decode_part(body.kind, held[seq]).reason)
    assert chain.seal_holds(hub.keys.public, segment.seal, 0, len(segment.bodies), hash_)
    assert (head.seq, bytes(head.hash)) == (len(segment.bodies), hash_)
    return said


@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_while_it_speaks_leaves_a_whole_chain(
    hub: Hub, home: Path, database_url: str, point: str
) -> None:
    hub.act(say, "before")
    before = whole(hub)
    child = hand("killed", str(home), database_url, point)
    assert child.wait(60) == -signal.SIGKILL
    assert whole(hub) == before, "all of a transaction, or nothing"
    hub.act(say, "after")
    assert whole(hub) == [*before, "理由 after", "理由 after"]


def test_processes_that_speak_at_once_give_no_gap_and_nothing_twice(hub: Hub, home: Path, database_url: str) -> None:
    children = [hand("speak", str(home), database_url, name, "12") for name in ("a", "b", "c")]
    assert [child.wait(120) for child in children] == [0, 0, 0]
    said = whole(hub)
    assert len(said) == 3 * sum(1 + number % 3 for number in range(12))
    assert {text[3] for text in said} == {"a", "b", "c"}
    assert hub.act(Ledger.next_numbers, "test", 1) == 3 * 12 * 3


def test_long_transactions_are_sealed_on_the_way(hub: Hub) -> None:
    hub.act(say, "long", 2 * chain.SEAL_EVERY + 3)
    whole(hub)
    with hub.look() as ledger:
        found = list(ledger.connection.execute(select(seals.c.seq).order_by(seals.c.seq)).scalars())
    assert found == [64, 128, 131]


def test_a_segment_may_begin_anywhere(hub: Hub) -> None:
    hub.act(say, "one")
    hub.act(say, "two")
    with hub.look() as ledger:
        segment = ledger.segment(CODE, after=2)
        assert segment is not None and (segment.first, segment.last) == (3, 4)
        assert ledger.segment(CODE, after=4) is None
        assert ledger.segment("888888") is None


def test_parts_at_rest_are_encrypted_and_bound_to_their_place(hub: Hub) -> None:
    hub.act(say, "secret", 2)
    with hub.database.writing() as connection:
        rows = connection.execute(select(parts).order_by(parts.c.seq)).all()
        assert all("理由".encode() not in bytes(row.bytes) for row in rows)
        swapped = {"bytes": rows[1].bytes}
        connection.execute(parts.update().where(parts.c.seq == rows[0].seq).values(**swapped))
    with refused("hub.part_damaged", 4), hub.look() as ledger:
        ledger.segment(CODE)


def test_superseded_lists_do_not_travel(hub: Hub) -> None:
    for number in range(3):
        hub.act(Ledger.record, CODE, events.ListsPublished(number, 9), events.ListsPublished.Part(b"lists %d" % number))
    with hub.look() as ledger:
        segment = ledger.segment(CODE)
    assert segment is not None and [seq for seq, _ in segment.parts] == [3]
    assert len(segment.bodies) == 3


def rows(hub: Hub) -> dict[str, list[Any]]:
    def of(table: Table) -> list[Any]:
        with hub.database.reading() as connection:
            return sorted(map(tuple, connection.execute(select(table)).all()), key=str)

    return {table.name: of(table) for table in PROJECTED}


def test_the_tables_can_be_worked_out_of_the_chain_again(hub: Hub) -> None:
    def tell(ledger: Ledger) -> None:
        key = bytes(32)
        ledger.record(CODE, events.EnrolmentAccepted("协会", "考点", 1, key, key, key, [], key))
        ledger.record(CODE, events.LeaseGranted(1, key, 2026, 1, 10, 0))
        ledger.record(CODE, events.AuthorisationGiven("s", ["junior"], "2026-01-01", "2027-01-01", key, "1", "p"))
        ledger.record(CODE, events.AuthorisationWithdrawn(make_id(0, 3)))
        ledger.record(CODE, events.DecisionGiven("b", key, False))
        ledger.record(CODE, events.RevocationMade("n", 3))
        ledger.record(CODE, events.EnrolmentWithdrawn(1, key))

    hub.act(tell)
    before = rows(hub)
    assert all(len(found) == 1 for found in before.values())
    with hub.database.writing() as connection:
        for table in PROJECTED:
            connection.execute(table.delete())
    assert hub.rebuild(CODE) == 7
    assert rows(hub) == before


def test_a_database_of_another_hub_is_not_touched(hub: Hub, database_url: str, tmp_path: Path) -> None:
    hub.act(say, "ours")
    with refused("hub.database_of_another"):
        make_hub(tmp_path / "other", "另一个", PASSPHRASE, database_url)
    assert not (tmp_path / "other" / "hub.json").exists()
    make_hub(tmp_path / "other", "另一个", PASSPHRASE, None).close()
    with pytest.raises(IntegrityFailure), open_hub(tmp_path / "other", PASSPHRASE, database_url):
        pass
    assert len(whole(hub)) == 2
