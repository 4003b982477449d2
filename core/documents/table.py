"""A list on A4 landscape: a head on every sheet, rows that hold what they must, signatures on the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from core.documents import fonts
from core.documents.layout import (
    A4_LANDSCAPE,
    ACCENT,
    ACCENT_SOFT,
    GROUND,
    LINE,
    MUTED,
    Pen,
    both,
    document,
)
from core.documents.wording import refuse_forbidden
from core.errors import Refused

LEFT, RIGHT = 15.0, 282.0
_TOP, _HEAD, _BOTTOM, _FOOT = 36.0, 9.5, 196.0, 203.0
_SIGNATURES: Final = 12.0
"""Millimetres that the places for signatures need on the last sheet."""
_SIZES: Final = (9.5, 8.5, 7.5, 6.5)


@dataclass(frozen=True)
class Column:
    """One column, `wide` millimetres. `code` names its heading; a column to be filled in by hand is `by_hand`."""

    code: str
    wide: float
    by_hand: bool = False


@dataclass(frozen=True)
class Table:
    """A list. `about` stands at the head of each sheet, the largest first; `signatures` are the codes of their labels;
    `note` is a code too, or empty.
    """

    title: str
    about: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    row: float
    printed: date
    signatures: tuple[str, ...] = ()
    note: str = ""


def write_table(
    target: Path,
    table: Table,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write a list; how many sheets. Refused and cancelled like `notice.write_notices`."""
    if not table.rows:
        raise Refused("documents.nothing_to_print")
    refuse_forbidden(*table.about)
    room = _BOTTOM - _TOP - _HEAD - _SIGNATURES
    each = int(room / table.row)
    pages = [table.rows[start : start + each] for start in range(0, len(table.rows), each)]
    with document(target, both(table.title)[0], A4_LANDSCAPE) as pen:
        for place, rows in enumerate(pages):
            if cancelled():
                raise Refused("documents.cancelled")
            _draw_head(pen, table)
            _draw_rows(pen, table, rows, place * each)
            _draw_foot(pen, table, place + 1, len(pages))
            pen.next_sheet()
            progress(min((place + 1) * each, len(table.rows)))
    return len(pages)


def _draw_head(pen: Pen, table: Table) -> None:
    chinese, english = both(table.title)
    pen.box(0, 0, pen.width, 3, fill=ACCENT)
    pen.text(LEFT, 17, chinese, 19, face=fonts.BOLD, spacing=3)
    pen.text(LEFT, 22.5, english.upper(), 7, colour=MUTED, spacing=1.6)
    for place, (text, y) in enumerate(zip(table.about, (15.0, 21.0, 27.0), strict=False)):
        sizes = (11.5, 10, 9) if place == 0 else (9.5, 8.5, 7.5)
        face, colour = (fonts.BOLD, ACCENT) if place == 0 else (fonts.TEXT, MUTED)
        pen.inside(RIGHT, y, text, 165, sizes, label=table.title, face=face, colour=colour, align="right")
    if table.note:
        chinese, english = both(table.note)
        wide = pen.text(LEFT, 32.5, chinese, 8.5, colour=MUTED)
        pen.text(LEFT + wide + 3, 32.5, english, 6.5, colour=MUTED)
    pen.box(LEFT, _TOP, RIGHT - LEFT, _HEAD, fill=ACCENT_SOFT)
    for x, column in _places(table.columns):
        chinese, english = both(column.code)
        wide, named = column.wide - 2, column.code
        with pen.cell(0, head=True):
            pen.inside(x, _TOP + 4.4, chinese, wide, _SIZES, label=named, face=fonts.BOLD, colour=ACCENT)
            pen.inside(x, _TOP + 7.6, english, wide, (6, 5, 4.5), label=named, colour=ACCENT)


def _draw_rows(pen: Pen, table: Table, rows: Sequence[tuple[str, ...]], before: int) -> None:
    y = _TOP + _HEAD
    for place, row in enumerate(rows):
        if place % 2:
            pen.box(LEFT, y, RIGHT - LEFT, table.row, fill=GROUND)
        cells = iter((str(before + place + 1), *row))
        for x, column in _places(table.columns):
            with pen.cell(place + 1):
                if column.by_hand:
                    pen.rule(x, y + table.row - 1.5, x + column.wide - 4, colour=LINE)
                    continue
                middle = y + table.row / 2 + 1.2
                pen.inside(x, middle, next(cells), column.wide - 2, _SIZES, label=column.code, most=2)
        y += table.row
    pen.rule(LEFT, y, RIGHT)


def _places(columns: tuple[Column, ...]) -> list[tuple[float, Column]]:
    """Where each column begins."""
    x, found = LEFT + 3, []
    for column in columns:
        found.append((x, column))
        x += column.wide
    return found


def _draw_foot(pen: Pen, table: Table, number: int, count: int) -> None:
    pen.rule(LEFT, _BOTTOM + 2, RIGHT)
    pen.text(LEFT, _FOOT, both("template.list.count", count=len(table.rows))[0], 8.5, colour=MUTED)
    printed = f"{both('documents.list.printed')[0]} {table.printed.isoformat()}"
    pen.text(pen.width / 2, _FOOT, printed, 8.5, colour=MUTED, align="centre")
    page = both("documents.list.page", page=number, pages=count)[0]
    pen.text(RIGHT, _FOOT, page, 8.5, colour=MUTED, align="right")
    if number != count:
        return
    for place, code in enumerate(table.signatures):
        x = LEFT + 92 * place
        wide = pen.text(x, _BOTTOM - 3, both(code)[0], 10, colour=MUTED)
        pen.rule(x + wide + 3, _BOTTOM - 1.4, x + 72, colour=MUTED)
