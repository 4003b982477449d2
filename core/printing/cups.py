"""Printing through CUPS: sheets go in by its own commands, what became of them is asked of its server.

`CUPS_SERVER` and the account's own settings for CUPS count, as the commands read them.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
from typing import Final

from core.errors import EnvironmentFailure
from core.printing import ipp
from core.printing.spooler import Choices, JobStatus, NotTaken, Options, Printer, Quality, State, Trouble

CALL_SECONDS: Final = 20.0
"""A command that takes longer hangs on a server that has gone."""
_JOB = re.compile(r"request id is (\S+-\d+) ")
_DEFAULT = re.compile(r"system default destination: (\S+)")
_CHOICES = re.compile(r"(PageSize|InputSlot)/[^:]*:(.*)")
_STATES: Final = {3: State.WAITING, 4: State.WAITING, 5: State.PRINTING, 6: State.STOPPED}
_STOPPED_PRINTER, _CANCELLED_JOB, _COMPLETED_JOB = 5, 7, 9
_TROUBLES: Final = (
    ("media-jam", Trouble.JAM),
    ("media-empty", Trouble.NO_PAPER),
    ("media-needed", Trouble.NO_PAPER),
    ("cover-open", Trouble.COVER_OPEN),
    ("door-open", Trouble.COVER_OPEN),
    ("interlock-open", Trouble.COVER_OPEN),
    ("toner-empty", Trouble.NO_INK),
    ("marker-supply-empty", Trouble.NO_INK),
    ("offline", Trouble.OFFLINE),
    ("shutdown", Trouble.OFFLINE),
    ("timed-out", Trouble.OFFLINE),
)
"""What a printer says of itself begins so; `-error`, `-warning` or `-report` follows. The first that fits counts."""
_QUALITIES: Final = {Quality.NORMAL: "4", Quality.HIGH: "5"}
_PRINTER_WORDS: Final = (
    "printer-name",
    "printer-info",
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
)
_JOB_WORDS: Final = ("job-state", "job-state-reasons", "job-printer-uri", "time-at-processing")


class Cups:
    """The print system of Linux and macOS; see `core.printing.spooler.Spooler`."""

    follows = True

    @staticmethod
    def is_here() -> bool:
        """Whether this machine has its commands."""
        return shutil.which("lp") is not None and shutil.which("lpstat") is not None

    def printers(self) -> list[Printer]:
        """The printers, the account's default first. `printing.unreachable` if the server does not answer."""
        default = _DEFAULT.search(_run("lpstat", "-d").stdout.decode("utf-8", "replace"))
        try:
            _, found = ipp.ask(_server(), ipp.GET_PRINTERS, "ipp://localhost/", _PRINTER_WORDS, _user())
        except ipp.Unanswered:
            raise EnvironmentFailure("printing.unreachable") from None
        printers = [_printer(each, default[1] if default else "") for each in found if "printer-name" in each]
        return sorted(printers, key=lambda printer: (not printer.default, printer.name))

    def choices(self, printer: str) -> Choices:
        """Papers and trays, where the printer's driver names them; a printer without a driver offers none."""
        told = _run("lpoptions", "-p", printer, "-l").stdout.decode("utf-8", "replace")
        found = {option: tuple(values.replace("*", "").split()) for option, values in _CHOICES.findall(told)}
        return Choices(found.get("PageSize", ()), found.get("InputSlot", ()))

    def submit(self, printer: str, pdf: bytes, options: Options) -> str:
        """Hand one sheet over; its job's name, `printer-number`."""
        words = ["lp", "-d", printer, "-n", str(options.copies), "-t", "zhikao", *_words(options), "-"]
        done = _run(*words, given=pdf)
        found = _JOB.search(done.stdout.decode("utf-8", "replace"))
        if done.returncode == 0 and found is not None:
            return found[1]
        problem = done.stderr.decode("utf-8", "replace").strip()
        if "not accepting" in problem:
            raise NotTaken("printing.not_accepting", printer=printer)
        if "does not exist" in problem:
            raise NotTaken("printing.no_such_printer", printer=printer)
        raise EnvironmentFailure("printing.refused", printer=printer, problem=problem.removeprefix("lp: "))

    def state(self, job: str) -> JobStatus:
        """What became of a job."""
        number = job.rpartition("-")[2]
        try:
            server = _server()
            status, found = ipp.ask(server, ipp.GET_JOB, f"ipp://localhost/jobs/{number}", _JOB_WORDS, _user())
            if status == ipp.NOT_FOUND:
                return JobStatus(State.LOST, Trouble.GONE)
            if not found or "job-state" not in found[0]:
                return JobStatus(State.LOST, Trouble.UNREACHABLE)
            code = found[0]["job-state"][0]
            if code in _STATES:
                return self._under_way(server, _STATES[int(code or 0)], job.rpartition("-")[0])
        except (ipp.Unanswered, EnvironmentFailure):
            return JobStatus(State.LOST, Trouble.UNREACHABLE)
        if code == _COMPLETED_JOB and "job-completed-with-errors" not in found[0].get("job-state-reasons", []):
            return JobStatus(State.PRINTED)
        began = found[0].get("time-at-processing") != [None]
        return JobStatus(State.FAILED, Trouble.CANCELLED if code == _CANCELLED_JOB else Trouble.ABORTED, began)

    def cancel(self, job: str) -> bool:
        """Take a job back."""
        try:
            return _run("cancel", job).returncode == 0
        except EnvironmentFailure:
            return False

    def _under_way(self, server: str, state: State, printer: str) -> JobStatus:
        """A job that has not ended: what its printer says of itself holds it up."""
        _, found = ipp.ask(server, ipp.GET_PRINTERS, "ipp://localhost/", _PRINTER_WORDS, _user())
        trouble = next((_trouble(each) for each in found if each.get("printer-name") == [printer]), Trouble.GONE)
        if trouble is None and state is State.STOPPED:
            trouble = Trouble.PAUSED
        return JobStatus(state) if trouble is None else JobStatus(State.STOPPED, trouble)


