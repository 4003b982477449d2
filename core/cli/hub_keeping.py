"""`hub backup|restore|go-on|recovery-code|passphrase|recover`: what keeps the association's hub, and brings it back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.association.fingerprint import fingerprint
from core.cli.frame import Answer, Call, Noun, new_secret, secret
from core.cli.hub_frame import DATABASE, hub_home, opened
from core.clock import china_time
from core.words import say

if TYPE_CHECKING:
    from core.hub.backup import BackupFacts


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    noun.verb("backup", run_backup).add_argument("file", metavar="FILE", type=Path)
    restore = noun.verb("restore", run_restore)
    restore.add_argument("file", metavar="FILE", type=Path)
    restore.add_argument("--partitions", type=int)
    noun.verb("go-on", run_go_on).add_argument("--centre", required=True)
    noun.verb("recovery-code", run_recovery_code)
    noun.verb("passphrase", run_passphrase)
    noun.verb("recover", run_recover)


def run_backup(call: Call) -> Answer:
    """Write keys and database into one file, and read it back."""
    from core.hub import backup
    from core.hub.hub import check_target

    target = call.args.file
    check_target(target)
    with opened(call) as hub:
        made = backup.make(hub, hub_home(call), target)
    data = {**_data(made), "file": str(target)}
    return Answer(data, say("hub.backed_up", **data))


def run_restore(call: Call) -> Answer:
    """Make a hub in an empty home from a backup."""
    from core.hub import backup

    home, url = hub_home(call), os.environ.get(DATABASE) or None
    data = {**_data(backup.restore(call.args.file, home, url, call.args.partitions)), "home": str(home)}
    return Answer(data, say("hub.restored", **data))


def run_go_on(call: Call) -> Answer:
    """Speak to a centre again that a restored hub has not heard."""
    from core.hub import acts

    with opened(call) as hub:
        hub.act(acts.go_on, call.args.centre)
    data = {"centre": call.args.centre}
    return Answer(data, say("hub.goes_on_with", **data))


def run_recovery_code(call: Call) -> Answer:
    """A new recovery code, shown this once."""
    from core.hub.keys import renew_recovery_code

    code = renew_recovery_code(hub_home(call), secret("ZHIKAO_PASSPHRASE", "hub.ask_passphrase"))
    return Answer({"recovery_code": code}, say("hub.new_recovery_code", recovery_code=code))


def run_passphrase(call: Call) -> Answer:
    """Another passphrase."""
    from core.hub.keys import change_passphrase, open_keys

    home, passphrase = hub_home(call), secret("ZHIKAO_PASSPHRASE", "hub.ask_passphrase")
    open_keys(home, passphrase)  # before somebody types another one twice
    change_passphrase(home, passphrase, _new_passphrase())
    return Answer({"home": str(home)}, say("hub.passphrase_changed"))


def run_recover(call: Call) -> Answer:
    """Another passphrase by the recovery code, where the passphrase is lost."""
    from core.hub.keys import recover_keys

    code = secret("ZHIKAO_RECOVERY_CODE", "backup.ask_recovery_code")
    keys = recover_keys(hub_home(call), code, _new_passphrase())
    data = {"home": str(hub_home(call)), "fingerprint": fingerprint(keys.public)}
    return Answer(data, say("hub.passphrase_changed"))


def _new_passphrase() -> str:
    return new_secret("ZHIKAO_NEW_PASSPHRASE", "cli.ask_new_passphrase")


def _data(found: BackupFacts) -> dict[str, object]:
    made = china_time(found.at)
    return {"fingerprint": fingerprint(found.key), "entries": found.entries, "at": made.isoformat(timespec="seconds")}
