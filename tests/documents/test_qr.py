"""The QR encoder for batches, held against the library that everybody knows."""

from __future__ import annotations

import random

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode import util

from core.documents import qr
from tests.documents.papers import code


def by_library(*pieces: tuple[str, bool]) -> tuple[int, list[bytes]]:
    """What `qrcode` makes of these pieces with the same mask; digits are True."""
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=qr.MASK, border=0)
    for text, digits in pieces:
        mode = util.MODE_NUMBER if digits else util.MODE_8BIT_BYTE
        drawn.add_data(util.QRData(text.encode(), mode=mode), optimize=0)
    drawn.make(fit=True)
    side = drawn.modules_count
    size = -(-side // 8)
    rows = ["".join("01"[bool(module)] for module in row).ljust(size * 8, "0") for row in drawn.modules]
    return side, [int(row, 2).to_bytes(size, "big") for row in rows]


def picture(text: str) -> Image.Image:
    side, rows = qr.encode(text)
    image = Image.frombytes("1", (side, side), b"".join(rows), "raw", "1;I")
    page = Image.new("L", (side + 8, side + 8), 255)
    page.paste(image, (4, 4))
    return page.resize((page.width * 6, page.height * 6), Image.Resampling.NEAREST)


def read(text: str) -> str:
    (found,) = zxingcpp.read_barcodes(picture(text))
    return str(found.text)


@pytest.mark.parametrize("digits", [14, 15, 16, 40, 119, 289, 290, 700, 2_000])
def test_every_module_is_as_the_library_draws_it(digits: int) -> None:
    number = "".join(random.Random(digits).choices("0123456789", k=digits))
    assert qr.encode(f"https://zhikao.example/v#{number}") == by_library(
        ("https://zhikao.example/v#", False), (number, True)
    )
    assert qr.encode(number) == by_library((number, True))


@pytest.mark.parametrize("text", ["a", "ZK1 card 1099511627826 live 1099511627790 1", "测试 䶮𬱖", "0", "7" * 13 + "x"])
def test_short_texts_of_any_kind_are_as_the_library_draws_them(text: str) -> None:
    assert qr.encode(text) == by_library((text, text.isdigit()))


@pytest.mark.parametrize("version", [*range(1, 12), 26, 27, 40])
def test_a_version_is_filled_to_its_last_byte(version: int) -> None:
    bits = util.BIT_LIMIT_TABLE[qrcode.constants.ERROR_CORRECT_M][version]
    text = "x" * ((bits - 4 - (8 if version < 10 else 16)) // 8)
    assert qr.encode(text) == by_library((text, False))
    assert [qr.encode(text)[0], qr.encode(text[:-1])[0]] == [17 + 4 * version] * 2
    if version < 40:
        assert qr.encode(text + "x")[0] == 21 + 4 * version


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120))
def test_whatever_is_written_is_read_back(text: str) -> None:
    assert read(text) == text


def test_a_certificates_credential_needs_no_more_than_version_9() -> None:
    for serial in (1, 99_999):
        side, rows = qr.encode(code(serial, "测试一"))
        assert len(rows) == side <= 53
        assert read(code(serial, "测试一")) == code(serial, "测试一")


def test_what_no_version_holds_is_an_error() -> None:
    with pytest.raises(ValueError, match="2332"):
        qr.encode("x" * 2_332)
