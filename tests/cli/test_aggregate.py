"""`aggregate`: score sheets in a file, to the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli import run

WEIGHTS = {"account": 10, "planning": 30, "live": 40, "data": 20}


def sheet(examiner: str, *marks: str, **more: Any) -> dict[str, Any]:
    return {"examiner": examiner, "marks": dict(zip(WEIGHTS, marks, strict=True)), **more}


def panel(**changes: Any) -> dict[str, Any]:
    return {
        "full_mark": "100",
        "pass_mark": "60",
        "policy": {"method": "mean", "spread_limit": "15", "straddle": True, "straddle_within": "2"},
        "weights": WEIGHTS,
        "sheets": [
            sheet("E1", "8.5", "25", "33.35", "16", deductions=["1.5"]),
            sheet("E2", "9", "24", "35", "15"),
            sheet("E3", "8", "26", "34", "17.25"),
        ],
        **changes,
    }


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def asked(content: Any) -> tuple[int, dict[str, Any]]:
        file = tmp_path / "panel.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        code = run(["aggregate", str(file), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return asked


def three(*totals: tuple[str, str]) -> list[dict[str, Any]]:
    """Sheets of one item of 100 points."""
    return [{"examiner": f"E{no}", "marks": {"all": total}} for no, total in enumerate(totals, 1)]


def one_item(*totals: str, **policy: Any) -> dict[str, Any]:
    return panel(weights={"all": "100"}, sheets=three(*totals), policy={"method": "mean", **policy})  # type: ignore[arg-type]


def test_a_panel_of_three(ask: Any) -> None:
    code, data = ask(panel())
    assert code == 0
    assert data["totals"] == [
        {"examiner": "E1", "total": "81.35"},
        {"examiner": "E2", "total": "83.00"},
        {"examiner": "E3", "total": "85.25"},
    ]
    assert (data["result"], data["result_display"]) == ("83.2", "83.20")
    assert data["adjudication"] == {"needed": False, "reasons": []}
    assert data["passed"] is True


def test_a_result_without_end_is_a_fraction(ask: Any) -> None:
    _, data = ask(one_item("80", "80", "81"))
    assert (data["result"], data["result_display"]) == ("241/3", "80.33")


def test_a_result_just_below_the_pass_mark_is_never_shown_as_passed(ask: Any) -> None:
    _, data = ask(one_item("59.99", "60", "60"))
    assert (data["result"], data["result_display"], data["passed"]) == ("17999/300", "59.99", False)


def test_median_and_trimmed_mean(ask: Any) -> None:
    five = ("70", "80", "81", "82", "99")
    assert ask(one_item(*five, method="median"))[1]["result"] == "81"
    assert ask(one_item(*five, method="trimmed_mean"))[1]["result"] == "81"
    code, data = ask(one_item("70", "80", "81", method="trimmed_mean"))
    assert (code, data["error"], data["clause"]) == (1, "aggregate.trimmed_needs_five", None)


def test_a_deliberation_leaves_passed_open(ask: Any) -> None:
    _, data = ask(one_item("50", "60", "70", spread_limit="15", straddle=True, straddle_within="2"))
    assert data["adjudication"] == {"needed": True, "reasons": ["spread", "straddle"]}
    assert data["passed"] is None


def test_straddling_totals_far_from_the_pass_mark_matter_only_without_a_distance(ask: Any) -> None:
    far = ("55", "90", "90")
    assert ask(one_item(*far, straddle=True, straddle_within="2"))[1]["passed"] is True
    assert ask(one_item(*far, straddle=True))[1]["adjudication"]["reasons"] == ["straddle"]
    assert ask(one_item(*far, straddle=False))[1]["passed"] is True


def test_deductions_never_take_a_total_below_zero(ask: Any) -> None:
    sheets = three("1", "2", "3")  # type: ignore[arg-type]
    sheets[0]["deductions"] = ["0.5", "2.25"]
    _, data = ask({**one_item("1", "2", "3"), "sheets": sheets})
    assert [row["total"] for row in data["totals"]] == ["0.00", "2.00", "3.00"]


def test_maxima_written_as_json_numbers_are_read_exactly(ask: Any) -> None:
    text = (
        json.dumps(panel()).replace('"account": 10', '"account": 10.10').replace('"planning": 30', '"planning": 29.9')
    )
    assert ask(text)[0] == 0
    text = json.dumps(panel()).replace('"account": 10', '"account": 10.001')
    assert ask(text)[1]["error"] == "aggregate.points"


@pytest.mark.parametrize(
    ("changes", "error", "clause"),
    [
        ({"sheets": panel()["sheets"][:2]}, "aggregate.too_few", "9.2"),
        ({"sheets": panel()["sheets"][:1]}, "aggregate.too_few", "9.2"),
        ({"sheets": []}, "aggregate.too_few", "9.2"),
        ({"sheets": [*panel()["sheets"], sheet("E4", "1", "1", "1", "1")]}, "aggregate.even", "9.2"),
        ({"sheets": [*panel()["sheets"][:2], sheet("E1", "1", "1", "1", "1")]}, "aggregate.examiner_twice", "9.2"),
        ({"sheets": [*panel()["sheets"][:2], sheet(" E1 ", "1", "1", "1", "1")]}, "aggregate.examiner_twice", "9.2"),
        ({"weights": {**WEIGHTS, "data": 19}}, "aggregate.maxima", None),
        ({"weights": {**WEIGHTS, "data": "20.001"}}, "aggregate.points", None),
        ({"weights": {}}, "aggregate.maxima", None),
        ({"full_mark": "90"}, "aggregate.maxima", None),
        ({"pass_mark": "100.01"}, "aggregate.full_mark", None),
        ({"pass_mark": "0"}, "aggregate.full_mark", None),
        ({"policy": {"method": "mode"}}, "aggregate.unknown_method", None),
        ({"policy": {"method": ["mean"]}}, "aggregate.unknown_method", None),
        ({"policy": {"straddle": "yes"}}, "aggregate.wrong_kind", None),
        ({"policy": {"spread_limit": "-1"}}, "aggregate.points", None),
        ({"policy": {"spred_limit": "15"}}, "aggregate.unknown_key", None),
        ({"sheets": {}}, "aggregate.wrong_kind", None),
        ({"sheets": [1, 2, 3]}, "aggregate.wrong_kind", None),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_its_clause(
    changes: dict[str, Any], error: str, clause: str | None, ask: Any
) -> None:
    code, data = ask(panel(**changes))
    assert (code, data["error"], data["clause"]) == (1, error, clause)
    assert data["message"] not in ("", error)
    assert "{" not in data["message"]


@pytest.mark.parametrize(
    ("mark", "error"),
    [
        ("8.555", "aggregate.points"),
        ("10.01", "aggregate.out_of_range"),
        ("-0.01", "aggregate.points"),
        (-1, "aggregate.points"),
        ("", "aggregate.points"),
        ("８", "aggregate.points"),
        ("1e1", "aggregate.points"),
        ("NaN", "aggregate.points"),
        ("Infinity", "aggregate.points"),
        (None, "aggregate.points"),
        (True, "aggregate.points"),
        ([], "aggregate.points"),
    ],
)
def test_a_mark_that_is_none_or_out_of_range_is_refused(mark: object, error: str, ask: Any) -> None:
    code, data = ask(panel(sheets=[*panel()["sheets"][:2], sheet("E3", mark, "1", "1", "1")]))  # type: ignore[arg-type]
    assert (code, data["error"]) == (1, error)


@pytest.mark.parametrize(
    ("literal", "error"),
    [
        ("NaN", "json.constant"),
        ("-Infinity", "json.constant"),
        ("1e400", "aggregate.points"),
        ("1e999999999", "aggregate.points"),
        ("1e-400", "aggregate.points"),
        ("-3", "aggregate.points"),
        ("9" * 5000, "json.number"),
    ],
)
def test_numbers_beyond_all_sense_are_refused_in_words(literal: str, error: str, ask: Any) -> None:
    text = json.dumps(panel()).replace('"account": 10', f'"account": {literal}')
    code, data = ask(text)
    assert (code, data["error"]) == (1, error)


def test_missing_and_excess_marks_are_refused_by_name(ask: Any) -> None:
    sheets = panel()["sheets"]
    del sheets[1]["marks"]["live"]
    code, data = ask(panel(sheets=sheets))
    assert (code, data["error"]) == (1, "aggregate.missing_mark")
    assert "E2" in data["message"]
    assert "live" in data["message"]
    sheets = panel()["sheets"]
    sheets[2]["marks"]["bonus"] = "1"
    assert ask(panel(sheets=sheets))[1]["error"] == "aggregate.excess_mark"


@pytest.mark.parametrize("key", ["full_mark", "pass_mark", "policy", "weights", "sheets"])
def test_a_missing_key_is_named(key: str, ask: Any) -> None:
    content = panel()
    del content[key]
    code, data = ask(content)
    assert code == 1
    assert key in data["message"]


@pytest.mark.parametrize(("language", "word"), [("zh", "须评议"), ("en", "deliberation")])
def test_people_get_totals_and_reasons(
    language: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIKAO_LANG", language)
    file = tmp_path / "panel.json"
    file.write_text(json.dumps(one_item("50", "60", "70", spread_limit="15")), encoding="utf-8")
    assert run(["aggregate", str(file)]) == 0
    text = capsys.readouterr().out
    assert word in text
    assert "60.00" in text
    assert "aggregate." not in text
