"""The cells of a roster file, whatever program wrote it: the first sheet of an .xlsx, or a .csv.

What a file is shows in its first bytes, never in its name. Everything that a broken or hostile file can make a
library raise ends as one `Refused`; nothing of the file's content gets into an exception.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.errors import AppError, EnvironmentFailure, Refused
from core.registration.roster_columns import FURTHEST_HEADER_ROW, score
from core.registration.roster_dates import EPOCH_1900, EPOCH_1904
from core.registration.roster_values import Cell
from core.registration.workbook_guard import MOST_FILE_BYTES, SheetNotes, open_guarded, read_notes

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
LAST_SHEET_ROW = 1_048_576
DELIMITERS = ",\t;|"

Row = tuple[int, Sequence[Cell | None]]
"""A row as the spreadsheet numbers it, from 1, and its cells from column A."""


class Uncalculated(str):
    """Stands in the cell of a formula that no program has calculated yet: its value is not in the file."""


UNCALCULATED = Uncalculated("=")

# GB 18030-2022 gave characters of their own to what Python's codec, of an older edition, maps to private use.
_GB18030_2022 = str.maketrans(
    {
        **dict(zip(range(0xE78D, 0xE797), (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)), strict=True)),
        0xE816: 0x20087,
        0xE817: 0x20089,
        0xE818: 0x200CC,
        0xE831: 0x215D7,
        0xE83B: 0x2298F,
        0xE855: 0x241FE,
        **dict(
            zip(
                (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864),
                range(0x9FB4, 0x9FBC),
                strict=True,
            )
        ),
    }
)


@dataclass(frozen=True)
class Source:
    """The rows of one file and its day 0 of serial dates."""

    rows: Iterator[Row]
    epoch: date


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a roster file. Refused with the reason where it is none; a file that cannot be opened: exit 3."""
    start = _start(path)
    if start.startswith(ZIP):
        with _workbook(path) as source:
            yield source
    else:
        with _refusing():
            rows = _guarded(_csv_rows(_decoded(path, start)))
        yield Source(rows, EPOCH_1900)


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            start = stream.read(4096)
            size = stream.seek(0, io.SEEK_END)
    except OSError as problem:
        raise EnvironmentFailure("roster.no_file", file=path.name, problem=problem.strerror or "") from None
    if not start.strip():
        raise Refused("roster.empty")
    if size > MOST_FILE_BYTES:
        raise Refused("roster.too_large", megabytes=MOST_FILE_BYTES // 1024 // 1024)
    return start


@contextmanager
def _workbook(path: Path) -> Iterator[Source]:
    from openpyxl import load_workbook

    with ExitStack() as opened:
        with _refusing():
            stream = opened.enter_context(open_guarded(path))
            # openpyxl remarks on styles and extensions that it leaves out; nobody here can act on it.
            warnings.filterwarnings("ignore", module=r"openpyxl\.")
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            opened.callback(book.close)
            if not book.worksheets:
                raise Refused("roster.no_sheet")
            visible = (one for one in book.worksheets if one.sheet_state == "visible")
            sheet: Any = next(visible, book.worksheets[0])
            # Programs that write "A1" or nothing as the sheet's dimension would hide its rows.
            sheet.reset_dimensions()
            with sheet._get_source() as content:
                notes = read_notes(content)
            rows = opened.enter_context(closing(sheet.iter_rows(max_row=LAST_SHEET_ROW, values_only=True)))
        epoch = EPOCH_1904 if book.epoch.year == EPOCH_1904.year else EPOCH_1900
        yield Source(_guarded(_mended(rows, notes)), epoch)


def _mended(rows: Iterator[Sequence[Cell | None]], notes: SheetNotes) -> Iterator[Row]:
    """Rows with their numbers; a cell merged over several rows holds for each of them."""
    merges: dict[int, list[tuple[int, int]]] = {}
    for first, last, column in notes.merges:
        if last > first:
            merges.setdefault(first, []).append((last, column))
    uncalculated: dict[int, list[int]] = {}
    for row, column in notes.uncalculated:
        uncalculated.setdefault(row, []).append(column)
    open_merges: list[tuple[int, int, Cell | None]] = []
    for number, cells in enumerate(rows, start=1):
        if number in uncalculated:
            cells = _with(cells, dict.fromkeys(uncalculated[number], UNCALCULATED))
        if open_merges:
            open_merges = [one for one in open_merges if one[0] >= number]
            cells = _with(cells, {column: value for _, column, value in open_merges})
        if number in merges:
            open_merges += [(last, column, cells[column]) for last, column in merges[number] if column < len(cells)]
        yield number, cells


def _with(cells: Sequence[Cell | None], put: dict[int, Cell | None]) -> Sequence[Cell | None]:
    """The cells with `put` where they are empty."""
    mended = list(cells) + [None] * (max(put, default=-1) + 1 - len(cells))
    for column, value in put.items():
        if mended[column] is None:
            mended[column] = value
    return mended


def _decoded(path: Path, start: bytes) -> str:
    """The text of a .csv, or a refusal that names what the file is instead."""
    if start.startswith(OLE):
        with path.open("rb") as stream:
            raise Refused("roster.encrypted" if ENCRYPTED in stream.read() else "roster.old_format")
    if start.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(b"<"):
        raise Refused("roster.web_page")
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Refused("roster.other_format")
    content = path.read_bytes()
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.translate(_GB18030_2022) if encoding == "gb18030" else text
    raise Refused("roster.unreadable")


def _csv_rows(text: str) -> Iterator[Row]:
    """The records of a .csv, numbered as a spreadsheet shows them, by the delimiter that makes a header."""
    best = max(DELIMITERS, key=lambda delimiter: _header_score(text, delimiter))
    return enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=best), start=1)


def _header_score(text: str, delimiter: str) -> int:
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return max((score(record) for record, _ in zip(records, range(FURTHEST_HEADER_ROW), strict=False)), default=0)
    except csv.Error:
        return 0


def _guarded(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows; what goes wrong while they are read is refused as the file's fault."""
    while True:
        with _refusing():
            try:
                row = next(rows)
            except StopIteration:
                return
        yield row


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever a library raises over a file's content into one refusal."""
    try:
        yield
    except AppError:
        raise
    except OSError as problem:
        if problem.errno is None:  # openpyxl's own word for a file without a workbook
            raise Refused("roster.unreadable") from None
        raise EnvironmentFailure("roster.no_file", file="", problem=problem.strerror or "") from None
    except Exception:
        # zipfile, zlib, expat, csv, codecs and openpyxl raise more than a dozen kinds over broken files, and
        # their messages may quote the content: none is passed on.
        raise Refused("roster.unreadable") from None
