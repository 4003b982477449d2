"""What the hub answers where it does not do what was asked: `application/problem+json`, by a code for ever."""

from __future__ import annotations

from typing import Final

import msgspec

from core.association.wire import PROBLEM_PREFIX
from core.words import say

STATUS: Final = {
    "altered": 422,
    "bad_code": 403,
    "bad_request": 400,
    "behind": 409,
    "blob_altered": 422,
    "blob_offset": 409,
    "busy": 503,
    "clock": 409,
    "fault": 500,
    "fork": 409,
    "frozen": 403,
    "gap": 409,
    "hub_behind": 409,
    "kinds": 403,
    "locked": 429,
    "maintenance": 503,
    "not_found": 404,
    "other_centre": 403,
    "say_hello": 401,
    "too_large": 413,
    "too_slow": 408,
    "unknown_blob": 409,
    "unknown_device": 403,
    "withdrawn": 403,
}
"""The HTTP status of each code."""


class Problem(Exception):
    """An answer that says no. `values` travel beside the code: device numbers, heads, never personal data."""

    def __init__(self, code: str, *, after: int | None = None, **values: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.after = after
        """Seconds to wait before the next attempt."""
        self.values = values

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.code]

    def body(self) -> bytes:
        """The problem as RFC 9457 writes it; its title is a sentence in the hub's language."""
        said = {"type": PROBLEM_PREFIX + self.code, "title": say(f"hub.problem_{self.code}"), "status": self.status}
        return msgspec.json.encode({**said, **self.values})
