"""The demonstration's association: a real hub in a folder beside the centre, which talk to each other by files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from core.association import commands as enrolment
from core.association.fingerprint import fingerprint
from core.batches.queries import batch as batch_line
from core.certificates.issuers import take_in_hub_file, write_home_files
from core.certificates.numbers import DEFAULT_PATTERN
from core.certificates.pages import DEMONSTRATION
from core.certificates.templates import adopt_template
from core.clock import today
from core.demo.evaluation import CENTRE_CODE, Run
from core.documents.template import default_template, write_template
from core.hub import acts, publishing
from core.hub.hub import Hub, make_hub
from core.results.queries import confirmation, result_counts
from core.store import files, segments

NAME: Final = f"{DEMONSTRATION}协会（不是真实机构）"
NAME_EN: Final = "DEMONSTRATION ASSOCIATION (NOT A REAL ISSUER)"
DIGITS: Final = "01"
"""What follows the centre's code in its certificates' numbers."""
QUIET: Final = 3.0
DAYS: Final = 30
"""So long its lists are good."""


def folder_beside(home: Path) -> Path:
    """Where the association of a demonstration stands: never within the centre's home."""
    return home.with_name(f"{home.name}-association")


def code_area() -> tuple[float, float, float, float]:
    """Where the code stands on the demonstration's certificates, with its quiet zone, in millimetres."""
    code = default_template().code
    return code.x - QUIET, code.y - QUIET, code.side + 2 * QUIET, code.side + 2 * QUIET


class Association:
    """The association's side of a demonstration. Every step leaves the file that it was said by in `files`."""

    def __init__(self, run: Run, home: Path, passphrase: str) -> None:
        self.run = run
        self.hub: Hub = make_hub(home, NAME, passphrase, None)
        self.files = home / "files"
        self.files.mkdir()

    def enrol(self) -> None:
        """The centre asks; the association admits and authorises it; two people of the centre accept that (8.1)."""
        run = self.run
        keys = enrolment.own_keys(run.store)
        request = run.store.write(run.cast.act("admin"), enrolment.ask_enrolment, *keys).value
        files.write_whole(self.files / "1-request.json", request)
        self.hub.act(acts.admit, (self.files / "1-request.json").read_bytes())
        answer = segments.decode_segments(self._say("2-answer.zks"))
        issuer_key = keys[1].public_key().public_bytes_raw()
        known = fingerprint(self.hub.keys.public)
        run.store.write(run.cast.act("admin", "M01"), enrolment.accept_enrolment, answer, known, issuer_key)
        write_home_files(run.store)
        with run.store.read() as read:
            standard = batch_line(read, run.batch).standard
        until = today() + timedelta(days=365)
        self.hub.act(acts.authorise, CENTRE_CODE, standard, [], today(), until, DIGITS, DEFAULT_PATTERN)
        self._tell("3-authorisation.zks")

    def decide(self) -> None:
        """The association approves exactly the confirmed results, and leases as many numbers as candidates passed."""
        run = self.run
        with run.store.read(run.cast.act("M01").first) as read:
            confirmed, passed = confirmation(read, run.batch), result_counts(read, run.batch).passed
            number = batch_line(read, run.batch).no
        assert confirmed is not None
        self.hub.act(acts.decide, CENTRE_CODE, number, confirmed.digest.hex(), True, "")
        if passed:
            self.hub.act(acts.lease, CENTRE_CODE, run.store.device, 1, passed, today().year)
        self._tell("4-decision-and-lease.zks")

    def publish(self) -> None:
        """The association signs its lists of issuers and revocations, and the centre takes them in."""
        self.hub.act(publishing.publish, CENTRE_CODE, DAYS)
        self._tell("5-lists.zks")

    def adopt_template(self) -> None:
        """Certificates name the association that issues them."""
        plain = default_template()
        issuer = msgspec.structs.replace(plain.issuer, name=NAME, name_en=NAME_EN)
        data = write_template(msgspec.structs.replace(plain, issuer=issuer))
        self.run.store.write(self.run.cast.act("C01", "M01"), adopt_template, data)

    def close(self) -> None:
        """Give the hub's database back."""
        self.hub.close()

    def _say(self, name: str) -> bytes:
        self.hub.write_chain(CENTRE_CODE, self.files / name)
        return (self.files / name).read_bytes()

    def _tell(self, name: str) -> None:
        take_in_hub_file(self.run.store, self._say(name))
