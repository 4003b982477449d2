"""Any name that some font can draw is drawn, measured and can be read back; any other stops the print by name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from core.documents import fonts
from core.documents.embedding import to_unicode
from core.documents.layout import document
from core.errors import Refused

RARE = "䶮𬱖𬭎㼆龘𠅤𬴃𫖯𣗋𬀪㛃𤧛"
RARER = "𠀀𪚥𪛖𫠝𬺰"
"""Extensions B to E that the text face lacks."""


def drawn(path: Path, *names: str, face: str = fonts.TEXT) -> str:
    """The text that a reader extracts from a sheet with these names on it."""
    with document(path, "测试") as pen:
        for row, name in enumerate(names):
            pen.text(20, 30 + 12 * row, name, 14, face=face)
        pen.next_sheet()
    pdf = pypdfium2.PdfDocument(path)
    try:
        return str(pdf[0].get_textpage().get_text_bounded())
    finally:
        pdf.close()


@pytest.mark.parametrize("face", [fonts.TEXT, fonts.BOLD])
def test_rare_names_can_be_copied_from_the_paper_as_they_were_typed(tmp_path: Path, face: str) -> None:
    found = drawn(tmp_path / "names.pdf", "测试一", RARE, RARER, "阿卜杜·买买提", face=face)
    assert found.split() == ["测试一", RARE, RARER, "阿卜杜·买买提"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not here")
def test_a_second_reader_copies_the_same_names(tmp_path: Path) -> None:
    file = tmp_path / "names.pdf"
    drawn(file, RARE, RARER)
    found = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True).stdout.decode()
    assert found.split() == [RARE, RARER]


def test_more_rare_characters_than_one_subset_holds_can_all_be_copied(tmp_path: Path) -> None:
    text = "".join(chr(0x20000 + 7 * step) for step in range(600))
    lines = [text[start : start + 30] for start in range(0, len(text), 30)]
    assert drawn(tmp_path / "many.pdf", *lines).split() == lines


def test_every_drawn_character_leaves_ink(tmp_path: Path) -> None:
    file = tmp_path / "ink.pdf"
    names = list(RARE + RARER + "测A1·")
    with document(file, "测试") as pen:
        for row, name in enumerate(names):
            pen.text(20, 15 + 12 * row, name, 20)
        pen.next_sheet()
    pdf = pypdfium2.PdfDocument(file)
    picture = pdf[0].render(scale=2, grayscale=True).to_pil()
    pdf.close()
    millimetre = picture.width / 210
    for row, name in enumerate(names):
        box = (20, 6 + 12 * row, 32, 17 + 12 * row)
        darkest = picture.crop(tuple(round(side * millimetre) for side in box)).getextrema()[0]
        assert darkest < 128, name


def test_an_ideograph_of_any_font_is_as_wide_as_it_is_high() -> None:
    for character in "测" + RARE + RARER:
        assert fonts.width(character, 10) == pytest.approx(10, abs=0.01), character


def test_text_is_split_only_where_the_font_changes() -> None:
    assert [run.text for run in fonts.runs("测试𪚥一")] == ["测试", "𪚥", "一"]
    assert len(fonts.runs("测试一 Test 1")) == 1
    assert fonts.runs("") == ()


@pytest.mark.parametrize(
    ("character", "point", "name"),
    [
        ("अ", "U+0905", "DEVANAGARI LETTER A"),
        ("\u200b", "U+200B", "ZERO WIDTH SPACE"),
        ("\x07", "U+0007", "?"),
        ("\U000f1234", "U+F1234", "?"),
        ("\n", "U+000A", "?"),
    ],
)
def test_a_character_that_no_font_has_stops_the_print_by_name(character: str, point: str, name: str) -> None:
    with pytest.raises(Refused, match=r"documents\.no_glyph") as refusal:
        fonts.runs(f"测{character}试")
    assert (refusal.value.values["point"], refusal.value.values["name"]) == (point, name)
    assert point in refusal.value.sentence


@pytest.mark.parametrize("kept", [0, 60, 5_000])
def test_a_font_file_that_was_not_copied_whole_is_named(tmp_path: Path, kept: int) -> None:
    file = next(path for folder in fonts._folders() for path in fonts._fonts_below(folder))
    (tmp_path / "LXGWWenKai-Regular.ttf").write_bytes(file.read_bytes()[:kept])
    program = (
        "from core.documents import fonts; from core.errors import EnvironmentFailure\n"
        "try: fonts.runs('测试')\n"
        "except EnvironmentFailure as problem: print(problem.code, problem.values['file'])"
    )
    import os
    import sys

    from core.paths import PROGRAM

    settings = {**os.environ, fonts.FOLDER_VARIABLE: str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=PROGRAM, env=settings)
    assert run.stdout.split() == ["documents.bad_font", "LXGWWenKai-Regular.ttf"], run.stderr


def test_a_common_name_opens_no_font_of_rare_characters(tmp_path: Path) -> None:
    script = (
        "from core.documents import fonts; fonts.runs('测试一'); fonts.runs('考点', fonts.BOLD);"
        "assert fonts._open.cache_info().currsize == 2"
    )
    import sys

    from core.paths import PROGRAM

    subprocess.run([sys.executable, "-c", script], check=True, cwd=PROGRAM)


def test_characters_beyond_the_basic_plane_are_mapped_as_surrogate_pairs_in_small_blocks() -> None:
    cmap = to_unicode([chr(0x20000 + step) for step in range(255)])
    assert "<0001> <D840DC00>" in cmap
    assert [line.split()[0] for line in cmap.splitlines() if line.endswith("beginbfchar")] == ["100", "100", "55"]
