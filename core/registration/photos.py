"""Candidates' photos as files: any picture in, one small upright JPEG out."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from core.errors import EnvironmentFailure, Refused

LARGEST_FILE = 20 << 20
LARGEST_PIXELS = 60_000_000
WIDTH, HEIGHT = 413, 579
"""35 × 49 mm at 300 dpi: what a certificate prints; more would only be carried about."""
QUALITY = 88


def read_photo(path: Path) -> bytes:
    """The picture in a file as a small JPEG. Not there: exit 3; no picture, or a hostile one: refused."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused("photo.too_large", file=path.name)
        return make_photo(path.read_bytes(), path.name)
    except OSError as problem:
        raise EnvironmentFailure("photo.unreadable", file=path.name, problem=problem.strerror or "") from problem


def make_photo(data: bytes, name: str = "") -> bytes:
    """The picture in `data` as a small upright JPEG without what cameras write into files (place, owner)."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as picture:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if picture.width * picture.height > LARGEST_PIXELS:
                raise Refused("photo.too_large", file=name)
            picture.draft("RGB", (WIDTH * 2, HEIGHT * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((WIDTH, HEIGHT))
            stream = io.BytesIO()
            upright.save(stream, "JPEG", quality=QUALITY, optimize=True)
            return stream.getvalue()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
    ):
        raise Refused("photo.not_a_picture", file=name) from None
