"""What moves between machines: any order, any cut, doubled, with gaps, forks and late parts."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import IntegrityFailure, Refused
from core.store import Store, acts, erasure, founding, segments
from core.store.blobs import blob_files
from tests.store import room
from tests.store.room import BOTH, FIRST, Actors

steps = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.integers(1, 3)),
        st.tuples(st.just("change"), st.integers(0, 99)),
        st.tuples(st.just("score"), st.integers(0, 99)),
        st.tuples(st.just("burst"), st.integers(60, 140)),
        st.tuples(st.just("cut"), st.booleans()),
    ),
    min_size=3,
    max_size=14,
)


class Teller:
    """Lives through `steps` on one device, and cuts segments on the way."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.things: list[int] = []
        self.cuts: list[segments.Segment] = []
        self.bare: list[int] = []

    def live(self, told: list[tuple[str, int]]) -> None:
        for what, number in [("open", 1), *told, ("cut", True)]:
            match what:
                case "open":
                    self.things += [self.store.write(BOTH, room.open_thing, f"物{number}").value for _ in range(number)]
                case "burst":
                    self.things += self.store.write(BOTH, room.many, number).value
                case "change":
                    self.store.write(BOTH, room.change_thing, self.things[number % len(self.things)], number)
                case "score":
                    self.store.write(BOTH, room.score_thing, self.things[number % len(self.things)], number)
                case "cut":
                    self.cut(bool(number))

    def cut(self, parts: bool) -> None:
        after = self.cuts[-1].last if self.cuts else 0
        found = room.cut(self.store, after, parts=parts)
        if found is not None:
            self.cuts.append(found)
            if not parts:
                self.bare += list(range(found.first, found.last + 1))


@settings(max_examples=settings().max_examples // 3)
@given(told=steps, seed=st.integers(0, 2**32))
def test_a_terminals_entries_arrive_whole_whatever_way_they_come(told: list[tuple[str, int]], seed: int) -> None:
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        room.found(Path(folder) / "host") as host,
        room.joined(Path(folder) / "terminal", host) as terminal,
    ):
        teller = Teller(terminal)
        teller.live(told)
        waiting = [segment for segment in teller.cuts for _ in range(dice.choice((1, 1, 2)))]
        # Doubled and out of order; what leaves a gap is refused and comes again.
        while waiting:
            segment = dice.choice(waiting)
            try:
                room.take(host, segment)
                waiting.remove(segment)
            except Refused as refused:
                assert refused.code == "segment.gap"
            if dice.random() < 0.2:
                host.write(BOTH, room.open_thing, "考点自己的")
        if teller.bare:
            # A segment that overlaps brings some of the parts, parts alone bring the rest.
            if dice.random() < 0.5 and (overlapping := room.cut(terminal, 0)):
                assert room.take(host, overlapping) == 0
            dice.shuffle(teller.bare)
            for start in range(0, len(teller.bare), 50):
                if late := room.late_parts(terminal, teller.bare[start : start + 50]):
                    assert room.take(host, late) == 0
                    assert room.take(host, late) == 0
        room.sound(host)
        room.sound(terminal)
        with host.read() as there, terminal.read() as here:
            assert [row for row in room.things(there) if row[0] in teller.things] == room.things(here)
            assert room.scores(there) == room.scores(here)


@pytest.fixture
def two(tmp_path: Path, store: Store):  # type: ignore[no-untyped-def]
    with room.joined(tmp_path / "terminal", store) as terminal:
        yield store, terminal


def test_a_gap_names_what_is_missing_and_keeps_nothing(two: tuple[Store, Store]) -> None:
    host, terminal = two
    first = room.cut(terminal)
    assert first is not None
    terminal.write(BOTH, room.open_thing, "一")
    second = room.cut(terminal, first.last)
    assert second is not None
    head = host.head
    with pytest.raises(Refused) as caught:
        room.take(host, second)
    assert (caught.value.code, caught.value.values["held"]) == ("segment.gap", 0)
    assert host.head == head
    room.take(host, first)
    assert room.take(host, second) == 1
    room.sound(host)


