"""Reading codes back from pictures and documents that strangers hand in.

Every file is bounded before it is decoded: size in bytes, pixels, pages, and for a document memory and time. What
cannot be read is refused with a sentence, never with a crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.documents.photo import open_picture
from core.documents.scan_apart import pdf_codes_apart
from core.documents.scan_pages import LARGEST_PDF, codes_in, too_big


def picture_codes(data: bytes) -> list[str]:
    """The texts of all square codes in a picture, upper ones first. Refused as `open_picture` refuses."""
    return codes_in(open_picture(data))


def pdf_codes(data: bytes, progress: Callable[[int, int], None] = lambda page, pages: None) -> Iterator[list[str]]:
    """For each page of a PDF the texts of its square codes. `progress` hears the page and how many there are.

    `documents.bad_pdf` if it is none or locked, `documents.big_pdf` beyond `MOST_PAGES` or `LARGEST_PDF`,
    `documents.heavy_pdf` where a page or the whole takes too much memory or time.
    """
    if len(data) > LARGEST_PDF:
        raise too_big()
    return pdf_codes_apart(data, progress)
