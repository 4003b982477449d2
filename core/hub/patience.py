"""Connections on which nobody asks anything are given up: uvicorn itself waits for ever for a request's first lines."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS: Final = 30.0
"""In which a request must have come whole up to its body; a connection is given up after at most twice that."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a limit to how long a connection may say nothing."""

    _seen: Any = None
    """The last request when somebody last looked."""
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look at the clock."""
        super().connection_made(transport)
        self._look = self.loop.call_later(SECONDS, self._still_there)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to wait for."""
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)

    def _still_there(self) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and (self.cycle is None or self.cycle is self._seen):
            self.transport.close()
            return
        self._seen = self.cycle
        self._look = self.loop.call_later(SECONDS, self._still_there)
