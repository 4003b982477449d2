"""What a certificate says, which part of it is printed, and how a printer is off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from core.documents.layout import Pen


@dataclass(frozen=True)
class CertificatePage:
    """What one certificate says, as it was signed. `identity` is masked or whole, as the caller decided.

    `photo` is a picture's bytes, `code` the text of its credential, `copy` counts the prints of this number that were
    meant to be kept: 2 is the first reissue. `scores` are components with their points written out. `occupation_en` is
    empty where the program has no English name for the occupation.
    """

    number: str
    name: str
    identity: str | None
    sex: str | None
    birth: date | None
    photo: bytes | None
    occupation: str
    level: str
    level_id: str
    standard_code: str
    standard_title: str
    standard_is_draft: bool
    demonstration: bool
    centre: str
    issued: date
    code: str
    copy: int = 1
    scores: tuple[tuple[str, str], ...] = ()
    occupation_en: str = ""


class Layer(StrEnum):
    """Which part of a sheet is printed: all, only what differs (套打), or only what is pre-printed."""

    WHOLE = "whole"
    OVERPRINT = "overprint"
    STOCK = "stock"


@dataclass(frozen=True)
class Fit:
    """How one printer is off: `dx_mm` to the right and `dy_mm` down in hundredths of a millimetre, `scale_x` and
    `scale_y` in parts of 10,000, from the left upper corner.
    """

    dx_mm: int = 0
    dy_mm: int = 0
    scale_x: int = 10_000
    scale_y: int = 10_000

    def apply(self, pen: Pen) -> None:
        """Move the sheet that begins."""
        if self != EXACT:
            pen.shift(self.dx_mm / 100, self.dy_mm / 100, self.scale_x / 10_000, self.scale_y / 10_000)


EXACT: Final = Fit()
