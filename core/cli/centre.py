"""`centre found`: a new centre on this machine; `centre recovery-code|passphrase|recover`: the words that open it."""

from __future__ import annotations

from core.cli.frame import Answer, Call, Noun, new_secret, secret
from core.cli.session import acting, with_passphrase
from core.paths import home_or_default
from core.words import say


def register(noun: Noun) -> None:
    found = noun.verb("found", run_found)
    found.add_argument("--code", required=True)
    found.add_argument("--name", required=True)
    noun.verb("recovery-code", run_recovery_code)
    noun.verb("passphrase", run_passphrase)
    noun.verb("recover", run_recover)


def run_found(call: Call) -> Answer:
    """Found a centre; the recovery code is shown this once."""
    from core.house import found_centre

    home, given, pin = home_or_default(call.home), call.args, new_secret("ZHIKAO_PIN", "cli.ask_new_pin")
    store, recovery_code = with_passphrase(
        lambda typed: found_centre(home, given.code, given.name, pin, typed), "store.no_safe_keyring", new_secret
    )
    with store:
        data = {"centre": store.centre, "device": store.device, "recovery_code": recovery_code}
    return Answer(data, say("centre.founded", **data))


def run_recovery_code(call: Call) -> Answer:
    """A new recovery code, shown this once; the old one opens only the backups made before."""
    from core.people.store_words import take_recovery_code
    from core.store import new_recovery_code

    with acting(call) as (store, actors):
        code = new_recovery_code()
        take_recovery_code(store, actors, code)
        data = {"centre": store.centre, "recovery_code": code}
    return Answer(data, say("centre.new_recovery_code", recovery_code=code))


def run_passphrase(call: Call) -> Answer:
    """Another passphrase."""
    from core.people.store_words import take_passphrase

    with acting(call) as (store, actors):
        take_passphrase(store, actors, _new_passphrase())
        centre = store.centre
    return Answer({"centre": centre}, say("centre.passphrase_changed"))


def run_recover(call: Call) -> Answer:
    """Open a store whose passphrase is lost by its recovery code, and set another passphrase."""
    from core.house import recover_house

    code = secret("ZHIKAO_RECOVERY_CODE", "backup.ask_recovery_code")
    with recover_house(home_or_default(call.home), code, _new_passphrase()) as store:
        centre = store.centre
    return Answer({"centre": centre}, say("centre.passphrase_changed"))


def _new_passphrase() -> str:
    return new_secret("ZHIKAO_NEW_PASSPHRASE", "cli.ask_new_passphrase")
