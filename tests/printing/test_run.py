"""A run of sheets: whatever happens to printer, disk or program, no sheet's state is forgotten or made up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import AppError, EnvironmentFailure
from core.printing.run import Outcome, Report, Run, Sheet
from core.printing.spooler import NotTaken, Trouble
from tests.printing.paper import Killed, Memory, PaperPrinter, run_of, server_error, sheets

ALL = ("1", "2", "3", "4", "5", "6")


def holds(report: Report, printer: PaperPrinter, memory: Memory, count: int = 6) -> None:
    """What must be true however a run ended."""
    lists = (*report.printed, *report.unprinted, *report.doubtful, *report.waiting)
    assert sorted(lists, key=int) == [str(number) for number in range(1, count + 1)], "each sheet is in one list"
    came_out = [pdf.decode() for pdf in printer.paper]
    assert len(set(came_out)) == len(came_out), "no sheet came out twice"
    assert set(report.printed) <= set(came_out), "what counts as printed is on paper"
    assert set(report.unprinted).isdisjoint(came_out) and set(report.waiting).isdisjoint(came_out)
    assert set(came_out) <= set(memory.begun), "nothing came out that was not recorded before"
    ends = {**dict.fromkeys(report.printed, Outcome.PRINTED), **dict.fromkeys(report.unprinted, Outcome.UNPRINTED)}
    assert memory.ends == ends
    assert memory.doubtful == list(report.doubtful)


def test_sheets_come_out_in_order_and_all_count_as_printed() -> None:
    printer, memory, told = PaperPrinter(), Memory(), []
    report = run_of(printer, memory).go(lambda done, total, text: told.append((done, total, text)))
    assert printer.paper == [key.encode() for key in ALL]
    assert report == Report(printed=ALL)
    assert memory.begun == list(ALL) and set(memory.ends.values()) == {Outcome.PRINTED}
    assert told[-1] == (6, 6, "") and "3 / 6" in "".join(text for _, _, text in told)


def test_no_more_than_two_sheets_are_in_the_printer_at_once() -> None:
    printer, memory, most = PaperPrinter(), Memory(), []
    run_of(printer, memory).go(lambda *_: most.append(len(printer.queue)))
    assert max(most) == 2


def test_a_printer_without_paper_is_waited_for_and_goes_on_by_itself() -> None:
    printer, memory, told = PaperPrinter(), Memory(), []
    printer.at_tick = {5: lambda p: setattr(p, "trouble", Trouble.NO_PAPER), 15: lambda p: setattr(p, "trouble", None)}
    report = run_of(printer, memory).go(lambda done, total, text: told.append(text))
    assert report == Report(printed=ALL)
    assert Trouble.NO_PAPER.sentence in told


@pytest.mark.parametrize("trouble", [Trouble.NO_PAPER, Trouble.PAUSED, Trouble.OFFLINE])
def test_a_printer_that_stays_held_up_stops_the_run_and_the_half_printed_sheet_is_doubtful(trouble: Trouble) -> None:
    printer, memory = PaperPrinter(), Memory()
    printer.at_tick = {6: lambda p: setattr(p, "trouble", trouble)}
    report = run_of(printer, memory).go()
    assert (report.printed, report.doubtful, report.unprinted) == (("1", "2"), ("3",), ("4",))
    assert report.waiting == ("5", "6") and trouble.sentence in report.problem.sentence
    holds(report, printer, memory)


def test_a_jam_stops_the_run_at_once_because_the_printer_would_print_that_sheet_again() -> None:
    printer, memory = PaperPrinter(), Memory()
    printer.at_tick = {6: lambda p: setattr(p, "trouble", Trouble.JAM)}
    report = run_of(printer, memory).go()
    assert report.doubtful == ("3",) and printer.ticks < 9
    printer.trouble = None
    for _ in range(9):
        printer.tick()
    assert printer.paper == [b"1", b"2"], "nothing comes out after the jam is cleared"


def test_a_jam_that_the_printer_still_speaks_of_from_before_does_not_stop_a_new_run() -> None:
    printer, memory = PaperPrinter(trouble=Trouble.JAM), Memory()
    printer.at_tick = {3: lambda p: setattr(p, "trouble", None)}
    assert run_of(printer, memory).go() == Report(printed=ALL)


@pytest.mark.parametrize("event", [PaperPrinter.fail_first, PaperPrinter.forget])
def test_a_sheet_that_the_system_gave_up_or_forgot_is_doubtful(event: Callable[[PaperPrinter], None]) -> None:
    printer, memory = PaperPrinter(), Memory()
    printer.at_tick = {6: event}
    report = run_of(printer, memory).go()
    assert report.doubtful[0] == "3" and "5" in report.waiting and report.problem is not None
    holds(report, printer, memory)


def test_a_print_service_that_does_not_come_back_leaves_its_sheets_doubtful_and_names_the_jobs() -> None:
    printer, memory = PaperPrinter(), Memory()
    printer.at_tick = {4: lambda p: setattr(p, "deaf", True)}
    report = run_of(printer, memory).go()
    assert report.doubtful == ("2", "3") and set(report.left_behind) == {"P-2", "P-3"}
    holds(report, printer, memory)


def test_a_print_service_that_comes_back_in_time_loses_nothing() -> None:
    printer, memory = PaperPrinter(), Memory()
    printer.at_tick = {4: lambda p: setattr(p, "deaf", True), 9: lambda p: setattr(p, "deaf", False)}
    assert run_of(printer, memory).go() == Report(printed=ALL)


def test_a_sheet_that_was_certainly_not_taken_may_simply_be_printed_again() -> None:
    printer, memory = PaperPrinter(), Memory()

    def refuse(number: int) -> None:
        if number == 4:
            raise NotTaken("printing.not_accepting", printer="P")

    printer.on_submit = refuse
    report = run_of(printer, memory).go()
    assert (report.printed, report.unprinted, report.waiting) == (("1", "2", "3"), ("4",), ("5", "6"))
    holds(report, printer, memory)


@pytest.mark.parametrize("taken", [True, False])
def test_a_sheet_of_which_nobody_knows_whether_it_was_taken_is_doubtful(taken: bool) -> None:
    printer, memory = PaperPrinter(), Memory()

    def hang(number: int) -> None:
        if number == 3:
            server_error(number)

    setattr(printer, "after_submit" if taken else "on_submit", hang)
    report = run_of(printer, memory).go()
    assert (report.printed, report.doubtful, report.waiting) == (("1", "2"), ("3",), ("4", "5", "6"))
    holds(report, printer, memory)


def test_who_stops_a_run_loses_only_what_had_not_begun() -> None:
    printer, memory = PaperPrinter(), Memory()
    run = run_of(printer, memory)
    printer.at_tick = {6: lambda _: run.stop()}
    report = run.go()
    assert report.problem is None and report.doubtful == ()
    assert (report.printed, report.unprinted, report.waiting) == (("1", "2", "3"), ("4",), ("5", "6"))
    holds(report, printer, memory)


def test_who_stops_at_once_leaves_the_sheet_on_its_way_doubtful() -> None:
    printer, memory = PaperPrinter(), Memory()
    run = run_of(printer, memory)
    printer.at_tick = {5: lambda _: run.stop(at_once=True)}
    report = run.go()
    assert (report.printed, report.doubtful, report.unprinted) == (("1", "2"), ("3",), ("4",))
    holds(report, printer, memory)


@pytest.mark.parametrize(
    ("printer", "code"),
    [
        (PaperPrinter(trouble=Trouble.PAUSED), "printing.paused"),
        (PaperPrinter(accepts=False), "printing.not_accepting"),
    ],
)
def test_a_printer_that_cannot_print_is_refused_before_anything_is_recorded(printer: PaperPrinter, code: str) -> None:
    memory = Memory()
    with pytest.raises(EnvironmentFailure) as refused:
        run_of(printer, memory).go()
    assert refused.value.code == code and memory.begun == []


def test_a_printer_of_another_name_is_refused() -> None:
    from core.printing.spooler import Options

    with pytest.raises(EnvironmentFailure, match="no_such_printer"):
        Run(PaperPrinter(), "Q", Options(), sheets(1), Memory()).go()


def test_a_sheet_that_cannot_be_drawn_stops_the_run_before_it_is_recorded() -> None:
    printer, memory = PaperPrinter(), Memory()

    def broken() -> bytes:
        raise EnvironmentFailure("documents.no_font", folder="x")

    run = run_of(printer, memory, made=[*sheets(3), Sheet("4", broken), Sheet("5", bytes), Sheet("6", bytes)])
    with pytest.raises(EnvironmentFailure):
        run.go()
    assert "4" in run.report.waiting and "4" not in memory.begun
    holds(run.report, printer, memory)


WHERE = ("before", "after")
WHAT = ("started", "settled")


@pytest.mark.parametrize("key", ["1", "3", "6"])
@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("problem", [Killed(), EnvironmentFailure("store.disk_full")])
def test_a_program_that_dies_at_a_record_leaves_no_sheet_whose_state_nobody_knows(
    where: str, what: str, key: str, problem: BaseException
) -> None:
    printer, memory = PaperPrinter(), Memory()

    def die(now: str, at: str) -> None:
        if (now, at) == (what, key):
            raise problem

    setattr(memory, where, die)
    run = run_of(printer, memory)
    with pytest.raises(type(problem)):
        run.go()
    before = list(printer.paper)
    for _ in range(20):
        printer.tick()
    assert printer.paper == before, "nothing comes out behind the back of who was told that it stopped"
    came_out = {pdf.decode() for pdf in printer.paper}
    assert came_out <= set(memory.begun)
    assert {each for each, end in memory.ends.items() if end is Outcome.PRINTED} <= came_out
    assert came_out - set(memory.ends) <= set(memory.doubtful)
    assert set(memory.doubtful) - {key} <= set(run.report.doubtful)


TROUBLES = st.sampled_from([Trouble.NO_PAPER, Trouble.PAUSED, Trouble.JAM, Trouble.OFFLINE, None, None])
EVENTS = st.one_of(
    TROUBLES.map(lambda trouble: lambda printer: setattr(printer, "trouble", trouble)),
    st.just(PaperPrinter.fail_first),
    st.just(PaperPrinter.forget),
    st.booleans().map(lambda deaf: lambda printer: setattr(printer, "deaf", deaf)),
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.integers(1, 40), EVENTS, max_size=8),
    st.none() | st.integers(1, 6),
    st.booleans(),
    st.none() | st.tuples(st.integers(1, 30), st.booleans()),
)
def test_whatever_happens_every_sheet_is_in_one_list_and_the_lists_are_true(
    events: dict[int, Callable[[PaperPrinter], None]],
    hangs: int | None,
    taken: bool,
    stop: tuple[int, bool] | None,
) -> None:
    printer, memory = PaperPrinter(), Memory()
    run = run_of(printer, memory)
    printer.at_tick = dict(events)
    if stop is not None:
        printer.at_tick[stop[0]] = lambda _: run.stop(at_once=stop[1])
    if hangs is not None:
        setattr(printer, "after_submit" if taken else "on_submit", lambda number: number == hangs and server_error(0))
    try:
        run.go()
    except AppError as refused:
        raise AssertionError("a run that has begun ends in a report") from refused
    holds(run.report, printer, memory)
