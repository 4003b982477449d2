"""An open hub: its keys and its database, and the files that it makes for centres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from core.errors import EnvironmentFailure, Refused
from core.hub.database import Database
from core.hub.keys import HUB_FILE, HubKeys, make_keys, open_keys
from core.hub.ledger import Ledger, looking, speaking
from core.hub.projecting import forget, project
from core.hub.shelf import set_up, tell
from core.hub.understanding import begin_again, understand
from core.hub.voided import revoke_voided
from core.store import files
from core.store.events import entry_of
from core.store.segments import encode_segments

P = ParamSpec("P")
T = TypeVar("T")


class Hub:
    """The association's side, open in this process."""

    def __init__(self, keys: HubKeys, database: Database) -> None:
        self.keys = keys
        self.database = database

    def act(self, command: Callable[Concatenate[Ledger, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do one of `acts` in a transaction of its own: on the disk when this returns, or not at all."""
        with speaking(self.database, self.keys) as ledger:
            return command(ledger, *args, **kwargs)

    def look(self) -> AbstractContextManager[Ledger]:
        """A transaction that only reads."""
        return looking(self.database, self.keys)

    def chain_file(self, centre: str) -> bytes:
        """The segment file of the hub's whole chain of a centre. A centre that it never spoke to: refused."""
        with self.look() as ledger:
            found = ledger.segment(centre)
        if found is None:
            raise Refused("hub.not_enrolled", centre=centre[:20], device="")
        return encode_segments([found])

    def write_chain(self, centre: str, target: Path) -> None:
        """`chain_file` into a file, whole or not at all, with what the centre has not been told yet."""
        self.act(tell, centre)
        files.write_whole(target, self.chain_file(centre))

    def check(self) -> None:
        """Refuse a database that can't be reached, or that is not this hub's."""
        self.database.check(self.keys.public)

    def rebuild(self, centre: str) -> int:
        """Work the tables of a centre out of its chains again; the number of the hub's own entries."""
        with speaking(self.database, self.keys) as ledger:
            ledger.hold(centre)
            forget(ledger.connection, centre)
            count = 0
            for body, event in ledger.entries(centre):
                count += 1
                if event is not None:
                    project(ledger.connection, centre, entry_of(body), event)
            begin_again(ledger, centre)
        self.catch_up(centre)
        return count

    def catch_up(self, centre: str, stopped: Callable[[], bool] = lambda: False) -> None:
        """Understand what came in of a centre and do what follows from it, each in transactions of its own."""
        for step in (understand, revoke_voided):
            while not stopped() and self.act(step, centre):
                pass

    def close(self) -> None:
        """Give the database back."""
        self.database.close()


def make_hub(
    home: Path,
    name: str,
    passphrase: str,
    url: str | None,
    partitions: int | None = None,
    recovery_code: str | None = None,
) -> Hub:
    """Make a hub in an empty home. A home or a database that is in use: refused."""
    database = None
    keys = make_keys(home, name, passphrase, recovery_code)
    try:
        database = Database(home, url)
        database.make(keys.public, partitions)
    except BaseException:
        if database is not None:
            database.close()
        (home / HUB_FILE).unlink(missing_ok=True)  # nothing was said with these keys
        raise
    return Hub(keys, database)


@contextmanager
def open_hub(home: Path, passphrase: str, url: str | None) -> Iterator[Hub]:
    """The hub of a home, closed at the end."""
    keys = open_keys(home, passphrase)
    database = Database(home, url)
    try:
        hub = Hub(keys, database)
        hub.check()
        set_up(hub, home)
        yield hub
    finally:
        database.close()


def check_centre(hub: Hub, centre: str) -> None:
    """Refuse a centre that the hub has never spoken to."""
    hub.chain_file(centre)


def check_target(target: Path) -> None:
    """Refuse a file that could not be written, before the hub says what would go into it: exit 3."""
    if target.is_dir() or not target.resolve().parent.is_dir():
        raise EnvironmentFailure("hub.no_folder", file=str(target))
