"""What a centre sends and takes, over real HTTP: all of it, once, in any weather."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.association.events import DecisionGiven
from core.exchange.outbox import MayTravel
from core.house import may_travel
from core.people.commands import create_account
from core.people.pins import fresh_key
from core.store import THE_PROGRAM, Store, acts, founding, segments
from core.store.events import decode_body
from core.store.segments import decode_segments
from tests.exchange.conftest import Joined, photograph
from tests.exchange.small_hub import Kept, Says
from tests.rooms import PASSPHRASE, refused


def uploads(joined: Joined) -> list[int]:
    """The sizes of what was sent up."""
    return [size for method, path, size in joined.hub.seen if (method, path) == ("POST", "/v1/segments")]


def work(joined: Joined, count: int, start: int = 30) -> None:
    """Somebody applies, `count` times."""
    for number in range(start, start + count):
        joined.centre.apply(number, phone=f"1990000{number:04d}")


def test_everything_goes_once_and_the_second_time_nothing(joined: Joined) -> None:
    entries = joined.centre.store.head.seq
    first = joined.sync()
    assert (first.done.sent, first.waiting.total) == (entries, 0)
    joined.same()
    sent = uploads(joined)
    again = joined.sync()
    assert (again.done.sent, again.done.received, again.done.receipts) == (0, 0, 0)
    assert uploads(joined) == sent
    joined.centre.holds()


def test_what_the_association_says_is_taken_down_and_told(joined: Joined) -> None:
    joined.hub.say(DecisionGiven("B1", bytes(32), False), DecisionGiven.Part("资料不齐"))
    assert joined.sync().done.received == 1
    said = joined.standing().said[0]
    assert said.kind == "decision.given"
    assert "B1" in said.sentence and "资料不齐" in said.sentence
    joined.centre.holds()


@pytest.mark.stage("placed")
def test_marks_stay_here_until_their_panel_is_unsealed_and_then_follow(joined: Joined) -> None:
    centre = joined.centre
    first = centre.applications[0]
    for login in ("E1", "E2"):
        centre.mark(login, first, 0.8, remark="机密评语")
    joined.sync()
    assert joined.standing().waiting.held_back > 0
    assert "留在本机" in joined.standing().sentence
    sheets = _marks_at(joined)
    assert sheets == set()
    centre.mark("E3", first, 0.8)
    assert joined.standing().waiting.parts > 0
    joined.sync()
    assert joined.standing().waiting.held_back == 0
    assert len(_marks_at(joined)) == 3 * len(centre.exercises())
    joined.same()
    assert joined.sync().done.parts == 0


def _marks_at(joined: Joined) -> set[int]:
    """The hub's entries of signed sheets whose marks it has."""
    kept = joined.hub.chains[1]
    return {seq for seq in kept.parts if decode_body(kept.bodies[seq - 1]).kind == "sheet.signed"}


@pytest.mark.stage("placed")
def test_photos_go_last_and_go_on_at_the_byte_where_the_line_broke(joined: Joined) -> None:
    photograph(joined.centre, joined.centre.applications[0])
    assert joined.standing().waiting.blobs == 1
    cuts = iter(["before", "after:10", "after"])
    joined.hub.fault = lambda method, path, body: next(cuts, None) if method == "PUT" else None
    joined.sync()
    joined.same()
    assert len(joined.hub.whole) == 1
    puts = [(path, size) for method, path, size in joined.hub.seen if method == "PUT"]
    last_upload = max(at for at, one in enumerate(joined.hub.seen) if one[1] == "/v1/segments")
    assert all(at > last_upload for at, one in enumerate(joined.hub.seen) if one[0] == "PUT")
    assert len(puts) >= 3
    # A photo that stands there whole is not sent again.
    before = len(joined.hub.seen)
    joined.sync()
    assert not [one for one in joined.hub.seen[before:] if one[0] == "PUT"]


