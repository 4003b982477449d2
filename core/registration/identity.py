"""Identity numbers: what kind one is, what it says of its bearer, and why it cannot be right.

Numbers are judged by their form and check digit only; nothing is looked up anywhere. The region table of
`stdnum` names places but never refuses a number: a card keeps the code of the place and time of its first
registration, so codes that were abolished, or created after the bearer's birth, are common. Only a province
that has never existed is refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from core.words import say

RESIDENT = "resident_id"
RESIDENT_OLD = "resident_id_15"
HMT_PERMIT = "hmt_residence_permit"
HK_MACAO = "hk_macao_pass"
TAIWAN = "taiwan_pass"
PASSPORT = "passport"
FOREIGN = "foreign_permanent_resident"
KINDS = (RESIDENT, HK_MACAO, TAIWAN, HMT_PERMIT, FOREIGN, PASSPORT)
"""Kinds that a person may state; `resident_id_15`, the abolished first generation, is only recognised."""

MALE, FEMALE = "male", "female"

OLDEST_BIRTH_YEAR = 1900
PROVINCES = frozenset(
    first + second
    for first, seconds in {"1": "12345", "2": "123", "3": "1234567", "4": "123456", "5": "01234"}.items()
    for second in seconds
) | {"61", "62", "63", "64", "65", "71"}
HMT_REGIONS = {"810000": "香港特别行政区", "820000": "澳门特别行政区", "830000": "台湾"}
DOUBLE_LIMIT = 2**53
"""Beyond it a spreadsheet's number no longer holds every integer."""

# What people type or paste around a number, or for its X: separators, marks of text cells, look-alikes.
_DROPPED = re.compile("[\\s\\-‐‑‒–—'‘’`´\"“”\u200b\u2060\ufeff\u00ad\u202a\u202c\u202d\u200e\u200f]+")
_LOOKALIKES = str.maketrans({"×": "X", "х": "X", "Х": "X", "χ": "X", "Χ": "X"})
_DIGITS = re.compile(r"[0-9]+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII)
_TRAILING_ZERO = re.compile(r"(\d+)\.0+", re.ASCII)
_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_FORMS = (
    (re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII), HK_MACAO),
    (re.compile(r"\d{8}|\d{10}[A-Z]?|\d{10}\([A-Z]\)", re.ASCII), TAIWAN),
    (re.compile(r"[A-Z]{3}\d{12}", re.ASCII), FOREIGN),
    (re.compile(r"[A-Z]{1,2}\d{6,9}", re.ASCII), PASSPORT),
)
_STATED = {
    HK_MACAO: _FORMS[0][0],
    TAIWAN: _FORMS[1][0],
    PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{5,12}", re.ASCII),
}
_CHINA_TIME = timedelta(hours=8)


@dataclass(frozen=True)
class Identity:
    """What a number says.

    `sex` is `male` or `female`; `region` the name of a place, or its six digits where the place is unknown;
    each is None where the kind of number does not tell. `code` and `problem` are None where it is valid.
    """

    valid: bool
    number: str
    kind: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    region: str | None = None
    code: str | None = None

    @property
    def problem(self) -> str | None:
        """Why the number is not valid and what to do, as a sentence."""
        return None if self.code is None else say(self.code)

    def __repr__(self) -> str:
        return f"Identity(valid={self.valid}, kind={self.kind!r}, code={self.code!r})"


def normalise(number: str) -> str:
    """A number as it is stored: ASCII, upper case, without spaces or dashes, look-alikes of X as X."""
    if number.isalnum() and number.isascii():
        return number.upper()
    plain = unicodedata.normalize("NFKC", number.strip())
    if plain.startswith("="):  # ="1101…", by which a .csv keeps a spreadsheet from rounding
        plain = plain[1:]
    plain = _DROPPED.sub("", plain).upper().translate(_LOOKALIKES)
    whole = _TRAILING_ZERO.fullmatch(plain)
    return whole[1] if whole else plain


def mask(number: str) -> str:
    """A number as shown wherever the whole is not needed: its first three and last four characters."""
    shown_first, shown_last = (3, 4) if len(number) >= 15 else (1, 2) if len(number) >= 8 else (0, 0)
    hidden = len(number) - shown_first - shown_last
    return number[:shown_first] + "*" * hidden + number[len(number) - shown_last :]


def was_rounded(number: int) -> bool:
    """Whether a spreadsheet's number of more than 15 digits has lost its last ones, as far as can be told.

    Excel keeps 15 digits and fills up with zeros, other programs keep what a double holds. An integer that no
    double can hold was written by a program that kept every digit.
    """
    return abs(number) >= DOUBLE_LIMIT and (number % 1000 == 0 or int(float(number)) == number)


