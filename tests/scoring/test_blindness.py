"""Before a panel is unsealed nobody sees anybody else's marks: every query, command and export is asked, and searched.

Two of three examiners have signed. Their sheets carry tell-tale words, and their totals are looked for as well.
"""

from __future__ import annotations

import importlib
import inspect
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.arrangement.queries import panels
from core.batches.queries import plan_of
from core.house import may_travel
from core.paths import PROGRAM
from core.people.roles import Role
from core.results.progress import Papers
from core.scoring import queries as scoring
from core.scoring.objective import write_objective
from core.scoring.sheets import Draft
from core.scoring.tables import Sheet
from core.store import Id, Read, Write, segments
from tests.cli.calls import call
from tests.rooms import ADMIN_PIN, PASSPHRASE, PIN, STAFF, Centre

pytestmark = pytest.mark.stage("placed")

WORDS = "稻香七三九一"
FIGURE = 739_139
SIGNED_IN = {"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_PIN": ADMIN_PIN}
OWN_ALONE = {"own_sheet", "own_sheets", "signed_sheet"}
"""Queries of an examiner's own sheets: asked here for the third examiner, who has written none."""


@pytest.fixture
def sealed(centre: Centre) -> tuple[Centre, set[int]]:
    """A centre in which a panel is sealed, and every figure that must not be seen."""
    secret: set[int] = set()
    for login, share in (("E1", 0.93), ("E2", 0.57)):
        secret.add(centre.mark(login, centre.applications[0], share, WORDS))
    with centre.store.read() as read:
        secret |= {row.total for row in read.rows(select(Sheet.total))}
        plan = repr(plan_of(read, centre.batch))
    # A figure that the plan prints as well, or a short one, gives nothing away by standing somewhere.
    secret = {figure for figure in secret if figure >= 1000 and not re.search(rf"\b{figure}\b", plan)}
    assert len(secret) >= 4
    return centre, secret


def queries() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of a room's modules whose first argument is a snapshot."""
    for source in sorted((PROGRAM / "core").glob("*/*.py")):
        if source.parent.name in ("store", "cli", "demo", "documents", "standards", "hub", "exchange"):
            continue
        if source.stem in ("commands", "apply", "tables", "events", "__init__"):
            continue
        module = importlib.import_module(f"core.{source.parent.name}.{source.stem}")
        for name, found in vars(module).items():
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_"):
                first = next(iter(inspect.signature(found).parameters.values()), None)
                if first is not None and first.annotation in ("Read", Read):
                    yield f"{source.parent.name}.{name}", found


def arguments(
    centre: Centre, found: Callable[..., Any], actor: object, examiner: Id, **more: list[Any]
) -> list[dict[str, Any]]:
    """What a query is asked with: each candidate, exercise and panel in turn; none where it wants what is not known."""
    known = {
        **_things(centre),
        **{name: [examiner] for name in ("examiner", "account", "reviewer", "person", "keyer", "viewer", "leaving")},
        "actor": [actor],
        **more,
    }
    asked: list[dict[str, Any]] = [{}]
    for parameter in list(inspect.signature(found).parameters.values())[1:]:
        if parameter.default is not inspect.Parameter.empty and parameter.name not in known:
            continue
        if parameter.name not in known:
            return []
        values = known[parameter.name]
        if parameter.annotation == "PanelLine":
            values = known["panel lines"]
        asked = [{**each, parameter.name: value} for each in asked for value in values]
    return asked


def _things(centre: Centre) -> dict[str, list[Any]]:
    """What parameters may be of a centre as it stands: asked for once, not for each of some hundred queries."""
    state = centre.store.home, centre.store.head
    if _KNOWN.get("state") != state:
        one, lines = centre.applications[0], centre.ask(panels, centre.batch)
        formed, exercises = [line.id for line in lines], [exercise.id for exercise in centre.exercises()]
        things = {
            "batch": [centre.batch],
            "application": [one],
            "application_id": [one],
            "id": [one, centre.batch, *formed],
            "panel": formed,
            "panel lines": lines,
            "candidate": [centre.ask(_candidate, one)],
            "component": ["skill"],
            "exercise": exercises,
            "exercise_id": exercises,
            "applications": [centre.applications],
            "batch_id": [centre.batch],
            "panel_id": formed,
            "panels": [formed],
            "exercises": [set(exercises)],
            "centre": [centre.store.centre],
            "papers": [Papers()],
            "name": ["2026-01"],
            "number": ["0001"],
        }
        _KNOWN.update(state=state, things=things)
    found: dict[str, list[Any]] = _KNOWN["things"]
    return found


