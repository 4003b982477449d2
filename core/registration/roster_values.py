"""What one cell of a roster means: text, numbers and choices, however a spreadsheet or a person wrote them.

Every reader takes a cell (`Cell`) and returns its typed value, None where the cell holds nothing but space,
or raises `Unclear` with the code of a sentence. No reader guesses: what can be meant in two ways is handed
back to the person.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from core.registration import identity

Cell = str | int | float | bool | date | datetime | time | timedelta
"""What a spreadsheet's cell can hold; an empty one is None and never reaches a reader."""

LONGEST_TEXT = 200
LONGEST_NAME = 60
MOST_HOURS = 10_000

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# Telephones put these around a number that is copied from their address book.
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\u202d"))
_ESCAPED = re.compile(r"_x(000[9ADad])_")
_PHONE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})", re.ASCII)
_WHOLE = re.compile(r"(\d{1,18})(?:\.0+)?", re.ASCII)
_HOURS = re.compile(r"(\d+(?:\.0+)?)(?:个)?(?:学时|课时|小时|h)?", re.ASCII)
_RANK = re.compile(r"第?(\d{1,3})(?:等奖|名|等)?", re.ASCII)
_CONDITION_MARKS = re.compile(r"[\s、,，;；/()（）.．。)和及项]+")
_CJK_NUMERALS = str.maketrans({sign: str(value) for value, sign in enumerate("一二三四五六七八九", start=1)})

ERROR_CELLS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#GETTING_DATA"})

SEXES = {
    **dict.fromkeys(("男", "男性", "m", "male"), identity.MALE),
    **dict.fromkeys(("女", "女性", "f", "female"), identity.FEMALE),
}
YES_NO = {
    **dict.fromkeys(("是", "有", "对", "y", "yes", "true", "1", "√", "✓", "应届", "应届生"), True),
    **dict.fromkeys(("否", "不是", "无", "n", "no", "false", "0", "×", "✗", "非应届", "往届"), False),
}
LEVELS = {
    **dict.fromkeys(("初级", "初级工", "初", "五级", "junior", "1"), "junior"),
    **dict.fromkeys(("中级", "中级工", "中", "四级", "intermediate", "2"), "intermediate"),
    **dict.fromkeys(("高级", "高级工", "高", "三级", "senior", "3"), "senior"),
}
SCOPES = {
    **dict.fromkeys(
        ("县", "县级", "县市", "县市级", "县(市)", "县(市)级", "区县", "区县级", "区", "区级", "county"),
        "county",
    ),
    **dict.fromkeys(("市", "市级", "地市", "地市级", "地级市", "设区市", "州", "州级", "city"), "city"),
    **dict.fromkeys(("省", "省级", "省部级", "自治区", "自治区级", "直辖市", "province"), "province"),
    **dict.fromkeys(("全国", "全国性", "全国级", "国家", "国家级", "国赛", "national"), "national"),
}
ID_KINDS = {
    **dict.fromkeys(("居民身份证", "身份证", "二代身份证", "第二代居民身份证", "二代居民身份证"), identity.RESIDENT),
    **dict.fromkeys(("港澳居民来往内地通行证", "港澳来往内地通行证", "港澳通行证", "回乡证"), identity.HK_MACAO),
    **dict.fromkeys(("台湾居民来往大陆通行证", "台湾来往大陆通行证", "台胞证"), identity.TAIWAN),
    **dict.fromkeys(
        ("港澳台居民居住证", "港澳居民居住证", "台湾居民居住证", "港澳台居住证", "居住证"),
        identity.HMT_PERMIT,
    ),
    **dict.fromkeys(("外国人永久居留身份证", "外国人永久居留证", "永久居留身份证", "永居证"), identity.FOREIGN),
    **dict.fromkeys(("护照", "普通护照", "中国护照", "外国护照", "passport"), identity.PASSPORT),
}
RANKS = {"特等奖": 1, "冠军": 1, "亚军": 2, "季军": 3, "金奖": 1, "银奖": 2, "铜奖": 3}
"""Places with names. A special prize stands above the first, so it counts wherever a first prize does."""


