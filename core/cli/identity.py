"""`identity NUMBER`: what an identity number says, and why it cannot be right."""

from __future__ import annotations

from core.cli.frame import Answer, Call, Noun
from core.registration import identity
from core.words import say


def register(noun: Noun) -> None:
    """The command and its arguments."""
    parser = noun.verb("", check)
    parser.add_argument("number")
    parser.add_argument("--kind", choices=identity.KINDS)


def check(call: Call) -> Answer:
    """Judge one number. A number that is not valid is an answer (exit 0)."""
    found = identity.check(call.args.number, kind=call.args.kind)
    born = found.birth_date.isoformat() if found.birth_date else None
    data = {
        "valid": found.valid,
        "kind": found.kind,
        "birth_date": born,
        "sex": found.sex,
        "region": found.region,
        "problem": found.problem,
    }
    lines = [say("identity.valid") if found.valid else found.problem or ""]
    if found.kind:
        lines.append(say("identity.line.kind", kind=say(f"identity.kind.{found.kind}")))
    if born:
        lines.append(say("identity.line.birth_date", birth_date=born))
    if found.sex:
        lines.append(say("identity.line.sex", sex=say(f"identity.sex.{found.sex}")))
    if found.region:
        lines.append(say("identity.line.region", region=found.region))
    return Answer(data, "\n".join(lines))
