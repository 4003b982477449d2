"""A centre that is enrolled with a hub over real HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from core.association import commands
from core.association.fingerprint import fingerprint
from core.exchange.outbox import waiting
from core.exchange.pace import Pace
from core.exchange.queries import Standing, standing
from core.exchange.service import Outcome, exchange_once
from core.house import found_centre, may_travel
from core.people.pins import sign_in
from core.registration import commands as registration
from core.store import segments
from tests.exchange.small_hub import SmallHub
from tests.rooms import ADMIN_PIN, CODE, NAME, PASSPHRASE, Centre, cheap_keys


class QuickPace(Pace):
    """Waits no time, and remembers how long it was asked to; a clock that stands, or is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.off_ms = 0
        self.tick: Callable[[], float] = lambda: 0.0

    def seconds(self) -> float:
        return self.tick()

    def at_ms(self) -> int:
        return super().at_ms() + self.off_ms

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.check()


@dataclass
class Joined:
    """A centre and its hub."""

    centre: Centre
    hub: SmallHub
    pace: QuickPace = field(default_factory=QuickPace)
    outcome: Outcome | None = None

    def sync(self, **options: object) -> Outcome:
        """One exchange; what it came to stands in `outcome` too where it failed."""

        def ended(outcome: Outcome) -> None:
            self.outcome = outcome

        return exchange_once(
            self.centre.store,
            may_travel,
            self.pace,
            address=self.hub.url,
            ended=ended,
            **options,  # type: ignore[arg-type]
        )

    def standing(self) -> Standing:
        with self.centre.store.read() as read:
            return standing(read, may_travel(read))

    def same(self) -> None:
        """The hub has every entry of the centre, byte for byte, and every part that may go."""
        with self.centre.store.read() as read:
            left = waiting(read, may_travel(read))
        assert (left.entries, left.parts, left.blobs) == (0, 0, 0)
        for head in self.centre.store.heads():
            if head.device:
                kept = self.hub.chains[head.device]
                assert (kept.seq, kept.hash(kept.seq)) == (head.seq, head.hash)


def enrol(centre: Centre, hub: SmallHub) -> None:
    """By file, on the word of two people."""
    request = centre.act("admin", commands.ask_enrolment, *commands.own_keys(centre.store))
    found = segments.decode_segments(hub.admit(request))
    issuer = commands.own_keys(centre.store)[1].public_key().public_bytes_raw()
    centre.act("admin", commands.accept_enrolment, found, fingerprint(hub.public), issuer, second="M1")


def portrait(size: int = 400) -> bytes:
    """A photo of nobody."""
    stream = io.BytesIO()
    Image.effect_noise((size, size * 7 // 5), 60).convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()


def photograph(centre: Centre, application: int) -> None:
    """An applicant has a photo."""
    centre.act("R1", registration.take_photo, application, portrait())


@pytest.fixture
def hub() -> Iterator[SmallHub]:
    found = SmallHub()
    yield found
    found.close()


@pytest.fixture
def joined(centre: Centre, hub: SmallHub) -> Joined:
    enrol(centre, hub)
    return Joined(centre, hub)


@contextmanager
def fresh_joined() -> Iterator[Joined]:
    """A small centre of its own, enrolled with a hub of its own: for stories that are told many times."""
    with TemporaryDirectory() as folder, cheap_keys():
        small = SmallHub()
        store, _ = found_centre(Path(folder) / "home", CODE, NAME, ADMIN_PIN, PASSPHRASE)
        with store:
            centre = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)})
            centre.engage("M1", "manager")
            enrol(centre, small)
            yield Joined(centre, small)
        small.close()