def _printer(found: ipp.Attributes, default: str) -> Printer:
    name = str(found["printer-name"][0])
    shown = str(found.get("printer-info", [""])[0] or name)
    accepts = found.get("printer-is-accepting-jobs", [True])[0] is True
    return Printer(name, shown, name == default, accepts, _trouble(found))


def _trouble(printer: ipp.Attributes) -> Trouble | None:
    if printer.get("printer-state") == [_STOPPED_PRINTER]:
        return Trouble.PAUSED
    reasons = [str(reason) for reason in printer.get("printer-state-reasons", [])]
    return next((trouble for word, trouble in _TROUBLES if any(each.startswith(word) for each in reasons)), None)


def _words(options: Options) -> list[str]:
    """The options in CUPS's words. Nothing may be scaled: a certificate's millimetres are meant."""
    if isinstance(options.paper, str):
        paper = options.paper
    else:
        paper = f"Custom.{options.paper[0]:g}x{options.paper[1]:g}mm"
    words = {
        "media": paper,
        "sides": "one-sided",
        "print-scaling": "none",
        "fit-to-page": "false",
        "print-quality": _QUALITIES[options.quality],
    }
    if options.tray:
        words["InputSlot"] = options.tray
    return [word for name, value in words.items() for word in ("-o", f"{name}={value}")]


def _server() -> str:
    """Where the commands would go: a socket's path, or `host:port`."""
    told = _run("lpstat", "-H").stdout.decode("utf-8", "replace").strip()
    return re.sub(r":\d+$", "", told) if told.startswith("/") else told


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "anonymous"


def _run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command of CUPS. Refused if it is missing, cannot be started, or does not end in time."""
    try:
        return subprocess.run(
            list(words),
            input=given,
            capture_output=True,
            timeout=CALL_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise NotTaken("printing.no_command", command=words[0]) from None
    except subprocess.TimeoutExpired:
        raise EnvironmentFailure("printing.no_answer", seconds=f"{CALL_SECONDS:.0f}") from None
    except OSError as problem:
        raise NotTaken("printing.no_start", command=words[0], problem=problem.strerror or "") from None
