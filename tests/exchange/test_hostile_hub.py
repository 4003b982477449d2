"""A hub that lies, repeats itself or is out of order: the round ends in words, in bounded time, and nothing is lost."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

import msgspec
import pytest

from core.association import wire
from core.association.receipts import encode_receipts, make_receipt
from core.association.wire import LARGEST_UNPACKED
from core.errors import AppError
from core.exchange import blob_post
from core.exchange.outbox import hub_heads, waiting
from core.exchange.round import MOST_FAILURES
from core.house import may_travel
from core.store import THE_PROGRAM, acts, founding, segments
from tests.exchange.conftest import Joined, photograph
from tests.exchange.small_hub import Kept, Says
from tests.rooms import PASSPHRASE, refused


def requests(joined: Joined) -> int:
    return len(joined.hub.seen)


def answers_segments(joined: Joined, monkeypatch: pytest.MonkeyPatch, receipts: object) -> None:
    """From now on the hub keeps what it is sent and answers with other receipts than it should."""
    honest = joined.hub.answer

    def answer(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        status, kind, data = honest(method, path, body, headers)
        if path == "/v1/segments":
            data = encode_receipts(receipts())  # type: ignore[operator]
        return status, kind, data

    monkeypatch.setattr(joined.hub, "answer", answer)


def test_a_hub_that_names_ever_new_devices_is_not_asked_for_ever(joined: Joined) -> None:
    numbers = iter(range(100, 100_000))
    joined.hub.fault = lambda method, path, body: (
        Says(403, "unknown_device", device=next(numbers)) if path == "/v1/segments" else None
    )
    with refused("exchange.hub_fault", 3):
        joined.sync()
    assert requests(joined) < 10 * MOST_FAILURES
    assert [one.what for one in joined.standing().stuck] == ["link"], "devices that nobody has are no trouble of ours"


def test_a_hub_that_goes_on_about_one_terminal_is_not_asked_for_ever(joined: Joined, tmp_path: Path) -> None:
    centre = joined.centre
    with centre.store.read() as read:
        chains = segments.cut_all(read.connection, centre.store.centre, centre.store.device, may_travel(read))
    terminal, _ = founding.join(tmp_path / "terminal", chains, PASSPHRASE)
    with terminal, terminal.read() as read:
        said = segments.cut_all(read.connection, terminal.centre, terminal.device, may_travel(read))[-1]
    centre.act("admin", acts.admit, said.device, said.key, second="M1")
    centre.store.write(THE_PROGRAM, segments.take_in, said)
    joined.hub.chains[said.device] = Kept(said.key)
    joined.hub.fault = lambda method, path, body: (
        Says(403, "frozen", device=said.device) if path == "/v1/segments" else None
    )
    with refused("exchange.hub_fault", 3):
        joined.sync()
    assert requests(joined) < 10 * MOST_FAILURES
    assert f"device:{said.device}" in {one.what for one in joined.standing().stuck}


def test_a_hub_without_a_receipt_for_what_it_was_sent_gets_it_again_another_time(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers_segments(joined, monkeypatch, list)
    with refused("exchange.not_the_wire", 4):
        joined.sync()
    assert joined.standing().acknowledged == ()
    monkeypatch.undo()
    joined.sync()
    joined.same()


def test_receipts_for_some_of_the_devices_alone_break_nothing(
    joined: Joined, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The hub forgets one device's receipt in an answer to entries of two."""
    centre = joined.centre
    with centre.store.read() as read:
        chains = segments.cut_all(read.connection, centre.store.centre, centre.store.device, may_travel(read))
    terminal, _ = founding.join(tmp_path / "terminal", chains, PASSPHRASE)
    with terminal, terminal.read() as read:
        said = segments.cut_all(read.connection, terminal.centre, terminal.device, may_travel(read))[-1]
    centre.act("admin", acts.admit, said.device, said.key, second="M1")
    centre.store.write(THE_PROGRAM, segments.take_in, said)
    hub = joined.hub
    real = hub.receipt

    def withheld() -> list[object]:
        return [real(1)]

    answers_segments(joined, monkeypatch, withheld)
    hub.chains[said.device] = Kept(said.key)
    with refused("exchange.not_the_wire", 4):
        joined.sync()
    monkeypatch.undo()
    joined.sync()
    joined.same()


def test_old_receipts_in_turn_do_not_make_it_send_the_same_for_ever(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30, 60):
        joined.centre.apply(number, phone=f"1990000{number:04d}")
    hub, turn = joined.hub, [0]
    kept = hub.chains[1]

    def old() -> list[object]:
        turn[0] += 1
        seq = (20, 10)[turn[0] % 2]
        return [make_receipt(hub.key, "999999", 1, seq, kept.hash(seq), 1)]

    answers_segments(joined, monkeypatch, old)
    with refused("exchange.not_the_wire", 4):
        joined.sync()
    assert turn[0] < 5
    monkeypatch.undo()
    joined.sync()
    joined.same()


