"""The hash chain of a device and the seals over it."""

from __future__ import annotations

import hashlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEAL_EVERY = 64
"""At most this many entries stand under one seal."""

_GENESIS = b"zhikao1"
_SEAL = b"zhikao-seal1"


def genesis(centre: str, device_key: bytes) -> bytes:
    """The previous hash of a device's first entry: it binds the chain to its centre and its key."""
    return hashlib.sha256(_GENESIS + centre.encode("utf-8") + device_key).digest()


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of an entry: `SHA256(previous ‖ body)`."""
    return hashlib.sha256(previous + body).digest()


def seal_message(device: int, seq: int, head: bytes) -> bytes:
    """What a device signs: its number, the entry and the hash up to there."""
    return _SEAL + struct.pack(">QQ", device, seq) + head


def make_seal(key: Ed25519PrivateKey, device: int, seq: int, head: bytes) -> bytes:
    """The device's signature over its chain up to `seq` (64 bytes)."""
    return key.sign(seal_message(device, seq, head))


def seal_holds(public_key: bytes, signature: bytes, device: int, seq: int, head: bytes) -> bool:
    """Whether `signature` is the device's over its chain up to `seq`."""
    try:
        message = seal_message(device, seq, head)
    except struct.error:  # a number that no device or entry has
        return False
    return signature_holds(public_key, signature, message)


def signature_holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature fits; a malformed key or signature does not."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of a private key's public half."""
    return key.public_key().public_bytes_raw()
