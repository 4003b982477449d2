"""What a centre's device says to be enrolled, with the proof that it has its keys. These bytes are for ever.

    {"zhikao": "enrolment", "asked": "<JSON text>", "device_signature": hex, "issuer_signature": hex}

Both signatures (Ed25519) are over `zhikao-enrolment1` and the text's UTF-8 bytes, by the two keys that the text names.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.errors import IntegrityFailure, Refused
from core.store import Predecessor, founding, signature_holds
from core.store.events import DeviceNumber, Seq

LARGEST: Final = 256 * 1024
_MARK: Final = "enrolment"
_PURPOSE: Final = b"zhikao-enrolment1"
_KEY_BYTES: Final = 32
_HASH_BYTES: Final = 32


class Before(msgspec.Struct, frozen=True):
    """A chain that this device's own goes on from: closed at `seq`, whose hash is `head`."""

    device: DeviceNumber
    key: str
    seq: Seq
    head: str


class Asked(msgspec.Struct, frozen=True):
    """What is asked: who this is. Keys are hexadecimal; `at` is when, in ISO 8601."""

    centre: str
    name: str
    device: DeviceNumber
    device_key: str
    issuer_key: str
    goes_on_from: list[Before]
    at: str
    nonce: str

    @property
    def keys(self) -> tuple[bytes, bytes]:
        """The device's key and its issuer key, raw."""
        return bytes.fromhex(self.device_key), bytes.fromhex(self.issuer_key)


class _File(msgspec.Struct):
    zhikao: str
    asked: str
    device_signature: str
    issuer_signature: str


def write_request(
    centre: str,
    name: str,
    device: int,
    keys: tuple[Ed25519PrivateKey, Ed25519PrivateKey],
    before: list[Predecessor],
    at: str,
) -> bytes:
    """The request file, signed with the device's and the issuer's private `keys`."""
    asked = Asked(
        centre=centre,
        name=name,
        device=device,
        device_key=_public(keys[0]),
        issuer_key=_public(keys[1]),
        goes_on_from=[Before(one.device, one.key.hex(), one.seq, one.head.hex()) for one in before],
        at=at,
        nonce=secrets.token_hex(16),
    )
    text = msgspec.json.encode(asked)
    signed = _PURPOSE + text
    file = _File(_MARK, text.decode(), keys[0].sign(signed).hex(), keys[1].sign(signed).hex())
    return msgspec.json.encode(file)


def read_request(data: bytes) -> Asked:
    """What a request asks, once both keys are proved. Garbage: refused; a signature that does not hold: exit 4."""
    if len(data) > LARGEST:
        raise Refused("association.bad_request", problem=str(len(data)))
    try:
        file = msgspec.json.decode(data, type=_File)
        text = file.asked.encode()
        asked = msgspec.json.decode(text, type=Asked)
        device_key, issuer_key = asked.keys
        signatures = bytes.fromhex(file.device_signature), bytes.fromhex(file.issuer_signature)
        lengths = {(len(bytes.fromhex(one.key)), len(bytes.fromhex(one.head))) for one in asked.goes_on_from}
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Refused("association.bad_request", problem=str(problem)[:200]) from None
    if file.zhikao != _MARK or lengths - {(_KEY_BYTES, _HASH_BYTES)} or not asked.device:
        raise Refused("association.bad_request", problem="zhikao" if file.zhikao != _MARK else "device")
    founding.check_centre(asked.centre, asked.name)
    message = _PURPOSE + text
    if not (
        device_key != issuer_key
        and signature_holds(device_key, signatures[0], message)
        and signature_holds(issuer_key, signatures[1], message)
    ):
        raise IntegrityFailure("association.request_altered")
    return asked


def request_digest(data: bytes) -> bytes:
    """What an acceptance names the request by: SHA-256 of what was asked, not of the file around it."""
    return hashlib.sha256(msgspec.json.decode(data, type=_File).asked.encode()).digest()


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()
