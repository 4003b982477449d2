"""Which font draws which character on paper, so that no name ever loses one.

A text face (Kai) draws almost everything; fonts of rare ideographs stand behind it and are opened only for
a character that it lacks. Text is split into runs before drawing. A character that no font has stops the
print by its name.
"""

from __future__ import annotations

import os
import sys
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.errors import EnvironmentFailure, Refused

if TYPE_CHECKING:
    from core.documents.typeface import Typeface

FOLDER_VARIABLE: Final = "ZHIKAO_FONTS"

TEXT, BOLD = "text", "bold"
"""The two faces that a document asks for."""

_FILES: Final = {
    TEXT: ("LXGWWenKai-Regular.ttf", "simkai.ttf", "Kaiti.ttc", "simsun.ttc"),
    BOLD: ("LXGWWenKai-Bold.ttf", "simhei.ttf", "LXGWWenKai-Regular.ttf", "simkai.ttf", "Kaiti.ttc"),
    "rare-a": ("HanaMinA.ttf", "simsun.ttc"),
    "rare-b": ("HanaMinB.ttf", "simsunb.ttf"),
    "rare-g": ("SimSunExtG.ttf",),
}
"""For each face the files that can stand for it, best first.

All have TrueType outlines: others do not embed.
"""
_BEHIND: Final = ("rare-a", "rare-b", "rare-g")

_lock = threading.RLock()


@dataclass(frozen=True)
class Run:
    """A piece of text that one font draws: one of the faces, or one that stands behind them."""

    font: str
    text: str


@lru_cache(1_024)
def runs(text: str, face: str = TEXT) -> tuple[Run, ...]:
    """Split `text` by which font draws it. `documents.no_glyph` names a character that no font has."""
    pieces: list[Run] = []
    for character in text:
        font = _font_for(character, face)
        if pieces and pieces[-1].font == font:
            pieces[-1] = Run(font, pieces[-1].text + character)
        else:
            pieces.append(Run(font, character))
    return tuple(pieces)


@lru_cache(4_096)
def width(text: str, size: float, face: str = TEXT) -> float:
    """How wide `text` is at `size`, in points."""
    return sum(_width(run.font, character) for run in runs(text, face) for character in run.text) * size / 1000


def check(*texts: str | None) -> None:
    """Refuse, before anything is drawn, what no font here can draw (`documents.no_glyph`)."""
    for text in texts:
        runs(text or "")


@cache
def _width(font: str, character: str) -> float:
    return typeface(font).width(character)


@cache
def _font_for(character: str, face: str) -> str:
    for name in _order(face):
        if _file(name) is not None and typeface(name).draws(character):
            return name
    if _file(face) is None:
        raise EnvironmentFailure("documents.no_font", folder=FOLDER_VARIABLE)
    raise Refused(
        "documents.no_glyph",
        character=character if character.isprintable() else "□",
        point=f"U+{ord(character):04X}",
        name=unicodedata.name(character, "?"),
    )


def _order(face: str) -> Iterator[str]:
    yield face
    if face != TEXT:
        yield TEXT
    yield from _BEHIND


@cache
def _file(name: str) -> Path | None:
    """The best file for a face that this machine has."""
    here = {file.name.lower(): file for folder in reversed(_folders()) for file in _fonts_below(folder)}
    return next((here[wanted.lower()] for wanted in _FILES[name] if wanted.lower() in here), None)


def _folders() -> list[Path]:
    """Where fonts are looked for: the centre's own folder, what came with the program, the system."""
    given = os.environ.get(FOLDER_VARIABLE)
    folders = [Path(given)] if given else []
    folders.append(Path(__file__).resolve().parents[2] / "resources" / "fonts")
    if sys.platform == "win32":
        folders.append(Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts")
        folders.append(Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "Microsoft/Windows/Fonts")
    elif sys.platform == "darwin":
        folders += [
            Path("~/Library/Fonts").expanduser(),
            Path("/Library/Fonts"),
            Path("/System/Library/Fonts"),
        ]
    else:
        folders += [Path("~/.local/share/fonts").expanduser(), Path("/usr/local/share/fonts")]
        folders += [Path("/usr/share/fonts/truetype/lxgw-wenkai"), Path("/usr/share/fonts")]
    return folders


@cache
def _fonts_below(folder: Path) -> tuple[Path, ...]:
    wanted = {file.lower() for files in _FILES.values() for file in files}
    found = (Path(at) / name for at, _, names in os.walk(folder) for name in names)
    return tuple(sorted(file for file in found if file.name.lower() in wanted))


def typeface(name: str) -> Typeface:
    """The font that draws the runs of this name, opened once."""
    with _lock:
        return _open(name)


@cache
def _open(name: str) -> Typeface:
    from core.documents.typeface import BROKEN, Typeface

    file = _file(name)
    assert file is not None
    try:
        return Typeface(file)
    except BROKEN as problem:
        raise EnvironmentFailure("documents.bad_font", file=file.name, problem=str(problem)) from None


def file_of(character: str) -> Path | None:
    """The font file that draws this character on paper, for a screen whose fonts lack it; None where there is none."""
    try:
        return _file(_font_for(character, TEXT))
    except (Refused, EnvironmentFailure):
        return None