@pytest.mark.stage("placed")
@pytest.mark.parametrize("said", [Says(409, "unknown_blob"), Says(413, "too_large")])
def test_a_photo_that_has_to_stay_is_told_and_stops_no_other(joined: Joined, said: Says) -> None:
    for application in joined.centre.applications[:3]:
        photograph(joined.centre, application)
    first, *_ = sorted((joined.centre.store.home / "blobs").glob("??/*"))
    good = first.read_bytes()
    first.write_bytes(good[:-1])
    refusals = iter([said])
    joined.hub.fault = lambda method, path, body: next(refusals, None) if method == "PUT" else None
    joined.sync()
    assert len(joined.hub.whole) == 1
    assert [one.what for one in joined.standing().stuck] == ["blobs"]
    first.write_bytes(good)
    joined.sync()
    joined.same()
    assert joined.standing().stuck == ()


@pytest.mark.stage("placed")
def test_a_metered_link_carries_no_photos(joined: Joined) -> None:
    photograph(joined.centre, joined.centre.applications[0])
    assert joined.sync(blobs=False).waiting.blobs == 1
    assert not [one for one in joined.hub.seen if one[0] == "PUT"]
    joined.sync()
    joined.same()


@given(st.lists(st.sampled_from(["before", "after", "after:0", "after:30", "after:90", "after:120", None]), max_size=5))
@settings(max_examples=8)
def test_a_line_that_breaks_anywhere_loses_and_doubles_nothing(faults: list[str | None]) -> None:
    from tests.exchange.conftest import fresh_joined

    with fresh_joined() as joined:
        joined.hub.say(DecisionGiven("B1", bytes(32), True))
        weather = iter(faults)
        joined.hub.fault = lambda method, path, body: next(weather, None)
        joined.sync()
        joined.same()
        assert joined.sync().done.sent == 0
        joined.centre.holds()


def test_a_batch_grows_while_the_link_is_quick_and_halves_when_it_breaks(joined: Joined) -> None:
    work(joined, 150)
    sizes: list[int] = []
    breaks = [2]

    def watch(method: str, path: str, body: bytes) -> str | None:
        if path != "/v1/segments":
            return None
        sizes.append(sum(len(segment.bodies) for segment in decode_segments(body)))
        return "before" if len(sizes) in breaks else None

    joined.hub.fault = watch
    joined.sync()
    joined.same()
    assert sizes[0] >= 64
    assert sizes[1] > sizes[0]
    assert sizes[2] <= sizes[1] // 2 + 4
    assert max(joined.pace.waits) <= 60


def test_a_slow_link_keeps_its_batches_small(joined: Joined) -> None:
    work(joined, 150)
    time = [0.0]

    def tick() -> float:
        time[0] += 6.0
        return time[0]

    joined.pace.tick = tick
    joined.sync()
    joined.same()
    assert len(uploads(joined)) >= 3


def test_a_hub_that_asks_to_wait_is_given_the_time_it_asks_for(joined: Joined) -> None:
    busy = iter([Says(503, "maintenance", {"Retry-After": "40"}), Says(429, "busy", {"Retry-After": "7"})])
    joined.hub.fault = lambda method, path, body: next(busy, None)
    joined.sync()
    joined.same()
    assert joined.pace.waits[0] >= 40
    assert joined.pace.waits[1] >= 7


def test_a_hub_that_asks_for_an_hour_is_not_waited_for(joined: Joined) -> None:
    joined.hub.fault = lambda method, path, body: Says(503, "maintenance", {"Retry-After": "3600"})
    with refused("exchange.hub_busy", 3):
        joined.sync()
    assert joined.pace.waits == []
    (stuck,) = joined.standing().stuck
    assert stuck.what == "link" and "61" in stuck.sentence


