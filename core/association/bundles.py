"""A courier bundle U盘上报包: what HTTP would carry, as a file that only its receiver can open. Bytes for ever.

Magic, header, content encrypted by HPKE (RFC 9180) under the header, and the sender's signature over all before it. Up
it holds segments and blobs for the hub; down, on the same stick, receipts and the hub's own entries for the device.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Annotated, Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from core.association.receipts import Receipt
from core.errors import IntegrityFailure, Refused
from core.store import signature_holds
from core.store.events import DeviceNumber, Whole

MAGIC: Final = b"ZKBND1\n"
UP: Final = 0
DOWN: Final = 1
LARGEST: Final = 1 << 30
"""Bytes that a bundle may have."""

MOST_SEGMENTS: Final = 1 << 16
MOST_BLOBS: Final = 1 << 20
"""Of one bundle: a thousand bytes each. Who writes more wants to see the memory go."""

_PURPOSE = b"zhikao-bundle1"
_SIGNATURE_BYTES = 64
_LARGEST_HEADER = 4096
_T = TypeVar("_T")


class BundleHeader(msgspec.Struct, frozen=True, array_like=True):
    """What stands readable on a bundle."""

    direction: int
    """`UP` from a centre's device to the hub, `DOWN` back."""
    centre: str
    device: DeviceNumber
    number: Whole
    """The device's bundles are counted; a reply carries the number that it answers."""
    at_ms: Whole
    hub: bytes
    """SHA-256 of the hub's public key."""
    return_key: bytes
    """Raw X25519 key that the reply is to be encrypted to; empty in a reply."""


class UpContent(msgspec.Struct, frozen=True, array_like=True):
    """What a device sends."""

    hub_head_seq: Whole
    """How much of the hub's chain the device holds; 0 is nothing."""
    hub_head_hash: bytes
    segments: Annotated[list[bytes], msgspec.Meta(max_length=MOST_SEGMENTS)]
    """Segment files, each as an upload would carry it, to be taken in this order."""
    blobs: Annotated[list[tuple[bytes, bytes]], msgspec.Meta(max_length=MOST_BLOBS)]
    """(name, ciphertext)."""


class BundleProblem(msgspec.Struct, frozen=True, array_like=True):
    """Something that the hub did not take, as HTTP would have said it: the end of its `urn:zhikao:`."""

    code: str
    device: DeviceNumber
    held: Whole = 0
    """Up to where the hub holds that device's chain."""


class DownContent(msgspec.Struct, frozen=True, array_like=True):
    """What the hub answers."""

    receipts: list[Receipt]
    """One for every device of the centre of which the hub holds something, of what it holds now."""
    entries: bytes
    """A segment file of the hub's chain for the centre, or empty."""
    blobs: list[bytes]
    """Names of the blobs of the bundle that the hub holds whole now."""
    problems: list[BundleProblem]


def write_up(header: BundleHeader, content: UpContent, courier_key: bytes, device_key: Ed25519PrivateKey) -> bytes:
    """A bundle for the hub whose X25519 key is `courier_key`."""
    return _write(header, msgspec.msgpack.encode(content), courier_key, device_key)


def write_down(up: BundleHeader, at_ms: int, content: DownContent, hub_key: Ed25519PrivateKey) -> bytes:
    """The hub's reply to the bundle with the header `up`."""
    header = BundleHeader(DOWN, up.centre, up.device, up.number, at_ms, up.hub, b"")
    return _write(header, msgspec.msgpack.encode(content), up.return_key, hub_key)


def read_header(data: bytes) -> BundleHeader:
    """What a bundle says on its outside, before anything is known to be true. No bundle, or cut off: refused."""
    return _split(data)[0]


def read_up(data: bytes, courier_key: X25519PrivateKey, device_key: bytes) -> UpContent:
    """What the device with this public key sent. Not its signature, or changed: exit 4. Not for this hub: refused."""
    return _read(data, UP, courier_key, device_key, UpContent)


def open_up(data: bytes, courier_key: X25519PrivateKey) -> UpContent:
    """What somebody says in a bundle: nothing of it is known to be true before `read_up` has checked the signature."""
    return _read(data, UP, courier_key, None, UpContent)


def read_down(data: bytes, return_key: X25519PrivateKey, hub_key: bytes) -> DownContent:
    """What the hub with this public key answered. Not its signature, or changed: exit 4."""
    return _read(data, DOWN, return_key, hub_key, DownContent)


def is_bundle(data: bytes) -> bool:
    """Whether a file begins as a bundle does."""
    return data.startswith(MAGIC)


def fingerprint(hub_key: bytes) -> bytes:
    """How a bundle names its hub."""
    return hashlib.sha256(hub_key).digest()


def _write(header: BundleHeader, plain: bytes, receiver: bytes, sender: Ed25519PrivateKey) -> bytes:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    outside = msgspec.msgpack.encode(header)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    try:
        key = X25519PublicKey.from_public_bytes(receiver)
        closed = suite.encrypt(plain, key, info=_PURPOSE + outside)
    except ValueError:
        raise Refused("exchange.bundle_bad_key") from None
    data = b"".join([MAGIC, struct.pack(">I", len(outside)), outside, struct.pack(">Q", len(closed)), closed])
    return data + sender.sign(_PURPOSE + hashlib.sha256(data).digest())


def _split(data: bytes) -> tuple[BundleHeader, bytes, bytes]:
    """Header, its bytes and the closed content, once the lengths fit."""
    if not data.startswith(MAGIC):
        raise Refused("exchange.bundle_cut_off" if MAGIC.startswith(data) else "exchange.bundle_not_one")
    if len(data) > LARGEST:
        raise Refused("exchange.bundle_too_large")
    at = len(MAGIC)
    try:
        (length,) = struct.unpack_from(">I", data, at)
        at += 4
        if length > _LARGEST_HEADER:
            raise IntegrityFailure("exchange.bundle_altered")
        outside, at = data[at : at + length], at + length
        (length,) = struct.unpack_from(">Q", data, at)
    except struct.error:
        raise Refused("exchange.bundle_cut_off") from None
    at += 8
    if len(data) < at + length + _SIGNATURE_BYTES:
        raise Refused("exchange.bundle_cut_off")
    if len(data) > at + length + _SIGNATURE_BYTES:
        raise IntegrityFailure("exchange.bundle_altered")
    return _decode(outside, BundleHeader), outside, data[at : at + length]


def _read(data: bytes, direction: int, receiver: X25519PrivateKey, sender: bytes | None, shape: type[_T]) -> _T:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    header, outside, closed = _split(data)
    if header.direction != direction:
        raise Refused("exchange.bundle_wrong_way")
    signed = _PURPOSE + hashlib.sha256(data[:-_SIGNATURE_BYTES]).digest()
    if sender is not None and not signature_holds(sender, data[-_SIGNATURE_BYTES:], signed):
        raise IntegrityFailure("exchange.bundle_altered")
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    try:
        plain = suite.decrypt(closed, receiver, info=_PURPOSE + outside)
    except (InvalidTag, ValueError):
        # Its sender signed it, so nobody changed it: it was closed for another key.
        raise Refused("exchange.bundle_not_for_us") from None
    return _decode(plain, shape)


def _decode(data: bytes, shape: type[_T]) -> _T:
    try:
        return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise IntegrityFailure("exchange.bundle_altered") from None
