"""Numbered paper: every sheet that came in is in the cupboard, used once, or spoiled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.certificates import blank_commands as stock
from core.certificates import print_commands as printing
from core.certificates.blanks import balance, next_in_stock
from core.certificates.serials import join_serial, read_serial, split_serial
from core.certificates.standing import certificates, sheets
from tests.certificates.test_issuing_files import command
from tests.certificates.test_printing_record import begin, hand, issued
from tests.rooms import Centre, refused

__all__ = ["issued"]


def receive(centre: Centre, first: str, last: str) -> int:
    return int(centre.act("C1", stock.receive_blanks, first, last))


@given(st.from_regex(r"\A[A-Z-]{0,6}[0-9]{1,12}\Z"))
def test_a_serial_is_its_letters_and_its_figures(serial: str) -> None:
    assert join_serial(*split_serial(read_serial(serial))) == serial


def test_serials_are_understood_as_people_type_them() -> None:
    assert read_serial(" ab－００ 12 ") == "AB-0012"
    for wrong in ("", "AB", "12A", "编号12", "A" * 60 + "1", "1;DROP"):
        with refused("certificates.blank_bad_serial"):
            read_serial(wrong)


def test_paper_comes_in_as_a_range_and_only_once(centre: Centre) -> None:
    assert receive(centre, "A000098", "a000103") == 6
    for first, last in (("A000103", "A000110"), ("A000090", "A000098"), ("A000100", "A000100")):
        with refused("certificates.blank_received_already"):
            receive(centre, first, last)
    assert receive(centre, "A000104", "A000104") == 1
    assert receive(centre, "A98", "A99") == 2, "other figures, other paper"
    for first, last in (("A000001", "B000002"), ("A01", "A100"), ("A000009", "A000001")):
        with refused("certificates.blank_bad_range"):
            receive(centre, first, last)
    with refused("certificates.blank_too_many"):
        receive(centre, "Z000000", "Z999999")
    found = centre.ask(balance)
    assert (found.received, found.left) == (9, 9)
    assert (found.ranges[0].first, found.ranges[0].last) == ("A000098", "A000103")
    centre.holds()


@pytest.mark.stage("confirmed")
def test_a_sheet_of_stock_is_used_once(centre: Centre, issued: list[int]) -> None:
    receive(centre, "B001", "B009")
    assert centre.ask(next_in_stock, 2) == ["B001", "B002"]
    at = begin(centre, issued)
    hand(centre, at, *issued)
    for numbered, code in (
        (["B001"], "certificates.blanks_differ"),
        (["B001", "B001"], "certificates.blank_twice"),
        (["B001", "B010"], "certificates.blank_never_received"),
        (["B001", "?"], "certificates.blank_bad_serial"),
    ):
        with refused(code):
            centre.act("C1", printing.settle, at, issued[:2], (), numbered)
    centre.act("C1", printing.settle, at, issued[:2], (), ["b001", "B 002"])
    with refused("certificates.blank_gone"):
        centre.act("C1", printing.settle_up_to, at, issued[2], ["B002"])
    centre.act("C1", stock.spoil_blanks, ["B003"], "撕坏")
    with refused("certificates.blank_gone"):
        centre.act("C1", printing.settle_up_to, at, issued[2], ["B003"])
    with refused("certificates.blank_gone"):
        centre.act("C1", stock.spoil_blanks, ["B001"], "撕坏")
    centre.act("C1", printing.settle_up_to, at, issued[2], ["B004"])
    assert [sheet.blank for sheet in centre.ask(sheets, at)] == ["B001", "B002", "B004", None]
    assert [str(line.state) for line in centre.ask(certificates, centre.batch)] == [*["printed"] * 3, "waiting"]
    found = centre.ask(balance)
    assert (found.received, found.used, found.spoiled, found.left, found.twice) == (9, 3, 1, 5, ())
    assert centre.ask(next_in_stock, 9) == ["B005", "B006", "B007", "B008", "B009"]
    assert centre.ask(next_in_stock, 9, "B007") == ["B008", "B009"]
    centre.holds()


def test_what_is_missing_at_the_count_is_said_and_explained(centre: Centre) -> None:
    receive(centre, "C1", "C9")
    assert centre.act("C1", stock.count_blanks, 9) == 0
    with refused("certificates.reason_needed"):
        centre.act("C1", stock.count_blanks, 7)
    assert centre.act("C1", stock.count_blanks, 7, "两张借给邻县") == -2
    with refused("certificates.blank_bad_count", 2):
        centre.act("C1", stock.count_blanks, -1)
    newest, before = centre.ask(balance).counts
    assert (newest.counted, newest.expected, newest.difference, newest.note) == (7, 9, -2, "两张借给邻县")
    assert before.difference == 0
    assert centre.ask(balance).left == 9, "counting finds out and changes nothing"
    with refused("certificates.reason_needed"):
        centre.act("C1", stock.spoil_blanks, ["C1"], "")
    with refused("people.not_permitted"):
        centre.act("M1", stock.receive_blanks, "D1", "D2")


def test_the_stock_is_kept_from_the_command_line_too(centre: Centre) -> None:
    came = command(centre, "blanks", "--received", "a001", "A009", second=None)
    assert (came.exit_code, came.data["received"], came.data["left"]) == (0, 9, 9), came.out
    command(centre, "blanks", "--received", "B7", second=None)
    spoiled = command(centre, "blanks", "--spoiled", "A003", "A004", "--reason", "受潮", second=None)
    assert (spoiled.data["spoiled"], spoiled.data["left"]) == (2, 8)
    counted = command(centre, "blanks", "--counted", "8", second=None)
    assert [one["difference"] for one in counted.data["counts"]] == [0]
    shown = command(centre, "blanks", second=None).data
    assert [(one["first"], one["last"], one["count"]) for one in shown["ranges"]] == [
        ("A001", "A009", 9),
        ("B7", "B7", 1),
    ]
    for words, exit_code, error in (
        (("--counted", "7"), 1, "certificates.reason_needed"),
        (("--spoiled", "A003", "--reason", "受潮"), 1, "certificates.blank_gone"),
        (("--received", "A009"), 1, "certificates.blank_received_already"),
        (("--received", "C1", "C2", "C3"), 2, "certificates.blanks_how"),
        (("--received", "C1", "--counted", "9"), 2, "certificates.blanks_how"),
        (("--received", "C1", "--reason", "新到"), 2, "certificates.blanks_how"),
        (("--counted", "九"), 2, "cli.usage"),
    ):
        answer = command(centre, "blanks", *words, second=None)
        assert (answer.exit_code, answer.data["error"]) == (exit_code, error), words
    assert command(centre, "blanks", second=None).data["left"] == 8
