"""Writing, reading, refusing, and coming back to what was written."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select

from core.errors import Refused
from core.store import THE_PROGRAM, BlobRef, Store, Write, encode_part
from core.store.acts import confirm_clock
from core.store.blobs import blob_files
from core.store.tables import Meta
from tests.store import room
from tests.store.room import BOTH, Changed, Draft, Opened, Placed, Thing


def test_what_was_written_is_there_after_the_program_was_closed(tmp_path: Path) -> None:
    with room.found(tmp_path / "home") as store:
        thing = store.write(BOTH, room.open_thing, "桌子").value
        store.write(BOTH, room.change_thing, thing, 9)
        with store.read() as read:
            before = room.things(read)
    with Store.open(tmp_path / "home", room.PASSPHRASE) as store:
        with store.read() as read:
            assert room.things(read) == before == [(thing, "桌子", 9, "乙", None)]
        room.sound(store)


def test_a_refused_act_leaves_nothing_behind_not_even_its_files(store: Store) -> None:
    def refuse(write: Write) -> None:
        room.open_thing(write, "椅子", photo=b"picture")
        write.local(insert(Draft).values(text="草稿"))
        raise Refused("store.no_such_part")

    head = store.head
    with pytest.raises(Refused):
        store.write(BOTH, refuse)
    assert store.head == head
    assert blob_files(store.home) == []
    with store.read() as read:
        assert room.things(read) == []
        assert read.rows(select(Draft)) == []
    room.sound(store)


def test_a_write_sees_what_it_has_just_recorded(store: Store) -> None:
    def command(write: Write) -> Any:
        thing = room.open_thing(write, "灯")
        seen = write.value(select(Thing.name).where(Thing.id == thing)), write.part_bytes(thing) is not None
        room.change_thing(write, thing, 5)
        return *seen, write.value(select(Thing.size).where(Thing.id == thing))

    assert store.write(BOTH, command).value == ("灯", True, 5)
    room.sound(store)


def test_the_kinds_of_what_changed_come_back(store: Store) -> None:
    written = store.write(BOTH, room.open_thing, "灯")
    assert written.kinds == {"test.opened"}
    assert store.write(BOTH, lambda write: write.local(insert(Draft).values(text="x"), "draft")).kinds == {"draft"}


def test_a_write_said_twice_under_one_key_is_done_once_and_answers_the_same(tmp_path: Path) -> None:
    def command(write: Write) -> tuple[int, str]:
        return room.open_thing(write, "灯"), "好"

    with room.found(tmp_path / "home") as store:
        first = store.write_once(b"key", BOTH, command)
        again = store.write_once(b"key", BOTH, command)
    with Store.open(tmp_path / "home", room.PASSPHRASE) as store:
        later = store.write_once(b"key", BOTH, command)
        assert first.value == again.value == later.value
        assert (first.kinds, again.kinds) == ({"test.opened"}, frozenset())
        with store.read() as read:
            assert len(room.things(read)) == 1


def test_a_refused_write_under_a_key_may_be_said_again(store: Store) -> None:
    def refuse(write: Write) -> None:
        raise Refused("store.no_such_part")

    with pytest.raises(Refused):
        store.write_once(b"key", BOTH, refuse)
    assert store.write_once(b"key", BOTH, room.open_thing, "灯").kinds == {"test.opened"}


def test_a_field_of_a_wrong_type_is_found_before_anything_is_kept(store: Store) -> None:
    head = store.head
    with pytest.raises(msgspec.ValidationError):
        store.write(BOTH, lambda write: write.record(Changed("not a number", 1)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="has no part"):
        store.write(BOTH, lambda write: write.record(Placed(1), Opened.Part("x")))
    assert store.head == head


def test_a_part_that_was_signed_before_is_kept_byte_by_byte(store: Store) -> None:
    data = encode_part(Opened.Part("密"))
    thing = store.write(BOTH, lambda write: write.record(Opened("柜", 1), part_bytes=data)).value
    with store.read() as read:
        assert read.part_bytes(thing) == data
        assert room.things(read) == [(thing, "柜", 1, "密", None)]
    room.sound(store)


def test_a_photo_comes_back_and_an_altered_one_does_not(store: Store) -> None:
    from core.errors import IntegrityFailure

    refs: list[BlobRef] = []
    store.write(BOTH, lambda write: refs.append(write.put_blob(b"picture" * 99, "image/jpeg")))
    (path,) = blob_files(store.home)
    assert b"picture" not in path.read_bytes()
    with store.read() as read:
        assert read.blob(refs[0]) == b"picture" * 99
        data = bytearray(path.read_bytes())
        data[5] ^= 1
        path.write_bytes(data)
        with pytest.raises(IntegrityFailure) as caught:
            read.blob(refs[0])
        assert caught.value.code == "store.blob_damaged"
        path.unlink()
        assert read.blob(refs[0]) is None


def test_a_snapshot_does_not_move_while_others_write(store: Store) -> None:
    with store.read() as read:
        assert room.things(read) == []
        store.write(BOTH, room.open_thing, "灯")
        assert room.things(read) == []
    with store.read() as read:
        assert len(room.things(read)) == 1


def test_many_hands_at_once_make_one_sound_journal(store: Store) -> None:
    def hand(number: int) -> None:
        for _ in range(10):
            store.write(BOTH, room.open_thing, f"手{number}")

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(6)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    with store.read() as read:
        assert len(room.things(read)) == 60
    room.sound(store)


def test_a_write_inside_a_write_is_a_mistake_and_a_closed_store_takes_none(tmp_path: Path) -> None:
    store = room.found(tmp_path / "home")
    with pytest.raises(RuntimeError):
        store.write(BOTH, lambda write: store.write(BOTH, room.open_thing, "x"))
    store.close()
    store.close()
    with pytest.raises(RuntimeError):
        store.write(BOTH, room.open_thing, "x")


def test_only_tables_of_this_machine_are_written_by_hand(store: Store) -> None:
    with pytest.raises(ValueError, match="not a local table"):
        store.write(BOTH, lambda write: write.local(insert(Thing).values(id=1, name="x", size=1)))


def test_a_clock_behind_the_journal_blocks_dated_acts_until_somebody_confirms_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    real = time.time_ns
    with room.found(tmp_path / "home") as store:
        store.write(BOTH, Write.dated)
        monkeypatch.setattr(time, "time_ns", lambda: real() - 2 * 365 * 86_400 * 10**9)
        with pytest.raises(Refused) as caught:
            store.write(BOTH, Write.dated)
        assert caught.value.code == "store.clock_behind"
        store.write(BOTH, room.open_thing, "不计日期的")
    with Store.open(tmp_path / "home", room.PASSPHRASE) as store:
        with pytest.raises(Refused):
            store.write(BOTH, Write.dated)
        with pytest.raises(Refused):
            store.write(THE_PROGRAM, confirm_clock)
        assert store.write(BOTH, confirm_clock).kinds == {"clock.confirmed"}
        store.write(BOTH, Write.dated)
        assert store.write(BOTH, confirm_clock).kinds == frozenset()
    with Store.open(tmp_path / "home", room.PASSPHRASE) as store:
        store.write(BOTH, Write.dated)
        room.sound(store)


def test_the_times_of_two_transactions_differ_even_within_a_millisecond(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    times = [store.write(BOTH, lambda write: (room.place(write, write.head.seq), write.now)[1]).value for _ in range(4)]
    assert all(one != other for one, other in pairwise(times))
    assert max(times) - min(times) <= 1
    room.sound(store)


def test_local_tables_of_an_older_program_are_taken_further_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.store import LOCAL_STEPS

    room.found(tmp_path / "home").close()
    monkeypatch.setattr("core.store.standing.LOCAL_STEPS", [*LOCAL_STEPS, "ALTER TABLE test_drafts ADD COLUMN n INT"])
    for _ in range(2):
        with Store.open(tmp_path / "home", room.PASSPHRASE) as store, store.read() as read:
            assert (
                read.value(select(Meta.value).where(Meta.name == "local_steps")) == str(len(LOCAL_STEPS) + 1).encode()
            )
            columns = read.connection.exec_driver_sql("SELECT n FROM test_drafts").keys()
            assert list(columns) == ["n"]
