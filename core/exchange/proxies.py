"""Proxies: the one that people entered, else the one that this machine's own settings name."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies

from core.errors import BadUsage, EnvironmentFailure
from core.exchange.addresses import is_host


def check_proxy(proxy: str) -> str:
    """A proxy's address as it is kept: `http://[user@]host:port`, without a password. Something else: words off."""
    text = proxy.strip().rstrip("/")
    if not _is_one(text) or urlsplit(text).password is not None:
        raise BadUsage("exchange.bad_proxy", address=text.rpartition("@")[2][:120])
    return text


def surrounding_proxy(address: str) -> str:
    """The proxy that the environment, or the system's settings, name for this address; "" where none is to be used.

    One that this program can't speak with: exit 3, and its address in words, since people did not enter it here.
    """
    parts = urlsplit(address)
    found = getproxies()
    proxy = found.get(parts.scheme) or found.get("all") or ""
    if not proxy or _is_excepted(parts.netloc.lower(), parts.hostname or "", found.get("no", "")):
        return ""
    proxy = (proxy if "://" in proxy else f"http://{proxy}").rstrip("/")
    if not _is_one(proxy):
        raise EnvironmentFailure("exchange.surrounding_proxy", address=proxy.rpartition("@")[2][:120])
    return proxy


def _is_excepted(place: str, host: str, excepted: str) -> bool:
    """Whether `NO_PROXY` names a host, alone or as `place` with its port, or a domain that it is in."""
    names = [name.strip().lower().removeprefix("*").removeprefix(".") for name in excepted.split(",")]
    if "*" in (name.strip() for name in excepted.split(",")):
        return True
    return any(name and (one == name or one.endswith(f".{name}")) for name in names for one in (place, host))


def _is_one(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy)
        good = parts.scheme in ("http", "https") and is_host(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return good and proxy.isprintable() and not (parts.path or parts.query or parts.fragment)
