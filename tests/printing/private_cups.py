"""A print server of the test's own: real CUPS with its own files and socket, and a printer that fills a folder.

The machine's own print server is neither asked nor touched. The printer is a CUPS backend: each job becomes a file, and
small files beside them make it run out of paper, jam or be slow.
"""

from __future__ import annotations

import grp
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.guard import IfKilled

COMMANDS = ("cupsd", "lpadmin", "cupsenable", "cupsdisable", "cupsreject", "lp", "lpstat", "cancel")
PATIENCE = 15.0
PRINTER = "Folder"

BACKEND = """#!/bin/sh
# job user title copies options [file]; the device's address ends with the folder.
[ $# -eq 0 ] && { echo 'direct folder "Unknown" "Folder"'; exit 0; }
folder="${DEVICE_URI#folder:}"
while [ -e "$folder/no-paper" ]; do
  [ -n "$said" ] || echo 'STATE: +media-empty-error' >&2
  said=1
  sleep 0.1
done
[ -z "$said" ] || echo 'STATE: -media-empty-error' >&2
if [ -e "$folder/jam" ]; then
  echo 'STATE: +media-jam-error' >&2
  while [ -e "$folder/jam" ]; do sleep 0.1; done
  exit 1
fi
[ ! -e "$folder/slow" ] || sleep 0.4
[ ! -e "$folder/fails" ] || exit 1
cat ${6:+"$6"} >"$folder/.$1"
printf '%s\\n' "$3|$4|$5" >"$folder/$1.options"
mv "$folder/.$1" "$folder/$1.pdf"
"""


def found(command: str) -> str | None:
    """Where a command of CUPS is; those of the administrator may be off an account's path."""
    return shutil.which(command, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@dataclass
class Cups:
    """A running private print server. `paper` is the folder into which its printer prints."""

    folder: Path
    paper: Path
    _server: subprocess.Popen[bytes] | None = field(default=None)
    _guard: IfKilled | None = field(default=None)

    @property
    def address(self) -> str:
        """What `CUPS_SERVER` names."""
        return str(self.folder / "socket")

    def start(self) -> None:
        """Start the server, or start it again: what waits in its queue goes on."""
        files = ("-c", str(self.folder / "cupsd.conf"), "-s", str(self.folder / "files.conf"))
        command = [str(found("cupsd")), "-f", *files]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log)
        end = 'kill -KILL "$1"; rm -rf -- "$2"'
        self._guard = IfKilled("/bin/sh", "-c", end, "sh", str(self._server.pid), str(self.folder))
        wait_until(lambda: self.run("lpstat", "-r", check=False).startswith("scheduler is running"))

    def kill(self) -> None:
        """Switch the server off without a word, as a power cut does."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        if self._guard is not None:
            self._guard.over()
            self._guard = None

    def run(self, command: str, *words: str, check: bool = True) -> str:
        """Give an administrator's command to this server; what it printed."""
        known = {**os.environ, "CUPS_SERVER": self.address, "LC_ALL": "C"}
        done = subprocess.run(
            [str(found(command)), *words], env=known, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def say(self, name: str, *, holds: bool = True) -> None:
        """Make the printer run out of paper (`no-paper`), `jam`, be `slow` or `fails`; or put it right."""
        if holds:
            (self.paper / name).touch()
        else:
            (self.paper / name).unlink(missing_ok=True)

    @property
    def printed(self) -> list[bytes]:
        """The sheets in the order in which they came out."""
        names = sorted(self.paper.glob("*.pdf"), key=lambda path: int(path.stem))
        return [path.read_bytes() for path in names]

    @property
    def options(self) -> list[str]:
        """Title, copies and options of each job, in order."""
        names = sorted(self.paper.glob("*.options"), key=lambda path: int(path.stem))
        return [path.read_text().strip() for path in names]


def wait_until(holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)


@contextmanager
def private_cups() -> Iterator[Cups]:
    """A print server with one printer, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cups-", dir="/tmp"))  # a socket's path may be no longer than 107 bytes
    try:
        made = Cups(folder, folder / "paper")
        for name in ("paper", "root", "cache", "state", "spool", "bin/backend"):
            (folder / name).mkdir(parents=True)
        backend = folder / "bin/backend/folder"
        backend.write_text(BACKEND)
        backend.chmod(0o700)  # that nobody else may read it lets it run as the server's own account
        for name in ("daemon", "notifier", "filter"):
            if Path("/usr/lib/cups", name).exists():
                (folder / "bin" / name).symlink_to(f"/usr/lib/cups/{name}")
        (folder / "cupsd.conf").write_text(
            f"Listen {folder}/socket\nBrowsing Off\nWebInterface No\nDefaultAuthType None\nLogLevel info\n"
            "DirtyCleanInterval 0\nPreserveJobHistory Yes\nPreserveJobFiles No\nErrorPolicy abort-job\nJobKillDelay 1\n"
            "<Location />\n  Order allow,deny\n  Allow all\n</Location>\n"
            "<Policy default>\n  JobPrivateAccess all\n  JobPrivateValues none\n"
            "  <Limit All>\n    Order allow,deny\n    Allow all\n  </Limit>\n</Policy>\n"
        )
        group = grp.getgrgid(os.getgid()).gr_name
        (folder / "files.conf").write_text(
            f"ServerRoot {folder}/root\nServerBin {folder}/bin\nCacheDir {folder}/cache\nStateDir {folder}/state\n"
            f"RequestRoot {folder}/spool\nTempDir {folder}/spool\nAccessLog {folder}/access\nErrorLog {folder}/error\n"
            f"PageLog {folder}/pages\nSystemGroup {group}\nSandboxing relaxed\n"
        )
        made.start()
        made.run("lpadmin", "-p", PRINTER, "-E", "-v", f"folder:{made.paper}", "-o", "printer-error-policy=abort-job")
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)
