"""记录卡: what an examiner notes by hand while the host shows the clock to everybody.

Half an A4 sheet for one examiner, one candidate and one exercise: at most twelve lines, the items to choose from beside
them, and a code with which the examiner finds the sheet afterwards. The halves of all sheets, cut and laid one pile
upon the other, are in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from core.documents import fonts
from core.documents.layout import ACCENT, ACCENT_SOFT, GROUND, INK, LINE, MUTED, Align, Pen, both, document
from core.documents.paper_code import PaperCode, draw_paper_code
from core.errors import Refused
from core.standards.plans import Exercise
from core.standards.points import short_text

LINES: Final = 12
"""More than that nobody notes in half an hour and still sees the stream."""
HALF: Final = 148.5
LEFT, RIGHT = 12.0, 198.0
CODE_SIDE = 23.0
TABLE_TOP, TABLE_HEAD, ROW = 46.0, 6.6, 6.9
TABLE_RIGHT = 139.0
LEGEND = 144.0
_COLUMNS: Final[tuple[tuple[str, float, Align], ...]] = (
    ("papers.card.line", 16.0, "centre"),
    ("papers.card.time", 28.0, "centre"),
    ("papers.card.what", 38.0, "left"),
    ("papers.card.item", 113.0, "centre"),
    ("papers.card.deduction", 130.0, "centre"),
)
_EDGES: Final = (20.0, 36.0, 105.0, 121.0)
"""Where the upright lines of the table stand."""
_LEGEND_ROW, _LEAST_LEGEND_ROW = 5.0, 2.6


@dataclass(frozen=True)
class RecordCard:
    """One card. `number` is the candidate's; no name and no identity number stands on it."""

    centre: str
    batch: str
    day: date
    exercise: Exercise
    number: str
    application: int
    examiner: str
    examiner_id: int
    panel: int


