"""What the pages of a PDF and a picture hold of codes: the drawing and reading itself, in whichever process.

Every document is bounded before it is decoded: size in bytes, dots, pages. What one page may take of memory is not: see
`scan_apart`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from core.errors import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_PER_INCH: Final = 200
MOST_PAGES: Final = 2_000
LARGEST_PDF: Final = 200 * 1024 * 1024
_POINTS_PER_MM: Final = 72 / 25.4
Part = tuple[float, float, float, float]
"""A rectangle of a page: millimetres from its left and upper edge, width and height."""
_LONGEST_SIDE: Final = 4_000
"""Pixels. A4 at 200 dots is 2,339; a larger sheet is drawn smaller."""


def page_codes(
    data: bytes, progress: Callable[[int, int], None] = lambda page, pages: None, within: Part | None = None
) -> Iterator[list[str]]:
    """For each page of a PDF the texts of its square codes, read in this very process: what this program has written.

    `progress` hears the page and how many there are. `within` looks at a part of each page alone: where it is known
    where a code stands, that is ten times as fast.
    """
    import pypdfium2

    if len(data) > LARGEST_PDF:
        raise too_big()
    try:
        document = pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, ValueError):
        raise Refused("documents.bad_pdf") from None
    try:
        pages = len(document)
        if pages > MOST_PAGES:
            raise too_big()
        for number in range(pages):
            progress(number + 1, pages)
            yield codes_in(_render(document, number, within))
    finally:
        document.close()


def _render(document: Any, number: int, within: Part | None) -> Image:
    import pypdfium2

    try:
        page = document[number]
        longest = max(page.get_width(), page.get_height(), 1.0)
        scale = min(DOTS_PER_INCH / 72, _LONGEST_SIDE / longest)
        bitmap = page.render(scale=scale, grayscale=True, crop=_margins(page, within))
        picture: Image = bitmap.to_pil().copy()
        bitmap.close()
        page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        raise Refused("documents.bad_pdf") from None
    return picture


def _margins(page: Any, within: Part | None) -> tuple[float, float, float, float]:
    """What is left out of a page on the left, below, on the right and above, in points."""
    if within is None:
        return 0, 0, 0, 0
    left, top, width, height = (side * _POINTS_PER_MM for side in within)
    below, right = page.get_height() - top - height, page.get_width() - left - width
    return max(0.0, left), max(0.0, below), max(0.0, right), max(0.0, top)


def codes_in(picture: Image) -> list[str]:
    """The texts of all square codes in a picture, upper ones first."""
    import zxingcpp

    found = zxingcpp.read_barcodes(_grey(picture), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
    found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in found if code.valid]


def _grey(picture: Image) -> Image:
    """The picture in grey on white, so that a transparent ground does not turn black."""
    from PIL import Image

    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    return picture.convert("L")


def too_big() -> Refused:
    """That a document has more than is read of one."""
    return Refused("documents.big_pdf", pages=MOST_PAGES, limit=LARGEST_PDF // 1024 // 1024)
