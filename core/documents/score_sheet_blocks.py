"""The blocks of a paper score sheet: how high each is, and how it is drawn. What belongs together is never parted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from core.documents import fonts
from core.documents.layout import ACCENT, ACCENT_SOFT, INK, MUTED, Pen, both
from core.documents.wrapping import lines
from core.standards.plans import Deduction, Exercise, Item, Option, Scale, Veto
from core.standards.points import points_text, short_text

LEFT, RIGHT = 15.0, 195.0
CODE_WIDE, MAXIMUM_WIDE, MARK_WIDE = 15.0, 15.0, 23.0
MARK_LEFT = RIGHT - MARK_WIDE
MAXIMUM_LEFT = MARK_LEFT - MAXIMUM_WIDE
LABEL_LEFT = LEFT + CODE_WIDE
CELLS_LEFT = 94.0
CELLS_WIDE = MAXIMUM_LEFT - CELLS_LEFT - 2
MOST_CELLS: Final = 5
"""Options that stand beside a label; more of them stand below it, with their words."""
LABEL_SIZE, WORD_SIZE = 9.5, 8.0
LABEL_LEADING, WORD_LEADING = 4.4, 5.2
ROW_LEAST = 8.6
BOX = 4.2
COUNT_WIDE = 15.0
TICK = 3.2
HEAD = 8.0
SECTION_GAP: Final = 3.0

Draw = Callable[[Pen, float], None]


@dataclass(frozen=True)
class Block:
    """Something that stands whole on one page: its height, and what draws it from a y on downwards.

    `opens` is what it needs above it at the top of a page or after something else: the words of its scale.
    """

    high: float
    draw: Draw
    opens: Block | None = None


def blocks_of(pen: Pen, exercise: Exercise) -> Iterator[Block]:
    """Everything that an exercise has to be marked by, in order: items, deductions, vetoes."""
    strips: dict[tuple[str, ...], Block] = {}
    for item in exercise.items:
        if _beside(item.scale):
            words = tuple(f"{option.value} {option.word}" for option in item.scale.options)
            strip = strips.setdefault(words, _strip(pen, item.scale))
            yield _levels_row(pen, item, strip)
        else:
            yield _worded_row(pen, item)
    if exercise.deductions:
        yield _gap()
        head = _section("papers.sheet.deductions", "papers.sheet.times", "papers.sheet.taken")
        for deduction in exercise.deductions:
            yield _deduction_row(pen, deduction, head)
    if exercise.vetoes:
        yield _gap()
        head = _section("papers.sheet.vetoes")
        for veto in exercise.vetoes:
            yield _veto_row(pen, veto, head)


def draw_table_head(pen: Pen, y: float) -> None:
    """The head of the table, on every page."""
    pen.box(LEFT, y, RIGHT - LEFT, HEAD, fill=ACCENT)
    for code, x in (
        ("papers.sheet.code", LEFT + 2),
        ("papers.sheet.item", LABEL_LEFT + 1),
        ("papers.sheet.levels", CELLS_LEFT),
    ):
        chinese, english = both(code)
        pen.text(x, y + 4, chinese, 9, face=fonts.BOLD, colour="#FFFFFF")
        pen.text(x, y + 6.8, english, 5.5, colour="#FFFFFF")
    for code, x, wide in (
        ("papers.sheet.maximum", MAXIMUM_LEFT, MAXIMUM_WIDE),
        ("papers.sheet.mark", MARK_LEFT, MARK_WIDE),
    ):
        chinese, english = both(code)
        pen.text(x + wide / 2, y + 4, chinese, 9, face=fonts.BOLD, colour="#FFFFFF", align="centre")
        pen.text(x + wide / 2, y + 6.8, english, 5.5, colour="#FFFFFF", align="centre")


def tick_box(pen: Pen, x: float, y: float, side: float) -> None:
    """A box to tick, its left upper corner at (x, y)."""
    pen.box(x, y, side, side, line=INK, weight=0.6, radius=0.5)


def _beside(scale: Scale) -> bool:
    return scale.kind == "levels" and len(scale.options) <= MOST_CELLS


def _broken(pen: Pen, text: str, size: float, room: float) -> list[str]:
    return list(lines(text, lambda part: pen.measure(part, size) <= room))


def _gap() -> Block:
    return Block(SECTION_GAP, lambda pen, y: None)


def _strip(pen: Pen, scale: Scale) -> Block:
    """What the levels mean, over the items that are marked by them."""
    text = "   ".join(f"{option.value} {option.word}" for option in scale.options)
    told = _broken(pen, text, WORD_SIZE, RIGHT - LEFT - 5)
    high = 2.2 + 4.0 * len(told)

    def draw(pen: Pen, y: float) -> None:
        pen.box(LEFT, y, RIGHT - LEFT, high, fill=ACCENT_SOFT)
        for at, line in enumerate(told):
            pen.text(LEFT + 2, y + 4.0 + 4.0 * at, line, WORD_SIZE, colour=ACCENT)

    return Block(high, draw)


def _row_frame(pen: Pen, y: float, high: float, item: Item, label: Sequence[str]) -> None:
    pen.text(LEFT + 2, y + 5.4, item.requirement or item.key, 9, face=fonts.BOLD)
    for at, line in enumerate(label):
        pen.text(LABEL_LEFT + 1, y + 5.4 + LABEL_LEADING * at, line, LABEL_SIZE)
    middle = MAXIMUM_LEFT + MAXIMUM_WIDE / 2
    pen.text(middle, y + 5.4, points_text(item.maximum), 9, colour=MUTED, align="centre")
    pen.box(MARK_LEFT + 2, y + 1, MARK_WIDE - 3, min(high, ROW_LEAST) - 2, line=MUTED, weight=0.7, radius=0.8)
    pen.rule(LEFT, y + high, RIGHT)


def _levels_row(pen: Pen, item: Item, strip: Block) -> Block:
    label = _broken(pen, item.label, LABEL_SIZE, CELLS_LEFT - LABEL_LEFT - 3)
    high = max(ROW_LEAST, 3.6 + LABEL_LEADING * len(label))

    def draw(pen: Pen, y: float) -> None:
        _row_frame(pen, y, high, item, label)
        wide = CELLS_WIDE / max(4, len(item.scale.options))
        for at, option in enumerate(item.scale.options):
            x = CELLS_LEFT + wide * at
            tick_box(pen, x, y + 2.2, BOX)
            pen.text(x + BOX / 2, y + 5.4, str(option.value), 7.5, colour=MUTED, align="centre")
            pen.text(x + BOX + 1, y + 5.4, points_text(option.points), 7, colour=MUTED)

    return Block(high, draw, strip)


def _worded_row(pen: Pen, item: Item) -> Block:
    """An item whose options have words of their own: steps, yes or no, a count, or very many levels."""
    scale = item.scale
    counts = scale.kind in ("tiers", "objective")
    label = _broken(pen, item.label, LABEL_SIZE, MAXIMUM_LEFT - LABEL_LEFT - (62 if counts else 44))
    hint = both(_HINTS[scale.kind])[0]
    cells = [_cell_text(scale, option) for option in scale.options]
    room = (MAXIMUM_LEFT - LABEL_LEFT - 3) / 2
    told = [_broken(pen, cell, WORD_SIZE, room - (0 if counts else TICK + 2)) for cell in cells]
    pairs = [told[at : at + 2] for at in range(0, len(told), 2)]
    heights = [WORD_LEADING + 3.6 * (max(map(len, pair)) - 1) for pair in pairs]
    top = 3.0 + LABEL_LEADING * len(label)
    high = top + sum(heights) + 1.6

    def draw(pen: Pen, y: float) -> None:
        _row_frame(pen, y, high, item, label)
        edge = MAXIMUM_LEFT - 3
        if counts:  # the count is what is keyed in: it has a box of its own
            edge -= pen.text(edge, y + 5.4, scale.unit, 8.5, align="right") + COUNT_WIDE + 1.5
            pen.box(edge, y + 1, COUNT_WIDE, ROW_LEAST - 2, line=MUTED, weight=0.7, radius=0.8)
            edge -= 2
        pen.text(edge, y + 5.4, hint, 7, colour=ACCENT, align="right")
        line = y + top
        for pair, height in zip(pairs, heights, strict=True):
            for at, words in enumerate(pair):
                x = LABEL_LEFT + 1 + room * at
                if not counts:
                    tick_box(pen, x, line + 0.9, TICK)
                    x += TICK + 1.6
                for part, text in enumerate(words):
                    pen.text(x, line + 3.6 + 3.6 * part, text, WORD_SIZE, colour=MUTED if counts else INK)
            line += height

    return Block(high, draw)


_HINTS: Final = {
    "levels": "papers.sheet.choose",
    "yes_no": "papers.sheet.choose",
    "steps": "papers.sheet.done",
    "tiers": "papers.sheet.count",
    "objective": "papers.sheet.objective",
}


def _cell_text(scale: Scale, option: Option) -> str:
    worth = points_text(option.points)
    if scale.kind in ("tiers", "objective"):
        bound = both(f"papers.sheet.at_{'least' if scale.better == 'more' else 'most'}", value=option.value)[0]
        return f"{bound} {scale.unit}  {option.word}  {worth}"
    sign = f"{option.value} " if scale.kind == "levels" else ""
    return f"{sign}{option.word}  {worth}"


def _section(code: str, *columns: str) -> Block:
    """The head of the deductions or the vetoes."""

    def draw(pen: Pen, y: float) -> None:
        pen.box(LEFT, y, RIGHT - LEFT, 6.4, fill=ACCENT_SOFT)
        chinese, english = both(code)
        wide = pen.text(LEFT + 2, y + 4.3, chinese, 9, face=fonts.BOLD, colour=ACCENT)
        pen.text(LEFT + 3.5 + wide, y + 4.3, english, 5.5, colour=ACCENT)
        for name, x in zip(columns, (MAXIMUM_LEFT - 3, MARK_LEFT + 2 + (MARK_WIDE - 3) / 2), strict=False):
            pen.text(x, y + 4.3, both(name)[0], 8, colour=ACCENT, align="centre")

    return Block(6.4, draw)


def _deduction_row(pen: Pen, deduction: Deduction, head: Block) -> Block:
    told = _broken(pen, deduction.name, LABEL_SIZE, 88)
    high = max(ROW_LEAST, 3.6 + LABEL_LEADING * len(told))
    each = both("papers.sheet.each", points=short_text(deduction.points), cap=short_text(deduction.cap))[0]

    def draw(pen: Pen, y: float) -> None:
        for at, line in enumerate(told):
            pen.text(LEFT + 2, y + 5.4 + LABEL_LEADING * at, line, LABEL_SIZE)
        pen.text(MAXIMUM_LEFT - 13, y + 5.4, each, 8, colour=MUTED, align="right")
        pen.box(MAXIMUM_LEFT - 10, y + 1, 14, ROW_LEAST - 2, line=MUTED, weight=0.7, radius=0.8)
        pen.box(MARK_LEFT + 2, y + 1, MARK_WIDE - 3, ROW_LEAST - 2, line=MUTED, weight=0.7, radius=0.8)
        pen.rule(LEFT, y + high, RIGHT)

    return Block(high, draw, head)


def _veto_row(pen: Pen, veto: Veto, head: Block) -> Block:
    names = f"{veto.name}（{'、'.join(veto.items)}）" if veto.items else veto.name
    told = _broken(pen, names, LABEL_SIZE, 112)
    high = max(7.4, 3.0 + LABEL_LEADING * len(told))

    def draw(pen: Pen, y: float) -> None:
        tick_box(pen, LEFT + 2, y + 1.8, BOX)
        for at, line in enumerate(told):
            pen.text(LEFT + 9, y + 5.0 + LABEL_LEADING * at, line, LABEL_SIZE)
        pen.text(RIGHT - 2, y + 5.0, both(f"papers.sheet.veto.{veto.scope}")[0], 8, colour=MUTED, align="right")
        pen.rule(LEFT, y + high, RIGHT)

    return Block(high, draw, head)
