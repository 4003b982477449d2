"""The signed data inside the code on a certificate or notice, and the text that carries it (8.7).

A credential is an untagged COSE_Sign1 (RFC 9052) with Ed25519, in one canonical encoding:

    [ << {1: -8, 4: kid} >>, {}, << payload >>, signature ]
    payload = [number, name, identity tag, occupation, level, days since 2020-01-01, status index]

`kid` is the first 4 bytes of SHA-256 of the issuer's raw public key: a hint, never a proof. A name of three
characters makes 119 bytes, 7 x 17, which the text writes as 289 digits: QR version 8 at level M.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import cbor2
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import Refused

EPOCH: Final = date(2020, 1, 1)
LEVELS: Final = ("junior", "intermediate", "senior")
"""On the wire a level is its rank, from 1."""
OCCUPATIONS: Final = {"t-caftv-rural-2026": 1, "530051-2024": 2}
"""Packs whose id is one byte on the wire. Only ever append. Any other pack travels by its id's text."""

TAG_BYTES: Final = 6
"""48 bits tell people apart. Only the issuer can compute a tag, so its length has no search to resist."""
NAME_LIMIT: Final = 50
PAYLOAD_LIMIT: Final = 255
TOKEN_LIMIT: Final = 400

_ALGORITHM, _KID, _EDDSA = 1, 4, -8
_HEAD: Final = bytes.fromhex("8449a201270444")
"""How every credential begins: array of 4, protected header of 9 bytes, EdDSA, key id of 4 bytes."""
_NOTICE = re.compile(r"N[1-9][0-9]{0,19}")
_CERTIFICATE = re.compile(r"[0-9A-MO-Z][0-9A-Z-]{5,31}")
_TEXT = re.compile(r"(?:https?://[^\s/?#]{1,255}/v#)?([0-9]{1,1200})")
_OCCUPATION = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}|#[1-9][0-9]{0,5}")
_OCCUPATION_OF: Final = {wire: pack for pack, wire in OCCUPATIONS.items()}
_CHUNK_BYTES, _CHUNK_DIGITS = 7, 17
_TAIL_DIGITS: Final = {0: 0, 1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15}
_Fields = tuple[str, str, bytes, int | str, int, int, int | None]
_TAIL_BYTES: Final = {digits: size for size, digits in _TAIL_DIGITS.items()}


@dataclass(frozen=True)
class Credential:
    """What an issuer answers for.

    `number` is the certificate's number, or `N` and its entry's id on a provisional notice. `occupation` is
    the id of the pack (`#n` where a newer program numbered one that this program does not know), `level` its
    level's id, `issued` the day of issue in Asia/Shanghai. `status_index` is the certificate's place in the
    list of revocations, None on a notice.
    """

    number: str
    name: str
    identity_tag: bytes
    occupation: str
    level: str
    issued: date
    status_index: int | None = None

    @property
    def is_notice(self) -> bool:
        """Whether this is a provisional notice and no certificate."""
        return self.status_index is None


@dataclass(frozen=True)
class Reading:
    """A token taken apart; that its form is right says nothing about its signature."""

    credential: Credential
    kid: bytes
    payload: bytes
    signature: bytes


def key_id(public_key: bytes) -> bytes:
    """The hint that names an issuer's key: the first 4 bytes of SHA-256 of its 32 raw bytes."""
    return hashlib.sha256(public_key).digest()[:4]


def identity_tag(issuer: Ed25519PrivateKey, identity_number: str) -> bytes:
    """The tag that binds a credential to a person, which only the holder of the issuer's key can compute.

    HMAC-SHA-256 of the identity number (upper case), cut to `TAG_BYTES`, under a key that HKDF derives from
    the issuer's private key: an unkeyed hash of one county's identity numbers is searched through in seconds.
    """
    key = HKDF(SHA256(), 32, salt=None, info=b"zhikao identity tag 1").derive(issuer.private_bytes_raw())
    return hmac.digest(key, identity_number.strip().upper().encode(), "sha256")[:TAG_BYTES]


def occupation_on_wire(occupation: str) -> int | str:
    """A pack's id as credentials and lists of issuers carry it: its number where it has one."""
    return int(occupation[1:]) if occupation.startswith("#") else OCCUPATIONS.get(occupation, occupation)


def sign(credential: Credential, issuer_private_key: Ed25519PrivateKey) -> bytes:
    """The credential as a signed token. `verify.not_signable` names the field that cannot be carried."""
    payload = _payload(credential)
    kid = key_id(issuer_private_key.public_key().public_bytes_raw())
    return _token(kid, payload, issuer_private_key.sign(_to_be_signed(kid, payload)))


def read(token: bytes) -> Reading:
    """Take a token apart without trusting it.

    `verify.malformed` unless it is, byte for byte, what `sign` would write.
    """
    if not token.startswith(_HEAD) or len(token) > TOKEN_LIMIT:
        raise Refused("verify.malformed")
    size = token[13] if len(token) > 13 else 0
    reading = Reading(_credential(token[14 : 14 + size]), token[7:11], token[14 : 14 + size], token[-64:])
    if _token(reading.kid, reading.payload, reading.signature) != token:
        raise Refused("verify.malformed")
    return reading


