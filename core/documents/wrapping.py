"""Where a line of mixed Chinese and English may end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

NEVER_FIRST: Final = "，。、；：？！）》」』】〉”’％…·,.;:?!)]}%～—"
"""Marks that close something: they stay with the character before them."""
NEVER_LAST: Final = "（《「『【〈“‘([{"
"""Marks that open something: they stay with the character after them."""

_PIECE = re.compile(r"\s+|[!-~]+(?:[—–][!-~]+)*|.", re.DOTALL)
"""Spaces, a word (a standard's number with its dash is one), or one character."""
_NAMED = re.compile(r"\s+|[^·]+·*|·+")
"""A part of a name such as 测试·买买提, with the point that ends it."""


def lines(text: str, fits: Callable[[str], bool], *, name: bool = False) -> Iterator[str]:
    """Break `text` into lines that `fits` accepts, between ideographs and between words; a `name` at its points alone.

    A piece that is too long by itself is broken anywhere. Line breaks in the text are kept; an empty text
    has no lines.
    """
    for part in text.splitlines():
        line = ""
        for piece in _NAMED.findall(part) if name else _pieces(part):
            if fits((line + piece).rstrip()):
                line += piece
                continue
            if line.strip():
                yield line.rstrip()
            line = piece.lstrip()
            while line and not fits(line):
                cut = next((end for end in range(len(line) - 1, 0, -1) if fits(line[:end])), 1)
                if cut >= len(line):
                    break
                yield line[:cut]
                line = line[cut:]
        if line.strip():
            yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """What a line may not be broken inside of: a word, or an ideograph with the marks that cling to it."""
    held = ""
    for found in _PIECE.findall(text):
        opens = bool(held) and held[-1] in NEVER_LAST
        closes = found[0] in NEVER_FIRST
        if held and not opens and not closes:
            yield held
            held = ""
        held += found
    if held:
        yield held
