"""The pen that draws documents, and the file it draws into.

All places are millimetres from the left upper corner of the sheet, sizes of letters are points, and a
text's y is its baseline. The pen splits text by font, so that nobody who uses it has to think of rare
characters.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from core.documents import fonts
from core.documents.wrapping import lines
from core.errors import EnvironmentFailure, Refused
from core.words import sentences

if TYPE_CHECKING:
    from core.documents.photo import Photo

MILLIMETRE: Final = 72 / 25.4
A4: Final = (210.0, 297.0)
A4_LANDSCAPE: Final = (297.0, 210.0)

INK, MUTED, LINE = "#1C2A33", "#5F6F79", "#D5DBDF"
ACCENT, ACCENT_SOFT, GROUND = "#0E6B5C", "#E3F1EE", "#F6F7F8"
GOOD, DANGER, ATTENTION, ATTENTION_SOFT = "#1E7F4F", "#B3261E", "#B45309", "#FDF1E0"

LEADING: Final = 1.3
"""From one baseline to the next, in sizes of the letters."""

Align = Literal["left", "centre", "right"]


def both(code: str, **values: object) -> tuple[str, str]:
    """A label in Chinese and in English: documents carry both, whatever the language of the window."""
    chinese, english = (sentences(language)[code] for language in ("zh", "en"))
    return (chinese.format(**values), english.format(**values)) if values else (chinese, english)


@cache
def _ink(colour: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(colour)


class Pen:
    """Draws on the sheets of one document."""

    def __init__(self, canvas: Any, sheet: tuple[float, float]) -> None:
        self._canvas = canvas
        self.width, self.height = sheet

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10.5,
        *,
        face: str = fonts.TEXT,
        colour: str = INK,
        align: Align = "left",
        spacing: float = 0.0,
    ) -> float:
        """Write one line whose baseline is at y; how wide it came out.

        `spacing` points follow each letter.
        """
        wide = self.measure(text, size, face, spacing)
        at = (x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]) * MILLIMETRE
        self._canvas.setFillColor(_ink(colour))
        for run in fonts.runs(text, face):
            self._canvas.setFont(run.font, size)
            self._canvas.drawString(at, self._y(y), run.text, charSpace=spacing)
            at += self.measure(run.text, size, face, spacing, trailing=True) * MILLIMETRE
        return wide

    def measure(
        self, text: str, size: float, face: str = fonts.TEXT, spacing: float = 0.0, *, trailing: bool = False
    ) -> float:
        """The width of one line, in millimetres."""
        gaps = len(text) - (0 if trailing else 1)
        return (fonts.width(text, size, face) + spacing * max(gaps, 0)) / MILLIMETRE

    def inside(
        self,
        x: float,
        y: float,
        text: str,
        limit: float,
        sizes: tuple[float, ...],
        *,
        label: str,
        most: int = 1,
        face: str = fonts.TEXT,
        colour: str = INK,
        align: Align = "left",
    ) -> None:
        """Write text within `limit` millimetres: on one line at the first size that fits, else at the last size on up
        to `most` lines, which then stand around y. What fits in no way is refused under its label, never cut
        (`documents.too_much_text`).
        """
        for size in sizes:
            if self.measure(text, size, face) <= limit:
                self.text(x, y, text, size, face=face, colour=colour, align=align)
                return
        size = sizes[-1]
        broken = list(lines(text, lambda part: self.measure(part, size, face) <= limit))
        if len(broken) > most:
            raise Refused("documents.too_much_text", label=both(label)[0], text=text)
        leading = size * LEADING / MILLIMETRE
        y -= leading * (len(broken) - 1) / 2
        for number, line in enumerate(broken):
            self.text(x, y + number * leading, line, size, face=face, colour=colour, align=align)

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        limit: float,
        leading: float,
        *,
        colour: str = INK,
        face: str = fonts.TEXT,
        align: Align = "left",
    ) -> float:
        """Write text over as many lines as it needs, `leading` mm apart; the y below the last one."""
        for line in lines(text, lambda part: self.measure(part, size, face) <= limit):
            self.text(x, y, line, size, colour=colour, face=face, align=align)
            y += leading
        return y

    def rule(self, x: float, y: float, to: float, *, colour: str = LINE, weight: float = 0.5) -> None:
        """A horizontal line from x to `to`, `weight` points thick."""
        self._canvas.setStrokeColor(_ink(colour))
        self._canvas.setLineWidth(weight)
        self._canvas.line(x * MILLIMETRE, self._y(y), to * MILLIMETRE, self._y(y))

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        fill: str | None = None,
        line: str | None = None,
        weight: float = 0.5,
        radius: float = 0.0,
    ) -> None:
        """A rectangle whose left upper corner is (x, y)."""
        self._paint(fill, line, weight)
        place = (x * MILLIMETRE, self._y(y + high), wide * MILLIMETRE, high * MILLIMETRE)
        how = {"stroke": int(line is not None), "fill": int(fill is not None)}
        if radius:
            self._canvas.roundRect(*place, radius * MILLIMETRE, **how)
        else:
            self._canvas.rect(*place, **how)

    def ring(self, x: float, y: float, radius: float, *, colour: str = LINE, weight: float = 0.6) -> None:
        """A dashed circle around (x, y): here a seal goes."""
        self._paint(None, colour, weight)
        self._canvas.setDash(2.2, 2.2)
        self._canvas.circle(x * MILLIMETRE, self._y(y), radius * MILLIMETRE, stroke=1, fill=0)
        self._canvas.setDash()

    def photo(self, photo: Photo, x: float, y: float, wide: float, high: float) -> None:
        """A photo, its left upper corner at (x, y)."""
        from core.documents.typeface import Jpeg

        place = (x * MILLIMETRE, self._y(y + high), wide * MILLIMETRE, high * MILLIMETRE)
        self._canvas.drawImage(Jpeg(io.BytesIO(photo.jpeg)), *place)

    def mask(self, x: float, y: float, side: float, count: int, bits: bytes) -> None:
        """A square of count x count black or clear pixels, `bits` by rows of whole bytes."""
        length = side * MILLIMETRE
        self._canvas.saveState()
        self._canvas.setFillColor(_ink("#000000"))
        self._canvas.translate(x * MILLIMETRE, self._y(y + side))
        self._canvas.scale(length, length)
        self._canvas._code.append(f"BI /W {count} /H {count} /BPC 1 /IM true /D [1 0] /F /AHx ID {bits.hex()}> EI")
        self._canvas.restoreState()

    @contextlib.contextmanager
    def stencil(self, name: str) -> Iterator[None]:
        """What is drawn within is kept under `name`, to be laid on any number of sheets by `lay`."""
        self._canvas.beginForm(name, 0, 0, self.width * MILLIMETRE, self.height * MILLIMETRE)
        yield
        self._canvas.endForm()

    def lay(self, name: str) -> None:
        """Lay a stencil on this sheet."""
        self._canvas.doForm(name)

    def next_sheet(self) -> None:
        """This sheet is done."""
        self._canvas.showPage()

    def _paint(self, fill: str | None, line: str | None, weight: float) -> None:
        if fill is not None:
            self._canvas.setFillColor(_ink(fill))
        if line is not None:
            self._canvas.setStrokeColor(_ink(line))
        self._canvas.setLineWidth(weight)

    def _y(self, y: float) -> float:
        return (self.height - y) * MILLIMETRE


@contextlib.contextmanager
def document(path: Path, title: str, sheet: tuple[float, float] = A4) -> Iterator[Pen]:
    """Draw a document: written beside `path` and renamed when whole, so that `path` is never half a file.

    An exception inside leaves nothing behind. `documents.not_written` if the disk says no.
    """
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0  # text armour only makes the file larger and slower
    size = (sheet[0] * MILLIMETRE, sheet[1] * MILLIMETRE)
    if not path.name or path.is_dir():
        raise EnvironmentFailure("documents.not_written", file=str(path), problem=os.strerror(errno.EISDIR))
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _disk(path), beside.open("wb"):
            pass  # a folder that takes no files is known before the work, not after it
        canvas = Canvas(str(beside), pagesize=size, pageCompression=1, lang="zh-CN")
        canvas.setTitle(title)
        canvas.setCreator("Zhikao")
        canvas.setProducer("Zhikao")
        yield Pen(canvas, sheet)
        with _disk(path):
            canvas.save()
            with beside.open("rb+") as stream:
                os.fsync(stream.fileno())
            beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


@contextlib.contextmanager
def _disk(path: Path) -> Iterator[None]:
    """What the disk complains of, in a sentence about the document."""
    try:
        yield
    except OSError as problem:
        said = problem.strerror or str(problem)
        raise EnvironmentFailure("documents.not_written", file=path.name, problem=said) from problem
