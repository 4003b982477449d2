"""Both languages say the same things, and everything the program wants to say has a sentence."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.paths import PROGRAM
from core.words import LANGUAGES, TRANSLATIONS
from tests import walls

ERRORS = ("Refused", "BadUsage", "EnvironmentFailure", "IntegrityFailure")
"""Their `clause` is quoted beside the sentence and fills no place in it."""

SPOKEN_BY = (*ERRORS, "say")
"""Calls whose first argument is a code."""


@cache
def catalogue(language: str) -> dict[str, dict[str, str]]:
    """Every sentence of a language: file → code → sentence."""
    return {path.name: _read(path) for path in sorted((TRANSLATIONS / language).glob("*.po"))}


@cache
def program() -> dict[str, ast.Module]:
    """The modules of the program, read once."""
    return walls.parse(PROGRAM, "core", "ui")


def codes(language: str) -> set[str]:
    return {code for sentences in catalogue(language).values() for code in sentences}


def test_both_languages_have_the_same_codes_in_the_same_files() -> None:
    first, *others = LANGUAGES
    for other in others:
        assert catalogue(first).keys() == catalogue(other).keys()
        for name, sentences in catalogue(first).items():
            assert sentences.keys() == catalogue(other)[name].keys(), name


def test_both_languages_fill_in_the_same_places() -> None:
    first, *others = LANGUAGES
    for other in others:
        for name, sentences in catalogue(first).items():
            theirs = catalogue(other)[name]
            both = sentences.keys() & theirs.keys()
            differing = sorted(code for code in both if places(sentences[code]) != places(theirs[code]))
            assert differing == [], f"{other}/{name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_a_mere_code(language: str) -> None:
    for name, sentences in catalogue(language).items():
        wrong = [code for code, sentence in sentences.items() if not sentence.strip() or sentence == code]
        assert wrong == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_has_two_sentences(language: str) -> None:
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        assert repeated(path.read_text("utf-8")) == [], path.name
    counted = Counter(code for sentences in catalogue(language).values() for code in sentences)
    assert [code for code, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_said_has_a_sentence(language: str) -> None:
    known = codes(language)
    said = list(spoken(program()))
    assert said
    assert [f"{place}: {code}" for place, code, _ in said if code not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_in_a_sentence_is_filled_by_who_says_it(language: str) -> None:
    sentences = {code: text for part in catalogue(language).values() for code, text in part.items()}
    unfilled = [
        f"{place}: {code} lacks {sorted(missing)}"
        for place, code, given in spoken(program())
        if given is not None and (missing := places(sentences.get(code, "")) - given)
    ]
    assert unfilled == []


def test_every_sentence_is_said_by_something() -> None:
    assert sorted(unsaid(codes(LANGUAGES[0]), program().values())) == []


def test_a_sentence_that_nobody_says_would_be_seen() -> None:
    source = "say('a.b')\nsay(f'c.d_{kind}.e')\nShelves(SHELVES, 'f.g')\nsay(f'{any}.{thing}')"
    known = {"a.b", "c.d_x.e", "f.g.h", "c.d_x.more", "f.h", "i.j"}
    assert unsaid(known, [ast.parse(source)]) == {"c.d_x.more", "f.h", "i.j"}


def test_a_missing_sentence_and_an_unfilled_place_would_be_seen() -> None:
    source = "raise Refused('a.b', clause='9.2', name=n)\nsay('c.d' if x else 'e.f', **v)\nwords.say('g.h')"
    assert list(spoken({"m": ast.parse(source)})) == [
        ("m:1", "a.b", {"name"}),
        ("m:2", "c.d", None),
        ("m:2", "e.f", None),
        ("m:3", "g.h", set()),
    ]
    assert places("{a} and {b.c!r:>3}, not {{d}}") == {"a", "b"}
    assert repeated('msgid "a.b"\nmsgstr "x"\n\nmsgid "a.b"\nmsgstr "y"\n') == ["a.b"]


def unsaid(known: Iterable[str], modules: Iterable[ast.Module]) -> set[str]:
    """Codes that stand nowhere: not whole, not as a text with holes, not without the last words that somebody adds."""
    texts, holes = set(), set()
    for node in (node for module in modules for node in ast.walk(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
            if parts[0] and "." in parts[0]:
                pattern = "".join(".+" if part is None else re.escape(part) for part in parts)
                holes.add((parts[0], re.compile(pattern)))
    return {
        code
        for code in known
        if code not in texts
        and texts.isdisjoint(beginnings(code))
        and not any(code.startswith(start) and pattern.fullmatch(code) for start, pattern in holes)
    }


def beginnings(code: str) -> list[str]:
    """What a code may be handed on as, for others to add the last words: the first two words and more."""
    words = code.split(".")
    return [".".join(words[:count]) for count in range(2, len(words))]


def places(sentence: str) -> set[str]:
    """The names that a sentence leaves open."""
    fields = (field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None)
    return {field.split(".")[0].split("[")[0] for field in fields}


def repeated(source: str) -> list[str]:
    """Codes that stand more than once in one catalogue's source."""
    counted = Counter(line for line in source.splitlines() if line.startswith("msgid ") and line != 'msgid ""')
    return [ast.literal_eval(line.removeprefix("msgid ")) for line, times in counted.items() if times > 1]


def spoken(modules: Mapping[str, ast.Module]) -> Iterator[tuple[str, str, set[str] | None]]:
    """Every code that is said literally: its place, the code, and what it is given (None: not known here)."""
    for name, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in SPOKEN_BY:
                given = {word.arg for word in node.keywords if word.arg is not None}
                if _name(node.func) in ERRORS:
                    given.discard("clause")
                known = None if any(word.arg is None for word in node.keywords) else given
                for code in _literals(node.args[0]):
                    yield f"{name}:{node.lineno}", code, known


def _literals(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _literals(argument.body)
        yield from _literals(argument.orelse)


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as stream:
        return {str(message.id): str(message.string or "") for message in read_po(stream) if message.id}
