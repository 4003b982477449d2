"""One conversation with the hub over HTTP(S): requests, and every way in which a link fails, in words.

httpx speaks; nothing here knows what is said. A failure that may be over soon is a `EnvironmentFailure`; what the
hub itself answers is a `HubSays` for the caller to understand.
"""

from __future__ import annotations

import re
import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec

from core.association.wire import LARGEST_UNPACKED, MESSAGE_TYPE, PROBLEM_PREFIX, PROBLEM_TYPE, SEGMENTS_TYPE
from core.errors import BadUsage, EnvironmentFailure
from core.exchange.addresses import check_address, is_local
from core.exchange.failures import explain, retry_after
from core.exchange.pace import Pace
from core.exchange.proxies import surrounding_proxy
from core.exchange.talk import SLOWEST, Talk
from core.store.segments import MAGIC

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 20.0
READ_SECONDS = 45.0
"""For the first byte of an answer, beyond what the bytes of the request need."""
LARGEST_ANSWER = 64 << 20
WANTS_LOG_IN = 511
"""What a network says that wants a log-in first (RFC 6585)."""

_AT_ONCE = 1 << 20
_OURS = frozenset({MESSAGE_TYPE, SEGMENTS_TYPE, PROBLEM_TYPE, "application/json"})


class HubSays(Exception):
    """The hub's own refusal: the end of its `urn:zhikao:`, what it adds, and the seconds that it asks to wait."""

    def __init__(self, status: int, code: str, detail: dict[str, Any], after: float | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.after = after

    def number(self, name: str) -> int | None:
        """A whole number of what it adds, or None."""
        found = self.detail.get(name)
        return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 1 << 63 else None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    reads: str = ""
    """What else may be sent there, as its `Accept-Post` says."""


class Wire:
    """A connection to the hub that is kept open. One thread talks, any may hang up."""

    def __init__(self, address: str, pace: Pace, proxy: str = "", proxy_password: str = "") -> None:
        import ssl

        import httpx

        self.address = check_address(address)
        self.bytes_up = self.bytes_down = 0
        """Bytes of bodies that went and came."""
        self.token = ""
        self.compact = False
        """Whether the hub has said that it reads segments in their short form."""
        self._sockets: list[socket.socket] = []
        self._guard = threading.Lock()
        self._pace = pace
        self._talk = Talk()
        try:
            self._host = httpx.URL(self.address).raw_host.decode()
        except (ValueError, httpx.InvalidURL):
            raise BadUsage("exchange.bad_address", address=self.address[:120]) from None
        through = ""
        if not is_local(self.address):
            through = with_password(proxy, proxy_password) if proxy else surrounding_proxy(self.address)
        try:
            self._client = httpx.Client(
                base_url=self.address,
                verify=ssl.create_default_context(),
                proxy=through or None,
                # What the environment says of proxies is read above: httpx stumbles over much of it.
                trust_env=False,
                follow_redirects=False,
                headers={"User-Agent": "zhikao", "Accept-Encoding": "identity"},
            )
        except (ValueError, httpx.InvalidURL):
            raise BadUsage("exchange.bad_proxy", address=through.rpartition("@")[2][:120]) from None
        pace.on_cancel(self.hang_up)

    def post(self, path: str, body: bytes, kind: str) -> Answer:
        """Send a body."""
        return self._ask("POST", path, body, {"Content-Type": kind})

    def put(self, path: str, body: bytes, content_range: str) -> Answer:
        """Send a piece of something."""
        kind = {"Content-Type": "application/octet-stream", "Content-Range": content_range}
        return self._ask("PUT", path, body, kind)

    def get(self, path: str) -> Answer:
        """Ask for something."""
        return self._ask("GET", path, b"", {})

    def hang_up(self) -> None:
        """Break off what is being said, from any thread."""
        self._talk.leave()
        with self._guard:
            for each in self._sockets:
                _shut(each)

    def close(self) -> None:
        """Give the connection up."""
        self._pace.on_cancel(None)
        self._client.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        import httpx

        # In this order: whoever cancels from here on finds what there is to leave.
        self._talk = talk = Talk()
        self._pace.check()
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        patience = READ_SECONDS + len(body) / SLOWEST
        timeout = httpx.Timeout(patience, connect=CONNECT_SECONDS)

        def ask() -> tuple[httpx.Response, bytes]:
            trace = {"trace": partial(self._trace, talk)}
            request = self._client.build_request(
                method, path, content=body, headers=headers, timeout=timeout, extensions=trace
            )
            response = self._client.send(request, stream=True)
            try:
                return response, self._receive(response, talk)
            finally:
                response.close()

        with self._explained(talk):
            try:
                found = talk.run(ask, 2 * CONNECT_SECONDS + patience)
            finally:
                # Of what never got through to somebody nothing has gone.
                self.bytes_up += 0 if talk.calling else len(body)
                self.bytes_down += talk.received
        return self._understood(*found)

    def _receive(self, response: httpx.Response, talk: Talk) -> bytes:
        """The body; one that doesn't end is broken off."""
        pieces = []
        for piece in response.iter_bytes():
            talk.received += len(piece)
            if talk.received > LARGEST_ANSWER:
                raise EnvironmentFailure("exchange.not_a_hub", address=self.address)
            pieces.append(piece)
        return b"".join(pieces)

    def _understood(self, response: httpx.Response, body: bytes) -> Answer:
        kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if response.status_code == 407:
            raise EnvironmentFailure("exchange.proxy_password")
        if kind == PROBLEM_TYPE:
            raise _problem(response, body)
        if response.status_code in (429, 502, 503, 504):
            raise HubSays(response.status_code, "busy", {}, retry_after(response.headers.get("Retry-After")))
        if response.status_code >= 500 and response.status_code != WANTS_LOG_IN:
            raise HubSays(response.status_code, "fault", {})
        if response.status_code == 204:
            return Answer(204, b"")
        if response.is_success and kind in _OURS and (kind != SEGMENTS_TYPE or _is_bounded(body)):
            return Answer(response.status_code, body, response.headers.get("Accept-Post", ""))
        portal = response.status_code == WANTS_LOG_IN or response.is_redirect or kind.startswith("text/html")
        raise EnvironmentFailure("exchange.portal" if portal else "exchange.not_a_hub", address=self.address)

    @contextmanager
    def _explained(self, talk: Talk) -> Iterator[None]:
        import httpx

        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as problem:
            self.hang_up()  # what is still being said would be in the way of what is said next
            self._pace.check()
            raise explain(problem, self.address, talk.calling, self._host) from problem

    def _trace(self, talk: Talk, event: str, info: dict[str, Any]) -> None:
        """Remember each socket as it is opened, so that another thread can break it off."""
        if event.endswith("connect_tcp.started"):
            talk.calling = info["host"]
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            talk.calling = ""
            found = info["return_value"].get_extra_info("socket")
            with self._guard:
                self._sockets = [each for each in self._sockets if each.fileno() >= 0]
                if found is not None:
                    self._sockets.append(found)
                    if talk.left:
                        _shut(found)


def _shut(found: socket.socket) -> None:
    with suppress(OSError):
        # By the plain socket's own function: TLS would first want to say goodbye.
        socket.socket.shutdown(found, socket.SHUT_RDWR)


def _is_bounded(packed: bytes) -> bool:
    """Whether what should be a segment file unpacks to no more than a hub may send: a small answer may be a bomb."""
    unpacker, size, rest = zlib.decompressobj(), 0, packed[len(MAGIC) :]
    with suppress(zlib.error):  # which one it is says whoever reads it
        while rest and size <= LARGEST_UNPACKED:
            size += len(unpacker.decompress(rest, _AT_ONCE))
            rest = unpacker.unconsumed_tail
    return size <= LARGEST_UNPACKED


def with_password(proxy: str, password: str) -> str:
    """A proxy's address with the password in it, for the one who connects."""
    parts = urlsplit(proxy)
    if not password or not parts.username:
        return proxy
    return proxy.replace(f"{parts.username}@", f"{parts.username}:{quote(password, safe='')}@", 1)


def _problem(response: httpx.Response, body: bytes) -> HubSays:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = {}
    # It is shown to people as it came, so only what a code is made of.
    code = re.sub(r"[^a-z0-9_]", "", str(said.get("type", "")).removeprefix(PROBLEM_PREFIX))[:40]
    return HubSays(response.status_code, code, said, retry_after(response.headers.get("Retry-After")))
