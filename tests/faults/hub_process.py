"""`hub serve` in a process of its own, that can be killed and that can run out of disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.paths import PROGRAM
from tests.faults.sync_world import HUB_PASSPHRASE


@dataclass
class Process:
    """A hub that runs, and where."""

    running: subprocess.Popen[str]
    url: str


@contextmanager
def process(home: Path, *more: str) -> Iterator[Process]:
    """A hub over its home; `more` are words of its command line."""
    words = [sys.executable, str(PROGRAM / "main.py"), "--home", str(home), "hub", "serve", *(more or ("--port", "0"))]
    environment = {**os.environ, "ZHIKAO_PASSPHRASE": HUB_PASSPHRASE}
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        url = ""
        while not url:
            line = running.stderr.readline()
            assert line, "the hub did not start"
            url = line[line.index("http") :].split("，")[0].split("（")[0].split()[0] if "http" in line else ""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                httpx.get(f"{url}/healthz", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.02)
        try:
            yield Process(running, url)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)
