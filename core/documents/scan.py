"""Reading codes back from pictures and documents that strangers hand in.

Every file is bounded before it is decoded: size in bytes, pixels, pages. What cannot be read is refused with a
sentence, never with a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from core.documents.photo import open_picture
from core.errors import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

DOTS_PER_INCH: Final = 200
MOST_PAGES: Final = 2_000
LARGEST_PDF: Final = 200 * 1024 * 1024
_LONGEST_SIDE: Final = 4_000
"""Pixels. A4 at 200 dots is 2,339; a larger sheet is drawn smaller."""


def picture_codes(data: bytes) -> list[str]:
    """The texts of all square codes in a picture, upper ones first. Refused as `open_picture` refuses."""
    return _codes(open_picture(data))


def pdf_codes(data: bytes, progress: Callable[[int, int], None] = lambda page, pages: None) -> Iterator[list[str]]:
    """For each page of a PDF the texts of its square codes. `progress` hears the page and how many there are.

    `documents.bad_pdf` if it is none or locked, `documents.big_pdf` beyond `MOST_PAGES` or `LARGEST_PDF`.
    """
    import pypdfium2

    if len(data) > LARGEST_PDF:
        raise _big()
    try:
        document = pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, ValueError):
        raise Refused("documents.bad_pdf") from None
    try:
        pages = len(document)
        if pages > MOST_PAGES:
            raise _big()
        for number in range(pages):
            progress(number + 1, pages)
            yield _codes(_render(document, number))
    finally:
        document.close()


def _render(document: Any, number: int) -> Image:
    import pypdfium2

    try:
        page = document[number]
        longest = max(page.get_width(), page.get_height(), 1.0)
        scale = min(DOTS_PER_INCH / 72, _LONGEST_SIDE / longest)
        bitmap = page.render(scale=scale, grayscale=True)
        picture: Image = bitmap.to_pil().copy()
        bitmap.close()
        page.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        raise Refused("documents.bad_pdf") from None
    return picture


def _codes(picture: Image) -> list[str]:
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


def _big() -> Refused:
    return Refused("documents.big_pdf", pages=MOST_PAGES, limit=LARGEST_PDF // 1024 // 1024)
