"""`journal verify|rebuild|export`: whether the records still are what was written."""

from __future__ import annotations

from pathlib import Path

from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.cli.session import opened
from core.errors import IntegrityFailure
from core.store import Problem, read_heads
from core.store.files import whole_file
from core.words import say


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    noun.verb("verify", run_verify).add_argument("--heads", metavar="FILE")
    noun.verb("rebuild", run_rebuild).add_argument("--check", action="store_true")
    noun.verb("export", run_export).add_argument("file", metavar="FILE", type=Path)


def run_verify(call: Call) -> Answer:
    """Check pages, chains, parts, seals, order, outside witnesses and personal signatures. Problems: exit 4."""
    from core.house import signature_problems

    witnesses = read_heads(read_bytes_argument(call.args.heads)) if call.args.heads else []
    with opened(call) as store:
        found = store.verify(witnesses)
        problems = list(found.problems)
        if not any(problem.kind == "page" for problem in problems):
            try:
                problems += signature_problems(store)
            except IntegrityFailure:
                problems.append(Problem(0, 0, "page"))
    data = {"entries": found.entries, "devices": found.devices, "problems": [_line(one) for one in problems]}
    if not problems:
        return Answer(data, say("journal.whole", entries=found.entries, devices=found.devices))
    text = say("journal.not_whole", count=len(problems), entries=found.entries, devices=found.devices)
    return Answer(data, "\n".join([text, *(one.sentence for one in problems)]), IntegrityFailure.exit_code)


def _line(problem: Problem) -> dict[str, object]:
    return {"device": problem.device, "seq": problem.seq, "kind": problem.kind, "sentence": problem.sentence}


def run_rebuild(call: Call) -> Answer:
    """Work the derived tables out again; with `--check` only compare them with what stands there. Differing: exit 4."""
    with opened(call) as store:
        entries = 0 if call.args.check else store.rebuild()
        tables, differing = store.compare()
    data = {"tables": tables, "differing": differing}
    if differing:
        return Answer(data, say("journal.differing", differing=", ".join(differing)), IntegrityFailure.exit_code)
    if call.args.check:
        return Answer(data, say("journal.same", tables=tables))
    return Answer({**data, "entries": entries}, say("journal.rebuilt", tables=tables, entries=entries))


def run_export(call: Call) -> Answer:
    """One JSON line an entry, without parts."""
    target: Path = call.args.file
    entries = 0
    with opened(call) as store, whole_file(target) as stream:
        for line in store.export():
            stream.write(line.encode() + b"\n")
            entries += 1
    return Answer({"entries": entries, "file": str(target)}, say("journal.exported", entries=entries, file=target))
