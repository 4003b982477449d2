"""`eligibility`: whether stated facts meet the conditions of a level (9.1)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.paths import home_or_default
from core.standards.eligibility import Eligibility, judge
from core.standards.facts import Facts
from core.standards.packs import pack, use_home
from core.words import say

PEOPLES_TIME = ZoneInfo("Asia/Shanghai")


def register(noun: Noun) -> None:
    parser = noun.verb("", answer)
    parser.add_argument("standard")
    parser.add_argument("level")
    parser.add_argument("--facts", required=True, metavar="FILE")


def answer(call: Call) -> Answer:
    use_home(home_or_default(call.home))
    found = pack(call.args.standard)
    found.level(call.args.level)
    facts = Facts.from_json(read_bytes_argument(call.args.facts), today=datetime.now(PEOPLES_TIME).date())
    judged = judge(found, call.args.level, facts)
    data = {
        "eligible": judged.eligible,
        "conditions": [
            {
                "id": condition.id,
                "clause": condition.clause,
                "label": condition.label,
                "met": condition.met,
                "missing": [lack.sentence for lack in condition.missing],
            }
            for condition in judged.conditions
        ],
        "as_of": facts.as_of.isoformat(),
    }
    return Answer(data, _text(judged, facts, found.standard.title))


def _text(judged: Eligibility, facts: Facts, title: str) -> str:
    if judged.eligible is None:
        return say("eligibility.undecided", title=title)
    lines = [say("eligibility.yes" if judged.eligible else "eligibility.no", as_of=facts.as_of)]
    for condition in judged.conditions:
        missing = "\n    ".join(lack.sentence for lack in condition.missing)
        code = "eligibility.met_line" if condition.met else "eligibility.unmet_line"
        lines.append(say(code, clause=condition.clause, label=condition.label, missing=missing))
    return "\n".join(lines)
