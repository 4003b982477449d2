"""Questions to a print server in the Internet Printing Protocol (RFC 8010, 8011): only reading, only what is needed.

The commands of CUPS do not tell a sheet that was printed from one that was cancelled or given up; its server does.
"""

from __future__ import annotations

import http.client
import itertools
import socket
import struct
from collections.abc import Iterable, Iterator
from typing import Final

GET_JOB, GET_PRINTERS = 0x0009, 0x4002
NOT_FOUND: Final = 0x0406
SECONDS: Final = 10.0
_LARGEST: Final = 8 * 1024 * 1024
_PORT: Final = 631

_OPERATION, _END = 0x01, 0x03
_FIRST_VALUE: Final = 0x10
"""Below it a tag begins a group, from it on a value."""
_INTEGER, _BOOLEAN, _ENUM, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _NAME = 0x21, 0x22, 0x23, 0x44, 0x45, 0x47, 0x48, 0x42
_NO_VALUES: Final = range(0x10, 0x20)
"""Unsupported, unknown, no value yet."""

Value = int | bool | str | None
Attributes = dict[str, list[Value]]

_numbers = itertools.count(1)


class Unanswered(Exception):
    """The server can't be reached or does not speak this protocol."""


def ask(server: str, operation: int, target: str, wanted: Iterable[str], user: str) -> tuple[int, list[Attributes]]:
    """Put one question to `server` (a socket's path or `host:port`): the status, and a dict for each thing found.

    `target` is the URI that is asked about, `wanted` the attributes. `Unanswered` if nothing sensible came back.
    """
    connection = _connection(server)
    try:
        connection.request("POST", "/", _question(operation, target, wanted, user), {"Content-Type": "application/ipp"})
        response = connection.getresponse()
        body = response.read(_LARGEST)
        if response.status != http.client.OK:
            raise Unanswered
        return _answer(body)
    except (OSError, http.client.HTTPException, struct.error, IndexError, UnicodeDecodeError) as problem:
        raise Unanswered from problem
    finally:
        connection.close()


class _Local(http.client.HTTPConnection):
    """HTTP over the socket of this machine's own server."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _connection(server: str) -> http.client.HTTPConnection:
    if server.startswith("/"):
        return _Local(server)
    host, separator, port = server.rpartition(":")
    try:
        return http.client.HTTPConnection(host if separator else server, int(port) if separator else _PORT, SECONDS)
    except (ValueError, http.client.InvalidURL) as problem:
        raise Unanswered from problem


def _question(operation: int, target: str, wanted: Iterable[str], user: str) -> bytes:
    parts = [struct.pack(">BBHIB", 2, 0, operation, next(_numbers), _OPERATION)]
    parts.append(_value(_CHARSET, "attributes-charset", "utf-8"))
    parts.append(_value(_LANGUAGE, "attributes-natural-language", "en"))
    parts.append(_value(_URI, "job-uri" if operation == GET_JOB else "printer-uri", target))
    parts.append(_value(_NAME, "requesting-user-name", user))
    names = itertools.chain(("requested-attributes",), itertools.repeat(""))
    parts += [_value(_KEYWORD, name, attribute) for name, attribute in zip(names, wanted, strict=False)]
    return b"".join([*parts, bytes([_END])])


def _value(tag: int, name: str, text: str) -> bytes:
    value = text.encode()
    return struct.pack(f">BH{len(name)}sH", tag, len(name), name.encode(), len(value)) + value


def _answer(body: bytes) -> tuple[int, list[Attributes]]:
    """The status, and every group behind the operation's own."""
    status = struct.unpack_from(">H", body, 2)[0]
    groups: list[tuple[int, Attributes]] = []
    name = ""
    for group, tag, own_name, value in _values(body):
        if group != len(groups):
            groups.append((tag, {}))
            continue
        name = own_name or name
        groups[-1][1].setdefault(name, []).append(_meaning(tag, value))
    return status, [found for tag, found in groups if tag != _OPERATION]


def _values(body: bytes) -> Iterator[tuple[int, int, str, bytes]]:
    """For each group (its tag, no name) and each value: the group's number, tag, name and bytes."""
    at, group = 8, 0
    while body[at] != _END:
        tag = body[at]
        at += 1
        if tag < _FIRST_VALUE:
            group += 1
            yield group, tag, "", b""
            continue
        size = struct.unpack_from(">H", body, at)[0]
        name = body[at + 2 : at + 2 + size].decode()
        at += 2 + size
        size = struct.unpack_from(">H", body, at)[0]
        value = body[at + 2 : at + 2 + size]
        at += 2 + size
        yield group, tag, name, value


def _meaning(tag: int, value: bytes) -> Value:
    if tag in _NO_VALUES:
        return None
    if tag in (_INTEGER, _ENUM):
        return int.from_bytes(value, "big", signed=True)
    if tag == _BOOLEAN:
        return value != b"\0"
    return value.decode("utf-8", "replace")
