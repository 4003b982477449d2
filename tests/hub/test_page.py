"""The page in anybody's browser judges a code exactly as the program does. Its script runs here in node."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.certificates import numbers
from core.certificates.credential import Credential, from_text, key_id, sign, to_text
from core.certificates.lists import read_lists, sign_lists
from core.certificates.verification import Issuer, Revocations, verify_text
from core.hub import page as pages
from core.hub.hub import make_hub
from tests.hub.devices import Online, enrolled, problem, serving
from tests.rooms import STANDARD

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 6, 1)
HUB, CENTRE, OTHER, NOTICES, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(1, 6))
PLAIN = "=ZK year:4 centre:8 serial:6 check:1"


def issuer(key: Ed25519PrivateKey, *, pattern: str = numbers.DEFAULT_PATTERN, **fields: object) -> Issuer:
    public = key.public_key().public_bytes_raw()
    usual = {"notices_only": False, "first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    one = Issuer(key_id(public).hex(), "999999", public.hex(), "测试考点", **{**usual, **fields})  # type: ignore[arg-type]
    return (
        one
        if one.notices_only
        else Issuer(one.kid, one.centre, one.key, one.name, False, one.first_day, one.last_day, "99999901", pattern)
    )


ISSUERS = [
    issuer(CENTRE, notices_only=True, first_day=date(2020, 1, 1), last_day=None),
    issuer(CENTRE),
    issuer(OTHER, pattern=PLAIN, last_day=date(2026, 5, 1)),
    issuer(NOTICES, notices_only=True, last_day=None),
]
BITS = bytes([0b00000100, 0])


def lists(days: int = 30, key: Ed25519PrivateKey = HUB) -> bytes:
    return sign_lists("测试协会", ISSUERS, Revocations(NOW, NOW + timedelta(days=days), BITS), key)


def code(key: Ed25519PrivateKey, serial: int, index: int | None, **fields: object) -> str:
    pattern, centre = (PLAIN if key is OTHER else numbers.DEFAULT_PATTERN), str(fields.pop("centre", "99999901"))
    number = numbers.make(pattern, 2026, STANDARD, "junior", centre, serial) if index is not None else f"N{serial}"
    usual = {"name": "测试一", "identity_tag": b"\x01" * 6, "occupation": STANDARD, "level": "junior", "issued": DAY}
    return to_text(sign(Credential(number, status_index=index, **{**usual, **fields}), key), "zhikao.example")  # type: ignore[arg-type]


CODES = {
    "valid": code(CENTRE, 1, 0),
    "revoked": code(CENTRE, 3, 2),
    "beyond the list": code(CENTRE, 40, 1000),
    "another pack": code(CENTRE, 4, 3, occupation="x-2027", level="senior", name="𠮷测·试"),
    "a numbered pack": code(CENTRE, 4, 3, occupation="#77"),
    "notice": code(NOTICES, 1 << 45, None),
    "a certificate by a key for notices": code(NOTICES, 1, 0),
    "another centre's number": code(CENTRE, 1, 0, centre="88888801"),
    "before the authorisation": code(CENTRE, 1, 0, issued=date(2025, 12, 31)),
    "its own form of numbers": code(OTHER, 1, 0, issued=date(2026, 4, 30)),
    "after it ended": code(OTHER, 1, 0),
    "a stranger": code(STRANGER, 1, 0),
}


def spoiled() -> Iterator[str]:
    """Codes that dirt or somebody has changed, and what never was one."""
    random = Random(20261122)
    digits = CODES["valid"].split("#")[1]
    for place in range(len(digits)):
        other = str((int(digits[place]) + random.randint(1, 9)) % 10)
        yield digits[:place] + other + digits[place + 1 :]
    for name in ("valid", "notice", "another pack"):
        token = from_text(CODES[name])
        for _ in range(120):
            bit = random.randrange(8 * len(token))
            changed = bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(token))
            yield to_text(changed, "x.example")
        yield to_text(token + b"\0", "x.example")
        yield to_text(token[:-1], "x.example")
    yield from (
        "",
        "1",
        "0" * 17,
        "9" * 17,
        "9" * 1200,
        "1" * 1201,
        "https://x/v#",
        "https://x/w#123",
        "测试",
        " 12 3 ",
    )
    yield f"  {digits}\n"
    yield digits[:-1]
    yield "0" * 17 + digits[17:]
    yield digits.translate({ord("0") + n: ord("０") + n for n in range(10)})


def in_node(folder: Path, cases: list[tuple[str, bytes, datetime]]) -> list[dict[str, object]]:
    """What the page's script finds about each code."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    text, _ = pages.page("测试协会", HUB.public_key().public_bytes_raw())
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    judgement = script[: script.index("// The page around")].replace('"use strict";', "")
    ending = """
    const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
    (async () => {
      const found = [], read = new Map();
      for (const [text, file, now] of cases) {
        if (!read.has(file)) read.set(file, await readLists(file));
        const lists = read.get(file);
        found.push(lists ? await judge(text, lists, now) : { status: "bad_lists" });
      }
      console.log(JSON.stringify(found));
    })();
    """
    file = folder / "check.js"
    file.write_text(judgement + ending, "utf-8")
    said = json.dumps([[text, data.decode(), at.timestamp() * 1000] for text, data, at in cases])
    done = subprocess.run([node, str(file)], input=said, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_the_page_judges_as_the_program_does(tmp_path: Path) -> None:
    good, late = lists(), NOW + timedelta(days=31)
    cases = [(text, good, at) for text in (*CODES.values(), *spoiled()) for at in (NOW,)]
    cases += [(text, good, late) for text in CODES.values()]
    trusted = read_lists(good)
    seen = set()
    for (text, _, at), said in zip(cases, in_node(tmp_path, cases), strict=True):
        verdict = verify_text(text, trusted.issuers, trusted.revocations, now=at, issuers_stale=trusted.stale(at))
        seen.add(str(verdict.status))
        assert said["status"] == verdict.status, text
        fields = said["fields"]
        assert (fields is None) == (verdict.fields is None), text
        if verdict.fields is not None and isinstance(fields, dict):
            mine = verdict.fields
            assert [fields[name] for name in ("number", "name", "tag", "occupation", "level", "issued", "index")] == [
                mine.number, mine.name, mine.identity_tag, mine.standard, mine.level, mine.issued.isoformat(),
                mine.status_index,
            ]  # fmt: skip
        if verdict.valid:
            assert said["stale"] == verdict.list_stale == (at is late)
            assert said["checked"] == (verdict.list_dated is not None)
    assert seen == {"valid", "provisional", "revoked", "unknown_issuer", "altered", "not_a_certificate"}


def test_lists_of_others_or_changed_ones_are_not_believed(tmp_path: Path) -> None:
    good = lists()
    changed = good.replace(b"999999", b"999998", 1)
    text = CODES["valid"]
    cases = [(text, data, NOW) for data in (lists(key=STRANGER), changed, good)]
    assert [said["status"] for said in in_node(tmp_path, cases)] == ["bad_lists", "bad_lists", "valid"]


@pytest.fixture
def online(tmp_path: Path) -> Iterator[Online]:
    hub = make_hub(tmp_path / "hub", "测试<b>协会", "口令", None)
    with serving(hub) as found:
        yield found
    hub.close()


def test_the_page_stands_alone_and_lets_nothing_else_run(online: Online) -> None:
    answer = online.client.get("/v")
    text, policy = answer.text, answer.headers["Content-Security-Policy"]
    assert (
        online.hub.keys.public.hex() in text and "测试&lt;b&gt;协会" in text and "<b>" not in text.split("<script>")[0]
    )
    assert not re.search(r"""(?:src|href)\s*=|@import|url\(""", text)
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert len(answer.content) < 40_000
    worker = online.client.get("/v-worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript") and '"zhikao-' in worker.text


def test_the_signed_lists_are_fetched_again_only_when_they_change(online: Online) -> None:
    first = online.client.get("/v1/lists")
    assert read_lists(first.content, online.hub.keys.public).issuers == ()
    tag = first.headers["ETag"]
    assert online.client.get("/v1/lists", headers={"If-None-Match": tag}).status_code == 304
    assert online.client.get("/v1/lists", headers={"If-None-Match": '"other"'}).content == first.content
    with serving(online.hub) as another:
        assert another.client.get("/v1/lists").headers["ETag"] == tag, "every process gives the same file"
    enrolled(online.hub)
    with serving(online.hub) as another:
        found = another.client.get("/v1/lists", headers={"If-None-Match": tag})
        assert found.status_code == 200 and len(read_lists(found.content).issuers) == 1


def test_the_server_judges_only_what_somebody_sends_it(online: Online) -> None:
    said = online.client.post("/v1/verify", content=CODES["valid"].encode()).json()
    assert (said["status"], said["signature_ok"]) == ("unknown_issuer", False)
    assert online.client.post("/v1/verify", content=b"hello").json()["status"] == "not_a_certificate"
    problem(online.client.post("/v1/verify", content="测试".encode()), 400, "bad_request")
    problem(online.client.post("/v1/verify", content=bytes(9000)), 413, "too_large")
