"""Parts that come after their entries, close together or far apart: each is kept once, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from core.hub.hub import Hub, make_hub
from core.hub.ingest import ingest
from core.hub.tables import parts
from core.store.segments import Segment
from tests.hub.devices import Device, enrolled


def held(hub: Hub, device: Device) -> list[int]:
    """The entries of a device whose parts the hub has."""
    with hub.look() as ledger:
        mine = (parts.c.centre == device.centre) & (parts.c.device == device.number)
        return list(ledger.connection.execute(select(parts.c.seq).where(mine).order_by(parts.c.seq)).scalars())


def send(hub: Hub, device: Device, segment: Segment) -> None:
    assert hub.act(ingest, device.centre, [segment]).problems == []


@pytest.mark.parametrize(
    ("first", "then"),
    [((1, 3, 5), (1, 3, 5, 7)), ((3, 199), (1, 3, 101, 199)), (range(1, 60, 2), range(41, 200, 2)), ((101,), (1, 199))],
)
def test_late_parts_are_kept_once_each(
    database_url: str, tmp_path: Path, first: Sequence[int], then: Sequence[int]
) -> None:
    hub = make_hub(tmp_path / "hub", "测试协会", "口令", database_url)
    device = enrolled(hub)
    device.work(200)
    send(hub, device, device.segment(with_parts=False))
    assert held(hub, device) == []
    send(hub, device, device.late(*first))
    assert held(hub, device) == list(first)
    for _ in range(2):
        send(hub, device, device.late(*then))
        assert held(hub, device) == sorted({*first, *then})
    # The same entries once more, with all of their parts.
    send(hub, device, device.segment())
    assert held(hub, device) == sorted(device.parts)
    hub.close()
