"""成绩告知单, the provisional result notice: what a candidate is told after settling (10.3).

It is no certificate. One A4 sheet a candidate: who, by which standard, every component with its pass mark, the
outcome, a code that anybody's phone can check, and a place for the centre's seal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.documents import fonts
from core.documents.layout import (
    ACCENT,
    ACCENT_SOFT,
    ATTENTION,
    ATTENTION_SOFT,
    DANGER,
    GOOD,
    GROUND,
    INK,
    LINE,
    MUTED,
    Pen,
    both,
    document,
)
from core.documents.wording import refuse_forbidden
from core.errors import Refused

if TYPE_CHECKING:
    from core.documents.layout import Align

LEFT, RIGHT = 24.0, 186.0
"""Millimetres: the margins of the sheet."""
PHOTO_LEFT, PHOTO_TOP = 151.0, 60.0
TABLE_TOP, TABLE_HEAD = 124.0, 10.5
ROW_HEIGHTS: Final = {1: 13.0, 2: 13.0, 3: 11.5, 4: 10.5}
"""By how many components there are: few stand roomily, four still fit."""
CODE_SIDE = 33.0
CODE_LEFT, CODE_TOP = 27.0, 234.0
SEAL_X, SEAL_Y, SEAL_RADIUS = 160.0, 240.0, 17.5
_CHIP_SIZE = 7.5
_STENCIL = "notice"


class Outcome(StrEnum):
    """What all components together say."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"


@dataclass(frozen=True)
class ComponentRow:
    """One component as the candidate is told it. `score` is written out already, an absence too."""

    name: str
    score: str
    full: str
    pass_mark: str
    passed: bool | None
    remark: str = ""


@dataclass(frozen=True)
class Notice:
    """Everything that one notice says. `code` is the text of its credential; `identity` is masked already."""

    number: str
    centre: str
    standard_title: str
    standard_code: str
    standard_edition: str
    standard_is_draft: bool
    occupation: str
    level: str
    name: str
    identity: str
    candidate_number: str
    photo: bytes | None
    rows: tuple[ComponentRow, ...]
    outcome: Outcome
    batch_date: date
    issued: date
    code: str


@dataclass(frozen=True)
class _Cell:
    text: str
    room: float
    sizes: tuple[float, ...]
    face: str
    colour: str


@dataclass(frozen=True)
class _Column:
    label: str
    x: float
    align: Align


_COLUMNS: Final = (
    _Column("component", LEFT + 4, "left"),
    _Column("score", 91, "right"),
    _Column("full", 107, "right"),
    _Column("pass_mark", 125, "right"),
    _Column("result", 134, "left"),
    _Column("remark", 154, "left"),
)


