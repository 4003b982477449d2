"""A receipt 回执: the hub's signed word that it has stored a device's chain up to an entry. Bytes for ever."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.errors import IntegrityFailure
from core.store import signature_holds
from core.store.events import DeviceNumber, Seq, Whole

_PURPOSE = b"zhikao-receipt1"


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """That the hub had stored `device` of `centre` up to entry `seq`, whose hash is `head`, at `at_ms` (UTC)."""

    centre: str
    device: DeviceNumber
    seq: Seq
    head: bytes
    at_ms: Whole
    signature: bytes

    def holds(self, hub_key: bytes) -> bool:
        """Whether the hub with this key signed it."""
        message = receipt_message(self.centre, self.device, self.seq, self.head, self.at_ms)
        return signature_holds(hub_key, self.signature, message)


def receipt_message(centre: str, device: int, seq: int, head: bytes, at_ms: int) -> bytes:
    """What the hub signs."""
    return _PURPOSE + msgspec.msgpack.encode([centre, device, seq, head, at_ms])


def make_receipt(hub_key: Ed25519PrivateKey, centre: str, device: int, seq: int, head: bytes, at_ms: int) -> Receipt:
    """The hub's receipt."""
    return Receipt(centre, device, seq, head, at_ms, hub_key.sign(receipt_message(centre, device, seq, head, at_ms)))


def encode_receipts(receipts: Sequence[Receipt]) -> bytes:
    """Receipts as they travel."""
    return msgspec.msgpack.encode(list(receipts))


def decode_receipts(data: bytes) -> list[Receipt]:
    """Receipts as they came. Other bytes: exit 4."""
    try:
        return msgspec.msgpack.decode(data, type=list[Receipt])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise IntegrityFailure("exchange.not_the_wire") from None
