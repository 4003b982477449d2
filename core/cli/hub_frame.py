"""Where the hub of a command stands, and opening it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.frame import Call, secret
from core.paths import default_home

if TYPE_CHECKING:
    from core.hub.hub import Hub

DATABASE = "ZHIKAO_HUB_DATABASE"


def hub_home(call: Call) -> Path:
    """Where the hub stands: never where a centre does by default."""
    return call.home.expanduser() if call.home is not None else default_home().with_name("zhikao-hub")


@contextmanager
def opened(call: Call) -> Iterator[Hub]:
    """The hub of this command's home, with the passphrase from its variable or asked for."""
    from core.hub.hub import open_hub

    passphrase = secret("ZHIKAO_PASSPHRASE", "hub.ask_passphrase")
    with open_hub(hub_home(call), passphrase, os.environ.get(DATABASE) or None) as hub:
        yield hub
