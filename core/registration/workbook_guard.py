"""What is looked at in a workbook before any library parses it, and what the library leaves out of its sheet.

A small file can unpack to gigabytes or define entities that do, so sizes, ratios and the start of each XML entry
are checked first. The sheet's own bytes also tell which cells are merged and which formulas were not calculated.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn
from xml.parsers import expat

from core.errors import Refused

MOST_FILE_BYTES = 50 * 1024 * 1024
MOST_ENTRIES = 5_000
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
MOST_RATIO = 100
"""A sheet of the emptiest formatted cells packs about 1:30, a bomb 1:1000."""
RATIO_COUNTS_FROM = 2 * 1024 * 1024
LONGEST_PROLOG = 64 * 1024
MOST_MERGES = 20_000
CHUNK = 1024 * 1024
LONGEST_CARRIED = 256 * 1024

_STRICT = b"http://purl.oclc.org/ooxml/"
_STRICT_NAMES = (
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
# Every repetition stops at the next bracket, so that no content makes these slow.
_MERGE = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell(?:\s[^<>]{0,200}?)?\sref=[\"']"
    rb"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_UNCALCULATED = re.compile(
    rb"<(?:\w{1,20}:)?c(?:\s[^<>]{0,200}?)?\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]{0,200}>\s*"
    rb"<(?:\w{1,20}:)?f(?:\s[^<>]{0,1000})?(?:/>|>[^<]*</(?:\w{1,20}:)?f>)\s*"
    rb"(?:<(?:\w{1,20}:)?v\s*/>|<(?:\w{1,20}:)?v>\s*</(?:\w{1,20}:)?v>)?\s*</(?:\w{1,20}:)?c>"
)


@dataclass(frozen=True)
class SheetNotes:
    """Merged ranges as (first row, last row, column) of their first column, and formulas without a value.

    Rows count from 1 as the spreadsheet does, columns from 0.
    """

    merges: tuple[tuple[int, int, int], ...]
    uncalculated: frozenset[tuple[int, int]]


class _Told(Exception):
    """The parser has seen enough; `bad` where it saw a document type."""

    def __init__(self, bad: bool) -> None:
        super().__init__()
        self.bad = bad


def open_guarded(path: Path) -> IO[bytes]:
    """The workbook as a stream that is safe to hand to openpyxl; strict OOXML names become the usual ones.

    Refused: too large, too many entries, a bomb, a document type in any entry, not a workbook of this kind.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if "xl/workbook.bin" in names or "word/document.xml" in names or "[Content_Types].xml" not in names:
            raise Refused("roster.other_format")
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
            raise Refused("roster.bomb")
        strict = False
        for entry in entries:
            if entry.flag_bits & 1:
                raise Refused("roster.encrypted")
            large = entry.file_size > RATIO_COUNTS_FROM
            if large and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
                raise Refused("roster.bomb")
            strict |= _check_prolog(archive, entry)
        return _transitional(archive) if strict else path.open("rb")


def read_notes(stream: IO[bytes]) -> SheetNotes:
    """Read a sheet's bytes once for what openpyxl's fast reader leaves out."""
    merges: list[tuple[int, int, int]] = []
    uncalculated: set[tuple[int, int]] = set()
    kept = b""
    while chunk := stream.read(CHUNK):
        text = kept + chunk
        if b"<f" in text or b":f" in text:
            uncalculated.update((int(row), column_index(column)) for column, row in _UNCALCULATED.findall(text))
        for column, first, _, last in _MERGE.findall(text):
            merges.append((int(first), int(last), column_index(column)))
        if len(merges) > MOST_MERGES:
            raise Refused("roster.unreadable")
        # A cell or a range may straddle two chunks: carry what follows the last whole row.
        kept = text[max(text.rfind(b"</row>"), len(text) - LONGEST_CARRIED) :]
    return SheetNotes(tuple(dict.fromkeys(merges)), frozenset(uncalculated))


def column_index(letters: bytes) -> int:
    """0 for A."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _check_prolog(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Refuse an XML entry with a document type; whether it names strict OOXML. Other entries pass."""
    if entry.is_dir():
        return False
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _bad
    parser.StartElementHandler = _good
    seen = b""
    with archive.open(entry) as stream:
        while len(seen) < LONGEST_PROLOG and (chunk := stream.read(4096)):
            seen += chunk
            try:
                parser.Parse(chunk, False)
            except _Told as told:
                if told.bad:
                    raise Refused("roster.bomb") from None
                return _STRICT in seen
            except expat.ExpatError:
                return False  # a picture, or broken in a way that its own reader will name
        if len(seen) >= LONGEST_PROLOG:
            raise Refused("roster.bomb")
    return False


def _bad(*_: object) -> NoReturn:
    raise _Told(True)


def _good(*_: object) -> NoReturn:
    raise _Told(False)


def _transitional(archive: zipfile.ZipFile) -> IO[bytes]:
    """The same workbook with the names that openpyxl knows."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as rewritten:
        for entry in archive.infolist():
            content = archive.read(entry)
            for strict, usual in _STRICT_NAMES:
                content = content.replace(strict, usual)
            rewritten.writestr(entry.filename, content)
    target.seek(0)
    return target
