"""Enrolment by one-time code, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from core.association import wire
from core.association.enrol_codes import read_code
from core.hub import acts, enrolling
from core.hub.enrolling import make_code
from core.hub.hub import Hub, make_hub
from core.hub.ledger import Ledger
from core.hub.tables import codes
from core.store.segments import decode_segments
from tests.hub.association import Association
from tests.hub.devices import Device, Online, problem, serving
from tests.rooms import refused

CODE = "999999"


@pytest.fixture
def online(tmp_path: Path) -> Iterator[Online]:
    hub = make_hub(tmp_path / "hub", "测试协会", "口令", None)
    with serving(hub) as found:
        yield found
    hub.close()


def code(hub: Hub, centre: str = CODE) -> bytes:
    """The secret of a fresh code."""
    return read_code(hub.act(make_code, centre, "李测试", 14).text).secret


def enrol(online: Online, request: bytes, secret: bytes) -> httpx.Response:
    body = wire.encode(wire.EnrolRequest(request, wire.enrol_proof(secret, request)))
    return online.client.post("/v1/enrol", content=body)


def test_a_code_enrols_one_device_once(online: Online) -> None:
    device, other = Device(), Device(number=2)
    request, secret = device.request(), code(online.hub)
    answer = enrol(online, request, secret)
    (segment,) = decode_segments(answer.content)
    assert (answer.status_code, segment.key, segment.last) == (200, online.hub.keys.public, 1)
    assert enrol(online, request, secret).content == answer.content, "a broken line asks again"
    online.greet(device)
    problem(enrol(online, other.request(), secret), 403, "bad_code")
    problem(enrol(online, device.request(), secret), 403, "bad_code")


def test_a_code_is_good_for_its_own_centre_only(online: Online) -> None:
    secret = code(online.hub)
    problem(enrol(online, Device("888888").request(), secret), 403, "bad_code")
    assert enrol(online, Device().request(), secret).status_code == 200


def test_an_expired_code_enrols_nobody(online: Online) -> None:
    secret = code(online.hub)
    online.hub.act(lambda ledger: ledger.connection.execute(codes.update().values(until=ledger.now - 1)))
    problem(enrol(online, Device().request(), secret), 403, "bad_code")


def test_guessing_locks_a_centres_codes_for_a_while(online: Online, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, request = code(online.hub), Device().request()
    for _ in range(enrolling.FREE_TRIES):
        problem(enrol(online, request, bytes(10)), 403, "bad_code")
    answer = enrol(online, request, secret)
    problem(answer, 429, "locked")
    assert 0 < int(answer.headers["Retry-After"]) <= enrolling.LOCK_MS // 1000 + 1
    assert enrol(online, Device("888888").request(), code(online.hub, "888888")).status_code == 200
    real = Ledger.__init__

    def later(self: Ledger, *args: object) -> None:
        real(self, *args)  # type: ignore[arg-type]
        self.now += enrolling.LOCK_MS + 1000

    monkeypatch.setattr(Ledger, "__init__", later)
    assert enrol(online, request, secret).status_code == 200


def test_a_number_that_is_known_with_another_key_is_not_enrolled(online: Online) -> None:
    assert enrol(online, Device().request(), code(online.hub)).status_code == 200
    secret, twin = code(online.hub), Device()
    problem(enrol(online, twin.request(), secret), 403, "unknown_device")
    assert enrol(online, Device(number=9).request(), secret).status_code == 200, "the code is not spent"


def test_a_changed_request_enrols_nobody(online: Online) -> None:
    request, secret = Device().request(), code(online.hub)
    body = wire.encode(wire.EnrolRequest(request, wire.enrol_proof(secret, request)))
    for data in (b"", b"\x90", body[:-1], body + b"x", b"\xff" * 9, body[:100] + b"?" + body[101:]):
        answer = online.client.post("/v1/enrol", content=data)
        assert answer.status_code in (400, 403), data[:9]


def test_the_secret_of_a_code_stands_nowhere_in_the_clear(online: Online) -> None:
    secret = code(online.hub)
    with online.hub.look() as ledger:
        assert secret not in bytes(ledger.connection.execute(codes.select()).one().secret)


@pytest.mark.parametrize(("centre", "days", "said"), [("12", 14, "hub.bad_centre"), (CODE, 0, "hub.bad_code_days")])
def test_codes_are_for_centres_and_for_some_days(online: Online, centre: str, days: int, said: str) -> None:
    with refused(said):
        online.hub.act(make_code, centre, "", days)


def test_the_association_makes_a_code_by_command(association: Association) -> None:
    made = association.do("enrol-code", "--centre", CODE, "--name", "李测试", "--days", "3")
    assert read_code(made["code"]).is_of(bytes.fromhex(association.key))
    for words, said in (
        (["--centre", "x"], "hub.bad_centre"),
        (["--centre", CODE, "--days", "0"], "hub.bad_code_days"),
        (["--centre", CODE, "--name", "测" * 501], "hub.bad_text"),
    ):
        association.refuses(said, "enrol-code", *words)


def test_a_withdrawn_device_does_not_come_back_by_its_old_code(online: Online) -> None:
    device = Device()
    request, secret = device.request(), code(online.hub)
    assert enrol(online, request, secret).status_code == 200
    online.hub.act(acts.withdraw_device, CODE, device.number, "电脑丢失")
    before = online.hub.chain_file(CODE)
    assert problem(enrol(online, request, secret), 403, "withdrawn")["device"] == device.number
    assert online.hub.chain_file(CODE) == before, "nothing was said"
    problem(online.client.post("/v1/hello", content=device.hello()), 403, "withdrawn")


def test_a_spent_code_does_not_widen_what_a_device_may_send(online: Online) -> None:
    device = Device()
    request, secret = device.request(), code(online.hub)
    assert enrol(online, request, secret).status_code == 200
    online.hub.act(acts.admit, request, ["batch"])
    before = online.hub.chain_file(CODE)
    assert enrol(online, request, secret).content == before
    assert online.hub.chain_file(CODE) == before


def test_of_many_who_use_one_code_at_once_one_is_enrolled(online: Online) -> None:
    secret, devices = code(online.hub), [Device(number=number) for number in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: enrol(online, one.request(), secret).status_code, devices))
    assert sorted(answers)[0] == 200 and set(sorted(answers)[1:]) <= {403, 429}
    (segment,) = decode_segments(online.hub.chain_file(CODE))
    assert segment.last == 1
