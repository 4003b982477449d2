"""An association and three centres for as long as somebody likes, killed and cut at random: equal sums at the end.

    python -m tests.faults.long_sync --minutes N [--seed S]

The hub is two processes on PostgreSQL; one centre has only a stick. Whatever dies is started again at once.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import text

from core.clock import today
from core.errors import AppError
from core.exchange.courier import read_bundle, write_bundle
from core.house import may_travel
from core.hub import acts
from core.hub.couriering import receive
from core.hub.hub import Hub, open_hub
from core.paths import PROGRAM
from core.registration.queries import applicants
from tests.faults.line import Line
from tests.faults.sync_hands import BACK, EXCHANGED, OUT
from tests.faults.sync_world import HUB_PASSPHRASE, HubAtWork, at_work, enrol, equal, placed_centre, reopened, sync
from tests.hub.cluster import cluster, fresh_database
from tests.rooms import CANDIDATES, Centre, cheap_keys

CODES = ("990001", "990002", "990003")
BY_STICK = CODES[2]
PROCESSES = 2
LONGEST_CALM = 1.5
"""Seconds between two blows, at most."""
NO_PORT = 3
"""How a hub ends while the one before it is still dying."""
START_SECONDS = 60
ROUNDS = 8
"""Exchanges at the end until nothing is new."""


@dataclass
class World:
    """All that runs, and what has happened to it."""

    folder: Path
    url: str
    dice: random.Random
    port: int
    line: Line
    centres: dict[str, Centre]
    hub: Hub
    blows: Counter[str] = field(default_factory=Counter)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    serials: Counter[str] = field(default_factory=Counter)

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    @property
    def until(self) -> Path:
        return self.folder / "enough"

    def start_hub(self) -> None:
        words = ["--home", str(self.folder / "hub"), "hub", "serve", "--port", str(self.port)]
        environment = {**os.environ, "ZHIKAO_PASSPHRASE": HUB_PASSPHRASE, "ZHIKAO_HUB_DATABASE": self.url}
        self._start("hub", [str(PROGRAM / "main.py"), *words, "--workers", str(PROCESSES)], environment)

    def wait_for_the_hub(self) -> None:
        """Until it answers."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            self.see_to()
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False).is_success:
                    return
            time.sleep(0.1)
        raise AssertionError(self._last_words("hub"))

    def start_centre(self, code: str) -> None:
        centre = self.centres[code]
        where = str(self.stick) if code == BY_STICK else self.line.url
        applications = ",".join(map(str, centre.applications))
        words = [str(self.folder / code), str(centre.batch), applications, where, str(self.until)]
        self._start(code, ["-m", "tests.faults.sync_hands", *words, str(self.dice.randrange(1 << 30))])

    def _start(self, name: str, words: list[str], environment: dict[str, str] | None = None) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *words], cwd=PROGRAM, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """kill -9, with everything that it had started."""
        one = self.running[name]
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()

    def see_to(self) -> None:
        """Start what isn't running; what ended by itself without being told is a fault."""
        for name, one in list(self.running.items()):
            code = one.poll()
            if code is None:
                continue
            if name == "hub" and code == NO_PORT:
                self.blows["the_port_was_not_free_yet"] += 1
            elif code not in (-signal.SIGKILL, -signal.SIGTERM, 0):
                raise AssertionError(f"{name} ended with {code}: {self._last_words(name)}")
            self.start_hub() if name == "hub" else self.start_centre(name)

    def _last_words(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    # Blows.

    def a_centre_is_killed(self) -> None:
        self.kill(self.dice.choice(CODES))

    def the_hub_is_killed(self) -> None:
        self.kill("hub")

    def one_process_of_the_hub_is_killed(self) -> None:
        found = subprocess.run(
            ["pgrep", "-P", str(self.running["hub"].pid)], capture_output=True, text=True, check=False
        )
        if children := [int(one) for one in found.stdout.split()]:
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(children), signal.SIGKILL)

    def the_hub_is_told_to_end(self) -> None:
        self.running["hub"].terminate()
        with suppress(subprocess.TimeoutExpired):
            self.running["hub"].wait(15)

    def the_database_drops_its_connections(self) -> None:
        with suppress(AppError), self.hub.database.writing() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )

    def the_line_breaks_at_some_byte(self) -> None:
        self.line.cut(self.dice.choice(("up", "down")), self.dice.randrange(20_000), reset=self.dice.random() < 0.5)

    def the_line_is_dead_for_a_while(self) -> None:
        self.line.dead = True
        self.line.tear()
        time.sleep(self.dice.random())
        self.line.dead = False

    def the_association_speaks(self) -> None:
        code = self.dice.choice(CODES)
        first = 1 + 5 * self.serials[code]
        self.hub.act(acts.lease, code, 1, first, first + 4, today().year)
        self.serials[code] += 1

    def the_bus_comes(self) -> None:
        """Sticks to the association and back, some twice, some cut off on the way."""
        for one in sorted((self.stick / OUT).glob("*.zkb"))[: self.dice.randrange(4)]:
            data = one.read_bytes()
            if self.dice.random() < 0.1:
                data = data[: self.dice.randrange(len(data))]
            try:
                reply = receive(self.hub, data).data
            except AppError as problem:
                self.blows[problem.code] += 1
            else:
                partial = self.stick / BACK / f"{one.stem}-{self.dice.randrange(10)}"
                partial.write_bytes(reply)
                partial.rename(partial.with_suffix(".zkb"))
            if self.dice.random() < 0.8:
                one.unlink()


