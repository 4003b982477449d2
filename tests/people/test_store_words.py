"""Other words for the store: they count from the moment that the journal says so, and not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.people.store_words import recover_store, take_passphrase, take_recovery_code
from core.store import Store, new_recovery_code
from core.store.keys import load_keys, unlock, unlock_by_recovery
from tests.rooms import Centre, refused

OTHER = "另一个口令"


def break_journal(connection: Connection) -> None:
    """From now on this connection can add nothing to the journal: a disk that is full, say."""
    connection.exec_driver_sql(
        "CREATE TEMP TRIGGER broken BEFORE INSERT ON main.journal BEGIN SELECT RAISE(ABORT, 'broken'); END"
    )
    connection.commit()


def recorded(store: Store) -> list[str]:
    return [line for line in store.export() if '"keys.changed"' in line]


@pytest.mark.parametrize(
    "change",
    [
        lambda centre: take_passphrase(centre.store, centre.who("admin"), OTHER),
        lambda centre: take_recovery_code(centre.store, centre.who("admin"), new_recovery_code()),
    ],
)
def test_what_could_not_be_written_down_is_not_done(centre: Centre, change: Callable[[Centre], None]) -> None:
    before = load_keys(centre.store.home)
    centre.store.alone(break_journal)
    with pytest.raises(DBAPIError, match="broken"):
        change(centre)
    assert load_keys(centre.store.home) == before
    assert recorded(centre.store) == []
    change(centre)  # over a fresh connection
    assert load_keys(centre.store.home) != before
    assert len(recorded(centre.store)) == 1


def test_who_changes_both_words_at_once_loses_neither(centre: Centre) -> None:
    code = new_recovery_code()
    first, second = centre.store.rewrapped(recovery_code=code), centre.store.rewrapped(passphrase=OTHER)
    first()
    second()
    keys = load_keys(centre.store.home)
    assert unlock(keys, OTHER) == unlock_by_recovery(keys.recovery, code) == centre.store.key


def test_recovering_where_the_data_file_is_missing_makes_none(centre: Centre, tmp_path: Path) -> None:
    code = new_recovery_code()
    take_recovery_code(centre.store, centre.who("admin"), code)
    home = tmp_path / "keys only"
    home.mkdir()
    (home / "keys.json").write_bytes((centre.store.home / "keys.json").read_bytes())
    with refused("store.no_store", 3):
        recover_store(home, code, OTHER)
    assert [one.name for one in home.iterdir()] == ["keys.json"]
