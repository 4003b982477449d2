"""A PostgreSQL cluster of one's own, for tests, benches and long runs."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from tests.guard import if_killed

_NOBODY = "nobody"
_numbers = count(1)


def programs() -> Path | None:
    """Where PostgreSQL's server programs are, if they are."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return places[0] if places else None


@contextmanager
def cluster(*settings: str) -> Iterator[Path]:
    """The socket folder of a cluster that is gone afterwards, even after a kill. Its superuser is `hub`; `settings`
    are postgres's."""
    found = programs()
    assert found is not None, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="zhikao-pg-", dir="/tmp"))  # a socket's path may be no longer than 107 bytes
    as_nobody: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL never runs as root
        known = pwd.getpwnam(_NOBODY)
        os.chown(folder, known.pw_uid, known.pw_gid)
        as_nobody = ["runuser", "-u", _NOBODY, "--"]

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [*as_nobody, str(found / program), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            timeout=120,
        )

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        said = ["listen_addresses=''", f"unix_socket_directories={folder}", "max_connections=60", *settings]
        words = " ".join(f"-c {one}" for one in said)
        stop = [*as_nobody, str(found / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"]
        with if_killed("/bin/sh", "-c", '"$@"; rm -rf -- "$0"', str(folder), *stop):
            run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", words, "start")
            try:
                yield folder
            finally:
                run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(folder: Path) -> str:
    """The URL of a new, empty database of a cluster."""
    import psycopg

    name = f"hub{next(_numbers)}"
    with psycopg.connect(host=str(folder), user="hub", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql://hub@/{name}?host={folder}"
