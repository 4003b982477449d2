"""Copies, old copies and cut-off journals come to light through what the hub has signed for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.association.events import DecisionGiven
from core.exchange.courier import read_bundle
from core.house import open_house, restore_centre
from core.people import commands as people
from core.people.pins import fresh_key, sign_in
from core.store import Store, backup
from core.words import say
from tests.exchange.conftest import Joined, enrol
from tests.exchange.test_courier import carried, write
from tests.exchange.test_restored import staff_again
from tests.rooms import ADMIN_PIN, PASSPHRASE, Centre, refused
from tests.store.room import recovery_code


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


def test_who_restored_the_machine_that_counts_after_a_copy_is_not_told_to_restore_it_again(
    joined: Joined, apart: Joined, tmp_path: Path
) -> None:
    code = recovery_code(joined.centre.store)
    apart.centre.apply(22)
    apart.sync()
    joined.centre.apply(21)
    with refused("exchange.fork", 4):
        joined.sync()
    backup.make(joined.centre.store, tmp_path / "backup.zkb")
    joined.centre.store.close()
    _, store = restore_centre(tmp_path / "backup.zkb", tmp_path / "new", code, ADMIN_PIN, PASSPHRASE)
    with store:
        centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)}, joined.centre.batch)
        after = Joined(centre, joined.hub)
        staff_again(centre)
        enrol(centre, joined.hub)
        after.sync()
        assert joined.hub.chains[store.device].seq == store.head.seq
        (told,) = after.standing().stuck
        assert (told.what, told.code) == ("device:1", "exchange.fork")
        assert told.sentence == say("exchange.ended_before", device=1)
        centre.act("admin", people.create_account, "N1", ["auditor"], fresh_key("0000"))
        write(after, tmp_path / "stick.zkb")
        carried(after, tmp_path / "stick.zkb")
        read_bundle(store, tmp_path / "stick.zkb")
        line = next(one for one in after.standing().acknowledged if one.device == store.device)
        assert line.seq == store.head.seq, "by stick too: what the hub has of the new number counts"
        assert [one.sentence for one in after.standing().stuck] == [say("exchange.ended_before", device=1)]


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
