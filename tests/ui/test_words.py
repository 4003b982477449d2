"""Every sentence of the window is there in both languages."""

from __future__ import annotations

import re
import string

import pytest

from core.paths import PROGRAM
from core.words import LANGUAGES, sentences
from ui.registry import PAGES

SAID = re.compile(r"""["'](ui\.[a-z_]+(?:\.[a-z_]+)*)["']""")


def said() -> set[str]:
    """Every code that the window names."""
    found = {page.title_code for page in PAGES}
    for path in (PROGRAM / "ui").rglob("*.py"):
        text = path.read_text("utf-8")
        modules = {f"ui.{one}" for one in re.findall(r"ui\.([a-z_.]+)(?=:)", text)}
        found |= {code for code in SAID.findall(text) if code not in modules}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_the_window_says_is_written(language: str) -> None:
    assert sorted(said() - set(sentences(language))) == []


def test_both_languages_name_the_same_things() -> None:
    first, second = (sentences(language) for language in LANGUAGES)
    mine = {code for code in first if code.startswith("ui.")}
    assert mine == {code for code in second if code.startswith("ui.")}
    differing = [code for code in mine if _places(first[code]) != _places(second[code])]
    assert differing == []


def test_labels_are_made_where_markup_is_shut_out() -> None:
    found = [
        path.relative_to(PROGRAM).as_posix()
        for path in (PROGRAM / "ui").rglob("*.py")
        if re.search(r"\bQLabel\((?!\))", path.read_text("utf-8"))
    ]
    assert found == ["ui/widgets/basics.py"]


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
