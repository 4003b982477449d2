"""`staffing`: how many examiners or invigilators an examination takes (9.2)."""

from __future__ import annotations

from core.cli.frame import Answer, Call, Noun
from core.errors import BadUsage
from core.paths import home_or_default
from core.standards import staffing
from core.standards.packs import Pack, pack, use_home
from core.words import say


def register(noun: Noun) -> None:
    parser = noun.verb("", answer)
    parser.add_argument("standard")
    parser.add_argument("component", choices=("knowledge", "skill", "review"))
    parser.add_argument("--candidates", type=int, required=True, metavar="N")
    parser.add_argument("--room", type=int, action="append", default=[], dest="rooms", metavar="N")


def answer(call: Call) -> Answer:
    use_home(home_or_default(call.home))
    found = pack(call.args.standard)
    if call.args.component == "knowledge":
        return _rooms(found, staffing.rooms(found, call.args.candidates, call.args.rooms))
    if call.args.rooms:
        raise BadUsage("staffing.room_needs_knowledge")
    needed = staffing.panel(found, call.args.component, call.args.candidates)
    policy = staffing.policy_sentence(needed.policy, found)
    text = say("staffing.examiners_line", examiners=needed.examiners) + _clause(needed.clause)
    return Answer(
        {"examiners": needed.examiners, "clause": needed.clause, "policy": policy},
        "\n".join(filter(None, (text, policy))),
    )


def _rooms(found: Pack, needed: staffing.RoomStaffing) -> Answer:
    policy = staffing.policy_sentence(needed.policy, found)
    lines = [
        say("staffing.room_line", no=no, candidates=candidates, invigilators=invigilators)
        for no, (candidates, invigilators) in enumerate(needed.rooms, 1)
    ]
    lines.append(say("staffing.invigilators_line", invigilators=needed.invigilators) + _clause(needed.clause))
    rooms = [{"candidates": candidates, "invigilators": invigilators} for candidates, invigilators in needed.rooms]
    return Answer(
        {"rooms": rooms, "invigilators": needed.invigilators, "clause": needed.clause, "policy": policy},
        "\n".join([*lines, *([policy] if policy else [])]),
    )


def _clause(clause: str | None) -> str:
    return say("staffing.clause_line", clause=clause) if clause else ""
