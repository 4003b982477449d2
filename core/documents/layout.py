"""The pen that draws documents, and the file it draws into.

All places are millimetres from the left upper corner of the sheet, sizes of letters are points, and a
text's y is its baseline. The pen splits text by font, so that nobody who uses it has to think of rare
characters.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from core.documents import fonts
from core.documents.embedding import Lettering
from core.documents.pdf import Element, PdfFile, Sink
from core.documents.shapes import rounded
from core.documents.wrapping import lines
from core.errors import EnvironmentFailure, Refused
from core.paths import plain_file
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
def _ink(colour: str) -> str:
    """A colour such as #1C2A33 as PDF wants it."""
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))


_PARAGRAPH, _FIGURE, _ORNAMENT = "P", "Figure", "Artifact"
"""What a piece of a sheet is to whoever hears it read; ornaments are passed over."""


class Pen:
    """Draws on the sheets of one document."""

    def __init__(self, file: PdfFile, sheet: tuple[float, float]) -> None:
        self._file = file
        self._lettering = Lettering()
        self.width, self.height = sheet
        self.sheets = 0
        self._stencil = False
        self._begin()

    def _begin(self) -> None:
        """An empty sheet."""
        self._drawn: list[str] = []
        self._elements: list[Element] = []
        self._marks = 0
        self._kind = self._cell = ""
        self._filled = ""
        self._images: list[int] = []

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
        self._mark(_PARAGRAPH)
        self._fill(colour)
        spaced = f"{spacing:.2f} Tc " if spacing else ""
        self._drawn.append(f"BT {spaced}{at:.2f} {self._y(y):.2f} Td")
        for run in fonts.runs(text, face):
            for font, codes in self._lettering.codes(run):
                self._drawn.append(f"/{font} {size:.4g} Tf<{codes}>Tj")
        self._drawn.append("0 Tc ET" if spacing else "ET")
        return wide

    def measure(self, text: str, size: float, face: str = fonts.TEXT, spacing: float = 0.0) -> float:
        """The width of one line, in millimetres."""
        return (fonts.width(text, size, face) + spacing * max(len(text) - 1, 0)) / MILLIMETRE

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
        level = f"{self._y(y):.2f}"
        self._draw(f"{x * MILLIMETRE:.2f} {level} m {to * MILLIMETRE:.2f} {level} l", None, colour, weight)

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
        place = (x * MILLIMETRE, self._y(y + high), wide * MILLIMETRE, high * MILLIMETRE)
        path = rounded(*place, radius * MILLIMETRE) if radius else "{:.2f} {:.2f} {:.2f} {:.2f} re".format(*place)
        self._draw(path, fill, line, weight)

    def ring(
        self, x: float, y: float, radius: float, *, colour: str = LINE, weight: float = 0.6, dashed: bool = True
    ) -> None:
        """A circle around (x, y), dashed where a seal goes."""
        side = 2 * radius * MILLIMETRE
        corner = (x - radius) * MILLIMETRE, self._y(y + radius)
        path = rounded(*corner, side, side, side / 2)
        self._draw(f"[2.2 2.2] 0 d {path}" if dashed else path, None, colour, weight)
        if dashed:
            self._drawn.append("[] 0 d")

    def path(self, path: str, *, fill: str | None = None, line: str | None = None, weight: float = 0.5) -> None:
        """A path in the file's own operators and points, from the lower left corner of the sheet."""
        self._draw(path, fill, line, weight)

    def photo(self, photo: Photo, x: float, y: float, wide: float, high: float) -> None:
        """A photo, its left upper corner at (x, y)."""
        from core.documents.jpeg import head

        about = head(photo.jpeg)
        if about is None or about.colours not in _COLOURS:
            raise Refused("documents.bad_picture")
        entries = (
            f"/Type/XObject/Subtype/Image/Width {about.width}/Height {about.height}/BitsPerComponent 8"
            f"/ColorSpace/{_COLOURS[about.colours]}/Filter/DCTDecode"
        )
        self._images.append(self._file.stream(entries, photo.jpeg, packed=True))
        self._figure("documents.alt_photo")
        self._image(f"I{len(self._images) - 1}", x, y, wide, high)

    def keep_picture(self, name: str, png: bytes) -> None:
        """Take a picture, its transparency too, into the file, to be drawn by `picture`."""
        self._file.picture(name, png)

    def picture(self, name: str, x: float, y: float, wide: float, high: float) -> None:
        """Draw a picture that was kept, its left upper corner at (x, y), like ink: its white covers nothing."""
        self._figure("documents.alt_picture")
        self._drawn.append("q /Ink gs")
        self._image(name, x, y, wide, high)
        self._drawn.append("Q")

    @contextlib.contextmanager
    def cell(self, row: int, *, head: bool = False) -> Iterator[None]:
        """What is written within is a cell of a table's row, or the head of a column; it may stay empty."""
        self._cell = "TH" if head else "TD"
        self._elements.append(Element(self._cell, row=row))
        self._end_piece()
        yield
        self._end_piece()
        self._cell = ""

    def mask(self, x: float, y: float, side: float, count: int, bits: bytes) -> None:
        """A square of count x count black or clear pixels, `bits` by rows of whole bytes."""
        length = side * MILLIMETRE
        self._figure("documents.alt_code")
        self._drawn.append(
            f"q 0 g {length:.3f} 0 0 {length:.3f} {x * MILLIMETRE:.2f} {self._y(y + side):.2f} cm "
            f"BI /W {count} /H {count} /BPC 1 /IM true /D [1 0] /F /AHx ID {bits.hex()}> EI Q"
        )

    @contextlib.contextmanager
    def stencil(self, name: str) -> Iterator[None]:
        """What is drawn within is kept under `name`, to be laid on any number of sheets by `lay`."""
        self._begin()
        self._stencil = True
        yield
        self._stencil = False
        self._file.form(
            name, (self.width * MILLIMETRE, self.height * MILLIMETRE), "\n".join(self._drawn).encode("ascii")
        )
        self._begin()

    def lay(self, name: str, *, ornament: bool = False) -> None:
        """Lay a stencil on this sheet. An ornament holds nothing to be read."""
        self._mark(_ORNAMENT if ornament else _PARAGRAPH)
        self._drawn.append(f"/{name} Do")

    def shift(self, dx: float, dy: float, wide: float = 1.0, high: float = 1.0) -> None:
        """Move what follows by (dx, dy) millimetres and stretch it from the left upper corner. Called first."""
        down = self._y(0) * (1 - high) - dy * MILLIMETRE
        self._drawn.append(f"{wide:.5f} 0 0 {high:.5f} {dx * MILLIMETRE:.3f} {down:.3f} cm")

    @contextlib.contextmanager
    def turned(self, x: float, y: float, degrees: float) -> Iterator[None]:
        """What is drawn within stands around (x, y), which is its (0, 0), turned to the left; it is an ornament."""
        across, up = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        origin = x * MILLIMETRE - self._y(0) * -up, self._y(y) - self._y(0) * across
        self._mark(_ORNAMENT)
        was, self._stencil = self._stencil, True
        self._drawn.append(f"q {across:.4f} {up:.4f} {-up:.4f} {across:.4f} {origin[0]:.2f} {origin[1]:.2f} cm")
        yield
        self._drawn.append("Q")
        self._filled, self._stencil = "", was

    def next_sheet(self) -> None:
        """This sheet is done."""
        self._end_piece()
        size = (self.width * MILLIMETRE, self.height * MILLIMETRE)
        self._file.page(size, "\n".join(self._drawn).encode("ascii"), self._elements, self._images)
        self.sheets += 1
        self._begin()

    def done(self) -> None:
        """All is drawn: complete the file."""
        if self._drawn or not self.sheets:
            self.next_sheet()
        self._lettering.write(self._file)
        self._file.close()

    def _mark(self, kind: str, alternative: str = "") -> None:
        """What is drawn next is `kind`. Pieces of text go together until a figure stands between them."""
        if kind == _PARAGRAPH and self._cell:
            kind = self._cell
        if self._stencil or (kind == self._kind and kind != _FIGURE):
            return
        self._end_piece()
        self._kind = kind
        if kind == _ORNAMENT:
            self._drawn.append("/Artifact BMC")
            return
        if kind == _FIGURE or not self._elements or self._elements[-1].kind != kind:
            self._elements.append(Element(kind, alternative))
        self._elements[-1].marks.append(self._marks)
        self._drawn.append(f"/{kind}<</MCID {self._marks}>>BDC")
        self._marks += 1

    def _end_piece(self) -> None:
        """The piece that was begun ends here."""
        if self._kind:
            self._drawn.append("EMC")
        self._kind = ""

    def _figure(self, words: str) -> None:
        """What is drawn next is a picture, with words that stand for it."""
        self._mark(_FIGURE, " ".join(both(words)))

    def _image(self, name: str, x: float, y: float, wide: float, high: float) -> None:
        size = f"{wide * MILLIMETRE:.2f} 0 0 {high * MILLIMETRE:.2f}"
        self._drawn.append(f"q {size} {x * MILLIMETRE:.2f} {self._y(y + high):.2f} cm /{name} Do Q")

    def _draw(self, path: str, fill: str | None, line: str | None, weight: float) -> None:
        self._mark(_ORNAMENT)
        if fill is not None:
            self._fill(fill)
        if line is not None:
            self._drawn.append(f"{_ink(line)} RG {weight:.3g} w")
        self._drawn.append(f"{path} {'B' if fill and line else 'f' if fill else 'S'}")

    def _fill(self, colour: str) -> None:
        if colour != self._filled:
            self._filled = colour
            self._drawn.append(f"{_ink(colour)} rg")

    def _y(self, y: float) -> float:
        return (self.height - y) * MILLIMETRE