def blows(world: World) -> list[Callable[[], None]]:
    """What may happen, each as often as it stands here."""
    return [
        *[world.a_centre_is_killed] * 6,
        world.the_hub_is_killed,
        world.one_process_of_the_hub_is_killed,
        world.the_hub_is_told_to_end,
        *[world.the_database_drops_its_connections] * 2,
        *[world.the_line_breaks_at_some_byte] * 20,
        world.the_line_is_dead_for_a_while,
        *[world.the_association_speaks] * 6,
        *[world.the_bus_comes] * 10,
    ]


def begin(folder: Path, url: str) -> dict[str, Centre]:
    """A hub, and three centres that it knows, their stores closed."""
    HubAtWork.found(folder / "hub", url)
    found = {}
    with at_work(folder / "hub", url) as hub:
        for code in CODES:
            found[code] = centre = placed_centre(folder / code, code)
            with centre.store:
                enrol(centre, hub)
    for name in (OUT, BACK):
        (folder / "stick" / name).mkdir(parents=True)
    return found


def strike(world: World, seconds: float) -> None:
    """Let everybody work, and things happen to them."""
    world.start_hub()
    for code in CODES:
        world.start_centre(code)
    end = time.monotonic() + seconds
    possible = blows(world)
    while time.monotonic() < end:
        time.sleep(world.dice.uniform(0, LONGEST_CALM))
        blow = world.dice.choice(possible)
        world.blows[blow.__name__] += 1
        try:
            blow()
        except AppError as problem:
            world.blows[problem.code] += 1
        world.see_to()


def settle(world: World) -> None:
    """Everybody comes to an end by themselves; then the sums."""
    world.line.mend()
    world.until.touch()
    world.see_to()
    world.wait_for_the_hub()
    for code in CODES:
        world.running[code].wait(120)
        assert world.running[code].returncode in (0, -signal.SIGKILL), world._last_words(code)
    for code, closed in world.centres.items():
        centre = reopened(closed, world.folder / code)
        with centre.store:
            for _ in range(ROUNDS):
                if code == BY_STICK:
                    stick = world.folder / "last.zkb"
                    write_bundle(centre.store, stick, may_travel)
                    stick.write_bytes(receive(world.hub, stick.read_bytes()).data)
                    read_bundle(centre.store, stick)
                else:
                    sync(centre.store, world.line.url)
            equal(centre.store, world.hub)
            assert centre.store.verify().problems == []
            assert centre.store.compare()[1] == []
            said = (world.folder / f"{code}.said").read_bytes().split()
            with centre.store.read() as read:
                there = len(applicants(read, centre.batch))
            acknowledged = len(set(said)) + CANDIDATES
            assert there in (acknowledged, acknowledged + 1), (there, acknowledged)
            print(f"{code}: {centre.store.head.seq:,} entries, {there} applications: equal on both sides")


def free_port() -> int:
    """A port that nobody has, below those from which connections go out: these may meet themselves there."""
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="zhikao-long-"))
    port = free_port()
    with cluster() as postgres, cheap_keys(), Line(port) as line:
        url = fresh_database(postgres)
        centres = begin(folder, url)
        with open_hub(folder / "hub", HUB_PASSPHRASE, url) as hub:
            world = World(folder, url, random.Random(given.seed), port, line, centres, hub)
            try:
                strike(world, given.minutes * 60)
                settle(world)
            finally:
                for name in world.running:
                    world.kill(name)
                heard = Counter(
                    word
                    for code in CODES
                    for word in (folder / f"{code}.log").read_text(errors="replace").split()
                    if word.replace(".", "").replace("_", "").isalpha() and ("." in word or word == EXCHANGED)
                )
                for what, times in [*world.blows.most_common(), *heard.most_common(30)]:
                    print(f"  {times:6} {what}")
    shutil.rmtree(folder, ignore_errors=True)
    print("good")


if __name__ == "__main__":
    main()
