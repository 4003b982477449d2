"""How people compare the hub's key: 32 digits that they read to each other."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Final

_BYTES: Final = 16
"""128 bits: nobody makes another key that fits."""
_GROUP: Final = 4


def fingerprint(key: bytes) -> str:
    """The fingerprint of a public key: 8 groups of 4 hexadecimal digits."""
    text = _digits(key)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def fits(key: bytes, given: str) -> bool:
    """Whether somebody typed this key's fingerprint; dashes, spaces, capitals and full-width digits don't matter."""
    plain = unicodedata.normalize("NFKC", given).upper()
    typed = "".join(character for character in plain if not (character.isspace() or character in "-–—:._"))
    return hmac.compare_digest(typed.encode("utf-8", "replace"), _digits(key).encode())


def _digits(key: bytes) -> str:
    return hashlib.sha256(key).digest()[:_BYTES].hex().upper()
