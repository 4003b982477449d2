"""Files that somebody made to be believed, or to keep the machine busy, on the page where certificates are checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.certificates.verification import Status
from tests.ui.test_verify import Scene, certificate, house, picture, scene, store

__all__ = ["house", "scene", "store"]


def test_a_true_code_stuck_above_a_revoked_one_does_not_hide_it(scene: Scene, tmp_path: Path) -> None:
    true, revoked = picture(certificate()), picture(certificate(5))
    both = Image.new("L", (max(true.width, revoked.width), true.height + revoked.height), 255)
    both.paste(true, (0, 0))
    both.paste(revoked, (0, true.height))
    both.save(tmp_path / "both.png")
    scene.page.verify.check_file(tmp_path / "both.png")
    scene.until(Status.REVOKED)
    assert "2 个验证码" in scene.page.verify._card.about.text()


def test_a_file_without_an_end_is_not_read_to_its_end(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.pages.verify_judge.LARGEST_PDF", 1_000)
    (tmp_path / "film.mkv").write_bytes(bytes(1_001))
    scene.page.verify.check_file(tmp_path / "film.mkv")
    scene.qtbot.waitUntil(lambda: "200 MB" in scene.page.verify.strip.text)
