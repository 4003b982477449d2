"""`enrol --hub`, `sync` and `courier` as people call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.association.enrol_codes import EnrolCode, new_code, read_code, write_code
from core.association.events import DecisionGiven
from core.exchange import enrolling
from tests.cli.calls import Answer, call
from tests.exchange.small_hub import Says, SmallHub
from tests.rooms import ADMIN_PIN, PASSPHRASE, PIN, Centre

KEYS = ("sent", "received", "receipts", "bytes_up", "bytes_down", "waiting")


def at(home: Path, *words: str, **environment: str) -> Answer:
    return call("--home", str(home), *words, ZHIKAO_PASSPHRASE=PASSPHRASE, **environment)


def enrol(home: Path, hub: SmallHub, code: str) -> Answer:
    words = ("--as", "admin", "--with", "M1", "enrol", "--hub", hub.url)
    return at(home, *words, ZHIKAO_PIN=ADMIN_PIN, ZHIKAO_PIN2=PIN, ZHIKAO_ENROL_CODE=code)


@pytest.fixture
def home(centre: Centre) -> Path:
    """A centre's home that nobody has open."""
    centre.store.close()
    return centre.store.home


@pytest.fixture
def code(hub: SmallHub) -> str:
    """A one-time code of the hub."""
    made, text = new_code(hub.public)
    hub.secret = made.secret
    return text


def test_a_code_enrols_and_what_there_is_goes_up(home: Path, hub: SmallHub, code: str, tmp_path: Path) -> None:
    enrolled = enrol(home, hub, code.lower().replace("-", " "))
    assert (enrolled.exit_code, enrolled.data["enrolled"], enrolled.data["hub"]) == (0, True, hub.url)
    assert [type(enrolled.data[key]) for key in KEYS] == [int] * 6
    (body,) = hub.received
    assert (enrolled.data["sent"], enrolled.data["received"], enrolled.data["receipts"]) == (0, 1, 0)
    assert enrolled.data["bytes_up"] == len(body) and enrolled.data["bytes_down"] > 0
    assert enrolled.data["waiting"] > 0, "what there is goes with the first exchange"
    assert not (home / enrolling.PENDING).exists()
    hub.say(DecisionGiven("B1", bytes(32), True))
    synced = at(home, "sync")
    assert synced.exit_code == 0
    assert [type(synced.data[key]) for key in KEYS] == [int] * 6
    assert (synced.data["received"], synced.data["waiting"], synced.data["stuck"]) == (1, 0, [])
    assert synced.data["sent"] == hub.chains[1].seq > 0
    again = at(home, "sync")
    assert (again.data["sent"], again.data["receipts"]) == (0, 0)
    assert at(home, "journal", "verify").data["problems"] == []

    stick = tmp_path / "bundle.zkb"
    written = at(home, "courier", "write", str(stick))
    assert written.exit_code == 0 and set(KEYS) <= set(written.data)
    assert written.data["bytes_up"] == stick.stat().st_size
    hub.say(DecisionGiven("B2", bytes(32), True))
    stick.write_bytes(hub.courier_reply(stick.read_bytes()))
    read = at(home, "courier", "read", str(stick))
    assert (read.exit_code, read.data["received"], read.data["doubled"]) == (0, 1, False)
    assert at(home, "courier", "read", str(stick)).data["doubled"] is True
    assert at(home, "courier", "read", str(tmp_path / "none")).exit_code == 3
    damaged = bytearray(stick.read_bytes())
    damaged[-1] ^= 1
    stick.write_bytes(bytes(damaged))
    altered = at(home, "courier", "read", str(stick))
    assert (altered.exit_code, altered.data["error"]) == (4, "exchange.bundle_altered")


def test_people_read_sentences(home: Path, hub: SmallHub, code: str, tmp_path: Path) -> None:
    enrol(home, hub, code)
    words = ("--home", str(home), "sync")
    synced = call(*words, as_json=False, ZHIKAO_PASSPHRASE=PASSPHRASE)
    assert "同步完成" in synced.out and "协会已收到全部内容" in synced.out
    assert "已上报" in synced.err
    written = call(
        "--home", str(home), "courier", "write", str(tmp_path / "b.zkb"), as_json=False, ZHIKAO_PASSPHRASE=PASSPHRASE
    )
    assert "安全拔出" in written.out


