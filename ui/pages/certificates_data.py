"""What the certificates page shows, read in one snapshot; how a certificate is found by what was typed or scanned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.certificates.blanks import balance
from core.certificates.commands import issue_certificates
from core.certificates.credential import from_text
from core.certificates.needs import Lack, awaited, usable, what_is_missing
from core.certificates.standing import DEAD, HANDED_OUT, CertificateLine, RunLine, State, certificates, runs, sheets
from core.certificates.templates import template_of
from core.clock import today
from core.errors import AppError, Refused
from core.printing.spooler import Printer
from core.results.queries import confirmation
from core.scoring.readers import check_sees_results
from core.words import say
from ui.context import Context
from ui.models.paged import Tone
from ui.pages.verify_judge import typed

FILTERS = ("all", "waiting", "doubtful", "printed", "handed_out", "dead")
TONES: dict[State, Tone] = {
    State.WAITING: "accent",
    State.DOUBTFUL: "attention",
    State.PRINTED: "plain",
    State.COLLECTED: "good",
    State.PROXY: "good",
    State.VOIDED: "muted",
    State.REVOKED: "danger",
}
LEAST_OF_NUMBER = 4
"""So many last figures of a number name a certificate."""


@dataclass(frozen=True)
class Doubt:
    """A print run of which nobody knows all: the sheets in doubt, in the order in which they were to come out."""

    run: RunLine
    sheets: tuple[CertificateLine, ...]


@dataclass(frozen=True)
class Board:
    """How a batch stands with its certificates. `leased`: numbers that this machine has left this year."""

    lacks: tuple[Lack, ...]
    confirmed: bool
    awaited: int
    lines: tuple[CertificateLine, ...]
    doubts: tuple[Doubt, ...]
    leased: int
    blanks: int
    paper: tuple[float, float]

    def count(self, filter_: str) -> int:
        """How many certificates belong to a filter."""
        return sum(belongs(line, filter_) for line in self.lines)

    @property
    def alive(self) -> int:
        """Certificates that count."""
        return sum(line.alive for line in self.lines)


def board(read: Any, batch: int) -> Board:
    """How a batch stands; for who may see results."""
    check_sees_results(read)
    lines = certificates(read, batch)
    by_id = {line.id: line for line in lines}
    doubts = []
    for run in runs(read, batch):
        if run.doubtful:
            handed = [one.certificate for one in sheets(read, run.id) if one.state == "handed"]
            doubts.append(Doubt(run, tuple(by_id[id] for id in handed if id in by_id)))
    paper = template_of(read).paper
    return Board(
        lacks=tuple(what_is_missing(read, batch)),
        confirmed=confirmation(read, batch) is not None,
        awaited=len(awaited(read, batch)),
        lines=tuple(lines),
        doubts=tuple(doubts),
        leased=sum(one.left for one in usable(read, today().year)),
        blanks=balance(read).left,
        paper=(paper.width, paper.height),
    )


def issue(context: Context, actors: Any, batch: int) -> Any:
    """Issue what is to be issued, with this machine's key; what was written."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(context.store.secret("issuer"))  # type: ignore[attr-defined]
    return context.store.write(actors, issue_certificates, batch, key)


def belongs(line: CertificateLine, filter_: str) -> bool:
    """Whether a certificate is shown under a filter."""
    if filter_ == "all":
        return True
    states = {"handed_out": HANDED_OUT, "dead": DEAD}.get(filter_) or (State(filter_),)
    return line.state in states


def matching(lines: Iterable[CertificateLine], text: str) -> list[CertificateLine]:
    """The certificates whose name, candidate number or certificate number holds what was typed."""
    wanted = text.strip()
    if not wanted:
        return list(lines)
    bare = "".join(typed(wanted).split())
    return [line for line in lines if wanted in line.name or bare in line.candidate_number or bare in line.number]


def named(lines: Sequence[CertificateLine], text: str) -> CertificateLine | None:
    """The one certificate that was meant: by its whole code, its number or the end of it, a candidate's number or name.

    None where several or none fit. A code that is not the one that was signed for its number: refused.
    """
    bare = "".join(typed(text).split())
    if not bare:
        return None
    try:
        token = from_text(bare)
    except AppError:
        token = None
    if token is not None and len(bare) > max((len(line.number) for line in lines), default=0):
        return _signed(lines, token)
    for fits in (
        [line for line in lines if bare in (line.number, line.candidate_number) or text.strip() == line.name],
        [line for line in lines if len(bare) >= LEAST_OF_NUMBER and line.number.endswith(bare)],
    ):
        alive = [line for line in fits if line.alive] or fits
        if len(alive) == 1:
            return alive[0]
    return None


def _signed(lines: Sequence[CertificateLine], token: bytes) -> CertificateLine | None:
    found = next((line for line in lines if line.token == token), None)
    if found is None:
        raise Refused("certs.scan.foreign")
    return found


def positions(text: str, total: int) -> list[int]:
    """The places (from 0) that ranges like `1-30, 45` name, each once and in order; nothing means all."""
    plain = text.replace("，", ",").replace("、", ",").replace("－", "-").replace("—", "-").replace("–", "-").strip()
    if not plain:
        return list(range(total))
    found: set[int] = set()
    for piece in plain.split(","):
        first, dash, last = (part.strip() for part in piece.partition("-"))
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal()) or not 1 <= int(first) <= int(last) <= total:
            raise Refused("certs.bad_range", given=piece.strip()[:20], total=total)
        found.update(range(int(first) - 1, int(last)))
    return sorted(found)


def state_text(line: CertificateLine, live: frozenset[int] = frozenset()) -> str:
    """A certificate's state in words; doubtful sheets of a run that goes on (`live`) are being printed."""
    if line.state is State.DOUBTFUL and line.run in live:
        return say("certs.state.printing")
    return say(f"certificate_state.{line.state}")


def note_text(line: CertificateLine) -> str:
    """What else is to be known of a certificate."""
    notes = []
    if line.doubled:
        notes.append(say("certs.note.doubled"))
    if line.asked and line.state is not State.REVOKED:
        notes.append(say("certs.note.asked"))
    if line.name_differs and line.alive:
        notes.append(say("certs.note.differs"))
    if line.reissues:
        notes.append(say("certs.reissued", count=line.reissues))
    if line.receiver:
        notes.append(say("certs.note.receiver", who=line.receiver))
    return say("exam.join").join(notes)


def printer_text(printer: Printer) -> str:
    """A printer as the choice names it, with what is wrong with it."""
    return f"{printer.shown}（{printer.trouble.sentence.rstrip('。.')}）" if printer.trouble else printer.shown
