"""Lines end where a reader expects them to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.documents.wrapping import NEVER_FIRST, NEVER_LAST, lines


def broken(text: str, limit: int) -> list[str]:
    return list(lines(text, lambda part: len(part) <= limit))


def test_a_line_never_begins_with_a_closing_mark_nor_ends_with_an_opening_one() -> None:
    assert broken("一二三，四五", 3) == ["一二", "三，四", "五"]
    assert broken("一二（三）四", 3) == ["一二", "（三）", "四"]


def test_a_word_stays_whole_and_a_space_is_not_carried_over() -> None:
    assert broken("the centre can verify", 10) == ["the centre", "can verify"]


def test_a_word_longer_than_the_line_is_broken_anywhere() -> None:
    assert broken("abcdefgh", 3) == ["abc", "def", "gh"]


def test_a_name_is_broken_at_its_points_alone() -> None:
    def named(text: str, limit: int) -> list[str]:
        return list(lines(text, lambda part: len(part) <= limit, name=True))

    assert named("测试甲乙·测试丙丁·测试", 8) == ["测试甲乙·", "测试丙丁·测试"]
    assert named("测试甲乙·测试丙丁", 3) == ["测试甲", "乙·", "测试丙", "丁"], "too long by itself"


def test_an_empty_text_has_no_lines() -> None:
    assert broken("", 5) == []


@given(st.text("一二三（），。ab 1", max_size=60), st.integers(1, 12))
def test_nothing_is_lost_and_every_line_fits(text: str, limit: int) -> None:
    found = broken(text, limit)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert all(0 < len(line) <= limit for line in found)


def test_the_marks_are_told_apart() -> None:
    assert not set(NEVER_FIRST) & set(NEVER_LAST)
