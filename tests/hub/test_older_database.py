"""A database that an older program made is opened as it is; the tables that it lacks come with the opening."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import inspect, select, text

from core.association.events import PackPublished
from core.hub.database import Database
from core.hub.hub import make_hub, open_hub
from core.hub.shelf import tell
from core.hub.tables import PACK, facts
from core.hub.understood import EVERY_TABLE
from core.standards.packs import packs, use_home
from core.store.events import decode_body, decode_event
from core.store.segments import decode_segments
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.hub.hands import PASSPHRASE
from tests.hub.test_packs import EDITION, changed
from tests.rooms import CODE, Centre

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


def test_standards_that_an_older_program_kept_in_its_home_are_known_and_said_to_whom_they_were(
    association: Association, centre: Centre
) -> None:
    association.enrol(centre)
    for name in ("t-one", "t-all"):
        (association.home / "packs").mkdir(exist_ok=True)
        (association.home / "packs" / f"{name}.toml").write_bytes(changed(name))
    (association.home / "packs" / "broken.toml").write_bytes(b"nothing")
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        hub.act(lambda ledger: ledger.connection.execute(facts.delete().where(facts.c.name.startswith(PACK))))
        hub.act(lambda ledger: ledger.record(CODE, PackPublished("t-one", EDITION, changed("t-one"))))
        # What taking it back does, a hub that said it did not.
        hub.act(lambda ledger: ledger.connection.execute(facts.delete().where(facts.c.name == PACK + "t-one")))
    use_home(None)
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        assert {"t-one", "t-all"} <= {one.id for one in packs()}
        with hub.look() as ledger:
            rows = ledger.connection.execute(select(facts.c.centre, facts.c.name).where(facts.c.name.startswith(PACK)))
            assert sorted((row.centre, row.name) for row in rows) == [("", PACK + "t-all"), (CODE, PACK + "t-one")]
        hub.act(tell, CODE)
        (segment,) = decode_segments(hub.chain_file(CODE))
    said = [decode_event(decode_body(data)) for data in segment.bodies]
    assert [one.standard for one in said if isinstance(one, PackPublished)] == ["t-one", "t-all"]
    use_home(None)


@pytest.mark.parametrize("partitions", [None, 3])
def test_several_processes_of_a_younger_program_may_begin_at_once(
    tmp_path: Path, postgresql_url: str, partitions: int | None
) -> None:
    home = tmp_path / "hub"
    hub = make_hub(home, "测试协会", PASSPHRASE, postgresql_url, partitions)
    with hub.database.writing() as connection:
        for table in reversed(list(EVERY_TABLE.tables)):
            if table not in ("facts", "journal"):
                connection.execute(text(f"DROP TABLE {table}"))
    together = Barrier(6)

    def begin(_: int) -> None:
        database = Database(home, postgresql_url)
        together.wait()
        try:
            database.check(hub.keys.public)
        finally:
            database.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(begin, range(6)))
    with hub.look() as ledger:
        assert set(EVERY_TABLE.tables) <= set(inspect(ledger.connection).get_table_names())
    hub.close()
