"""What a disk may hold after the power went: the true writes of a program, recorded, and cut anywhere.

What was not flushed may be there, be missing, or be torn between two sectors, each file for itself; names that were
not flushed with their folder may be missing from some moment on. This is stricter than any file system of today.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.paths import PROGRAM

SECTOR = 512
"""Bytes that a disk writes whole."""
CALLS = (
    "openat,creat,lseek,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2,"
    # These the disk of here does not know: a program that begins to use one must not slip through.
    "pwritev,pwritev2,writev,fallocate,copy_file_range,sendfile,link,linkat,symlink,truncate,io_uring_enter"
)
_LINE = re.compile(r"^\d+\s+(\w+)\((.*)\)\s*= (\d+)")
_UNFINISHED, _RESUMED = " <unfinished ...>", re.compile(r"^(\d+)\s+<\.\.\. \w+ resumed>(.*)$")


@dataclass(frozen=True)
class Call:
    """One call of the system that did something."""

    name: str
    args: tuple[bytes, ...]
    answer: int


def record(arguments: Sequence[str], trace: Path) -> list[Call]:
    """Run a module of ours to its end and say all that it did to files."""
    told = ["strace", "-f", "-xx", "-s", str(1 << 24), "-e", f"trace={CALLS}", "-o", str(trace)]
    subprocess.run([*told, sys.executable, "-m", *arguments], cwd=PROGRAM, check=True, timeout=240)
    return list(_calls(trace))


def _calls(trace: Path) -> Iterator[Call]:
    begun: dict[str, str] = {}
    with trace.open() as lines:
        for line in lines:
            text = line.rstrip("\n")
            if text.endswith(_UNFINISHED):
                begun[text.split(" ", 1)[0]] = text.removesuffix(_UNFINISHED)
                continue
            if resumed := _RESUMED.match(text):
                text = begun.pop(resumed[1]) + resumed[2]
            if found := _LINE.match(text):
                yield Call(found[1], tuple(_value(one) for one in found[2].split(", ")), int(found[3]))


def _value(text: str) -> bytes:
    if not text.startswith('"'):
        return text.encode()
    assert text.endswith('"'), "a call was recorded in part"
    return bytes.fromhex(text[1:-1].replace("\\x", ""))


@dataclass
class _File:
    """What is safe, and what was written since the last flush: (offset, bytes), or (length, None) for a cut."""

    safe: bytes = b""
    loose: list[tuple[int, bytes | None]] = field(default_factory=list)

    def flush(self) -> None:
        self.safe, self.loose = _with(self.safe, self.loose), []

    def after_a_cut(self, dice: random.Random) -> bytes:
        match dice.randrange(4):
            case 0:
                kept = []
            case 1:
                kept = [one for one in self.loose if dice.random() < 0.5]
            case 2:
                kept = self.loose[: dice.randrange(len(self.loose) + 1)]
            case _:
                kept = [one for some in self.loose for one in _torn(some, dice)]
        return _with(self.safe, kept)


def _with(content: bytes, writes: Sequence[tuple[int, bytes | None]]) -> bytes:
    if not writes:
        return content
    made = bytearray(content)
    for offset, data in writes:
        size = offset + len(data or b"")
        made.extend(bytes(max(size - len(made), 0)))
        if data is None:
            del made[offset:]
        else:
            made[offset:size] = data
    return bytes(made)


def _torn(write: tuple[int, bytes | None], dice: random.Random) -> Iterator[tuple[int, bytes | None]]:
    """Some sectors of it."""
    offset, data = write
    if data is None:
        yield write
        return
    at = 0
    while at < len(data):
        end = min((offset + at) // SECTOR * SECTOR + SECTOR - offset, len(data))
        if dice.random() < 0.5:
            yield offset + at, data[at:end]
        at = end


class Disk:
    """The folder `root` as a disk holds it, while `calls` happen to it."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._names = {str(one): _File(one.read_bytes()) for one in root.rglob("*") if one.is_file()}
        self._safe = dict(self._names)
        self._renamed: list[tuple[str, dict[str, _File | None]]] = []
        """Since their folder was flushed: the folder, and what each name stands for now."""
        self._open: dict[int, tuple[str, _File | None, int]] = {}
        """By handle: path, file (None: a folder, or elsewhere) and where the next plain write goes."""

    def do(self, call: Call) -> None:
        """Let one call happen."""
        args = call.args
        match call.name:
            case "openat" | "creat":
                self._opens(call)
            case "write" | "pwrite64":
                path, file, at = self._of(args[0])
                if file is not None:
                    offset = at if call.name == "write" else int(args[3])
                    file.loose.append((offset, args[1][: call.answer]))
                    if call.name == "write":
                        self._open[int(args[0])] = (path, file, at + call.answer)
            case "lseek":
                path, file, _ = self._of(args[0])
                self._open[int(args[0])] = (path, file, call.answer)
            case "ftruncate":
                if (file := self._of(args[0])[1]) is not None:
                    file.loose.append((int(args[1]), None))
            case "fsync" | "fdatasync":
                path, file, _ = self._of(args[0])
                if file is not None:
                    file.flush()
                self._flush_names(path)
            case "unlink":
                self._rename(args[0], None)
            case "unlinkat":
                self._rename(args[1], None)
            case "rename":
                self._rename(args[0], args[1])
            case "renameat" | "renameat2":
                self._rename(args[1], args[3])
            case _:
                raise AssertionError(f"the disk does not know {call.name}")

    def cut(self, dice: random.Random, folder: Path) -> None:
        """Write into `folder` what may be left if the power goes now."""
        names: dict[str, _File | None] = dict(self._safe)
        for _, changed in self._renamed[: dice.randrange(len(self._renamed) + 1)]:
            names |= changed
        for path, file in names.items():
            if file is not None:
                target = folder / Path(path).relative_to(self._root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.after_a_cut(dice))

    def _of(self, handle: bytes) -> tuple[str, _File | None, int]:
        return self._open.get(int(handle), ("", None, 0))

    def _ours(self, path: str) -> bool:
        return path.startswith(self._root + "/") and not path.endswith("-shm")

    def _opens(self, call: Call) -> None:
        path, flags = call.args[1].decode(), call.args[2].decode()
        file = self._names.get(path)
        if self._ours(path) and "O_CREAT" in flags and file is None:
            file = _File()
            self._names[path] = file
            self._renamed.append((str(Path(path).parent), {path: file}))
        elif file is not None and "O_TRUNC" in flags:
            file.loose.append((0, None))
        at = len(_with(file.safe, file.loose)) if file is not None and "O_APPEND" in flags else 0
        self._open[call.answer] = (path, file, at)

    def _flush_names(self, folder: str) -> None:
        for one, changed in self._renamed:
            if one == folder:
                for path, file in changed.items():
                    if file is None:
                        self._safe.pop(path, None)
                    else:
                        self._safe[path] = file
        self._renamed = [one for one in self._renamed if one[0] != folder]

    def _rename(self, old: bytes, new: bytes | None) -> None:
        path = old.decode()
        file = self._names.pop(path, None)
        if file is None:
            return
        changed: dict[str, _File | None] = {path: None}
        if new is not None:
            assert Path(new.decode()).parent == Path(path).parent, "renamed into another folder"
            self._names[new.decode()] = changed[new.decode()] = file
        self._renamed.append((str(Path(path).parent), changed))