_COLOURS: Final = {1: "DeviceGray", 3: "DeviceRGB"}


def sheets(sink: Sink, title: str, sheet: tuple[float, float] = A4) -> Pen:
    """A pen that draws a document into `sink`; `done` completes it."""
    return Pen(PdfFile(sink, title), sheet)


@contextlib.contextmanager
def document(path: Path, title: str, sheet: tuple[float, float] = A4) -> Iterator[Pen]:
    """Draw a document: written beside `path` and renamed when whole, so that `path` is never half a file.

    An exception inside leaves nothing behind. `documents.not_written` if the disk says no.
    """
    if not path.name or path.is_dir():
        raise EnvironmentFailure("documents.not_written", file=str(path), problem=os.strerror(errno.EISDIR))
    place = plain_file(path)
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with guarded(path):
            stream = beside.open("wb")
        with stream:
            sink = _Guarded(path, stream)
            pen = sheets(sink, title, sheet)
            yield pen
            pen.done()
            with guarded(path):
                stream.flush()
                os.fsync(stream.fileno())
        with guarded(path):
            beside.replace(place)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


@contextlib.contextmanager
def guarded(path: Path) -> Iterator[None]:
    """What the disk complains of, in a sentence about the document (`documents.not_written`)."""
    try:
        yield
    except OSError as problem:
        said = problem.strerror or str(problem)
        raise EnvironmentFailure("documents.not_written", file=path.name, problem=said) from problem


class _Guarded:
    """A file whose complaints are sentences about the document."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path = path
        self._stream = stream

    def write(self, data: bytes) -> None:
        with guarded(self._path):
            self._stream.write(data)
