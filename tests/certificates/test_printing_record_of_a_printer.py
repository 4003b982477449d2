"""The print engine and the journal together: what the tray holds, what is recorded, and what a crash leaves between."""

from __future__ import annotations

import pytest

from core.certificates.blank_commands import receive_blanks
from core.certificates.blanks import balance, next_in_stock
from core.certificates.credential import from_text
from core.certificates.credential import read as read_token
from core.certificates.print_commands import settle_up_to
from core.certificates.print_queue import JournalRecorder, queue_of
from core.certificates.standing import certificates, sheets
from core.documents.scan import pdf_codes
from core.printing.run import Run
from core.printing.spooler import Options, Trouble
from core.store import Id
from tests.certificates.test_printing_record import begin, issued, states
from tests.printing.paper import PATIENCE, Killed, PaperPrinter
from tests.rooms import Centre, refused

__all__ = ["issued"]
pytestmark = pytest.mark.stage("confirmed")


def go(centre: Centre, at: Id, printer: PaperPrinter, numbered: list[str] | None = None) -> None:
    actors = centre.who("C1")
    recorder = JournalRecorder(centre.store, actors, at, numbered or ())
    found = queue_of(centre.store, actors, at)
    own_time = {"patience": PATIENCE, "clock": lambda: float(printer.ticks), "sleep": printer.tick}
    Run(printer, "P", Options(), found, recorder, **own_time).go()  # type: ignore[arg-type]


def in_the_tray(printer: PaperPrinter) -> list[str]:
    texts = [text for pdf in printer.paper for page in pdf_codes(pdf) for text in page]
    return [read_token(from_text(text)).credential.number for text in texts]


def test_what_came_out_is_what_the_journal_says(centre: Centre, issued: list[Id]) -> None:
    centre.act("C1", receive_blanks, "B01", "B09")
    printer, at = PaperPrinter(), begin(centre, issued)
    with refused("certificates.blanks_differ"):
        go(centre, at, printer, ["B01"])
    go(centre, at, printer, centre.ask(next_in_stock, 4))
    assert in_the_tray(printer) == [line.number for line in centre.ask(certificates, centre.batch)]
    assert [sheet.blank for sheet in centre.ask(sheets, at)] == ["B01", "B02", "B03", "B04"]
    assert centre.ask(balance).left == 5 and states(centre) == ["printed"] * 4
    centre.holds()


def test_after_a_jam_the_run_goes_on_where_it_was(centre: Centre, issued: list[Id]) -> None:
    def jam(printer: PaperPrinter) -> None:
        printer.trouble = Trouble.JAM

    printer, at = PaperPrinter(at_tick={6: jam}), begin(centre, issued)
    go(centre, at, printer)
    assert (states(centre), len(printer.paper)) == (["printed", "printed", "doubtful", "waiting"], 2)
    assert centre.act("C1", settle_up_to, at, issued[1]) == (0, 1), "the last good one is the second"
    again = PaperPrinter()
    go(centre, at, again)
    assert states(centre) == ["printed"] * 4
    numbers = in_the_tray(printer) + in_the_tray(again)
    assert sorted(numbers) == sorted(line.number for line in centre.ask(certificates, centre.batch))
    centre.holds()


def test_a_program_that_is_killed_leaves_what_it_had_handed_over_doubtful(centre: Centre, issued: list[Id]) -> None:
    def kill(number: int) -> None:
        if number == 2:
            raise Killed

    printer, at = PaperPrinter(after_submit=kill), begin(centre, issued)
    with pytest.raises(Killed):
        go(centre, at, printer)
    assert states(centre)[1] == "doubtful" and states(centre)[2:] == ["waiting", "waiting"]
    assert centre.act("C1", settle_up_to, at, issued[1])[0] >= 1
    go(centre, at, PaperPrinter())
    assert states(centre) == ["printed"] * 4
    centre.holds()
