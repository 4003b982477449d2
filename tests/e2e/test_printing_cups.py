"""Certificates through a real print queue: printed, read back, stopped in the middle, settled, and gone on with."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates.credential import Credential, sign, to_text
from core.certificates.verification import Status, own_issuer, verify_text
from core.documents.code import draw
from core.documents.layout import document
from core.documents.scan import pdf_codes
from core.errors import EnvironmentFailure
from core.printing.cups import Cups as Spooler
from core.printing.run import Outcome, Report, Run, Sheet
from core.printing.spooler import NotTaken, Options, State, Trouble
from tests.printing.paper import Memory
from tests.printing.private_cups import COMMANDS, PRINTER, Cups, found, private_cups, wait_until

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ISSUER = own_issuer("999999", "测试考点", KEY.public_key().public_bytes_raw(), date(2026, 1, 1))

pytestmark = pytest.mark.skipif(
    any(found(command) is None for command in COMMANDS), reason="no CUPS here; installers/test.sh installs it"
)


def code(number: int) -> str:
    """The signed code of one sheet."""
    who = Credential(f"N{1000 + number}", "测试一", b"\x01" * 6, "t-caftv-rural-2026", "junior", date(2026, 11, 21))
    return to_text(sign(who, KEY), "zhikao.example")


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    """Twelve sheets, each with its code on it."""
    folder = tmp_path_factory.mktemp("sheets")
    for number in range(1, 13):
        with document(folder / str(number), "测试") as pen:
            draw(pen, code(number), 30, 30, 33)
            pen.next_sheet()
    return [Sheet(str(number), (folder / str(number)).read_bytes) for number in range(1, 13)]


@pytest.fixture
def cups(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    with private_cups() as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        yield server


def numbers_on(cups: Cups) -> list[str]:
    """What came out, in order: each sheet's number as its signed code says."""
    found = []
    for data in cups.printed:
        ((text,),) = pdf_codes(data)
        verdict = verify_text(text, [ISSUER])
        assert verdict.status is Status.PROVISIONAL and verdict.fields is not None
        found.append(str(int(verdict.fields.number[1:]) - 1000))
    return found


@dataclass
class Background:
    """A run on a thread of its own, as the window has it."""

    run: Run
    report: Report | None = None
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._go)
        self._thread.start()

    def _go(self) -> None:
        self.report = self.run.go(lambda done, total, text: self.told.append(text))

    def wait(self) -> Report:
        self._thread.join(20)
        assert self.report is not None
        return self.report


def new_run(sheets: list[Sheet], memory: Memory, patience: float = 20) -> Run:
    return Run(Spooler(), PRINTER, Options(), sheets, memory, patience=patience)


def test_twelve_sheets_come_out_in_order_and_their_codes_hold(cups: Cups, sheets: list[Sheet]) -> None:
    memory = Memory()
    report = new_run(sheets, memory).go()
    assert report == Report(printed=tuple(str(number) for number in range(1, 13)))
    assert numbers_on(cups) == list(report.printed) and memory.doubtful == []
    assert all("media=A4" in options and "print-scaling=none" in options for options in cups.options)
    assert all(options.startswith("zhikao|1|") for options in cups.options), "nobody's name is in the queue"


def test_a_queue_that_is_switched_off_in_the_middle_is_settled_and_gone_on_with(
    cups: Cups, sheets: list[Sheet]
) -> None:
    memory = Memory()
    cups.say("slow")
    under_way = Background(new_run(sheets, memory, patience=0.5))
    wait_until(lambda: len(memory.ends) >= 3)
    cups.run("cupsdisable", PRINTER)
    report = under_way.wait()
    assert report.problem is not None and Trouble.PAUSED.sentence in report.problem.sentence
    assert report.left_behind == () and len(memory.begun) < 12
    assert tuple(memory.doubtful) == report.doubtful
    cups.run("cupsenable", PRINTER)
    cups.say("slow", holds=False)

    # The administrator looks into the tray and says which was the last good one.
    came_out = numbers_on(cups)
    assert came_out == [str(number) for number in range(1, len(came_out) + 1)], "nothing came out by itself afterwards"
    for key in report.doubtful:
        memory.settled(key, Outcome.PRINTED if key in came_out else Outcome.UNPRINTED)
    rest = [sheet for sheet in sheets if memory.ends.get(sheet.key) is not Outcome.PRINTED]
    for sheet in rest:
        memory.ends.pop(sheet.key, None)
    assert new_run(rest, memory).go().problem is None
    assert numbers_on(cups) == [str(number) for number in range(1, 13)], "every sheet exactly once"


