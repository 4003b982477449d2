"""The way in: is there a centre on this machine, founding one, opening its store, signing in.

Every method but `has_centre` blocks and runs on a worker. The core is imported inside them: the window paints first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.context import Session
from ui.dialogs.founding import Founding

if TYPE_CHECKING:
    from ui.dialogs.recovering import Restoring

KEYS_FILE = "keys.json"


class Entrance:
    """The door of one home folder. It owns the store that it opened."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.store: Any = None

    def has_centre(self) -> bool:
        """Whether a centre was founded here."""
        return (self.home / KEYS_FILE).exists()

    def keyring_is_safe(self) -> bool:
        """Whether the operating system can keep the store's key."""
        from core.store import keyring_is_safe

        return keyring_is_safe()

    def found(self, wanted: Founding) -> tuple[Any, str]:
        """Found a centre; its store, and the recovery code that is shown once."""
        from core.house import found_centre

        secrets = wanted.secrets
        self.store, recovery = found_centre(self.home, wanted.code, wanted.name, secrets.pin, secrets.passphrase)
        return self.store, recovery

    def recover(self, recovery_code: str, passphrase: str) -> Any:
        """Open the store by its recovery code; from then on `passphrase` opens it."""
        from core.house import recover_house

        self.store = recover_house(self.home, recovery_code, passphrase)
        return self.store

    def restore(self, wanted: Restoring) -> tuple[int, int]:
        """Make this home from a backup; how many entries it has, and which device this machine is."""
        from core.house import restore_centre

        secrets = wanted.secrets
        facts, self.store = restore_centre(
            wanted.file, self.home, wanted.recovery_code, secrets.pin, secrets.passphrase
        )
        return facts.entries, self.store.device

    def open(self, passphrase: str | None = None) -> Any:
        """Open the store by `passphrase`, else by the environment's, else by the keyring's key."""
        from core.house import open_house

        self.store = open_house(self.home, passphrase)
        return self.store

    def sign_in(self, login: str, pin: str) -> Session:
        """Sign a person in on the open store."""
        from core.people.pins import sign_in
        from core.people.queries import account
        from core.store import Actors

        actor = sign_in(self.store, login, pin)
        with self.store.read() as read:
            line = account(read, actor.id)
        name = line.shown if line else actor.login
        return Session(actor.login, name, frozenset(map(str, actor.roles)), Actors(actor), actor.provisional)

    def pair(self, session: Session, login: str, pin: str) -> Any:
        """Sign a second person in beside the first, for one act; who may not answer together is refused here."""
        from core.people.permission import check_second
        from core.people.pins import sign_in
        from core.store import Actors

        actors = Actors(session.actors.first, sign_in(self.store, login, pin))
        check_second(actors)
        return actors

    def change_pin(self, session: Session, pin: str) -> Session:
        """Give the person a PIN of their own; the sitting goes on with the new key."""
        from core.people.commands import change_pin
        from core.people.pins import fresh_key

        self.store.write(session.actors, change_pin, fresh_key(pin))
        return self.sign_in(session.login, pin)

    def close(self) -> None:
        """Close the store, if one is open."""
        if self.store is not None:
            self.store.close()
            self.store = None
