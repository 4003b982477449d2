"""A machine dies and its centre goes on from a backup: what the association then gets, and what it still has."""

from __future__ import annotations

from pathlib import Path

from core.exchange.commands import dismiss
from core.house import restore_centre
from core.people import commands as people
from core.people.pins import fresh_key, sign_in
from core.people.queries import accounts
from core.store import Actors, backup
from tests.exchange.conftest import Joined, enrol
from tests.rooms import ADMIN_PIN, PASSPHRASE, PIN, Centre, refused
from tests.store.room import recovery_code


def test_a_restored_centre_enrols_again_and_goes_on_without_a_gap(joined: Joined, tmp_path: Path) -> None:
    old = joined.centre
    code = recovery_code(old.store)
    old.apply(21)
    joined.sync()
    backup.make(old.store, tmp_path / "backup.zkb")
    kept = old.store.head.seq
    old.apply(22)
    joined.sync()
    beyond = old.store.head.seq
    old.store.close()

    _, store = restore_centre(tmp_path / "backup.zkb", tmp_path / "new", code, ADMIN_PIN, PASSPHRASE)
    with store:
        centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)}, old.batch)
        after = Joined(centre, joined.hub)
        with refused("exchange.unknown_device"):
            after.sync()
        assert store.verify().problems == [], "receipts from before the backup are witnesses still"
        staff_again(centre)
        enrol(centre, joined.hub)
        after.sync()
        assert after.standing().waiting.total == 0
        mine = joined.hub.chains[store.device]
        assert (mine.seq, mine.hash(mine.seq)) == (store.head.seq, store.head.hash)
        assert joined.hub.chains[1].seq == beyond > kept
        (told,) = after.standing().stuck
        assert told.code == "exchange.gone_here"
        assert str(kept + 1) in told.sentence and str(beyond) in told.sentence
        centre.act("admin", dismiss, told.what)
        after.sync()
        assert after.standing().stuck == ()
        assert store.verify().problems == []


def staff_again(centre: Centre) -> None:
    """A PIN of each machine's own: the manager's is set anew, and changed by its owner."""
    manager = next(one.id for one in centre.ask(accounts) if one.login == "M1")
    centre.act("admin", people.reset_pin, manager, fresh_key("0000"))
    first = sign_in(centre.store, "M1", "0000")
    centre.actors["M1"] = people.change_own_pin(centre.store, Actors(first), PIN)
