"""The house as one: a centre founded, opened, verified, with all its rooms."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core import rooms
from core.calibration.queries import closed_entries
from core.calibration.signatures import trial_problems
from core.certificates.issuers import write_home_files
from core.errors import EnvironmentFailure
from core.people.commands import found_admin, recover_admin
from core.people.pins import fresh_key
from core.people.store_words import recover_store
from core.results.events import ResultSettled
from core.results.queries import confirmation_problems, settled_applications
from core.scoring.events import DeliberationDecided, PanelUnsealed
from core.scoring.knowledge_queries import agreed_entries
from core.scoring.paper_queries import unsealed_paper_entries
from core.scoring.queries import figure_entries, unsealed_entries, unsealed_panels
from core.scoring.signatures import deliberation_problems, sheet_problems
from core.scoring.veto_queries import decision_entries, decision_problems
from core.store import KINDS, Problem, Read, Store, Travels, Write, backup, founding
from core.store.events import Body, decode_event, make_id

PASSPHRASE = "ZHIKAO_PASSPHRASE"  # noqa: S105 - the variable's name

__all__ = [
    "found_centre",
    "may_travel",
    "open_house",
    "recover_house",
    "restore_centre",
    "rooms",
    "signature_problems",
]


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
        write_home_files(store)
    except BaseException:
        store.close()
        raise
    return store, recovery_code


def open_house(home: Path, passphrase: str | None = None) -> Store:
    """Open a centre's store with every room known. `ZHIKAO_PASSPHRASE`, when set, wins over the keyring."""
    return _with_files(Store.open(home, passphrase or os.environ.get(PASSPHRASE) or None))


def recover_house(home: Path, recovery_code: str, passphrase: str) -> Store:
    """Open a centre's store by its recovery code; from then on `passphrase` opens it."""
    return _with_files(recover_store(home, recovery_code, passphrase))


def _with_files(store: Store) -> Store:
    try:
        # Where they lack something: a crash after founding, or somebody's tidying. A full disk stops nobody's work.
        with suppress(EnvironmentFailure):
            write_home_files(store)
    except BaseException:
        store.close()
        raise
    return store


def restore_centre(
    source: Path, home: Path, recovery_code: str, admin_pin: str, passphrase: str | None = None
) -> tuple[backup.BackupFacts, Store]:
    """Make an empty home from a backup, as a new device on which one administrator has a PIN; the store is open."""
    key = fresh_key(admin_pin)

    def begin(write: Write) -> None:
        # In the restoring transaction: a home in which nobody can sign in would be of no use.
        recover_admin(write, key)

    passphrase = passphrase or os.environ.get(PASSPHRASE) or None
    facts, store = backup.restore(source, home, recovery_code, passphrase, begin)
    try:
        write_home_files(store)
    except BaseException:
        store.close()
        raise
    return facts, store


def may_travel(read: Read) -> Callable[[Body], bool]:
    """Whether an entry's part may leave this machine now: marks, and what was keyed of them, only once their panel is
    unsealed for the candidate, their trial is closed, or both entries of a knowledge score agree; what a panel came to,
    what was decided on it and what was settled from it, unless it was sealed again."""
    panels, settled = unsealed_panels(read), settled_applications(read)
    unsealed = unsealed_entries(read) | unsealed_paper_entries(read) | decision_entries(read)
    unsealed |= agreed_entries(read) | closed_entries(read) | figure_entries(read)

    def may(body: Body) -> bool:
        kind = KINDS.get(body.kind)
        if kind is None:
            return False
        if kind.travels is Travels.ALWAYS or make_id(body.device, body.seq) in unsealed:
            return True
        match decode_event(body):
            case PanelUnsealed() | DeliberationDecided() as said:
                return (said.application, said.panel) in panels
            case ResultSettled() as said:
                return said.application in settled
        return False

    return may


def signature_problems(store: Store) -> list[Problem]:
    """Personal signatures, of sheets, decisions, confirmations and trials, that do not fit what the journal holds."""
    with store.read() as read:
        return [
            *sheet_problems(read, store.centre),
            *decision_problems(read, store.centre),
            *deliberation_problems(read, store.centre),
            *confirmation_problems(read, store.centre),
            *trial_problems(read, store.centre),
        ]
