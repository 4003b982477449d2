"""Reading what a stranger sends: bounded in bytes, in time and in what all of them together may hold in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import ClientDisconnect, Request

from core.hub.problems import Problem

PATIENCE: Final = 60.0
"""Seconds that a body may take, beyond what its bytes need."""
SLOWEST: Final = 500
"""Bytes a second that a link must manage."""
SILENCE: Final = 30.0
"""Seconds without a byte after which a connection is given up."""
MOST_TOGETHER: Final = 192 << 20
"""Bytes of all bodies that are being read or understood in this process."""
RETRY_SECONDS: Final = 5


class Budget:
    """The memory that all bodies of this process share."""

    def __init__(self, most: int = MOST_TOGETHER) -> None:
        self._left = most

    @asynccontextmanager
    async def read(self, request: Request, largest: int) -> AsyncIterator[bytes]:
        """A request's body, for as long as the block needs it. Too large, too slow, or too many at once: refused."""
        taken = 0
        body = bytearray()
        began = time.monotonic()
        try:
            said = request.headers.get("content-length", "0")
            if said.isdigit() and int(said[:18]) > largest:
                raise Problem("too_large")
            stream = request.stream().__aiter__()
            while True:
                left = began + PATIENCE + len(body) / SLOWEST - time.monotonic()
                try:
                    piece = await asyncio.wait_for(anext(stream), max(0.0, min(SILENCE, left)))
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    raise Problem("too_slow") from None
                except ClientDisconnect:
                    raise Problem("too_slow") from None
                if len(body) + len(piece) > largest:
                    raise Problem("too_large")
                if len(piece) > self._left:
                    raise Problem("busy", after=RETRY_SECONDS)
                self._left -= len(piece)
                taken += len(piece)
                body += piece
            whole = bytes(body)
            body.clear()
            yield whole
        finally:
            self._left += taken
