"""The square code on a document: QR at level M, drawn as one small mask of pixels.

A mask keeps a page at well under a kilobyte for its code and is drawn faster than any path. The encoder
mixes modes (bytes for the address, numeric for the digits), so a credential fits version 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import Refused

if TYPE_CHECKING:
    from core.documents.layout import Pen

SMALLEST: Final = 30.0
"""Millimetres. Below this, phones begin to fail on version 8."""
QUIET: Final = 4
"""Modules of white that a reader needs on every side (ISO/IEC 18004)."""
_LONGEST: Final = 1_000
"""Characters. Far beyond a credential, far below where a code of 30 mm could still be read."""


def modules(text: str) -> tuple[int, list[bytes]]:
    """The code of `text`: its side in modules, and each row packed to bits (1 = dark, high bit first)."""
    from core.documents import qr

    if not 0 < len(text) <= _LONGEST:
        raise Refused("documents.code_too_long", limit=_LONGEST)
    return qr.encode(text)


def draw(pen: Pen, text: str, x: float, y: float, side: float) -> None:
    """Draw the code of `text` with its left upper corner at (x, y) and `side` wide, in millimetres.

    The quiet zone lies outside of this square: `quiet_zone` tells how far nothing else may come near.
    """
    if side < SMALLEST:
        raise ValueError(side)
    count, rows = modules(text)
    pen.mask(x, y, side, count, b"".join(rows))


def quiet_zone(text: str, side: float) -> float:
    """The white that a code needs around it, in millimetres."""
    return QUIET * side / modules(text)[0]
