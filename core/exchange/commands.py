"""What an administrator says of the link to the association."""

from __future__ import annotations

import os
from contextlib import suppress

from core.errors import EnvironmentFailure
from core.exchange import keeping
from core.exchange.addresses import check_address
from core.exchange.proxies import check_proxy
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Store, Write, keyring_is_safe

PROXY_PASSWORD = "ZHIKAO_PROXY_PASSWORD"  # noqa: S105 - the variable's name
_SERVICE = "zhikao-proxy"


@permitted(Role.ADMIN)
def change_link(write: Write, hub: str | None = None, metered: bool | None = None, proxy: str | None = None) -> None:
    """Change how the hub is reached; None leaves as it is, "" is none. An address that is none: words off.

    A metered link carries no photos and works. A proxy's password does not stand in its address (`keep_password`).
    """
    if hub:
        hub = check_address(hub)
    if proxy:
        proxy = check_proxy(proxy)
    keeping.set_link(write, hub, metered, proxy)


@permitted(Role.ADMIN, Role.MANAGER)
def pause_exchange(write: Write, paused: bool) -> None:
    """Exchange nothing by itself from now on, or again: on the day of an examination, say. Asked for, it still does."""
    keeping.set_pause(write, paused)


@permitted(Role.ADMIN, Role.MANAGER)
def dismiss(write: Write, what: str) -> None:
    """Somebody has seen to a trouble that does not end by itself; of what is still so, the next round tells again."""
    keeping.settle(write, what)


def keep_password(store: Store, password: str) -> None:
    """Give the proxy's password to the system's keyring. Without a safe one: exit 3, and it is kept nowhere."""
    import keyring
    from keyring.errors import KeyringError

    if not keyring_is_safe():
        raise EnvironmentFailure("exchange.no_keyring", variable=PROXY_PASSWORD)
    try:
        keyring.set_password(_SERVICE, _who(store), password)
    except KeyringError:
        raise EnvironmentFailure("exchange.no_keyring", variable=PROXY_PASSWORD) from None


def proxy_password(store: Store) -> str:
    """The proxy's password: of the environment, else of the keyring; "" where there is none."""
    if given := os.environ.get(PROXY_PASSWORD):
        return given
    import keyring
    from keyring.errors import KeyringError

    found: str | None = None
    with suppress(KeyringError):
        found = keyring.get_password(_SERVICE, _who(store)) if keyring_is_safe() else None
    return found or ""


def _who(store: Store) -> str:
    return f"{store.centre}-{store.device}"
