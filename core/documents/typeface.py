"""One TrueType font file: what it can draw, how wide, and the part of it that a document embeds.

ReportLab reads the file. One fault of its reader is put right: where a font has fewer metrics than glyphs it
keeps the last width scaled to 1000 units and writes that into the subset, whose units are the font's own, so
that rare ideographs came out with a wrong width.

ReportLab loads with this module: import it inside the function that draws.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import ttfonts

BROKEN: Final = (OSError, ValueError, LookupError, struct.error, ttfonts.TTFError)
"""What a file raises that is no font, or only a part of one."""


class _Face(ttfonts.TTFontFace):  # type: ignore[misc]
    def extractInfo(self, charInfo: int = 1) -> None:
        super().extractInfo(charInfo)
        if charInfo:
            own = self.get_ushort(self.get_table_pos("hhea")[0] + 34)
            width = self.hmetrics[own - 1][0]
            self.hmetrics[own:] = [(width, bearing) for _, bearing in self.hmetrics[own:]]
            self.glyphToChar: dict[int, list[int]] = {}  # only shaping needs it, and it is several megabytes a font

    def get_table(self, tag: str) -> Any:
        """A table's bytes. The outlines are many megabytes, of which a few pieces are wanted: not copied."""
        if tag != "glyf":
            return super().get_table(tag)
        return _Pieces(self._ttf_data, self.get_table_pos(tag)[0])


class _Pieces:
    """Bytes from a place on, of which only pieces are taken."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data, self._start = data, start

    def __getitem__(self, piece: slice) -> bytes:
        return self._data[self._start + piece.start : self._start + piece.stop]


@dataclass(frozen=True)
class Metrics:
    """What a document says of a font, in thousandths of its size."""

    box: tuple[float, float, float, float]
    ascent: float
    descent: float
    capital: float
    stem: float


class Typeface:
    """One font file."""

    def __init__(self, file: Path, index: int = 0) -> None:
        self._face = face = _Face(str(file), subfontIndex=index)
        self._reading = threading.Lock()
        self.postscript = face.name.decode("ascii", "replace").replace(" ", "")
        self.metrics = Metrics(tuple(face.bbox), face.ascent, face.descent, face.capHeight, face.stemV)

    def draws(self, character: str) -> bool:
        """Whether the font has an outline for this character. A space needs none."""
        glyph = self._glyph(character)
        if not glyph:
            return False
        positions = self._face.glyphPos
        return character.isspace() or bool(positions[glyph + 1] > positions[glyph])

    def width(self, character: str) -> float:
        """How wide a character is, in thousandths of the size."""
        units: int = self._face.hmetrics[self._glyph(character)][0]
        return units * 1000 / int(self._face.unitsPerEm)

    def subset(self, characters: Sequence[str]) -> tuple[bytes, list[int]]:
        """A font file of these characters alone, and the glyph in it for each code: code 0 is no character, code 1
        the first one.
        """
        with self._reading:  # the reader of the file keeps its place in it
            program: bytes = self._face.makeSubset([0, *map(ord, characters)])
        places = {0: 0}
        return program, [0, *(places.setdefault(self._glyph(character), len(places)) for character in characters)]

    def _glyph(self, character: str) -> int:
        return int(self._face.charToGlyph.get(ord(character), 0))
