"""Running the hub's processes: one port, as many processes as asked for, ended gracefully."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from core.errors import EnvironmentFailure
from core.hub.database import Database
from core.hub.hub import Hub
from core.hub.keys import open_keys

HOME: Final = "ZHIKAO_HOME"
PASSPHRASE: Final = "ZHIKAO_PASSPHRASE"  # noqa: S105 - the variable's name
DATABASE: Final = "ZHIKAO_HUB_DATABASE"
GRACE_SECONDS: Final = 20
KEEP_ALIVE_SECONDS: Final = 75
MOST_CONNECTIONS: Final = 512
"""At once in a process; the next one hears 503."""
_LOCAL: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Serving:
    """Where a hub listens, and with what."""

    host: str
    port: int
    workers: int = 1
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_private(self) -> bool:
        """Whether only this machine reaches it, or nobody on the way can read it."""
        return self.host in _LOCAL or self.certificate is not None


def listen(serving: Serving) -> socket.socket:
    """The open port; who connects from now on waits until a process has begun to serve.

    One in use, or an address that isn't this machine's: exit 3.
    """
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    found = socket.socket(family)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((serving.host, serving.port))
        found.listen(MOST_CONNECTIONS)
        found.set_inheritable(True)
    except (OSError, OverflowError) as problem:
        found.close()
        reason = problem.strerror if isinstance(problem, OSError) else None
        raise EnvironmentFailure(
            "hub.port_in_use", host=serving.host, port=serving.port, problem=reason or str(problem)
        ) from None
    return found


def serve(serving: Serving, listening: socket.socket, hub: Hub, environment: dict[str, str]) -> None:
    """Serve until told to stop (SIGTERM, SIGINT). `environment` is how further processes find home and secrets."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from core.hub.patience import PatientProtocol
    from core.hub.server import make_app

    options: dict[str, Any] = {
        "http": PatientProtocol,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "date_header": True,
        "limit_concurrency": MOST_CONNECTIONS,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "ssl_certfile": serving.certificate,
        "ssl_keyfile": serving.key,
    }
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, _stopping)
    if serving.workers == 1:
        uvicorn.Server(uvicorn.Config(make_app(hub), **options)).run([listening])
        return
    hub.close()
    os.environ.update(environment)
    config = uvicorn.Config("core.hub.serving:worker", factory=True, workers=serving.workers, **options)
    Multiprocess(config, sockets=[listening]).run()


def _stopping(number: int, frame: object) -> None:
    """The server raises the signal once more when it has ended; that is no reason to die of it."""


def worker() -> FastAPI:
    """The application of one of several processes."""
    from core.hub.server import make_app

    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    home = Path(os.environ[HOME])
    keys = open_keys(home, os.environ[PASSPHRASE])
    return make_app(Hub(keys, Database(home, os.environ.get(DATABASE) or None)))


def _end_with_parent() -> None:
    """End gracefully once the process that started this one is gone, even killed: the port must not stay taken."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
