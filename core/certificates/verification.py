"""Whether a code on paper is what an issuer signed: the judgement, the list of issuers and the list of revocations.

Nothing here needs a store, a sign-in or a network. The lists are plain files; who trusts them is the one who
names them.

Issuers, `{"issuers": [...]}`: `kid` and `key` in hexadecimal, the issuer's `centre` code and `name`, the days
`from` and `to` of which its credentials may be (inclusive, null is open), and `notices_only` for a centre's own
key, which no association has authorised to sign certificates; `pattern` is the form of its certificates' numbers and
`centre_number` the centre's digits in them; `occupation` and `levels` are what it may certify (8.1), anything where
they are missing. Revocations, `{"dated": ..., "until": ...,
"bits": ...}`: one bit for each status index, first index in the lowest bit of the first byte, by zlib and
base64; `until` is when the list expires.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from core.certificates.credential import (
    Credential,
    Reading,
    from_text,
    key_id,
    occupation_on_wire,
    read,
    resembles,
    signature_holds,
)
from core.certificates.numbers import DEFAULT_PATTERN, centre_number_of, check_pattern
from core.errors import Refused
from core.standards.packs import packs

OWN_ISSUERS: Final = "issuers.json"
"""The file in a home that lists the home's own issuer key. It holds nothing secret."""
_LARGEST_LIST: Final = 16 * 1024 * 1024
"""Bytes of a revocation list when unpacked: 128 million certificates."""
CLOCK_TOLERANCE: Final = timedelta(days=1)
"""A clock further before a list's date than this is wrong, and can't say whether the list has expired."""


class Status(StrEnum):
    """What is found about a code; the values are the contract's."""

    VALID = "valid"
    PROVISIONAL = "provisional"
    REVOKED = "revoked"
    UNKNOWN_ISSUER = "unknown_issuer"
    ALTERED = "altered"
    NOT_A_CERTIFICATE = "not_a_certificate"


class Issuer(msgspec.Struct, frozen=True, rename={"first_day": "from", "last_day": "to"}):
    """Somebody whose signature counts, for what and when."""

    kid: str
    centre: str
    key: str
    name: str
    notices_only: bool
    first_day: date
    last_day: date | None = None
    centre_number: str | None = None
    pattern: str | None = None
    occupation: int | str | msgspec.UnsetType = msgspec.UNSET
    """As credentials carry it."""
    levels: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the key."""
        return bytes.fromhex(self.key)

    def may_sign(self, credential: Credential) -> bool:
        """Whether this issuer answers for it: its kind, day, standard and level, and the centre in its number."""
        if credential.issued < self.first_day or (self.last_day is not None and credential.issued > self.last_day):
            return False
        if credential.is_notice:
            return True
        return not self.notices_only and self._may_certify(credential) and self._is_its_number(credential.number)

    def _may_certify(self, credential: Credential) -> bool:
        """Whether the association's authorisation reaches as far as this standard and level (8.1)."""
        if self.occupation is not msgspec.UNSET and self.occupation != occupation_on_wire(credential.occupation):
            return False
        return self.levels is msgspec.UNSET or credential.level in self.levels

    def _is_its_number(self, number: str) -> bool:
        """Whether the centre in a number is this one; who lists no form of numbers means the usual one."""
        inside = centre_number_of(number, self.pattern or DEFAULT_PATTERN)
        if self.pattern is None and inside is None:
            inside = number
        return inside is not None and inside.startswith(self.centre_number or self.centre)


class _IssuerFile(msgspec.Struct):
    issuers: list[Issuer]


class _RevokedFile(msgspec.Struct):
    dated: datetime
    until: datetime
    bits: str


