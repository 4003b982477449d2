"""After unsealing, at the command line: no answer has a mark in it, and only who may see results gets a paper with one.

The commands are found in the program itself, so a new one fails here until it was said how it is asked.
"""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from core.cli import NOUNS
from core.cli.frame import Noun, Parser
from core.results import commands as results
from tests.cli.calls import call
from tests.rooms import ADMIN_PIN, PASSPHRASE, PIN, Centre
from tests.scoring.test_blindness import tells
from tests.scoring.test_readers import PEOPLE, opened

__all__ = ["opened"]

pytestmark = pytest.mark.stage("placed")

BATCH = "2026-01"
ASKED = {
    "account list": [],
    "batch list": [],
    "batch show": [BATCH],
    "scores import": ["{out}/scores.csv", "--batch", BATCH, "--component", "knowledge"],
    "journal verify": [],
    "journal rebuild": ["--check"],
    "journal export": ["{out}/export.jsonl"],
    "certificates issue": ["--batch", BATCH, "--out", "{out}/issued.pdf"],
    "certificates list": ["--batch", BATCH],
    "roster import": ["{out}/scores.csv", "--batch", BATCH],
    "enrol": ["--request", "{out}/request"],
    "courier write": ["{out}/stick"],
    "sync": [],
}
NO_STORE = {
    "demo",
    "centre",
    "standards",
    "eligibility",
    "staffing",
    "workdays",
    "identity",
    "aggregate",
    "verify",
    "hub",
}
CHANGES_OTHER_THINGS = {
    "account create", "account pin", "account reset", "account close", "batch create", "roster template",
    "certificates lease", "certificates void", "certificates ask-revoke", "certificates template",
    "certificates settle", "certificates collect", "certificates blanks", "courier read", "segment read",
}  # fmt: skip
"""They answer what they were told."""
SEALED_FILES = {"backup make", "backup verify", "backup restore", "segment write"}
"""The whole of the records, for another machine of the centre: encrypted, or what `test_blindness` unpacks."""


def commands() -> Iterator[str]:
    """Every command of the program: noun and verb."""
    for noun, module in NOUNS.items():
        parser = Parser(prog=noun)
        importlib.import_module(f"core.cli.{module}").register(Noun(parser))
        verbs = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
        yield from (f"{noun} {verb}" for action in verbs for verb in action.choices)
        if not verbs:
            yield noun


def test_every_command_is_asked_or_shows_nothing_of_a_store() -> None:
    left = {one for one in commands() if one.split()[0] not in NO_STORE}
    assert left == set(ASKED) | CHANGES_OTHER_THINGS | SEALED_FILES


@pytest.mark.parametrize("login", PEOPLE)
def test_no_command_answers_a_mark_and_papers_are_for_who_may_see_results(
    opened: tuple[Centre, set[int]], tmp_path: Path, login: str
) -> None:
    centre, secret = opened
    centre.act("M1", results.settle, centre.batch)
    centre.act("M1", results.confirm, centre.batch, second="M2")
    centre.store.close()
    (tmp_path / "scores.csv").write_text("准考证号,成绩\n0001,12.34\n", "utf-8")
    environment = {"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_PIN": ADMIN_PIN if login == "admin" else PIN}
    for words, more in ASKED.items():
        given = [one.format(out=tmp_path) for one in more]
        for as_json in (True, False):
            answer = call(
                "--home", str(centre.store.home), "--as", login, *words.split(), *given, as_json=as_json, **environment
            )
            assert answer.exit_code in (0, 1, 3), (words, answer.out, answer.err)
            assert not tells(answer.out + answer.err, secret), words
    for file in tmp_path.glob("*.jsonl"):
        without_hashes = re.sub(r'"[0-9a-f]{32,}"', "", file.read_text("utf-8"))
        assert "sheet.signed" in without_hashes and not tells(without_hashes, secret)
    issued = tmp_path / "issued.pdf"
    assert issued.exists() == (login == "C1")
    if issued.exists():
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(issued))
        assert re.search(r"81\.37", text), "it can fail: the notice of who passed has the scores"