def test_a_print_service_that_is_killed_leaves_doubtful_what_it_had(cups: Cups, sheets: list[Sheet]) -> None:
    memory = Memory()
    cups.say("slow")
    under_way = Background(new_run(sheets, memory, patience=0.5))
    wait_until(lambda: len(memory.ends) >= 2)
    cups.kill()
    report = under_way.wait()
    assert report.problem is not None and report.doubtful and tuple(memory.doubtful) == report.doubtful
    # What its printer had begun may still come out: it is in no list that says otherwise.
    assert set(numbers_on(cups)) <= {*report.printed, *report.doubtful}
    with pytest.raises(EnvironmentFailure) as refused:
        new_run(sheets[-1:], Memory()).go()
    assert refused.value.code == "printing.unreachable"


def test_a_printer_without_paper_says_so_and_goes_on_when_some_is_put_in(cups: Cups, sheets: list[Sheet]) -> None:
    memory = Memory()
    cups.say("no-paper")
    under_way = Background(new_run(sheets[:3], memory))
    wait_until(lambda: Trouble.NO_PAPER.sentence in under_way.told)
    cups.say("no-paper", holds=False)
    assert under_way.wait() == Report(printed=("1", "2", "3"))


def test_a_jam_stops_the_run_and_the_sheet_does_not_come_out_later(cups: Cups, sheets: list[Sheet]) -> None:
    memory = Memory()
    cups.say("jam")
    report = new_run(sheets[:4], memory).go()
    assert (report.printed, report.doubtful, report.unprinted) == ((), ("1",), ("2",))
    cups.say("jam", holds=False)
    wait_until(lambda: "now printing" not in cups.run("lpstat", "-p"))
    assert cups.printed == []


def test_a_sheet_that_the_print_system_gives_up_is_doubtful(cups: Cups, sheets: list[Sheet]) -> None:
    cups.say("fails")
    report = new_run(sheets[:1], Memory()).go()
    assert report.doubtful == ("1",) and Trouble.ABORTED.sentence in report.problem.sentence


def test_a_job_that_was_taken_back_before_it_began_is_known_not_to_be_on_paper(cups: Cups) -> None:
    spooler = Spooler()
    cups.say("no-paper")
    first, second = (spooler.submit(PRINTER, b"%PDF", Options()) for _ in range(2))
    wait_until(lambda: spooler.state(first).trouble is Trouble.NO_PAPER)
    assert spooler.cancel(second) and spooler.cancel(first)
    wait_until(lambda: spooler.state(first).state is State.FAILED)
    assert spooler.state(first).began and not spooler.state(second).began
    assert spooler.state(f"{PRINTER}-999").trouble is Trouble.GONE


def test_the_printers_of_the_machine_are_told_with_what_ails_them(cups: Cups) -> None:
    spooler = Spooler()
    assert [(each.name, each.accepts, each.trouble) for each in spooler.printers()] == [(PRINTER, True, None)]
    cups.run("cupsdisable", PRINTER)
    assert spooler.printers()[0].trouble is Trouble.PAUSED
    cups.run("lpadmin", "-d", PRINTER)
    assert spooler.printers()[0].default
    cups.run("cupsreject", PRINTER)
    with pytest.raises(NotTaken, match="not_accepting"):
        spooler.submit(PRINTER, b"%PDF", Options())
    with pytest.raises(NotTaken, match="no_such_printer"):
        spooler.submit("Nowhere", b"%PDF", Options())
    cups.run("lpadmin", "-x", PRINTER)
    assert spooler.printers() == []


def test_tray_custom_paper_and_copies_reach_the_printer(cups: Cups) -> None:
    Spooler().submit(PRINTER, b"%PDF", Options(copies=2, paper=(210, 148.5), tray="Manual"))
    wait_until(lambda: len(cups.options) == 1)
    (told,) = cups.options
    assert "media=Custom.210x148.5mm" in told and "InputSlot=Manual" in told and told.startswith("zhikao|2|")


def test_a_machine_without_print_commands_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not Spooler.is_here()
    with pytest.raises(NotTaken) as refused:
        Spooler().printers()
    assert "cups-client" in refused.value.sentence


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "lp"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("core.printing.cups.CALL_SECONDS", 0.3)
    with pytest.raises(EnvironmentFailure) as refused:
        Spooler().submit(PRINTER, b"%PDF", Options())
    assert refused.value.code == "printing.no_answer" and not isinstance(refused.value, NotTaken)
