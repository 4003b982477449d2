"""Every sentence a person reads, by code and language.

One gettext catalogue a room and language stands in `resources/translations/<language>/<room>.po`; the message id is the
code (`application.notified`), placeholders are `{name}`. `installers` compile them; an uncompiled or stale one is read
as it is.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"

_language: str | None = None


def language() -> str:
    """The language in use: what `use` set, else `ZHIKAO_LANG`, else zh."""
    if _language is not None:
        return _language
    wanted = os.environ.get("ZHIKAO_LANG", "")[:2].lower()
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def use(wanted: str) -> None:
    """Switch the language for this process (`zh` or `en`)."""
    global _language
    if wanted not in LANGUAGES:
        raise ValueError(wanted)
    _language = wanted


def say(code: str, /, **values: object) -> str:
    """The sentence for `code` in the language in use, with its placeholders filled.

    A code without a sentence comes back as it is, so that a missing translation is visible and never fatal.
    """
    sentence = sentences(language()).get(code, code)
    return sentence.format(**values) if values else sentence


def known(code: str, /) -> bool:
    """Whether `code` has a sentence."""
    return code in sentences(language())


@cache
def sentences(wanted: str) -> dict[str, str]:
    """Every code of one language with its sentence."""
    found: dict[str, str] = {}
    for source in sorted((TRANSLATIONS / wanted).glob("*.po")):
        found.update(_compiled(source) or _read(source))
    return found


def compile_all() -> int:
    """Write a compiled catalogue beside every source (run by the installers); the number of catalogues."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    sources = sorted(TRANSLATIONS.glob("*/*.po"))
    for source in sources:
        partial = source.with_suffix(".mo.part")  # a program that starts just now reads a whole one
        with source.open("rb") as text, partial.open("wb") as compiled:
            write_mo(compiled, read_po(text))
        partial.replace(source.with_suffix(".mo"))
    return len(sources)


def _compiled(source: Path) -> dict[str, str] | None:
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
        return None
    with target.open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    return {code: text for code, text in catalogue._catalog.items() if isinstance(code, str) and code}  # type: ignore[attr-defined]


def _read(source: Path) -> dict[str, str]:
    from babel.messages.pofile import read_po

    with source.open("rb") as stream:
        catalogue = read_po(stream)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}
