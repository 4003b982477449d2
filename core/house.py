"""The house as one: a centre founded, opened, verified, with all its rooms."""

from __future__ import annotations

import os
from pathlib import Path

from core import rooms
from core.certificates.issuers import write_own_issuer
from core.certificates.verification import OWN_ISSUERS
from core.people.commands import found_admin, recover_admin
from core.people.pins import fresh_key
from core.results.queries import confirmation_problems
from core.scoring.signatures import sheet_problems
from core.store import THE_PROGRAM, Problem, Store, Write, founding

PASSPHRASE = "ZHIKAO_PASSPHRASE"  # noqa: S105 - the variable's name

__all__ = ["after_restore", "found_centre", "open_house", "rooms", "signature_problems"]


def found_centre(home: Path, code: str, name: str, admin_pin: str, passphrase: str | None = None) -> tuple[Store, str]:
    """Found a centre with its first account, `admin`; the open store, and the recovery code to print.

    A PIN that is refused, a bad code or name, a home in use: refused before anything is written.
    """
    founding.check_centre(code, name)
    key = fresh_key(admin_pin)
    passphrase = passphrase or os.environ.get(PASSPHRASE) or None

    def begin(write: Write) -> None:
        # In the founding transaction: a centre without an account could never be used.
        found_admin(write, key)

    store, recovery_code = founding.found(home, code, name, passphrase, begin)
    try:
        write_own_issuer(store)
    except BaseException:
        store.close()
        raise
    return store, recovery_code


def open_house(home: Path, passphrase: str | None = None) -> Store:
    """Open a centre's store with every room known. `ZHIKAO_PASSPHRASE`, when set, wins over the keyring."""
    store = Store.open(home, passphrase or os.environ.get(PASSPHRASE) or None)
    try:
        if not (home / OWN_ISSUERS).exists():
            write_own_issuer(store)  # a crash right after founding, or somebody's tidying
    except BaseException:
        store.close()
        raise
    return store


def after_restore(store: Store, admin_pin: str) -> None:
    """Make a restored home usable: one administrator has a PIN here, and the new device's issuer key is listed."""
    store.write(THE_PROGRAM, recover_admin, fresh_key(admin_pin))
    write_own_issuer(store)


def signature_problems(store: Store) -> list[Problem]:
    """Personal signatures, of sheets and of confirmations, that do not fit what the journal holds."""
    with store.read() as read:
        return [*sheet_problems(read, store.centre), *confirmation_problems(read, store.centre)]