@pytest.mark.parametrize("what", ["body", "swap", "drop", "seal", "part", "part_of_nothing", "previous", "number"])
def test_a_segment_that_was_changed_on_the_way_is_refused_whole(two: tuple[Store, Store], what: str) -> None:
    host, terminal = two
    terminal.write(BOTH, room.many, 5)
    segment = room.cut(terminal)
    assert segment is not None
    bodies, parts = list(segment.bodies), list(segment.parts)
    changed = {
        "body": replace(segment, bodies=[*bodies[:-1], bodies[-1][:-1] + bytes([bodies[-1][-1] ^ 1])]),
        "swap": replace(segment, bodies=[*bodies[:-2], bodies[-1], bodies[-2]]),
        "drop": replace(segment, bodies=bodies[:-1]),
        "seal": replace(segment, seal=bytes(64)),
        "part": replace(segment, parts=[*parts[:-1], (parts[-1][0], parts[-1][1] + b"x")]),
        "part_of_nothing": replace(segment, parts=[*parts, (1 << 39, b"x")]),
        "previous": replace(segment, previous=bytes(32)),
        "number": replace(segment, bodies=[bodies[1], *bodies[1:]]),
    }[what]
    head = host.head
    with pytest.raises(IntegrityFailure):
        room.take(host, changed)
    assert host.head == head
    room.sound(host)
    assert room.take(host, segment) == len(bodies)


def test_records_of_another_centre_of_oneself_and_of_strangers_are_refused(
    two: tuple[Store, Store], tmp_path: Path
) -> None:
    host, _ = two
    own = room.cut(host)
    assert own is not None
    for segment, code in (
        (own, "segment.own"),
        (replace(own, centre="110101"), "segment.other_centre"),
        (replace(own, device=77), "segment.unknown_device"),
    ):
        with pytest.raises(Refused) as caught:
            room.take(host, segment)
        assert caught.value.code == code
    with pytest.raises(Refused) as empty:
        founding.join(tmp_path / "third", [], room.PASSPHRASE)
    assert empty.value.code == "segment.empty"


def test_a_home_that_was_copied_is_told_when_it_meets_its_copy(store: Store, tmp_path: Path) -> None:
    store.write(BOTH, room.open_thing, "共同的")
    store.close()
    shutil.copytree(store.home, tmp_path / "copy")
    with Store.open(tmp_path / "copy", room.PASSPHRASE) as copy:
        copy.write(BOTH, room.open_thing, "乙")
        theirs = room.cut(copy)
    assert theirs is not None
    with Store.open(store.home, room.PASSPHRASE) as mine:
        for name in (None, "甲"):
            if name is not None:
                mine.write(BOTH, room.open_thing, name)
            with pytest.raises(IntegrityFailure, match=r"segment\.fork"):
                room.take(mine, theirs)
        own = room.cut(mine)
        assert own is not None
        for harmless in (own, replace(theirs, seal=bytes(64))):
            with pytest.raises(Refused, match=r"segment\.own"):
                room.take(mine, harmless)
        room.sound(mine)


def test_two_copies_of_one_device_are_told_apart(store: Store, tmp_path: Path) -> None:
    terminal = room.joined(tmp_path / "terminal", store)
    terminal.write(BOTH, room.open_thing, "共同的")
    terminal.close()
    shutil.copytree(tmp_path / "terminal", tmp_path / "copy")
    cuts = []
    for home, name in ((tmp_path / "terminal", "甲"), (tmp_path / "copy", "乙")):
        with Store.open(home, room.PASSPHRASE) as one:
            one.write(BOTH, room.open_thing, name)
            cuts.append(room.cut(one))
    assert cuts[0] is not None and cuts[1] is not None
    room.take(store, cuts[0])
    with pytest.raises(IntegrityFailure) as caught:
        room.take(store, cuts[1])
    assert caught.value.code == "segment.fork"
    with pytest.raises(IntegrityFailure) as other_key:
        room.take(store, replace(cuts[0], key=bytes(32)))
    assert other_key.value.code == "segment.fork"
    room.sound(store)


def test_an_effect_that_clashes_blocks_no_receipt_and_freezes_its_batch(two: tuple[Store, Store]) -> None:
    host, terminal = two
    host.write(BOTH, room.place, 7)
    terminal.write(BOTH, room.open_thing, "前")
    terminal.write(BOTH, lambda write: write.record(room.Placed(7), batch=500))
    terminal.write(BOTH, room.open_thing, "后")
    segment = room.cut(terminal)
    assert segment is not None
    room.take(host, segment)
    with host.read() as read:
        assert [row[1] for row in room.things(read)] == ["前", "后"]
    assert host.head.frozen == {500}
    with pytest.raises(Refused) as caught:
        host.write(BOTH, lambda write: write.record(room.Placed(8), batch=500))
    assert caught.value.code == "store.batch_of_newer_program"
    room.sound(host)
    host.rebuild()
    assert host.head.frozen == {500}
    room.sound(host)


