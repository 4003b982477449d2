"""Greeting: a device proves its key, the hub proves its own, and the device gets a token for what follows.

Processes share no memory: a token is signed by a key that is derived from the hub's data key, and holds all there is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Final

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.association.wire import (
    NONCE_BYTES,
    ChainHead,
    Hello,
    Welcome,
    decode_hello,
    decode_returned,
    sign_welcome,
)
from core.errors import IntegrityFailure
from core.hub.acts import is_code
from core.hub.database import put
from core.hub.giving_back import enrolled_key, is_other_past, take_back_from
from core.hub.incidents import note
from core.hub.ingest import all_heads
from core.hub.keys import HubKeys
from core.hub.ledger import LAST, Ledger
from core.hub.problems import Problem
from core.hub.senders import sender
from core.hub.shelf import tell
from core.hub.tables import heard
from core.hub.uploads import read_upload
from core.store.events import DeviceNumber, Whole

TOKEN_MS: Final = 3_600_000
WINDOW_MS: Final = 15 * 60_000
"""How far the time in a greeting may be from the hub's. TLS keeps others from having one to say again."""
MOST_HEADS: Final = 4096
LONGEST_PROGRAM: Final = 60
LARGEST_HELLO: Final = 512 << 10
_MAC_BYTES: Final = 32


class Token(msgspec.Struct, frozen=True, array_like=True):
    """Whom a token stands for, and until when."""

    centre: str
    device: DeviceNumber
    key: bytes
    """SHA-256 of the device's public key."""
    until: Whole


def greet(ledger: Ledger, data: bytes) -> Welcome:
    """Answer a greeting, in this transaction. Who is not enrolled, or can't prove it: refused."""
    try:
        hello = decode_hello(data)
    except IntegrityFailure:
        raise Problem("bad_request") from None
    if len(hello.nonce) != NONCE_BYTES or len(hello.heads) > MOST_HEADS or len(hello.program) > LONGEST_PROGRAM:
        raise Problem("bad_request")
    who = sender(ledger, hello.centre, hello.device) if is_code(hello.centre) else None
    if who is None or not who.enrolled or who.key != hello.device_key or not hello.holds():
        raise Problem("unknown_device", device=hello.device)
    if who.withdrawn:
        raise Problem("withdrawn", device=hello.device)
    if abs(hello.at_ms - ledger.now) > WINDOW_MS:
        raise Problem("clock", hub_time_ms=ledger.now)
    _remember(ledger, hello)
    own = ledger.hold(hello.centre)
    agrees = compare(ledger, hello.centre, hello.device, hello.hub_head_seq, hello.hub_head_hash)
    if agrees:
        tell(ledger, hello.centre)
        own = ledger.hold(hello.centre)
    heads = [ChainHead(device, head.seq, head.hash) for device, head in all_heads(ledger, hello.centre).items()]
    key = hashlib.sha256(hello.device_key).digest()
    welcome = Welcome(
        hub_key=ledger.keys.public,
        hub_time_ms=ledger.now,
        token=make_token(ledger.keys, Token(hello.centre, hello.device, key, ledger.now + TOKEN_MS)),
        heads=heads,
        hub_head_seq=own.seq,
        hub_head_hash=own.hash,
    )
    return sign_welcome(welcome, hello.nonce, ledger.keys.signing)


def greet_forgotten(ledger: Ledger, data: bytes) -> Welcome | Problem:
    """Answer a device that this hub, restored from an old backup, has forgotten, and that brings the hub's own chain.

    The chain is taken back first. A problem that comes with what was kept is returned and not raised.
    """
    try:
        said = decode_returned(data)
        hello = decode_hello(said.hello)
    except IntegrityFailure:
        raise Problem("bad_request") from None
    if abs(hello.at_ms - ledger.now) > WINDOW_MS:
        raise Problem("clock", hub_time_ms=ledger.now)
    found = read_upload(said.chain)
    key = enrolled_key(ledger, hello.centre, hello.device, found)
    if key is None or key != hello.device_key or not hello.holds():
        raise Problem("unknown_device", device=hello.device)
    problem = take_back_from(ledger, hello.centre, hello.device, found)
    if problem is not None:
        return problem
    return greet(ledger, said.hello)


def compare(ledger: Ledger, centre: str, device: int, seq: int, head: bytes) -> bool:
    """Whether what a device holds of the hub's chain is the beginning of what the hub has; noted where it is not."""
    own, seq = ledger.hold(centre), min(seq, LAST)
    if seq > own.seq:
        if not is_other_past(ledger, centre, seq):
            note(ledger, centre, "hub_behind", device, seq)
        return False
    if seq and ledger.hash_at(centre, seq) != head:
        note(ledger, centre, "hub_fork", device, seq)
        return False
    return True


def admit_bearer(ledger: Ledger, header: str) -> Token:
    """Whose token an `Authorization` header carries, if it is good and its device still is. Else: say hello again."""
    scheme, _, text = header.partition(" ")
    token = read_token(ledger.keys, text.strip()) if scheme.lower() == "bearer" else None
    if token is None or token.until < ledger.now:
        raise Problem("say_hello")
    who = sender(ledger, token.centre, token.device)
    if who is None or hashlib.sha256(who.key).digest() != token.key:
        raise Problem("say_hello")
    if who.withdrawn or not who.enrolled:
        raise Problem("withdrawn", device=token.device)
    return token


def make_token(keys: HubKeys, token: Token) -> str:
    """A token as it travels."""
    data = msgspec.msgpack.encode(token)
    return base64.urlsafe_b64encode(data + _mac(keys, data)).decode()


def read_token(keys: HubKeys, text: str) -> Token | None:
    """A token that this hub made, or None."""
    try:
        data = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        content, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(keys, content)):
            return None
        return msgspec.msgpack.decode(content, type=Token)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None


def _mac(keys: HubKeys, data: bytes) -> bytes:
    key = HKDF(SHA256(), 32, salt=None, info=b"zhikao token 1").derive(keys.data)
    return hmac.digest(key, data, "sha256")


def _remember(ledger: Ledger, hello: Hello) -> None:
    said = {"at": ledger.now, "program": _plain(hello.program), "hub_seq": min(hello.hub_head_seq, LAST)}
    # One statement: the chain isn't held yet, and a device's first greeting may come twice at once.
    put(ledger.connection, heard, {"centre": hello.centre, "device": hello.device, **said}, said.keys())


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
