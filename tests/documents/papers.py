"""Certificates for tests: an invented candidate, templates with an issuer, and what a file looks like to others."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
import pypdfium2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from core.certificates.credential import Credential, sign, to_text
from core.documents.certificate import CertificatePage
from core.documents.template import Issuer, Template, default_template

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ISSUER = Issuer(name="示例农村电商协会", name_en="Example Rural E-commerce Association")


def code(serial: int, name: str = "测试一") -> str:
    """The text of a signed credential."""
    number = f"2601132011502{serial:05d}7"
    credential = Credential(number, name, b"\x01" * 6, "t-caftv-rural-2026", "junior", date(2026, 11, 22), serial)
    return to_text(sign(credential, KEY), "zhikao.example")


def photo() -> bytes:
    """A plain JPEG of the right shape."""
    out = io.BytesIO()
    Image.new("RGB", (413, 531), "#9bb7d4").save(out, "JPEG")
    return out.getvalue()


PAGE = CertificatePage(
    number="2601132011502000017",
    name="测试一",
    identity="110101********0015",
    sex="女",
    birth=date(2000, 2, 29),
    photo=photo(),
    occupation="乡村直播电商运营师",
    occupation_en="Rural live-streaming e-commerce operator",
    level="初级",
    level_id="junior",
    standard_code="T/CAFTV XXXX—2026",
    standard_title="乡村直播电商运营师职业能力水平评价规范",
    standard_is_draft=False,
    demonstration=False,
    centre="测试区乡村直播电商评价考点",
    issued=date(2026, 11, 22),
    code=code(1),
)


def template(orientation: Literal["portrait", "landscape"] = "landscape") -> Template:
    """A template that came with the program, with its issuer named."""
    return msgspec.structs.replace(default_template(orientation), issuer=ISSUER)


def texts(file: Path | bytes) -> list[str]:
    """The text of each sheet."""
    pdf = pypdfium2.PdfDocument(file)
    try:
        return [str(page.get_textpage().get_text_bounded()).replace("\r\n", "\n") for page in pdf]
    finally:
        pdf.close()


def picture(file: Path | bytes, dots: int = 150, page: int = 0) -> Image.Image:
    """A sheet as it is seen."""
    pdf = pypdfium2.PdfDocument(file)
    try:
        return pdf[page].render(scale=dots / 72).to_pil().convert("RGB")
    finally:
        pdf.close()