@dataclass(frozen=True)
class Revocations:
    """Which certificates were revoked, as of `dated`; after `until` the list is stale."""

    dated: datetime
    until: datetime
    bits: bytes

    def knows(self, index: int) -> bool:
        """Whether the list reaches as far as this status index."""
        return index < 8 * len(self.bits)

    def stale(self, at: datetime) -> bool:
        """Whether the list can't be relied on at this time any more."""
        return is_stale(at, self.dated, self.until)

    def revoked(self, index: int) -> bool:
        """Whether the certificate with this status index was revoked."""
        return self.knows(index) and bool(self.bits[index // 8] >> (index % 8) & 1)


@dataclass(frozen=True)
class Fields:
    """What a credential says, with the issuer's centre where that is known. Unconfirmed while the issuer is unknown.

    `standard` is the pack's id; what only the pack knows is None where the program does not have it.
    """

    kind: str
    number: str
    name: str
    identity_tag: str
    standard: str
    standard_title: str | None
    standard_is_draft: bool | None
    occupation: str | None
    level: str
    level_name: str | None
    issued: date
    status_index: int | None
    centre: str | None
    centre_name: str | None


@dataclass(frozen=True)
class Verdict:
    """What is found about one code.

    `fields` is None where there is nothing that may be shown: an altered code's words are nobody's. `list_dated` None
    means that revocation was not checked, `list_stale` that the list has expired.
    """

    status: Status
    signature_ok: bool
    fields: Fields | None
    checked_at: datetime
    list_dated: datetime | None = None
    list_stale: bool = False

    @property
    def valid(self) -> bool:
        """Whether this is a certificate that counts."""
        return self.status is Status.VALID


def is_stale(at: datetime, dated: datetime, until: datetime) -> bool:
    """Whether a list has expired, or the clock stands before its date, so that nobody can tell."""
    return at > until or dated - at > CLOCK_TOLERANCE


def verify_text(
    text: str,
    issuers: Sequence[Issuer],
    revoked: Revocations | None = None,
    *,
    now: datetime | None = None,
    issuers_stale: bool = False,
) -> Verdict:
    """Judge the text of a code: an address of any host, or its digits alone. Never refuses; see `Status`.

    The key id only hints: every listed key is tried. A credential whose own issuer may not sign such a thing (a
    certificate under a key for notices, another centre's number, a day outside) has no known issuer. `issuers_stale`
    says that the list of issuers has expired.
    """
    at = datetime.now(UTC) if now is None else now
    try:
        reading = read(from_text(text))
    except Refused:
        status = Status.ALTERED if resembles(text) else Status.NOT_A_CERTIFICATE
        return Verdict(status, signature_ok=False, fields=None, checked_at=at)
    credential = reading.credential
    signers = _signers(reading, issuers)
    if not signers:
        if _was_changed(reading, issuers):
            return Verdict(Status.ALTERED, signature_ok=False, fields=None, checked_at=at)
        return Verdict(Status.UNKNOWN_ISSUER, False, _fields(credential), at, list_stale=issuers_stale)
    signer = next((issuer for issuer in signers if issuer.may_sign(credential)), None)
    if signer is None:
        return Verdict(Status.UNKNOWN_ISSUER, True, _fields(credential), at, list_stale=issuers_stale)
    fields = _fields(credential, signer)
    index = credential.status_index
    if index is None:
        return Verdict(Status.PROVISIONAL, signature_ok=True, fields=fields, checked_at=at)
    if revoked is None or not revoked.knows(index):
        return Verdict(Status.VALID, True, fields, at, list_stale=issuers_stale)
    status = Status.REVOKED if revoked.revoked(index) else Status.VALID
    return Verdict(status, True, fields, at, revoked.dated, issuers_stale or revoked.stale(at))


def all_of_ours(texts: Iterable[str]) -> list[str]:
    """Of the codes in a picture those that are, or were, credentials, each once.

    All are judged: beside a true code there may stand one that was changed or revoked.
    """
    return [text for text in dict.fromkeys(texts) if _is_ours(text)]


def _is_ours(text: str) -> bool:
    try:
        read(from_text(text))
    except Refused:
        return resembles(text)
    return True


def read_issuers(data: bytes) -> list[Issuer]:
    """The issuers of a list. `verify.bad_issuers` if anything in it is off."""
    try:
        issuers = msgspec.json.decode(data, type=_IssuerFile).issuers
        for issuer in issuers:
            if len(issuer.public_key) != 32 or key_id(issuer.public_key).hex() != issuer.kid.lower():
                raise Refused("verify.bad_issuers", problem="kid")
            if not issuer.centre:
                raise Refused("verify.bad_issuers", problem="centre")
            _check_form(issuer)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Refused("verify.bad_issuers", problem=str(problem)) from None
    return issuers


def _check_form(issuer: Issuer) -> None:
    try:
        check_pattern(issuer.pattern or DEFAULT_PATTERN)
    except Refused:
        raise Refused("verify.bad_issuers", problem="pattern") from None


def write_issuers(issuers: Iterable[Issuer]) -> bytes:
    """A list that `read_issuers` reads: what a home keeps as `OWN_ISSUERS`."""
    return msgspec.json.format(msgspec.json.encode(_IssuerFile(list(issuers))), indent=2)


def own_issuer(centre: str, name: str, public_key: bytes, first_day: date) -> Issuer:
    """The entry for a centre's own key: for notices only, from the day of its founding."""
    return Issuer(key_id(public_key).hex(), centre, public_key.hex(), name, True, first_day)


def own_issuers(home: Path | None) -> list[Issuer]:
    """The issuers that a home itself lists; none where there is no home or no list."""
    if home is None:
        return []
    try:
        return read_issuers((home / OWN_ISSUERS).read_bytes())
    except OSError:
        return []


def read_revocations(data: bytes) -> Revocations:
    """A list of revocations. `verify.bad_revoked` if it is off or absurdly large."""
    try:
        file = msgspec.json.decode(data, type=_RevokedFile)
        if file.dated.tzinfo is None or file.until.tzinfo is None:
            raise Refused("verify.bad_revoked", problem="dated")
        unpack = zlib.decompressobj()
        bits = unpack.decompress(base64.b64decode(file.bits, validate=True), _LARGEST_LIST)
        if not unpack.eof or unpack.unused_data:
            raise Refused("verify.bad_revoked", problem="bits")
    except (msgspec.MsgspecError, zlib.error, binascii.Error, ValueError, RecursionError) as problem:
        raise Refused("verify.bad_revoked", problem=str(problem)) from None
    return Revocations(file.dated, file.until, bits)


def write_revocations(revocations: Revocations) -> bytes:
    """A list that `read_revocations` reads."""
    bits = base64.b64encode(zlib.compress(revocations.bits, 9)).decode()
    return msgspec.json.encode(_RevokedFile(revocations.dated, revocations.until, bits))


def _signers(reading: Reading, issuers: Sequence[Issuer]) -> list[Issuer]:
    """Those whose key signed this: the ones that the key id hints at, else whichever."""
    hinted = [issuer for issuer in issuers if bytes.fromhex(issuer.kid) == reading.kid]
    for some in (hinted, issuers):
        holds = {key: signature_holds(reading, bytes.fromhex(key)) for key in {issuer.key for issuer in some}}
        if any(holds.values()):
            return [issuer for issuer in some if holds[issuer.key]]
    return []


def _was_changed(reading: Reading, issuers: Sequence[Issuer]) -> bool:
    """Whether a listed issuer once signed this: it names that issuer's key, or did so before the name was changed."""
    return any(
        bytes.fromhex(issuer.kid) == reading.kid
        or signature_holds(reading, issuer.public_key, bytes.fromhex(issuer.kid))
        for issuer in issuers
    )


def _fields(credential: Credential, issuer: Issuer | None = None) -> Fields:
    pack = next((pack for pack in packs() if pack.id == credential.occupation), None)
    return Fields(
        kind="notice" if credential.is_notice else "certificate",
        number=credential.number,
        name=credential.name,
        identity_tag=credential.identity_tag.hex(),
        standard=credential.occupation,
        standard_title=pack.standard.title if pack else None,
        standard_is_draft=pack.is_draft if pack else None,
        occupation=pack.standard.occupation if pack else None,
        level=credential.level,
        level_name=next((level.name for level in pack.levels if level.id == credential.level), None) if pack else None,
        issued=credential.issued,
        status_index=credential.status_index,
        centre=issuer.centre if issuer else None,
        centre_name=issuer.name if issuer else None,
    )
