"""An association that acts through its commands, for stories that begin with `hub init`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates import numbers
from core.certificates.credential import Credential, sign, to_text
from core.certificates.lists import trust_of_home
from core.clock import today
from core.house import open_house
from tests.cli.calls import Answer, call
from tests.rooms import ADMIN_PIN, CODE, PASSPHRASE, PIN, STANDARD, Centre

HUB_PASSPHRASE = "十月的协会"
SERIALS = 100


@dataclass
class Association:
    """A hub in a folder, with the files that it makes."""

    folder: Path
    url: str = ""

    @property
    def home(self) -> Path:
        return self.folder / "hub"

    def ask(self, *words: str, as_json: bool = True, **environment: str) -> Answer:
        """One `hub` command."""
        secrets = {"ZHIKAO_PASSPHRASE": HUB_PASSPHRASE, "ZHIKAO_HUB_DATABASE": self.url, **environment}
        return call("--home", str(self.home), "hub", *words, as_json=as_json, **secrets)

    def do(self, *words: str) -> dict[str, Any]:
        """One that succeeds."""
        answer = self.ask(*words)
        assert answer.exit_code == 0, answer.out
        return answer.data

    def refuses(self, code: str, *words: str, exit_code: int = 1) -> None:
        """One that is refused in words, and changes nothing that the hub has said."""
        before = self.do("status")["centres"]
        answer = self.ask(*words)
        assert (answer.data["error"], answer.exit_code) == (code, exit_code), answer.data
        assert answer.data["message"] != code
        assert self.do("status")["centres"] == before

    def file(self, name: str) -> Path:
        return self.folder / name

    def found(self, name: str = "测试协会") -> Association:
        """`hub init`."""
        self.do("init", "--name", name)
        return self

    @property
    def fingerprint(self) -> str:
        return str(self.do("status")["fingerprint"])

    @property
    def key(self) -> str:
        """The hub's public key, in hexadecimal."""
        return str(json.loads((self.home / "hub.json").read_bytes())["key"])

    def admit(self, centre: Centre, name: str = "answer.seg") -> Path:
        """A centre asks, the association admits; its answer."""
        request = self.file("request.json")
        assert at_centre(centre, "enrol", "--request", str(request), second="").exit_code == 0
        self.do("admit", str(request), "--out", str(self.file(name)))
        return self.file(name)

    def enrol(self, centre: Centre) -> None:
        """And the centre takes it in, on two people's word."""
        answer = self.admit(centre)
        taken = at_centre(centre, "enrol", "--answer", str(answer), "--hub-key", self.fingerprint)
        assert taken.exit_code == 0, taken.out

    def authorise(self, centre: str = CODE, until: str = "2099-12-31", *more: str) -> dict[str, Any]:
        out = str(self.file("authorisation.seg"))
        return self.do("authorise", "--centre", centre, "--standard", STANDARD, "--until", until, "--out", out, *more)

    def lease(self, device: int, first: int = 1, last: int = SERIALS, centre: str = CODE) -> dict[str, Any]:
        out = str(self.file("lease.seg"))
        words = ["--device", str(device), "--from", str(first), "--to", str(last)]
        return self.do("lease", "--centre", centre, *words, "--out", out)

    def lists(self, *more: str) -> Path:
        """The signed lists of now, as a file for everybody."""
        self.do("lists", "--out", str(self.file("lists.json")), *more)
        return self.file("lists.json")


def at_centre(centre: Centre, *words: str, login: str = "admin", second: str = "M1", **environment: str) -> Answer:
    """A command at the centre, whose store is closed for it and opened again."""
    centre.store.close()
    secrets = {
        "ZHIKAO_PASSPHRASE": PASSPHRASE,
        "ZHIKAO_PIN": ADMIN_PIN if login == "admin" else PIN,
        "ZHIKAO_PIN2": PIN,
        **environment,
    }
    pair = ["--with", second] if second else []
    answer = call("--home", str(centre.store.home), "--as", login, *pair, *words, **secrets)
    centre.store = open_house(centre.store.home, PASSPHRASE)
    return answer


def certificate(
    centre: Centre,
    serial: int,
    index: int,
    day: date | None = None,
    digits: str = "01",
    standard: str = STANDARD,
    level: str = "junior",
) -> tuple[str, str]:
    """A certificate that the centre's own key signs: its number, and the text of its code."""
    issued = day or today()
    number = numbers.make(numbers.DEFAULT_PATTERN, issued.year, standard, level, centre.store.centre + digits, serial)
    credential = Credential(number, "测试一", b"\x01" * 6, standard, level, issued, index)
    key = Ed25519PrivateKey.from_private_bytes(centre.store.secret("issuer"))
    return number, to_text(sign(credential, key), "zhikao.example")


def verify(text: str, *words: str, home: Path | None = None) -> Answer:
    """What anybody is told about a code."""
    return call("--home", str(home or "/nonexistent"), "verify", text, *words)


def issuer_key(centre: Centre) -> bytes:
    """The key that the centre signs with."""
    (issuer, *_) = [one for one in trust_of_home(centre.store.home).issuers if one.notices_only]
    return issuer.public_key
