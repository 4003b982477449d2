"""`identity NUMBER` as a script calls it."""

from __future__ import annotations

import json

import pytest

from core.cli import run
from core.words import use

VALID = "110101199001011237"


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    use("zh")


def test_a_valid_number_answers_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "identity", VALID]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "valid": True,
        "kind": "resident_id",
        "birth_date": "1990-01-01",
        "sex": "male",
        "region": "北京市东城区",
        "problem": None,
    }


def test_a_number_that_is_not_valid_is_an_answer_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["identity", "110101199001011238", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["valid"] is False
    assert "校验码" in answer["problem"]


def test_people_read_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["identity", VALID]) == 0
    said = capsys.readouterr().out
    assert "居民身份证" in said and "1990-01-01" in said and "男" in said and "北京市东城区" in said


def test_a_stated_kind_is_held_against_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "identity", VALID, "--kind", "passport"]) == 0
    assert json.loads(capsys.readouterr().out)["valid"] is False


def test_a_missing_number_is_a_matter_of_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "identity"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "cli.usage"
