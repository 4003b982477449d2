"""Whatever comes, in whatever order and however often: the hub ends with exactly what the devices signed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.batches.events import BatchCreated
from core.certificates.events import CertificateIssued, CertificateVoided
from core.hub.hub import Hub, make_hub
from core.hub.ingest import Taken, ingest
from core.hub.tables import counters, journal, parts
from core.hub.understanding import understand
from core.hub.understood import UNDERSTOOD
from core.hub.uploads import read_upload
from core.registration.events import ApplicationDecided, ApplicationEntered, ApplicationWithdrawn
from core.results.events import ResultReopened, ResultsConfirmed, ResultSettled
from core.store.basics import DeviceAdmitted
from core.store.events import make_id
from core.store.segments import Segment, encode_segments
from tests.hub.devices import Device, enrolled

_codes = (f"{number:06d}" for number in count(100_000))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with pytest.MonkeyPatch.context() as patch:
        from core.store import keys

        patch.setattr(keys, "KDF_MEMORY_KIB", 8)
        patch.setattr(keys, "KDF_PASSES", 1)
        found = make_hub(tmp_path_factory.mktemp("hub") / "hub", "测试协会", "口令", None)
    yield found
    found.close()


def send(hub: Hub, device: Device, *segments: Segment) -> Taken:
    return hub.act(ingest, device.centre, read_upload(encode_segments(segments)))


def story(device: Device, terminal: Device) -> None:
    """What a batch is made of, on two machines."""
    device.write(DeviceAdmitted(terminal.number, terminal.public))
    batch = make_id(device.number, device.write(BatchCreated("2026-01", "s", "junior", "2026-11-22")))
    for _ in range(3):
        entered = terminal.write(ApplicationEntered(1, batch), ApplicationEntered.Part(b"{}", ["a"]))
        application = make_id(terminal.number, entered)
        device.write(ApplicationDecided(application, "accepted", []), ApplicationDecided.Part("测试"))
        device.write(ResultSettled(application, batch), ResultSettled.Part([], True))
        issued = device.write(
            CertificateIssued(application, batch, f"X{entered}", 1, entered, entered),
            CertificateIssued.Part(b"no token", "2026-11-22"),
        )
    device.write(CertificateVoided(make_id(device.number, issued)), CertificateVoided.Part("测试"))
    device.write(ResultReopened(application, batch))
    device.write(ApplicationWithdrawn(application), ApplicationWithdrawn.Part("测试"))
    device.write(ResultsConfirmed(batch, bytes(32), b"", b"", b"", b""))


def understood(hub: Hub, centre: str) -> dict[str, list[Any]]:
    with hub.look() as ledger:
        return {
            table.name: sorted(
                map(tuple, ledger.connection.execute(select(table).where(table.c.centre == centre)).all()), key=str
            )
            for table in UNDERSTOOD
        }


def whole(hub: Hub, *devices: Device) -> None:
    """Every entry and part is there once, in the order of its device, and counted."""
    with hub.look() as ledger:
        for device in devices:
            mine = (journal.c.centre == device.centre) & (journal.c.device == device.number)
            rows = ledger.connection.execute(select(journal).where(mine).order_by(journal.c.seq)).all()
            assert [bytes(row.body) for row in rows] == device.bodies
            assert [row.arrival for row in rows] == sorted(row.arrival for row in rows)
            held = select(parts.c.seq).where(parts.c.centre == device.centre, parts.c.device == device.number)
            assert set(ledger.connection.execute(held).scalars()) == set(device.parts)
        arrivals = ledger.connection.execute(
            select(journal.c.arrival).where(journal.c.centre == device.centre, journal.c.device != 0)
        ).scalars()
        total = sum(device.seq for device in devices)
        assert sorted(arrivals) == list(range(1, total + 1))
        counted = select(counters.c.value).where(counters.c.centre == device.centre, counters.c.name == "arrival")
        assert ledger.connection.execute(counted).scalar() == total


PIECES = st.lists(
    st.tuples(st.booleans(), st.integers(1, 20), st.integers(0, 12), st.booleans(), st.booleans()), max_size=12
)


@settings(max_examples=20, deadline=None)
@given(pieces=PIECES, late=st.booleans())
def test_any_order_of_uploads_ends_in_what_was_signed(
    hub: Hub, pieces: list[tuple[bool, int, int, bool, bool]], late: bool
) -> None:
    device = enrolled(hub, next(_codes))
    terminal = Device(device.centre, 77)
    story(device, terminal)
    for of_terminal, first, more, with_parts, look in pieces:
        sender = terminal if of_terminal else device
        first = min(first, sender.seq)
        taken = send(hub, device, sender.segment(first, min(first + more, sender.seq), with_parts=with_parts))
        assert {problem.code for problem in taken.problems} <= {"gap", "unknown_device"}
        assert all(one.seq <= sender.seq for one in taken.receipts)
        if look:
            hub.act(understand, device.centre)
    send(hub, device, device.segment(with_parts=not late), terminal.segment(with_parts=not late))
    hub.act(understand, device.centre)
    taken = send(hub, device, device.late(*device.parts), terminal.late(*terminal.parts))
    assert taken.problems == []
    assert {one.device: (one.seq, one.head) for one in taken.receipts} == {
        one.number: (one.seq, one.hash(one.seq)) for one in (device, terminal)
    }
    whole(hub, device, terminal)
    hub.act(understand, device.centre)
    before = understood(hub, device.centre)
    assert len(before["applications"]) == len(before["certificates"]) == len(before["results"]) == 3
    hub.rebuild(device.centre)
    assert understood(hub, device.centre) == before


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_changed_byte_is_ever_taken(hub: Hub, data: st.DataObject) -> None:
    device = enrolled(hub, next(_codes))
    device.work(6)
    good = device.segment()
    field = data.draw(st.sampled_from(["bodies", "parts", "seal", "previous", "first", "key", "device"]))
    fields = {name: getattr(good, name) for name in good.__struct_fields__}

    def changed(value: bytes) -> bytes:
        bit = data.draw(st.integers(0, 8 * len(value) - 1))
        return bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(value))

    match field:
        case "bodies":
            place = data.draw(st.integers(0, 5))
            fields[field] = [changed(one) if n == place else one for n, one in enumerate(good.bodies)]
        case "parts":
            place = data.draw(st.integers(0, len(good.parts) - 1))
            fields[field] = [(seq, changed(one) if n == place else one) for n, (seq, one) in enumerate(good.parts)]
        case "first" | "device":
            fields[field] = getattr(good, field) + data.draw(st.integers(1, 1000))
        case _:
            fields[field] = changed(fields[field])
    taken = send(hub, device, Segment(**fields))
    assert [problem.code for problem in taken.problems] in (["altered"], ["unknown_device"])
    assert taken.receipts == []
    assert send(hub, device, good).problems == []
    with hub.look() as ledger:
        rows = ledger.connection.execute(select(journal.c.body).where(journal.c.centre == device.centre)).all()
    assert len(rows) == 1 + 6


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_garbage_inside_true_signatures_stops_nothing(hub: Hub, data: bytes) -> None:
    """A device may sign what nobody can read: it is stored, named, and what follows is understood."""
    import msgspec

    device = enrolled(hub, next(_codes))
    body = msgspec.msgpack.encode([1, 1, 5, 0, 0, 0, "batch.created", 1, msgspec.Raw(b"\x91" + _text(data)), None])
    device.add(body)
    device.add(msgspec.msgpack.encode([1, 2, 5, 0, 0, 0, "thing.of_tomorrow", 9, [data], None]))
    device.write(BatchCreated("2026-02", "s", "junior", "2026-11-22"))
    assert send(hub, device, device.segment()).problems == []
    hub.act(understand, device.centre)
    assert [row[2] for row in understood(hub, device.centre)["batches"]] == ["2026-02"]


def _text(data: bytes) -> bytes:
    return b"\xda" + len(data).to_bytes(2, "big") + data
