"""`demo`: a whole evaluation of invented people, from a roster file to documents that verify."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from contextlib import closing
from pathlib import Path

from core.certificates.lists import trust_of_home
from core.certificates.notices import issue_and_write
from core.certificates.verification import Status, verify_text
from core.cli.frame import Answer, Call, Noun
from core.demo import evaluation
from core.demo.association import Association, code_area, folder_beside
from core.demo.evaluation import Run, begin
from core.errors import BadUsage, EnvironmentFailure, IntegrityFailure, Refused
from core.house import PASSPHRASE
from core.results.queries import result_counts
from core.words import say

MOST_CANDIDATES = 20_000
LEVELS = ("junior", "intermediate", "senior")


def register(noun: Noun) -> None:
    demo = noun.verb("", run_demo)
    demo.add_argument("--candidates", type=int, default=evaluation.SAMPLE_CANDIDATES)
    demo.add_argument("--level", choices=LEVELS, default=evaluation.SAMPLE_LEVEL)
    demo.add_argument("--seed", type=int, default=evaluation.SAMPLE_SEED)
    demo.add_argument("--out", type=Path)


def run_demo(call: Call) -> Answer:
    """Do everything, and read every code back from the printed document."""
    args = call.args
    if not 1 <= args.candidates <= MOST_CANDIDATES:
        raise BadUsage("demo.candidates_out_of_range", most=MOST_CANDIDATES)
    began = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="zhikao-demo-"))
    home = call.home or folder / "home"
    beside = folder_beside(home)
    out = args.out or folder / "out"
    try:
        for place in (home, beside):
            if place.exists() and (not place.is_dir() or any(place.iterdir())):
                raise Refused("demo.home_not_empty", home=str(place))
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_write", file=str(out), problem=problem.strerror or "") from problem
    passphrase = os.environ.get(PASSPHRASE) or secrets.token_hex(8)
    run = begin(home, passphrase, args.candidates, args.level, args.seed, call.progress)
    with run.store, closing(Association(run, beside, passphrase)) as association:
        run.step("enrolled", association.enrol)
        roster, photos = evaluation.roster_for(folder, args.candidates, args.level, args.seed)
        run.step("roster_taken", lambda: evaluation.take_roster(run, roster, photos))
        run.step("reviewed", lambda: evaluation.review(run))
        run.step("arranged", lambda: evaluation.arrange(run))
        run.step("knowledge", lambda: evaluation.examine_knowledge(run, folder))
        run.step("marked", lambda: evaluation.mark(run))
        run.step("deliberated", lambda: evaluation.deliberate(run))
        run.step("confirmed", lambda: evaluation.settle_and_confirm(run))
        run.step("decided", association.decide)
        with run.store.read(run.cast.act("M01").first) as read:
            counts = result_counts(read, run.batch)
            passed = counts.passed or 0
        issued: dict[str, list[str]] = {}
        if passed:
            run.step("printed", lambda: issued.update(certificates=_certificates(run, association, out)))
        if passed < counts.settled:
            run.step("told", lambda: issued.update(notices=_notices(run, out)))
        run.step("listed", association.publish)
        documents = [_file(out, kind) for kind in issued]
        run.step("read_back", lambda: _read_back(home, out, issued))
        run.step("checked", lambda: _check(run))
    data = {
        "home": str(home),
        "passphrase": passphrase,
        "accounts": [
            {"id": player.login, "roles": [str(role) for role in player.roles], "pin": player.pin}
            for player in run.cast.players
        ],
        "candidates": args.candidates,
        "approved": run.approved,
        "panels": run.panels,
        "sheets": run.sheets,
        "passed": passed,
        "certificates": len(issued.get("certificates", [])),
        "notices": len(issued.get("notices", [])),
        "documents": [str(document) for document in documents],
        "association": str(beside),
        "seconds": round(time.perf_counter() - began, 2),
        "steps": run.seconds,
    }
    return Answer(data, _text(data, documents))


def _certificates(run: Run, association: Association, out: Path) -> list[str]:
    from core.certificates.files import issue_and_write_certificates

    association.adopt_template()
    actors = run.cast.act("C01", "M01")
    return issue_and_write_certificates(run.store, actors, run.batch, _file(out, "certificates")).numbers


def _notices(run: Run, out: Path) -> list[str]:
    return issue_and_write(run.store, run.cast.act("C01"), run.batch, _file(out, "notices"))


def _file(out: Path, kind: str) -> Path:
    return out / f"{say('demo.certificates_file' if kind == 'certificates' else 'demo.notices_file')}.pdf"


def _read_back(home: Path, out: Path, issued: dict[str, list[str]]) -> None:
    """Every code of the rendered documents verifies by the home's own lists and names the number that was issued."""
    from core.documents.scan_pages import page_codes

    trust = trust_of_home(home)
    for kind, numbers in issued.items():
        expected = Status.VALID if kind == "certificates" else Status.PROVISIONAL
        pages = page_codes(_file(out, kind).read_bytes(), within=code_area() if kind == "certificates" else None)
        verdicts = [verify_text(text, trust.issuers, trust.revocations) for page in pages for text in page]
        found = [verdict.fields.number for verdict in verdicts if verdict.fields is not None]
        if found != numbers or any(verdict.status is not expected for verdict in verdicts):
            raise IntegrityFailure("demo.codes_do_not_verify", read=len(found), issued=len(numbers))


def _check(run: Run) -> None:
    problems = evaluation.check_everything(run)
    if problems:
        raise IntegrityFailure("demo.does_not_hold", problems=problems)


def _text(data: dict[str, object], documents: list[Path]) -> str:
    shown = {name: value for name, value in data.items() if name not in ("accounts", "steps", "association")}
    return say("demo.summary", **{**shown, "documents": " ".join(map(str, documents))})
