"""纸质评分表: the sheet on which an examiner marks by hand where there is no machine, to be keyed in by two others.

A4, one sheet for one examiner, one candidate and one exercise, on as many pages as it needs: every page has the head,
its number, and the code by which the keying page finds it. The last page has the places for remark and signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from core.documents import fonts
from core.documents.layout import ACCENT, ATTENTION, ATTENTION_SOFT, LINE, MUTED, Pen, both, document
from core.documents.paper_code import PaperCode, draw_paper_code
from core.documents.score_sheet_blocks import HEAD, LEFT, RIGHT, Block, blocks_of, draw_table_head
from core.errors import Refused
from core.standards.plans import Exercise
from core.standards.points import points_text

TABLE_TOP = 53.0
BOTTOM = 279.0
CODE_SIDE = 26.0
END_HIGH: Final = 45.0
"""Remark, total and signatures, on the last page."""


@dataclass(frozen=True)
class ScoreSheet:
    """One sheet to be marked by hand. `number` is the candidate's, a blind one for a work; no name stands on it."""

    centre: str
    batch: str
    day: date
    standard: str
    level: str
    draft: bool
    exercise: Exercise
    number: str
    application: int
    examiner: str
    examiner_id: int
    panel: int


@dataclass(frozen=True)
class _Placed:
    block: Block
    y: float


_Page = tuple[_Placed, ...]


