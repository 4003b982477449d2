"""Networks that hang, drip, ask for a log-in or are set up oddly: a sentence, in bounded time."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from core.errors import AppError, BadUsage, EnvironmentFailure
from core.exchange import keeping, link, talk
from core.exchange.addresses import check_address, is_local
from core.exchange.failures import MOST_MINUTES, busy, retry_after
from core.exchange.link import Wire
from core.exchange.pace import Pace
from core.exchange.proxies import check_proxy, surrounding_proxy
from core.exchange.service import EVERY_SECONDS, LONGEST_ASKED, Service, exchange_once
from core.house import may_travel
from core.store import THE_PROGRAM
from tests.exchange.conftest import Joined
from tests.exchange.small_hub import Says
from tests.exchange.test_link import asked, listening
from tests.rooms import refused

PROXY_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine whose environment says nothing of proxies."""
    for name in PROXY_NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    "drip",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"X-More: again\r\n",
        b"1\r\nx\r\n",
    ],
)
def test_an_answer_that_never_ends_is_broken_off(monkeypatch: pytest.MonkeyPatch, drip: bytes) -> None:
    """A byte now and then keeps every time limit of a single read from striking."""
    monkeypatch.setattr(link, "READ_SECONDS", 0.4)
    monkeypatch.setattr(link, "CONNECT_SECONDS", 0.3)
    begin = {b"1": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"X": b"HTTP/1.1 200 OK\r\n"}
    over = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(begin.get(drip[:1], b""))
        while not over.wait(0.05):
            connection.sendall(drip)

    began = time.monotonic()
    with listening(answer) as port, Wire(f"http://127.0.0.1:{port}", Pace()) as wire:
        try:
            with refused("exchange.cut", 3):
                wire.get("/healthz")
            assert time.monotonic() - began < 6
            # Nor does what was given up go on beside what is said next.
            while any(thread.name == "exchange-talk" for thread in threading.enumerate()):
                assert time.monotonic() - began < 12
                time.sleep(0.02)
        finally:
            over.set()


def test_a_slow_link_that_keeps_bringing_bytes_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "READ_SECONDS", 0.3)
    monkeypatch.setattr(link, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(talk, "SLOWEST", 1000)

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n")
        for _ in range(10):
            time.sleep(0.1)
            connection.sendall(bytes(200))

    with listening(answer) as port, Wire(f"http://127.0.0.1:{port}", Pace()) as wire:
        assert len(wire.get("/healthz").body) == 2000
        assert wire.bytes_down == 2000


@pytest.fixture
def nameless(monkeypatch: pytest.MonkeyPatch, plain: pytest.MonkeyPatch) -> object:
    """A machine on which looking up a name does not end. Gives what tells that somebody looks."""
    looking, release = threading.Event(), threading.Event()
    true_look_up = socket.getaddrinfo

    def look_up(host: object, *rest: object, **more: object) -> object:
        if host in ("127.0.0.1", b"127.0.0.1"):
            return true_look_up(host, *rest, **more)  # type: ignore[arg-type]
        looking.set()
        release.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield looking
    release.set()


def test_closing_the_window_does_not_wait_for_a_name_that_is_being_looked_up(
    joined: Joined, nameless: threading.Event
) -> None:
    joined.centre.store.write(THE_PROGRAM, keeping.set_link, "https://hub.example.cn")
    service = Service(joined.centre.store, may_travel, lambda kinds: None)
    service.start()
    assert nameless.wait(10)
    began = time.monotonic()
    assert service.stop()
    assert time.monotonic() - began < 2


def test_a_name_that_is_looked_up_for_ever_is_no_link(
    joined: Joined, nameless: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "READ_SECONDS", 0.2)
    monkeypatch.setattr(link, "CONNECT_SECONDS", 0.1)
    assert asked("https://hub.example.cn").code == "exchange.no_link"


def test_a_network_that_says_it_wants_a_log_in_is_named_as_such() -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        page = b"HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"
        connection.sendall(page)

    with listening(answer) as port:
        assert asked(f"http://127.0.0.1:{port}").code == "exchange.portal"


def test_nothing_counts_as_sent_where_nobody_was_reached(joined: Joined) -> None:
    joined.hub.close()
    with refused("exchange.no_link", 3):
        joined.sync()
    assert joined.outcome is not None and (joined.outcome.bytes_up, joined.outcome.bytes_down) == (0, 0)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ({"ALL_PROXY": "socks5://127.0.0.1:1080"}, "exchange.surrounding_proxy"),
        ({"HTTPS_PROXY": "socks5h://user:geheim@127.0.0.1:1080"}, "exchange.surrounding_proxy"),
        ({"HTTPS_PROXY": "http://a..b:1"}, "exchange.surrounding_proxy"),
        ({"HTTPS_PROXY": "http://user:geheim@[::"}, "exchange.surrounding_proxy"),
        ({"HTTPS_PROXY": "127.0.0.1:9"}, "exchange.proxy"),
        ({"HTTPS_PROXY": "http://no-such-proxy.invalid:8"}, "exchange.proxy"),
        ({"ALL_PROXY": "socks5://127.0.0.1:1", "NO_PROXY": "::1/128, example.org, .invalid"}, "exchange.no_name"),
        ({"ALL_PROXY": "socks5://127.0.0.1:1", "NO_PROXY": "*"}, "exchange.no_name"),
        ({"NO_PROXY": "::1/128,[::1],10.0.0.0/8,foo bar,http://x"}, "exchange.no_name"),
    ],
)
def test_what_the_environment_says_of_proxies_is_used_or_said_to_be_of_no_use(
    plain: pytest.MonkeyPatch, names: dict[str, str], code: str
) -> None:
    for name, value in names.items():
        plain.setenv(name, value)
    try:
        problem = asked("https://no-such-name.invalid")
    except EnvironmentFailure as refusal:
        problem = refusal
    assert (problem.code, problem.exit_code) == (code, 3)
    assert "geheim" not in problem.sentence
    assert not is_local("https://no-such-name.invalid")


