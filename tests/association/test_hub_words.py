"""What a centre believes of the association, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.association import commands, events, queries
from core.association.fingerprint import fingerprint
from core.association.requests import read_request, request_digest
from core.association.taking import take_in_segments
from core.clock import today
from core.house import restore_centre
from core.people.pins import sign_in
from core.store import THE_PROGRAM, Event, EventPart, acts, backup, chain, segments
from core.store.events import Body, encode_body, encode_fields, encode_part, kind_of, part_digest
from core.store.segments import Segment
from tests.rooms import ADMIN_PIN, CODE, LEVEL, PASSPHRASE, STANDARD, Centre, refused
from tests.store.room import recovery_code

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
SOME = bytes(range(32))
Said = tuple[Event, EventPart | None]


def spoken(*said: Said, device: int = events.HUB, key: Ed25519PrivateKey = KEY, without: Sequence[int] = ()) -> Segment:
    """The chain of a device that says these things, with the parts but those of the entries `without`."""
    public = key.public_key().public_bytes_raw()
    head = genesis = chain.genesis(CODE, public)
    bodies, parts = [], []
    for seq, (event, part) in enumerate(said, start=1):
        data = encode_part(part) if part else None
        kind = kind_of(type(event))
        digest = part_digest(data) if data else None
        bodies.append(
            encode_body(Body(device, seq, 1_795_000_000_000 + seq, 0, 0, 0, kind.name, 1, encode_fields(event), digest))
        )
        head = chain.link(head, bodies[-1])
        if data and seq not in without:
            parts.append((seq, data))
    return Segment(CODE, device, public, 1, genesis, bodies, parts, chain.make_seal(key, device, len(bodies), head))


def accepted(centre: Centre, asking: bytes, **changes: object) -> Said:
    """The hub's acceptance of a request."""
    asked = read_request(asking)
    device_key, issuer_key = asked.keys
    fields = {
        "association": "测试协会",
        "name": asked.name,
        "device": asked.device,
        "device_key": device_key,
        "issuer_key": issuer_key,
        "courier_key": SOME,
        "kinds": [],
        "request": request_digest(asking),
    }
    return events.EnrolmentAccepted(**{**fields, **changes}), None  # type: ignore[arg-type]


def asked(centre: Centre) -> bytes:
    """The centre's request."""
    request: bytes = centre.act("admin", commands.ask_enrolment, *commands.own_keys(centre.store))
    return request


def accept(centre: Centre, segment: Segment) -> int:
    """Two people take in the answer."""
    issuer = commands.own_keys(centre.store)[1].public_key().public_bytes_raw()
    entries: int = centre.act(
        "admin", commands.accept_enrolment, [segment], fingerprint(segment.key), issuer, second="M1"
    )
    return entries


def everything(issuer_key: bytes = SOME) -> list[Said]:
    """One of each kind of word."""
    return [
        (events.AuthorisationGiven(STANDARD, [], "2020-01-01", "2099-01-01", issuer_key, CODE + "01", "p"), None),
        (events.DecisionGiven("2026-01", SOME, False), events.DecisionGiven.Part("材料不全")),
        (events.LeaseGranted(1, SOME, 2026, 1, 10, 0), None),
        (events.RevocationMade("number", 3), events.RevocationMade.Part("冒名")),
        (events.ListsPublished(5, 6), events.ListsPublished.Part(b"lists")),
        (events.EnrolmentWithdrawn(77, SOME), events.EnrolmentWithdrawn.Part("丢失")),
        (events.AuthorisationWithdrawn(2), events.AuthorisationWithdrawn.Part("到期")),
    ]


def test_what_another_device_says_in_the_associations_place_has_no_effect(centre: Centre) -> None:
    centre.act("admin", acts.admit, 5, PUBLIC, second="M1")
    segment = spoken(accepted(centre, asked(centre)), *everything(), device=5)
    assert centre.store.write(THE_PROGRAM, segments.take_in, segment).value == 8
    assert centre.ask(queries.association) is None
    assert centre.ask(queries.authorisations) == []
    assert centre.ask(queries.leases) == []
    assert centre.ask(queries.revoked) == {}
    assert centre.ask(queries.lists) == []
    assert centre.ask(queries.decision, "2026-01", centre.batch, SOME) is None
    centre.holds()


def test_the_same_words_of_the_association_count(centre: Centre) -> None:
    segment = spoken(accepted(centre, asked(centre)), *everything())
    assert accept(centre, segment) == 8
    assert centre.ask(queries.association).name == "测试协会"
    assert [one.withdrawn is not None for one in centre.ask(queries.authorisations)] == [True]
    assert len(centre.ask(queries.leases)) == 1
    assert centre.ask(queries.revoked)["number"].reason == "冒名"
    assert centre.ask(queries.lists) == [b"lists"]
    assert centre.ask(queries.decision, "2026-01", centre.batch, SOME).reason == "材料不全"
    centre.holds()


