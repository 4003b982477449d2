"""Whatever pieces a centre's entries go in, all of them go, in order, and every piece ends at a seal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.exchange import outbox
from core.store import Store, chain
from core.store.segments import decode_segments
from tests.exchange.conftest import fresh_joined


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A centre's, with transactions of one entry and of many."""
    with fresh_joined() as joined:
        for number in range(3):
            joined.centre.engage(f"E{number}", "examiner", own_pin=bool(number))
        yield joined.centre.store


@given(limits=st.lists(st.integers(1, 40), min_size=1, max_size=20), held=st.integers(0, 5))
@settings(max_examples=40)
def test_pieces_of_any_size_from_any_entry_cover_everything_once(store: Store, limits: list[int], held: int) -> None:
    with store.read() as read:
        heads, got, turn = {store.device: held}, held, 0
        while (batch := outbox.next_batch(read, heads, limits[turn % len(limits)], lambda body: True)) is not None:
            turn += 1
            (segment,) = decode_segments(batch.data)
            assert segment.first == got + 1
            previous = segment.previous
            for body in segment.bodies:
                previous = chain.link(previous, body)
            assert chain.seal_holds(segment.key, segment.seal, segment.device, segment.last, previous)
            got = segment.last
            heads.update(batch.ends)
        assert got == store.head.seq


def test_a_batch_that_would_be_too_large_is_made_smaller(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.read() as read:
        whole = outbox.next_batch(read, {}, 1 << 20, lambda body: True)
        assert whole is not None
        monkeypatch.setattr(outbox, "LARGEST_PACKED", len(whole.data) // 2)
        less = outbox.next_batch(read, {}, 1 << 20, lambda body: True)
    assert less is not None
    assert len(less.data) <= len(whole.data) // 2
    assert less.entries >= 1
