"""The set-up of a checkout: quick when nothing is missing, whole again after an interruption.

Each test sets up a small checkout that needs no packages, in a folder whose name has a space and Chinese characters.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.paths import PROGRAM

MAIN = "import os, sys\nprint(sys.argv[1:], os.getcwd() == sys.argv[-1])\nsys.exit(4)\n"
QUICK = 0.5
"""Seconds that a start with nothing to set up may add, at best of three on a busy machine."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="start.cmd is for Windows")


@pytest.fixture(scope="module")
def set_up_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout after its first start."""
    checkout = tmp_path_factory.mktemp("folders") / "直考 副本"
    installers = checkout / "installers"
    shutil.copytree(PROGRAM / "installers", installers)
    (installers / "requirements.txt").write_text("# nothing\n", "utf-8")
    (installers / "requirements-hub.txt").write_text("-r requirements.txt\n", "utf-8")
    (installers / "requirements-dev.txt").write_text("-r requirements-hub.txt\n", "utf-8")
    (checkout / "main.py").write_text(MAIN, "utf-8")
    first = start(checkout, "--setup-only")
    assert first.returncode == 0, first.stderr
    assert first.stdout == ""
    return checkout


def start(checkout: Path, *arguments: str, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(checkout / "installers" / "start.sh"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_second_start_is_quick_and_says_nothing(set_up_once: Path) -> None:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        again = start(set_up_once, "--setup-only")
        seconds.append(time.perf_counter() - began)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert min(seconds) < QUICK


def test_arguments_folder_and_exit_code_reach_the_program_unchanged(set_up_once: Path, tmp_path: Path) -> None:
    arguments = ["demo", "--out", "证书 目录", "*", "", str(tmp_path)]
    run = start(set_up_once, *arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (4, f"{arguments} True\n")


def test_an_interrupted_set_up_begins_afresh(set_up_once: Path) -> None:
    venv = set_up_once / ".venv"
    half_installed = venv / "half-installed"
    half_installed.touch()
    (venv / "zhikao-changing").touch()
    again = start(set_up_once, "--setup-only")
    assert again.returncode == 0, again.stderr
    assert again.stdout == ""
    assert not half_installed.exists()
    assert not (venv / "zhikao-changing").exists()


def test_new_pins_are_installed_into_the_environment_that_is_there(set_up_once: Path) -> None:
    kept = set_up_once / ".venv" / "kept"
    kept.touch()
    requirements = set_up_once / "installers" / "requirements.txt"
    requirements.write_text("# nothing, said differently\n", "utf-8")
    again = start(set_up_once, "--setup-only")
    assert again.returncode == 0, again.stderr
    assert "Installing packages" in again.stderr
    assert kept.exists()
    assert start(set_up_once, "--setup-only").stderr == ""


def test_the_commands_of_the_association_bring_the_packages_of_its_server(set_up_once: Path) -> None:
    server = set_up_once / ".venv" / "zhikao-hub.stamp"
    assert not server.exists()
    command = ["--home", "协会", "hub", "serve"]
    first = start(set_up_once, *command)
    assert (first.returncode, first.stdout) == (4, f"{command} False\n")
    assert "Installing packages" in first.stderr
    assert server.exists()
    assert start(set_up_once, *command).stderr == ""
    assert start(set_up_once, "--setup-only").stderr == ""


def test_packages_that_cannot_be_had_end_the_start_with_a_sentence(set_up_once: Path) -> None:
    requirements = set_up_once / "installers" / "requirements.txt"
    before = requirements.read_text("utf-8")
    requirements.write_text("./no-such-package.whl\n", "utf-8")
    failed = start(set_up_once, "demo", "--json")
    requirements.write_text(before, "utf-8")
    assert (failed.returncode, failed.stdout) == (3, "")
    assert "请检查网络和磁盘空间" in failed.stderr
    assert start(set_up_once, "--setup-only").returncode == 0


@pytest.mark.parametrize(
    ("missing", "command", "database"),
    [("fastapi", "serve", ""), ("psycopg", "init", "postgresql://hub@/nowhere")],
)
def test_without_the_packages_of_the_server_its_commands_say_how_they_come(
    missing: str, command: str, database: str, tmp_path: Path
) -> None:
    code = f"import sys; sys.modules[{missing!r}] = None; from core.cli import run; sys.exit(run(sys.argv[1:]))"
    words = ["--json", "--home", str(tmp_path / "hub"), "hub", command]
    surroundings = {**os.environ, "ZHIKAO_PASSPHRASE": "测试口令", "ZHIKAO_HUB_DATABASE": database}
    answer = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=PROGRAM, env=surroundings, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 3, answer.stderr
    assert "installers/start.sh" in json.loads(answer.stdout)["message"]
