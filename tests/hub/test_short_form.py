"""The short form of segments on the line: the same bytes come out, and nothing that somebody makes up does harm."""

from __future__ import annotations

import lzma
import os
import time
import tracemalloc
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.association import compact, wire
from core.association.compact import encode_compact
from core.errors import Refused
from core.hub.hub import make_hub
from core.hub.problems import Problem
from core.hub.signed import check_sealed
from core.hub.uploads import read_upload
from core.store.events import decode_body, part_digest
from core.store.segments import MAGIC, Segment, encode_segments
from tests.hub.devices import Device, enrolled, problem, serving

FILTERS = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
SECONDS = 10.0
"""Of work on one body at the most; the worst known takes about 2."""
GOLDEN = bytes.fromhex(
    "5a4b534547320ae000ca0042030048a742a21679cc3d514a7c5bf13a1c452cb762cade4d42257d119e4ca96d98913b41e2fa"
    "c0cb6792817db7c7697735dfd95afa017fb7d98fe1b6727f1920a43df80000"
)


def short(data: bytes) -> bytes:
    """Any bytes, packed as the short form is."""
    return compact.MAGIC + lzma.compress(data, lzma.FORMAT_RAW, filters=FILTERS)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    """Segments as they may come from any program: with parts of earlier entries, doubled ones, wrong digests, none."""
    first = draw(st.sampled_from([0, 1, 2, 5, 1 << 39]))
    texts = draw(st.lists(st.binary(min_size=10, max_size=40), max_size=6))
    parts = draw(
        st.lists(
            st.tuples(st.integers(max(first, 1), max(first, 1) + 7), st.binary(min_size=16, max_size=60)), max_size=6
        )
    )
    last = dict(parts)
    ends = draw(st.lists(st.sampled_from(["own", "own", "other", "none"]), min_size=len(texts), max_size=len(texts)))
    bodies = []
    for seq, (text, end) in enumerate(zip(texts, ends, strict=True), start=first):
        digest = part_digest(last[seq] if end == "own" and seq in last else text)
        bodies.append(text + (b"" if end == "none" else digest))
    return Segment(
        "999999", draw(st.integers(0, 9)), os.urandom(32), first, os.urandom(32), bodies, parts, os.urandom(64)
    )


@given(st.lists(segments(), max_size=3))
@settings(max_examples=100)
def test_whatever_goes_in_the_short_form_comes_out_byte_for_byte(found: list[Segment]) -> None:
    assert read_upload(encode_compact(found)) == found


def test_a_part_that_goes_along_saves_its_digest_and_true_segments_go_short() -> None:
    device = Device()
    device.work(64)
    whole = device.segment()
    data = encode_compact([whole])
    assert data.startswith(compact.MAGIC)
    unpacked = compact.unpack_compact(data, 1 << 20)
    assert unpacked is not None
    digests = [decode_body(body).digest for body in whole.bodies]
    assert any(digests) and not any(digest in unpacked for digest in digests if digest is not None)
    assert read_upload(data) == [whole]
    assert len(data) < 0.8 * len(encode_segments([whole]))


def test_a_body_that_does_not_end_in_its_parts_digest_goes_in_the_long_form() -> None:
    """As those of a later program may, whose bodies have another field after it."""
    device = Device()
    device.work(4)
    (seq, part), *_ = device.segment().parts
    bodies = [*device.bodies]
    bodies[seq - 1] += b"\xc0"
    later = device.segment(bodies=bodies)
    assert part_digest(part) in bodies[seq - 1]
    assert encode_compact([later]) == encode_segments([later])
    assert encode_compact([device.segment(1, seq), later]).startswith(MAGIC)


def test_bytes_of_the_short_form_are_read_for_ever() -> None:
    part = bytes(range(16)) + b"\x91\xa3abc"
    body = b"\x9a\x01\x01" + bytes(12) + b"\xc4\x20" + part_digest(part)
    segment = Segment("999999", 1, bytes([1]) * 32, 1, bytes([2]) * 32, [body, bytes(10)], [(1, part)], bytes([3]) * 64)
    assert read_upload(GOLDEN) == [segment]


