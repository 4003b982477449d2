"""Copies, old copies and cut-off journals come to light through what the hub has signed for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.association.events import DecisionGiven
from core.house import open_house
from core.store import Store
from tests.exchange.conftest import Joined
from tests.rooms import PASSPHRASE, Centre, refused


@contextmanager
def copied(joined: Joined, folder: Path) -> Iterator[Joined]:
    """The same centre once more, from a copy of its home as it stands now."""
    home = joined.centre.store.home
    joined.centre.store.close()
    shutil.copytree(home, folder)
    joined.centre.store = open_house(home, PASSPHRASE)
    with open_house(folder, PASSPHRASE) as store:
        yield Joined(Centre(store, dict(joined.centre.actors), joined.centre.batch), joined.hub)


@pytest.fixture
def apart(joined: Joined, tmp_path: Path) -> Iterator[Joined]:
    """A copy of the centre, made after the first exchange. Both go on."""
    joined.sync()
    with copied(joined, tmp_path / "copy") as copy:
        yield copy
    joined.centre.store.close()


def test_a_copied_machine_is_noticed_and_neither_loses_anything(joined: Joined, apart: Joined) -> None:
    joined.centre.apply(21)
    apart.centre.apply(22)
    joined.sync()
    entries = apart.centre.store.head.seq
    with refused("exchange.fork", 4):
        apart.sync()
    assert apart.centre.store.head.seq == entries
    assert [one.what for one in apart.standing().stuck] == ["device:1"]
    joined.same()
    joined.centre.holds()
    apart.centre.holds()


def test_an_old_copy_that_was_put_back_is_noticed_before_it_forks(joined: Joined, apart: Joined) -> None:
    joined.centre.apply(21)
    joined.sync()
    with refused("exchange.rolled_back", 4):
        apart.sync()


def test_a_hub_that_said_something_else_before_is_not_believed(joined: Joined) -> None:
    joined.hub.say(DecisionGiven("B1", bytes(32), True))
    joined.sync()
    del joined.hub.own.bodies[-1], joined.hub.own.hashes[-1]
    joined.hub.say(DecisionGiven("B1", bytes(32), False))
    since = len(joined.hub.seen)
    for _ in range(2):
        with refused("exchange.hub_fork", 4):
            joined.sync()
    assert [one.code for one in joined.standing().stuck] == ["exchange.hub_fork"]
    assert [path for method, path, _ in joined.hub.seen[since:]] == [
        "/v1/hello",
        "/v1/segments",  # what it said before, shown once
        "/v1/hello",
    ]
    joined.centre.holds()


def test_a_hub_that_went_on_from_another_past_is_not_believed_either(joined: Joined) -> None:
    joined.hub.say(DecisionGiven("B1", bytes(32), True))
    joined.sync()
    del joined.hub.own.bodies[-1], joined.hub.own.hashes[-1]
    joined.hub.say(DecisionGiven("B1", bytes(32), False))
    joined.hub.say(DecisionGiven("B2", bytes(32), True))
    with refused("exchange.hub_fork", 4):
        joined.sync()
    assert [one.code for one in joined.standing().stuck] == ["exchange.hub_fork"]
    assert joined.hub.seen[-1][:2] == ("POST", "/v1/segments")
    joined.centre.holds()


def test_a_journal_whose_tail_was_cut_off_is_found_by_the_receipt(joined: Joined) -> None:
    joined.centre.apply(21)
    joined.sync()
    store = joined.centre.store
    assert store.verify().problems == []
    _cut_tail(store, 3)
    assert {problem.kind for problem in store.verify().problems} >= {"tail"}


def _cut_tail(store: Store, count: int) -> None:
    """What somebody with the key and an SQL prompt could do so that the journal itself shows nothing."""

    def cut(connection: object) -> None:
        run = connection.exec_driver_sql  # type: ignore[attr-defined]
        with connection.begin():  # type: ignore[attr-defined]
            triggers = run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
            for name, _ in triggers:
                run(f"DROP TRIGGER {name}")
            last = run("SELECT max(seq) FROM journal WHERE device = 1").scalar() - count
            for table in ("seals", "parts", "journal"):
                run(f"DELETE FROM {table} WHERE device = 1 AND seq > {last}")
            for _, sql in triggers:
                run(sql)

    store.alone(cut)  # type: ignore[arg-type]
