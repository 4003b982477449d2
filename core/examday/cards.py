"""What a topic card 题卡 may say. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import Refused
from core.examday.events import Surprise
from core.standards.plans import Exercise

SURPRISES = ("stream_broken", "dead_link", "wrong_coupon", "hostile_comment", "other")
"""Kinds of planned surprises; the first four are those of 530051 intermediate 2.2.3."""

LONGEST_TITLE = 60
LONGEST_TEXT = 4000
LONGEST_SURPRISE = 200
MOST_SURPRISES = 20
LARGEST_MATERIAL = 20 << 20


def check_card(exercise: Exercise, title: str, text: str, surprises: Sequence[Surprise]) -> list[Surprise]:
    """The surprises in order of time. A card that says nothing, or plans what can't happen, is refused."""
    if not exercise.topic_card:
        raise Refused("examday.no_cards_here", exercise=exercise.name)
    if not title.strip() or not text.strip():
        raise Refused("examday.card_empty")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        raise Refused("examday.card_too_long", title=LONGEST_TITLE, text=LONGEST_TEXT)
    if surprises and exercise.evidence != "live":
        raise Refused("examday.surprise_not_live")
    if len(surprises) > MOST_SURPRISES:
        raise Refused("examday.surprises_too_many", most=MOST_SURPRISES)
    for one in surprises:
        if one.kind not in SURPRISES or not one.text.strip() or len(one.text) > LONGEST_SURPRISE:
            raise Refused("examday.surprise_unclear", longest=LONGEST_SURPRISE)
        if not 0 <= one.second < exercise.minutes * 60:
            raise Refused("examday.surprise_too_late", minutes=exercise.minutes)
    return sorted((Surprise(one.second, one.kind, one.text.strip()) for one in surprises), key=lambda one: one.second)
