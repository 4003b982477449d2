"""Which way in, and where a centre's home stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.door import wants_window
from core.paths import PROGRAM, default_home, home_or_default


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--demo"],
        ["--home", "demo"],
        ["--home=demo"],
        ["--as", "admin", "--with", "guan", "--lang", "en", "--theme", "dark"],
        ["--home"],
    ],
)
def test_without_a_command_the_window_opens(arguments: list[str]) -> None:
    assert wants_window(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo"],
        ["--home", "somewhere", "demo", "--out", "papers"],
        ["--as", "admin", "--json", "batch", "list"],
        ["standarts"],
        ["--json"],
        ["--help"],
    ],
)
def test_a_command_or_a_question_for_the_terminal_opens_no_window(arguments: list[str]) -> None:
    assert not wants_window(arguments)


def test_asking_at_the_door_loads_nothing_heavy() -> None:
    heavy = {"argparse", "core.cli", "PySide6", "sqlalchemy"}
    code = f"import sys, core.door; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], cwd=PROGRAM, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_home_that_was_named_wins_over_the_environment_and_that_over_the_systems_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZHIKAO_HOME", str(tmp_path / "by environment"))
    assert home_or_default(tmp_path / "named") == tmp_path / "named"
    assert home_or_default(None) == tmp_path / "by environment"
    monkeypatch.delenv("ZHIKAO_HOME")
    assert home_or_default(None) == default_home()
    assert default_home().name == "zhikao"
    assert not default_home().exists()
