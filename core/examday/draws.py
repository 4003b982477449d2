"""Drawing a topic card: a pure function of a seed and the numbers that were there, and can be done again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

SEED_BYTES = 16
_WHAT = "zhikao-draw1"
_SPACE = 1 << 256


def draw(seed: bytes, numbers: Sequence[int]) -> int:
    """The number that a seed draws out of `numbers`, each as likely as the other; their order does not matter.

    SHA-256 over msgpack of ["zhikao-draw1", seed, numbers in order, round] is read as a whole number, most significant
    byte first; its remainder by the count is the place. A number beyond the last whole multiple draws another round.
    """
    ordered = sorted(set(numbers))
    if not ordered:
        raise ValueError("nothing to draw from")
    fair = _SPACE - _SPACE % len(ordered)
    turn = 0
    while True:
        digest = hashlib.sha256(msgspec.msgpack.encode([_WHAT, seed, ordered, turn])).digest()
        value = int.from_bytes(digest, "big")
        if value < fair:
            return ordered[value % len(ordered)]
        turn += 1
