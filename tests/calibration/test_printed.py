"""Papers of a batch: who gets a record card and a score sheet for whom."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from core.arrangement.commands import record_attendance
from core.arrangement.queries import blind_numbers, numbers
from core.documents.paper_code import read_paper_code
from core.errors import Refused
from core.scoring import printed
from tests.calibration.conftest import Centre


def test_every_examiner_has_a_paper_for_every_candidate_of_their_panel(centre: Centre) -> None:
    wanted = centre.ask(printed.papers_wanted, centre.batch, ["live"])
    pairs = [(one.examiner, one.application) for one in wanted]
    assert len(pairs) == len(set(pairs)) == 12
    mine = {application for examiner, application in pairs if examiner == centre.id("E01")}
    assert mine == set(centre.applications[0::2])
    assert [one.panel for one in wanted] == sorted(one.panel for one in wanted)


def test_a_work_carries_the_blind_number_and_no_candidate_number(centre: Centre) -> None:
    blind, plain = (centre.ask(query, centre.batch) for query in (blind_numbers, numbers))
    works = centre.ask(printed.score_sheets, centre.batch, ["sourcing"])
    assert {one.number for one in works} == set(blind.values())
    watched = centre.ask(printed.record_cards, centre.batch, ["live"])
    assert {one.number for one in watched} == set(plain.values())


def test_who_was_absent_gets_no_paper(centre: Centre) -> None:
    centre.act("I01", record_attendance, centre.applications[0], "skill", "absent")
    wanted = centre.ask(printed.papers_wanted, centre.batch, ["live"])
    assert centre.applications[0] not in {one.application for one in wanted}
    assert len(wanted) == 9


def test_the_papers_of_a_batch_are_written_and_their_codes_name_the_sheets(centre: Centre, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    file = tmp_path / "cards.pdf"
    count = printed.write_cards(
        centre.store, centre.batch, ["live"], file, lambda done, total, _: heard.append((done, total))
    )
    assert count == 12
    assert heard[-1] == (12, 12)
    pdf = pypdfium2.PdfDocument(file)
    try:
        read = [
            read_paper_code(one.text)
            for page in pdf
            for one in zxingcpp.read_barcodes(page.render(scale=150 / 72, grayscale=True).to_pil().convert("L"))
        ]
    finally:
        pdf.close()
    wanted = centre.ask(printed.papers_wanted, centre.batch, ["live"])
    assert {(one.application, one.examiner) for one in read} == {(one.application, one.examiner) for one in wanted}
    assert {one.exercise for one in read} == {"live"}
    assert printed.write_sheets(centre.store, centre.batch, ["setup"], tmp_path / "s.pdf", lambda *_: None) == 12


def test_a_print_that_is_cancelled_leaves_no_file(centre: Centre, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def enough(*_: object) -> None:
        raise Enough

    with pytest.raises(Enough):
        printed.write_sheets(centre.store, centre.batch, ["live"], tmp_path / "s.pdf", enough)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Refused, match=r"scoring\.unknown_exercise"):
        printed.write_sheets(centre.store, centre.batch, ["nothing"], tmp_path / "s.pdf", lambda *_: None)
