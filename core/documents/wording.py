"""Words that no notice or certificate of an evaluation may carry.

They belong to the state's own qualifications and skill levels; an association's or company's evaluation
that used them would pass itself off as one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from core.errors import Refused

FORBIDDEN: Final = (
    "国家职业资格",
    "职业资格证书",
    "国家职业技能等级",
    "职业技能等级证书",
    "中华人民共和国",
    "全国统一",
    "国家承认",
    "人力资源和社会保障部",
    "国徽",
)


def forbidden(*texts: str) -> str | None:
    """The first forbidden words in any of the texts, spaced out or not; None if there are none."""
    for text in texts:
        close = "".join(text.split())
        for words in FORBIDDEN:
            if words in close:
                return words
    return None


def refuse_forbidden(*texts: str) -> None:
    """Refuse texts that must not stand on a document (`documents.forbidden_words`)."""
    words = forbidden(*texts)
    if words is not None:
        raise Refused("documents.forbidden_words", words=words)


RESERVED: Final = (
    *(
        "国家",
        "职业资格",
        "国徽",
        "中华人民共和国",
        "国务院",
        "全国统一",
        "人力资源和社会保障",
        "人社部",
        "职业技能等级证书",
    ),
)
"""What an association's certificate must not say at all, alone or as a part of other words."""
_RESERVED_ENGLISH: Final = (
    *("national", "state council", "vocational qualification", "occupational qualification"),
    *("professional qualification", "people's republic of china", "ministry"),
)
_SIMPLE: Final = str.maketrans("國囯圀職業資華會務統認證級勞動與類", "国国国职业资华会务统认证级劳动与类")


@lru_cache(1_024)
def reserved(text: str) -> str | None:
    """The first words of `text` that belong to the state, None without any.

    Traditional characters, full-width letters, and letters spaced out or parted by dots are seen through; English is
    taken by whole words, so that "international" is none.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLE)
    close = "".join(filter(str.isalnum, plain))
    for words in RESERVED:
        if words in close:
            return words
    return next((words for words, pattern in _english() if pattern.search(plain)), None)


@cache
def _english() -> list[tuple[str, re.Pattern[str]]]:
    gap = r"[\W_]*"
    return [
        (words, re.compile(rf"(?<![a-z]){gap.join(filter(str.isalnum, words))}(?:s?)(?![a-z])"))
        for words in _RESERVED_ENGLISH
    ]
