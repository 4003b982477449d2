"""Sticks that come late, to the wrong place or in bad shape; homes that were put back: told, and nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from core.association import bundles
from core.errors import AppError
from core.exchange import courier
from core.exchange.commands import dismiss
from core.exchange.courier import read_bundle, write_bundle
from core.exchange.enrolling import accept_file
from core.exchange.queries import standing
from core.exchange.sticks import MOST_LOOKED_AT, carried_files
from core.house import may_travel, open_house, restore_centre
from core.people.pins import sign_in
from core.store import backup
from tests.exchange.conftest import Joined, enrol, photograph
from tests.exchange.test_courier import carried, write
from tests.exchange.test_restored import staff_again
from tests.rooms import ADMIN_PIN, PASSPHRASE, Centre, refused
from tests.store.room import recovery_code


def stuck(joined: Joined) -> dict[str, str]:
    return {one.what: one.code for one in joined.standing().stuck}


def test_a_reply_that_comes_back_after_a_sync_over_the_net_raises_no_alarm(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "bundle.zkb"
    photograph(joined.centre, joined.centre.apply(7))
    write(joined, stick)
    carried(joined, stick)
    joined.centre.apply(8)
    joined.sync()
    read = read_bundle(joined.centre.store, stick)
    assert (read.old, read.problems) == (True, ())
    assert stuck(joined) == {}
    left = joined.standing().waiting
    assert (left.total, left.blobs) == (left.entries, 0), "nothing is to be sent again"


def test_a_reply_that_is_read_again_after_a_sync_over_the_net_raises_no_alarm(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "bundle.zkb"
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.centre.apply(8)
    joined.sync()
    assert read_bundle(joined.centre.store, stick).doubled
    assert stuck(joined) == {}
    assert joined.standing().waiting.total == joined.standing().waiting.entries


def _old_copy(joined: Joined, folder: Path) -> Path:
    """The home as it is now, to be put back later."""
    joined.centre.store.close()
    shutil.copytree(joined.centre.store.home, folder)
    joined.centre.store = open_house(joined.centre.store.home, PASSPHRASE)
    return folder


def test_an_old_copy_of_the_home_that_only_sends_sticks_is_told_and_its_new_entries_still_go(
    joined: Joined, tmp_path: Path
) -> None:
    stick = tmp_path / "bundle.zkb"
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    old = _old_copy(joined, tmp_path / "old")
    for number in (7, 8, 9):
        joined.centre.apply(number)
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    held = joined.hub.chains[1].seq
    joined.centre.store.close()
    with open_house(old, PASSPHRASE) as store:
        here = store.head.seq
        assert held > here
        write_bundle(store, stick, may_travel)
        stick.write_bytes(joined.hub.courier_reply(stick.read_bytes()))
        assert read_bundle(store, stick).problems == ()
        with store.read() as read:
            now = standing(read, may_travel(read))
        (told,) = now.stuck
        assert (told.what, told.code) == ("device:1", "exchange.rolled_back")
        assert str(held) in told.sentence and str(here) in told.sentence
        joined.centre.store = store
        joined.centre.apply(5)
        written = write(joined, stick)
        assert written.entries > 0, "what is made here goes, so that the association sees the fork"
        stick.write_bytes(joined.hub.courier_reply(stick.read_bytes()))
        assert read_bundle(store, stick).problems == ("fork",)
        assert joined.hub.chains[1].seq == held


def test_a_copied_home_that_only_sends_sticks_is_told_until_it_is_settled(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "bundle.zkb"
    copy = _old_copy(joined, tmp_path / "copy")
    joined.centre.apply(7)
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.centre.store.close()
    with open_house(copy, PASSPHRASE) as store:
        joined.centre.store = store
        for number in (8, 9, 10):
            joined.centre.apply(number)
        write(joined, stick)
        carried(joined, stick)
        with refused("exchange.fork", 4):
            read_bundle(store, stick)
        assert stuck(joined) == {"device:1": "exchange.fork"}
        assert joined.standing().acknowledged == (), "nothing of such a reply counts"
        write(joined, stick)
        assert store.verify().problems == []


def test_a_restored_centre_that_only_sends_sticks_is_told_what_it_lost(joined: Joined, tmp_path: Path) -> None:
    old, stick = joined.centre, tmp_path / "bundle.zkb"
    code = recovery_code(old.store)
    backup.make(old.store, tmp_path / "backup")
    kept = old.store.head.seq
    old.apply(7)
    write(joined, stick)
    carried(joined, stick)
    read_bundle(old.store, stick)
    beyond = joined.hub.chains[1].seq
    old.store.close()
    _, store = restore_centre(tmp_path / "backup", tmp_path / "new", code, ADMIN_PIN, PASSPHRASE)
    with store:
        centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)}, old.batch)
        staff_again(centre)
        enrol(centre, joined.hub)
        after = Joined(centre, joined.hub)
        for _ in range(2):
            write(after, stick)
            carried(after, stick)
            read_bundle(store, stick)
        (told,) = after.standing().stuck
        assert (told.what, told.code) == ("gone:1", "exchange.gone_here")
        assert str(kept + 1) in told.sentence and str(beyond) in told.sentence
        centre.act("admin", dismiss, told.what)
        write(after, stick)
        carried(after, stick)
        read_bundle(store, stick)
        assert after.standing().stuck == ()


def test_a_reply_is_found_among_a_thousand_pictures(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for number in range(MOST_LOOKED_AT + 20):
        (stick / f"IMG_{number:04d}.jpg").write_bytes(b"\xff\xd8")
    write(joined, stick / "zhikao-999999-1.ZKB")
    carried(joined, stick / "zhikao-999999-1.ZKB")
    assert [one.kind for one in carried_files(joined.centre.store, stick)] == ["reply"]


@pytest.mark.parametrize("what", ["pipe", "device", "folder", "gone"])
def test_what_is_no_file_is_not_read_and_nobody_waits(joined: Joined, tmp_path: Path, what: str) -> None:
    source = tmp_path / "bundle.zkb"
    if what == "pipe":
        os.mkfifo(source)
    elif what == "device":
        source = Path("/dev/null")
    elif what == "folder":
        source.mkdir()
    actors = joined.centre.who("admin", "M1")
    with refused("exchange.unreadable", 3):
        read_bundle(joined.centre.store, source)
    with refused("exchange.unreadable", 3):
        accept_file(joined.centre.store, actors, source, "x")


def test_a_file_that_is_too_large_for_a_bundle_is_refused_before_it_fills_the_memory(
    joined: Joined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "bundle.zkb"
    monkeypatch.setattr(bundles, "LARGEST", 1000)
    stick.write_bytes(bytes(1001))
    with refused("exchange.bundle_too_large"):
        read_bundle(joined.centre.store, stick)


def test_a_bundle_is_never_written_larger_than_the_association_reads(
    joined: Joined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph(joined.centre, joined.centre.apply(7))
    photograph(joined.centre, joined.centre.apply(8))
    size = max(path.stat().st_size for path in (joined.centre.store.home / "blobs").glob("??/*"))
    entries = write(joined, tmp_path / "none.zkb", blob_bytes=0).size
    monkeypatch.setattr(courier, "_OVERHEAD", entries)
    monkeypatch.setattr(bundles, "LARGEST", 2 * entries + size + size // 2)
    written = write(joined, tmp_path / "bundle.zkb", blob_bytes=1 << 40)
    assert (written.blobs, written.blobs_left) == (1, 1)
    assert written.size <= bundles.LARGEST


@pytest.mark.stage("placed")
def test_marks_in_a_file_that_the_association_could_not_read_go_again(joined: Joined, tmp_path: Path) -> None:
    """The hub can't say whose a file was that it can't read; then no mark of the bundle counts as arrived."""
    first, stick = joined.centre.applications[0], tmp_path / "bundle.zkb"
    for login in ("E1", "E2"):
        joined.centre.mark(login, first)
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.centre.mark("E3", first)
    parts = write(joined, stick).parts
    assert parts > 0
    header = bundles.read_header(stick.read_bytes())
    unread = bundles.DownContent([joined.hub.receipt(1)], b"", [], [bundles.BundleProblem("altered", 0)])
    stick.write_bytes(bundles.write_down(header, time.time_ns() // 1_000_000, unread, joined.hub.key))
    assert read_bundle(joined.centre.store, stick).problems == ("altered",)
    assert write(joined, stick).parts == parts
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    assert write(joined, stick).parts == 0


class PulledOut:
    """A stick that fails at one of the system's calls, counted from the first that writes to it."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, code: int) -> None:
        self.left, self.code, self.gone = at, code, False
        for name in ("fsync", "replace", "open", "posix_fadvise"):
            patch.setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, call: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                self.gone = True
                raise OSError(self.code, os.strerror(self.code))
            return call(*given, **named)

        return counted


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_stick_that_is_pulled_out_at_any_step_is_said_and_everything_is_still_here(
    joined: Joined, tmp_path: Path, code: int
) -> None:
    stick, finished, said = tmp_path / "bundle.zkb", False, set[str]()
    for at in range(12):
        with pytest.MonkeyPatch.context() as patch:
            pulled = PulledOut(patch, at, code)
            try:
                write_bundle(joined.centre.store, stick, may_travel)
                finished = not pulled.gone
            except AppError as problem:
                assert problem.exit_code == 3 and problem.sentence != problem.code
                assert problem.code != "exchange.not_read_back" or not stick.exists()
                said.add(problem.code)
        assert not list(tmp_path.glob("*.part"))
        if stick.exists():
            bundles.read_header(stick.read_bytes())
        if finished:
            break
    assert finished and "exchange.not_read_back" in said
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.same()