def check(number: str, *, kind: str | None = None, today: date | None = None) -> Identity:
    """Judge a number as a person typed it, or as the `kind` (of `KINDS`) that they stated.

    `today` (default: today in China) is what a birth date may not lie after.
    """
    plain = normalise(number)
    if not plain:
        return Identity(False, plain, code="identity.empty")
    if _SCIENTIFIC.fullmatch(plain):
        return Identity(False, plain, RESIDENT, code="identity.rounded")
    found = _by_form(plain, today or (datetime.now(UTC) + _CHINA_TIME).date())
    if kind is None or found.kind == kind:
        return found
    return _as_stated(plain, kind, found)


def _by_form(plain: str, today: date) -> Identity:
    if _EIGHTEEN.fullmatch(plain):
        return _eighteen(plain, today)
    if len(plain) == 15 and _DIGITS.fullmatch(plain):
        return _fifteen(plain)
    for form, kind in _FORMS:
        if form.fullmatch(plain):
            return Identity(True, plain, kind)
    if len(plain) > 10 and _DIGITS.fullmatch(plain[:-1]):
        rounded = len(plain) == 17 and plain.endswith("000")
        return Identity(False, plain, RESIDENT, code="identity.rounded" if rounded else "identity.length")
    return Identity(False, plain, code="identity.form")


def _as_stated(plain: str, kind: str, found: Identity) -> Identity:
    form = _STATED.get(kind)
    if form is not None and form.fullmatch(plain):
        return Identity(True, plain, kind)
    if found.kind == RESIDENT_OLD or (found.kind in (None, RESIDENT) and kind == RESIDENT):
        return found
    if not found.valid and found.kind is None:
        return Identity(False, plain, kind, code="identity.form")
    return Identity(False, plain, kind, code="identity.other_kind")


def _eighteen(plain: str, today: date) -> Identity:
    """GB 11643: region 6, birth 8, order 3 (odd is male), check 1; permits of 8 and 9 follow the same sum."""
    from stdnum.cn import ric

    kind = HMT_PERMIT if plain[0] == "8" else FOREIGN if plain[0] == "9" else RESIDENT
    born = _birth(plain[6:14])
    sex = MALE if int(plain[16]) % 2 else FEMALE
    region = _region(kind, plain, born)
    code = None
    adds_up = ric.calc_check_digit(plain) == plain[17]
    if not adds_up and plain.endswith("000"):
        code = "identity.rounded"
    elif born is None or born.year < OLDEST_BIRTH_YEAR:
        code = "identity.birth_date"
    elif born > today:
        code = "identity.birth_future"
    elif not adds_up:
        code = "identity.check_digit"
    elif region is None:
        code = "identity.region"
    return Identity(code is None, plain, kind, born, sex, region, code)


def _fifteen(plain: str) -> Identity:
    """First generation, without check digit; no longer valid since 2013."""
    born = _birth("19" + plain[6:12])
    sex = MALE if int(plain[14]) % 2 else FEMALE
    region = _region(RESIDENT, plain, born)
    return Identity(False, plain, RESIDENT_OLD, born, sex, region, "identity.first_generation")


def _birth(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _region(kind: str, plain: str, born: date | None) -> str | None:
    """The place that a number names; None where there can be no such place."""
    if kind == HMT_PERMIT:
        return HMT_REGIONS.get(plain[:6])
    province = plain[1:3] if kind == FOREIGN else plain[:2]
    if province not in PROVINCES:
        return None
    places = _places(province + "0000" if kind == FOREIGN else plain[:6])
    if not places:
        return plain[:6]
    year = born.year if born else 0
    return next((name for start, end, name in places if start <= year <= end), places[-1][2])


@lru_cache(maxsize=8192)
def _places(code: str) -> tuple[tuple[int, int, str], ...]:
    """The names that a region's code has had: first and last year, name with province."""
    from stdnum import numdb

    known = {key: value for _, found in numdb.get("cn/loc").info(code) for key, value in found.items()}
    province = known.get("province")
    if province is None:
        return ()
    if "county" not in known:
        # A county that the table lacks: its province is still known.
        return ((0, 9999, province),)
    return tuple(_place(province, county) for county in known["county"].split(","))


def _place(province: str, county: str) -> tuple[int, int, str]:
    years = re.fullmatch(r"\[(\d*)-(\d*)\](.*)", county)
    start, end, name = years.groups() if years else ("", "", county)
    whole = province if name in (province, "市辖区", "县") else province + name
    return int(start or 0), int(end or 9999), whole
