"""`staffing`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.cli import run

RURAL = "t-caftv-rural-2026"


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(["staffing", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_forty_candidates_need_five_examiners_by_9_2_and_the_centres_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, data = ask(capsys, RURAL, "skill", "--candidates", "40")
    assert code == 0
    assert (data["examiners"], data["clause"]) == (5, "9.2")
    assert data["policy"].startswith("考点规定")


def test_a_review_panel_has_three(capsys: pytest.CaptureFixture[str]) -> None:
    _, data = ask(capsys, RURAL, "review", "--candidates", "40")
    assert (data["examiners"], data["clause"]) == (3, "9.2")


def test_rooms_of_a_knowledge_examination(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = ask(capsys, RURAL, "knowledge", "--candidates", "75", "--room", "45", "--room", "30")
    assert code == 0
    assert data["rooms"] == [{"candidates": 45, "invigilators": 3}, {"candidates": 30, "invigilators": 2}]
    assert (data["invigilators"], data["clause"]) == (5, "9.2")
    _, data = ask(capsys, RURAL, "knowledge", "--candidates", "75")
    assert data["rooms"] == [{"candidates": 75, "invigilators": 4}]


def test_a_silent_standard_has_no_clause_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    for component in ("skill", "review", "knowledge"):
        code, data = ask(capsys, "530051-2024", component, "--candidates", "12")
        assert (code, data["clause"]) == (0, None)
        assert "没有规定" in data["policy"]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "error"),
    [
        ([RURAL, "skill", "--candidates", "0"], 1, "staffing.no_candidates"),
        ([RURAL, "knowledge", "--candidates", "-3"], 1, "staffing.no_candidates"),
        ([RURAL, "knowledge", "--candidates", "30", "--room", "29"], 1, "staffing.rooms_do_not_add_up"),
        ([RURAL, "knowledge", "--candidates", "30", "--room", "30", "--room", "0"], 1, "staffing.empty_room"),
        (["none", "skill", "--candidates", "3"], 1, "standards.unknown"),
        ([RURAL, "skill", "--candidates", "3", "--room", "3"], 2, "staffing.room_needs_knowledge"),
        ([RURAL, "interview", "--candidates", "3"], 2, "cli.usage"),
        ([RURAL, "skill", "--candidates", "many"], 2, "cli.usage"),
        ([RURAL, "skill"], 2, "cli.usage"),
    ],
)
def test_what_cannot_be_staffed_is_refused(
    arguments: list[str], exit_code: int, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = ask(capsys, *arguments)
    assert (code, data["error"]) == (exit_code, error)


def test_people_get_a_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIKAO_LANG", "en")
    assert run(["staffing", RURAL, "knowledge", "--candidates", "30"]) == 0
    assert "2 invigilators in all (clause 9.2" in capsys.readouterr().out
    assert run(["staffing", "530051-2024", "skill", "--candidates", "30"]) == 0
    assert "own rule" in capsys.readouterr().out