class Unclear(Exception):
    """A cell that can't be taken as it stands: the code of its sentence and what fills it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def text(cell: Cell, longest: int = LONGEST_TEXT) -> str | None:
    """Free text: outer space and line breaks gone, all else kept, never normalised to other characters."""
    plain = as_text(cell)
    if not plain.isprintable() or "_x" in plain:
        plain = _visible(plain)
    plain = plain.strip()
    if len(plain) > longest:
        raise Unclear("roster.too_long", longest=longest)
    return plain or None


def name(cell: Cell) -> str | None:
    """A person's name, each character as it was typed: compatibility ideographs and variants name people too.

    Spaces that only align Chinese names of two characters (测　试) go, those between Latin words stay.
    """
    if not isinstance(cell, str):
        raise Unclear("roster.name")
    plain = text(cell, LONGEST_NAME)
    if plain is None:
        return None
    for character in plain:
        if unicodedata.category(character) == "Co":
            raise Unclear("roster.private_character", character=f"U+{ord(character):04X}")
    words = plain.split()
    joined = words[0]
    for word in words[1:]:
        joined += word if _is_han(joined[-1]) or _is_han(word[0]) else " " + word
    if not any(character.isalpha() or _is_han(character) for character in joined):
        raise Unclear("roster.name")
    if joined[0] in "=+-@":
        raise Unclear("roster.name")
    return joined


def id_number(cell: Cell) -> str | None:
    """An identity number, normalised but not judged; refused where the spreadsheet has rounded it."""
    if isinstance(cell, bool | date | time | timedelta):
        raise Unclear("roster.not_text")
    if isinstance(cell, float):
        if not cell.is_integer():  # infinite and not-a-number included
            raise Unclear("identity.form")
        if abs(cell) >= identity.DOUBLE_LIMIT:
            raise Unclear("identity.rounded")
        cell = int(cell)
    if isinstance(cell, int):
        if identity.was_rounded(cell):
            raise Unclear("identity.rounded")
        return str(cell)
    plain = identity.normalise(cell)
    written = _WHOLE.fullmatch(cell.strip())
    if written and written[1] != cell.strip() and identity.was_rounded(int(written[1])):
        raise Unclear("identity.rounded")  # "110101199001011232.0": a float that was turned into text
    return plain or None


def phone(cell: Cell) -> str | None:
    """A mainland mobile number as 11 digits."""
    typed = text(as_text(cell).translate(_DIRECTION_MARKS))
    if typed is None:
        return None
    plain = re.sub(r"[\s\-‐‑–—()'’.·]+", "", unicodedata.normalize("NFKC", typed))
    found = _PHONE.fullmatch(plain)
    if not found:
        raise Unclear("roster.phone")
    return found[1]


def whole_number(cell: Cell, most: int = MOST_HOURS) -> int | None:
    """Training hours: 80, "80.0", "80学时"."""
    typed = text(cell)
    if typed is None:
        return None
    found = _HOURS.fullmatch(unicodedata.normalize("NFKC", typed).replace(" ", "").lower())
    if not found or float(found[1]) > most:
        raise Unclear("roster.number")
    return int(float(found[1]))


def rank(cell: Cell) -> int | None:
    """A place or prize: 1, "一等奖", "第二名", "季军"."""
    typed = text(cell)
    if typed is None:
        return None
    plain = unicodedata.normalize("NFKC", typed).replace(" ", "").removesuffix(".0")
    if plain in RANKS:
        return RANKS[plain]
    found = _RANK.fullmatch(plain.translate(_CJK_NUMERALS))
    if not found or int(found[1]) < 1:
        raise Unclear("roster.rank")
    return int(found[1])


def choice(cell: Cell, words: dict[str, str], code: str) -> str | None:
    """One of `words`; anything else is refused with `code`."""
    typed = text(cell)
    if typed is None:
        return None
    found = words.get(typed) or words.get(_folded(typed))
    if found is None:
        raise Unclear(code)
    return found


def yes_no(cell: Cell) -> bool | None:
    """是 or 否."""
    if isinstance(cell, bool):
        return cell
    typed = text(cell)
    if typed is None:
        return None
    found = YES_NO.get(_folded(typed))
    if found is None:
        raise Unclear("roster.yes_no")
    return found


def conditions(cell: Cell) -> tuple[str, ...] | None:
    """Letters of conditions, in order, each once: "a", "A、C", "b) d)"."""
    typed = text(cell)
    if typed is None:
        return None
    letters = _CONDITION_MARKS.sub("", unicodedata.normalize("NFKC", typed).lower())
    if not letters or set(letters) - set("abcdef"):
        raise Unclear("roster.conditions")
    return tuple(sorted(set(letters)))


def photo(cell: Cell) -> str | None:
    """The name of a photo, without any folder: a roster must not reach outside the folder it came with."""
    plain = text(cell)
    if plain is not None and (re.search(r'[/\\:*?"<>|]', plain) or plain.startswith(".")):
        raise Unclear("roster.photo")
    return plain


def as_text(cell: Cell) -> str:
    """A cell as a person would have typed it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        if identity.was_rounded(cell):
            raise Unclear("roster.rounded")
        return str(cell)
    if isinstance(cell, float):
        if abs(cell) >= identity.DOUBLE_LIMIT or cell != cell:
            raise Unclear("roster.rounded")
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    raise Unclear("roster.not_text")


def _folded(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed).split()).lower().removesuffix(".0")


def _visible(plain: str) -> str:
    """Line breaks as spaces, zero-width characters gone; what would show otherwise than stored is refused."""
    plain = _ESCAPED.sub(" ", plain).translate(_ZERO_WIDTH)
    shown = []
    for character in plain:
        category = unicodedata.category(character)
        if category in ("Zs", "Zl", "Zp") or character in "\t\r\n\v\f\x85":
            shown.append(" ")
        elif category in ("Cc", "Cf", "Cs"):
            raise Unclear("roster.invisible", character=f"U+{ord(character):04X}")
        else:
            shown.append(character)
    return "".join(shown)


def _is_han(character: str) -> bool:
    point = ord(character)
    return (
        0x4E00 <= point <= 0x9FFF
        or 0x3400 <= point <= 0x4DBF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
        or point == 0x3007
    )
