"""Crash reports: enough to find the bug, nothing that describes a person."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from core.crash import KEPT_REPORTS, program_version, report, write_report
from core.errors import Refused

NUMBER = "110101190001010018"


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, as far as a test goes."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def failing(name: str) -> None:
    """Fails the way a bug does: with a person in its message and its variables."""
    record = {"name": name, "number": NUMBER}
    try:
        raise FileNotFoundError(2, "no such file", f"/home/{name}/photo.jpg")
    except FileNotFoundError as cause:
        raise KeyError(f"{record}") from cause


def bug_about(name: str) -> KeyError:
    with pytest.raises(KeyError) as caught:
        failing(name)
    return caught.value


def test_a_report_says_where_the_program_broke_and_names_nobody(tmp_path: Path) -> None:
    path = write_report(bug_about("测试一"), tmp_path)
    text = path.read_text("utf-8")
    assert path.parent == tmp_path / "crashes"
    assert f"zhikao {program_version()}" in text
    assert "KeyError\n" in text
    assert "caused by: FileNotFoundError ENOENT" in text
    assert "tests/test_crash.py:" in text and "in failing" in text
    for private in ("测试一", NUMBER, "photo.jpg", str(tmp_path), str(Path.home())):
        assert private not in text
        assert private not in path.name


def test_the_version_in_a_report_is_the_programs() -> None:
    assert program_version().count(".") == 2


def test_an_expected_refusal_inside_a_bug_is_told_by_its_code_only() -> None:
    text = report(ExceptionGroup("测试一", [Refused("roster.unreadable", name="测试一")]))
    assert "member: core.errors.Refused roster.unreadable" in text
    assert "测试一" not in text


def test_only_the_person_at_the_machine_can_read_a_report(tmp_path: Path) -> None:
    path = write_report(bug_about("测试一"), tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_home_that_does_not_exist_stays_free_for_founding(tmp_path: Path, temporary: Path) -> None:
    path = write_report(bug_about("测试一"), tmp_path / "new")
    assert path.exists()
    assert not (tmp_path / "new").exists()
    assert path.is_relative_to(temporary)


def test_where_the_home_takes_no_file_the_report_goes_to_the_temporary_folder(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "crashes").write_text("a file where the folder should be", "utf-8")
    path = write_report(bug_about("测试一"), tmp_path)
    assert "in failing" in path.read_text("utf-8")
    assert path.is_relative_to(temporary)


def test_where_nothing_takes_a_file_the_program_still_gets_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
    assert write_report(bug_about("测试一"), tmp_path / "no home") == Path(os.devnull)


def test_a_bug_that_strikes_again_and_again_does_not_fill_the_disk(tmp_path: Path) -> None:
    bug = bug_about("测试一")
    paths = [write_report(bug, tmp_path) for _ in range(KEPT_REPORTS + 3)]
    assert sorted((tmp_path / "crashes").iterdir()) == sorted(paths[3:])


def test_a_bottomless_recursion_makes_a_short_report() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    text = report(caught.value)
    assert text.count("in deeper") < 100
    assert " more\n" in text


def test_exceptions_that_refer_to_each_other_are_told_once() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert report(first).count("ValueError") == 2
