"""One conversation with the hub over HTTP(S): requests, and every way in which a link fails, in words.

httpx speaks; nothing here knows what is said. A failure that may be over soon is a `EnvironmentFailure`; what the
hub itself answers is a `HubSays` for the caller to understand.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec

from core.association.wire import MESSAGE_TYPE, PROBLEM_PREFIX, PROBLEM_TYPE, SEGMENTS_TYPE
from core.errors import BadUsage, EnvironmentFailure
from core.exchange.addresses import check_address, is_local
from core.exchange.failures import explain, retry_after
from core.exchange.pace import Pace

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 20.0
READ_SECONDS = 45.0
"""For the first byte of an answer, beyond what the bytes of the request need."""
SLOWEST = 1500
"""Bytes a second that a link must manage: half of 30 kbit/s, less what the protocol takes."""
LARGEST_ANSWER = 64 << 20

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


class Wire:
    """A connection to the hub that is kept open. One thread talks, any may hang up."""

    def __init__(self, address: str, pace: Pace, proxy: str = "", proxy_password: str = "") -> None:
        import ssl

        import httpx

        self.address = check_address(address)
        self.bytes_up = self.bytes_down = 0
        """Bytes of bodies that went and came."""
        self.token = ""
        self._sockets: list[socket.socket] = []
        self._guard = threading.Lock()
        self._pace = pace
        local = is_local(self.address)
        try:
            self._client = httpx.Client(
                base_url=self.address,
                verify=ssl.create_default_context(),
                proxy=with_password(proxy, proxy_password) if proxy and not local else None,
                trust_env=not local and not proxy,
                follow_redirects=False,
                headers={"User-Agent": "zhikao", "Accept-Encoding": "identity"},
            )
        except (ValueError, httpx.InvalidURL):
            raise BadUsage("exchange.bad_proxy", address=proxy[:120]) from None
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
        with self._guard:
            for each in self._sockets:
                with suppress(OSError):
                    # By the plain socket's own function: TLS would first want to say goodbye.
                    socket.socket.shutdown(each, socket.SHUT_RDWR)

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

        self._pace.check()
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        patience = READ_SECONDS + len(body) / SLOWEST
        timeout = httpx.Timeout(patience, connect=CONNECT_SECONDS)
        with self._explained():
            request = self._client.build_request(
                method, path, content=body, headers=headers, timeout=timeout, extensions={"trace": self._trace}
            )
            self.bytes_up += len(body)
            response = self._client.send(request, stream=True)
            try:
                received = self._receive(response)
            finally:
                response.close()
        return self._understood(response, received)

    def _receive(self, response: httpx.Response) -> bytes:
        """The body; one that doesn't end is broken off."""
        pieces, size = [], 0
        for piece in response.iter_bytes():
            size += len(piece)
            self.bytes_down += len(piece)
            if size > LARGEST_ANSWER:
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
        if response.status_code >= 500:
            raise HubSays(response.status_code, "fault", {})
        if response.status_code == 204:
            return Answer(204, b"")
        if response.is_success and kind in _OURS:
            return Answer(response.status_code, body)
        portal = response.is_redirect or kind.startswith("text/html")
        raise EnvironmentFailure("exchange.portal" if portal else "exchange.not_a_hub", address=self.address)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as problem:
            self._pace.check()
            raise explain(problem, self.address) from problem

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Remember each socket as it is opened, so that another thread can break it off."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            with self._guard:
                self._sockets = [each for each in self._sockets if each.fileno() >= 0]
                if found is not None:
                    self._sockets.append(found)
            if self._pace.cancelled:
                self.hang_up()


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
