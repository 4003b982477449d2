"""Topic cards: drawn by chance that anybody can check, and read by nobody before their time."""

from __future__ import annotations

import inspect
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AppError, Refused
from core.examday import card_queries, commands, queries, work_queries
from core.examday.draws import draw
from core.examday.events import Surprise
from core.store import KINDS, Travels
from tests.examday.conftest import EVERYBODY, LIVE, SECRET, SETUP, Centre

PLANNED = (Surprise(600, "stream_broken", "断流后按预案处理"), Surprise(300, "hostile_comment", "恶意评论刷屏"))

QUESTIONS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": found
    for module in (queries, card_queries, work_queries)
    for name, found in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and found.__module__ == module.__name__
    if next(iter(inspect.signature(found).parameters), "") == "read" and name != "surprises_of"
}
"""Every question that pages may ask of this room; `surprises_of` serves its own commands."""


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, match=f"^{code}$")


def answer(centre: Centre, login: str, question: Callable[..., Any]) -> str:
    """What somebody is told, in whatever form; what is refused is told nothing."""
    known: dict[str, Any] = {
        "actor": centre.actor(login),
        "application": centre.first,
        "exercise": LIVE,
        "exercise_id": LIVE,
        "batch": centre.batch,
        "card": centre.cards[0],
        "now": centre.wall.now,
        "studio": "直播间 1",
        "drawn": centre.ask(queries.draw_of, centre.first, LIVE),
        "id": centre.cards[0],
        "file": 0,
        "sha256": bytes(32),
    }
    names = [name for name in inspect.signature(question).parameters if name != "read"]
    try:
        found = centre.ask(question, **{name: known[name] for name in names})
    except AppError:
        return ""
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else repr(found)


def test_before_it_is_opened_nobody_but_the_manager_reads_a_card(centre: Centre) -> None:
    centre.card(surprises=PLANNED, material=(SECRET.encode(), "txt"))
    centre.deal(opened=False)
    told = {(login, name): answer(centre, login, one) for login in EVERYBODY for name, one in QUESTIONS.items()}
    assert len(told) > 200
    assert {key for key, words in told.items() if SECRET in words or "恶意" in words} == {
        (login, name) for login in ("M01", "M02") for name in MANAGERS_ANSWERS
    }


MANAGERS_ANSWERS = (
    "card_queries.cards",
    "card_queries.drawn_card",
    "card_queries.material_of",
    "card_queries.material_of_drawn",
)


def test_the_manager_reads_it_and_so_do_others_once_it_is_open(centre: Centre) -> None:
    """The test above can fail."""
    centre.card(surprises=PLANNED, material=(SECRET.encode(), "txt"))
    centre.deal(opened=False)
    readers = lambda: {  # noqa: E731 - said three times
        login for login in EVERYBODY if any(SECRET in answer(centre, login, one) for one in QUESTIONS.values())
    }
    assert readers() == {"M01", "M02"}
    centre.act("I01", commands.open_card, centre.first, LIVE)
    assert readers() == {"M01", "M02", "I01", "S01", "A01", "E01", "E02", "E03"}


def test_what_one_candidate_opened_is_still_closed_for_another(centre: Centre) -> None:
    centre.card()
    centre.deal()
    centre.deal(centre.other, opened=False)
    found = centre.ask(card_queries.drawn_card, centre.actor("I01"), centre.other, LIVE)
    assert found.no == 1 and found.content is None
    with refused("examday.card_closed"):
        centre.ask(card_queries.material_of_drawn, centre.actor("I01"), centre.other, LIVE)


def test_a_card_waits_on_this_machine_until_it_was_opened() -> None:
    assert KINDS["card.added"].travels is Travels.LATER


def test_everybody_can_draw_again_and_gets_the_same_card(centre: Centre) -> None:
    for _ in range(5):
        centre.card()
    centre.deal(opened=False)
    found = centre.ask(card_queries.drawn_card, centre.actor("S01"), centre.first, LIVE)
    assert found.holds and found.numbers == (1, 2, 3, 4, 5) and draw(found.seed, [5, 4, 3, 2, 1]) == found.no


@given(st.binary(max_size=40), st.lists(st.integers(1, 500), min_size=1, max_size=60))
def test_a_draw_depends_on_seed_and_numbers_alone(seed: bytes, numbers: list[int]) -> None:
    assert draw(seed, numbers) in numbers
    assert draw(seed, numbers) == draw(seed, list(reversed(numbers)))


def test_a_draw_keeps_its_result_for_ever() -> None:
    assert [draw(bytes([one]) * 16, range(1, 8)) for one in range(8)] == GOLDEN


GOLDEN = [4, 3, 5, 1, 1, 2, 2, 7]


def test_every_card_is_as_likely_as_the_other() -> None:
    counted = Counter(draw(one.to_bytes(4, "big"), range(1, 7)) for one in range(6000))
    assert min(counted.values()) > 900 and len(counted) == 6


