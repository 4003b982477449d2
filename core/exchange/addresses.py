"""The hub's address: HTTPS, but on this very machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.errors import BadUsage

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def check_address(address: str) -> str:
    """A hub's address as it is kept. Not one, or not HTTPS (but on this very machine): words off."""
    text = address.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadUsage("exchange.bad_address", address=address[:120]) from None
    odd = not text.isprintable() or any(sign in text for sign in "?#@\\ ")
    if parts.scheme not in ("http", "https") or odd or not is_host(host):
        # What stands before an @ may be a password.
        raise BadUsage("exchange.bad_address", address=address.rpartition("@")[2][:120])
    if parts.scheme == "http" and host not in LOCAL:
        raise BadUsage("exchange.not_https", address=address[:120])
    return text


def is_host(host: str | None) -> bool:
    """Whether a machine can have this name at all."""
    try:
        return bool(host and host.encode("idna"))
    except UnicodeError:
        return False


def is_local(address: str) -> bool:
    """Whether the hub is on this very machine."""
    return urlsplit(address).hostname in LOCAL
