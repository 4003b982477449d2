"""校准页, the sheet by which a printer's offset and scale are found."""

from __future__ import annotations

import io
from typing import Final

from core.documents import fonts
from core.documents.certificate_page import Fit
from core.documents.layout import INK, MUTED, Pen, both, sheets

FRAME: Final = 10.0
"""Millimetres between the frame and each edge of the paper."""
BAR: Final = 100.0
"""Millimetres that both bars are long."""
_TICK: Final = 10.0
_TEXTS: Final = ("frame", "bars", "how")


def calibration_page(paper: tuple[float, float], fit: Fit) -> bytes:
    """A sheet with a frame and two bars, drawn as a certificate would be with `fit`; a PDF."""
    out = io.BytesIO()
    chinese, english = both("template.calibration.title")
    pen = sheets(out, chinese, paper)
    fit.apply(pen)
    pen.box(FRAME, FRAME, pen.width - 2 * FRAME, pen.height - 2 * FRAME, line=INK, weight=0.4)
    middle = pen.width / 2
    pen.text(middle, 26, chinese, 18, face=fonts.BOLD, align="centre", spacing=3)
    pen.text(middle, 31.5, english, 8, colour=MUTED, align="centre")
    _draw_bars(pen)
    y = min(160.0, pen.height - 46)
    for name in _TEXTS:
        y = _say(pen, y, f"template.calibration.{name}")
    now = {"dx": f"{fit.dx_mm / 100:.2f}", "dy": f"{fit.dy_mm / 100:.2f}"}
    now |= {"across": f"{fit.scale_x / 100:.2f}", "down": f"{fit.scale_y / 100:.2f}"}
    _say(pen, y, "template.calibration.now", **now)
    pen.next_sheet()
    pen.done()
    return out.getvalue()


def corrected(fit: Fit, *, left: int, top: int, across: int, down: int) -> Fit:
    """The fit of a printer that printed the sheet with `fit` and on paper shows the frame `left` and `top` from the
    edges and the bars `across` and `down` long, all in hundredths of a millimetre.
    """
    dx, scale_x = _corrected(fit.dx_mm, fit.scale_x, left, across)
    dy, scale_y = _corrected(fit.dy_mm, fit.scale_y, top, down)
    return Fit(dx, dy, scale_x, scale_y)


def _corrected(shift: int, scale: int, edge: int, bar: int) -> tuple[int, int]:
    """The printer maps what it is sent, p, to a·p + b: the bar tells a, the frame's edge then tells b."""
    whole = round(BAR * 100)
    sent = FRAME * 100 * scale / 10_000 + shift
    stretch = bar / whole * 10_000 / scale
    return round(sent - edge / stretch), round(scale * whole / bar)


def _draw_bars(pen: Pen) -> None:
    x, y = pen.width / 2 - BAR / 2, 42.0
    pen.rule(x, y, x + BAR, colour=INK, weight=0.4)
    pen.box(x, y, 0.001, BAR, line=INK, weight=0.4)
    for place in range(int(BAR / _TICK) + 1):
        long = 4.0 if place % 5 == 0 else 2.2
        at = place * _TICK
        pen.box(x + at, y - long, 0.001, long, line=INK, weight=0.3)
        pen.rule(x - long, y + at, x, colour=INK, weight=0.3)
        if place % 5 == 0 and place:
            pen.text(x + at, y - 5, f"{at:.0f}", 7, colour=MUTED, align="centre")
            pen.text(x - 5, y + at + 0.9, f"{at:.0f}", 7, colour=MUTED, align="right")


def _say(pen: Pen, y: float, code: str, **values: object) -> float:
    chinese, english = both(code, **values)
    left, room = 24.0, pen.width - 48
    y = pen.paragraph(left, y, chinese, 10, room, 5.0) - 0.8
    return pen.paragraph(left, y, english, 7.5, room, 3.6, colour=MUTED) + 2.4