def test_no_hub_there_is_said_with_what_to_do_and_told_until_it_is_over(joined: Joined) -> None:
    url, joined.hub.url = joined.hub.url, "http://127.0.0.1:9"
    with refused("exchange.no_link", 3):
        joined.sync()
    (first,) = joined.standing().stuck
    assert first.code == "exchange.no_link"
    joined.pace.off_ms = 60_000
    with refused("exchange.no_link", 3):
        joined.sync()
    assert joined.standing().stuck == (first,), "since when there is no link stays what it was"
    joined.hub.url = url
    joined.sync()
    assert joined.standing().stuck == ()


def test_a_network_that_wants_a_log_in_is_named_as_such(joined: Joined) -> None:
    joined.hub.fault = lambda method, path, body: "html"
    with refused("exchange.portal", 3):
        joined.sync()
    assert joined.pace.waits == []


def test_an_address_without_https_or_that_is_none_is_refused(joined: Joined) -> None:
    for address, code in (
        ("http://hub.example.cn", "exchange.not_https"),
        ("hub.example.cn", "exchange.bad_address"),
        ("https://user:secret@hub.example.cn", "exchange.bad_address"),
        ("ftp://hub", "exchange.bad_address"),
        ("https://[", "exchange.bad_address"),
        ("https://hub:99999999", "exchange.bad_address"),
    ):
        joined.hub.url = address
        with refused(code, 2):
            joined.sync()


def test_a_centre_without_an_address_is_told_how_to_get_one(joined: Joined) -> None:
    joined.hub.url = ""
    with refused("exchange.no_hub"):
        joined.sync()


def test_another_hub_at_the_address_gets_nothing(joined: Joined) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = Ed25519PrivateKey.generate()
    joined.hub.key, joined.hub.public = other, other.public_key().public_bytes_raw()
    with refused("exchange.other_hub", 4):
        joined.sync()
    assert uploads(joined) == []


def test_a_receipt_that_the_hub_did_not_sign_counts_for_nothing(joined: Joined) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    honest, other = joined.hub.key, Ed25519PrivateKey.generate()

    def forge(method: str, path: str, body: bytes) -> None:
        joined.hub.key = other if path == "/v1/segments" else honest

    joined.hub.fault = forge
    with refused("exchange.not_the_wire", 4):
        joined.sync()
    assert joined.standing().acknowledged == ()
    assert joined.standing().waiting.entries > 0


def test_a_hub_that_stumbles_is_tried_again(joined: Joined) -> None:
    stumbles = iter([Says(500, "internal"), Says(401, "token"), Says(413, "too_large"), Says(409, "gap", device=1)])
    joined.hub.fault = lambda method, path, body: next(stumbles, None) if path == "/v1/segments" else None
    joined.sync()
    joined.same()
    joined.hub.fault = lambda method, path, body: Says(500, "internal")
    with refused("exchange.hub_fault", 3):
        joined.sync()


@pytest.mark.parametrize("code", ["unknown_device", "frozen", "fork", "withdrawn", "altered"])
def test_what_the_hub_has_against_a_terminal_stops_nobody_else(joined: Joined, tmp_path: Path, code: str) -> None:
    centre = joined.centre
    with centre.store.read() as read:
        chains = segments.cut_all(read.connection, centre.store.centre, centre.store.device, may_travel(read))
    terminal, _ = founding.join(tmp_path / "terminal", chains, PASSPHRASE)
    with terminal:
        (said,) = _own(terminal)
    centre.act("admin", acts.admit, said.device, said.key, second="M1")
    centre.store.write(THE_PROGRAM, segments.take_in, said)
    joined.hub.chains[said.device] = Kept(said.key)

    def refuse(method: str, path: str, body: bytes) -> Says | None:
        others = path == "/v1/segments" and any(one.device == said.device for one in decode_segments(body))
        return Says(422 if code == "altered" else 403, code, device=said.device) if others else None

    joined.hub.fault = refuse
    joined.sync()
    assert [one.what for one in joined.standing().stuck] == [f"device:{said.device}"]
    assert joined.hub.chains[1].seq == centre.store.head.seq
    assert joined.standing().waiting.entries == len(said.bodies)
    # Once that is settled, it goes too, and the trouble is over.
    joined.hub.fault = lambda method, path, body: None
    joined.sync()
    joined.same()
    assert joined.standing().stuck == ()


