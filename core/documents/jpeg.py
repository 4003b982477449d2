"""What a JPEG says of itself, read without decoding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_START, _SCAN, _END = 0xD8, 0xDA, b"\xff\xd9"
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Frame headers of the ways of coding that every PDF reader knows."""
_PLAIN: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD})
"""Segments without which a picture can't be decoded."""
_APP0: Final = 0xE0
_BARE_HEAD: Final = 14
"""Bytes of a JPEG's own head without a thumbnail. Every other segment is something that one does not see."""


@dataclass(frozen=True)
class Head:
    """A JPEG's size in pixels and its colours (1 grey, 3 colour, 4 ink). `plain`: it holds the picture and nothing
    else.
    """

    width: int
    height: int
    colours: int
    plain: bool


def head(data: bytes) -> Head | None:
    """The head of a JPEG that is whole from its first to its last segment; None if it is not."""
    if data[:2] != bytes((0xFF, _START)) or data[-2:] != _END:
        return None
    at, size, plain = 2, None, True
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind in _FRAMES and size is None and length >= 8 and data[at + 4] == 8:
            size = (
                int.from_bytes(data[at + 7 : at + 9], "big"),
                int.from_bytes(data[at + 5 : at + 7], "big"),
                data[at + 9],
            )
        elif kind == _SCAN:
            return Head(*size, plain) if size is not None and min(size) > 0 else None
        plain = plain and (kind in _PLAIN or (kind == _APP0 and length - 2 <= _BARE_HEAD))
        at += 2 + length
    return None