def test_without_a_link_it_says_so_with_what_was_moved_till_then(home: Path, hub: SmallHub, code: str) -> None:
    enrol(home, hub, code)
    hub.close()
    failed = at(home, "sync", ZHIKAO_LANG="en")
    assert (failed.exit_code, failed.data["error"]) == (3, "exchange.no_link")
    assert set(KEYS) <= set(failed.data)
    assert failed.data["waiting"] > 0
    assert "courier bundle" in failed.data["message"]


def test_a_centre_that_never_enrolled_is_told_how(home: Path, hub: SmallHub, tmp_path: Path) -> None:
    assert at(home, "sync").data["error"] == "exchange.no_hub"
    assert at(home, "sync", "--hub", hub.url).data["error"] == "exchange.not_enrolled"
    assert at(home, "courier", "write", str(tmp_path / "b")).data["error"] == "exchange.not_enrolled"
    assert at(home, "sync", "--hub", "http://hub.example.cn").exit_code == 2


def test_a_wrong_code_enrols_nobody(home: Path, hub: SmallHub, code: str) -> None:
    for given, error in (
        ("", "exchange.bad_code"),
        (code[:-1], "exchange.bad_code"),
        ("!" * 39, "exchange.bad_code"),
        (write_code(EnrolCode(bytes(10), read_code(code).key_start)), "exchange.code_refused"),
    ):
        refused = enrol(home, hub, given)
        assert (refused.exit_code, refused.data["error"]) == (1, error)
    wrong_hub = write_code(EnrolCode(read_code(code).secret, bytes(10)))
    refused = enrol(home, hub, wrong_hub)
    assert (refused.exit_code, refused.data["error"]) == (4, "exchange.code_other_hub")
    assert at(home, "sync", "--hub", hub.url).data["error"] == "exchange.not_enrolled"


def test_a_hub_that_stumbles_over_a_code_is_not_said_to_refuse_it(home: Path, hub: SmallHub, code: str) -> None:
    for said, error in (
        (Says(500, "fault"), "exchange.hub_fault"),
        (Says(409, "behind"), "exchange.hub_fault"),
        (Says(503, "busy", {"Retry-After": "90"}), "exchange.hub_busy"),
        (Says(429, "locked", {"Retry-After": "1000000000"}), "exchange.hub_busy"),
    ):
        hub.fault = lambda method, path, body, said=said: said  # type: ignore[misc]
        failed = enrol(home, hub, code)
        assert (failed.exit_code, failed.data["error"]) == (3, error)
        assert set(KEYS) <= set(failed.data)
    hub.fault = lambda method, path, body: None
    assert enrol(home, hub, code).exit_code == 0, "the code is still good"


def test_a_code_of_another_association_is_refused_before_it_is_spent(home: Path, hub: SmallHub, code: str) -> None:
    assert enrol(home, hub, code).exit_code == 0
    other = SmallHub()
    made, text = new_code(other.public)
    other.secret = made.secret
    refused = enrol(home, other, text)
    assert (refused.exit_code, refused.data["error"]) == (4, "exchange.other_hub")
    assert other.seen == []
    other.close()


def test_one_person_alone_does_not_spend_the_code(home: Path, hub: SmallHub, code: str) -> None:
    words = ("--as", "admin", "enrol", "--hub", hub.url)
    alone = at(home, *words, ZHIKAO_PIN=ADMIN_PIN, ZHIKAO_ENROL_CODE=code)
    assert alone.data["error"] == "people.second_needed"
    assert hub.seen == []


def test_an_answer_that_was_cut_off_is_asked_for_again_with_the_same_words(
    home: Path, hub: SmallHub, code: str
) -> None:
    (home / enrolling.PENDING).write_bytes(b"what an older program left")
    cuts = iter(["after:40"])
    hub.fault = lambda method, path, body: next(cuts, None)
    assert enrol(home, hub, code).exit_code == 3
    assert enrol(home, hub, code).exit_code == 0
    first, second = [body for body in hub.received if body]
    assert first == second