_KNOWN: dict[str, Any] = {}
"""The state of the last centre that was asked about, and its things."""


def _candidate(read: Read, application: Id) -> Id:
    from core.registration.queries import candidate_of

    return candidate_of(read, application)


def shown(value: object) -> str:
    """Everything that an answer holds, iterators too, with msgpack and other bytes as they are."""
    if hasattr(value, "__next__"):
        value = list(value)  # type: ignore[call-overload]
    return repr(value)


def tells(text: str, secret: set[int]) -> bool:
    """Whether a text gives something away."""
    points = {f"{total // 100}.{total % 100:02d}" for total in secret}
    figures = "|".join(map(re.escape, {*map(str, secret), *points}))
    return WORDS in text or re.search(rf"(?<![\d.])({figures})(?![\d.])", text) is not None


@pytest.mark.parametrize("role", list(Role))
def test_no_query_shows_a_mark_of_a_sealed_panel(sealed: tuple[Centre, set[int]], role: Role) -> None:
    centre, secret = sealed
    reached = {name for name, _ in queries()}
    login = {"examiner": "E3", "admin": "admin"}.get(role) or next(one for one, known in STAFF.items() if known is role)
    actor, asked = centre.actors[login], 0
    for name, found in queries():
        for given in arguments(centre, found, actor, actor.id):
            with centre.store.read(actor) as read:
                try:
                    answer = shown(found(read, **given))
                except Exception as refusal:  # a refusal says nothing either
                    answer = repr(refusal)
            asked += 1
            assert not tells(answer, secret), f"{name} {given}"
    assert asked > 30
    assert {f"scoring.{name}" for name in OWN_ALONE | {"outcome", "outcomes", "unsealed_sheets", "progress"}} <= reached


class Undone(Exception):
    """Ends a write, so that nothing of it stays; says what the command answered."""


def commands() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every permitted command of the rooms."""
    for source in sorted((PROGRAM / "core").glob("*/*.py")):
        if source.parent.name not in ("store", "cli", "demo", "documents", "standards", "hub"):
            module = importlib.import_module(f"core.{source.parent.name}.{source.stem}")
            for name, found in vars(module).items():
                if getattr(found, "permission", None) is not None and found.__module__ == module.__name__:
                    yield f"{source.parent.name}.{name}", found


def tried(write: Write, command: Callable[..., Any], given: dict[str, Any]) -> None:
    raise Undone(shown(command(write, **given)))


@pytest.mark.parametrize("login", ["admin", "R1", "V1", "M1", "I1", "C1", "S1", "A1", "E3", "E7"])
def test_no_command_answers_or_refuses_with_a_mark_of_a_sealed_panel(
    sealed: tuple[Centre, set[int]], login: str
) -> None:
    """Whatever somebody tries about the sealed candidate or the sheet of E1, alone or with a second person."""
    centre, secret = sealed
    tries: dict[str, list[Any]] = {
        "reason": ["理由"],
        "outcome": ["upheld", "set"],
        "total": [None, 5000],
        "round": [1],
        "draft": [Draft()],
        "typed": [Draft()],
        "coming": [centre.id("E4")],
        "leader": [centre.id("E2")],
        "value": [3],
    }
    answered = refusals = 0
    for name, command in commands():
        given = arguments(centre, command, None, centre.id("E1"), **tries)
        for second in (None, "M2"):
            for each in given:
                try:
                    centre.store.write(centre.who(login, second), tried, command, each)
                except Undone as done:
                    answered, told = answered + 1, str(done)
                except Exception as refusal:
                    refusals, told = refusals + 1, f"{refusal!r} {refusal} {getattr(refusal, 'values', '')}"
                assert not tells(told, secret), f"{name} {each}"
    assert refusals > 60
    assert answered or login not in ("M1", "V1", "E3")


@pytest.mark.parametrize("role", list(Role))
def test_no_query_shows_what_a_panel_counted_to_anybody_else(centre: Centre, tmp_path: Path, role: Role) -> None:
    """A figure of an objective item is the panel's own until it is unsealed; who is of the panel does see it."""
    write_figure(centre)
    login = {"examiner": "E7", "admin": "admin"}.get(role) or next(one for one, known in STAFF.items() if known is role)
    assert not shows_figure(centre, login)
    if role is Role.EXAMINER:
        assert {"scoring.own_sheet", "scoring.shared_figures", "scoring.own_figures"} <= shows_figure(centre, "E3")
    if role is Role.ADMIN:
        centre.store.close()
        exported = tmp_path / "export.jsonl"
        call("--home", str(centre.store.home), "--as", login, "journal", "export", str(exported), **SIGNED_IN)
        assert "objective.written" in exported.read_text("utf-8") and str(FIGURE) not in exported.read_text("utf-8")


