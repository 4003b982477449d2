"""The roster sheets that the program writes, and its invented candidates."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from core.errors import EnvironmentFailure
from core.registration import portraits
from core.registration.identity import FEMALE, MALE
from core.registration.invented import invent_roster, write_invented
from core.registration.roster_columns import COLUMNS
from core.registration.roster_file import Roster, read_roster
from core.registration.roster_sheets import write_refused, write_rows, write_template
from tests.registration.rosters import HEADER, number, save

# What the program writes.


def test_the_template_is_a_roster_with_every_column_and_nobody_in_it(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    assert read_roster(tmp_path / "t.xlsx") == Roster((), (), ())
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert [cell.value for cell in book.worksheets[0][1]] == [column.title for column in COLUMNS]
    assert book.worksheets[0].column_dimensions["D"].number_format == "@"
    assert len(book.worksheets) == 2
    assert {rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation} >= {'"男,女"'}


def test_refused_rows_can_be_mended_in_the_file_that_names_the_reasons(tmp_path: Path) -> None:
    source = save(
        tmp_path / "r.xlsx",
        [
            [*HEADER, "备注", "工作单位"],
            ["测试一", number(200), "19900000001", "初级", "甲", "示例"],
            ["测试二", number(201), "错", "初级", datetime(2026, 1, 2), "-2+3"],
            ["测试三", number(202), 19900000003, "零级", "=1+1", None],
        ],
    )
    roster = read_roster(source)
    write_refused(tmp_path / "refused.xlsx", source, roster.refused)
    book = openpyxl.load_workbook(tmp_path / "refused.xlsx")
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*HEADER, "备注", "工作单位", "原行号", "退回原因"]
    assert sheet["H2"].value == roster.refused[0].message
    assert all(cell.data_type in "sn" for row in sheet for cell in row)
    assert sheet["F2"].quotePrefix
    sheet["C2"], sheet["D3"] = "19900000002", "高级"
    book.save(tmp_path / "mended.xlsx")
    mended = read_roster(tmp_path / "mended.xlsx")
    assert mended.refused == ()
    assert [(row.name, row.phone, row.level) for row in mended.rows] == [
        ("测试二", "19900000002", "junior"),
        ("测试三", "19900000003", "senior"),
    ]
    write_refused(tmp_path / "again.xlsx", tmp_path / "refused.xlsx", read_roster(tmp_path / "refused.xlsx").refused)
    assert [cell.value for cell in openpyxl.load_workbook(tmp_path / "again.xlsx").worksheets[0][1]].count(
        "退回原因"
    ) == 1


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match=r"roster\.unwritable"):
        write_template(tmp_path / "none" / "t.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(EnvironmentFailure, match=r"roster\.unwritable"):
        write_template(tmp_path / "folder.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.xlsx"]


# Invented rosters.


@pytest.mark.parametrize("level", ["junior", "intermediate", "senior"])
def test_an_invented_roster_reads_back_as_it_was_invented(tmp_path: Path, level: str) -> None:
    rows = write_invented(tmp_path / "r.xlsx", 40, level, 7, tmp_path / "photos")
    roster = read_roster(tmp_path / "r.xlsx")
    assert (list(roster.rows), roster.refused, roster.ignored_columns) == (rows, (), ())
    assert rows == invent_roster(40, level, 7)
    assert rows != invent_roster(40, level, 8)
    photos = {path.name: path.stat().st_size for path in (tmp_path / "photos").iterdir()}
    assert set(photos) == {row.photo for row in rows}
    assert max(photos.values()) <= 20_000
    assert any(row.name == "龙䶮" for row in rows) and any("·" in row.name for row in rows)


def test_the_sample_that_is_shipped_is_the_invented_roster_of_thirty() -> None:
    samples = Path(__file__).resolve().parents[2] / "resources" / "samples"
    roster = read_roster(samples / "roster.xlsx")
    assert list(roster.rows) == invent_roster(30, "junior", 1)
    assert {row.photo for row in roster.rows} == {path.name for path in (samples / "photos").iterdir()}


def test_reading_can_be_watched_and_stopped(tmp_path: Path) -> None:
    write_rows(tmp_path / "r.xlsx", invent_roster(1_100, "junior", 1))
    seen: list[int] = []
    read_roster(tmp_path / "r.xlsx", seen.append)
    assert seen == [500, 1_000]

    class Stopped(Exception):
        pass

    def stop(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read_roster(tmp_path / "r.xlsx", stop)


def test_no_drawn_man_has_the_long_hair_that_some_women_have() -> None:
    """Beside the chin a portrait shows hair where that is long, else the bright ground."""

    def dark_beside_the_chin(sex: str) -> int:
        pictures = (Image.open(io.BytesIO(portraits.draw(seed, sex))) for seed in range(20))
        return sum(max(picture.getpixel((86, 275))) < 100 for picture in pictures)  # type: ignore[type-var]

    assert dark_beside_the_chin(MALE) == 0 < dark_beside_the_chin(FEMALE) < 20


def test_the_sample_portraits_fit_the_sample_rows() -> None:
    samples = Path(__file__).resolve().parents[2] / "resources" / "samples"
    men = [row for row in read_roster(samples / "roster.xlsx").rows if row.sex == MALE]
    pictures = [Image.open(samples / "photos" / str(row.photo)) for row in men]
    assert pictures and all(max(picture.getpixel((86, 275))) > 100 for picture in pictures)  # type: ignore[type-var,arg-type]
