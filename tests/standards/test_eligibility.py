"""申报条件 (9.1), judged on facts as the contract writes them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.standards.eligibility import Served, anniversary, judge, served
from core.standards.facts import Facts
from core.standards.packs import pack

RURAL = pack("t-caftv-rural-2026")
AS_OF = "2026-11-21"
TODAY = date(2026, 11, 21)


def facts(**given: Any) -> Facts:
    return Facts.from_json(json.dumps({"as_of": AS_OF, **given}), today=TODAY)


def met(level: str, **given: Any) -> str:
    """The letters of the conditions that the facts meet."""
    judged = judge(RURAL, level, facts(**given))
    assert judged.eligible == any(condition.met for condition in judged.conditions)
    assert all(bool(condition.missing) != condition.met for condition in judged.conditions)
    return "".join(condition.id for condition in judged.conditions if condition.met)


def worked(*periods: tuple[str, str | None], occupation: str = "电商主播") -> list[dict[str, Any]]:
    return [{"occupation": occupation, "from": first, "to": last} for first, last in periods]


def course(hours: float, completed: str | None, number: str | None = "P-1") -> list[dict[str, Any]]:
    return [{"hours": hours, "completed": completed, "certificate_no": number}]


def held(level: str, issued: str | None, standard: str = RURAL.id) -> list[dict[str, Any]]:
    return [{"standard": standard, "level": level, "issued": issued}]


@pytest.mark.parametrize(
    ("first", "last", "enough"),
    [
        ("2025-11-22", None, True),
        ("2025-11-23", None, False),
        ("2024-03-01", "2025-02-28", True),
        ("2024-03-01", "2025-02-27", False),
        ("2024-02-29", "2025-02-27", True),
        ("2024-02-29", "2025-02-26", False),
        ("2026-11-22", None, False),
        ("2025-12-01", "2030-01-01", False),
    ],
)
def test_one_year_is_complete_on_the_day_before_its_anniversary(first: str, last: str | None, enough: bool) -> None:
    assert met("junior", experience=worked((first, last))) == ("a" if enough else "")


def test_months_in_two_jobs_at_once_count_once() -> None:
    both = worked(("2026-01-01", "2026-06-30"), ("2026-01-01", "2026-06-30"))
    assert met("junior", experience=both) == ""


def test_left_over_days_of_several_periods_are_added_up_365_a_year() -> None:
    halves = worked(("2023-01-01", "2023-07-01"), ("2025-01-01", "2025-07-02"))
    assert met("junior", experience=halves) == "a"
    assert met("junior", experience=worked(("2023-01-01", "2023-07-01"), ("2025-01-01", "2025-07-01"))) == ""


def test_three_years_need_three_anniversaries_in_one_period() -> None:
    assert met("intermediate", experience=worked(("2023-11-22", None))) == "d"
    assert met("intermediate", experience=worked(("2023-11-23", None))) == ""


@pytest.mark.parametrize(
    ("occupation", "counts"),
    [
        ("乡村直播电商运营师", True),
        ("互联网营销师", True),
        ("乡村运营人员", True),
        ("直播", False),
        ("电商主播助理", False),
        ("", False),
    ],
)
def test_only_the_occupation_itself_and_those_listed_count(occupation: str, counts: bool) -> None:
    given = worked(("2020-01-01", None), occupation=occupation)
    assert met("junior", experience=given) == ("a" if counts else "")


@pytest.mark.parametrize(
    ("training", "enough"),
    [
        (course(80, "2026-11-21"), True),
        (course(79.5, "2025-06-01"), False),
        (course(80, "2026-11-22"), False),
        (course(80, None), False),
        (course(80, "2025-06-01", None), False),
        (course(80, "2025-06-01", " "), False),
        (course(40, "2025-06-01") + course(40, "2025-07-01", "P-2"), False),
    ],
)
def test_one_completed_course_with_a_number_must_reach_the_hours_by_itself(
    training: list[dict[str, Any]], enough: bool
) -> None:
    assert met("junior", training=training) == ("b" if enough else "")


def test_work_counts_from_the_day_after_the_lower_certificate() -> None:
    given = {"certificates": held("junior", "2025-11-20")}
    assert met("intermediate", experience=worked(("2025-01-01", None)), **given) == "a"
    given = {"certificates": held("junior", "2025-11-21")}
    assert met("intermediate", experience=worked(("2025-01-01", None)), **given) == "a"
    given = {"certificates": held("junior", "2025-11-22")}
    assert met("intermediate", experience=worked(("2025-01-01", None)), **given) == ""


def test_a_course_before_the_lower_certificate_does_not_count_after_it() -> None:
    given = {"certificates": held("junior", "2025-01-10")}
    assert met("intermediate", training=course(64, "2025-01-10"), **given) == ""
    assert met("intermediate", training=course(64, "2025-01-11"), **given) == "b"


@pytest.mark.parametrize(
    "certificates",
    [
        held("junior", "2025-01-10", "530051-2024"),
        held("intermediate", "2025-01-10"),
        held("junior", "2026-11-22"),
        held("junior", None),
        [],
    ],
)
def test_the_lower_certificate_must_be_of_this_standard_and_exactly_that_level(
    certificates: list[dict[str, Any]],
) -> None:
    given = {"experience": worked(("2025-02-01", None)), "training": course(64, "2026-01-11")}
    assert met("intermediate", certificates=certificates, **given) == ""


def test_of_two_certificates_of_one_level_the_earlier_one_counts() -> None:
    both = held("junior", "2026-06-01") + held("junior", "2024-06-01")
    assert met("intermediate", certificates=both, experience=worked(("2025-01-01", None))) == "a"


@pytest.mark.parametrize(
    ("study", "enough"),
    [
        ({"school": "中等职业学校", "major": "电子商务", "graduated": "2026-11-21"}, True),
        ({"school": "中等职业学校", "major": "电子商务", "graduated": "2026-11-22"}, False),
        ({"school": "中等职业学校", "major": "电子商务", "final_year": True}, True),
        ({"school": "中等职业学校", "major": "电子商务", "graduated": "2027-06-30", "final_year": True}, True),
        ({"school": "中等职业学校", "major": "电子商务"}, False),
        ({"school": "中等职业学校", "major": "电子", "graduated": "2020-06-30"}, False),
        ({"school": "大学本科", "major": "电子商务", "graduated": "2020-06-30"}, False),
    ],
)
def test_a_graduate_needs_the_listed_school_and_the_listed_major(study: dict[str, Any], enough: bool) -> None:
    assert met("intermediate", education=[study]) == ("e" if enough else "")


@pytest.mark.parametrize(
    ("level", "scope", "rank", "letters"),
    [
        ("junior", "county", 1, "c"),
        ("junior", "county", 2, ""),
        ("junior", "national", 1, ""),
        ("intermediate", "city", 1, "f"),
        ("intermediate", "province", 1, ""),
        ("senior", "province", 2, "f"),
        ("senior", "province", 3, ""),
        ("senior", "national", 3, "f"),
        ("senior", "national", 4, ""),
        ("senior", "county", 1, ""),
    ],
)
def test_a_prize_must_be_of_exactly_the_scope_and_good_enough(level: str, scope: str, rank: int, letters: str) -> None:
    assert met(level, awards=[{"scope": scope, "rank": rank}]) == letters


def test_work_and_course_together_open_a_condition_that_neither_opens_alone() -> None:
    years = worked(("2024-11-22", None))
    assert met("intermediate", experience=years) == ""
    assert met("intermediate", experience=years, training=course(64, "2020-01-01")) == "c"


def test_nothing_stated_means_nothing_met_and_every_condition_says_what_is_missing() -> None:
    judged = judge(RURAL, "senior", Facts.from_json("{}", today=TODAY))
    assert judged.eligible is False
    assert len(judged.conditions) == 6
    for condition in judged.conditions:
        for lack in condition.missing:
            assert lack.sentence.endswith("。")
            assert "eligibility." not in lack.sentence
            assert "{" not in lack.sentence


def test_a_standard_without_conditions_leaves_the_question_open() -> None:
    judged = judge(pack("530051-2024"), "junior", facts())
    assert judged.eligible is None
    assert judged.conditions == ()


@pytest.mark.parametrize(
    ("given", "code", "key"),
    [
        ({"experiense": []}, "facts.unknown_key", "experiense"),
        ({"experience": [{"job": "x"}]}, "facts.unknown_key", "experience[0].job"),
        ({"as_of": "2026-02-30"}, "facts.bad_date", "as_of"),
        ({"as_of": "20261121"}, "facts.bad_date", "as_of"),
        ({"as_of": 20261121}, "facts.bad_date", "as_of"),
        ({"training": [{"completed": "2025.6.1"}]}, "facts.bad_date", "training[0].completed"),
        ({"experience": worked(("2025-02-01", "2025-01-31"))}, "facts.to_before_from", "experience[0].to"),
        ({"training": course(-1, None)}, "facts.bad_hours", "training[0].hours"),
        ({"training": [{"hours": True}]}, "facts.bad_hours", "training[0].hours"),
        ({"training": [{"hours": "80"}]}, "facts.bad_hours", "training[0].hours"),
        ({"awards": [{"rank": 0}]}, "facts.bad_rank", "awards[0].rank"),
        ({"awards": [{"rank": 1.5}]}, "facts.bad_rank", "awards[0].rank"),
        ({"awards": {"rank": 1}}, "facts.not_a_list", "awards"),
        ({"education": [{"final_year": "yes"}]}, "facts.not_true_or_false", "education[0].final_year"),
        ({"certificates": [{"level": 1}]}, "facts.not_text", "certificates[0].level"),
    ],
)
def test_what_is_stated_wrongly_is_refused_naming_its_key(given: dict[str, Any], code: str, key: str) -> None:
    with pytest.raises(Refused) as refusal:
        facts(**given)
    assert refusal.value.code == code
    assert f"“{key}”" in refusal.value.sentence


def test_a_null_is_as_good_as_a_missing_key() -> None:
    empty = {"as_of": None, "experience": None, "training": None, "awards": None}
    assert Facts.from_json(json.dumps(empty), today=TODAY) == Facts(as_of=TODAY)


DAYS = st.dates(date(2000, 1, 1), date(2026, 11, 21))
PERIODS = st.lists(
    st.tuples(DAYS, st.none() | DAYS).filter(lambda pair: pair[1] is None or pair[0] <= pair[1]), max_size=6
)


@given(PERIODS, st.randoms())
def test_the_order_of_periods_and_saying_one_twice_change_nothing(
    periods: list[tuple[date, date | None]], random: Any
) -> None:
    shuffled = [*periods, *periods[:2]]
    random.shuffle(shuffled)
    assert served(shuffled, date.min, TODAY) == served(periods, date.min, TODAY)


@given(DAYS, st.integers(1, 20))
def test_whole_years_end_exactly_at_the_anniversary(first: date, years: int) -> None:
    end = anniversary(first, years)
    assert served([(first, end - timedelta(days=1))], date.min, date(2100, 1, 1)) == Served(years, 0)
    earlier = served([(first, end - timedelta(days=2))], date.min, date(2100, 1, 1))
    # A leap year less its last day has 365 left-over days, which make a year by the rule on left-over days.
    leap = (end - anniversary(first, years - 1)).days == 366
    assert earlier == (Served(years, 0) if leap else Served(years - 1, 364))


@given(PERIODS, DAYS)
def test_what_lies_before_a_certificate_never_adds_time(periods: list[tuple[date, date | None]], since: date) -> None:
    assert served(periods, since, TODAY) <= served([(since, None)], date.min, TODAY)
    assert served(periods, None, TODAY) == Served(0, 0)
