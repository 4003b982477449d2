"""The code on a certificate after what paper, copiers and phones do to it; the bench takes 198 pictures."""

from __future__ import annotations

from collections import Counter

import pytest

from core.documents import qr
from core.documents.certificate import certificate_pdf
from tests.documents.degrade import WAYS, by_zbar, by_zxing, pictures
from tests.documents.papers import PAGE, picture, template

DOTS = 300
SEEDS = 4
AROUND = 6
"""Millimetres of the sheet that are seen around the code."""


@pytest.mark.parametrize("read", [by_zxing, by_zbar])
def test_a_worn_certificate_is_still_read(read: object) -> None:
    assert callable(read)
    own = template()
    dots = DOTS / 25.4
    code = own.code
    corners = (code.x - AROUND, code.y - AROUND, code.x + code.side + AROUND, code.y + code.side + AROUND)
    sheet = picture(certificate_pdf(PAGE, own), DOTS).crop(tuple(round(side * dots) for side in corners))  # type: ignore[arg-type]
    module = code.side * dots / qr.encode(PAGE.code)[0]
    missed = Counter(name for name, worn in pictures(sheet, module, SEEDS) if PAGE.code not in read(worn))
    assert missed.total() <= 0.03 * SEEDS * len(WAYS), missed
