"""A database that an older program made is opened as it is; the tables that it lacks come with the opening."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core.hub.hub import make_hub, open_hub
from core.hub.understood import EVERY_TABLE
from tests.hub.hands import PASSPHRASE

NEWEST = "successions"


@pytest.mark.parametrize("partitions", [None, 3])
def test_a_table_that_an_older_program_did_not_have_is_made(
    tmp_path: Path, postgresql_url: str, partitions: int | None
) -> None:
    home = tmp_path / "hub"
    hub = make_hub(home, "测试协会", PASSPHRASE, postgresql_url, partitions)
    with hub.database.writing() as connection:
        connection.execute(text(f"DROP TABLE {NEWEST}"))
    hub.close()
    with open_hub(home, PASSPHRASE, postgresql_url) as hub, hub.look() as ledger:
        there = set(inspect(ledger.connection).get_table_names())
        assert set(EVERY_TABLE.tables) <= there
        assert (f"{NEWEST}_0" in there) == (partitions is not None)


def test_a_trial_hub_on_one_file_gets_its_missing_tables_too(tmp_path: Path) -> None:
    home = tmp_path / "hub"
    hub = make_hub(home, "测试协会", PASSPHRASE, None)
    with hub.database.writing() as connection:
        connection.execute(text(f"DROP TABLE {NEWEST}"))
    hub.close()
    with open_hub(home, PASSPHRASE, None) as hub, hub.look() as ledger:
        assert NEWEST in inspect(ledger.connection).get_table_names()
