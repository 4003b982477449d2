"""`workdays`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.cli import run


def ask(capsys: pytest.CaptureFixture[str], start: str, days: str) -> tuple[int, dict[str, Any]]:
    code = run(["workdays", "--from", start, "--days", days, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_seven_working_days_over_the_mid_autumn_holiday(capsys: pytest.CaptureFixture[str]) -> None:
    code, data = ask(capsys, "2026-09-18", "7")
    assert (code, data["due"], data["estimated"]) == (0, "2026-09-29", False)
    assert data["calendar_ends"] >= "2026-12-31"


def test_far_ahead_the_answer_is_an_estimate(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, data = ask(capsys, "2099-01-01", "7")
    assert (code, data["estimated"]) == (0, True)
    monkeypatch.setenv("ZHIKAO_LANG", "en")
    assert run(["workdays", "--from", "2099-01-01", "--days", "7"]) == 0
    assert "estimate" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("start", "days", "exit_code", "error"),
    [
        ("2026-09-18", "0", 1, "workdays.days_out_of_range"),
        ("2026-09-18", "-7", 1, "workdays.days_out_of_range"),
        ("2026-02-30", "7", 2, "workdays.bad_date"),
        ("20260918", "7", 2, "workdays.bad_date"),
        ("2026-09-18", "x", 2, "cli.usage"),
        ("9999-12-30", "7", 1, "workdays.beyond_calendar"),
    ],
)
def test_dates_and_days_that_are_none_are_refused(
    start: str, days: str, exit_code: int, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = ask(capsys, start, days)
    assert (code, data["error"]) == (exit_code, error)
