"""The command line: one small module per noun of the contract, imported only when its noun is called."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.cli.frame import Answer, Call, HelpAsked, Noun, Parser, drop_output, print_answer, print_error, print_said
from core.door import absent_package, set_up_first
from core.errors import AppError, BadUsage, EnvironmentFailure
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
    "enrol": "enrol",
    "hub": "hub",
    "sync": "sync",
    "courier": "courier",
}
"""Noun → module of this package."""

BUG = 70


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
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):  # a file name may hold what the terminal can't show
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        if asked := _about(arguments):
            return print_answer(asked, as_json)
        call = parse(arguments)
        return print_answer(call.args.handler(call), call.as_json)
    except HelpAsked as asked_for:
        return print_answer(Answer({"help": str(asked_for)}, str(asked_for)), as_json)
    except AppError as error:
        return print_error(error, call, as_json)
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return 130
    except BrokenPipeError:
        drop_output()  # whoever read the answer has gone
        return EnvironmentFailure.exit_code
    except Exception as bug:
        if package := absent_package(bug):
            sentence = set_up_first(package)
            print_said({"error": "cli.package_missing", "message": sentence, "clause": None}, sentence, as_json)
            return EnvironmentFailure.exit_code
        from core.crash import write_report

        # Neither message nor trace: both may hold what describes a person. The report says where it broke.
        report = str(write_report(bug, call.home if call else None))
        sentence = say("cli.bug", report=report)
        print_said({"error": "cli.bug", "message": sentence, "clause": None, "report": report}, sentence, as_json)
        return BUG


def _about(arguments: Sequence[str]) -> Answer | None:
    """What `--version`, and `--help` before any command, answer."""
    words = [word for word in arguments if word != "--json"]
    if words[:1] == ["--version"]:
        from core.crash import program_version

        return Answer({"version": program_version()}, program_version())
    if words[:1] in (["--help"], ["-h"]):
        lines = "\n".join(f"  {noun:<13}{say(f'cli.about.{noun}')}" for noun in NOUNS)
        return Answer({"commands": list(NOUNS)}, say("cli.help", commands=lines))
    return None


def _check_value(name: str, value: object) -> None:
    """Refuse what no command could use: a text that is none, a path that no system takes, a file without a name."""
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise BadUsage("cli.not_text", option=name)
    if not isinstance(value, Path | str) or (isinstance(value, str) and name not in ("file", "image", "pdf")):
        return
    path = Path(value)
    if name == "file" and not path.name:
        raise EnvironmentFailure("cli.no_file_name", file=str(path))
    try:
        path.exists()
    except OSError as problem:
        raise EnvironmentFailure("cli.unreadable", file=f"{str(path)[:80]}…", problem=problem.strerror or "") from None


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
    for name, value in vars(args).items():
        _check_value(name, value)
    home = args.home or (Path(os.environ["ZHIKAO_HOME"]) if os.environ.get("ZHIKAO_HOME") else None)
    return Call(args=args, home=home, account=args.account, second=args.second, as_json=args.as_json)
