"""What account events write."""

from __future__ import annotations

from core.people.events import AccountClosed, AccountCreated, KeysChanged, PinSet
from core.people.tables import Account, SigningKey
from core.store import Entry, Tables, applies


@applies(AccountCreated)
def create(tables: Tables, entry: Entry, event: AccountCreated, part: AccountCreated.Part | None) -> None:
    tables.insert(
        Account,
        id=entry.id,
        login=event.login,
        roles=" ".join(event.roles),
        name=part.name if part else None,
        provisional=True,
        closed=False,
    )


@applies(PinSet)
def set_pin(tables: Tables, entry: Entry, event: PinSet, part: None) -> None:
    tables.insert(SigningKey, id=entry.id, account=event.account, key=event.key)
    tables.update(Account, event.account, key=event.key, provisional=event.provisional)


@applies(AccountClosed)
def close(tables: Tables, entry: Entry, event: AccountClosed, part: None) -> None:
    tables.update(Account, event.account, closed=True)


@applies(KeysChanged)
def note_keys(tables: Tables, entry: Entry, event: KeysChanged, part: None) -> None:
    """Only its place in the journal counts."""
