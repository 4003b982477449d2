"""`account create|pin|list`."""

from __future__ import annotations

from core.cli.frame import Answer, Call, Noun, new_secret
from core.cli.session import acting
from core.errors import Refused
from core.people import commands
from core.people.pins import fresh_key
from core.people.queries import account_by_login, accounts
from core.store import Id, Store
from core.words import say


def register(noun: Noun) -> None:
    create = noun.verb("create", run_create)
    create.add_argument("id")
    create.add_argument("--role", action="append", required=True)
    create.add_argument("--name", default="")
    noun.verb("pin", run_pin)
    noun.verb("reset", run_reset).add_argument("id")
    noun.verb("close", run_close).add_argument("id")
    noun.verb("list", run_list)


def run_create(call: Call) -> Answer:
    """Let a person sign in, with a provisional PIN."""
    pin = new_secret("ZHIKAO_NEW_PIN", "cli.ask_new_pin")
    with acting(call) as (store, actors):
        key = fresh_key(pin)
        store.write(actors, commands.create_account, call.args.id, call.args.role, key, call.args.name)
    data = {"account": call.args.id, "roles": list(dict.fromkeys(call.args.role)), "provisional": True}
    return Answer(data, say("account.created", account=call.args.id))


def run_pin(call: Call) -> Answer:
    """Change one's own PIN."""
    pin = new_secret("ZHIKAO_NEW_PIN", "cli.ask_new_pin")
    with acting(call) as (store, actors):
        commands.change_own_pin(store, actors, pin)
        return Answer({"account": call.account, "provisional": False}, say("account.pin_changed"))


def run_reset(call: Call) -> Answer:
    """Give somebody who forgot it a provisional PIN; a second person answers for it too (`--with`)."""
    pin = new_secret("ZHIKAO_NEW_PIN", "cli.ask_new_pin")
    with acting(call) as (store, actors):
        store.write(actors, commands.reset_pin, _named(store, call.args.id), fresh_key(pin))
    return Answer({"account": call.args.id, "provisional": True}, say("account.pin_reset", account=call.args.id))


def run_close(call: Call) -> Answer:
    """Let an account sign in no more."""
    with acting(call) as (store, actors):
        store.write(actors, commands.close_account, _named(store, call.args.id))
    return Answer({"account": call.args.id, "closed": True}, say("account.closed", account=call.args.id))


def _named(store: Store, login: str) -> Id:
    with store.read() as read:
        found = account_by_login(read, login)
    if found is None:
        raise Refused("people.unknown_account")
    return found.id


def run_list(call: Call) -> Answer:
    """Every account."""
    with acting(call) as (store, _), store.read() as read:
        found = accounts(read)
    lines = [
        {
            "id": one.login,
            "name": one.name or None,
            "roles": [str(role) for role in one.roles],
            "provisional": one.provisional,
            "closed": one.closed,
        }
        for one in found
    ]
    text = "\n".join(f"{one.login}\t{'、'.join(say(f'role.{role}') for role in one.roles)}" for one in found)
    return Answer({"accounts": lines}, text)