def _own(store: Store) -> list[segments.Segment]:
    """A terminal's own chain."""
    with store.read() as read:
        found = segments.cut(read.connection, store.centre, store.device, 0, lambda body: True)
    return [found] if found is not None else []


def test_a_device_that_was_withdrawn_is_told_so_and_keeps_everything(joined: Joined) -> None:
    joined.hub.fault = lambda method, path, body: Says(403, "withdrawn", device=1)
    with refused("exchange.withdrawn"):
        joined.sync()
    assert joined.standing().waiting.entries == joined.centre.store.head.seq


def test_a_wrong_clock_stops_nothing_and_is_told(joined: Joined) -> None:
    joined.pace.off_ms = -2 * 365 * 86_400_000
    joined.sync()
    joined.same()
    (stuck,) = joined.standing().stuck
    assert stuck.what == "clock"
    joined.pace.off_ms = 0
    joined.sync()
    assert joined.standing().stuck == ()


@pytest.mark.stage("placed")
def test_a_hub_that_was_restored_from_yesterday_is_given_everything_again(joined: Joined) -> None:
    photograph(joined.centre, joined.centre.applications[0])
    for login in ("E1", "E2", "E3"):
        joined.centre.mark(login, joined.centre.applications[0])
    work(joined, 6)
    joined.sync()
    said = joined.hub.own.seq
    joined.hub.say(DecisionGiven("B1", bytes(32), True), DecisionGiven.Part("同意"))
    joined.sync()
    kept = joined.hub.chains[1]
    whole, marks = dict(kept.parts), _marks_at(joined)
    # Yesterday it had fewer entries, had not said its last word, and had none of the late parts and photos.
    joined.hub.forget(1, kept.seq - 6)
    assert max(marks) < kept.seq
    del joined.hub.own.bodies[said:], joined.hub.own.hashes[said:]
    for seq in marks:
        kept.parts.pop(seq, None)
    outcome = joined.sync()
    assert "exchange.hub_restored" in outcome.done.alarms
    assert [one.what for one in joined.standing().stuck] == ["hub"]
    joined.same()
    assert kept.parts == whole
    assert len(joined.hub.whole) == 1
    assert joined.hub.own.seq == said + 1
    # It can speak again, and the alarm ends with the next round.
    joined.hub.say(DecisionGiven("B2", bytes(32), True))
    assert joined.sync().done.received == 1
    assert joined.standing().stuck == ()
    joined.centre.holds()


def test_a_round_that_is_cancelled_ends_at_once_even_while_the_hub_is_silent(joined: Joined) -> None:
    heard, release = threading.Event(), threading.Event()

    def silent(method: str, path: str, body: bytes) -> None:
        if path == "/v1/segments":
            heard.set()
            release.wait(20)

    joined.hub.fault = silent
    problems: list[BaseException] = []

    def run() -> None:
        try:
            joined.sync()
        except BaseException as problem:
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    assert heard.wait(10)
    joined.pace.cancel()
    thread.join(3)
    release.set()
    assert not thread.is_alive()
    assert [getattr(problem, "code", problem) for problem in problems] == ["exchange.cancelled"]
    assert joined.standing().stuck == ()


def test_the_thing_that_decides_what_may_travel_is_asked_before_every_part(joined: Joined) -> None:
    """A test that the outbox holds nothing back by itself, and everything when told so."""
    from core.exchange.outbox import next_batch

    def nothing(body: object) -> bool:
        return False

    deny: MayTravel = nothing
    with joined.centre.store.read() as read:
        batch = next_batch(read, {}, 1 << 30, deny)
    assert batch is not None and batch.parts == frozenset() and batch.withheld
    assert all(not segment.parts for segment in decode_segments(batch.data))
    joined.centre.act("admin", create_account, "R9", ("registrar",), fresh_key("0000"), "测试九")
