"""How a certificate is drawn by its template: what is the same once, what differs sheet by sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from core.documents import code, fonts, photo
from core.documents.certificate_page import CertificatePage, Layer
from core.documents.guilloche import Colours, Guilloche, Stroke
from core.documents.layout import GROUND, LEADING, LINE, MILLIMETRE, MUTED, Pen, both
from core.documents.template_rules import MARKS_WIDE, called, lint, quiet_box
from core.documents.template_shape import PLACEHOLDER, Template, Text
from core.documents.wording import reserved
from core.documents.wrapping import lines
from core.errors import Refused
from core.words import sentences

_LINES, _WORDS, _SEAL = "lines", "words", "seal"
_STEP: Final = 0.5
"""Points by which a text becomes smaller until it fits."""
_NOTHING: Final = "—"
_MARK, _MARK_GROUND, _WATER = "#A15C0A", "#FCEFD9", "#F4D6D0"
_MARK_SIZES: Final = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
_WATER_SIZE: Final = 100.0
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Drawing:
    """Draws the sheets of one document."""

    def __init__(self, pen: Pen, template: Template, layer: Layer) -> None:
        self._pen = pen
        self._template = template
        self._stock, self._own = layer is not Layer.OVERPRINT, layer is not Layer.STOCK
        for finding in lint(template):
            if finding.blocks:
                words = reserved(_said_at(template, finding.field))
                raise Refused(finding.code, words=words, part=called(finding.field), field=finding.field)
        constants = {"issuer": template.issuer.name, "issuer_en": template.issuer.name_en}
        shown = [text for text in template.texts if text.visible]
        self._differing = [(text, _filled(text.text, constants)) for text in shown if text.differs]
        if self._stock:
            self._draw_stock([(text, _filled(text.text, constants)) for text in shown if not text.differs])

    def _draw_stock(self, texts: list[tuple[Text, str]]) -> None:
        pen, template = self._pen, self._template
        quiet, seal = quiet_box(template), template.seal
        with pen.stencil(_LINES):
            if template.frame.visible:
                for stroke in _strokes(template):
                    pen.path(stroke.path, line=stroke.colour, weight=stroke.weight)
            pen.box(quiet.left, quiet.top, quiet.right - quiet.left, quiet.bottom - quiet.top, fill="#FFFFFF", radius=1)
            if seal.ring and not seal.image:
                pen.ring(seal.x, seal.y, seal.size / 2, colour=template.frame.second)
        with pen.stencil(_WORDS):
            for text, words in texts:
                self._text(text, words)
        picture = seal.picture()
        if picture is not None:
            pen.keep_picture(_SEAL, picture)

    def draw(self, page: CertificatePage) -> None:
        """Draw one sheet. What can't be drawn as it should is refused."""
        pen, seal = self._pen, self._template.seal
        if not page.number.strip():
            raise Refused("template.blank_number")
        for name in (page.centre, page.standard_title, page.occupation, page.occupation_en, page.level):
            if (words := reserved(name)) is not None:
                raise Refused("template.forbidden_words", words=words, part=name, field=name)
        if self._stock:
            pen.lay(_LINES, ornament=True)
        if self._own and page.demonstration:
            self._draw_water()
        if self._stock:
            pen.lay(_WORDS)
        if self._own:
            self._draw_own(page)
        if self._stock and seal.image:
            pen.picture(_SEAL, seal.x - seal.size / 2, seal.y - seal.size / 2, seal.size, seal.size)

    def _draw_own(self, page: CertificatePage) -> None:
        values = _values(page)
        for text, words in self._differing:
            self._text(text, _filled(words, values))
        if self._template.photo.visible:
            self._draw_photo(page)
        square = self._template.code
        code.draw(self._pen, page.code, square.x, square.y, square.side)
        self._draw_marks(page)

    def _text(self, text: Text, words: str) -> None:
        if not words.strip():
            return
        face = fonts.BOLD if text.bold else fonts.TEXT
        size, broken = _broken(words, text)
        if not broken:
            raise Refused("documents.too_much_text", label=text.id, text=words)
        for place, line in enumerate(broken):
            y = text.y + place * size * LEADING / MILLIMETRE
            self._pen.text(text.x, y, line, size, face=face, colour=text.colour, align=text.align, spacing=text.spacing)

    def _draw_photo(self, page: CertificatePage) -> None:
        pen, area = self._pen, self._template.photo
        if page.photo is not None:
            wide = min(area.width, area.height * photo.WIDTH / photo.HEIGHT)
            high = wide * photo.HEIGHT / photo.WIDTH
            left, top = area.x + (area.width - wide) / 2, area.y + (area.height - high) / 2
            pen.photo(photo.embed(page.photo), left, top, wide, high)
            return
        pen.box(area.x, area.y, area.width, area.height, fill=GROUND, line=LINE)
        chinese, english = both("template.no_photo")
        middle = area.x + area.width / 2, area.y + area.height / 2
        pen.text(*middle, chinese, 9, colour=MUTED, align="centre")
        pen.text(middle[0], middle[1] + 4, english, 6.2, colour=MUTED, align="centre")

    def _draw_marks(self, page: CertificatePage) -> None:
        """What no template may hide."""
        pen, place = self._pen, self._template.marks
        said = [
            "  ".join(both(mark, copy=page.copy - 1))
            for mark, counts in (
                ("template.demonstration", page.demonstration),
                ("template.draft", page.standard_is_draft),
                ("template.reissue", page.copy > 1),
            )
            if counts
        ]
        if not said:
            return
        words = "   ·   ".join(said)
        room = min(MARKS_WIDE, pen.width) - 6
        size = next((size for size in _MARK_SIZES if pen.measure(words, size) <= room), _MARK_SIZES[-1])
        wide = pen.measure(words, size) + 6
        pen.box(place.x - wide / 2, place.y - 3.6, wide, 5.2, fill=_MARK_GROUND, radius=1)
        pen.text(place.x, place.y, words, size, colour=_MARK, align="centre")

    def _draw_water(self) -> None:
        """A demonstration says so across the whole sheet, under its text."""
        pen, paper = self._pen, self._template.paper
        chinese, english = both("template.demonstration_large")
        with pen.turned(paper.width / 2, paper.height / 2, 30):
            pen.text(0, 6, chinese, _WATER_SIZE, face=fonts.BOLD, colour=_WATER, align="centre", spacing=30)
            pen.text(0, 26, english, _WATER_SIZE * 0.36, face=fonts.BOLD, colour=_WATER, align="centre", spacing=4)


