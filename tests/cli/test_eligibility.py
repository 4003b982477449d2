"""`eligibility`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from core.cli import run

RURAL = "t-caftv-rural-2026"
EXAMPLE = {
    "as_of": "2026-11-21",
    "experience": [{"occupation": "电商主播", "from": "2024-01-01", "to": None}],
    "training": [{"hours": 80, "completed": "2025-06-01", "certificate_no": "P-1"}],
    "certificates": [{"standard": RURAL, "level": "junior", "issued": "2025-01-10"}],
    "education": [{"school": "中等职业学校", "major": "电子商务", "graduated": None, "final_year": True}],
    "awards": [{"scope": "county", "rank": 1}],
}


def ask(
    capsys: pytest.CaptureFixture[str], file: Path, content: object, level: str, standard: str = RURAL
) -> tuple[int, dict[str, Any]]:
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    code = run(["eligibility", standard, level, "--facts", str(file), "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(("level", "letters"), [("junior", "abc"), ("intermediate", "abce"), ("senior", "")])
def test_the_example_of_the_contract(
    level: str, letters: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = ask(capsys, tmp_path / "facts.json", EXAMPLE, level)
    assert code == 0
    assert data["eligible"] == bool(letters)
    assert "".join(condition["id"] for condition in data["conditions"] if condition["met"]) == letters
    for condition in data["conditions"]:
        assert set(condition) == {"id", "clause", "label", "met", "missing"}
        assert condition["clause"].startswith("9.1.")
        assert all(isinstance(sentence, str) for sentence in condition["missing"])


def test_a_standard_without_conditions_answers_null(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, data = ask(capsys, tmp_path / "facts.json", EXAMPLE, "junior", "530051-2024")
    assert (code, data["eligible"], data["conditions"]) == (0, None, [])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"experience": [{"occupation": "电商主播", "from": "2024-02-01", "to": "2024-01-01"}]},
         "facts.to_before_from"),
        ({"work": []}, "facts.unknown_key"),
        (b"{", "json.syntax"),
        (b"[]", "json.not_an_object"),
        (b"\xff\xfe{}", "json.encoding"),
        (b'{"as_of": "2026-01-01", "as_of": "2026-01-02"}', "json.key_twice"),
        (b'{"training": [{"hours": NaN}]}', "json.constant"),
        (b'{"awards": [{"rank": ' + b"9" * 5000 + b"}]}", "json.number"),
        (b'{"training": [{"hours": 1e999999}]}', "facts.bad_hours"),
        (b'{"training": [{"hours": 1e99999999999999999999}]}', "json.number"),
        (b'{"experience": [{"occupation": "\\ud800"}]}', "json.encoding"),
        (b'{"\\ud800": 1}', "json.encoding"),
        (b"[" * 100_000, "json.nesting"),
        (b'{"a":' * 100_000, "json.nesting"),
    ],
)  # fmt: skip
def test_bad_facts_are_refused_in_words(
    content: object, error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, data = ask(capsys, tmp_path / "facts.json", content, "junior")
    assert (code, data["error"]) == (1, error)
    assert data["message"] != error


def test_a_file_that_is_not_there_is_a_matter_of_the_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eligibility", RURAL, "junior", "--facts", str(tmp_path / "none.json")]) == 3
    assert run(["eligibility", RURAL, "master", "--facts", str(tmp_path / "none.json")]) == 1
    assert run(["eligibility", RURAL, "junior"]) == 2
    capsys.readouterr()


@pytest.mark.parametrize(("language", "word"), [("zh", "不符合"), ("en", "Not eligible")])
def test_people_read_what_is_missing_in_their_language_from_standard_input_too(
    language: str, word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHIKAO_LANG", language)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(EXAMPLE).encode())))
    assert run(["eligibility", RURAL, "senior", "--facts", "-"]) == 0
    text = capsys.readouterr().out
    assert word in text
    assert "9.1.3 d)" in text
    assert "eligibility." not in text
