"""`demo`: a whole evaluation of invented people, from a roster file to documents that verify."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from pathlib import Path

from core.certificates.notices import issue_and_write
from core.certificates.verification import Status, own_issuers, verify_text
from core.cli.frame import Answer, Call, Noun
from core.demo import evaluation
from core.demo.evaluation import begin
from core.errors import BadUsage, EnvironmentFailure, IntegrityFailure, Refused
from core.house import PASSPHRASE
from core.results.queries import results
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
    out = args.out or folder / "out"
    try:
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            raise Refused("demo.home_not_empty", home=str(home))
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentFailure("store.cannot_write", file=str(out), problem=problem.strerror or "") from problem
    passphrase = os.environ.get(PASSPHRASE) or secrets.token_hex(8)
    run = begin(home, passphrase, args.candidates, args.level, args.seed, call.progress)
    with run.store:
        roster, photos = evaluation.roster_for(folder, args.candidates, args.level, args.seed)
        run.step("roster_taken", lambda: evaluation.take_roster(run, roster, photos))
        run.step("reviewed", lambda: evaluation.review(run))
        run.step("arranged", lambda: evaluation.arrange(run))
        run.step("knowledge", lambda: evaluation.examine_knowledge(run, folder))
        run.step("marked", lambda: evaluation.mark(run))
        run.step("deliberated", lambda: evaluation.deliberate(run))
        run.step("confirmed", lambda: evaluation.settle_and_confirm(run))
        document = out / f"{say('demo.notices_file')}.pdf"
        numbers: list[str] = []
        actors = run.cast.act("C01")
        run.step("printed", lambda: numbers.extend(issue_and_write(run.store, actors, run.batch, document)))
        run.step("read_back", lambda: _read_back(document, home, numbers))
        run.step("checked", lambda: _check(run))
        with run.store.read() as read:
            passed = sum(result.passed for result in results(read, run.batch))
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
        "certificates": len(numbers),
        "documents": [str(document)],
        "seconds": round(time.perf_counter() - began, 2),
        "steps": run.seconds,
    }
    return Answer(data, _text(data, [document]))


def _read_back(document: Path, home: Path, numbers: list[str]) -> None:
    """Every code of the rendered document verifies as provisional and names the number that was issued, in order."""
    from core.documents.scan import pdf_codes

    issuers = own_issuers(home)
    verdicts = [verify_text(text, issuers) for page in pdf_codes(document.read_bytes()) for text in page]
    found = [verdict.fields.number for verdict in verdicts if verdict.fields is not None]
    if found != numbers or any(verdict.status is not Status.PROVISIONAL for verdict in verdicts):
        raise IntegrityFailure("demo.codes_do_not_verify", read=len(found), issued=len(numbers))


def _check(run: evaluation.Run) -> None:
    problems = evaluation.check_everything(run)
    if problems:
        raise IntegrityFailure("demo.does_not_hold", problems=problems)


def _text(data: dict[str, object], documents: list[Path]) -> str:
    shown = {name: value for name, value in data.items() if name not in ("accounts", "steps")}
    return say("demo.summary", **{**shown, "documents": " ".join(map(str, documents))})