def write_figure(centre: Centre) -> None:
    """Two of the panel count an item of the first candidate."""
    exercise, item = next(
        (one, item) for one in centre.exercises() for item in one.items if item.scale.kind == "objective"
    )
    centre.act("E1", write_objective, centre.applications[0], exercise.id, item.key, FIGURE, second="E2")


def shows_figure(centre: Centre, login: str) -> set[str]:
    """The queries that show somebody the figure."""
    found, actor = set(), centre.actors[login]
    for name, query in queries():
        for given in arguments(centre, query, actor, actor.id):
            with centre.store.read(actor) as read:
                try:
                    answer = shown(query(read, **given))
                except Exception as refusal:  # a refusal says nothing either
                    answer = repr(refusal)
            if str(FIGURE) in answer:
                found.add(name)
    return found


def test_the_search_finds_what_an_examiners_own_sheet_holds(sealed: tuple[Centre, set[int]]) -> None:
    """It can fail: asked as the examiner who signed, the same queries do show the sheet."""
    centre, secret = sealed
    exercise = centre.exercises()[0].id
    own = centre.ask(scoring.own_sheet, centre.id("E1"), centre.applications[0], exercise)
    signed = centre.ask(scoring.signed_sheet, centre.id("E1"), centre.applications[0], exercise)
    assert tells(shown(own), secret) and tells(shown(signed), secret)


@pytest.mark.parametrize("login", ["admin", "R1", "V1", "M1", "I1", "C1", "S1", "A1", "E3"])
def test_no_command_line_shows_a_mark_of_a_sealed_panel(
    sealed: tuple[Centre, set[int]], tmp_path: Path, login: str
) -> None:
    centre, secret = sealed
    centre.store.close()
    commands = [
        ["batch", "list"],
        ["batch", "show", "2026-01"],
        ["account", "list"],
        ["journal", "verify"],
        ["journal", "rebuild", "--check"],
        ["journal", "export", str(tmp_path / "export.jsonl")],
        ["segment", "write", str(tmp_path / "out.seg")],
        ["certificates", "issue", "--batch", "2026-01", "--out", str(tmp_path / "a.pdf")],
    ]
    environment = {"ZHIKAO_PASSPHRASE": PASSPHRASE, "ZHIKAO_PIN": ADMIN_PIN if login == "admin" else PIN}
    for words in commands:
        answer = call("--home", str(centre.store.home), "--as", login, *words, **environment)
        assert answer.exit_code in (0, 1), answer.out
        assert not tells(answer.out + answer.err, secret), words
    exported = (tmp_path / "export.jsonl").read_text("utf-8")
    assert "sheet.signed" in exported and WORDS not in exported
    assert WORDS.encode() not in zlib.decompress((tmp_path / "out.seg").read_bytes()[len(segments.MAGIC) :])


def parts(centre: Centre) -> bytes:
    """Every part that a segment of this machine would carry now."""
    with centre.store.read() as read:
        may = may_travel(read)
        found = segments.cut_all(read.connection, centre.store.centre, centre.store.device, may)
    return b"".join(data for segment in found for _, data in segment.parts)


def test_marks_leave_the_machine_only_once_their_panel_is_unsealed(sealed: tuple[Centre, set[int]]) -> None:
    centre, _ = sealed
    assert WORDS.encode() not in parts(centre)
    assert "测试1".encode() in parts(centre), "other parts do travel"
    centre.mark("E3", centre.applications[0])
    centre.mark("E1", centre.applications[1], 0.8, "另一张")
    assert parts(centre).count(WORDS.encode()) == 2 * len(centre.exercises())
    assert "另一张".encode() not in parts(centre)


def test_the_log_and_the_files_of_the_home_hold_no_mark_in_the_clear(
    sealed: tuple[Centre, set[int]], caplog: pytest.LogCaptureFixture
) -> None:
    centre, _ = sealed
    centre.store.close()
    assert WORDS not in caplog.text
    for file in centre.store.home.rglob("*"):
        if file.is_file():
            assert WORDS.encode() not in file.read_bytes(), file.name
