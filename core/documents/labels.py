"""Labels for the envelopes that certificates are handed out or sent in: three by eight on A4, or another sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.documents import fonts
from core.documents.layout import A4, LEADING, MILLIMETRE, MUTED, both, document
from core.documents.wrapping import lines
from core.errors import Refused

_EDGE: Final = 5.5
"""Millimetres that stay white on each side of a label: printers and hands are not exact."""
_HEADING: Final = (15.0, 13.0, 11.0, 9.5, 8.0)
_BODY: Final = (9.5, 8.5, 7.5, 6.5)


@dataclass(frozen=True)
class Label:
    """What stands on one label: `heading` large (the name), `body` below it, `foot` small (the number)."""

    heading: str
    body: tuple[str, ...] = ()
    foot: str = ""


@dataclass(frozen=True)
class LabelSheet:
    """A sheet of labels, in millimetres. `left` and `top` are the paper before the first, `across` and `down` the
    distance from one to the next.
    """

    columns: int = 3
    rows: int = 8
    left: float = 0.0
    top: float = 0.5
    across: float = 70.0
    down: float = 37.0
    width: float = 70.0
    height: float = 37.0
    paper: tuple[float, float] = A4


THREE_BY_EIGHT: Final = LabelSheet()


def write_labels(
    target: Path,
    labels: Sequence[Label],
    sheet: LabelSheet = THREE_BY_EIGHT,
    *,
    used: int = 0,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write the labels by rows; how many sheets. `used` labels of the first sheet are gone already.

    `template.labels_off_paper` if the sheet's figures don't fit its paper; otherwise refused like other documents.
    """
    each = sheet.columns * sheet.rows
    if not labels:
        raise Refused("documents.nothing_to_print")
    right = sheet.left + (sheet.columns - 1) * sheet.across + sheet.width
    bottom = sheet.top + (sheet.rows - 1) * sheet.down + sheet.height
    if right > sheet.paper[0] + 0.01 or bottom > sheet.paper[1] + 0.01 or not 0 <= used < each:
        raise Refused("template.labels_off_paper")
    with document(target, both("template.labels")[0], sheet.paper) as pen:
        for place, label in enumerate(labels, used):
            if cancelled():
                raise Refused("documents.cancelled")
            if place % each == 0 and place > used:
                pen.next_sheet()
            row, column = divmod(place % each, sheet.columns)
            x, y = sheet.left + column * sheet.across + _EDGE, sheet.top + row * sheet.down + _EDGE
            room = sheet.width - 2 * _EDGE
            code = "template.labels"
            pen.inside(x, y + 5.5, label.heading, room, _HEADING, label=code, face=fonts.BOLD)
            bottom = y + sheet.height - 2 * _EDGE
            size, body = _body(pen.measure, label.body, room, bottom - y - 12)
            if body is None:
                raise Refused("documents.too_much_text", label=both(code)[0], text=" ".join(label.body))
            for number, line in enumerate(body):
                pen.text(x, y + 12 + number * size * LEADING / MILLIMETRE, line, size)
            pen.inside(x, bottom, label.foot, room, (8.5, 7.5, 6.5), label=code, colour=MUTED)
            progress(place - used + 1)
        pen.next_sheet()
    return -(-(used + len(labels)) // each)


def _body(
    measure: Callable[[str, float], float], texts: tuple[str, ...], room: float, high: float
) -> tuple[float, list[str] | None]:
    """The largest size at which the texts fit, and their lines; no lines if none does."""
    for size in _BODY:

        def fits(part: str, size: float = size) -> bool:
            return measure(part, size) <= room

        broken = [line for text in texts for line in lines(text, fits)]
        if len(broken) * size * LEADING / MILLIMETRE <= high:
            return size, broken
    return _BODY[-1], None