@pytest.mark.stage("placed")
def test_marks_count_as_there_only_on_the_hubs_signed_word(joined: Joined, monkeypatch: pytest.MonkeyPatch) -> None:
    centre = joined.centre
    first = centre.applications[0]
    for login in ("E1", "E2"):
        centre.mark(login, first)
    joined.sync()
    held_back = joined.standing().waiting.held_back
    assert held_back
    centre.mark("E3", first)
    real = joined.hub.receipt
    sent = joined.centre.store.head.seq

    def nothing_for_parts() -> list[object]:
        return [real(1)] if joined.hub.chains[1].seq > sent or not late else []

    late: list[int] = []
    honest = joined.hub.ingest

    def ingest(data: bytes) -> list[object]:
        found = segments.decode_segments(data)
        late.extend(1 for one in found if not one.bodies)
        return honest(data)  # type: ignore[return-value]

    monkeypatch.setattr(joined.hub, "ingest", ingest)
    answers_segments(joined, monkeypatch, nothing_for_parts)
    with refused("exchange.not_the_wire", 4):
        joined.sync()
    assert late, "the marks went"
    assert joined.standing().waiting.parts == held_back, "and count as waiting until somebody signs for them"
    monkeypatch.undo()
    joined.sync()
    joined.same()


def test_a_photo_whose_place_moves_each_time_is_given_up_for_this_round(joined: Joined) -> None:
    photograph(joined.centre, joined.centre.apply(7))
    at = iter(range(1, 100_000))
    joined.hub.fault = lambda method, path, body: Says(409, "blob_offset", held=next(at)) if method == "PUT" else None
    with refused("exchange.out_of_step", 3):
        joined.sync()
    puts = sum(method == "PUT" for method, _, _ in joined.hub.seen)
    assert puts <= (blob_post.MOST_MISSES + 1) * MOST_FAILURES
    joined.hub.fault = lambda method, path, body: None
    joined.sync()
    joined.same()


def test_a_photo_that_something_on_the_way_always_changes_stops_no_other(joined: Joined) -> None:
    photograph(joined.centre, joined.centre.apply(7))
    photograph(joined.centre, joined.centre.apply(8))
    first: list[str] = []

    def alter(method: str, path: str, body: bytes) -> Says | None:
        if method != "PUT":
            return None
        first.append(path) if not first else None
        return Says(422, "blob_altered") if path == first[0] else None

    joined.hub.fault = alter
    assert joined.sync().done.blobs == 1
    (stuck,) = joined.standing().stuck
    assert (stuck.what, stuck.code) == ("blobs", "exchange.blob_altered")
    assert stuck.sentence != stuck.code
    joined.hub.fault = lambda method, path, body: None
    joined.sync()
    joined.same()
    assert joined.standing().stuck == ()


@pytest.mark.parametrize("token", ["令牌", "a\r\nX-Evil: 1", "a\x00b"])
def test_a_token_that_is_no_token_is_refused_in_words(
    joined: Joined, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    def hello(body: bytes) -> bytes:
        asked, now = wire.decode_hello(body), time.time_ns() // 1_000_000
        welcome = wire.Welcome(joined.hub.public, now, token, [], joined.hub.own.seq, joined.hub.own.hash(1))
        return wire.encode(wire.sign_welcome(welcome, asked.nonce, joined.hub.key))

    monkeypatch.setattr(joined.hub, "hello", hello)
    with refused("exchange.not_the_wire", 4):
        joined.sync()


def test_devices_that_nobody_here_has_are_not_kept_however_many_a_hub_names(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = joined.hub.hello

    def hello(body: bytes) -> bytes:
        welcome, asked = wire.decode_welcome(honest(body)), wire.decode_hello(body)
        more = [wire.ChainHead(device, 7, bytes(32)) for device in range(1000, 21_000)]
        told = msgspec.structs.replace(welcome, heads=[*welcome.heads, *more])
        return wire.encode(wire.sign_welcome(told, asked.nonce, joined.hub.key))

    monkeypatch.setattr(joined.hub, "hello", hello)
    joined.sync()
    joined.same()
    with joined.centre.store.read() as read:
        assert set(hub_heads(read)) == {1}


def test_a_hub_in_the_year_290_million_is_told_and_stops_nothing(joined: Joined) -> None:
    joined.hub.clock_off = (1 << 62) - time.time_ns() // 1_000_000
    joined.sync()
    (stuck,) = joined.standing().stuck
    assert stuck.code == "exchange.clock"
    joined.same()


def test_an_answer_that_would_unpack_to_a_gigabyte_is_refused_before_it_fills_the_memory(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = segments.MAGIC + zlib.compress(bytes(LARGEST_UNPACKED + 1), 9)
    assert len(bomb) < 1 << 17
    honest = joined.hub.answer

    def answer(method: str, where: str, sent: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        found = honest(method, where, sent, headers)
        return (200, wire.SEGMENTS_TYPE, bomb) if where.startswith("/v1/entries") else found

    monkeypatch.setattr(joined.hub, "answer", answer)
    with refused("exchange.not_a_hub", 3):
        joined.sync()


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x90", b"[]", b"\x91" * 200_000, b"ZKSEG1\nx"])
@pytest.mark.parametrize("path", ["/v1/hello", "/v1/segments", "/v1/entries"])
def test_an_answer_that_is_no_answer_is_refused_in_words(
    joined: Joined, monkeypatch: pytest.MonkeyPatch, path: str, body: bytes
) -> None:
    honest = joined.hub.answer

    def answer(method: str, where: str, sent: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        found = honest(method, where, sent, headers)
        return (200, found[1], body) if where.startswith(path) else found

    monkeypatch.setattr(joined.hub, "answer", answer)
    with pytest.raises(AppError) as caught:
        joined.sync()
    assert caught.value.sentence != caught.value.code
    monkeypatch.undo()
    joined.sync()
    joined.same()
    with joined.centre.store.read() as read:
        assert waiting(read, may_travel(read)).total == 0