def write_score_sheets(
    path: Path,
    sheets: Sequence[ScoreSheet],
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write one PDF with every sheet on as many pages as it needs; how many pages.

    `progress` hears how many sheets are done. When `cancelled` says so the print stops with `documents.cancelled` and
    `path` is as it was. No sheets at all, and an item that no page could hold, are refused.
    """
    if not sheets:
        raise Refused("documents.nothing_to_print")
    pages = 0
    with document(path, both("papers.sheet.title")[0]) as pen:
        laid: dict[Exercise, tuple[str, tuple[_Page, ...]]] = {}
        for place, exercise in enumerate(dict.fromkeys(sheet.exercise for sheet in sheets)):
            found = _lay_out(pen, exercise)
            laid[exercise] = f"sheet{place}", found
            for number, page in enumerate(found):
                with pen.stencil(f"sheet{place}-{number}"):
                    _draw_form(pen, exercise, page, last=number == len(found) - 1)
        for done, sheet in enumerate(sheets, 1):
            if cancelled():
                raise Refused("documents.cancelled")
            name, found = laid[sheet.exercise]
            for number in range(len(found)):
                pen.lay(f"{name}-{number}")
                _draw_sheet(pen, sheet, number + 1, len(found))
                pen.next_sheet()
                pages += 1
            progress(done)
    return pages


def _lay_out(pen: Pen, exercise: Exercise) -> tuple[_Page, ...]:
    """Which block stands where. A block's opening words stand above it wherever it does not follow one of its own."""
    begin = TABLE_TOP + HEAD
    pages: list[list[_Placed]] = [[]]
    y, open_words = begin, None
    for block in blocks_of(pen, exercise):
        opening = block.opens if block.opens is not open_words else None
        if y + block.high + (opening.high if opening else 0) > BOTTOM:
            pages.append([])
            y, opening = begin, block.opens
            if y + block.high + (opening.high if opening else 0) > BOTTOM:
                raise Refused("papers.sheet.too_long", label=exercise.name)
        if opening is not None:
            pages[-1].append(_Placed(opening, y))
            y += opening.high
        pages[-1].append(_Placed(block, y))
        y += block.high
        open_words = block.opens
    if y + END_HIGH > BOTTOM:
        pages.append([])
    return tuple(tuple(page) for page in pages)


def _draw_form(pen: Pen, exercise: Exercise, page: _Page, *, last: bool) -> None:
    """What is the same on this page of every sheet of the exercise."""
    pen.box(LEFT, 10, RIGHT - LEFT, 1.6, fill=ACCENT)
    chinese, english = both("papers.sheet.title")
    wide = pen.text(LEFT, 22.5, chinese, 19, face=fonts.BOLD, spacing=3)
    pen.text(LEFT + wide + 4, 22.5, english.upper(), 7, colour=MUTED, spacing=1.4)
    if page:
        draw_table_head(pen, TABLE_TOP)
    for placed in page:
        placed.block.draw(pen, placed.y)
    if last:
        _draw_end(pen, exercise)
    pen.rule(LEFT, 283.5, RIGHT)
    chinese, english = both("papers.sheet.foot")
    pen.text(LEFT, 287.5, chinese, 7, colour=MUTED)
    pen.text(LEFT, 290.5, english, 5.5, colour=MUTED)


def _draw_end(pen: Pen, exercise: Exercise) -> None:
    y = BOTTOM - END_HIGH + 5
    _label(pen, LEFT, y + 3.4, "papers.sheet.remark")
    pen.box(LEFT + 24, y, RIGHT - LEFT - 66, 16, line=LINE, weight=0.8, radius=1)
    _label(pen, RIGHT - 38, y + 3.4, "papers.sheet.total")
    pen.text(RIGHT, y + 3.4, f"/ {points_text(exercise.maximum)}", 8.5, colour=MUTED, align="right")
    pen.box(RIGHT - 38, y + 5.4, 38, 10.6, line=MUTED, weight=0.9, radius=1)
    y += 25
    for code, x, to in (
        ("papers.sheet.signature", LEFT, 100.0),
        ("papers.sheet.date", 108.0, 148.0),
    ):
        _place_to_sign(pen, code, x, to, y)
    for code, x, to in (
        ("papers.sheet.leader", LEFT, 100.0),
        ("papers.sheet.keyers", 108.0, RIGHT),
    ):
        _place_to_sign(pen, code, x, to, y + 11)


def _place_to_sign(pen: Pen, code: str, x: float, to: float, y: float) -> None:
    chinese, english = both(code)
    wide = pen.text(x, y, chinese, 9)
    pen.text(x, y + 3, english, 5.5, colour=MUTED)
    pen.rule(x + max(wide, pen.measure(english, 5.5)) + 2, y + 1.2, to, colour=MUTED)


def _label(pen: Pen, x: float, y: float, code: str) -> None:
    chinese, english = both(code)
    wide = pen.text(x, y, chinese, 9, face=fonts.BOLD)
    pen.text(x + wide + 1.4, y, english, 5.5, colour=MUTED)


def _draw_sheet(pen: Pen, sheet: ScoreSheet, page: int, pages: int) -> None:
    """What is this sheet's own."""
    code = PaperCode("sheet", sheet.application, sheet.exercise.id, sheet.examiner_id, page)
    draw_paper_code(pen, code, RIGHT - CODE_SIDE, 17, CODE_SIDE)
    edge = RIGHT - CODE_SIDE - 8
    pen.inside(
        edge, 17.5, sheet.centre, 84, (9.5, 8.5, 7.5, 6.5), label="papers.centre", most=2, colour=ACCENT, align="right"
    )
    about = f"{sheet.batch}    {sheet.day.isoformat()}    {sheet.level}"
    pen.inside(edge, 22.5, about, 84, (8.5, 7.5, 6.5), label="papers.batch", most=2, colour=MUTED, align="right")
    _draw_standard(pen, sheet, edge)
    exercise = sheet.exercise
    told = f"{exercise.name}  {exercise.role} · {both('papers.minutes', minutes=exercise.minutes)[0]}"
    _fact(pen, LEFT, "papers.number", sheet.number, 32, (20, 16, 12))
    _fact(pen, LEFT + 36, "papers.exercise", told, 62, (12, 10.5, 9, 8))
    _fact(pen, LEFT + 102, "papers.panel", str(sheet.panel), 14, (12, 10))
    _fact(pen, LEFT + 120, "papers.examiner", sheet.examiner, edge - LEFT - 120, (12, 10.5, 9, 8))
    number = both("papers.page", page=page, pages=pages)[0]
    pen.text(RIGHT, 287.5, number, 8, colour=MUTED, align="right")


def _draw_standard(pen: Pen, sheet: ScoreSheet, edge: float) -> None:
    room = 92.0
    if sheet.draft:
        words = both("papers.draft")[0]
        wide = pen.measure(words, 7) + 3
        pen.box(edge - wide, 24.2, wide, 4.2, fill=ATTENTION_SOFT, radius=0.8)
        pen.text(edge - 1.5, 27.2, words, 7, colour=ATTENTION, align="right")
        edge, room = edge - wide - 2, room - wide - 2
    pen.inside(
        edge, 27.2, sheet.standard, room, (8, 7, 6), label="papers.standard", most=2, colour=MUTED, align="right"
    )


def _fact(pen: Pen, x: float, code: str, text: str, room: float, sizes: tuple[float, ...]) -> None:
    chinese, english = both(code)
    wide = pen.text(x, 35.5, chinese, 8, colour=MUTED)
    pen.text(x + wide + 1.2, 35.5, english, 5.5, colour=MUTED)
    pen.inside(x, 44.5, text, room, sizes, label=code, most=2, face=fonts.BOLD)
