"""A signature takes the person's own PIN each time: somebody who passes an open window signs nothing."""

from __future__ import annotations

from typing import Any

from core.errors import Refused
from core.people.pins import sign_in


def own_actor(context: Any, pin: str) -> Any:
    """Who is signed in, afresh: the signature is made with the key that this PIN opens. On a worker."""
    try:
        actor = sign_in(context.store, context.session.login, pin)
    except Refused as refusal:
        if refusal.code == "people.wrong_pin":  # whose PIN is asked for is not in question here
            raise Refused("people.own_pin_wrong") from None
        raise
    if actor.sign is None:
        raise Refused("people.provisional_pin")
    return actor