def test_a_second_draw_needs_a_reason_and_after_opening_two_people(centre: Centre) -> None:
    for _ in range(4):
        centre.card()
    no = centre.deal(opened=False)
    assert centre.act("I01", commands.draw_card, centre.first, LIVE) == no
    centre.act("I01", commands.draw_card, centre.first, LIVE, "题卡污损")
    centre.act("I01", commands.open_card, centre.first, LIVE)
    with refused("people.second_needed"):
        centre.act("I01", commands.draw_card, centre.first, LIVE, "素材打不开")
    centre.act("I01", commands.draw_card, centre.first, LIVE, "素材打不开", second="M01")
    found = centre.ask(card_queries.drawn_card, centre.actor("I01"), centre.first, LIVE)
    assert (found.draws, found.again, found.opened_at, found.content) == (3, "素材打不开", None, None)


def test_once_the_run_is_live_nothing_is_drawn_again(centre: Centre) -> None:
    centre.card()
    centre.deal()
    centre.phase("live")
    with refused("examday.draw_too_late"):
        centre.act("I01", commands.draw_card, centre.first, LIVE, "换一张", second="M01")


def test_a_withdrawn_card_is_drawn_no_more(centre: Centre) -> None:
    bad = centre.card()
    with refused("examday.reason_needed"):
        centre.act("M01", commands.withdraw_card, bad, "")
    centre.act("M01", commands.withdraw_card, bad, "价格写错")
    with refused("examday.no_cards"):
        centre.deal()
    centre.card()
    assert centre.deal(opened=False) == 2


def test_nobody_goes_live_before_the_card_was_opened(centre: Centre) -> None:
    centre.card()
    with refused("examday.card_first"):
        centre.phase("live")
    centre.deal(opened=False)
    with refused("examday.card_first"):
        centre.phase("live")
    centre.act("I01", commands.open_card, centre.first, LIVE)
    centre.phase("live")


def test_opening_and_collecting_stand_on_record_in_this_order(centre: Centre) -> None:
    centre.card()
    with refused("examday.not_drawn"):
        centre.act("I01", commands.open_card, centre.first, LIVE)
    centre.deal(opened=False)
    with refused("examday.card_not_opened"):
        centre.act("I01", commands.collect_card, centre.first, LIVE)
    centre.act("I01", commands.open_card, centre.first, LIVE)
    centre.wall.wait(60)
    centre.act("I01", commands.collect_card, centre.first, LIVE)
    (line, *_) = centre.ask(queries.schedule, centre.batch, LIVE)
    assert (line.card, line.card_opened, line.card_collected) == (1, True, True)


def test_the_same_surprises_for_everybody_in_the_order_of_their_time(centre: Centre) -> None:
    centre.card(surprises=PLANNED)
    for application in (centre.first, centre.other):
        centre.deal(application)
    seen = [
        centre.ask(card_queries.drawn_card, centre.actor("I01"), one, LIVE).content.surprises
        for one in (centre.first, centre.other)
    ]
    assert seen[0] == seen[1] and [one.second for one in seen[0]] == [300, 600]


def test_a_surprise_is_staged_once_and_only_live(centre: Centre) -> None:
    centre.card(surprises=PLANNED)
    centre.deal()
    with refused("examday.not_live"):
        centre.act("I01", commands.stage_surprise, centre.first, LIVE, 0)
    centre.phase("live", wait=301)
    with refused("examday.no_such_surprise"):
        centre.act("I01", commands.stage_surprise, centre.first, LIVE, 2)
    at = centre.wall.now
    centre.act("I01", commands.stage_surprise, centre.first, LIVE, 0)
    centre.wall.wait(5)
    centre.act("I01", commands.stage_surprise, centre.first, LIVE, 0)
    assert centre.ask(queries.staged, centre.first, LIVE) == {0: at}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("examday.card_empty", {"text": "  "}),
        ("examday.card_too_long", {"text": "长" * 4001}),
        ("examday.surprise_unclear", {"surprises": [Surprise(1, "earthquake", "地震")]}),
        ("examday.surprise_too_late", {"surprises": [Surprise(1800, "other", "太晚")]}),
        ("examday.material_size", {"material": (b"", "pdf")}),
    ],
)
def test_a_card_that_says_nothing_or_plans_what_cannot_be_is_refused(
    centre: Centre, code: str, changes: dict[str, Any]
) -> None:
    with refused(code):
        centre.card(**changes)


def test_an_exercise_without_cards_takes_none(centre: Centre) -> None:
    with refused("examday.no_cards_here"):
        centre.act("M01", commands.add_card, centre.batch, SETUP, "标题", "内容")
    with refused("examday.no_cards_here"):
        centre.act("I01", commands.draw_card, centre.first, SETUP)


def test_a_cards_material_is_kept_encrypted(centre: Centre) -> None:
    content = os.urandom(5000)
    made = centre.card(material=(content, "pdf"))
    assert centre.ask(card_queries.material_of, centre.actor("M02"), made) == content
    assert all(content[:64] not in path.read_bytes() for path in centre.store.home.rglob("*") if path.is_file())
