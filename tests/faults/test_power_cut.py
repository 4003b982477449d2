"""The power goes at any moment: what was acknowledged is there, and the store opens and holds."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import AppError
from core.store import Store, backup, keys
from tests.faults.power import Call, Disk, record
from tests.faults.power_hands import ACTS, CARELESS
from tests.store import room
from tests.store.room import BOTH


def _traces() -> bool:
    return (
        shutil.which("strace") is not None
        and subprocess.run(["strace", "-qq", "true"], capture_output=True).returncode == 0
    )


pytestmark = pytest.mark.skipif(not _traces(), reason="this system does not let a program's writes be recorded")

CUTS = int(os.environ.get("FAULT_RUNS", "24"))
"""How often the power goes while a centre works, and half as often again while it closes; a thorough run says 1000."""

PAGE = 4096
CLOSING = 80
"""Calls at the end, about: what was gathered in the log is moved into the store."""


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("KDF_MEMORY_KIB", 8), ("KDF_PASSES", 1), ("KDF_LANES", 1)):
        monkeypatch.setattr(keys, name, value)
    yield


def cuts(calls: list[Call], root: Path, said: Path, number: int, disk: Disk) -> Iterator[tuple[Path, bytes]]:
    """The folder as it may be after each cut, and what had been said by then."""
    dice = random.Random(7)
    closing = range(max(len(calls) - CLOSING, 0), len(calls) + 1)
    points = sorted([*dice.choices(range(len(calls) + 1), k=number), *dice.choices(closing, k=number // 2)])
    heard, done, handle = b"", 0, -1
    for at, point in enumerate(points):
        for call in calls[done:point]:
            disk.do(call)
            if call.name == "openat" and call.args[1] == str(said).encode():
                handle = call.answer
            elif call.name == "write" and int(call.args[0]) == handle:
                heard += call.args[1]
        done = point
        folder = root.with_name(f"cut{at}")
        disk.cut(dice, folder)
        yield folder, heard
        shutil.rmtree(folder, ignore_errors=True)


def lost(tmp_path: Path, *careless: str) -> int:
    """At how many cuts a centre at work lost something acknowledged, or its store."""
    home, said = tmp_path / "home", tmp_path / "said"
    room.found(home).close()
    disk = Disk(home)
    calls = record(["tests.faults.power_hands", "write", str(home), str(said), *careless], tmp_path / "trace")
    assert said.read_bytes().count(b"\n") == ACTS
    losses, most = 0, 0
    for folder, heard in cuts(calls, home, said, CUTS, disk):
        acknowledged = heard.count(b"\n")
        most = max(most, acknowledged)
        try:
            names = _names(folder)
        except AppError:
            losses += 1
            continue
        assert names == list(range(len(names)))
        assert len(names) <= acknowledged + 1, "what was not acknowledged is one act at most"
        losses += len(names) < acknowledged
    assert most > ACTS // 2, "the power went before anything was done"
    return losses


def _names(home: Path) -> list[int]:
    with Store.open(home, room.PASSPHRASE) as store:
        with store.read() as read:
            found = [int(str(row[1])) for row in room.things(read)]
        room.sound(store)
        store.write(BOTH, room.open_thing, str(len(found)))
    return found


def test_the_power_may_go_at_any_moment_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    assert lost(tmp_path) == 0


def test_a_store_that_does_not_flush_each_act_is_found_out(tmp_path: Path) -> None:
    assert lost(tmp_path, CARELESS) > CUTS // 8


def test_pages_torn_while_the_log_was_moved_are_whole_again_and_no_damage(tmp_path: Path) -> None:
    home, left = tmp_path / "home", tmp_path / "left"
    store = room.found(home)
    for number in range(20):
        store.write(BOTH, room.open_thing, str(number))
    shutil.copytree(home, left)
    store.close()
    old, new = (left / "store.db").read_bytes(), (home / "store.db").read_bytes()
    torn = bytearray(old.ljust(len(new), b"\0"))
    for at in range(0, len(new), PAGE):
        torn[at : at + PAGE // 2] = new[at : at + PAGE // 2]
    (left / "store.db").write_bytes(torn)
    assert _names(left) == list(range(20))


def test_a_founding_without_power_leaves_a_whole_centre_or_none(tmp_path: Path) -> None:
    home, said = tmp_path / "place" / "home", tmp_path / "said"
    home.parent.mkdir()
    disk = Disk(home.parent)
    calls = record(["tests.faults.power_hands", "found", str(home), str(said)], tmp_path / "trace")
    outcomes = set()
    for folder, heard in cuts(calls, home.parent, said, CUTS, disk):
        left = folder / "home"
        whole = (left / "store.db").exists()
        outcomes.add(whole)
        assert whole or not heard, "founded, and gone"
        with Store.open(left, room.PASSPHRASE) if whole else room.found(left) as store:
            store.write(BOTH, room.open_thing, "灯")
            room.sound(store)
    assert outcomes == {True, False}


def test_a_backup_without_power_leaves_the_earlier_one_or_the_new(tmp_path: Path) -> None:
    home, place = tmp_path / "home", tmp_path / "place"
    place.mkdir()
    file = place / "b.zkb"
    with room.found(home) as store:
        code = room.recovery_code(store)
        store.write(BOTH, room.many, 50)
        backup.make(store, file)
        store.write(BOTH, room.open_thing, "后来", photo=b"x" * 900)
    disk = Disk(place)
    calls = record(["tests.faults.power_hands", "back_up", str(home), str(file)], tmp_path / "trace")
    found = [backup.check(folder / "b.zkb", code) for folder, _ in cuts(calls, place, file, CUTS, disk)]
    assert not any(one.problems for one in found)
    assert len({one.entries for one in found}) == 2
