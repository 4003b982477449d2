"""The one-time code with which a centre enrols over the net: a secret, and the start of the hub key's fingerprint.

32 characters in groups of 4. Whoever types it proves the secret to the hub and sees the right hub's key.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass

from core.association.fingerprint import fingerprint
from core.errors import Refused

SECRET_BYTES = 10
PREFIX_BYTES = 10

_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""What people type for letters that the code has; it has none of these digits."""


@dataclass(frozen=True)
class EnrolCode:
    """A code in its two halves."""

    secret: bytes
    key_start: bytes
    """The first bytes of the hub key's fingerprint."""

    def is_of(self, hub_key: bytes) -> bool:
        """Whether the code was made by the hub with this key."""
        return _key_start(hub_key) == self.key_start


def new_code(hub_key: bytes) -> tuple[EnrolCode, str]:
    """A fresh code of the hub with this public key, and as people type it."""
    code = EnrolCode(secrets.token_bytes(SECRET_BYTES), _key_start(hub_key))
    return code, write_code(code)


def write_code(code: EnrolCode) -> str:
    """A code as people type it."""
    text = base64.b32encode(code.secret + code.key_start).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def read_code(text: str) -> EnrolCode:
    """A code as people typed it: spaces, dashes and case are forgiven. Something else: refused."""
    plain = re.sub(r"[\s\-–—]", "", text).upper().translate(_MISREAD)
    try:
        data = base64.b32decode(plain)
    except (binascii.Error, ValueError):
        raise Refused("exchange.bad_code") from None
    if len(data) != SECRET_BYTES + PREFIX_BYTES:
        raise Refused("exchange.bad_code")
    return EnrolCode(data[:SECRET_BYTES], data[SECRET_BYTES:])


def _key_start(hub_key: bytes) -> bytes:
    return bytes.fromhex(fingerprint(hub_key).replace("-", ""))[:PREFIX_BYTES]
