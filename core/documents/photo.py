"""A candidate's photo, made safe and small before it goes on paper.

Whatever somebody handed in is decoded within limits. Only a plain JPEG that already fits is embedded as it
is; any other picture is turned upright, cut to the shape, scaled to 300 dots an inch and encoded again, so
that nothing of the file but what one sees (place, camera, thumbnails) reaches a document.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 35.0, 45.0
"""Millimetres, the usual two-inch photo of Chinese forms."""
_PIXELS: Final = (413, 531)
"""The same at 300 dots an inch."""
_LARGEST_FILE: Final = 20 * 1024 * 1024
_LARGEST_PIXELS: Final = 50_000_000
"""More than any phone's camera gives, and 150 MB decoded."""
_PLAIN_FILE: Final = 64 * 1024
_SHAPE_TOLERANCE: Final = 0.03
_BARE_HEAD: Final = 14
"""Bytes of a JPEG's own head without a thumbnail. Every other segment is something that one does not see."""
_COLOURS: Final = (1, 3)
"""Components of a JPEG in grey and in colour."""
_FORMATS: Final = ("JPEG", "PNG", "BMP", "WEBP", "GIF", "TIFF")


@dataclass(frozen=True)
class Photo:
    """A JPEG of the right shape, ready to embed."""

    jpeg: bytes


def prepare(data: bytes) -> Photo:
    """The photo in `data`, fit to print.

    `documents.bad_picture` if it is none, `documents.big_picture` if too big.
    """
    from PIL import ImageOps

    picture = open_picture(data)
    if _fits(picture, data):
        return Photo(data)
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    scaled = ImageOps.fit(upright, _PIXELS)
    out = io.BytesIO()
    scaled.info.clear()  # Pillow would write a file's own comment and profile again
    scaled.save(out, "JPEG", quality=88, optimize=True)
    return Photo(out.getvalue())


def embed(data: bytes) -> Photo:
    """The photo in `data`, fit to print: one that `prepare` made is known by its head and not decoded again.

    Refused like `prepare`.
    """
    from core.documents.jpeg import head

    about = head(data)
    if about is None or not about.plain or about.colours not in _COLOURS or len(data) > _PLAIN_FILE:
        return prepare(data)
    return Photo(data) if _has_shape(about.width, about.height) else prepare(data)


def open_picture(data: bytes) -> Image:
    """Decode a picture of a stranger, wholly and within limits. Refused like `prepare`."""
    import warnings

    from PIL import Image

    if len(data) > _LARGEST_FILE:
        raise Refused("documents.big_picture", limit=_LARGEST_FILE // 1024 // 1024)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            if picture.width * picture.height > _LARGEST_PIXELS:
                raise Refused("documents.big_picture", limit=_LARGEST_FILE // 1024 // 1024)
            picture.load()
    except (Image.DecompressionBombError, MemoryError):
        raise Refused("documents.big_picture", limit=_LARGEST_FILE // 1024 // 1024) from None
    except (OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, ArithmeticError, EOFError):
        raise Refused("documents.bad_picture") from None
    return picture


def _fits(picture: Image, data: bytes) -> bool:
    return (
        picture.format == "JPEG"
        and picture.mode in {"RGB", "L"}
        and len(data) <= _PLAIN_FILE
        and _has_shape(picture.width, picture.height)
        and all(kind == "APP0" and len(content) <= _BARE_HEAD for kind, content in getattr(picture, "applist", ()))
    )


def _has_shape(width: int, height: int) -> bool:
    wanted = WIDTH / HEIGHT
    return abs(width / height - wanted) <= _SHAPE_TOLERANCE * wanted
