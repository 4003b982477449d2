"""What a code says, whichever way it came in: typed by a scanner, in a file, before a camera. On workers only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage

from core.certificates.lists import Trust, trust_of_home
from core.certificates.verification import Status, Verdict, all_of_ours, verify_text
from core.documents.scan_pages import LARGEST_PDF, too_big
from core.errors import EnvironmentFailure
from core.words import say

WORST_FIRST: Final = (
    Status.ALTERED,
    Status.REVOKED,
    Status.UNKNOWN_ISSUER,
    Status.NOT_A_CERTIFICATE,
    Status.PROVISIONAL,
    Status.VALID,
)
LARGEST_TEXT: Final = 4_000
LONGEST_SIDE: Final = 4_000
"""Pixels of a pasted picture; a larger one is made smaller first."""
_DIGITS_AT_END = re.compile(r"[0-9]{60,1200}$")
"""The digits of the shortest credential are more than these."""
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Judged:
    """The worst verdict of what was handed in, and how many codes of ours there were.

    `association` is the name behind signed lists of issuers. `text` is the judged code.
    """

    verdict: Verdict
    codes: int
    association: str | None = None
    text: str = ""


def typed(text: str) -> str:
    """What a scanner meant by what arrived: an input method's wide digits, spaces and mangled address aside.

    The signature lies in the digits at the end; whatever the keyboard made of the address before them says nothing.
    """
    plain = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one)[0] not in "ZC")
    digits = _DIGITS_AT_END.search(plain)
    return digits[0] if digits else plain[:LARGEST_TEXT]


def is_whole(text: str) -> bool:
    """Whether this may be a whole code, so that it can be judged though no Enter has followed."""
    return _DIGITS_AT_END.search(typed(text)) is not None


def judge_text(text: str, home: Path, progress: Progress) -> Judged:
    """Judge what was typed, scanned or pasted."""
    return _judge([typed(text)], home)


def judge_file(path: Path, home: Path, progress: Progress) -> Judged:
    """Judge every code of ours in a picture or a PDF; each page of it reports."""
    from core.documents import scan

    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_PDF + 1)
    except OSError as problem:
        raise EnvironmentFailure("exam.verify.unreadable", file=path.name, problem=problem.strerror or "") from None
    if len(data) > LARGEST_PDF:
        raise too_big()
    if data[:5] != b"%PDF-" and path.suffix.lower() != ".pdf":
        return _judge(all_of_ours(scan.picture_codes(data)), home)
    pages = scan.pdf_codes(data, lambda page, count: progress(page, count, say("verify.page", page=page, pages=count)))
    return _judge([text for codes in pages for text in all_of_ours(codes)], home)


def judge_picture(image: QImage, home: Path, progress: Progress) -> Judged:
    """Judge a pasted picture."""
    return _judge(_codes_in(image), home)


def judge_frame(image: QImage, known: str, home: Path) -> Judged | None:
    """Judge what stands before a camera; None if there is no code of ours in the frame, or the one `known` already."""
    texts = _codes_in(image)
    if not texts or texts == [known]:
        return None
    found = _judge(texts, home)
    return None if found.text == known else found


def _codes_in(image: QImage) -> list[str]:
    from core.documents import scan

    if max(image.width(), image.height()) > LONGEST_SIDE:
        kept = Qt.AspectRatioMode.KeepAspectRatio
        image = image.scaled(LONGEST_SIDE, LONGEST_SIDE, kept, Qt.TransformationMode.SmoothTransformation)
    if image.hasAlphaChannel():
        white = QImage(image.size(), QImage.Format.Format_RGB32)
        white.fill(Qt.GlobalColor.white)
        from PySide6.QtGui import QPainter

        painter = QPainter(white)
        painter.drawImage(0, 0, image)
        painter.end()
        image = white
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_Grayscale8).save(out, "BMP")
    return all_of_ours(scan.picture_codes(bytes(out.data().data())))


def _judge(texts: Sequence[str], home: Path) -> Judged:
    """The worst verdict decides. Lists that somebody changed refuse: nothing can be judged by them."""
    trust, now = trust_of_home(home), datetime.now(UTC)
    verdicts = [(_verdict(text, trust, now), text) for text in texts or [""]]
    verdict, text = min(verdicts, key=lambda one: WORST_FIRST.index(one[0].status))
    return Judged(verdict, len(texts), trust.lists.association if trust.lists else None, text)


def _verdict(text: str, trust: Trust, now: datetime) -> Verdict:
    stale = trust.issuers_stale(now)
    return verify_text(text, trust.issuers, trust.revocations, now=now, issuers_stale=stale)
