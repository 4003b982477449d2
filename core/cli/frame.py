"""What every command of the contract shares: its words, its answer, its exit code.

A noun's module offers `register(noun)`, where `noun` is a `Noun`: it adds verbs with their arguments and one handler
each. A handler takes a `Call` and returns an `Answer`, or raises an `AppError`. Printing happens here and nowhere else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from core.errors import AppError, BadUsage, EnvironmentFailure, Refused
from core.words import say

LARGEST_FILE: Final = 1 << 30
"""Bytes that a file named on the command line may have: a courier bundle with all its photos stays below."""


@dataclass(frozen=True)
class Answer:
    """What a command found: `data` for `--json`, `text` for people, and how it ends (0 unless said otherwise)."""

    data: dict[str, Any]
    text: str
    exit_code: int = 0


@dataclass(frozen=True)
class Call:
    """One call of a command: its parsed arguments and the common options."""

    args: argparse.Namespace
    home: Path | None
    account: str | None
    second: str | None
    as_json: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    """What a refused command answers beside its error."""

    def progress(self, sentence: str) -> None:
        """Tell a person how far a long command is, on standard error."""
        print(sentence, file=sys.stderr, flush=True)


Handler = Callable[[Call], Answer]


_COMPLAINTS: Final = {
    "missing": r"the following arguments are required: (?P<words>.+)",
    "unknown": r"unrecognized arguments: (?P<words>.+)",
    "no_value": r"argument (?P<words>[^:]+): expected (?:one|at least one) argument",
    "no_choice": r"argument (?P<words>[^:]+): invalid choice: (?P<given>.+) \(choose from (?P<choices>.+)\)",
    "no_number": r"argument (?P<words>[^:]+): invalid int value: (?P<given>.+)",
    "other": r"argument (?P<words>[^:]+): (?P<told>.+)",
}
"""What argparse says in English alone, by the sentence that says it in the language in use."""


class HelpAsked(Exception):
    """Somebody asked for the words of a command instead of running it; `str` of it is the answer.

    argparse calls `print_help` for `--help`, and would print and exit, whether JSON was asked for or not.
    """


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is a `BadUsage` instead of an exit, and whose help is in our own words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.verbs: list[str] = []

    def error(self, message: str) -> NoReturn:
        problem = message
        for name, pattern in _COMPLAINTS.items():
            if found := re.fullmatch(pattern, message, re.DOTALL):
                problem = say(f"cli.words_{name}", **found.groupdict())
                break
        raise BadUsage("cli.usage", problem=problem, usage=self._words())

    def print_help(self, file: object = None) -> NoReturn:
        noun, _, verb = self.prog.removeprefix("main.py ").partition(" ")
        about = say(f"cli.about.{noun}.{verb}") if verb else say(f"cli.about.{noun}")
        width = max(map(len, self.verbs), default=0)
        verbs = [f"  {each:<{width}}  {say(f'cli.about.{noun}.{each}')}" for each in self.verbs]
        raise HelpAsked("\n".join([about, self._words(), *verbs]))

    def _words(self) -> str:
        return say("cli.words", usage=self.format_usage().removeprefix("usage: ").strip())


class Noun:
    """The verbs of one noun. A noun without verbs is a command itself (`verb("")`)."""

    def __init__(self, parser: Parser) -> None:
        self.parser = parser
        self._verbs: Any = None

    def verb(self, name: str, handler: Handler) -> argparse.ArgumentParser:
        """The parser of a new verb, to which its arguments are added; "" is the noun itself."""
        parser: argparse.ArgumentParser = self.parser
        if name:
            if self._verbs is None:
                self._verbs = self.parser.add_subparsers(dest="verb", required=True, parser_class=Parser)
            self.parser.verbs.append(name)
            parser = self._verbs.add_parser(name)
        parser.set_defaults(handler=handler)
        return parser


def read_bytes_argument(path: str, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a file named on the command line; `-` is standard input.

    No such file: exit 3. More than `most` bytes, or one without an end: refused before they fill the memory.
    """
    try:
        # Standard input stays open: a PIN may be asked for there.
        with nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as problem:
        raise EnvironmentFailure("cli.unreadable", file=path, problem=problem.strerror or "") from None
    if len(data) > most:
        raise Refused("cli.too_large", file=path, most=most // 1024 // 1024)
    return data


def print_answer(answer: Answer, as_json: bool) -> int:
    """Print an answer the way it was asked for; the exit code. Where nothing can be written any more: 3."""
    try:
        print(json.dumps(answer.data, ensure_ascii=False) if as_json else answer.text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as problem:
        drop_output()
        print(say("cli.answer_lost", problem=problem.strerror or ""), file=sys.stderr, flush=True)
        return EnvironmentFailure.exit_code
    return answer.exit_code


def drop_output() -> None:
    """Nobody gets the answer: what is left of it goes nowhere, so that Python does not complain once more at exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_error(error: AppError, call: Call | None, as_json: bool) -> int:
    """Print why a command ended without being done; the exit code."""
    said = {"error": error.code, "message": error.sentence, "clause": error.clause}
    quoted = say("cli.clause", clause=error.clause) if error.clause else ""
    print_said({**(call.data if call else {}), **said}, error.sentence + quoted, as_json)
    return error.exit_code


def print_said(data: dict[str, Any], sentence: str, as_json: bool) -> None:
    """Print why a command ended otherwise than asked: as JSON on standard output, else as a sentence on the other."""
    if as_json:
        print(json.dumps(data, ensure_ascii=False), flush=True)
    else:
        print(sentence, file=sys.stderr, flush=True)


def secret(name: str, prompt_code: str) -> str:
    """A secret from the environment variable `name`, or asked for at a terminal. Never from the command line."""
    given = os.environ.get(name)
    if given is not None:
        try:  # where the system's language is not set up, the variable comes as escaped bytes
            return given.encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            raise BadUsage("cli.not_text", option=name) from None
    if at_terminal():
        import getpass

        return getpass.getpass(say(prompt_code))
    raise BadUsage("cli.secret_missing", variable=name)


def new_secret(name: str, prompt_code: str) -> str:
    """As `secret`, for one that is to hold from now on: at a terminal it is typed twice, since nobody sees it."""
    first = secret(name, prompt_code)
    if name not in os.environ and secret(name, "cli.ask_again") != first:
        raise Refused("cli.typed_differently")
    return first


def at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
