"""Identity numbers as they come from desks, spreadsheets and copied messages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from core.registration import identity
from core.words import LANGUAGES, sentences

TODAY = date(2026, 11, 21)


def resident(born: str = "19900101", order: str = "123", region: str = "110101") -> str:
    """An invented number with its right check digit."""
    stem = f"{region}{born}{order}"
    return stem + ric.calc_check_digit(stem + "0")


def test_a_right_number_tells_birth_sex_and_place() -> None:
    found = identity.check(resident(), today=TODAY)
    assert found.valid and found.problem is None
    assert (found.kind, found.birth_date, found.sex) == ("resident_id", date(1990, 1, 1), "male")
    assert found.region == "北京市东城区"
    assert identity.check(resident(order="124"), today=TODAY).sex == "female"


@pytest.mark.parametrize(
    "dress",
    [
        lambda number: f" {number} ",
        lambda number: f"'{number}",
        lambda number: f"’{number}",
        lambda number: f'="{number}"',
        lambda number: f"\u202d{number}\u202c",
        lambda number: f"{number[:6]} {number[6:14]}　{number[14:]}",
        lambda number: f"{number[:6]}-{number[6:]}\t",
        lambda number: number.lower(),
        lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number),
        lambda number: number.replace("X", "х"),
        lambda number: number.replace("X", "×"),
    ],
)
def test_the_same_number_is_understood_however_it_was_typed(dress: object) -> None:
    number = next(found for order in range(100, 200) if (found := resident(order=str(order))).endswith("X"))
    found = identity.check(dress(number), today=TODAY)  # type: ignore[operator]
    assert found.valid and found.number == number


@given(st.integers(0, 999), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_mistyped_character_is_always_noticed(order: int, place: int, instead: str) -> None:
    right = resident(order=f"{order:03d}")
    wrong = right[:place] + instead + right[place + 1 :]
    assert identity.check(wrong, today=TODAY).valid is (wrong == right)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "identity.empty"),
        ("   ", "identity.empty"),
        ("1.10101E+17", "identity.rounded"),
        ("1.10101199001011e+17", "identity.rounded"),
        ("110101199001012000", "identity.rounded"),
        ("11010119900101000", "identity.rounded"),
        ("1101011990010112", "identity.length"),
        ("1101011990010112345", "identity.length"),
        ("110101900101123", "identity.first_generation"),
        (resident("19901301"), "identity.birth_date"),
        (resident("19900230"), "identity.birth_date"),
        (resident("18500101"), "identity.birth_date"),
        (resident("20261122"), "identity.birth_future"),
        (resident(region="990101"), "identity.region"),
        (resident(region="100101"), "identity.region"),
        (resident(region="840000"), "identity.region"),
        ("测试", "identity.form"),
        ("12345", "identity.form"),
        ("=1+1", "identity.form"),
        ("١١٠١٠١١٩٩٠٠١٠١١٢٣٧", "identity.form"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(number: str, code: str) -> None:
    found = identity.check(number, today=TODAY)
    assert not found.valid
    assert found.code == code
    assert found.problem != code


def test_a_person_born_today_is_not_from_the_future() -> None:
    assert identity.check(resident("20261121"), today=TODAY).valid


def test_a_leap_day_is_a_birth_date_only_in_a_leap_year() -> None:
    assert identity.check(resident("20000229"), today=TODAY).valid
    assert identity.check(resident("19000229"), today=TODAY).code == "identity.birth_date"


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("110103", "北京市崇文区"),  # abolished in 2010
        ("320115", "江苏省江宁区"),  # made in 2000, after the bearer was born
        ("441900", "广东省东莞市"),
        ("110199", "北京市"),  # a county that the table lacks
    ],
)
def test_an_abolished_or_later_region_is_no_reason_to_turn_anybody_away(region: str, place: str) -> None:
    found = identity.check(resident(region=region), today=TODAY)
    assert found.valid and found.region == place


@pytest.mark.parametrize(
    ("number", "kind", "region"),
    [
        ("H12345678", "hk_macao_pass", None),
        ("m1234567801", "hk_macao_pass", None),
        ("12345678", "taiwan_pass", None),
        ("E12345678", "passport", None),
        ("EA1234567", "passport", None),
        (resident(region="810000"), "hmt_residence_permit", "香港特别行政区"),
        (resident(region="830000"), "hmt_residence_permit", "台湾"),
        (resident(region="911156"), "foreign_permanent_resident", "北京市"),
        ("ABC110190010112", "foreign_permanent_resident", None),
    ],
)
def test_other_documents_are_known_by_their_form(number: str, kind: str, region: str | None) -> None:
    found = identity.check(number, today=TODAY)
    assert (found.valid, found.kind, found.region) == (True, kind, region)
    assert identity.check(number, kind=kind, today=TODAY).valid


def test_a_number_of_another_document_than_stated_is_named() -> None:
    assert identity.check("H12345678", kind="resident_id").code == "identity.other_kind"
    assert identity.check(resident(), kind="hk_macao_pass").code == "identity.other_kind"
    assert identity.check(resident(), kind="passport").code == "identity.other_kind"
    assert identity.check("M12345678", kind="passport").valid


def test_a_hidden_number_shows_its_ends_only() -> None:
    assert identity.mask("110101199001011237") == "110***********1237"
    assert identity.mask("H12345678") == "H******78"
    assert identity.mask("123") == "***"
    assert identity.mask("") == ""


def test_a_number_never_stands_in_what_is_printed_for_a_fault_report() -> None:
    number = resident()
    assert number not in repr(identity.check(number))


@given(st.text(max_size=40), st.sampled_from([None, *identity.KINDS]))
def test_no_text_whatever_breaks_the_check(text: str, kind: str | None) -> None:
    found = identity.check(text, kind=kind, today=TODAY)
    assert found.valid is (found.code is None)
    assert len(identity.mask(text)) == len(text)


@given(st.integers(min_value=10**16, max_value=10**18 - 1))
def test_a_number_that_went_through_a_spreadsheet_as_a_float_is_never_taken(number: int) -> None:
    assert identity.was_rounded(int(float(number)))
    assert identity.was_rounded(number // 1000 * 1000)


@pytest.mark.parametrize("room", ["identity.", "roster."])
def test_both_languages_have_the_same_sentences(room: str) -> None:
    codes = [{code for code in sentences(one) if code.startswith(room)} for one in LANGUAGES]
    assert codes[0] == codes[1] != set()
