"""How a centre and the hub greet each other: both prove their keys and say where their chains stand.

Pure, for both sides. These bytes are for ever; fields are only appended.
"""

from __future__ import annotations

import hmac
from typing import Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.errors import IntegrityFailure
from core.store import signature_holds
from core.store.events import DeviceNumber, Whole

SEGMENTS_TYPE: Final = "application/vnd.zhikao.segments"
MESSAGE_TYPE: Final = "application/msgpack"
PROBLEM_TYPE: Final = "application/problem+json"
PROBLEM_PREFIX: Final = "urn:zhikao:"

LARGEST_PACKED: Final = 8 << 20
"""Bytes of an upload, as they travel."""
LARGEST_UNPACKED: Final = 64 << 20
NONCE_BYTES: Final = 16

_T = TypeVar("_T")

_HELLO = b"zhikao-hello1"
_WELCOME = b"zhikao-welcome1"
_ENROL = b"zhikao-enrol1"


class ChainHead(msgspec.Struct, frozen=True, array_like=True):
    """Where a device's chain stands."""

    device: DeviceNumber
    seq: Whole
    hash: bytes


class Hello(msgspec.Struct, frozen=True, array_like=True):
    """A device's greeting. `hub_head_seq` is 0 where nothing of the hub's chain is held."""

    centre: str
    device: DeviceNumber
    device_key: bytes
    at_ms: Whole
    nonce: bytes
    hub_head_seq: Whole
    hub_head_hash: bytes
    heads: list[ChainHead]
    program: str
    """Name and version of the program."""
    signature: bytes = b""

    def holds(self) -> bool:
        """Whether the device that it names signed it."""
        return signature_holds(self.device_key, self.signature, _signed(_HELLO, self))


class Welcome(msgspec.Struct, frozen=True, array_like=True):
    """The hub's answer: where it holds this centre's chains, and where its own chain for the centre stands."""

    hub_key: bytes
    hub_time_ms: Whole
    token: str
    heads: list[ChainHead]
    hub_head_seq: Whole
    hub_head_hash: bytes
    signature: bytes = b""

    def holds(self, nonce: bytes) -> bool:
        """Whether the hub that it names answered this very greeting."""
        return signature_holds(self.hub_key, self.signature, _signed(_WELCOME + nonce, self))


class EnrolRequest(msgspec.Struct, frozen=True, array_like=True):
    """The file of `enrol --request`, and the proof that whoever sends it knows the one-time code's secret."""

    request: bytes
    proof: bytes


class ChainReturned(msgspec.Struct, frozen=True, array_like=True):
    """What a device says to a hub that does not know it any more: a greeting, and the hub's own chain, which enrols it.

    The chain needs no other proof than the hub's seal; the greeting proves the device's key.
    """

    hello: bytes
    chain: bytes
    """A segment file of device 0."""


def sign_hello(hello: Hello, key: Ed25519PrivateKey) -> Hello:
    """The greeting under its device's signature."""
    return msgspec.structs.replace(hello, signature=key.sign(_signed(_HELLO, hello)))


def sign_welcome(welcome: Welcome, nonce: bytes, key: Ed25519PrivateKey) -> Welcome:
    """The answer to the greeting with this nonce under the hub's signature."""
    return msgspec.structs.replace(welcome, signature=key.sign(_signed(_WELCOME + nonce, welcome)))


def enrol_proof(secret: bytes, request: bytes) -> bytes:
    """What shows that the sender of `request` knows the secret, without saying it."""
    return hmac.digest(secret, _ENROL + request, "sha256")


def encode(message: Hello | Welcome | EnrolRequest | ChainReturned) -> bytes:
    """A message as it travels."""
    return msgspec.msgpack.encode(message)


def decode_hello(data: bytes) -> Hello:
    """A greeting as it came. Other bytes: exit 4."""
    return _decode(data, Hello)


def decode_welcome(data: bytes) -> Welcome:
    """An answer as it came. Other bytes: exit 4."""
    return _decode(data, Welcome)


def decode_returned(data: bytes) -> ChainReturned:
    """A chain given back, as it came. Other bytes: exit 4."""
    return _decode(data, ChainReturned)


def decode_enrol(data: bytes) -> EnrolRequest:
    """A request as it came. Other bytes: exit 4."""
    return _decode(data, EnrolRequest)


def _signed(purpose: bytes, message: Hello | Welcome) -> bytes:
    """What a message's signature covers: its purpose, and all fields before the signature as an array."""
    fields = [getattr(message, name) for name in message.__struct_fields__ if name != "signature"]
    return purpose + msgspec.msgpack.encode(fields)


def _decode(data: bytes, shape: type[_T]) -> _T:
    try:
        return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise IntegrityFailure("exchange.not_the_wire") from None
