"""Connections that do not go on are given up, and what is no request is answered as everything else is.

uvicorn itself waits for ever for a request's first lines, and for somebody to take what they asked for.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.association.wire import PROBLEM_TYPE
from core.hub.problems import Problem

SECONDS: Final = 30.0
"""In which a request must have come whole up to its body; a connection is given up after at most twice that."""
MOST_UNMOVED: Final = 2
"""Looks in a row at which nothing was taken of an answer, before its connection is given up."""
RETRY_SECONDS: Final = 10


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a limit to how long a connection may say or take nothing."""

    _seen: Any = None
    """The last request when somebody last looked."""
    _waiting = 0
    """Bytes that waited to be taken when somebody last looked."""
    _unmoved = 0
    _look: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As uvicorn's, but that one connection too many hears a problem."""
        super().__init__(*args, **kwargs)
        most, self.limit_concurrency = self.limit_concurrency, None
        served = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if most is not None and len(self.connections) >= most:
                await answer(Problem("busy", after=RETRY_SECONDS))(scope, receive, send)
            else:
                await served(scope, receive, send)

        self.app = app

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look at the clock."""
        super().connection_made(transport)
        self._look = self.loop.call_later(SECONDS, self._still_there)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to wait for."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no request is a problem too."""
        said = Problem("bad_request")
        headers = [("content-type", PROBLEM_TYPE), ("connection", "close")]
        try:
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(said.body()), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:
            pass  # an answer is on its way: what came after its request is no reason for another one
        self.transport.close()

    def _still_there(self) -> None:
        self._look = self.loop.call_later(SECONDS, self._still_there)
        waiting = self.transport.get_write_buffer_size()
        unmoved = waiting and (waiting, self.cycle) == (self._waiting, self._seen)
        self._unmoved, self._waiting = self._unmoved + 1 if unmoved else 0, waiting
        if self._unmoved >= MOST_UNMOVED:
            self.transport.abort()
            return
        idle = self.cycle is None or self.cycle.response_complete
        if idle and (self.cycle is None or self.cycle is self._seen):
            self.transport.close()
        self._seen = self.cycle


def answer(said: Problem) -> Response:
    """A problem as it is answered."""
    headers = {"Retry-After": str(said.after)} if said.after is not None else {}
    return Response(said.body(), said.status, headers, PROBLEM_TYPE)