def test_a_proxy_of_no_use_stands_among_what_is_stuck_until_it_is_over(
    joined: Joined, plain: pytest.MonkeyPatch
) -> None:
    joined.centre.store.write(THE_PROGRAM, keeping.set_link, "https://hub.example.cn")
    plain.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with refused("exchange.surrounding_proxy", 3):
        exchange_once(joined.centre.store, may_travel, joined.pace)
    assert [(one.what, one.code) for one in joined.standing().stuck] == [("link", "exchange.surrounding_proxy")]
    joined.sync()
    assert joined.standing().stuck == ()


def test_exceptions_from_the_environments_proxy_are_names_domains_and_ports(plain: pytest.MonkeyPatch) -> None:
    plain.setenv("HTTPS_PROXY", "proxy.example.cn:8080")
    plain.setenv("NO_PROXY", "hub.example.cn, .inside.cn, other.cn:8443")
    through = {
        "https://hub.example.cn": False,
        "https://www.hub.example.cn": False,
        "https://nothub.example.cn": True,
        "https://a.inside.cn:9": False,
        "https://other.cn": True,
        "https://other.cn:8443": False,
    }
    for address, proxied in through.items():
        assert surrounding_proxy(address) == ("http://proxy.example.cn:8080" if proxied else ""), address


def test_a_proxy_that_can_not_be_found_is_not_taken_for_the_hub(plain: pytest.MonkeyPatch) -> None:
    for proxy in ("http://no-such-proxy.invalid:8080", "http://127.0.0.1:9"):
        assert asked("https://hub.example.cn", proxy=proxy).code == "exchange.proxy"


@pytest.mark.parametrize(
    "address",
    [
        "https://:geheim@hub.example.cn",
        "https://user:geheim@hub.example.cn",
        "https://@hub.example.cn",
        "http://127.0.0.1.evil.example",
        "http://localhost.",
        "http://localhost.evil.example",
        "http://localhost\\.evil.example",
        "http://localhost@evil.example",
        "http://evil.example#@localhost",
        "http://127.1",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]",
        "http://[::1%25lo]",
        "https://hub\n.example.cn",
        "https://hub .example.cn",
        "https://hub.example.cn?",
        "https://hub.example.cn#",
        "https://hub..example.cn",
        f"https://{'a' * 64}.cn",
        "https://hub.example.cn:99999",
        "https://.",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_only_looks_like_a_hub_or_like_this_machine_is_refused(address: str) -> None:
    with pytest.raises(BadUsage) as caught:
        check_address(address)
    assert caught.value.code in ("exchange.bad_address", "exchange.not_https")
    assert "geheim" not in caught.value.sentence


def test_addresses_of_hubs_and_of_this_machine_are_taken() -> None:
    for address in ("https://hub.example.cn", "https://hub.example.cn:8443/zhikao", "https://协会.example.cn"):
        assert check_address(f" {address}/ ") == address
    for address in ("http://localhost", "http://LOCALHOST:80", "http://127.0.0.1:8", "http://[::1]:8"):
        assert is_local(check_address(address))


@pytest.mark.parametrize(
    "proxy", ["http://p:8080?x", "http://p:8080#x", "http://a..b:1", "http://u\n@p:1", "socks5://p"]
)
def test_what_is_no_proxy_is_refused_when_it_is_entered(proxy: str) -> None:
    with refused("exchange.bad_proxy", 2):
        check_proxy(proxy)


def test_hostile_times_to_wait_make_sense_or_none() -> None:
    assert retry_after("Mon, 01 Jan 2030 00:00:00 +99999999999999999999") is None
    assert (retry_after("Mon, 01 Jan 9999 23:59:59 -2359") or 0) > 0
    assert retry_after("Mon, 01 Jan 0001 00:00:00 +2359") == 0
    for seconds, minutes in ((None, 1), (0.0, 1), (61.0, 2), (1e9, MOST_MINUTES)):
        assert busy(seconds).values == {"minutes": minutes}


def test_the_service_leaves_a_hub_alone_as_long_as_it_asks_for_but_not_for_ever(joined: Joined) -> None:
    pauses: list[float] = []
    asks, told = iter(["600", "1000000000"]), threading.Event()

    class Watched(Service):
        def _pause(self, failures: int, problem: AppError | None) -> float:
            pauses.append(super()._pause(failures, problem))
            if len(pauses) == 2:
                told.set()
                return 60.0
            return 0.0

    joined.centre.store.write(THE_PROGRAM, keeping.set_link, joined.hub.url)
    joined.hub.fault = lambda method, path, body: Says(503, "busy", {"Retry-After": next(asks)})
    service = Watched(joined.centre.store, may_travel, lambda kinds: None)
    service.start()
    assert told.wait(20)
    assert service.stop()
    assert pauses[0] >= 600 > EVERY_SECONDS
    assert LONGEST_ASKED <= pauses[1] < 2 * LONGEST_ASKED
