"""Templates of certificates as files: read, written, supplied with the program.

What stands in one is described in `template_shape`, what it must keep to in `template_rules`.
"""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from core.documents.template_rules import Finding, check, lint
from core.documents.template_shape import (
    LARGEST_SEAL,
    PLACEHOLDERS,
    Area,
    Frame,
    Issuer,
    Marks,
    Paper,
    Seal,
    Square,
    Template,
    Text,
)
from core.documents.template_writing import to_toml
from core.errors import Refused

__all__ = [
    "PLACEHOLDERS",
    "Area",
    "Finding",
    "Frame",
    "Issuer",
    "Marks",
    "Paper",
    "Seal",
    "Square",
    "Template",
    "Text",
    "default_template",
    "lint",
    "read_template",
    "with_seal",
    "write_template",
]

FOLDER: Final = Path(__file__).resolve().parents[2] / "resources" / "templates"
LARGEST_FILE: Final = 2 * 1024 * 1024
_SEAL_PIXELS: Final = 700
"""A seal of 40 mm at more than 400 dots an inch."""


def read_template(data: bytes) -> Template:
    """The template in a file, checked as `template_rules.check` says. `template.bad_file` names what is wrong."""
    if len(data) > LARGEST_FILE:
        raise Refused("template.big_file", limit=LARGEST_FILE // 1024 // 1024)
    try:
        template = msgspec.toml.decode(data, type=Template)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Refused("template.bad_file", problem=str(problem).splitlines()[0][:200]) from None
    check(template)
    return template


def write_template(template: Template) -> bytes:
    """The file of a template, which `read_template` reads back as it was. Refused like it."""
    check(template)
    return to_toml(template).encode()


@cache
def default_template(orientation: Literal["portrait", "landscape"] = "landscape") -> Template:
    """A template that came with the program."""
    return read_template((FOLDER / f"{orientation}.toml").read_bytes())


def with_seal(template: Template, picture: bytes | None) -> Template:
    """The template with this picture as its seal, made small; without one with None. Refused if it is no picture."""
    import io

    from PIL import Image

    from core.documents.photo import open_picture

    image = ""
    if picture is not None:
        opened = open_picture(picture).convert("RGBA")
        opened.thumbnail((_SEAL_PIXELS, _SEAL_PIXELS))
        side = max(opened.size)
        square = Image.new("RGBA", (side, side), (255, 255, 255, 0))
        square.paste(opened, ((side - opened.width) // 2, (side - opened.height) // 2))
        out = io.BytesIO()
        square.save(out, "PNG", optimize=True)
        if out.tell() > LARGEST_SEAL:
            raise Refused("template.big_seal", limit=LARGEST_SEAL // 1024)
        image = base64.b64encode(out.getvalue()).decode("ascii")
    return msgspec.structs.replace(template, seal=msgspec.structs.replace(template.seal, image=image))
