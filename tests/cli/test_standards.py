"""`standards list` and `standards show`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core import words
from core.cli import run
from core.words import sentences


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIKAO_LANG", "zh")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_list_names_both_standards(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = shown(capsys, "standards", "list")
    assert code == 0
    assert [row["id"] for row in data["standards"]] == ["530051-2024", "t-caftv-rural-2026"]
    for row in data["standards"]:
        assert {"id", "code", "title", "edition", "levels"} <= set(row)
        assert row["levels"] == ["junior", "intermediate", "senior"]


def test_a_standard_is_shown_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = shown(capsys, "standards", "show", "t-caftv-rural-2026")
    assert code == 0
    assert {"standard", "levels", "weights", "assessment", "procedure"} <= set(data)
    junior = data["levels"][0]
    assert {"id", "name", "rank", "eligibility", "functions"} <= set(junior)
    function = junior["functions"][0]
    assert {"no", "id", "name", "skill_weight", "knowledge_weight", "tasks"} <= set(function)
    task = function["tasks"][0]
    assert task["requirements"][0] == {"no": "1.1.1", "kind": "skill", "label": "平台特点分析"}
    assert {"no", "label"} <= set(task["knowledge"][0])
    assert data["weights"]["skill"]["junior"]["campaign_planning"] == 20
    assert data["procedure"]["qualification_review_working_days"] == 7
    assert junior["eligibility"][0]["all_of"][0]["kind"] == "experience"


def test_tables_that_a_standard_lacks_are_null(capsys: pytest.CaptureFixture[str]) -> None:
    _, data = shown(capsys, "standards", "show", "530051-2024")
    assert [data[table] for table in ("weights", "assessment", "procedure")] == [None, None, None]
    assert data["levels"][0]["functions"][0]["skill_weight"] is None
    assert data["levels"][0]["eligibility"] == []


def test_an_unknown_standard_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = shown(capsys, "standards", "show", "none")
    assert (code, data["error"], data["clause"]) == (1, "standards.unknown", None)
    assert "t-caftv-rural-2026" in data["message"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_people_get_words_in_their_language(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIKAO_LANG", language)
    for arguments in (["standards", "list"], ["standards", "show", "530051-2024"],
                      ["standards", "show", "t-caftv-rural-2026"]):  # fmt: skip
        assert run(arguments) == 0
        text = capsys.readouterr().out
        assert "乡村直播电商运营师" in text or "直播电商职业技能等级标准" in text
        assert "standards." not in text
        assert ("skills" in text or "levels" in text) == (language == "en")


def test_both_languages_have_the_same_sentences_with_the_same_places_to_fill() -> None:
    import re

    def holes(sentence: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", sentence))

    ours = ("standards.", "json.", "points.", "facts.", "eligibility.", "staffing.", "workdays.", "plan.", "aggregate.")
    chinese, english = (
        {code: text for code, text in sentences(language).items() if code.startswith(ours)}
        for language in words.LANGUAGES
    )
    assert chinese.keys() == english.keys()
    assert {code: holes(text) for code, text in chinese.items()} == {
        code: holes(text) for code, text in english.items()
    }
