"""The standards as data: what ships holds together, and what doesn't is refused by name."""

from __future__ import annotations

import hashlib

import pytest

from core.errors import Refused
from core.standards.packs import PACK_FILES, pack, packs, read_pack

RURAL = "t-caftv-rural-2026"
RURAL_FILE = PACK_FILES / f"{RURAL}.toml"


def broken(old: str, new: str) -> Refused:
    content = RURAL_FILE.read_text(encoding="utf-8")
    assert old in content
    with pytest.raises(Refused) as refusal:
        read_pack(content.replace(old, new, 1).encode(), "copy.toml")
    return refusal.value


def test_both_standards_ship_with_three_levels_each() -> None:
    assert [(found.id, [level.id for level in found.levels]) for found in packs()] == [
        ("530051-2024", ["junior", "intermediate", "senior"]),
        (RURAL, ["junior", "intermediate", "senior"]),
    ]


def test_the_number_of_practical_skills_is_that_of_the_printed_tables() -> None:
    counted = {
        found.id: [sum(len(function.skills) for function in level.functions) for level in found.levels]
        for found in packs()
    }
    assert counted == {"530051-2024": [42, 53, 35], RURAL: [49, 51, 44]}


def test_a_draft_says_that_it_is_one_and_a_standard_in_force_does_not() -> None:
    assert pack(RURAL).is_draft
    assert not pack("530051-2024").is_draft


def test_the_digest_of_a_pack_is_that_of_its_file() -> None:
    assert pack(RURAL).digest == hashlib.sha256(RURAL_FILE.read_bytes()).digest()


def test_a_standard_that_is_not_there_is_refused_naming_those_that_are() -> None:
    with pytest.raises(Refused) as refusal:
        pack("gb-000000")
    assert refusal.value.code == "standards.unknown"
    assert RURAL in refusal.value.sentence


def test_a_level_that_the_standard_lacks_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        pack(RURAL).level("master")
    assert refusal.value.code == "standards.unknown_level"
    assert "senior" in refusal.value.sentence


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("ethics = 5\nfoundation = 15", "ethics = 6\nfoundation = 15", "weights.knowledge.junior: 101"),
        ("skill_weight = 20", "skill_weight = 25", "campaign_planning: 25 ≠ 20"),
        ('id = "team_building"\nname', 'id = "promotion"\nname', "functions.id promotion ×2"),
        ('{ no = "1.1.2", kind', '{ no = "1.1.1", kind', "requirements.no 1.1.1 ×2"),
        ("dup = true", "dup = false", "knowledge.no 2.1.2 ×2"),
        ('id = "b"\nclause = "9.1.1 b)"', 'id = "a"\nclause = "9.1.1 b)"', "eligibility.id a ×2"),
        ('kind = "training"', 'kind = "luck"', "luck"),
        ("rank = 2", "rank = 3", "levels.rank"),
        ('level = "junior" }', 'level = "senior" }', "certificate senior"),
        ('name = "直播电商选品及供应链管理"\n', 'name = "选品"\n', "选品"),
        ('no = "3.1"', 'no = "4.9"', "4.9"),
        ("pass_mark = 60", "pass_mark = 160", "pass_mark"),
        ('status = "draft"', 'status = "rumour"', "rumour"),
        ("schema = 1", "schema = 2", "schema 2"),
        ('issuer = "', 'isuer = "', "isuer"),
        ("schema = 1", "schema = ", "line"),
    ],
)
def test_a_pack_that_does_not_hold_together_is_refused_naming_the_place(old: str, new: str, named: str) -> None:
    refusal = broken(old, new)
    assert refusal.code == "standards.pack_invalid"
    assert named in refusal.sentence
    assert "copy.toml" in refusal.sentence


def test_a_pack_cannot_be_changed_once_it_is_loaded() -> None:
    with pytest.raises(AttributeError):
        pack(RURAL).standard.title = "x"  # type: ignore[misc]
