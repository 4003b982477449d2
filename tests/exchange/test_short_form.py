"""Segments go in their short form to a hub that says it reads it, and as ever to every other."""

from __future__ import annotations

import pytest

from core.association.compact import MAGIC as SHORT
from core.association.compact import READS
from core.errors import IntegrityFailure
from core.store.segments import MAGIC as LONG
from tests.exchange.conftest import Joined
from tests.exchange.small_hub import Says


def forms(joined: Joined) -> list[bytes]:
    """The beginnings of all uploads that came."""
    uploads = zip(joined.hub.seen, joined.hub.received, strict=True)
    return [body[: len(LONG)] for (_, path, _), body in uploads if path == "/v1/segments"]


def test_an_older_hub_gets_segment_files(joined: Joined) -> None:
    joined.sync()
    joined.same()
    assert set(forms(joined)) == {LONG}


def test_a_hub_that_cannot_read_what_it_said_it_reads_gets_segment_files(joined: Joined) -> None:
    """Two programs of different age may answer behind one name while the association renews them."""
    joined.hub.reads = f"application/x-other, {READS}"
    joined.hub.fault = lambda method, path, body: Says(422, "altered") if body.startswith(SHORT) else None
    joined.sync()
    joined.same()
    assert forms(joined)[0] == SHORT and set(forms(joined)[1:]) == {LONG}
    assert joined.standing().stuck == () and joined.pace.waits == []


def test_what_is_altered_in_either_form_is_told(joined: Joined) -> None:
    joined.hub.reads = READS
    joined.hub.fault = lambda method, path, body: Says(422, "altered") if path == "/v1/segments" else None
    with pytest.raises(IntegrityFailure) as said:
        joined.sync()
    assert said.value.code == "exchange.altered_on_the_way"
    assert forms(joined) == [SHORT, LONG]
    joined.hub.fault = lambda method, path, body: None
    joined.hub.reads = ""
    joined.sync()
    joined.same()
