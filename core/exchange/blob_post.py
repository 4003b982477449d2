"""Sending one photo or work: in pieces as large as the link is quick, going on at the byte where the hub stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from core.errors import EnvironmentFailure
from core.exchange.link import Answer, HubSays, Wire
from core.exchange.pace import Pace

FIRST_PIECE = 32 << 10
SMALLEST_PIECE = 4 << 10
LARGEST_PIECE = 1 << 20
QUICK_SECONDS = 5.0
MOST_MISSES = 3
"""In a row, that the hub stands at another byte than it said."""


class Held(msgspec.Struct, frozen=True):
    """What the hub holds of a blob."""

    held: int
    whole: bool


def send(wire: Wire, pace: Pace, name: bytes, path: Path, thrive: Callable[[], None]) -> str | None:
    """Send a blob until the hub has all of it: None. Else the code of why it has to stay, which stops no other."""
    try:
        data = path.read_bytes()
    except OSError:
        return "exchange.blob_damaged"
    if hashlib.sha256(data).digest() != name:
        return "exchange.blob_damaged"
    try:
        _send(wire, pace, name, data, thrive)
    except HubSays as said:
        if said.code == "unknown_blob":
            return "exchange.blob_not_wanted"
        if said.status == 413:
            return "exchange.blob_too_large"
        if said.code == "blob_altered":
            return "exchange.blob_altered"
        raise
    return None


def _send(wire: Wire, pace: Pace, name: bytes, data: bytes, thrive: Callable[[], None]) -> None:
    where = f"/v1/blobs/{name.hex()}"
    # A small one is sent at once; of a large one some may be there already.
    held = Held(0, False) if len(data) <= FIRST_PIECE else _held(wire.get(where), len(data))
    piece, misses = FIRST_PIECE, 0
    while not held.whole:
        pace.check()
        end = min(held.held + piece, len(data))
        began = pace.seconds()
        try:
            answer = wire.put(where, data[held.held : end], f"bytes {held.held}-{end - 1}/{len(data)}")
        except HubSays as said:
            at = said.number("held")
            # A hub that stands somewhere else each time it is asked stands nowhere.
            misses += 1
            if said.code != "blob_offset" or at is None or at in (held.held, len(data)) or misses > MOST_MISSES:
                raise
            held = Held(min(at, len(data)), False)
            continue
        before, held = held, _held(answer, len(data))
        if not held.whole and held.held <= before.held:
            raise EnvironmentFailure("exchange.out_of_step")
        thrive()
        misses = 0
        quick = pace.seconds() - began < QUICK_SECONDS
        piece = min(piece * 2, LARGEST_PIECE) if quick else max(piece // 2, SMALLEST_PIECE)


def _held(answer: Answer, size: int) -> Held:
    try:
        held = msgspec.json.decode(answer.body, type=Held)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise EnvironmentFailure("exchange.out_of_step") from None
    if not 0 <= held.held <= size or (held.held == size and not held.whole):
        raise EnvironmentFailure("exchange.out_of_step")
    return held
