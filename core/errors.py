"""The four ways in which an act can end without being done, and nothing else.

A sentence for people stands in `resources/translations` under the error's code; see `core.words`. Anything that is
not an `AppError` is a bug and gets a crash report (exit 70).
"""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """An expected end of an act. `code` names its sentence, `clause` the clause of the standard that it follows.

    `values` fill the sentence's placeholders. They may be shown to a person but never hold more personal data than
    the act that failed already had on screen; they are never logged.
    """

    exit_code: ClassVar[int]

    def __init__(self, code: str, /, *, clause: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.clause = clause
        self.values = values

    @property
    def sentence(self) -> str:
        """What to show: what happened, why, and what to do, in the language in use."""
        from core.words import say

        return say(self.code, **self.values)

    def __str__(self) -> str:
        return self.code


class Refused(AppError):
    """A rule, a file's content, or a wrong secret says no."""

    exit_code = 1


class BadUsage(AppError):
    """The command's words are off."""

    exit_code = 2


class EnvironmentFailure(AppError):
    """The machine says no: disk full, file in use, no such file, no link. Nothing is harmed; try again later."""

    exit_code = 3


class IntegrityFailure(AppError):
    """A signature, hash, page or table does not hold."""

    exit_code = 4
