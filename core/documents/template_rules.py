"""What a template must keep to: a code that phones can read, places on the paper, words that nobody may use.

`check` refuses what could not be printed or checked. `lint` finds what an association must not say; its findings
that block stop a print, the others ask a person to look.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from core.documents import code
from core.documents.layout import LEADING, MILLIMETRE
from core.documents.template_shape import CONSTANTS, LARGEST_SEAL, PLACEHOLDER, PLACEHOLDERS, Seal, Template, Text
from core.documents.wording import reserved
from core.errors import Refused
from core.words import say

EDGE: Final = 8.0
"""Millimetres between a code and the paper's edge: nearer, fingers, trimming and plastic covers hide it."""
_MODULES: Final = 45
"""Of the smallest code that holds a credential (version 7): its quiet zone is the widest."""
_WIDE_SPACE: Final = "\u3000"
"""Indents a Chinese paragraph."""
_NEEDED: Final = ("number", "name", "level", "issued")
"""What a certificate that can be checked must say: the same as its code."""


@dataclass(frozen=True)
class Box:
    """A rectangle in millimetres from the left upper corner."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles have more than an edge in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Whether this one lies wholly within the other."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Finding:
    """Something about a template that a person should know. `field` is the id of a text, `issuer` or `seal`."""

    code: str
    sentence: str
    field: str
    blocks: bool


def check(template: Template) -> None:
    """Refuse a template that could not be printed or whose certificates could not be checked (`template.…`)."""
    paper = Box(0, 0, template.paper.width, template.paper.height)
    ids = [text.id for text in template.texts]
    twice = next((each for each in ids if ids.count(each) > 1), None)
    if twice is not None:
        raise Refused("template.twice", field=twice)
    for text in template.texts:
        unknown = next((name for name in PLACEHOLDER.findall(text.text) if name not in PLACEHOLDERS | CONSTANTS), None)
        if unknown is not None or set("{}") & set(PLACEHOLDER.sub("", text.text)):
            raise Refused("template.placeholder", field=text.id, placeholder=unknown or text.text)
        if not text.text.replace(_WIDE_SPACE, " ").isprintable():
            raise Refused("template.control", field=text.id)
    said = {name for text in template.texts if text.visible for name in PLACEHOLDER.findall(text.text)}
    lacking = next((name for name in _NEEDED if name not in said), None)
    if lacking is not None:
        raise Refused("template.lacking", placeholder=f"{{{lacking}}}")
    if template.seal.image and _is_broken(template.seal):
        raise Refused("template.bad_seal")
    for field, box in boxes(template):
        if not box.inside(paper):
            raise Refused("template.off_paper", field=field)
    _check_code(template)


def _check_code(template: Template) -> None:
    square = template.code
    if square.side < code.SMALLEST:
        raise Refused("template.small_code", limit=f"{code.SMALLEST:g}")
    frame = template.frame
    edge = max(EDGE, frame.margin + frame.band + 2 if frame.visible else 0)
    quiet = quiet_box(template)
    if not quiet.inside(Box(edge, edge, template.paper.width - edge, template.paper.height - edge)):
        raise Refused("template.code_at_edge", limit=f"{edge:g}")
    near = next((field for field, box in boxes(template) if field != "code" and box.meets(quiet)), None)
    if near is not None:
        raise Refused("template.near_code", field=near)


def quiet_box(template: Template) -> Box:
    """The code with the white that readers need around it."""
    square, quiet = template.code, code.QUIET * template.code.side / _MODULES
    return Box(square.x - quiet, square.y - quiet, square.x + square.side + quiet, square.y + square.side + quiet)


def boxes(template: Template) -> Iterator[tuple[str, Box]]:
    """Everything visible with the place it may fill."""
    for text in template.texts:
        if text.visible and text.text:
            yield text.id, text_box(text)
    photo, square, seal = template.photo, template.code, template.seal
    if photo.visible:
        yield "photo", Box(photo.x, photo.y, photo.x + photo.width, photo.y + photo.height)
    yield "code", Box(square.x, square.y, square.x + square.side, square.y + square.side)
    half = seal.size / 2
    if seal.image or seal.ring:
        yield "seal", Box(seal.x - half, seal.y - half, seal.x + half, seal.y + half)
    marks = template.marks
    right = max(min(marks.x + MARKS_WIDE / 2, template.paper.width), marks.x)
    yield "marks", Box(max(marks.x - MARKS_WIDE / 2, 0), marks.y - 4, right, marks.y + 2)


MARKS_WIDE: Final = 140.0
"""Millimetres for the marks of a reissued demonstration by a draft standard, at their smallest."""


def text_box(text: Text) -> Box:
    """Where a text may stand: from the top of its first line to the bottom of its last."""
    left = text.x - {"left": 0.0, "centre": text.width / 2, "right": text.width}[text.align]
    high = text.size / MILLIMETRE
    bottom = text.y + (text.lines - 1) * high * LEADING + 0.25 * high
    return Box(left, text.y - 0.85 * high, left + text.width, bottom)


def lint(template: Template, names: Iterable[str] = ()) -> list[Finding]:
    """What an association must not say on a certificate, in the template's texts, the issuer's names and `names` (of
    standard, occupation, centre); and a seal's picture, which only a person can judge.
    """
    found = [
        _words(words, text.id) for text in template.texts if text.visible and (words := reserved(text.text)) is not None
    ]
    for name in (template.issuer.name, template.issuer.name_en):
        if (words := reserved(name)) is not None:
            found.append(_words(words, "issuer"))
    for name in names:
        if (words := reserved(name)) is not None:
            found.append(_words(words, "names"))
    if not template.issuer.name.strip():
        found.append(Finding("template.no_issuer", say("template.no_issuer"), "issuer", False))
    if template.seal.image:
        found.append(Finding("template.look_at_seal", say("template.look_at_seal"), "seal", False))
    return found


def _words(words: str, field: str) -> Finding:
    said = say("template.forbidden_words", words=words, part=called(field))
    return Finding("template.forbidden_words", said, field, True)


def _is_broken(seal: Seal) -> bool:
    """Whether the seal's picture can't be drawn."""
    from core.documents.photo import open_picture

    try:
        data = base64.b64decode(seal.image, validate=True)
        open_picture(data)
    except (binascii.Error, ValueError, Refused):
        return True
    return len(data) > LARGEST_SEAL


def called(field: str) -> str:
    """What people call the part that a finding is about; a text is called by its id, as the editor lists it."""
    return say("template_editor.issuer") if field == "issuer" else field
