"""The help that F1 opens: every page has its own, in both languages, and the first page leads to all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from core.words import use
from ui.registry import built
from ui.shell.help import FIRST_PAGE, HELP, help_text

LINK = re.compile(r"\]\((\w+)\.md\)")
LANGUAGES = ("zh", "en")


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    use(request.param)
    yield request.param
    use("zh")


def topics(language: str) -> set[str]:
    return {one.stem for one in (HELP / language).glob("*.md")}


def test_every_page_of_an_evaluation_has_a_help_of_its_own(spoken: str) -> None:
    first = help_text(FIRST_PAGE)
    pages = [page.key for page in built() if page.key != "overview"]  # the first page is the overview's
    assert len(pages) > 10
    assert [key for key in pages if help_text(key) == first] == []


def test_the_first_page_of_the_help_leads_to_every_other_one(spoken: str) -> None:
    assert set(LINK.findall(help_text(FIRST_PAGE))) == topics(spoken) - {FIRST_PAGE}


def test_no_link_of_the_help_leads_nowhere(spoken: str) -> None:
    for topic in topics(spoken):
        assert set(LINK.findall(help_text(topic))) <= topics(spoken), topic


def test_both_languages_help_with_the_same_things() -> None:
    assert topics("zh") == topics("en")
