"""Between what is typed into a cell and the marks of a sheet. Pure: no store, no widget."""

from __future__ import annotations

import unicodedata

from core.errors import Refused
from core.scoring.sheets import item_points
from core.standards.plans import Item, Option
from core.words import language, say

BLANK = "N"
NO_STEP = "0"
COUNTED = ("tiers", "objective")


class Unreadable(ValueError):
    """No mark of the item's scale."""


def read_cell(item: Item, typed: str) -> list[int] | None:
    """The values of a cell, or None where it is blank on the paper (N). Full-width digits are understood."""
    text = unicodedata.normalize("NFKC", typed).strip().upper()
    if text == BLANK:
        return None
    if item.scale.kind == "steps":
        values = _steps(item, text)
    else:
        values = [_number(text)]
    try:
        item_points(item, values)
    except Refused:
        raise Unreadable(typed) from None
    return values


def cell_text(item: Item, values: list[int] | None) -> str:
    """What would be typed for these values."""
    if values is None:
        return BLANK
    if item.scale.kind == "steps":
        between = "" if _single(item) else " "
        return between.join(str(value) for value in sorted(values)) or NO_STEP
    return str(values[0])


def hint(item: Item) -> str:
    """What may be typed, for the empty cell."""
    scale = item.scale
    if scale.kind in COUNTED:
        return scale.unit_en if language() == "en" and scale.unit_en else scale.unit or "0–"
    values = sorted(option.value for option in scale.options)
    if len(values) > 1 and values == list(range(values[0], values[-1] + 1)):
        return f"{values[0]}–{values[-1]}"
    return " ".join(map(str, values))


def echo(item: Item, values: list[int] | None) -> str:
    """What the values say, in the words of the scale."""
    if values is None:
        return say("entry.blank")
    if item.scale.kind in COUNTED:
        return f"{values[0]} {hint(item) if item.scale.unit else ''}".strip()
    words = [_word(option) for option in item.scale.options if option.value in values]
    if item.scale.kind == "steps":
        return say("entry.steps", count=len(words), total=len(item.scale.options))
    return words[0] if words else ""


def is_whole(item: Item, text: str) -> bool:
    """Whether nothing more can be typed, so that the hand goes on by itself: one digit of a scale of single ones."""
    return item.scale.kind in ("levels", "yes_no") and _single(item) and len(text.strip()) == 1


def _word(option: Option) -> str:
    return option.word_en if language() == "en" and option.word_en else option.word


def _single(item: Item) -> bool:
    return all(0 <= option.value <= 9 for option in item.scale.options)


def _steps(item: Item, text: str) -> list[int]:
    if not text:
        raise Unreadable(text)
    if text == NO_STEP and all(option.value != 0 for option in item.scale.options):
        return []
    plain = text.replace(",", " ").replace("、", " ")
    signs = list(plain.replace(" ", "")) if _single(item) else plain.split()
    return sorted({_number(sign) for sign in signs})


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise Unreadable(text)
    return int(text)
