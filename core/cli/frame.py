"""What every command of the contract shares: its words, its answer, its exit code.

A noun's module offers `register(noun)`, where `noun` is a `Noun`: it adds verbs with their arguments and one handler
each. A handler takes a `Call` and returns an `Answer`, or raises an `AppError`. Printing happens here and nowhere else.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
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


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is a `BadUsage` instead of an exit."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage("cli.usage", problem=message, usage=self.format_usage().strip())


class Noun:
    """The verbs of one noun. A noun without verbs is a command itself (`verb("")`)."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser
        self._verbs: Any = None

    def verb(self, name: str, handler: Handler) -> argparse.ArgumentParser:
        """The parser of a new verb, to which its arguments are added; "" is the noun itself."""
        parser = self.parser
        if name:
            if self._verbs is None:
                self._verbs = self.parser.add_subparsers(
                    dest="verb", metavar="VERB", required=True, parser_class=Parser
                )
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
    """Print an answer the way it was asked for; the exit code."""
    print(json.dumps(answer.data, ensure_ascii=False) if as_json else answer.text, flush=True)
    return answer.exit_code


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
        return given
    if sys.stdin is not None and sys.stdin.isatty():
        import getpass

        return getpass.getpass(say(prompt_code))
    raise BadUsage("cli.secret_missing", variable=name)
