"""The association's signed lists in one file: who may sign what, and what was revoked. These bytes are for ever.

    {"zhikao": "lists", "key": hex, "signature": hex, "signed": "<JSON text>"}

The signature is the hub's (Ed25519) over `zhikao-lists1` and the text's UTF-8 bytes. The text holds the `association`'s
name, `dated` and `until`, `issuers` as a plain list of issuers has them, and the `bits` of a list of revocations. Who
names such a file trusts its key, unless a key is given that it must be signed with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates.verification import (
    OWN_ISSUERS,
    Issuer,
    Revocations,
    read_issuers,
    read_revocations,
    write_issuers,
    write_revocations,
)
from core.errors import IntegrityFailure, Refused
from core.store import signature_holds

HOME_LISTS: Final = "lists.json"
"""The file in a home with the newest lists of its association, as these came."""
LARGEST: Final = 64 * 1024 * 1024
"""Bytes; more is no list of any association."""
_MARK: Final = "lists"
_PURPOSE: Final = b"zhikao-lists1"


class _Marked(msgspec.Struct):
    zhikao: str = ""


class _Signed(msgspec.Struct):
    zhikao: str
    key: str
    signature: str
    signed: str


class _Text(msgspec.Struct):
    association: str
    dated: datetime
    until: datetime
    issuers: msgspec.Raw
    bits: str


class _Bits(msgspec.Struct):
    bits: str


@dataclass(frozen=True)
class Lists:
    """Lists whose signature holds."""

    association: str
    key: bytes
    """The hub's public key, which signed them."""
    issuers: tuple[Issuer, ...]
    revocations: Revocations

    @property
    def dated(self) -> datetime:
        """As of when they say what they say."""
        return self.revocations.dated

    def stale(self, at: datetime) -> bool:
        """Whether they can't be relied on at this time any more."""
        return self.revocations.stale(at)


@dataclass(frozen=True)
class Trust:
    """Whom somebody who verifies trusts: issuers, revocations, and the lists these come from, where they are signed."""

    issuers: tuple[Issuer, ...]
    revocations: Revocations | None
    lists: Lists | None = None

    def issuers_stale(self, at: datetime) -> bool:
        """Whether the signed list of issuers has expired; a plain one says nothing of it."""
        return self.lists is not None and self.lists.stale(at)


def sign_lists(association: str, issuers: Iterable[Issuer], revocations: Revocations, key: Ed25519PrivateKey) -> bytes:
    """The file, signed with the hub's key."""
    listed = msgspec.Raw(msgspec.json.encode(list(issuers)))
    bits = msgspec.json.decode(write_revocations(revocations), type=_Bits).bits
    text = msgspec.json.encode(_Text(association, revocations.dated, revocations.until, listed, bits))
    signed = _Signed(_MARK, key.public_key().public_bytes_raw().hex(), key.sign(_PURPOSE + text).hex(), text.decode())
    return msgspec.json.encode(signed)


def is_signed(data: bytes) -> bool:
    """Whether a file says of itself that it holds signed lists, whether or not it does."""
    try:
        return len(data) <= LARGEST and msgspec.json.decode(data, type=_Marked).zhikao == _MARK
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


def read_lists(data: bytes, key: bytes | None = None) -> Lists:
    """Signed lists whose signature holds, by `key` where one is given.

    Garbage is refused. A signature that doesn't hold, or another key's: exit 4.
    """
    if len(data) > LARGEST:
        raise Refused("verify.bad_lists", problem=str(len(data)))
    try:
        file = msgspec.json.decode(data, type=_Signed)
        public, signature = bytes.fromhex(file.key), bytes.fromhex(file.signature)
        text = file.signed.encode()
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Refused("verify.bad_lists", problem=str(problem)[:200]) from None
    if file.zhikao != _MARK:
        raise Refused("verify.bad_lists", problem="zhikao")
    if not signature_holds(public, signature, _PURPOSE + text):
        raise IntegrityFailure("verify.lists_altered")
    if key is not None and public != key:
        raise IntegrityFailure("verify.lists_of_others")
    return _read_text(public, text)


def _read_text(key: bytes, data: bytes) -> Lists:
    try:
        text = msgspec.json.decode(data, type=_Text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Refused("verify.bad_lists", problem=str(problem)[:200]) from None
    issuers = read_issuers(b'{"issuers":' + bytes(text.issuers) + b"}")
    revocations = read_revocations(msgspec.json.encode({"dated": text.dated, "until": text.until, "bits": text.bits}))
    return Lists(text.association, key, tuple(issuers), revocations)


class _Pin(msgspec.Struct, frozen=True):
    """What a home's own file knows of its association."""

    name: str
    key: str


class _HomeFile(msgspec.Struct, frozen=True):
    association: _Pin | None = None


def home_file(own: Iterable[Issuer], association: tuple[str, bytes] | None, lists: Lists | None) -> bytes:
    """What a home keeps as `OWN_ISSUERS`: its own keys, those that the association lists, and its name and key."""
    listed = [*own, *(lists.issuers if lists else ())]
    data: dict[str, object] = {"issuers": msgspec.json.decode(write_issuers(listed), type=dict[str, object])["issuers"]}
    if association is not None:
        data["association"] = _Pin(association[0], association[1].hex())
    return msgspec.json.format(msgspec.json.encode(data), indent=2)


def trust_of_home(home: Path | None) -> Trust:
    """What a home's plain files say; nothing where there are none. Lists that were changed: exit 4."""
    data = _file(home, OWN_ISSUERS)
    if data is None:
        return Trust((), None)
    issuers = read_issuers(data)
    try:
        pin = msgspec.json.decode(data, type=_HomeFile).association
        key = bytes.fromhex(pin.key) if pin else None
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Refused("verify.bad_issuers", problem=str(problem)[:200]) from None
    signed = _file(home, HOME_LISTS) if key is not None else None
    if signed is None:
        return Trust(tuple(issuers), None)
    lists = read_lists(signed, key)
    # A crash between the two files: the signed one counts, beside the home's own keys.
    own = [issuer for issuer in issuers if issuer.notices_only]
    return Trust((*own, *lists.issuers), lists.revocations, lists)


def trust_of_files(home: Path | None, issuers: bytes | None, revoked: bytes | None) -> Trust:
    """What was named by hand, plain or signed, and of the home what was not named.

    Signed lists of two associations, one for each: refused.
    """
    if issuers is None:
        found = trust_of_home(home)
    elif is_signed(issuers):
        lists = read_lists(issuers)
        found = Trust(lists.issuers, lists.revocations, lists)
    else:
        found = Trust(tuple(read_issuers(issuers)), None)
    if revoked is None:
        return found
    if not is_signed(revoked):
        return Trust(found.issuers, read_revocations(revoked), found.lists)
    lists = read_lists(revoked)
    if found.lists is not None and found.lists.key != lists.key:
        raise IntegrityFailure("verify.lists_of_others")
    return Trust(found.issuers, lists.revocations, found.lists)


def _file(home: Path | None, name: str) -> bytes | None:
    try:
        return (home / name).read_bytes() if home is not None else None
    except OSError:
        return None
