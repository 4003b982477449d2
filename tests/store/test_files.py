"""Files that must be whole or not there."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.documents.layout import document
from core.errors import EnvironmentFailure
from core.registration.roster_sheets import write_template
from core.store.files import write_whole


def draw(target: Path) -> None:
    with document(target, "title"):
        pass


WRITERS = (lambda target: write_whole(target, b"x"), write_template, draw)
"""Each way to write a file that somebody named."""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes of this kind")
@pytest.mark.parametrize("write", WRITERS)
def test_a_file_never_takes_the_place_of_a_pipe_or_a_device(tmp_path: Path, write: Callable[[Path], None]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(EnvironmentFailure, match=r"store\.no_plain_file"):
        write(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.skipif(sys.platform == "win32", reason="links take a right there that few have")
@pytest.mark.parametrize("write", WRITERS)
def test_a_link_goes_on_pointing_to_what_is_written(tmp_path: Path, write: Callable[[Path], None]) -> None:
    (tmp_path / "far").mkdir()
    link, file = tmp_path / "link", tmp_path / "far" / "file"
    link.symlink_to(file)
    for _ in range(2):
        write(link)
        assert link.is_symlink() and file.stat().st_size > 0
    assert list((tmp_path / "far").iterdir()) == [file]


@pytest.mark.parametrize("name", ["store.db", "hub.db", "store.db-wal"])
def test_nothing_is_written_in_the_place_of_a_data_file_that_is_in_use(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    place.write_bytes(b"somebody's data")
    link = tmp_path / "backup"
    link.symlink_to(place)
    for target in (place, link):
        with pytest.raises(EnvironmentFailure) as caught:
            write_whole(target, b"something else")
        assert caught.value.code == "store.not_to_replace"
    assert place.read_bytes() == b"somebody's data"
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, "backup"])
