"""The command line: one small module per noun of the contract, imported only when its noun is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from core.cli.frame import Call, Noun, Parser, print_answer, print_error
from core.errors import AppError, BadUsage
from core.words import say

NOUNS = {
    "demo": "demo",
    "centre": "centre",
    "account": "account",
    "standards": "standards",
    "eligibility": "eligibility",
    "staffing": "staffing",
    "workdays": "workdays",
    "identity": "identity",
    "aggregate": "aggregate",
    "roster": "roster",
    "batch": "batch",
    "scores": "scores",
    "certificates": "certificates",
    "verify": "verify",
    "journal": "journal",
    "backup": "backup",
    "segment": "segment",
}
"""Noun → module of this package."""


def common_options(parser: argparse.ArgumentParser) -> None:
    """The options that stand before every command."""
    parser.add_argument("--home", type=Path)
    parser.add_argument("--as", dest="account")
    parser.add_argument("--with", dest="second")
    parser.add_argument("--json", dest="as_json", action="store_true")


def run(arguments: Sequence[str]) -> int:
    """Run one command as `main.py` was given it; the exit code of the contract."""
    as_json = "--json" in arguments
    call: Call | None = None
    try:
        call = parse(arguments)
        return print_answer(call.args.handler(call), call.as_json)
    except AppError as error:
        return print_error(error, call, as_json)
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return 130
    except Exception as bug:
        from core.crash import write_report

        traceback.print_exc()
        print(say("cli.bug", report=write_report(bug, call.home if call else None)), file=sys.stderr)
        return 70


def parse(arguments: Sequence[str]) -> Call:
    """The call that `arguments` mean. Words that are off: `BadUsage`."""
    before = Parser(prog="main.py", add_help=False, allow_abbrev=False)
    common_options(before)
    # The common options may also stand behind the command, where people type them.
    known, rest = before.parse_known_args(list(arguments))
    noun = next((word for word in rest if not word.startswith("-")), None)
    if noun not in NOUNS:
        raise BadUsage("cli.unknown_command", command=noun or "", commands=" ".join(NOUNS))
    parser = Parser(prog=f"main.py {noun}", allow_abbrev=False)
    module = importlib.import_module(f"core.cli.{NOUNS[noun]}")
    module.register(Noun(parser))
    rest.remove(noun)
    args = parser.parse_args(rest, known)
    home = args.home or (Path(os.environ["ZHIKAO_HOME"]) if os.environ.get("ZHIKAO_HOME") else None)
    return Call(args=args, home=home, account=args.account, second=args.second, as_json=args.as_json)
