"""Certificates, proxies and other people's networks, each told apart; and the background service."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.errors import AppError
from core.exchange import keeping
from core.exchange.commands import change_link, check_proxy
from core.exchange.failures import retry_after
from core.exchange.link import Wire, with_password
from core.exchange.outbox import MayTravel
from core.exchange.pace import Pace, backoff
from core.exchange.service import Service
from core.house import may_travel
from core.store import THE_PROGRAM, Read
from tests.exchange.conftest import Joined, enrol
from tests.exchange.small_hub import SmallHub
from tests.rooms import Centre, refused

DAY = datetime.timedelta(days=1)


def certificate(folder: Path, *, name: str, first: datetime.datetime, last: datetime.datetime) -> Path:
    """A certificate that signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name.replace(".", "").isdigit():
        names = [x509.IPAddress(ipaddress.ip_address(name))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    plain = serialization.NoEncryption()
    pem = serialization.PrivateFormat.PKCS8
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, pem, plain) + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does `answer` with each connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        connection.settimeout(5)
                        answer(connection)
                    except (OSError, ssl.SSLError):
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def asked(address: str, **options: str) -> AppError:
    with Wire(address, Pace(), **options) as wire, pytest.raises(AppError) as caught:
        wire.get("/healthz")
    assert caught.value.sentence != caught.value.code
    return caught.value


