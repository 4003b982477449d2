"""Power gone, program killed, disk full: what was acknowledged is there, and work goes on."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

from core.paths import PROGRAM
from core.store import Store, backup, keys
from tests.faults import hands
from tests.faults.kills import kill_somewhere
from tests.store import room
from tests.store.room import BOTH

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills and limits of other systems")

KILLS = int(os.environ.get("FAULT_RUNS", "30"))
"""How often writing is killed; a thorough run says 1000."""

POINTS = int(os.environ.get("FAULT_RUNS", "40"))
"""At how many places the disk is full; a thorough run says 500."""


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that start at once, because all they need is loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.hands"])
    return context


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("KDF_MEMORY_KIB", 8), ("KDF_PASSES", 1), ("KDF_LANES", 1)):
        monkeypatch.setattr(keys, name, value)
    yield


def killed(forks: ForkServerContext, after: float, work: Callable[..., None], *args: Any) -> None:
    """Start `work` in a process and kill it after so many seconds."""
    process = forks.Process(target=work, args=args)
    process.start()
    time.sleep(after)
    process.kill()
    process.join()
    process.close()


def whole_run(forks: ForkServerContext, work: Callable[..., None], args: Callable[[int], tuple[Any, ...]]) -> float:
    """How long the machine takes for `work` when nobody kills it, started twice: the first loads what is missing."""
    for number in range(2):
        began = time.monotonic()
        process = forks.Process(target=work, args=args(number))
        process.start()
        process.join()
        assert process.exitcode == 0
        process.close()
        took = time.monotonic() - began
    return took


def test_a_killed_program_loses_nothing_it_had_acknowledged_and_doubles_nothing(
    forks: ForkServerContext, tmp_path: Path
) -> None:
    dice = random.Random(1)
    home, said = tmp_path / "home", tmp_path / "said"
    room.found(home).close()
    acknowledged: list[int] = []
    for round_ in range(KILLS):
        start = acknowledged[-1] + 1 if acknowledged else 0
        kill_somewhere(forks.Process(target=hands.write_for_ever, args=(home, said, start)), said, dice, 12)
        lines = said.read_bytes().split(b"\n")[:-1] if said.exists() else []
        acknowledged = [int(line) for line in lines]
        with Store.open(home, room.PASSPHRASE) as store:
            with store.read() as read:
                names = [int(str(row[1])) for row in room.things(read)]
            assert names[: len(acknowledged)] == acknowledged
            assert len(names) <= len(acknowledged) + 1, "what was not acknowledged is one act at most"
            assert names == list(range(len(names)))
            if round_ % 10 == 9 or round_ == KILLS - 1:
                room.sound(store)
    assert len(acknowledged) > KILLS, "the hands hardly wrote anything"


def test_a_founding_that_was_killed_leaves_a_whole_centre_or_none(forks: ForkServerContext, tmp_path: Path) -> None:
    dice = random.Random(2)
    outcomes = set()
    took = whole_run(forks, hands.found, lambda number: (tmp_path / f"whole{number}",))
    for number in range(max(KILLS // 2, 12)):
        home = tmp_path / str(number)
        killed(forks, dice.uniform(0.0, 1.5 * took), hands.found, home)
        whole = (home / "store.db").exists()
        outcomes.add(whole)
        with Store.open(home, room.PASSPHRASE) if whole else room.found(home) as store:
            store.write(BOTH, room.open_thing, "灯")
            room.sound(store)
    assert outcomes == {True, False}


def test_a_restore_that_was_killed_leaves_a_whole_centre_or_none(forks: ForkServerContext, tmp_path: Path) -> None:
    dice = random.Random(3)
    file = tmp_path / "b.zkb"
    with room.found(tmp_path / "old") as store:
        code = room.recovery_code(store)
        store.write(BOTH, room.many, 200)
        for number in range(5):
            store.write(BOTH, room.open_thing, "照片", photo=bytes([number]) * 1000)
        backup.make(store, file)
    outcomes = set()
    took = whole_run(forks, hands.restore, lambda number: (file, tmp_path / f"whole{number}", code))
    for number in range(max(KILLS // 3, 12)):
        home = tmp_path / str(number)
        killed(forks, dice.uniform(0.0, 1.6 * took), hands.restore, file, home, code)
        whole = (home / "store.db").exists()
        outcomes.add(whole)
        with (
            Store.open(home, room.PASSPHRASE)
            if whole
            else backup.restore(file, home, code, room.PASSPHRASE)[1] as store
        ):
            with store.read() as read:
                assert len(room.things(read)) == 205
            room.sound(store)
    assert outcomes == {True, False}


def test_a_backup_that_was_killed_leaves_the_earlier_one(forks: ForkServerContext, tmp_path: Path) -> None:
    dice = random.Random(4)
    home, file = tmp_path / "home", tmp_path / "b.zkb"
    with room.found(home) as store:
        code = room.recovery_code(store)
        store.write(BOTH, room.many, 300)
        backup.make(store, file)
    for _ in range(max(KILLS // 3, 10)):
        killed(forks, dice.uniform(0.0, 0.15), hands.back_up, home, file)
        assert backup.check(file, code).problems == []
        with Store.open(home, room.PASSPHRASE) as store:
            assert not list(home.glob("backup-*"))
            store.write(BOTH, room.open_thing, "灯")


def test_a_file_that_may_not_grow_stops_one_act_with_a_sentence_and_no_other(
    forks: ForkServerContext, tmp_path: Path
) -> None:
    room.found(tmp_path / "home").close()
    process = forks.Process(target=hands.run_out_of_room, args=(tmp_path / "home", POINTS, tmp_path / "said"))
    process.start()
    process.join()
    assert (tmp_path / "said").read_text() == "good"
    process.close()


def test_a_full_disk_is_said_and_work_goes_on_when_there_is_room_again(tmp_path: Path) -> None:
    """On a small disk of its own, which takes the right to mount one in a namespace."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size={8 + POINTS // 2}m none {disk}"
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode
    ):
        pytest.skip("no disk of one's own can be mounted here")
    script = f"{mount} && exec {sys.executable} -m tests.faults.hands {disk} {POINTS}"
    ran = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, cwd=PROGRAM, check=False
    )
    assert ran.stdout.strip() == "good", ran.stderr[-3000:]
