"""Files of works and cards: what they are by their suffix, and how large they may be. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import Refused

LARGEST_FILE = 300 << 20
MOST_FILES = 10
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
"""Our own list: what the machine thinks of a suffix differs from one to another."""


@dataclass(frozen=True)
class GivenFile:
    """A file as it is handed over: its content, and its suffix (of its name nothing else is kept)."""

    content: bytes = field(repr=False)
    suffix: str


def media_type(suffix: str) -> str:
    """The media type of a suffix; bytes of no known kind for any other."""
    return MEDIA_TYPES.get(suffix.lower(), "application/octet-stream")


def check_files(files: Sequence[GivenFile]) -> list[GivenFile]:
    """The files with tidy suffixes. None, too many, an empty or too large one, an odd suffix: refused."""
    if not files:
        raise Refused("examday.no_files")
    if len(files) > MOST_FILES:
        raise Refused("examday.files_too_many", most=MOST_FILES)
    tidy = [GivenFile(one.content, one.suffix.lower().removeprefix(".")) for one in files]
    for place, one in enumerate(tidy, start=1):
        if not one.content:
            raise Refused("examday.file_empty", place=place)
        if len(one.content) > LARGEST_FILE:
            raise Refused("examday.file_too_large", place=place, most=LARGEST_FILE >> 20)
        if one.suffix and not _SUFFIX.fullmatch(one.suffix):
            raise Refused("examday.file_suffix", place=place)
    return tidy
