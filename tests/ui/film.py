"""A small real film with sound: an AVI of JPEG pictures and plain samples, written here byte by byte."""

from __future__ import annotations

import array
import math
import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

WIDTH, HEIGHT, RATE, SAMPLES = 160, 90, 10, 8000
TONE = 440


def shade(second: int) -> QColor:
    """The colour of a second of the film: one can tell from the picture where it stands."""
    return QColor.fromHsv(second * 36 % 360, 255, 230)


def make_film(path: Path, seconds: int = 8) -> Path:
    """Write the film: each second another colour, a tone throughout."""
    per_frame = SAMPLES // RATE
    chunks, index, offset = [], [], 4
    for frame in range(seconds * RATE):
        for name, data, flags in (
            (b"00dc", _picture(shade(frame // RATE)), 0x10),
            (b"01wb", _sound(frame * per_frame, per_frame), 0x10),
        ):
            index.append(struct.pack("<4sIII", name, flags, offset, len(data)))
            chunks.append(_chunk(name, data))
            offset += len(chunks[-1])
    movie = b"movi" + b"".join(chunks)
    body = b"AVI " + _list(_header(seconds * RATE)) + _list(movie) + _chunk(b"idx1", b"".join(index))
    path.write_bytes(_chunk(b"RIFF", body))
    return path


def _header(frames: int) -> bytes:
    main = struct.pack("<14I", 1_000_000 // RATE, 0, 0, 0x110, frames, 0, 2, 0, WIDTH, HEIGHT, 0, 0, 0, 0)
    video = struct.pack(
        "<4s4sIHHIIIIIIIIHHHH", b"vids", b"MJPG", 0, 0, 0, 0, 1, RATE, 0, frames, 0, 0, 0, 0, 0, WIDTH, HEIGHT
    )
    bitmap = struct.pack("<IiiHH4sIiiII", 40, WIDTH, HEIGHT, 1, 24, b"MJPG", WIDTH * HEIGHT * 3, 0, 0, 0, 0)
    sounds = frames * (SAMPLES // RATE)
    audio = struct.pack("<4sIIHHIIIIIIIIHHHH", b"auds", 0, 0, 0, 0, 0, 1, SAMPLES, 0, sounds, 0, 0, 2, 0, 0, 0, 0)
    wave = struct.pack("<HHIIHH", 1, 1, SAMPLES, SAMPLES * 2, 2, 16)
    return (
        b"hdrl"
        + _chunk(b"avih", main)
        + _list(b"strl" + _chunk(b"strh", video) + _chunk(b"strf", bitmap))
        + _list(b"strl" + _chunk(b"strh", audio) + _chunk(b"strf", wave))
    )


def _picture(colour: QColor) -> bytes:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(colour)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 90)
    return bytes(buffer.data().data())


def _sound(start: int, count: int) -> bytes:
    return array.array(
        "h", (round(9000 * math.sin(2 * math.pi * TONE * at / SAMPLES)) for at in range(start, start + count))
    ).tobytes()


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(data: bytes) -> bytes:
    return _chunk(b"LIST", data)
