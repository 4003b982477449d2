"""Words that no notice or certificate of an evaluation may carry.

They belong to the state's own qualifications and skill levels; an association's or company's evaluation
that used them would pass itself off as one.
"""

from __future__ import annotations

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
