"""What the command line says of itself, and whom it asks for a secret."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from core import words
from core.cli import NOUNS
from core.cli.frame import Noun, Parser
from core.paths import PROGRAM
from tests.cli.calls import call

LANGUAGES = [(language, noun) for language in words.LANGUAGES for noun in NOUNS]


def parser_of(noun: str) -> Parser:
    parser = Parser(prog=f"main.py {noun}")
    import_module(f"core.cli.{NOUNS[noun]}").register(Noun(parser))
    return parser


@pytest.mark.parametrize(("language", "noun"), LANGUAGES)
def test_every_command_says_what_it_is_for(language: str, noun: str) -> None:
    known = words.sentences(language)
    assert f"cli.about.{noun}" in known
    assert [verb for verb in parser_of(noun).verbs if f"cli.about.{noun}.{verb}" not in known] == []


def test_the_help_of_a_group_lists_its_commands_with_a_sentence_each() -> None:
    for language in words.LANGUAGES:
        said = call("hub", "--help", as_json=False, ZHIKAO_LANG=language)
        assert said.exit_code == 0 and said.err == ""
        for verb in ("init", "authorise", "enrol-code", "courier"):
            assert words.sentences(language)[f"cli.about.hub.{verb}"] in said.out
    assert "init" in call("hub", as_json=False).err, "who leaves the verb out is told which there are"


def test_help_as_json_is_one_object() -> None:
    for asked in (("hub", "--help"), ("hub", "lease", "-h"), ("identity", "--help")):
        answer = call(*asked)
        assert answer.exit_code == 0 and set(answer.data) == {"help"} and answer.out.count("\n") == 1


def test_the_first_help_names_every_variable_that_holds_a_secret() -> None:
    for language in words.LANGUAGES:
        said = call("--help", as_json=False, ZHIKAO_LANG=language).out
        for name in ("PASSPHRASE", "PIN", "PIN2", "NEW_PIN", "RECOVERY_CODE", "ENROL_CODE", "HOME", "LANG"):
            assert f"ZHIKAO_{name}" in said


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["identity"], "还缺 number"),
        (["identity", "1", "2"], "不认识 2"),
        (["workdays", "--from"], "--from 后面要写一个值"),
        (["staffing", "x", "skill", "--candidates", "many"], "--candidates 要写整数，'many' 不是"),
        (["staffing", "x", "talk", "--candidates", "1"], "component 不能是 'talk'"),
    ],
)
def test_words_that_are_off_are_told_in_the_language_in_use(typed: list[str], told: str) -> None:
    said = call(*typed, as_json=False, ZHIKAO_LANG="zh")
    assert said.exit_code == 2 and told in said.err
    assert "argument" not in said.err and "usage" not in said.err


def test_without_its_packages_the_program_says_how_to_get_them() -> None:
    for asked in (["journal", "verify"], []):  # the second is the window
        ended = subprocess.run(
            [sys.executable, "-S", str(PROGRAM / "main.py"), *asked], env={**os.environ, "ZHIKAO_LANG": "zh"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ended.returncode == 3 and "installers/start.sh" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no full device to write to")
@pytest.mark.parametrize("as_json", [True, False])
def test_an_answer_that_finds_no_room_is_no_bug(as_json: bool) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "main.py", "standards", "list", *(["--json"] if as_json else [])], cwd=PROGRAM,
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert ended.returncode == 3 and "No space" in ended.stderr and "Exception" not in ended.stderr


def at_terminal(answers: list[str], *typed: str, timeout: float = 90) -> tuple[int, str]:
    """Run a command at a terminal of its own where somebody types `answers`, each when it waits; code and screen."""
    import pty

    child, terminal = pty.fork()
    if child == 0:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHIKAO_")}
        kept |= {"ZHIKAO_LANG": "zh", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        os.chdir(PROGRAM)
        os.execve(sys.executable, [sys.executable, "main.py", *typed], kept)
    screen, left, end = "", list(answers), time.monotonic() + timeout
    try:
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                read = os.read(terminal, 4096)
            except OSError:
                break
            screen += read.decode("utf-8", "replace")
            if screen.endswith("：") and left:
                time.sleep(0.1)  # getpass puts echoing off first and throws away what came before
                os.write(terminal, (left.pop(0) + "\n").encode())
    finally:
        os.close(terminal)
        status = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(status), screen


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of this kind are not there")
def test_at_a_terminal_a_passphrase_is_asked_for_and_a_new_one_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = ("--home", str(home), "centre", "found", "--code", "320115", "--name", "测试考点")
    code, screen = at_terminal(["246810", "246811"], *found)
    assert code == 1 and "不一样" in screen and not (home / "store.db").exists()
    code, screen = at_terminal(["246810", "246810", "open it 1", "open it 1"], *found)
    assert code == 0 and "246810" not in screen and "open it" not in screen
    code, screen = at_terminal(["open it 1"], "--home", str(home), "journal", "verify")
    assert code == 0, screen
    code, screen = at_terminal(["something else"], "--home", str(home), "journal", "verify")
    assert code == 1 and "口令" in screen
