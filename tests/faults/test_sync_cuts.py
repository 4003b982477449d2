"""The line breaks at any byte of an exchange, either way: the next attempt goes on, nothing is lost or doubled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import today
from core.hub import acts
from core.registration import commands as registration
from tests.exchange.conftest import QuickPace, portrait
from tests.faults.line import Line, Way
from tests.faults.sync_world import HubAtWork, at_work, enrol, equal, sync
from tests.rooms import CODE, Centre

BYTES: dict[Way, int] = {"up": 4200, "down": 1500}
"""Of each way of an exchange: all of what it says, and much of a photo."""

CUTS = int(os.environ.get("FAULT_RUNS", "14"))
"""Evenly over these bytes; a thorough run says 4200 and cuts at each."""

PIXELS = 90
"""As small a photo as is taken: most of an exchange's bytes are to be the exchange's."""

PEOPLE = 400
"""More than these are not invented."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubAtWork]:
    HubAtWork.found(tmp_path / "hub")
    with at_work(tmp_path / "hub") as found:
        yield found


@pytest.fixture
def line(centre: Centre, hub: HubAtWork) -> Iterator[Line]:
    """A line to a hub that knows the centre and has what it has."""
    enrol(centre, hub)
    sync(centre.store, hub.url)
    with Line(hub.port) as found:
        yield found


class Story:
    """Something new on both sides, again and again: entries, a photo, a word of the association."""

    def __init__(self, centre: Centre, hub: HubAtWork) -> None:
        self.centre, self.hub, self.number = centre, hub, 0

    def go_on(self) -> None:
        self.number += 1
        if self.number < PEOPLE:
            self.application = self.centre.apply(self.number, phone=f"1990000{self.number:04d}")
        self.centre.act("R1", registration.take_photo, self.application, portrait(PIXELS))
        self.hub.hub.act(acts.lease, CODE, 1, self.number * 2, self.number * 2 + 1, today().year)


def cut_everywhere(story: Story, line: Line, way: Way) -> None:
    happened = 0
    for number in range(CUTS):
        story.go_on()
        line.cut(way, number * BYTES[way] // CUTS, reset=number % 2 == 1)
        pace = QuickPace()
        outcome = sync(story.centre.store, line.url, pace)
        assert outcome.waiting.total == 0
        # A cut after the last byte of an answer, or of this exchange, tears nothing.
        assert line.whole or not pace.waits, (number, pace.waits)
        happened += bool(pace.waits)
        line.mend()
        if number % 10 == 9:
            equal(story.centre.store, story.hub.hub)
    assert happened > CUTS // 2, happened
    sync(story.centre.store, line.url)
    equal(story.centre.store, story.hub.hub)
    story.centre.holds()


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_line_that_breaks_at_any_byte_loses_and_doubles_nothing(
    centre: Centre, hub: HubAtWork, line: Line, way: Way
) -> None:
    cut_everywhere(Story(centre, hub), line, way)
