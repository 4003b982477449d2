"""Invented candidates for demonstrations and practice, at any number, the same ones for the same seed.

The people are nobody: common surnames with drawn given names, birth dates and order numbers by chance, all of region
110101, telephone numbers of a row that is counted up, drawn portraits. About one in twenty meets no condition of 9.1,
so that the qualification review has something to refuse.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from core.registration import identity, portraits
from core.registration.roster_file import RosterRow
from core.registration.roster_sheets import write_rows

REGION = "110101"
FIRST_PHONE = 19_900_000_000
LACKING_PER = 20
"""One candidate of so many lacks a condition."""
DEFAULT_AS_OF = date(2026, 11, 21)

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_LONG_SURNAMES = ("欧阳", "上官", "司马", "诸葛")
_FEMALE = "芳娜敏静丽艳娟霞秀玲桂兰凤洁梅琳素云莲珍雪荣爱香月莺媛"
_MALE = "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅峰"
_EITHER = "文晓雨佳宁子思安若新田禾谷丰春秋乐欣"
# Names that every list, search and print has to bear; the third of each round of thirty, and so on.
_SPECIAL = {
    3: ("测试𬱖", identity.FEMALE),
    11: ("龙䶮", identity.MALE),
    17: ("阿依古丽·测试", identity.FEMALE),
    23: ("扎西·测试", identity.MALE),
    27: ("欧阳测试", identity.MALE),
}
_EMPLOYERS = ("示例农产品专业合作社", "示例镇助农直播间", "示例县电商服务中心", "示例果业有限公司", None)
_EDUCATIONS = ("初中", "高中", "中专", "大专", "本科")
_OCCUPATIONS = ("电商主播", "互联网营销师", "电子商务师", "农村电商运营人员")
_SCHOOLS = {"junior": "中等职业学校", "intermediate": "中等职业学校", "senior": "高职院校"}
_HELD = {"intermediate": "junior", "senior": "intermediate"}
_HOURS = {"junior": 80, "intermediate": 64, "senior": 56}
_YEARS = {"junior": 1, "intermediate": 3, "senior": 4}
_AWARDS = {"junior": "county", "intermediate": "city", "senior": "national"}


def invent_roster(n: int, level: str, seed: int, as_of: date = DEFAULT_AS_OF) -> list[RosterRow]:
    """`n` candidates for `level` (junior, intermediate, senior), each with another identity number.

    About 95 in 100 meet a condition of 9.1 on the day `as_of`. `row` counts from 2, as in the sheet that
    `write_invented` writes; `photo` is named by that order, never by the person.
    """
    chance = random.Random(f"{seed} {level}")  # noqa: S311 — invention, not a secret
    used: set[str] = set()
    # Spread evenly with one drawn offset, so that every larger roster has some and a small one is not spoiled.
    lacking = chance.randrange(LACKING_PER)
    lack = {index for index in range(n) if n > 1 and index % LACKING_PER == lacking}
    return [_invent(chance, index, level, as_of, used, lacks=index in lack) for index in range(n)]


def write_invented(
    path: Path, n: int, level: str, seed: int, photos_dir: Path | None = None, as_of: date = DEFAULT_AS_OF
) -> list[RosterRow]:
    """Write an invented roster to `path` (.xlsx) and its portraits to `photos_dir`; the rows written."""
    rows = invent_roster(n, level, seed, as_of)
    if photos_dir is not None:
        photos_dir.mkdir(parents=True, exist_ok=True)
        for index, row in enumerate(rows):
            if row.photo is not None:
                (photos_dir / row.photo).write_bytes(portraits.draw(seed * 1_000_003 + index, row.sex))
    write_rows(path, rows)
    return rows


def _invent(chance: random.Random, index: int, level: str, as_of: date, used: set[str], *, lacks: bool) -> RosterRow:
    name, sex = _name(chance, index)
    born = date(as_of.year - 50, 1, 1) + timedelta(days=chance.randrange(28 * 365))
    number = _number(chance, born, sex, used)
    facts = _lacking(chance, level, as_of) if lacks else _sufficient(chance, level, as_of)
    return RosterRow(
        row=index + 2,
        name=name,
        sex=sex,
        id_kind=identity.RESIDENT,
        id_number=number,
        birth_date=born,
        phone=str(FIRST_PHONE + index + 1),
        education=chance.choice(_EDUCATIONS),
        employer=chance.choice(_EMPLOYERS),
        level=level,
        photo=f"{index + 1:04d}.jpg",
        **facts,  # type: ignore[arg-type]
    )


def _name(chance: random.Random, index: int) -> tuple[str, str]:
    sex = chance.choice((identity.FEMALE, identity.MALE))
    surname = chance.choice(_LONG_SURNAMES) if chance.random() < 0.03 else chance.choice(_SURNAMES)
    signs = (_FEMALE if sex == identity.FEMALE else _MALE) + _EITHER
    given = "".join(chance.choice(signs) for _ in range(1 if chance.random() < 0.25 else 2))
    # Drawn first and replaced then, so that a special name changes nobody else's.
    return _SPECIAL.get(index % 30 + 1, (surname + given, sex))


def _number(chance: random.Random, born: date, sex: str, used: set[str]) -> str:
    from stdnum.cn import ric

    while True:
        order = chance.randrange(500) * 2 + (sex == identity.MALE)
        number = f"{REGION}{born:%Y%m%d}{order:03d}"
        number += ric.calc_check_digit(number + "0")
        if number not in used:
            used.add(number)
            return number


def _sufficient(chance: random.Random, level: str, as_of: date) -> dict[str, object]:
    """Facts that meet one condition of the level with room to spare, and the letter that claims it."""
    way = chance.random()
    if way < 0.45:
        years = _YEARS[level] + chance.randint(1, 4)
        started = as_of - timedelta(days=years * 366 + chance.randrange(300))
        letter = "a" if level == "junior" else "d"
        facts: dict[str, object] = {"occupation": chance.choice(_OCCUPATIONS), "occupation_from": started}
        return facts | {"conditions": (letter,) if chance.random() < 0.6 else ()}
    if way < 0.85:
        completed = as_of - timedelta(days=chance.randint(40, 400))
        facts = _training(chance, _HOURS[level] + chance.choice((0, 0, 8, 16)), completed)
        if level == "junior":
            return facts | {"conditions": ("b",)}
        issued = completed - timedelta(days=chance.randint(200, 900))
        held = {
            "held_level": _HELD[level],
            "held_number": f"示例-{chance.randrange(10**6):06d}",
            "held_date": issued,
        }
        return facts | held | {"conditions": ("b",)}
    if way < 0.95 and level != "junior":
        final_year = chance.random() < 0.5
        graduated = None if final_year else as_of - timedelta(days=chance.randint(120, 1500))
        facts = {"school": _SCHOOLS[level], "major": "电子商务"}
        return facts | {"graduated": graduated, "final_year": final_year, "conditions": ("e",)}
    letter = "c" if level == "junior" else "f"
    return {"award_scope": _AWARDS[level], "award_rank": 1, "conditions": (letter,)}


def _lacking(chance: random.Random, level: str, as_of: date) -> dict[str, object]:
    """Facts that come close to a condition and meet none."""
    if chance.random() < 0.5:
        started = as_of - timedelta(days=chance.randint(60, 300))
        return {"occupation": chance.choice(_OCCUPATIONS), "occupation_from": started}
    return _training(chance, _HOURS[level] // 2, as_of - timedelta(days=chance.randint(40, 400)))


def _training(chance: random.Random, hours: int, completed: date) -> dict[str, object]:
    return {
        "training_hours": hours,
        "training_completed": completed,
        "training_certificate": f"示例培-{chance.randrange(10**6):06d}",
    }