def test_kinds_of_a_newer_program_are_kept_passed_on_and_take_effect_after_its_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.store.events import KINDS

    home = tmp_path / "host"
    with room.found(home) as host, room.joined(tmp_path / "terminal", host) as terminal:
        thing = terminal.write(BOTH, room.open_thing, "灯").value
        terminal.write(BOTH, room.score_thing, thing, 61, batch=9)
        segment = room.cut(terminal)
        assert segment is not None
    with monkeypatch.context() as older:
        older.delitem(KINDS, "test.scored")
        with Store.open(home, room.PASSPHRASE) as host:
            room.take(host, segment)
            assert host.head.frozen == {9}
            with pytest.raises(Refused):
                host.write(BOTH, lambda write: write.record(room.Placed(1), batch=9))
            host.write(BOTH, lambda write: write.record(room.Placed(1), batch=8))
            with host.read() as read:
                assert room.scores(read) == []
            room.sound(host)
    with Store.open(home, room.PASSPHRASE) as host:
        assert host.head.frozen == frozenset()
        with host.read() as read:
            assert [row[2] for row in room.scores(read)] == [61]
            assert segments.cut(read.connection, "320115", segment.device, 0, lambda _: True) == segment
        room.sound(host)


def test_a_device_is_admitted_by_two_people_once_and_never_with_a_second_key(store: Store) -> None:
    for actors in (Actors(FIRST), Actors(FIRST, FIRST)):
        with pytest.raises(Refused) as caught:
            store.write(actors, acts.admit, 9, bytes(32))
        assert caught.value.code == "store.needs_two_people"
    for number in (-1, 1 << 22):
        with pytest.raises(Refused):
            store.write(BOTH, acts.admit, number, bytes(32))
    assert store.write(BOTH, acts.admit, 9, bytes(32)).kinds == {"device.admitted"}
    assert store.write(BOTH, acts.admit, 9, bytes(32)).kinds == frozenset()
    for number in (9, store.device):
        with pytest.raises(Refused) as caught:
            store.write(BOTH, acts.admit, number, bytes(31) + b"1")
        assert caught.value.code == "store.device_number_taken"
    room.sound(store)


def test_what_two_people_erase_is_gone_everywhere_and_the_chain_stays_whole(two: tuple[Store, Store]) -> None:
    host, terminal = two
    kept = terminal.write(BOTH, room.open_thing, "留", photo=b"stays").value
    thing = terminal.write(BOTH, room.open_thing, "删", secret="不再留存", photo=b"goes").value
    terminal.write(BOTH, room.change_thing, kept, 4)
    before = room.cut(terminal)
    assert before is not None
    room.take(host, before)
    with pytest.raises(Refused) as caught:
        terminal.write(Actors(FIRST), erasure.erase_part, thing)
    assert caught.value.code == "store.needs_two_people"
    assert len(blob_files(terminal.home)) == 2
    terminal.write(BOTH, erasure.erase_part, thing)
    assert terminal.write(BOTH, erasure.erase_part, thing).kinds == frozenset()
    assert len(blob_files(terminal.home)) == 1
    after = room.cut(terminal, before.last)
    assert after is not None
    room.take(host, after)
    # An old copy that still has the part does not bring it back.
    room.take(host, before)
    for store in two:
        with store.read() as read:
            assert read.part_bytes(thing) is None
            assert read.part_bytes(kept) is not None
            assert [row[3] for row in room.things(read) if row[0] == thing] == [None]
        room.sound(store)
    with pytest.raises(Refused) as nothing:
        host.write(BOTH, erasure.erase_part, 5)
    assert nothing.value.code == "store.no_such_part"


def test_a_part_that_nobody_erased_can_not_be_deleted_by_mistake(store: Store) -> None:
    store.write(BOTH, room.open_thing, "灯")
    with pytest.raises(Exception, match="append only"):
        store.write(BOTH, lambda write: write.connection.exec_driver_sql("DELETE FROM parts"))
    for table in ("journal", "seals"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET seq = seq + 1"):
            with pytest.raises(Exception, match="append only"):
                store.write(BOTH, lambda write, said=statement: write.connection.exec_driver_sql(said))
    room.sound(store)


@pytest.mark.parametrize("cut_at", [0, 3, 7, 20, -1])
def test_a_file_that_is_no_segment_or_cut_off_is_refused(store: Store, cut_at: int) -> None:
    data = segments.encode_segments(room.chain_of(store))
    with pytest.raises(Refused) as caught:
        segments.decode_segments(data[:cut_at])
    assert caught.value.code in ("segment.not_one", "segment.cut_off")
    with pytest.raises(Refused):
        segments.decode_segments(data + b"x")
