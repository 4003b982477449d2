"""The letters of one file: which characters of each font it uses, written as subsets when all is drawn.

A character's code in the file is its place in the order of first use, so that a text is known by its codes
alone. Each font's map back to Unicode lets every name be searched, copied and read aloud, whatever its plane.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Final

from core.documents import fonts

if TYPE_CHECKING:
    from core.documents.pdf import PdfFile
    from core.documents.typeface import Typeface

_MOST: Final = 8_000
"""Characters of one subset; a file with more of one font holds several."""
_WHOLE: Final = 1000
"""How wide an ideograph is, in thousandths of its height."""
_BLOCK: Final = 100
"""A map back lists at most this many characters in one block."""


class _Codes(dict[str, str]):
    """The code of each character that was asked for, as four hexadecimal digits."""

    def __missing__(self, character: str) -> str:
        code = self[character] = f"{len(self) + 1:04X}"
        return code


class Lettering:
    """The fonts of one file."""

    def __init__(self) -> None:
        self._subsets: dict[str, list[_Codes]] = {}

    def codes(self, run: fonts.Run) -> Iterator[tuple[str, str]]:
        """A run as pieces for the file: the name of the font's subset and the codes."""
        subsets = self._subsets.setdefault(run.font, [_Codes()])
        if len(subsets) == 1 and len(subsets[0]) + len(run.text) <= _MOST:
            yield f"{run.font}0", "".join(map(subsets[0].__getitem__, run.text))
            return
        for place, piece in groupby(run.text, lambda character: self._subset_of(run.font, character)):
            yield f"{run.font}{place}", "".join(map(subsets[place].__getitem__, piece))

    def _subset_of(self, font: str, character: str) -> int:
        subsets = self._subsets[font]
        place = next((at for at, codes in enumerate(subsets) if character in codes), None)
        if place is None:
            if len(subsets[-1]) >= _MOST:
                subsets.append(_Codes())
            place = len(subsets) - 1
            _ = subsets[place][character]  # it has a code from now on
        return place

    def write(self, file: PdfFile) -> None:
        """Write all fonts that were used."""
        entries: list[str] = []
        for font, subsets in self._subsets.items():
            for place, codes in enumerate(subsets):
                number = _write_font(file, fonts.typeface(font), len(entries), codes)
                entries.append(f"/{font}{place} {number} 0 R")
        file.put(f"<<{''.join(entries)}>>", file.fonts)


def _write_font(file: PdfFile, typeface: Typeface, count: int, codes: Mapping[str, str]) -> int:
    characters = list(codes)
    name = f"{_tag(count)}+{typeface.postscript}"
    program, glyphs = typeface.subset(characters)
    embedded = file.stream(f"/Length1 {len(program)}", program)
    metrics = typeface.metrics
    box = " ".join(f"{side:.0f}" for side in metrics.box)
    descriptor = file.put(
        f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {metrics.ascent:.0f}"
        f"/Descent {metrics.descent:.0f}/CapHeight {metrics.capital:.0f}/StemV {metrics.stem:.0f}"
        f"/FontFile2 {embedded} 0 R>>"
    )
    places = file.stream("", b"".join(glyph.to_bytes(2, "big") for glyph in glyphs))
    widths = "".join(
        f"{code}[{wide:.0f}]"
        for code, character in enumerate(characters, 1)
        if round(wide := typeface.width(character)) != _WHOLE
    )
    inner = file.put(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/FontDescriptor {descriptor} 0 R/DW {_WHOLE}/W[{widths}]/CIDToGIDMap {places} 0 R>>"
    )
    back = file.stream("", to_unicode(characters).encode("ascii"))
    return file.put(
        f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{inner} 0 R]"
        f"/ToUnicode {back} 0 R>>"
    )


def _tag(count: int) -> str:
    """Six capitals that tell the subsets of a file apart."""
    letters = ""
    for _ in range(6):
        count, letter = divmod(count, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def to_unicode(characters: list[str]) -> str:
    """The map back from codes, which count from 1, to characters; beyond the basic plane as surrogate pairs."""
    pairs = [
        f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>" for code, character in enumerate(characters, 1)
    ]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
    ]
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines)
