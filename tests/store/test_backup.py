"""Backups: made whole or not at all, checked, and what comes back from them."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from core.errors import AppError, EnvironmentFailure, IntegrityFailure, Refused
from core.store import Store, backup
from core.store.blobs import blob_files
from core.store.engine import connect
from tests.store import room
from tests.store.room import BOTH, Draft, Throttle


@pytest.fixture
def full(store: Store) -> tuple[Store, str]:
    """A centre with records, photos and drafts, and its recovery code."""
    code = room.recovery_code(store)
    store.write(BOTH, room.open_thing, "桌子", photo=b"picture" * 50)
    store.write(BOTH, room.many, 80)
    store.write(BOTH, lambda write: write.local(insert(Draft).values(text="草稿")))
    store.write(BOTH, lambda write: write.local(insert(Throttle).values(id=5)))
    return store, code


def made(store: Store, file: Path) -> Path:
    backup.make(store, file)
    return file


def test_a_restored_centre_has_everything_and_goes_on_as_a_new_device(full: tuple[Store, str], tmp_path: Path) -> None:
    store, code = full
    file = made(store, tmp_path / "b.zkb")
    facts, restored = backup.restore(file, tmp_path / "new", code.lower(), "another")
    with restored:
        assert facts == backup.check(file, code)
        assert (facts.entries, facts.blobs) == (82, 1)
        assert restored.device != store.device
        with store.read() as old, restored.read() as new:
            assert room.things(old) == room.things(new)
            assert [row.text for row in new.rows(select(Draft))] == ["草稿"]
            assert new.rows(select(Throttle)) == []
        assert [path.name for path in blob_files(restored.home)] == [path.name for path in blob_files(store.home)]
        restored.write(BOTH, room.open_thing, "新的")
        room.sound(restored)
        # A backup of what was restored, restored again, next to another from the same file.
        second = made(restored, tmp_path / "b2.zkb")
        _, again = backup.restore(second, tmp_path / "newer", code, "third")
        _, twin = backup.restore(file, tmp_path / "twin", code, "fourth")
        with again, twin:
            assert len({store.device, restored.device, again.device, twin.device}) == 4
            room.sound(again)
            room.sound(twin)
            with again.read() as read:
                assert [row[1] for row in room.things(read)][-1] == "新的"
            again.write(BOTH, room.open_thing, "更新的")
            room.sound(again)
    with Store.open(tmp_path / "new", "another") as reopened:
        room.sound(reopened)


def test_a_backup_holds_no_key_of_the_machine_and_nothing_in_the_open(full: tuple[Store, str], tmp_path: Path) -> None:
    store, _ = full
    file = made(store, tmp_path / "b.zkb")
    data = file.read_bytes()
    assert b"picture" not in data and "桌子".encode() not in data
    with zipfile.ZipFile(file) as archive:
        archive.extract("store.db", tmp_path / "out")
    raw = connect(tmp_path / "out" / "store.db", store.key)
    assert raw.execute("SELECT count(*) FROM secrets").fetchone() == (0,)
    assert raw.execute("SELECT count(*) FROM test_throttles").fetchone() == (0,)
    assert raw.execute("SELECT count(*) FROM test_drafts").fetchone() == (1,)
    raw.close()


def test_a_restore_over_a_centre_or_with_a_wrong_code_changes_nothing(full: tuple[Store, str], tmp_path: Path) -> None:
    store, code = full
    file = made(store, tmp_path / "b.zkb")
    for home, words, expected in (
        (store.home, code, "centre.home_in_use"),
        (tmp_path / "new", "AAAA-BBBB", "store.wrong_recovery_code"),
    ):
        with pytest.raises(Refused) as caught:
            backup.restore(file, home, words, "x")
        assert caught.value.code == expected
    assert not (tmp_path / "new" / "store.db").exists()
    room.sound(store)


def test_a_new_recovery_code_opens_new_backups_and_the_old_one_the_old(full: tuple[Store, str], tmp_path: Path) -> None:
    store, code = full
    old = made(store, tmp_path / "old.zkb")
    new_code = room.recovery_code(store)
    new = made(store, tmp_path / "new.zkb")
    assert backup.check(old, code).problems == backup.check(new, new_code).problems == []
    for file, wrong in ((old, new_code), (new, code)):
        with pytest.raises(Refused):
            backup.check(file, wrong)


def test_an_earlier_backup_stays_until_the_new_one_is_whole(
    full: tuple[Store, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, code = full
    file = made(store, tmp_path / "b.zkb")
    before = file.read_bytes()
    store.write(BOTH, room.open_thing, "更多")
    real = os.fsync

    def damaging(handle: int) -> None:
        """A stick that says it has written and has something else."""
        if os.path.samestat(os.fstat(handle), file.with_name("b.zkb.part").stat()):
            os.pwrite(handle, b"\0" * 64, os.fstat(handle).st_size // 2)
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", damaging)
        with pytest.raises(EnvironmentFailure) as caught:
            backup.make(store, file)
        assert caught.value.code == "backup.read_back_failed"
    assert file.read_bytes() == before
    assert not file.with_name("b.zkb.part").exists()
    assert list(store.home.glob("backup-*")) == []
    backup.make(store, file)
    assert file.read_bytes() != before
    assert backup.check(file, code).problems == []


def test_a_place_that_can_not_be_written_is_named(full: tuple[Store, str], tmp_path: Path) -> None:
    store, _ = full
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "folder", tmp_path / "nowhere" / "b.zkb"):
        with pytest.raises(EnvironmentFailure) as caught:
            backup.make(store, target)
        assert caught.value.code == "store.cannot_write"
    room.sound(store)


def test_every_flipped_byte_of_a_backup_is_found(full: tuple[Store, str], tmp_path: Path) -> None:
    import random

    store, code = full
    data = made(store, tmp_path / "b.zkb").read_bytes()
    dice = random.Random(3)
    header = data.index(b"store_sha256")
    places = [0, header, header + 30, len(data) - 5, *(dice.randrange(len(data)) for _ in range(60))]
    missed = []
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << dice.randrange(8)
        (tmp_path / "c.zkb").write_bytes(changed)
        try:
            problems = backup.check(tmp_path / "c.zkb", code).problems
        except AppError as problem:
            assert problem.exit_code in (1, 4), problem.code
        else:
            # The archive's own dates and attributes say nothing about the content.
            if not problems and not _content_is_same(tmp_path / "b.zkb", tmp_path / "c.zkb"):
                missed.append(place)
    assert missed == []


def _content_is_same(one: Path, other: Path) -> bool:
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        return {name: first.read(name) for name in first.namelist()} == {
            name: second.read(name) for name in second.namelist()
        }


@pytest.mark.parametrize("what", ["cut", "empty", "text", "climbs", "missing", "no_file", "packed", "twice"])
def test_what_is_no_backup_is_refused_in_words(full: tuple[Store, str], tmp_path: Path, what: str) -> None:
    store, code = full
    data = made(store, tmp_path / "b.zkb").read_bytes()
    file = tmp_path / "c.zkb"
    with zipfile.ZipFile(tmp_path / "b.zkb") as archive:
        header, inside = archive.read("backup.json"), archive.read("store.db")
    match what:
        case "cut":
            file.write_bytes(data[: len(data) // 2])
        case "empty":
            file.write_bytes(b"")
        case "text":
            file.write_text("这不是备份")
        case "climbs":
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("backup.json", header)
                archive.writestr("blobs/../../x", b"")
        case "missing":
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("backup.json", header)
        case "packed":
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("backup.json", header)
                archive.writestr("store.db", inside)
        case "twice":
            with pytest.warns(UserWarning), zipfile.ZipFile(file, "w") as archive:
                for _ in range(2):
                    archive.writestr("backup.json", header)
    with pytest.raises(AppError) as caught:
        backup.restore(file, tmp_path / "new", code, "x")
    assert type(caught.value) in (Refused, IntegrityFailure, EnvironmentFailure)
    assert caught.value.sentence != caught.value.code
    assert not (tmp_path / "new" / "store.db").exists()


def test_a_backup_whose_photo_or_store_was_exchanged_restores_nothing(full: tuple[Store, str], tmp_path: Path) -> None:
    store, code = full
    file = made(store, tmp_path / "b.zkb")
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    blob = next(name for name in content if name.startswith("blobs/"))
    older = made(store, tmp_path / "older.zkb")
    with zipfile.ZipFile(older) as archive:
        other_store = archive.read("store.db")
    for name, data in ((blob, b"x"), (blob, None), ("store.db", other_store)):
        with zipfile.ZipFile(tmp_path / "c.zkb", "w") as archive:
            for one, value in content.items():
                said = data if one == name else value
                if said is not None:
                    archive.writestr(one, said)
        with pytest.raises(IntegrityFailure) as caught:
            backup.restore(tmp_path / "c.zkb", tmp_path / "new", code, "x")
        assert caught.value.code == "backup.damaged"
        assert not (tmp_path / "new").exists()


def test_an_interrupted_restore_can_be_done_again(
    full: tuple[Store, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, code = full
    file = made(store, tmp_path / "b.zkb")
    for step in ("go_on_from", "put_in_place"):
        with monkeypatch.context() as patch:
            patch.setattr(f"core.store.founding.{step}", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                backup.restore(file, tmp_path / "new", code, "x")
        assert not (tmp_path / "new" / "store.db").exists()
    _, restored = backup.restore(file, tmp_path / "new", code, "x")
    with restored:
        room.sound(restored)


def test_a_restored_home_moved_elsewhere_still_opens(full: tuple[Store, str], tmp_path: Path) -> None:
    store, code = full
    file = made(store, tmp_path / "b.zkb")
    _, restored = backup.restore(file, tmp_path / "new", code, "x")
    restored.close()
    shutil.move(tmp_path / "new", tmp_path / "有 空格#的?文件夹")
    with Store.open(tmp_path / "有 空格#的?文件夹", "x") as moved:
        room.sound(moved)
