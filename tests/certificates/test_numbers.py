"""Certificate numbers: their form is the association's, and every wrong digit is noticed."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from core.certificates.credential import LEVELS, OCCUPATIONS
from core.certificates.numbers import DEFAULT_PATTERN, Parsed, centre_number_of, check_pattern, make, parse
from tests.rooms import refused

DIGITS = 19
STANDARDS, RANKS = sorted(OCCUPATIONS), LEVELS

made = st.builds(
    lambda year, standard, level, centre, serial: make(DEFAULT_PATTERN, year, standard, level, centre, serial),
    st.integers(2020, 2099),
    st.sampled_from(STANDARDS),
    st.sampled_from(RANKS),
    st.text(string.digits, min_size=8, max_size=8),
    st.integers(0, 99_999),
)


@given(st.integers(2020, 2099), st.sampled_from(STANDARDS), st.sampled_from(RANKS), st.integers(0, 99_999))
def test_a_number_says_year_standard_level_centre_and_serial(year: int, standard: str, level: str, serial: int) -> None:
    number = make(DEFAULT_PATTERN, year, standard, level, "32011501", serial)
    assert len(number) == DIGITS and number.isdecimal()
    assert parse(number) == Parsed(
        str(year)[2:], f"{OCCUPATIONS[standard]:02d}", str(RANKS.index(level) + 1), "32011501", serial
    )
    assert centre_number_of(number) == "32011501" and mod_11_10.is_valid(number)


def test_a_number_as_anybody_can_work_it_out_by_hand() -> None:
    """26 · 01 · 1 · 32011501 · 00042, and ISO 7064's own example of a check digit (0794 → 5)."""
    assert make(DEFAULT_PATTERN, 2026, "t-caftv-rural-2026", "junior", "32011501", 42)[:18] == "260113201150100042"
    assert mod_11_10.calc_check_digit("0794") == "5"


@given(made, st.integers(0, DIGITS - 1), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(number: str, place: int, by: int) -> None:
    wrong = str((int(number[place]) + by) % 10)
    assert parse(number[:place] + wrong + number[place + 1 :]) is None


def test_all_single_errors_and_most_transpositions_of_a_thousand_numbers_are_noticed() -> None:
    """MOD 11,10 notices all single errors; of neighbours exchanged it lets pass few, which is measured here."""
    swapped = noticed = 0
    for serial in range(1000):
        number = make(DEFAULT_PATTERN, 2026, STANDARDS[0], "junior", "32011501", serial * 97 % 100_000)
        for place in range(DIGITS):
            for digit in string.digits.replace(number[place], ""):
                assert centre_number_of(number[:place] + digit + number[place + 1 :]) is None
        for place in range(DIGITS - 1):
            one, other = number[place], number[place + 1]
            if one != other:
                swapped += 1
                noticed += parse(number[:place] + other + one + number[place + 2 :]) is None
    assert noticed / swapped > 0.97


@given(made, made)
def test_different_certificates_have_different_numbers(one: str, other: str) -> None:
    assert (one == other) == (parse(one) == parse(other))


@pytest.mark.parametrize("text", ["", "1", "2601132011501000421", "２" * 19, "26011320115010004", "a" * 19, "2 6" * 9])
def test_what_is_no_number_has_no_centre(text: str) -> None:
    assert parse(text) is None and centre_number_of(text) is None


def test_the_association_may_choose_another_form() -> None:
    pattern = "=ZK- year:4 centre:8 =- serial:6 check:1"
    number = make(pattern, 2026, "530051-2024", "senior", "32011501", 7)
    assert number[:-1] == "ZK-202632011501-000007"
    assert parse(number, pattern) == Parsed("2026", None, None, "32011501", 7)
    assert parse(number) is None and parse(number.replace("ZK", "ZA"), pattern) is None
    assert parse(make(DEFAULT_PATTERN, 2026, "530051-2024", "senior", "32011501", 7), pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "year:2 centre:8 serial:5",
        "year:2 centre:8 check:1 serial:5",
        "centre:8 serial:5 check:1",
        "year:2 serial:5 check:1",
        "year:2 centre:8 check:1",
        "year:2 year:2 centre:8 serial:5 check:1",
        "year:2 centre:8 serial:5 check:2",
        "year:2 level:3 centre:8 serial:5 check:1",
        "year:2 centre:9 serial:5 check:1",
        "year:2 centre:8 serial:5 check:1 =A",
        "=N year:2 centre:8 serial:5 check:1",
        "=zk year:2 centre:8 serial:5 check:1",
        "name:2 year:2 centre:8 serial:5 check:1",
        "=AAAAAAAA =AAAAAAAA year:4 centre:8 serial:5 check:1",
        "year:2 " * 10_000,
    ],
)
def test_a_form_that_would_make_no_certificate_numbers_is_refused(pattern: str) -> None:
    with refused("certificates.bad_pattern"):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("centre", "serial"),
    [("3201150", 1), ("320115011", 1), ("3201150a", 1), ("３２０１１５０１", 1), ("32011501", 100_000)],
)
def test_what_does_not_fit_a_number_is_refused(centre: str, serial: int) -> None:
    with refused("certificates.number_does_not_fit"):
        make(DEFAULT_PATTERN, 2026, STANDARDS[0], "junior", centre, serial)


def test_a_standard_without_a_number_of_its_own_is_refused() -> None:
    with refused("certificates.standard_without_number"):
        make(DEFAULT_PATTERN, 2026, "some-other-2027", "junior", "32011501", 1)


def test_a_standard_that_came_later_has_its_code_in_the_associations_pattern() -> None:
    pattern = "year:2 =03 level:1 centre:8 serial:5 check:1"
    number = make(pattern, 2026, "some-other-2027", "junior", "32011501", 1)
    found = parse(number, pattern)
    assert number.startswith("2603132011501") and found is not None and found.serial == 1
