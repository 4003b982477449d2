"""A bad line between a centre and the hub: it counts bytes, and is as slow and breaks where it is told to."""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["up", "down"]
_AT_ONCE = 16 << 10


@dataclass
class _Direction:
    """One way of a line, over all its connections."""

    passed: int = 0
    """Bytes that came through."""
    cut_at: int | None = None
    """After so many bytes everything is torn, once."""
    free_at: float = 0.0
    guard: threading.Lock = field(default_factory=threading.Lock)


class Line:
    """A TCP relay to a port of this machine, on threads of its own; close it.

    With a `rate` (bytes a second, each way) and a `delay` (seconds, one way) it takes the time that such a line takes,
    the two hand-shakes of a new connection included.
    """

    def __init__(self, port: int, rate: float | None = None, delay: float = 0.0) -> None:
        self.port = port
        self._rate, self._delay = rate, delay
        self._ways: dict[Way, _Direction] = {"up": _Direction(), "down": _Direction()}
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._reset = False
        self.connections = 0
        self.dead = False
        """While it is, whoever calls is hung up on."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def up(self) -> int:
        """Bytes that went up."""
        return self._ways["up"].passed

    @property
    def down(self) -> int:
        """Bytes that came down."""
        return self._ways["down"].passed

    def cut(self, way: Way, after: int, *, reset: bool = False) -> None:
        """Tear every connection once `after` more bytes have gone this way; with `reset` as a router does."""
        one = self._ways[way]
        with one.guard:
            one.cut_at, self._reset = one.passed + after, reset

    @property
    def whole(self) -> bool:
        """Whether no cut is waiting to happen."""
        return all(one.cut_at is None for one in self._ways.values())

    def mend(self) -> None:
        """Forget a cut that did not happen."""
        for one in self._ways.values():
            with one.guard:
                one.cut_at = None

    def tear(self) -> None:
        """Break every connection now."""
        with self._guard:
            found, self._open = self._open, set()
        for each in found:
            with suppress(OSError):
                if self._reset:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    each.shutdown(socket.SHUT_RD)  # so that who reads from it wakes up; says nothing yet
                    each.close()
                else:
                    each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give everything back."""
        self.dead = True
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._reset = False
        self.tear()
        for each in self._threads:
            each.join(5)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self.dead:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.port), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            for each in (near, far):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._guard:
                self._open.update((near, far))
            self.connections += 1
            ready = time.monotonic() + 2 * self._delay
            for way, source, target in (("up", near, far), ("down", far, near)):
                if self._rate is None:
                    work, args = self._pump, (way, source, target)
                else:
                    work, args = self._slow_pump, (way, source, target, ready)  # type: ignore[assignment]
                thread = threading.Thread(target=work, args=args, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, way: Way, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_AT_ONCE):
                if not self._pass(way, target, data):
                    break
        self._end(source, target)

    def _slow_pump(self, way: Way, source: socket.socket, target: socket.socket, ready: float) -> None:
        """Take bytes as they come, and hand each on when the line would have brought it."""
        assert self._rate is not None
        under_way: queue.Queue[tuple[float, bytes]] = queue.Queue()

        def bring() -> None:
            with suppress(OSError):
                while True:
                    at, data = under_way.get()
                    time.sleep(max(0.0, at - time.monotonic()))
                    if not data or not self._pass(way, target, data):
                        break
            self._end(source, target)

        bringing = threading.Thread(target=bring, daemon=True)
        bringing.start()
        one, at = self._ways[way], time.monotonic()
        with suppress(OSError):
            while data := source.recv(_AT_ONCE):
                with one.guard:
                    one.free_at = max(time.monotonic(), one.free_at, ready if way == "up" else 0.0)
                    one.free_at += len(data) / self._rate
                    at = one.free_at + self._delay
                under_way.put((at, data))
        under_way.put((at, b""))
        bringing.join()

    def _pass(self, way: Way, target: socket.socket, data: bytes) -> bool:
        """Hand bytes on, as many as come before a cut; whether there was none."""
        one = self._ways[way]
        with one.guard:
            left = None if one.cut_at is None else one.cut_at - one.passed
            now = data if left is None or left > len(data) else data[:left]
            is_cut = left is not None and left <= len(data)
            one.passed += len(now)
            if is_cut:
                one.cut_at = None
        if now:
            target.sendall(now)
        if is_cut:
            self.tear()
        return not is_cut

    def _end(self, *both: socket.socket) -> None:
        with self._guard:
            self._open.difference_update(both)
        for each in both:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for each in both:
            with suppress(OSError):
                each.close()