@pytest.mark.parametrize(
    ("name", "first", "last", "trusted", "code"),
    [
        ("127.0.0.1", -1, 1, False, "exchange.tls_unknown"),
        ("hub.example.cn", -1, 1, True, "exchange.tls_name"),
        ("127.0.0.1", -9, -1, True, "exchange.tls_dates"),
        ("127.0.0.1", 1, 9, True, "exchange.tls_dates"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, first: int, last: int, trusted: bool, code: str
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    file = certificate(tmp_path, name=name, first=now + first * DAY, last=now + last * DAY)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(4096)

    with listening(answer) as port:
        problem = asked(f"https://127.0.0.1:{port}")
    assert (problem.code, problem.exit_code) == (code, 3)


@pytest.fixture
def secure(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Joined]:
    """A centre whose hub speaks HTTPS with a certificate that this machine trusts."""
    now = datetime.datetime.now(datetime.UTC)
    file = certificate(tmp_path, name="127.0.0.1", first=now - DAY, last=now + DAY)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    hub = SmallHub(file)
    enrol(centre, hub)
    yield Joined(centre, hub)
    hub.close()


def test_everything_goes_over_https_and_nothing_can_be_read_on_the_way(secure: Joined) -> None:
    assert secure.hub.url.startswith("https://")
    secure.centre.apply(7)
    secure.sync()
    secure.same()


def test_a_round_over_https_is_cancelled_at_once_too(secure: Joined) -> None:
    heard, release = threading.Event(), threading.Event()

    def silent(method: str, path: str, body: bytes) -> None:
        heard.set()
        release.wait(20)

    secure.hub.fault = silent
    secure.centre.store.write(THE_PROGRAM, keeping.set_link, secure.hub.url)
    service = Service(secure.centre.store, may_travel, lambda kinds: None)
    service.start()
    assert heard.wait(10)
    began = time.monotonic()
    assert service.stop(5)
    assert time.monotonic() - began < 3
    release.set()


def test_what_is_no_hub_is_told_apart() -> None:
    def says(text: bytes) -> Callable[[socket.socket], None]:
        def answer(connection: socket.socket) -> None:
            connection.recv(4096)
            connection.sendall(text)

        return answer

    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"
    away = b"HTTP/1.1 302 Found\r\nLocation: http://login.example.cn/\r\nContent-Length: 0\r\n\r\n"
    strange = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi"
    for text, code in (
        (page, "exchange.portal"),
        (away, "exchange.portal"),
        (strange, "exchange.not_a_hub"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "exchange.cut"),
        (b"", "exchange.cut"),
        (page[:-1], "exchange.cut"),
    ):
        with listening(says(text)) as port:
            assert asked(f"http://127.0.0.1:{port}").code == code
    assert asked("https://no-such-name.invalid").code == "exchange.no_name"


def test_a_proxy_that_wants_a_password_or_is_not_there_is_told_apart() -> None:
    def locked(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with listening(locked) as port:
        assert asked("https://hub.example.cn", proxy=f"http://127.0.0.1:{port}").code == "exchange.proxy_password"
    heard: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    with listening(listen) as port:
        proxy = f"http://user@127.0.0.1:{port}"
        assert asked("https://hub.example.cn", proxy=proxy, proxy_password="p@ss").code == "exchange.proxy"
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz" in heard[0]
    assert asked("https://hub.example.cn", proxy="http://127.0.0.1:9").code in ("exchange.no_link", "exchange.proxy")
    assert with_password("http://proxy:1", "x") == "http://proxy:1"


def test_the_address_of_a_proxy_is_kept_without_its_password(joined: Joined) -> None:
    centre = joined.centre
    with refused("exchange.bad_proxy", 2) as caught:
        check_proxy("http://user:geheim@proxy:8080")
    assert "geheim" not in caught.value.sentence  # type: ignore[attr-defined]
    centre.act("admin", change_link, hub=f"{joined.hub.url}/", metered=True, proxy="http://user@proxy:8080")
    standing = joined.standing()
    assert (standing.hub, standing.metered, standing.proxy) == (joined.hub.url, True, "http://user@proxy:8080")
    centre.act("admin", change_link, proxy="")
    assert joined.standing().proxy == ""
    with refused("exchange.not_https", 2):
        centre.act("admin", change_link, hub="http://hub.example.cn")
    assert joined.standing().hub == joined.hub.url


def test_how_long_to_wait_is_understood_in_both_forms_and_never_negative() -> None:
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90)
    assert 60 < (retry_after(soon.strftime("%a, %d %b %Y %H:%M:%S GMT")) or 0) <= 90
    assert retry_after("7") == 7
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert [retry_after(text) for text in (None, "", "soon", "-7")] == [None] * 4
    assert (retry_after("9" * 5000) or 0) > 3600
    assert all(0 <= backoff(failures) <= 60 for failures in range(60))


def test_the_service_sends_by_itself_and_ends_when_told(joined: Joined) -> None:
    store = joined.centre.store
    store.write(THE_PROGRAM, keeping.set_link, joined.hub.url)
    rounds, kinds = list[object](), set[str]()
    service = Service(store, may_travel, kinds.update, rounds.append)
    service.start()
    until = time.monotonic() + 20
    while not rounds and time.monotonic() < until:
        time.sleep(0.01)
    assert rounds == [None]
    joined.same()
    assert "exchange" in kinds
    joined.centre.apply(7)
    service.now()
    while len(rounds) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert service.stop()
    joined.same()
    assert not service.busy


def test_the_service_ends_at_once_while_the_hub_is_silent(joined: Joined) -> None:
    joined.centre.store.write(THE_PROGRAM, keeping.set_link, joined.hub.url)
    heard, release = threading.Event(), threading.Event()

    def silent(method: str, path: str, body: bytes) -> None:
        heard.set()
        release.wait(20)

    joined.hub.fault = silent
    service = Service(joined.centre.store, may_travel, lambda kinds: None)
    service.start()
    assert heard.wait(10)
    began = time.monotonic()
    assert service.stop(5)
    assert time.monotonic() - began < 3
    release.set()


def test_a_bug_in_a_round_is_reported_and_the_service_lives_on(joined: Joined) -> None:
    store = joined.centre.store
    store.write(THE_PROGRAM, keeping.set_link, joined.hub.url)
    problems, broken = list[AppError | None](), [True]

    def may(read: Read) -> MayTravel:
        if broken:
            raise ValueError("测试")
        return may_travel(read)

    service = Service(store, may, lambda kinds: None, problems.append)
    service.start()
    until = time.monotonic() + 20
    while not problems and time.monotonic() < until:
        time.sleep(0.01)
    assert problems[0] is not None and "测试" not in problems[0].sentence
    assert len(list((store.home / "crashes").iterdir())) == 1
    broken.clear()
    service.now()
    while len(problems) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert service.stop()
    assert problems[1] is None
    joined.same()