def write_notices(
    path: Path,
    notices: Iterable[Notice],
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write one PDF with a sheet for each notice; how many.

    `progress` hears how many are done. When `cancelled` says so the print stops with `documents.cancelled`
    and `path` is as it was. `documents.no_glyph` names a character that cannot be printed; no notices at
    all are refused too.
    """
    title = both("documents.notice.title")[0]
    done = 0
    with document(path, title) as pen:
        with pen.stencil(_STENCIL):
            _draw_form(pen)
        for notice in notices:
            if cancelled():
                raise Refused("documents.cancelled")
            refuse_forbidden(notice.centre, notice.standard_title, notice.occupation, notice.level)
            _draw(pen, notice)
            pen.next_sheet()
            done += 1
            progress(done)
        if not done:
            raise Refused("documents.nothing_to_print")
    return done


def _draw_form(pen: Pen) -> None:
    """What is the same on every sheet."""
    pen.box(0, 0, pen.width, 4, fill=ACCENT)
    pen.rule(LEFT, 26, RIGHT)
    chinese, english = both("documents.notice.title")
    middle = pen.width / 2
    pen.text(middle, 41, chinese, 28, face=fonts.BOLD, align="centre", spacing=7)
    pen.text(middle, 47.2, english.upper(), 8.5, colour=MUTED, align="centre", spacing=2.2)
    warning = "documents.notice.not_certificate"
    _chip(pen, middle - _chip_width(pen, warning) / 2, 54.5, warning)
    _draw_labels(pen)
    _draw_table_head(pen)
    _draw_notes(pen)
    _draw_foot(pen)


def _draw_labels(pen: Pen) -> None:
    for row, label in enumerate(_FACTS):
        _label(pen, LEFT, _fact_y(row), f"documents.notice.{label}")


_FACTS: Final = ("name", "identity", "candidate_number", "occupation", "level", "batch_date", "standard")
_FACT_X = 58.0
_FACT_WIDE = PHOTO_LEFT - _FACT_X - 6


def _fact_y(row: int) -> float:
    return 64.5 + 7.7 * row


def _label(pen: Pen, x: float, y: float, code: str) -> None:
    chinese, english = both(code)
    wide = pen.text(x, y, chinese, 10, colour=MUTED)
    pen.text(x + wide + 1.6, y, english, 6.5, colour=MUTED)


def _draw_table_head(pen: Pen) -> None:
    pen.box(LEFT, TABLE_TOP, RIGHT - LEFT, TABLE_HEAD, fill=ACCENT_SOFT)
    for column in _COLUMNS:
        chinese, english = both(f"documents.notice.{column.label}")
        pen.text(column.x, TABLE_TOP + 4.8, chinese, 10, face=fonts.BOLD, colour=ACCENT, align=column.align)
        pen.text(column.x, TABLE_TOP + 8.3, english, 6.5, colour=ACCENT, align=column.align)


def _draw_notes(pen: Pen) -> None:
    y = 202.0
    _heading(pen, LEFT, y, "documents.notice.about")
    for number in (1, 2, 3):
        chinese, english = both(f"documents.notice.about_{number}")
        y += 5.6
        pen.text(LEFT, y, f"{number}.", 8.5, colour=MUTED)
        pen.text(LEFT + 4, y, chinese, 8.5, colour=INK)
        y += 3.2
        pen.text(LEFT + 4, y, english, 6.2, colour=MUTED)


def _heading(pen: Pen, x: float, y: float, code: str) -> None:
    chinese, english = both(code)
    wide = pen.text(x, y, chinese, 10.5, face=fonts.BOLD)
    pen.text(x + wide + 1.8, y, english, 6.5, colour=MUTED)


def _draw_foot(pen: Pen) -> None:
    x = CODE_LEFT + CODE_SIDE + 8
    _heading(pen, x, CODE_TOP + 5, "documents.notice.verify")
    y = CODE_TOP + 11.5
    for number in (1, 2):
        chinese, english = both(f"documents.notice.verify_{number}")
        y = pen.paragraph(x, y, chinese, 8.5, 58, 4.4) - 0.6
        y = pen.paragraph(x, y, english, 6.2, 58, 3.0, colour=MUTED) + 1.8
    chinese, english = both("documents.notice.seal")
    pen.ring(SEAL_X, SEAL_Y, SEAL_RADIUS)
    pen.text(SEAL_X, SEAL_Y, chinese, 9, colour=MUTED, align="centre")
    pen.text(SEAL_X, SEAL_Y + 4, english, 6.2, colour=MUTED, align="centre")
    pen.rule(LEFT, 280, RIGHT)
    chinese, english = both("documents.notice.not_certificate")
    pen.text(LEFT, 285, f"{chinese}  {english}", 7, colour=ATTENTION)


def _draw(pen: Pen, notice: Notice) -> None:
    if len(notice.rows) not in ROW_HEIGHTS:
        raise Refused("documents.notice.no_rows", count=len(notice.rows))
    pen.lay(_STENCIL)
    _draw_head(pen, notice)
    _draw_facts(pen, notice)
    _draw_photo(pen, notice)
    bottom = _draw_rows(pen, notice.rows)
    _draw_outcome(pen, notice.outcome, bottom + 4)
    _draw_signature(pen, notice)


def _draw_head(pen: Pen, notice: Notice) -> None:
    label, _ = both("documents.notice.number")
    number = f"{label} {notice.number}"
    room = RIGHT - LEFT - pen.measure(number, 9) - 8
    label = "documents.notice.centre"
    sizes = (11.5, 10.5, 9.5)
    pen.inside(LEFT, 21.5, notice.centre, room, sizes, label=label, most=2, face=fonts.BOLD, colour=ACCENT)
    pen.text(RIGHT, 21.5, number, 9, colour=MUTED, align="right")


def _draw_facts(pen: Pen, notice: Notice) -> None:
    words = (
        notice.name,
        notice.identity,
        notice.candidate_number,
        notice.occupation,
        notice.level,
        notice.batch_date.isoformat(),
    )
    for row, (fact, text) in enumerate(zip(_FACTS, words, strict=False)):
        face, sizes, most = (
            (fonts.BOLD, (14.0, 12.0, 10.5, 9.0), 2) if fact == "name" else (fonts.TEXT, (11.0, 10.0, 8.5), 1)
        )
        label = f"documents.notice.{fact}"
        pen.inside(_FACT_X, _fact_y(row), text, _FACT_WIDE, sizes, label=label, most=most, face=face)
    y = _fact_y(len(words))
    label = "documents.notice.standard"
    pen.inside(_FACT_X, y, notice.standard_title, RIGHT - _FACT_X, (11.0, 10.0, 9.0), label=label)
    source = f"{notice.standard_code}    {notice.standard_edition}"
    wide = pen.text(_FACT_X, y + 5.2, source, 8.5, colour=MUTED)
    if notice.standard_is_draft:
        _chip(pen, _FACT_X + wide + 3, y + 5.2, "documents.notice.draft")


def _chip(pen: Pen, x: float, y: float, code: str) -> None:
    pen.box(x, y - 3.2, _chip_width(pen, code), 4.6, fill=ATTENTION_SOFT, radius=1)
    pen.text(x + 2, y, "  ".join(both(code)), _CHIP_SIZE, colour=ATTENTION)


def _chip_width(pen: Pen, code: str) -> float:
    return pen.measure("  ".join(both(code)), _CHIP_SIZE) + 4


def _draw_photo(pen: Pen, notice: Notice) -> None:
    from core.documents import photo

    if notice.photo is None:
        pen.box(PHOTO_LEFT, PHOTO_TOP, photo.WIDTH, photo.HEIGHT, fill=GROUND, line=LINE)
        chinese, english = both("documents.notice.no_photo")
        middle = PHOTO_LEFT + photo.WIDTH / 2
        pen.text(middle, PHOTO_TOP + 22, chinese, 9, colour=MUTED, align="centre")
        pen.text(middle, PHOTO_TOP + 26, english, 6.2, colour=MUTED, align="centre")
        return
    try:
        prepared = photo.prepare(notice.photo)
    except Refused as refusal:
        raise Refused(
            "documents.notice.bad_photo", number=notice.candidate_number, problem=refusal.sentence
        ) from refusal
    pen.photo(prepared, PHOTO_LEFT, PHOTO_TOP, photo.WIDTH, photo.HEIGHT)


def _draw_rows(pen: Pen, rows: tuple[ComponentRow, ...]) -> float:
    """The table's rows; the y below them."""
    y = TABLE_TOP + TABLE_HEAD
    high = ROW_HEIGHTS[len(rows)]
    for row in rows:
        verdict, colour = _verdict(row.passed)
        cells = (
            _Cell(row.name, 44, (11, 10, 8.5), fonts.TEXT, INK),
            _Cell(row.score, 22, (12, 10.5, 9), fonts.BOLD, INK),
            _Cell(row.full, 13, (10.5, 8), fonts.TEXT, MUTED),
            _Cell(row.pass_mark, 15, (10.5, 8), fonts.TEXT, MUTED),
            _Cell(verdict, 18, (10.5, 9), fonts.BOLD, colour),
            _Cell(row.remark, RIGHT - _COLUMNS[5].x - 2, (9, 8, 7.5), fonts.TEXT, MUTED),
        )
        for column, cell in zip(_COLUMNS, cells, strict=True):
            pen.inside(
                column.x,
                y + high / 2 + 1.6,
                cell.text,
                cell.room,
                cell.sizes,
                label=f"documents.notice.{column.label}",
                most=2,
                face=cell.face,
                colour=cell.colour,
                align=column.align,
            )
        y += high
        pen.rule(LEFT, y, RIGHT)
    return y


def _verdict(passed: bool | None) -> tuple[str, str]:
    code, colour = {True: ("passed", GOOD), False: ("failed", DANGER), None: ("open", ATTENTION)}[passed]
    return both(f"documents.notice.{code}")[0], colour


def _draw_outcome(pen: Pen, outcome: Outcome, y: float) -> None:
    chinese, english = both(f"documents.notice.overall_{outcome}")
    colour = {Outcome.PASSED: GOOD, Outcome.FAILED: DANGER, Outcome.OPEN: ATTENTION}[outcome]
    pen.box(LEFT, y, RIGHT - LEFT, 11.5, fill=GROUND)
    pen.box(LEFT, y, 1.2, 11.5, fill=colour)
    _label(pen, LEFT + 4, y + 7.3, "documents.notice.overall")
    wide = pen.text(_FACT_X, y + 7.6, chinese, 14, face=fonts.BOLD, colour=colour)
    pen.text(_FACT_X + wide + 2.5, y + 7.6, english, 8, colour=MUTED)


def _draw_signature(pen: Pen, notice: Notice) -> None:
    from core.documents import code

    code.draw(pen, notice.code, CODE_LEFT, CODE_TOP, CODE_SIDE)
    label = "documents.notice.centre"
    pen.inside(SEAL_X, 265, notice.centre, 2 * (RIGHT - SEAL_X), (10, 9, 8), label=label, most=3, align="centre")
    issued = f"{both('documents.notice.issued')[0]}  {notice.issued.isoformat()}"
    pen.text(SEAL_X, 274, issued, 9, align="centre", colour=MUTED)
    footer = both("documents.notice.footer", number=notice.number)[0]
    pen.text(RIGHT, 285, footer, 7, colour=MUTED, align="right")
