"""`backup make|verify|restore FILE`: one file that brings a centre back on any machine."""

from __future__ import annotations

import os
from pathlib import Path

from core.cli.frame import Answer, Call, Noun, new_secret, secret
from core.errors import IntegrityFailure
from core.paths import home_or_default
from core.store import backup, head_lines
from core.store.backup import BackupFacts
from core.words import say


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    for name, handler in (("make", run_make), ("verify", run_verify), ("restore", run_restore)):
        noun.verb(name, handler).add_argument("file", metavar="FILE", type=Path)


def run_make(call: Call) -> Answer:
    """Write a backup and read it back."""
    from core.cli.session import opened

    with opened(call) as store:
        facts = backup.make(store, call.args.file)
    return Answer(
        {**_data(facts), "file": str(call.args.file)},
        say("backup.made", entries=facts.entries, blobs=facts.blobs, file=call.args.file),
    )


def run_verify(call: Call) -> Answer:
    """Open a backup with the recovery code and check all of it. Damaged: exit 4."""
    facts = backup.check(call.args.file, _recovery_code())
    if facts.problems:
        call.data.update(_data(facts))
        raise IntegrityFailure("backup.damaged", problems=", ".join(sorted(set(facts.problems))))
    return Answer(_data(facts), say("backup.verified", entries=facts.entries, blobs=facts.blobs))


def run_restore(call: Call) -> Answer:
    """Make a home from a backup, as a new device; an administrator gets a new PIN there."""
    from core.cli.session import with_passphrase
    from core.house import restore_centre

    code = _recovery_code()
    name = "ZHIKAO_PIN" if "ZHIKAO_PIN" in os.environ and "ZHIKAO_NEW_PIN" not in os.environ else "ZHIKAO_NEW_PIN"
    pin = new_secret(name, "backup.ask_pin")
    home = home_or_default(call.home)
    facts, store = with_passphrase(
        lambda typed: restore_centre(call.args.file, home, code, pin, typed), "store.no_safe_keyring", new_secret
    )
    with store:
        device = store.device
    return Answer(
        {**_data(facts), "device": device, "home": str(home)},
        say("backup.restored", entries=facts.entries, blobs=facts.blobs, device=device),
    )


def _recovery_code() -> str:
    return secret("ZHIKAO_RECOVERY_CODE", "backup.ask_recovery_code")


def _data(facts: BackupFacts) -> dict[str, object]:
    return {"entries": facts.entries, "blobs": facts.blobs, "heads": head_lines(facts.heads)}
