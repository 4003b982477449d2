"""The greeting: this device and the hub prove their keys to each other and say where their chains stand."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from core.association.compact import READS
from core.association.events import HUB
from core.association.queries import hub_key
from core.association.wire import (
    MESSAGE_TYPE,
    NONCE_BYTES,
    ChainHead,
    ChainReturned,
    Hello,
    Welcome,
    decode_welcome,
    encode,
    sign_hello,
)
from core.clock import china_time
from core.crash import program_version
from core.errors import IntegrityFailure, Refused
from core.exchange import keeping, outbox
from core.exchange.link import HubSays, Wire
from core.exchange.pace import Pace
from core.store import THE_PROGRAM, HeadAt, Store
from core.store.queries import hash_at, journal_heads, own_devices

CLOCK_OFF_MS = 10 * 60 * 1000
"""A clock this far from the hub's is told to people."""


@dataclass(frozen=True)
class Greeted:
    """Where both sides stand."""

    heads: dict[int, tuple[int, bytes]]
    """By device of this centre, what the hub holds: (seq, hash)."""
    hub_seq: int
    """The last entry of the hub's own chain for this centre."""
    our_hub_seq: int
    """How much of it is here."""
    other_past: bool
    """Whether the hub once said other things than it says now."""


def greet(store: Store, wire: Wire, pace: Pace) -> Greeted:
    """Say hello; from here on `wire` carries the hub's token. Another hub: exit 4."""
    with store.read() as read:
        key, heads, own = hub_key(read), journal_heads(read), own_devices(read)[0]
    if key is None:
        raise Refused("exchange.not_enrolled")
    wire.token = ""
    device_key = Ed25519PrivateKey.from_private_bytes(store.secret("device"))
    ours = heads.get(HUB, HeadAt(HUB, 0, b""))
    hello = Hello(
        centre=store.centre,
        device=own,
        device_key=device_key.public_key().public_bytes_raw(),
        at_ms=pace.at_ms(),
        nonce=os.urandom(NONCE_BYTES),
        hub_head_seq=ours.seq,
        hub_head_hash=ours.hash,
        heads=[ChainHead(head.device, head.seq, head.hash) for head in heads.values() if head.device != HUB],
        program=f"zhikao {program_version()}",
    )
    try:
        welcome = _in_its_time(hello, lambda hello: _ask(sign_hello(hello, device_key), wire))
    except HubSays as said:
        with store.read() as read:
            chain = outbox.hubs_own(read)
        if said.code != "unknown_device" or chain is None:
            raise
        try:
            welcome = _in_its_time(hello, lambda hello: _remind(sign_hello(hello, device_key), wire, chain))
        except HubSays as answer:
            # Its first word stands where it never enrolled this device, or does not take chains back.
            raise said if answer.status in (401, 403, 404) else answer from None
    if welcome.hub_key != key:
        raise IntegrityFailure("exchange.other_hub", address=wire.address)
    wire.token = welcome.token
    _tell_clock(store, pace.at_ms(), welcome.hub_time_ms)
    with store.read() as read:
        mine = hash_at(read, HUB, welcome.hub_head_seq)
    return Greeted(
        heads={one.device: (one.seq, one.hash) for one in welcome.heads},
        hub_seq=welcome.hub_head_seq,
        our_hub_seq=ours.seq,
        other_past=mine is not None and mine != welcome.hub_head_hash,
    )


def _in_its_time(hello: Hello, ask: Callable[[Hello], Welcome]) -> Welcome:
    """What the hub answers, asked again in its own time where the clocks are far apart.

    The time in a greeting only has to be fresh in the hub's eyes; whose clock is wrong people are told afterwards.
    """
    try:
        return ask(hello)
    except HubSays as said:
        hub_time = said.number("hub_time_ms")
        if said.code != "clock" or hub_time is None:
            raise
        return ask(replace(hello, at_ms=hub_time))


def _ask(hello: Hello, wire: Wire) -> Welcome:
    return _welcome(hello, wire, "/v1/hello", encode(hello))


def _remind(hello: Hello, wire: Wire, chain: bytes) -> Welcome:
    """Greet a hub that was restored to before it enrolled this device with its own chain, which says that it did."""
    return _welcome(hello, wire, "/v1/return", encode(ChainReturned(encode(hello), chain)))


def _welcome(hello: Hello, wire: Wire, path: str, body: bytes) -> Welcome:
    answer = wire.post(path, body, MESSAGE_TYPE)
    welcome = decode_welcome(answer.body)
    if not welcome.holds(hello.nonce):
        raise IntegrityFailure("exchange.other_hub", address=wire.address)
    if not (welcome.token.isascii() and welcome.token.isprintable()):
        raise IntegrityFailure("exchange.not_the_wire")
    wire.compact = READS in answer.reads
    return welcome


def _tell_clock(store: Store, here: int, hub: int) -> None:
    """Say when this machine's clock and the hub's are far apart; it stops nothing."""
    if abs(here - hub) > CLOCK_OFF_MS:
        values = {"here": _told(here), "hub": _told(hub)}
        store.write(THE_PROGRAM, keeping.trouble, "clock", "exchange.clock", values, here)
    else:
        store.write(THE_PROGRAM, keeping.settle, "clock")


def _told(at_ms: int) -> str:
    try:
        return f"{china_time(at_ms):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):  # beyond the years that a calendar has
        return f"{at_ms} ms"
