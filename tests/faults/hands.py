"""What the fault tests run in a process of its own, so that it can be killed or run out of disk."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from core.errors import AppError
from core.store import Store, backup, keys
from tests.store import room
from tests.store.room import BOTH

FULL = ("store.disk_full", "store.disk_error", "store.no_room")


def quick() -> None:
    """Argon2id at its cheapest: what it costs is not what is tested."""
    keys.KDF_MEMORY_KIB, keys.KDF_PASSES, keys.KDF_LANES = 8, 1, 1


def write_for_ever(home: Path, said: Path, start: int) -> None:
    """Do numbered acts, each under its key, and say each number once it is acknowledged."""
    quick()
    handle = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with Store.open(home, room.PASSPHRASE) as store:
        number = start
        while True:
            store.write_once(b"%d" % number, BOTH, act, number)
            os.write(handle, b"%d\n" % number)
            number += 1


def act(write: room.Write, number: int) -> None:
    """Something small, something with a file, or something long: always one thing of the number's name."""
    room.open_thing(write, str(number), photo=b"x" * 500 if number % 5 == 0 else None)
    for extra in range(90 if number % 7 == 0 else 0):
        room.place(write, number * 100 + extra)


def found(home: Path) -> None:
    """Found a centre."""
    quick()
    room.found(home).close()


def restore(file: Path, home: Path, code: str) -> None:
    """Restore a backup."""
    quick()
    backup.restore(file, home, code, room.PASSPHRASE)[1].close()


def back_up(home: Path, file: Path) -> None:
    """Make a backup."""
    quick()
    with Store.open(home, room.PASSPHRASE) as store:
        backup.make(store, file)


def run_out_of_room(home: Path, points: int, said: Path) -> None:
    """Meet the end of what a file may grow to, at many places, and go on each time."""
    _tell(said, lambda: _run_out_of_room(home, points))


def _run_out_of_room(home: Path, points: int) -> None:
    quick()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    failures = number = 0
    with Store.open(home, room.PASSPHRASE) as store:
        for point in range(points):
            log = (home / "store.db-wal").stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (log + point * 997 % 60_000, hard))
            try:
                for _ in range(40):
                    store.write(BOTH, act, number)
                    number += 1
            except AppError as problem:
                assert problem.code in FULL, problem.code
                failures += 1
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            store.write(BOTH, act, number)
            number += 1
        _all_there(store, number)
    assert failures > points // 2, failures
    with Store.open(home, room.PASSPHRASE) as store:
        _all_there(store, number)


def fill_a_disk(disk: Path, points: int) -> None:
    """The same on a small disk that is really full: the exact sentence, founding, backups and photos too."""
    quick()
    filler, home = disk / "filler", disk / "home"
    failures = number = 0
    with room.found(home) as store:
        code = room.recovery_code(store)
        for point in range(points):
            _fill(filler, disk, point * 1_531 % 90_000)
            try:
                for _ in range(60):
                    store.write(BOTH, act, number)
                    number += 1
            except AppError as problem:
                assert problem.code in ("store.disk_full", "store.no_room"), problem.code
                failures += 1
            filler.unlink()
            store.write(BOTH, act, number)
            number += 1
        assert failures > points // 2, failures
        _all_there(store, number)
        for left in (0, 20_000, 60_000, 150_000):
            backup.make(store, disk / "b.zkb")
            before = (disk / "b.zkb").read_bytes()
            _fill(filler, disk, left)
            _refused(lambda: backup.make(store, disk / "b.zkb"))
            assert (disk / "b.zkb").read_bytes() == before
            _refused(lambda left=left: room.found(disk / f"other{left}"))  # type: ignore[misc]
            _refused(lambda left=left: backup.restore(disk / "b.zkb", disk / f"third{left}", code, "x"))  # type: ignore[misc]
            filler.unlink()
            room.found(disk / f"other{left}").close()
            backup.restore(disk / "b.zkb", disk / f"third{left}", code, "x")[1].close()
            for name in ("other", "third"):
                shutil.rmtree(disk / f"{name}{left}")
        _all_there(store, number)


def _refused(work: Callable[[], object]) -> None:
    try:
        work()
    except AppError as problem:
        assert problem.code in ("store.disk_full", "store.no_room"), problem.code
    else:
        raise AssertionError("there was room enough")


def _fill(filler: Path, disk: Path, leave: int) -> None:
    free = shutil.disk_usage(disk).free - leave
    filler.write_bytes(bytes(max(free, 0)))


def _all_there(store: Store, number: int) -> None:
    with store.read() as read:
        assert [row[1] for row in room.things(read)] == [str(n) for n in range(number)]
    room.sound(store)


def _tell(said: Path, work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException:
        said.write_text(traceback.format_exc())
        raise
    said.write_text("good")


if __name__ == "__main__":
    fill_a_disk(Path(sys.argv[1]), int(sys.argv[2]))
    print("good")
