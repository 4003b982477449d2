"""`workdays`: the Nth working day after a date by the mainland calendar."""

from __future__ import annotations

import re
from datetime import date

from core.cli.frame import Answer, Call, Noun
from core.errors import BadUsage
from core.standards.workdays import due
from core.words import say

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def register(noun: Noun) -> None:
    parser = noun.verb("", answer)
    parser.add_argument("--from", dest="start", required=True, metavar="DATE")
    parser.add_argument("--days", type=int, required=True, metavar="N")


def answer(call: Call) -> Answer:
    start = _date(call.args.start)
    found = due(start, call.args.days)
    data = {
        "due": found.due.isoformat(),
        "calendar_ends": found.calendar_ends.isoformat(),
        "estimated": found.estimated,
    }
    text = say("workdays.due_line", start=start, days=call.args.days, due=found.due)
    if found.estimated:
        text += "\n" + say("workdays.estimated_line", ends=found.calendar_ends)
    return Answer(data, text)


def _date(written: str) -> date:
    if _DATE.fullmatch(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass
    raise BadUsage("workdays.bad_date", date=written)
