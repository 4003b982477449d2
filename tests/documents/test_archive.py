"""Every document as an archive, a screen reader and other people's programs take it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.documents.certificate import Fit, Layer, calibration_page, write_certificates
from core.documents.labels import Label, write_labels
from core.documents.layout import document
from core.documents.notice import write_notices
from core.documents.registers import Register, RegisterRow, write_register, write_sign_for_list
from core.documents.sheets import write_results_list
from core.documents.template import with_seal
from core.paths import PROGRAM
from tests.documents.papers import PAGE, template
from tests.documents.test_notice import NOTICE
from tests.documents.test_sheets import RESULTS

PLANES = (
    *((0x4E00, 0x9FFC), (0x3400, 0x4DBF), (0x20000, 0x2A6DD), (0x2A700, 0x2B734)),
    *((0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0)),
)
"""The ideographs of GB 18030, up to Extension F."""
MANY, BROKEN = "many.pdf", "broken.pdf"
CHARACTERS = [chr(point) for point in range(0x4E00, 0x4E00 + 8_400)]
"""More than one subset of a font holds."""
ROW = RegisterRow(
    "2601132011502000017", "测试一", "110101********0015", "乡村直播电商运营师", "初级", date(2026, 11, 22)
)
REGISTER = Register("测试考点", "2026年第3批", "测试规范", "T/CAFTV XXXX—2026", True, [ROW] * 30, date(2026, 11, 22))


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One of each document that this room draws with its own hand."""
    folder = tmp_path_factory.mktemp("papers")
    whole = replace(PAGE, name="䶮𬱖𬭎㼆龘𠅤𪚥", standard_is_draft=True, demonstration=True, copy=2)
    write_certificates(folder / "landscape.pdf", [PAGE, whole], template("landscape"))
    write_certificates(folder / "portrait.pdf", [replace(PAGE, photo=None)], template("portrait"))
    own = [whole, replace(whole, name="测试一")]
    write_certificates(folder / "overprint.pdf", own, template(), layer=Layer.OVERPRINT, fit=Fit(100, 50, 10_020))
    seal = io.BytesIO()
    Image.new("RGBA", (40, 40), (200, 20, 20, 120)).save(seal, "PNG")
    write_certificates(folder / "sealed.pdf", [PAGE], with_seal(template(), seal.getvalue()))
    write_results_list(folder / "results.pdf", replace(RESULTS, rows=RESULTS.rows[:25]))
    write_notices(folder / "notice.pdf", [NOTICE])
    write_register(folder / "register.pdf", REGISTER)
    write_sign_for_list(folder / "sign.pdf", REGISTER)
    write_labels(folder / "labels.pdf", [Label("测试一", ("测试路一号",), ROW.number)])
    with document(folder / MANY, "字") as pen:
        for start in range(0, len(CHARACTERS), 60):
            if start and start % 3_000 == 0:
                pen.next_sheet()
            pen.text(10, 10 + start % 3_000 / 60 * 5.5, "".join(CHARACTERS[start : start + 60]), 8)
        pen.text(10, 290, "一龥一", 8)
    sheet = calibration_page((210.0, 297.0), Fit())
    (folder / "calibration.pdf").write_bytes(sheet)
    assert sheet.count(b"<pdfaid:part>2</pdfaid:part>") == 1
    (folder / BROKEN).write_bytes(sheet.replace(b"<pdfaid:part>2</pdfaid:part>", b"<pdfaid:part>3</pdfaid:part>"))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def verdicts(papers: list[Path]) -> dict[str, list[str]]:
    """What veraPDF finds in each. That it can't run is a failure: `installers/test.sh` installs what it needs."""
    command = [sys.executable, "-m", "tests.documents.verapdf", "2a,ua1", *map(str, papers)]
    run = subprocess.run(command, cwd=PROGRAM, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"veraPDF needs Java and libjaxb-java (installers/test.sh): {run.stderr[-600:]}"
    found: dict[str, list[str]] = json.loads(run.stdout.splitlines()[-1])
    return {Path(name).name: faults for name, faults in found.items()}


def test_every_paper_is_fit_for_an_archive_and_for_a_screen_reader(verdicts: dict[str, list[str]]) -> None:
    assert len(verdicts) == 12
    assert {name: faults for name, faults in verdicts.items() if faults and name != BROKEN} == {}


def test_the_judge_finds_a_fault_where_there_is_one(verdicts: dict[str, list[str]]) -> None:
    assert verdicts[BROKEN]


def spoken(file: Path) -> list[list[tuple[str, str]]]:
    """The tables of a file as a screen reader goes through them: row by row, each cell's kind and words."""
    from pypdf import PdfReader

    reader = PdfReader(file)
    said: dict[tuple[int, int], str] = {}
    for number, page in enumerate(reader.pages):
        marks: list[int | None] = []

        def before(operator: bytes, words: Any, *_: Any, marks: list[int | None] = marks) -> None:
            if operator in (b"BDC", b"BMC"):
                marks.append(words[1]["/MCID"] if operator == b"BDC" else None)
            elif operator == b"EMC":
                marks.pop()

        def text(piece: str, *_: Any, marks: list[int | None] = marks, number: int = number) -> None:
            if marks and marks[-1] is not None and piece.strip():
                said[number, marks[-1]] = said.get((number, marks[-1]), "") + piece.strip()

        page.extract_text(visitor_operand_before=before, visitor_text=text)
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    rows: list[list[tuple[str, str]]] = []

    def walk(element: Any) -> None:
        element = element.get_object()
        if element["/S"] == "/TR":
            cells = [cell.get_object() for cell in element["/K"]]
            rows.append(
                [
                    (cell["/S"], "".join(said.get((pages[cell.raw_get("/Pg").idnum], mark), "") for mark in cell["/K"]))
                    for cell in cells
                ]
            )
        elif element["/S"] in ("/Document", "/Sect", "/Table"):
            for child in element["/K"]:
                walk(child)

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return rows


@pytest.mark.parametrize("name", ["register.pdf", "sign.pdf", "results.pdf"])
def test_a_list_is_heard_as_a_table_row_by_row(papers: list[Path], name: str) -> None:
    rows = spoken(next(paper for paper in papers if paper.name == name))
    heads = [row for row in rows if row[0][0] == "/TH"]
    assert len(heads) >= 2 and len(rows) == len(heads) + (25 if name == "results.pdf" else 30), "a head on each sheet"
    assert {kind for row in heads for kind, _ in row} == {"/TH"}
    assert {kind for row in rows if row not in heads for kind, _ in row} == {"/TD"}
    assert len({len(row) for row in rows}) == 1, "as many cells in every row"
    assert "测试一" in [words for _, words in rows[1]]


def written(folder: Path) -> tuple[Path, list[str]]:
    """A document of every fifth ideograph of GB 18030, forty to the line."""
    points = [point for first, last in PLANES for point in range(first, last + 1)]
    lines = ["".join(map(chr, points[start : start + 200 : 5])) for start in range(0, len(points), 200)]
    file = folder / "names.pdf"
    with document(file, "姓名") as pen:
        for place, line in enumerate(lines):
            if place and place % 50 == 0:
                pen.next_sheet()
            pen.text(20, 15 + 5.4 * (place % 50), line, 10)
    return file, lines


def by_pdftotext(file: Path) -> str:
    return subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True).stdout.decode()


def by_pypdf(file: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def by_pymupdf(file: Path) -> str:
    """In a process of its own: its bindings warn when they are loaded."""
    program = "import sys, pymupdf; sys.stdout.reconfigure(encoding='utf-8'); "
    program += "print(*(page.get_text() for page in pymupdf.open(sys.argv[1])))"
    command = [sys.executable, "-W", "ignore", "-c", program, str(file)]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("read", [by_pdftotext, by_pypdf, by_pymupdf])
def test_characters_of_every_plane_are_found_by_other_peoples_programs(tmp_path: Path, read: object) -> None:
    assert callable(read)
    file, lines = written(tmp_path)
    found = {line.strip() for line in read(file).splitlines()}
    assert [line for line in lines if line not in found] == []


def test_a_font_with_thousands_of_its_characters_is_written_in_several_parts(papers: list[Path]) -> None:
    (file,) = (paper for paper in papers if paper.name == MANY)
    lines = by_pdftotext(file).split()
    assert "".join(lines[: 3_000 // 60]) == "".join(CHARACTERS[:3_000])
    assert "".join(CHARACTERS[-60:]) in lines
    assert "一龥一" in lines
