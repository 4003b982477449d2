"""Photos of strangers are made safe before they are printed."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.documents.photo import open_picture, prepare
from core.errors import Refused


def encoded(picture: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


FITTING = encoded(Image.new("RGB", (350, 450), "navy"), "JPEG")


def test_a_plain_photo_that_fits_is_printed_as_it_is() -> None:
    assert prepare(FITTING).jpeg == FITTING


@pytest.mark.parametrize(
    ("picture", "form"),
    [
        (Image.new("RGB", (1200, 900), "navy"), "JPEG"),
        (Image.new("RGBA", (350, 450), (9, 9, 99, 128)), "PNG"),
        (Image.new("P", (350, 450)), "GIF"),
        (Image.new("1", (350, 450)), "BMP"),
        (Image.new("CMYK", (350, 450)), "JPEG"),
        (Image.new("L", (20, 3000)), "TIFF"),
        (Image.new("I;16", (350, 450)), "PNG"),
    ],
)
def test_any_other_picture_becomes_a_small_upright_photo(picture: Image.Image, form: str) -> None:
    made = opened(prepare(encoded(picture, form)).jpeg)
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (413, 531))


def test_where_and_with_what_a_photo_was_taken_does_not_reach_the_paper() -> None:
    exif = Image.Exif()
    exif[0x010F] = "TestCamera"
    exif[0x0112] = 6
    taken = encoded(Image.new("RGB", (350, 450), "navy"), "JPEG", exif=exif, comment=b"secret place")
    made = prepare(taken).jpeg
    assert b"TestCamera" not in made
    assert b"secret" not in made
    assert not opened(made).getexif()


def test_a_photo_that_a_phone_turned_comes_upright() -> None:
    picture = Image.new("RGB", (450, 350), "white")
    picture.paste("black", (0, 0, 225, 350))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = opened(prepare(encoded(picture, "JPEG", exif=exif)).jpeg).convert("L")
    assert made.getpixel((206, 20)) < 60
    assert made.getpixel((206, 510)) > 190


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that claims to be `side` pixels square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 12_000, 40_000, 2**31 - 1])
def test_a_picture_that_would_explode_is_refused_unopened(side: int) -> None:
    with pytest.raises(Refused, match=r"documents\.big_picture"):
        open_picture(bomb(side))


def test_a_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(Refused, match=r"documents\.big_picture"):
        open_picture(bytes(21 * 1024 * 1024))


@pytest.mark.parametrize(
    "data", [b"", b"no picture", FITTING[:200], b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match=r"documents\.bad_picture"):
        prepare(data)


@given(st.integers(0, len(FITTING) - 1), st.binary(min_size=1, max_size=20))
def test_a_damaged_picture_is_a_photo_or_a_refusal(place: int, junk: bytes) -> None:
    try:
        made = prepare(FITTING[:place] + junk + FITTING[place + len(junk) :])
    except Refused as refusal:
        assert refusal.code in {"documents.bad_picture", "documents.big_picture"}
    else:
        assert opened(made.jpeg).format == "JPEG"
