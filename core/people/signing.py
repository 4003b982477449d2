"""Signing with a person's own key, so that the signature fits the key that the journal knows as theirs."""

from __future__ import annotations

from core.errors import Refused
from core.people.queries import current_key
from core.store import Actor, Read, signature_holds


def personal_signature(read: Read, person: Actor, message: bytes) -> tuple[bytes, bytes]:
    """The person's public key and its signature of `message`.

    Refused: a PIN that somebody else set, and a sign-in from before the PIN was changed: its key is no longer theirs.
    """
    if person.sign is None:
        raise Refused("people.provisional_pin")
    key, signature = current_key(read, person.id), person.sign(message)
    if key is None or not signature_holds(key, signature, message):
        raise Refused("people.sign_in_again")
    return key, signature