def test_what_is_no_short_form_is_refused_in_words(tmp_path: Path) -> None:
    with closing(make_hub(tmp_path / "hub", "测试协会", "口令", None)) as hub, serving(hub) as online:
        device = enrolled(hub)
        online.greet(device)
        device.work(6)
        whole = encode_compact([device.segment()])
        other = [device.segment().parts[0], (device.segment().parts[1][0], device.segment().parts[0][1])]
        cases = [compact.MAGIC, compact.MAGIC + b"x" * 99, whole[:-1], whole[:40], whole + b"x", compact.MAGIC + whole]
        cases += [short(data) for data in (b"", b"\x91" * 100_000, b"\xdd\xff\xff\xff\xff", b"\xc1", b"\x91\x98")]
        cases += [MAGIC + whole[len(MAGIC) :], compact.MAGIC + encode_segments([device.segment()])[len(MAGIC) :]]
        cases += [short(msgspec.msgpack.encode([device.segment()]))]  # nobody took the digests away
        cases += [short(msgspec.msgpack.encode([device.segment(parts=other)]))]
        for data in cases:
            problem(online.ask("POST", "/v1/segments", device, data), 422, "altered")
        answer = online.ask("POST", "/v1/segments", device, whole)
        assert answer.status_code == 200 and hub_has(online.greet(device), device)


def hub_has(welcome: wire.Welcome, device: Device) -> bool:
    return [(head.seq, head.hash) for head in welcome.heads] == [(device.seq, device.hashes[-1])]


SENT = Device()
SENT.work(8)


@given(st.sampled_from(["flip", "made up", "cut"]), st.integers(0, 1 << 20), st.binary(max_size=200))
@settings(max_examples=150)
def test_changed_and_made_up_bytes_are_a_problem_or_break_the_seal(how: str, chance: int, made_up: bytes) -> None:
    data = bytearray(encode_compact([SENT.segment()])[len(compact.MAGIC) :])
    at, bit = divmod(chance % (8 * len(data)), 8)
    match how:
        case "flip":
            data[at] ^= 1 << bit
        case "cut":
            del data[at:]
        case _:
            data[:] = made_up
    with suppress(Problem):
        for found in read_upload(compact.MAGIC + bytes(data)):
            check_sealed(found)
            # What the last bits say nobody reads; and whose centre it is the hub compares with the greeting.
            assert found == SENT.segment(centre=found.centre)


def zeros() -> bytes:
    """400 MiB in 60 KB: a piece of 2 MiB again and again."""
    return compact.MAGIC + lzma.compress(bytes(2 << 20), lzma.FORMAT_RAW, filters=FILTERS)[:-1] * 200 + b"\0"


def most_work() -> bytes:
    """8 MiB of the smallest pieces, before each of which the unpacker begins anew."""
    how = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20, "lc": 4, "lp": 0, "pb": 4}]
    piece = lzma.compress(b"a" * 40, lzma.FORMAT_RAW, filters=how)[:-1]
    return compact.MAGIC + piece * ((wire.LARGEST_PACKED - 99) // len(piece)) + b"\0"


def many_entries() -> bytes:
    """Millions of entries in which there is nothing."""
    content = ["999999", 1, bytes(32), 1, bytes(32), [b"x" * 10] * 2_000_000, [], bytes(64)]
    return short(msgspec.msgpack.encode([content]))


@pytest.mark.parametrize("made", [zeros, most_work, many_entries])
def test_bombs_take_little_memory_and_time(made: Callable[[], bytes]) -> None:
    data = made()
    assert len(data) <= wire.LARGEST_PACKED
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(Problem):
        read_upload(data)
    took = time.process_time() - began
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < SECONDS and most < 2 * wire.LARGEST_UNPACKED + (24 << 20), (took, most >> 20)


def test_the_unpacker_itself_never_gives_more_than_it_may() -> None:
    data = short(bytes(4096))
    assert compact.unpack_compact(data, 4096) == bytes(4096)
    assert compact.unpack_compact(data, 4095) is None
    with pytest.raises(Refused):
        compact.unpack_compact(data[:-1], 4096)
