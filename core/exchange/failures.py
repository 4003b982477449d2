"""Why a link does not carry, in sentences that say what to do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from core.errors import EnvironmentFailure

_DATED = frozenset({9, 10})
"""OpenSSL's verdicts on a certificate: not yet valid, expired."""
_WRONG_NAME = frozenset({62, 64})
"""Host name, address."""

LASTING = frozenset(
    {
        "exchange.tls_dates",
        "exchange.tls_name",
        "exchange.tls_unknown",
        "exchange.tls",
        "exchange.proxy",
        "exchange.proxy_password",
        "exchange.surrounding_proxy",
        "exchange.portal",
        "exchange.not_a_hub",
    }
)
"""What doesn't mend itself within a minute: a round gives up at once."""
MOST_MINUTES = 24 * 60
"""What people are told at most of how long to wait: a hub that names years is out of order."""


def explain(problem: BaseException, address: str, calling: str = "", host: str = "") -> EnvironmentFailure:
    """What stopped a conversation with the hub. `calling` is whom it was connecting to: its `host`, or a proxy."""
    import httpx

    causes = list(_causes(problem))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return EnvironmentFailure(_certificate(cause.verify_code), address=address)
    if isinstance(problem, httpx.ProxyError):
        code = "exchange.proxy_password" if "407" in str(problem) else "exchange.proxy"
        return EnvironmentFailure(code)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return EnvironmentFailure("exchange.tls", address=address)
    if calling not in ("", host):
        return EnvironmentFailure("exchange.proxy")
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return EnvironmentFailure("exchange.no_name", address=address)
    if calling or isinstance(problem, httpx.ConnectTimeout | httpx.ConnectError):
        return EnvironmentFailure("exchange.no_link", address=address)
    return EnvironmentFailure("exchange.cut", address=address)


def retry_after(said: str | None) -> float | None:
    """Seconds that a `Retry-After` asks for, in either of its forms; None where it says nothing that makes sense."""
    if said is None:
        return None
    if said.strip().isascii() and said.strip().isdigit():
        return float(int(said.strip()[:9]))
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def busy(after: float | None) -> EnvironmentFailure:
    """The hub wants to be asked later, after so many seconds."""
    minutes = min(int((after or 0) // 60) + 1, MOST_MINUTES)
    return EnvironmentFailure("exchange.hub_busy", minutes=minutes)


def _certificate(verdict: int) -> str:
    if verdict in _DATED:
        return "exchange.tls_dates"
    return "exchange.tls_name" if verdict in _WRONG_NAME else "exchange.tls_unknown"


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    seen = 0
    while problem is not None and seen < 20:
        yield problem
        problem, seen = problem.__cause__ or problem.__context__, seen + 1
