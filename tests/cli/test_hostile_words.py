"""Words that no command can use end in a sentence, never in a crash report."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from core.cli import run
from core.paths import PROGRAM
from core.store.keys import unwrap, wrap

LONG = "x" * 3000


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["roster", "template", ""], 3),
        (["journal", "export", ""], 3),
        (["backup", "make", ""], 3),
        (["backup", "verify", LONG], 3),
        (["verify", "--pdf", LONG], 3),
        (["identity", "\udcff"], 2),
        (["centre", "found", "--code", "320115", "--name", "\udcff"], 2),
    ],
)
def test_a_file_without_a_name_or_a_text_that_is_none_is_told_in_words(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ZHIKAO_PIN", "ZHIKAO_PASSPHRASE", "ZHIKAO_RECOVERY_CODE"):
        monkeypatch.setenv(name, "secret words")
    assert run([*arguments, "--json"]) == code
    assert json.loads(capsys.readouterr().out)["message"]


def test_a_secret_in_bytes_that_are_no_text_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHIKAO_PIN", "\udcff\udcfe")
        assert run(["account", "list", "--as", "admin", "--json"]) == 2
    assert "ZHIKAO_PIN" in json.loads(capsys.readouterr().out)["message"]


def test_a_passphrase_opens_whatever_the_system_takes_for_its_language() -> None:
    wrapped = wrap(b"k" * 32, "口令 pass", b"test")
    assert unwrap(wrapped, "口令 pass".encode().decode("ascii", "surrogateescape"), b"test") == b"k" * 32
    assert unwrap(wrapped, "\udcff", b"test") is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_the_window_says_so() -> None:
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    bare.pop("QT_QPA_PLATFORM", None)
    ended = subprocess.run(
        [sys.executable, str(PROGRAM / "main.py")], env=bare, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 3
    assert "屏幕" in ended.stderr
