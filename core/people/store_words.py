"""The words that open a centre's store on this machine: another recovery code, another passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.errors import Refused
from core.people.events import KeysChanged
from core.people.permission import permitted
from core.people.roles import Role
from core.store import THE_PROGRAM, Actors, Store, Write

RECOVERY_CODE, PASSPHRASE = "recovery_code", "passphrase"


def take_recovery_code(store: Store, actors: Actors, code: str) -> None:
    """Let `code`, which its owner has written down by now, be the recovery code; the old one opens only old backups."""
    store.write(actors, change_keys, RECOVERY_CODE, store.rewrapped(recovery_code=code))


def take_passphrase(store: Store, actors: Actors, passphrase: str) -> None:
    """Let `passphrase` open the store in place of the one before. One without a visible sign is refused."""
    _check(passphrase)
    store.write(actors, change_keys, PASSPHRASE, store.rewrapped(passphrase=passphrase))


def recover_store(home: Path, recovery_code: str, passphrase: str) -> Store:
    """Open a store whose passphrase nobody knows any more, by its recovery code; `passphrase` opens it from then on.

    Nobody is signed in yet: the record names the program. A wrong code is refused and changes nothing.
    """
    _check(passphrase)
    store = Store.recover(home, recovery_code)
    try:
        store.write(THE_PROGRAM, _change, PASSPHRASE, store.rewrapped(passphrase=passphrase))
    except BaseException:
        store.close()
        raise
    return store


@permitted(Role.ADMIN)
def change_keys(write: Write, words: str, put: Callable[[], None]) -> None:
    """Put new keys in place, on record."""
    _change(write, words, put)


def _change(write: Write, words: str, put: Callable[[], None]) -> None:
    # Last of all, when the record is on the disk: whoever is told that it failed goes on with the old words.
    write.record(KeysChanged(words))
    write.after.append(put)


def _check(passphrase: str) -> None:
    if not passphrase.strip():
        raise Refused("people.no_passphrase")
