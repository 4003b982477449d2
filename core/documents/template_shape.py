"""What a certificate looks like: a file that a centre or its association may change without a programmer.

A template is TOML. Its texts hold placeholders such as {name}: a text without any is the same on every sheet and so
belongs to pre-printed stock, one with a placeholder is what an overprint (套打) adds. Places are millimetres from the
left upper corner, a text's y is its baseline, sizes of letters are points.
"""

from __future__ import annotations

import base64
import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

LARGEST_SEAL: Final = 512 * 1024
"""Bytes of a seal's picture: 40 mm at 600 dots an inch are about 300 KB."""
MOST_TEXTS: Final = 80
PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
PLACEHOLDERS: Final = frozenset(
    {
        *("number", "name", "identity", "sex", "birth", "birth_en", "occupation", "occupation_en"),
        *("level", "level_en", "standard_code", "standard_title", "centre", "issued", "issued_en", "scores"),
    }
)
"""What differs from sheet to sheet, as a text may name it."""
CONSTANTS: Final = frozenset({"issuer", "issuer_en"})
"""What the template itself says and its texts may name: the same on every sheet."""

Millimetres = Annotated[float, Meta(ge=0, le=1000)]
Length = Annotated[float, Meta(gt=0, le=1000)]
Points = Annotated[float, Meta(ge=4, le=120)]
Colour = Annotated[str, Meta(pattern=r"^#[0-9A-Fa-f]{6}$")]
Words = Annotated[str, Meta(max_length=400)]


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of a template share: a word in the file that nothing reads is a mistake, and said."""


class Paper(Shape, frozen=True, kw_only=True):
    """The sheet: A4 upright is 210 by 297."""

    width: Annotated[float, Meta(ge=100, le=600)] = 210.0
    height: Annotated[float, Meta(ge=100, le=600)] = 297.0


class Issuer(Shape, frozen=True, kw_only=True):
    """Who issues, as the texts name it by {issuer} and {issuer_en}."""

    name: Annotated[str, Meta(max_length=60)] = ""
    name_en: Annotated[str, Meta(max_length=120)] = ""


class Frame(Shape, frozen=True, kw_only=True):
    """The guilloche. `margin` is the paper left around it, `band` its width."""

    visible: bool = True
    margin: Annotated[float, Meta(ge=3, le=40)] = 9.0
    band: Annotated[float, Meta(ge=5, le=25)] = 10.0
    colour: Colour = "#9C3B2E"
    second: Colour = "#C99A3C"
    ground: Colour = "#F0E2C8"


class Area(Shape, frozen=True, kw_only=True):
    """Where the photo goes."""

    x: Millimetres
    y: Millimetres
    width: Length
    height: Length
    visible: bool = True


class Square(Shape, frozen=True, kw_only=True):
    """Where the code goes. It is never left out: without it nobody can check the certificate."""

    x: Millimetres
    y: Millimetres
    side: Length


class Seal(Shape, frozen=True, kw_only=True):
    """Where the seal goes, around (x, y). `image` is a PNG in base64; without one a dashed ring marks the place."""

    x: Millimetres
    y: Millimetres
    size: Annotated[float, Meta(ge=20, le=60)] = 40.0
    image: Annotated[str, Meta(max_length=LARGEST_SEAL * 3 // 2)] = ""
    ring: bool = True

    def picture(self) -> bytes | None:
        """The seal's picture; None without one."""
        return base64.b64decode(self.image, validate=False) if self.image else None


class Marks(Shape, frozen=True, kw_only=True):
    """Where the program says what no template may hide: a reissue, a draft standard, a demonstration. Around x."""

    x: Millimetres
    y: Millimetres


class Text(Shape, frozen=True, kw_only=True):
    """One text. Until it fits it becomes smaller, down to `smallest`, and from `breaks` points down (any size, if 0)
    stands on up to `lines` lines; what fits in no way is refused.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")]
    text: Words
    x: Millimetres
    y: Millimetres
    width: Length
    size: Points = 11.0
    smallest: Points = 7.0
    lines: Annotated[int, Meta(ge=1, le=12)] = 1
    breaks: Annotated[float, Meta(ge=0, le=120)] = 0.0
    align: Literal["left", "centre", "right"] = "left"
    bold: bool = False
    colour: Colour = "#2B2622"
    spacing: Annotated[float, Meta(ge=0, le=40)] = 0.0
    visible: bool = True

    @property
    def differs(self) -> bool:
        """Whether it says something else on each sheet."""
        return any(name in PLACEHOLDERS for name in PLACEHOLDER.findall(self.text))


class Template(Shape, frozen=True, kw_only=True):
    """A whole template. `identity`: whether the person's number is printed masked or in full."""

    schema: Literal[1] = 1
    title: Annotated[str, Meta(min_length=1, max_length=60)]
    paper: Paper = Paper()
    issuer: Issuer = Issuer()
    identity: Literal["masked", "full"] = "masked"
    frame: Frame = Frame()
    photo: Area
    code: Square
    seal: Seal
    marks: Marks
    texts: Annotated[tuple[Text, ...], Meta(max_length=MOST_TEXTS)]