def write_record_cards(
    path: Path,
    cards: Sequence[RecordCard],
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write one PDF with two cards on a sheet; how many sheets.

    `progress` hears how many cards are done. When `cancelled` says so the print stops with `documents.cancelled` and
    `path` is as it was. No cards at all are refused.
    """
    if not cards:
        raise Refused("documents.nothing_to_print")
    sheets = -(-len(cards) // 2)
    done = 0
    with document(path, both("papers.card.title")[0]) as pen:
        forms = {card.exercise: f"{place}" for place, card in enumerate(_one_each(cards))}
        for exercise, name in forms.items():
            for half, top in enumerate((0.0, HALF)):
                with pen.stencil(f"card{name}-{half}"):
                    _draw_form(pen, exercise, top)
        for sheet in range(sheets):
            if cancelled():
                raise Refused("documents.cancelled")
            for half, at in enumerate((sheet, sheet + sheets)):
                if at < len(cards):
                    pen.lay(f"card{forms[cards[at].exercise]}-{half}")
                    _draw_card(pen, cards[at], half * HALF)
                    done += 1
            _draw_cut(pen)
            pen.next_sheet()
            progress(done)
    return sheets


def _one_each(cards: Sequence[RecordCard]) -> list[RecordCard]:
    """One card of each exercise: what is printed on all of its cards is laid down once."""
    return list({card.exercise: card for card in cards}.values())


def _draw_form(pen: Pen, exercise: Exercise, top: float) -> None:
    pen.box(LEFT, top + 9, RIGHT - LEFT, 1.4, fill=ACCENT)
    chinese, english = both("papers.card.title")
    wide = pen.text(LEFT, top + 19, chinese, 17, face=fonts.BOLD, spacing=3)
    pen.text(LEFT + wide + 4, top + 19, english.upper(), 7, colour=MUTED, spacing=1.4)
    _draw_table(pen, top + TABLE_TOP)
    _draw_legend(pen, exercise, top + TABLE_TOP)
    foot = top + HALF - 7.5
    chinese, english = both("papers.card.foot", lines=LINES)
    wide = pen.text(LEFT, foot, chinese, 7.5, colour=MUTED)
    pen.text(LEFT + wide + 2, foot, english, 6, colour=MUTED)


def _draw_table(pen: Pen, top: float) -> None:
    pen.box(LEFT, top, TABLE_RIGHT - LEFT, TABLE_HEAD, fill=ACCENT_SOFT)
    for code, x, align in _COLUMNS:
        chinese, english = both(code)
        pen.text(x, top + 3.3, chinese, 8.5, face=fonts.BOLD, colour=ACCENT, align=align)
        pen.text(x, top + 5.7, english, 5.5, colour=ACCENT, align=align)
    first = top + TABLE_HEAD
    for line in range(1, LINES, 2):
        pen.box(LEFT, first + line * ROW, TABLE_RIGHT - LEFT, ROW, fill=GROUND)
    for line in range(LINES):
        y = first + line * ROW
        pen.text(_COLUMNS[0][1], y + 4.6, str(line + 1), 8, colour=MUTED, align="centre")
        pen.text(_COLUMNS[1][1], y + 4.6, ":", 11, colour=MUTED, align="centre")
        pen.rule(LEFT, y + ROW, TABLE_RIGHT)
    bottom = first + LINES * ROW
    for x in _EDGES:
        pen.box(x, top, 0.01, bottom - top, line=LINE)
    pen.box(LEFT, top, TABLE_RIGHT - LEFT, bottom - top, line=LINE, weight=0.8)


def _draw_legend(pen: Pen, exercise: Exercise, top: float) -> None:
    """The exercise's items, deductions and vetoes, by what the examiner writes into the columns."""
    items = [(item.requirement or item.key, item.label, short_text(item.maximum)) for item in exercise.items]
    deductions = [(_letter(at), one.name, f"−{short_text(one.points)}") for at, one in enumerate(exercise.deductions)]
    vetoes = [(f"V{at}", one.name, "") for at, one in enumerate(exercise.vetoes, 1)]
    groups = [("papers.card.items", items), ("papers.card.deductions", deductions), ("papers.card.vetoes", vetoes)]
    room = TABLE_HEAD + LINES * ROW
    lines = sum(len(rows) + 1.4 for _, rows in groups if rows)
    high = max(_LEAST_LEGEND_ROW, min(_LEGEND_ROW, room / lines))
    y, end = top, top + room
    for code, rows in groups:
        if not rows or y + 2 * high > end:
            continue
        chinese, english = both(code)
        y += high
        wide = pen.text(LEGEND, y - 1, chinese, min(8.5, high * 1.9), face=fonts.BOLD, colour=ACCENT)
        pen.text(LEGEND + wide + 1.5, y - 1, english, min(5.5, high * 1.4), colour=ACCENT)
        for sign, words, points in rows:
            if y + high > end:
                pen.text(LEGEND, end, "…", 6, colour=MUTED)
                return
            y += high
            _draw_legend_row(pen, y - 1.2, high, sign, words, points)
        y += high * 0.4


def _draw_legend_row(pen: Pen, y: float, high: float, sign: str, words: str, points: str) -> None:
    size = min(8.0, high * 1.75)
    pen.text(LEGEND, y, sign, size, face=fonts.BOLD, colour=INK)
    begin = LEGEND + max(9.5, pen.measure(sign, size, fonts.BOLD) + 1.5)
    wide = pen.measure(points, size)
    room = RIGHT - begin - wide - 1.5
    while pen.measure(words, size) > room and size > 4.5:
        size -= 0.25
    pen.text(begin, y, _cut(pen, words, size, room), size)
    pen.text(RIGHT, y, points, min(7.0, size), colour=MUTED, align="right")


def _cut(pen: Pen, words: str, size: float, room: float) -> str:
    """A legend only reminds: what is far too long for it is cut, with a sign that it is."""
    if pen.measure(words, size) <= room:
        return words
    while words and pen.measure(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words}…"


def _draw_card(pen: Pen, card: RecordCard, top: float) -> None:
    code = PaperCode("card", card.application, card.exercise.id, card.examiner_id)
    draw_paper_code(pen, code, RIGHT - CODE_SIDE, top + 14.5, CODE_SIDE)
    room = RIGHT - CODE_SIDE - 8
    about = f"{card.batch}    {card.day.isoformat()}"
    pen.inside(
        room, top + 15.5, card.centre, 92, (9, 8, 7, 6), label="papers.centre", most=2, colour=ACCENT, align="right"
    )
    pen.inside(room, top + 20, about, 92, (8, 7, 6), label="papers.batch", most=2, colour=MUTED, align="right")
    exercise = card.exercise
    _fact(pen, LEFT, top, "papers.number", card.number, 34, (19, 15, 12))
    told = f"{exercise.name}  {exercise.role} · {both('papers.minutes', minutes=exercise.minutes)[0]}"
    _fact(pen, LEFT + 38, top, "papers.exercise", told, 62, (12, 10.5, 9, 8))
    _fact(pen, LEFT + 104, top, "papers.panel", str(card.panel), 12, (12, 10))
    _fact(pen, LEFT + 125, top, "papers.examiner", card.examiner, room - LEFT - 125, (12, 10.5, 9, 8))


def _fact(pen: Pen, x: float, top: float, code: str, text: str, room: float, sizes: tuple[float, ...]) -> None:
    chinese, english = both(code)
    wide = pen.text(x, top + 29, chinese, 8, colour=MUTED)
    pen.text(x + wide + 1.2, top + 29, english, 5.5, colour=MUTED)
    pen.inside(x, top + 37.5, text, room, sizes, label=code, most=2, face=fonts.BOLD)


def _draw_cut(pen: Pen) -> None:
    """Where to cut: short strokes at both edges, so that nothing is drawn through what is written."""
    for x, to in ((4.0, 10.0), (pen.width - 10, pen.width - 4)):
        pen.rule(x, HALF, to, colour=MUTED, weight=0.4)


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else f"A{at}"
