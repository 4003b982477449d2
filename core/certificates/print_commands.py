"""The record of printing: what is to be printed, what went to the printer, what became of it.

A sheet that was handed over and not settled is doubtful, whatever crashed in between: somebody settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from core.certificates import blanks
from core.certificates.commands import checked_reason
from core.certificates.events import PrintHandedOver, PrintSettled, PrintStarted
from core.certificates.standing import DEAD, HANDED_OUT, CertificateLine, State, chosen, run, sheets
from core.certificates.templates import template_id
from core.errors import Refused
from core.people.permission import permitted
from core.people.roles import Role
from core.store import Id, Write

FIRST: Final = "first"
AGAIN: Final = "again"
REISSUE: Final = "reissue"
LONGEST_PRINTER: Final = 100


@permitted(Role.CERTIFICATES)
def start_print(write: Write, batch: Id, certificates: Iterable[Id], printer: str) -> Id:
    """Begin to print certificates that have no sheet yet, in this order; the run's id.

    Refused: one that is doubtful, printed, delivered, voided or revoked, or of another batch.
    """
    found = _of_batch(write, batch, certificates)
    for line in found:
        if line.state is not State.WAITING:
            raise Refused("certificates.printed_already", number=line.number)
    return _start(write, batch, found, FIRST, printer, "")


@permitted(Role.CERTIFICATES, second=True)
def print_again(
    write: Write, batch: Id, certificates: Iterable[Id], printer: str, reason: str, purpose: str = AGAIN
) -> Id:
    """Begin to print certificates once more (two people, reason); the run's id.

    `again`: what came out was wrong, and has not left the house. `reissue`: one was lost or damaged in its owner's
    hands; it keeps its number, and the reissues are counted on paper.
    """
    if purpose not in (AGAIN, REISSUE):
        raise Refused("certificates.bad_purpose", purpose=purpose[:20])
    told = checked_reason(reason)
    found = _of_batch(write, batch, certificates)
    for line in found:
        if purpose == AGAIN and line.state is not State.PRINTED:
            code = "certificates.again_handed_out" if line.state in HANDED_OUT else "certificates.not_printed"
            raise Refused(code, number=line.number)
        if purpose == REISSUE and line.state not in HANDED_OUT:
            raise Refused("certificates.not_handed_out", number=line.number)
    return _start(write, batch, found, purpose, printer, told)


@permitted(Role.CERTIFICATES)
def hand_over(write: Write, run_id: Id, certificates: Sequence[Id]) -> None:
    """Say, before they go to the printer, that these sheets of a run do. From here on they are doubtful.

    Refused: one that is not in the run, that it has settled as printed, that is doubtful, voided or revoked by now.
    """
    found = run(write, run_id)
    states = {sheet.certificate: sheet.state for sheet in sheets(write, run_id)}
    wanted = list(dict.fromkeys(certificates))
    for line in chosen(write, wanted):
        if states.get(line.id) not in ("waiting", "unprinted"):
            raise Refused("certificates.not_in_run", number=line.number)
        _refuse_dead_or_doubtful(line)
        if line.state not in _MAY_GO[found.purpose]:
            # Another run has printed it meanwhile.
            raise Refused("certificates.printed_already", number=line.number)
    if wanted:
        write.record(PrintHandedOver(run_id, wanted), batch=found.batch)


@permitted(Role.CERTIFICATES)
def settle(
    write: Write,
    run_id: Id,
    printed: Sequence[Id],
    unprinted: Sequence[Id] = (),
    numbered: Sequence[str] = (),
    by_hand: bool = False,
) -> None:
    """Say what became of doubtful sheets of a run, as the printer said or, `by_hand`, as somebody saw.

    `numbered` are the serials of the blank stock that the printed ones came out on, in order; none on plain paper.
    Refused: a sheet that is not doubtful in this run, or named twice; serials that don't fit (see `blanks`).
    """
    found = run(write, run_id)
    open_ = {sheet.certificate for sheet in sheets(write, run_id) if sheet.state == "handed"}
    named = [*printed, *unprinted]
    if len(set(named)) != len(named) or not open_.issuperset(named):
        raise Refused("certificates.not_doubtful")
    if numbered and len(numbered) != len(printed):
        raise Refused("certificates.blanks_differ", sheets=len(printed), serials=len(numbered))
    serials = blanks.in_stock(write, numbered)
    if named:
        write.record(PrintSettled(run_id, list(printed), list(unprinted), serials, by_hand), batch=found.batch)


@permitted(Role.CERTIFICATES)
def settle_up_to(write: Write, run_id: Id, last_good: Id | None, numbered: Sequence[str] = ()) -> tuple[int, int]:
    """Settle every doubtful sheet of a run by hand: "the last good one is …", in the order of the run.

    None: not one came out. The answer is how many are now printed and unprinted. A certificate that the run does not
    have is refused.
    """
    order = sheets(write, run_id)
    places = {sheet.certificate: sheet.place for sheet in order}
    if last_good is not None and last_good not in places:
        raise Refused("certificates.not_in_run", number=str(last_good))
    last = places[last_good] if last_good is not None else 0
    doubtful = [sheet for sheet in order if sheet.state == "handed"]
    printed = [sheet.certificate for sheet in doubtful if sheet.place <= last]
    unprinted = [sheet.certificate for sheet in doubtful if sheet.place > last]
    settle(write, run_id, printed, unprinted, numbered, by_hand=True)
    return len(printed), len(unprinted)


_MAY_GO: Final = {FIRST: (State.WAITING,), AGAIN: (State.PRINTED,), REISSUE: (*HANDED_OUT, State.PRINTED)}
"""How a certificate may stand when it goes to the printer, by what it is printed for."""


def _of_batch(write: Write, batch: Id, certificates: Iterable[Id]) -> list[CertificateLine]:
    found = chosen(write, certificates)
    if not found:
        raise Refused("certificates.none_chosen")
    for line in found:
        if line.batch != batch:
            raise Refused("certificates.other_batch", number=line.number)
        _refuse_dead_or_doubtful(line)
    return found


def _refuse_dead_or_doubtful(line: CertificateLine) -> None:
    if line.state in DEAD:
        raise Refused("certificates.dead", number=line.number)
    if line.state is State.DOUBTFUL:
        raise Refused("certificates.doubtful", number=line.number)


def _start(write: Write, batch: Id, found: Sequence[CertificateLine], purpose: str, printer: str, reason: str) -> Id:
    write.dated()
    event = PrintStarted(batch, [line.id for line in found], purpose, printer[:LONGEST_PRINTER], template_id(write))
    return write.record(event, PrintStarted.Part(reason), batch=batch)
