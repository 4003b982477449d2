"""Whom a store believes what: terminals that were taken over, restored ones, and a restored host."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Raw
from msgspec.structs import replace
from sqlalchemy import select

from core.errors import IntegrityFailure
from core.store import Event, Store, acts, backup, chain, erasure, segments, split_id
from core.store.basics import (
    CentreFact,
    CentreFounded,
    Device,
    DeviceAdmitted,
    DeviceJoined,
    DeviceRestored,
    PartErased,
)
from core.store.chain import public_bytes
from core.store.events import Body, encode_body, encode_fields, kind_of
from tests.store import room
from tests.store.room import BOTH


@pytest.fixture
def two(tmp_path: Path, store: Store):  # type: ignore[no-untyped-def]
    with room.joined(tmp_path / "terminal", store) as terminal:
        yield store, terminal


def forged(terminal: Store, *said: tuple[Event, int]) -> segments.Segment:
    """What a terminal that somebody took over writes in its own name: events, each with whom it names as the second."""
    before = room.cut(terminal)
    assert before is not None
    head, bodies = before.previous, list(before.bodies)
    for event, second in said:
        body = Body(
            terminal.device, len(bodies) + 1, 1, 1, second, 0, kind_of(type(event)).name, 1, encode_fields(event), None
        )
        bodies.append(encode_body(body))
    for data in bodies:
        head = chain.link(head, data)
    seal = chain.make_seal(terminal._own.key, terminal.device, len(bodies), head)
    return replace(before, bodies=bodies, seal=seal)


def test_a_terminal_is_not_believed_about_the_centre_other_devices_or_others_parts(two: tuple[Store, Store]) -> None:
    host, terminal = two
    thing = host.write(BOTH, room.open_thing, "考点的", secret="要留下").value
    with host.read() as read:
        before = read.rows(select(CentreFact.__table__)), read.rows(select(Device.id, Device.closed_at))
    segment = forged(
        terminal,
        (CentreFounded("999999", "假的", bytes(32), bytes(32)), 2),
        (DeviceAdmitted(55, bytes(32), True), 2),
        (DeviceJoined("320115", "", bytes(32), 56, bytes(32)), 2),
        (DeviceRestored(host.device, 1, bytes(32), bytes(32), bytes(32)), 2),
        (PartErased(*split_id(thing)), 2),
    )
    room.take(host, segment)
    with host.read() as read:
        assert (read.rows(select(CentreFact.__table__)), read.rows(select(Device.id, Device.closed_at))) == before
        assert read.part_bytes(thing) is not None
    room.sound(host)


def test_a_terminal_can_not_write_in_another_devices_name(two: tuple[Store, Store]) -> None:
    host, terminal = two
    segment = forged(terminal)
    for device, seq in ((host.device, 2), (terminal.device, 3)):
        body = encode_body(Body(device, seq, 1, 1, 0, 0, "test.placed", 1, encode_fields(room.Placed(1)), None))
        head = chain.link(chain.link(segment.previous, segment.bodies[0]), body)
        seal = chain.make_seal(terminal._own.key, terminal.device, 2, head)
        with pytest.raises(IntegrityFailure) as caught:
            room.take(host, replace(segment, bodies=[segment.bodies[0], body], seal=seal))
        assert caught.value.code == "segment.altered"


@pytest.mark.parametrize("fields", [b"\xc1", b"\x92\xa2\xff\xfe\x01", b"\x91" * 5000, b"\x92\xa1x\xcf" + b"\xff" * 8])
def test_an_entry_that_nobody_can_read_blocks_no_receipt(two: tuple[Store, Store], fields: bytes) -> None:
    host, terminal = two
    segment = forged(terminal)
    number = len(segment.bodies) + 1
    body = encode_body(Body(terminal.device, number, 1, 1, 0, 3, "test.opened", 1, Raw(fields), None))
    head = chain.link(segment.previous, segment.bodies[0])
    seal = chain.make_seal(terminal._own.key, terminal.device, number, chain.link(head, body))
    try:
        room.take(host, replace(segment, bodies=[*segment.bodies, body], seal=seal))
    except IntegrityFailure as refused:
        assert refused.code == "segment.altered"
    else:
        assert host.head.frozen == {3}
    room.sound(host)


def test_a_terminal_that_was_restored_goes_on_and_its_old_self_is_shut_out(store: Store, tmp_path: Path) -> None:
    with room.joined(tmp_path / "terminal", store) as terminal:
        code = room.recovery_code(terminal)
        terminal.write(BOTH, room.open_thing, "备份前")
        backup.make(terminal, tmp_path / "b.zkb")
        terminal.write(BOTH, room.open_thing, "备份后")
        sent = room.cut(terminal)
        assert sent is not None
        room.take(store, sent)
        _, restored = backup.restore(tmp_path / "b.zkb", tmp_path / "new", code, room.PASSPHRASE)
        with restored:
            room.admit(store, restored)
            restored.write(BOTH, room.open_thing, "恢复后")
            new = room.cut(restored)
            assert new is not None
            room.take(store, new)
            assert room.take(store, sent) == 0
            terminal.write(BOTH, room.open_thing, "旧电脑还在写")
            later = room.cut(terminal, sent.last)
            assert later is not None
            with pytest.raises(IntegrityFailure) as caught:
                room.take(store, later)
            assert caught.value.code == "segment.closed"
            with store.read() as read:
                assert {row[1] for row in room.things(read)} == {"备份前", "备份后", "恢复后"}
            room.sound(restored)
        room.sound(store)


def test_a_host_that_was_restored_is_believed_by_a_terminal_once_two_people_admit_it_as_the_host(
    store: Store, tmp_path: Path
) -> None:
    code = room.recovery_code(store)
    thing = store.write(BOTH, room.open_thing, "考点的").value
    with room.joined(tmp_path / "terminal", store) as terminal:
        backup.make(store, tmp_path / "b.zkb")
        old = room.cut(store)
        _, restored = backup.restore(tmp_path / "b.zkb", tmp_path / "new", code, room.PASSPHRASE)
        with restored:
            terminal.write(BOTH, acts.admit, restored.device, public_bytes(restored._own.key), True)
            restored.write(BOTH, erasure.erase_part, thing)
            new = room.cut(restored)
            assert old is not None and new is not None
            room.take(terminal, old)
            room.take(terminal, new)
            with terminal.read() as read:
                assert read.part_bytes(thing) is None
                (centre,) = read.rows(select(CentreFact.__table__))
                assert centre.issuer == restored.device
            room.sound(terminal)
