"""ReportLab's TrueType font and picture with three faults put right.

- Its ToUnicode map writes five hexadecimal digits beyond the basic plane, where the format wants a UTF-16
  surrogate pair: such names looked right and could not be copied, searched or read aloud.
- Where a font has fewer metrics than glyphs, it keeps the last width scaled to 1000 units and writes that
  into the subset, whose units are the font's own: its ideographs came out with a wrong width.
- It decodes every JPEG to compare pictures, though it then embeds the file's own bytes.

ReportLab loads with this module: import it inside the function that draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib import utils
from reportlab.pdfbase import ttfonts

_BLOCK = 100
"""A character map lists at most this many characters in one block."""


class _Face(ttfonts.TTFontFace):  # type: ignore[misc]
    def extractInfo(self, charInfo: int = 1) -> None:
        super().extractInfo(charInfo)
        if charInfo:
            own = self.get_ushort(self.get_table_pos("hhea")[0] + 34)
            width = self.hmetrics[own - 1][0]
            self.hmetrics[own:] = [(width, bearing) for _, bearing in self.hmetrics[own:]]
            self.glyphToChar: dict[int, list[int]] = {}  # only shaping needs it, and it is several megabytes a font


class Jpeg(utils.ImageReader):  # type: ignore[misc]
    """A JPEG that is embedded as it is; told apart by its own bytes instead of being decoded for that."""

    _dataA = None

    def getRGBData(self) -> bytes:
        data: bytes = self.fp.getvalue()
        return data


class Typeface(ttfonts.TTFont):  # type: ignore[misc]
    """One font file, registered under `name`, embedded by subset."""

    def __init__(self, name: str, file: Path, index: int = 0) -> None:
        super().__init__(name, str(file), shapable=False)
        self.face = _Face(str(file), subfontIndex=index)

    def draws(self, character: str) -> bool:
        """Whether the font has an outline for this character. A space needs none."""
        glyph = self.face.charToGlyph.get(ord(character), 0)
        if not glyph:
            return False
        positions = self.face.glyphPos
        return character.isspace() or positions[glyph + 1] > positions[glyph]

    def addObjects(self, doc: Any) -> None:
        """Write the font's subsets into the document, each with a map that can be read back."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            prefix = ttfonts.SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX
            name = prefix.decode("pdfdoc")
            doc.idToObject["toUnicodeCMap:" + name].content = to_unicode(name, subset)


def to_unicode(name: str, subset: Sequence[int]) -> str:
    """The character map of a subset: which Unicode character each of its one-byte codes stands for."""
    pairs = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset) if point
    ]
    blocks = [pairs[start : start + _BLOCK] for start in range(0, len(pairs), _BLOCK)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
        f"/CMapName /{name} def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)
