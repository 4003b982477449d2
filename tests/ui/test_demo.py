"""The demonstration at the sign-in: whoever looks at it for the first time can be everybody, and sign for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.arrangement.queries import panels
from core.arrangement.replacement import possible
from core.batches.queries import plan_of
from core.demo.cast import Cast, engage
from core.examday.card_queries import cards
from core.examday.queries import schedule, surprises_of
from core.examday.work_queries import collected
from core.house import found_centre
from core.people.pins import sign_in
from core.scoring.queries import knowledge_scores, outcomes
from core.store import Store
from ui.context import Context
from ui.demo import PIN, _offer_accounts, make_demo
from ui.dialogs.sign_in import SignInGate

EXAMINERS = 3
LOW = (911, 512)
"""A screen of 1366 × 768 at 150 %."""

Engaged = tuple[Store, Cast]


@pytest.fixture
def engaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engaged]:
    monkeypatch.setattr("core.store.keys.KDF_MEMORY_KIB", 64)
    store, _ = found_centre(tmp_path / "home", "999999", "示例考点", PIN, "测试口令 demo")
    yield store, engage(store, PIN, EXAMINERS, PIN)
    store.close()


@pytest.fixture
def gate(qtbot: QtBot, context: Context, engaged: Engaged) -> SignInGate:
    made = SignInGate(context, lambda login, pin: sign_in(engaged[0], login, pin), "示例考点")
    _offer_accounts(engaged[1].players, made)
    qtbot.addWidget(made)
    made.resize(*LOW)
    made.show()
    qtbot.wait(10)
    return made


def chips(gate: SignInGate) -> list[QPushButton]:
    return [one for one in gate.findChildren(QPushButton) if one.property("kind") == "chip"]


def test_everybody_of_the_demonstration_can_be_chosen_by_name(gate: SignInGate, engaged: Engaged) -> None:
    names = [one.text() for one in chips(gate)]
    assert {name.split()[-1] for name in names} == {player.login for player in engaged[1].players}
    assert sum(name.startswith("考评员") for name in names) == EXAMINERS


def test_the_pin_that_is_told_there_is_everybodys(qtbot: QtBot, gate: SignInGate, engaged: Engaged) -> None:
    assert [one for one in gate.findChildren(QLabel) if PIN in one.text() and not one.isHidden()]
    signed: list[int] = []
    gate.signed_in.connect(lambda actor: signed.append(actor.id))
    for at in (0, -1):
        chips(gate)[at].click()
        qtbot.waitUntil(lambda at=at: len(signed) == 1 + (at == -1), timeout=10_000)
    assert len(set(signed)) == 2


def test_in_a_low_window_the_card_scrolls_and_its_fields_keep_their_height(gate: SignInGate) -> None:
    assert gate.card.height() >= gate.card.heightForWidth(gate.card.width()) > LOW[1]
    for field in (gate.account, gate.pin):
        assert field.height() >= field.sizeHint().height()


def test_a_stranger_finds_everything_of_an_exam_day_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.keys.KDF_MEMORY_KIB", 64)
    told: list[tuple[int, int]] = []
    run = make_demo(tmp_path / "home", lambda done, of, _text: told.append((done, of)))
    with run.store, run.store.read(run.cast.actors["M01"]) as read:
        assert told[-1][0] == told[-1][1], "the bar is full at the end"
        (panel,) = panels(read, run.batch, "skill")
        reserve = run.cast.actors[run.cast.examiners[-1]].id
        assert reserve not in panel.examiners
        assert reserve in possible(read, panel, panel.applications[-1:])
        exercises = {one.evidence: one.id for one in plan_of(read, run.batch).exercises_of("skill")}
        found = cards(read, run.cast.actors["M01"], run.batch, exercises["live"])
        assert found and all(surprises_of(read, one.id) for one in found)
        phases = {one.application: one.phase for one in schedule(read, run.batch, exercises["live"])}
        marked = set(outcomes(read, run.batch, "skill"))
        assert {one for one, phase in phases.items() if phase == "ended"} == marked != set()
        works = {one for one in panel.applications if collected(read, one, exercises["work"])}
        assert marked < works and len(works - marked) > 2
        scored = knowledge_scores(read)
        assert 0 < len([one for one in panel.applications if one not in scored]) < len(scored)
        assert run.store.compare()[1] == []