def _said_at(template: Template, field: str) -> str:
    """What a finding of the lint is about."""
    if field == "issuer":
        return f"{template.issuer.name}\n{template.issuer.name_en}"
    return next(text.text for text in template.texts if text.id == field)


def _filled(text: str, values: Mapping[str, str]) -> str:
    """A text with the placeholders that `values` knows filled in."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _values(page: CertificatePage) -> dict[str, str]:
    """What each placeholder stands for on one sheet."""
    return {
        "number": page.number,
        "name": page.name,
        "identity": page.identity or _NOTHING,
        "sex": page.sex or _NOTHING,
        "birth": _chinese(page.birth),
        "birth_en": _english(page.birth),
        "occupation": page.occupation,
        "occupation_en": page.occupation_en,
        "level": page.level,
        "level_en": sentences("en").get(f"template.level_{page.level_id}", page.level_id),
        "standard_code": page.standard_code,
        "standard_title": page.standard_title,
        "centre": page.centre,
        "issued": _chinese(page.issued),
        "issued_en": _english(page.issued),
        "scores": "    ".join(f"{component} {points}" for component, points in page.scores),
    }


@lru_cache(1_024)
def _chinese(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else _NOTHING


@lru_cache(1_024)
def _english(day: date | None) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else _NOTHING


@lru_cache(2_048)
def _broken(words: str, text: Text) -> tuple[float, tuple[str, ...]]:
    """The largest size at which words fit where a text stands, and their lines; no lines if none does."""
    face = fonts.BOLD if text.bold else fonts.TEXT
    size = text.size

    def fits(part: str) -> bool:
        gaps = text.spacing * max(len(part) - 1, 0)
        return (fonts.width(part, size, face) + gaps) / MILLIMETRE <= text.width

    while True:
        breaks = text.lines > 1 and (not text.breaks or size <= text.breaks)
        broken = (words,) if fits(words) else _lines(words, fits, text.lines) if breaks else ()
        if 0 < len(broken) <= text.lines:
            return size, broken
        if size <= text.smallest:
            return size, ()
        size = max(size - _STEP, text.smallest)


def _lines(words: str, fits: Callable[[str], bool], most: int) -> tuple[str, ...]:
    """Words in lines; a name with points such as 测试·买买提 is broken at one of them where that is possible."""
    if "·" in words:
        whole = tuple(lines(words, fits, name=True))
        if len(whole) <= most and all(line.endswith("·") for line in whole[:-1]):
            return whole
    return tuple(lines(words, fits))


@lru_cache(4)
def _strokes(template: Template) -> tuple[Stroke, ...]:
    paper, frame = template.paper, template.frame
    colours = Colours(frame.colour, frame.second, frame.ground)
    return tuple(Guilloche(paper.width, paper.height, frame.margin, frame.band, colours).strokes())