def signature_holds(reading: Reading, public_key: bytes, kid: bytes | None = None) -> bool:
    """Whether the key signed this. With `kid`: whether it did so before somebody changed the key id."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            reading.signature, _to_be_signed(reading.kid if kid is None else kid, reading.payload)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def to_text(token: bytes, host: str) -> str:
    """What the code holds: an address whose fragment, never sent to the server, is the token in digits.

    Each 7 bytes, little-endian, are 17 digits; 1 to 6 left over are 3, 5, 8, 10, 13 or 15.
    """
    return f"https://{host}/v#{_digits(token)}"


def from_text(text: str) -> bytes:
    """The token of a code's text, which is an address of any host or the digits alone.

    `verify.not_a_code` if it is neither.
    """
    digits = _digits_of(text)
    size = _TAIL_BYTES.get(len(digits) % _CHUNK_DIGITS)
    if size is None:
        raise Refused("verify.not_a_code")
    whole = len(digits) - len(digits) % _CHUNK_DIGITS
    token = bytearray()
    for start in range(0, len(digits), _CHUNK_DIGITS):
        value, room = int(digits[start : start + _CHUNK_DIGITS]), _CHUNK_BYTES if start < whole else size
        if value >> (8 * room):
            raise Refused("verify.not_a_code")
        token += value.to_bytes(room, "little")
    return bytes(token)


def resembles(text: str) -> bool:
    """Whether a text that is no credential was one before somebody, or dirt on the paper, changed it.

    Every credential begins with the same 7 bytes, so with the same 17 digits: either they stand there still,
    or what follows them is whole and only they were hit.
    """
    try:
        digits = _digits_of(text)
        head = _digits(_HEAD)
        if not digits.startswith(head):
            read(from_text(head + digits[len(head) :]))
    except Refused:
        return False
    return True


def _digits(token: bytes) -> str:
    chunks = (token[start : start + _CHUNK_BYTES] for start in range(0, len(token), _CHUNK_BYTES))
    return "".join(
        f"{int.from_bytes(chunk, 'little'):0{_TAIL_DIGITS.get(len(chunk), _CHUNK_DIGITS)}d}" for chunk in chunks
    )


def _digits_of(text: str) -> str:
    found = _TEXT.fullmatch(text.strip(" \t\r\n"))
    if found is None:
        raise Refused("verify.not_a_code")
    return found[1]


def _token(kid: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps([_protected(kid), {}, payload, signature])


def _protected(kid: bytes) -> bytes:
    return cbor2.dumps({_ALGORITHM: _EDDSA, _KID: kid})


def _to_be_signed(kid: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", _protected(kid), b"", payload])


def _payload(credential: Credential) -> bytes:
    fault = _fault(credential)
    if fault is not None:
        raise Refused("verify.not_signable", field=fault)
    occupation = occupation_on_wire(credential.occupation)
    level = LEVELS.index(credential.level) + 1
    days = (credential.issued - EPOCH).days
    payload: bytes = cbor2.dumps(
        [
            credential.number,
            credential.name,
            credential.identity_tag,
            occupation,
            level,
            days,
            credential.status_index,
        ]
    )
    if len(payload) > PAYLOAD_LIMIT:
        raise Refused("verify.not_signable", field="name")
    return payload


def _credential(payload: bytes) -> Credential:
    """The fields of a payload, if each is of its type and says what `_payload` would accept."""
    try:
        decoded = cbor2.loads(payload, allow_indefinite=False, max_depth=2)
        number, name, tag, known, level, days, index = msgspec.convert(
            decoded, _Fields, builtin_types=(bytes, date), strict=True
        )
        occupation = _OCCUPATION_OF.get(known, f"#{known}") if isinstance(known, int) else known
        if not 1 <= level <= len(LEVELS):
            raise Refused("verify.malformed")
        issued = EPOCH + timedelta(days)
    except (cbor2.CBORError, ValueError, OverflowError):
        raise Refused("verify.malformed") from None
    credential = Credential(number, name, tag, occupation, LEVELS[level - 1], issued, index)
    if _fault(credential) is not None or _payload(credential) != payload:
        raise Refused("verify.malformed")
    return credential


def _fault(credential: Credential) -> str | None:
    """The first field that no credential may carry, or None."""
    index = credential.status_index
    pattern = _NOTICE if index is None else _CERTIFICATE
    if pattern.fullmatch(credential.number) is None:
        return "number"
    if index is not None and not 0 <= index < 1 << 32:
        return "status_index"
    name = credential.name
    if not 0 < len(name) <= NAME_LIMIT or name != name.strip() or any(map(_invisible, name)):
        return "name"
    if len(credential.identity_tag) != TAG_BYTES:
        return "identity_tag"
    if _OCCUPATION.fullmatch(credential.occupation) is None:
        return "occupation"
    if credential.level not in LEVELS:
        return "level"
    return None if credential.issued >= EPOCH else "issued"


def _invisible(character: str) -> bool:
    """Controls, surrogates and private characters: what a name on a certificate cannot show."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
