"""`aggregate`: one panel's score sheets in a JSON file, checked item by item, to one exact result."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.errors import Refused
from core.scoring.aggregation import (
    PANEL_CLAUSE,
    Aggregate,
    AggregationPolicy,
    aggregate,
    check_panel,
    exact_text,
    total,
)
from core.standards.plain_json import read_object
from core.standards.plans import Method
from core.standards.points import NotPoints, points_text, read_points
from core.words import say


class Sheet(msgspec.Struct, frozen=True):
    """One examiner's marks by item and deductions, in hundredths."""

    examiner: str
    marks: dict[str, int]
    deductions: tuple[int, ...]


def register(noun: Noun) -> None:
    noun.verb("", answer).add_argument("file", metavar="FILE")


def answer(call: Call) -> Answer:
    data = read_object(read_bytes_argument(call.args.file))
    _only(data, "", ("full_mark", "pass_mark", "policy", "weights", "sheets"))
    full_mark, pass_mark = _points(data, "", "full_mark"), _points(data, "", "pass_mark")
    if not 0 < pass_mark <= full_mark:
        raise Refused("aggregate.full_mark")
    policy = _policy(_object(data, "", "policy"))
    weights = _object(data, "", "weights")
    maxima = {item: _points(weights, "weights.", item) for item in weights}
    if sum(maxima.values()) != full_mark:
        raise Refused("aggregate.maxima", total=points_text(sum(maxima.values())), full=points_text(full_mark))
    sheets = _sheets(data)
    check_panel(len(sheets), policy)
    for sheet in sheets:
        _check_marks(sheet, maxima)
    totals = [(sheet.examiner, total(list(sheet.marks.values()), sheet.deductions)) for sheet in sheets]
    found = aggregate([points for _, points in totals], policy, pass_mark=pass_mark)
    return Answer(_data(totals, found), _text(totals, found))


def _data(totals: list[tuple[str, int]], found: Aggregate) -> dict[str, Any]:
    return {
        "totals": [{"examiner": examiner, "total": points_text(points)} for examiner, points in totals],
        "result": exact_text(found.result),
        "result_display": points_text(found.display),
        "spread": points_text(found.spread),
        "adjudication": {"needed": found.needs_adjudication, "reasons": list(found.reasons)},
        "passed": found.passed,
    }


def _text(totals: list[tuple[str, int]], found: Aggregate) -> str:
    lines = [say("aggregate.total_line", examiner=examiner, total=points_text(points)) for examiner, points in totals]
    lines.append(
        say(
            "aggregate.result_line",
            display=points_text(found.display),
            result=exact_text(found.result),
            spread=points_text(found.spread),
        )
    )
    if found.reasons:
        reasons = (say(f"aggregate.reason.{reason}") for reason in found.reasons)
        lines.append(say("aggregate.deliberation", reasons=say("aggregate.between_reasons").join(reasons)))
    else:
        lines.append(say("aggregate.passed" if found.passed else "aggregate.failed"))
    return "\n".join(lines)


def _policy(data: dict[str, Any]) -> AggregationPolicy:
    """The policy as written. A limit that it does not name does not apply; without a method it is the mean."""
    _only(data, "policy.", ("method", "spread_limit", "straddle", "straddle_within"))
    method = data.get("method", "mean")
    if method not in get_args(Method):
        raise Refused("aggregate.unknown_method", method=str(method), methods=" ".join(get_args(Method)))
    straddle = data.get("straddle")
    if straddle is not None and not isinstance(straddle, bool):
        raise _wrong("policy.straddle", "truth")
    return AggregationPolicy(
        method=method,
        spread_limit=_limit(data, "spread_limit"),
        straddle=bool(straddle),
        straddle_within=_limit(data, "straddle_within"),
    )


def _limit(data: dict[str, Any], key: str) -> int | None:
    return None if data.get(key) is None else _points(data, "policy.", key)


def _sheets(data: dict[str, Any]) -> list[Sheet]:
    found: list[Sheet] = []
    written = data.get("sheets")
    if not isinstance(written, list) or not all(isinstance(row, dict) for row in written):
        raise _wrong("sheets", "list")
    for index, row in enumerate(written):
        where = f"sheets[{index}]."
        _only(row, where, ("examiner", "marks", "deductions"))
        examiner = row.get("examiner")
        if not isinstance(examiner, str) or not examiner.strip():
            raise _wrong(where + "examiner", "text")
        examiner = examiner.strip()
        if any(sheet.examiner == examiner for sheet in found):
            raise Refused("aggregate.examiner_twice", clause=PANEL_CLAUSE, examiner=examiner)
        marks = _object(row, where, "marks")
        deductions = row.get("deductions")
        if deductions is not None and not isinstance(deductions, list):
            raise _wrong(where + "deductions", "list")
        found.append(
            Sheet(
                examiner=examiner,
                marks={item: _points(marks, f"{where}marks.", item) for item in marks},
                deductions=tuple(
                    _read(points, f"{where}deductions[{no}]") for no, points in enumerate(deductions or [])
                ),
            )
        )
    return found


def _check_marks(sheet: Sheet, maxima: dict[str, int]) -> None:
    for item in maxima:
        if item not in sheet.marks:
            raise Refused("aggregate.missing_mark", examiner=sheet.examiner, item=item)
    for item, mark in sheet.marks.items():
        if item not in maxima:
            raise Refused("aggregate.excess_mark", examiner=sheet.examiner, item=item)
        if mark > maxima[item]:
            raise Refused(
                "aggregate.out_of_range",
                examiner=sheet.examiner,
                item=item,
                mark=points_text(mark),
                maximum=points_text(maxima[item]),
            )


def _only(data: dict[str, Any], where: str, keys: tuple[str, ...]) -> None:
    for key in data:
        if key not in keys:
            raise Refused("aggregate.unknown_key", key=where + key, keys=" ".join(keys))


def _object(data: dict[str, Any], where: str, key: str) -> dict[str, Any]:
    if key not in data:
        raise Refused("aggregate.missing_key", key=where + key)
    found = data[key]
    if not isinstance(found, dict):
        raise _wrong(where + key, "object")
    return found


def _points(data: dict[str, Any], where: str, key: str) -> int:
    if key not in data:
        raise Refused("aggregate.missing_key", key=where + key)
    return _read(data[key], where + key)


def _read(written: object, where: str) -> int:
    try:
        return read_points(written)
    except NotPoints as problem:
        raise Refused("aggregate.points", key=where, reason=say(f"points.{problem.reason}")) from None


def _wrong(key: str, kind: str) -> Refused:
    return Refused("aggregate.wrong_kind", key=key, kind=say(f"aggregate.kind_{kind}"))