def test_parts_that_come_later_fill_what_stands_and_nothing_else(centre: Centre) -> None:
    whole = spoken(accepted(centre, asked(centre)), *everything())
    parts = dict(whole.parts)
    accept(centre, Segment(**{**fields_of(whole), "parts": []}))
    assert centre.ask(queries.revoked)["number"].reason == ""
    assert centre.ask(queries.lists) == []
    late = Segment(CODE, 0, PUBLIC, 0, b"", [], sorted(parts.items()), b"")
    take_in_segments(centre.store, [late])
    assert centre.ask(queries.revoked)["number"].reason == "冒名"
    assert centre.ask(queries.lists) == [b"lists"]
    assert centre.ask(queries.decision, "2026-01", centre.batch, SOME).reason == "材料不全"
    centre.holds()


def fields_of(segment: Segment) -> dict[str, object]:
    return {name: getattr(segment, name) for name in segment.__struct_fields__}


@pytest.mark.parametrize(
    "change", [{"issuer_key": SOME}, {"device_key": SOME}, {"device": 2}, {"request": SOME}, {"association": ""}]
)
def test_an_answer_that_names_other_keys_or_another_request_is_no_answer(
    centre: Centre, change: dict[str, object]
) -> None:
    request = asked(centre)
    if "association" in change:  # the one change that is the association's own affair
        assert accept(centre, spoken(accepted(centre, request, **change))) == 1
        return
    with refused("association.not_our_answer"):
        accept(centre, spoken(accepted(centre, request, **change)))
    assert centre.ask(queries.hub_key) is None


def test_an_enrolment_that_was_withdrawn_again_is_no_answer(centre: Centre) -> None:
    request = asked(centre)
    device_key = read_request(request).keys[0]
    withdrawn = events.EnrolmentWithdrawn(centre.store.device, device_key), None
    with refused("association.not_our_answer"):
        accept(centre, spoken(accepted(centre, request), withdrawn))


def test_a_hub_says_nothing_that_is_a_centres_to_say(centre: Centre) -> None:
    from core.people.events import AccountClosed

    closing = AccountClosed(centre.id("M1")), None
    request = asked(centre)
    with refused("association.not_its_to_say", 4):
        accept(centre, spoken(accepted(centre, request), closing))
    accept(centre, spoken(accepted(centre, request)))
    with refused("association.not_its_to_say", 4):
        take_in_segments(centre.store, [spoken(accepted(centre, request), closing)])
    with refused("association.not_a_hub_file"):
        take_in_segments(centre.store, [])
    with refused("association.not_a_hub_file"):
        take_in_segments(centre.store, [spoken(closing, device=5)])


def test_words_that_mean_nothing_are_kept_and_block_nothing(centre: Centre) -> None:
    nonsense = events.AuthorisationGiven(STANDARD, [], "gestern", "2099-01-01", SOME, "1", "p"), None
    huge = events.LeaseGranted(1, SOME, 1 << 70, 1, 2, 0), None
    good = events.LeaseGranted(1, SOME, 2026, 1, 2, 0), None
    try:
        segment = spoken(accepted(centre, asked(centre)), nonsense, huge, good)
    except OverflowError:
        segment = spoken(accepted(centre, asked(centre)), nonsense, good)
    accept(centre, segment)
    assert centre.ask(queries.authorisations) == []
    assert len(centre.ask(queries.leases)) == 1
    assert centre.store.verify().problems == []
    assert centre.store.compare()[1] == []


def test_the_newest_authorisation_that_holds_counts(centre: Centre) -> None:
    def given(levels: list[str], until: str) -> Said:
        return events.AuthorisationGiven(STANDARD, levels, "2020-01-01", until, SOME, CODE + "01", "p"), None

    accept(
        centre,
        spoken(accepted(centre, asked(centre)), given([], "2099-01-01"), given(["senior"], "2098-01-01")),
    )
    assert centre.ask(queries.authorisation, STANDARD, LEVEL, today(), SOME).until.year == 2099
    assert centre.ask(queries.authorisation, STANDARD, "senior", today(), SOME).until.year == 2098
    assert centre.ask(queries.authorisation, STANDARD, LEVEL, today(), PUBLIC) is None


def test_a_restored_machine_knows_its_association_and_must_ask_anew(centre: Centre, tmp_path: Path) -> None:
    request = asked(centre)
    accept(centre, spoken(accepted(centre, request)))
    backup.make(centre.store, tmp_path / "a.zkb")
    code = recovery_code(centre.store)
    backup.make(centre.store, tmp_path / "b.zkb")
    old = centre.store.device
    centre.store.close()
    _, store = restore_centre(tmp_path / "b.zkb", tmp_path / "restored", code, ADMIN_PIN, PASSPHRASE)
    with store:
        again = Centre(store, {"admin": sign_in(store, "admin", ADMIN_PIN)})
        line = again.ask(queries.association)
        assert (line.name, line.enrolled) == ("测试协会", False)
        found = read_request(asked(again))
        assert [one.device for one in found.goes_on_from] == [old]
        assert found.device == store.device != old
        assert found.keys[0] != read_request(request).keys[0]


def test_a_request_says_the_same_for_ever() -> None:
    """Old answers name it by this digest."""
    data = b'{"zhikao":"enrolment","asked":"{}","device_signature":"","issuer_signature":""}'
    assert request_digest(data).hex() == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
