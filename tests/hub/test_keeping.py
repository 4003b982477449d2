"""The hub's disk dies, or its passphrase is lost: what was kept elsewhere brings it back, and nothing is said twice."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.certificates.numbers import DEFAULT_PATTERN
from core.hub import acts, backup, shelf
from core.hub.backup import MAGIC, SKIPPED_INDEXES
from core.hub.hub import Hub, open_hub
from core.hub.status import status
from core.standards.packs import use_home
from core.store.segments import decode_segments
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.hub.devices import Device, enrolled, serving
from tests.hub.test_packs import changed
from tests.rooms import STANDARD, refused

CODE = "999999"
YEAR = 2026


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """No other test meets these packs."""
    yield
    use_home(None)


@pytest.fixture
def founded(tmp_path: Path) -> tuple[Association, str]:
    """A hub by `hub init`, and the recovery code that this showed."""
    association = Association(tmp_path)
    return association, association.do("init", "--name", "测试协会")["recovery_code"]


def lease(hub: Hub, first: int, last: int) -> None:
    hub.act(acts.lease, CODE, 1, first, last, YEAR)


def at_work(hub: Hub) -> Device:
    """A centre with an authorisation, a lease, entries and parts of its own."""
    device = enrolled(hub)
    hub.act(acts.authorise, CODE, STANDARD, ["junior"], date(YEAR, 1, 1), date(YEAR, 12, 31), "01", DEFAULT_PATTERN)
    lease(hub, 1, 100)
    hub.act(acts.decide, CODE, "2026-01", "ab" * 32, False, "理由：测试")
    device.work(5)
    with serving(hub) as online:
        online.greet(device)
        online.send(device, device.segment())
    return device


def whole(hub: Hub) -> tuple[list[dict[str, Any]], bytes]:
    with hub.look() as ledger:
        return status(ledger), hub.chain_file(CODE)


@pytest.mark.parametrize("towards", ["sqlite", "postgresql"])
def test_a_backup_brings_the_hub_back_on_another_machine_with_either_database(
    towards: str, database_url: str, postgresql: Path, tmp_path: Path
) -> None:
    from tests.hub.cluster import fresh_database

    here = Association(tmp_path, database_url)
    here.found()
    with open_hub(here.home, HUB_PASSPHRASE, database_url) as hub:
        at_work(hub)
        shelf.publish_pack(hub, changed(), "pack.toml")
        before = whole(hub)
    made = here.do("backup", str(tmp_path / "hub.backup"))
    other = tmp_path / "other"
    other.mkdir()
    url = fresh_database(postgresql) if towards == "postgresql" else ""
    there = Association(other, url)
    more = ["--partitions", "3"] if url else []
    restored = there.do("restore", str(tmp_path / "hub.backup"), *more)
    assert (restored["fingerprint"], restored["entries"]) == (here.fingerprint, made["entries"])
    with open_hub(there.home, HUB_PASSPHRASE, url or None) as hub:
        assert whole(hub) == before
        assert hub.rebuild(CODE) == len(decode_segments(before[1])[0].bodies)
        assert whole(hub) == before
    there.refuses("hub.home_in_use", "restore", str(tmp_path / "hub.backup"))
    answer = Association(tmp_path / "third", url or f"sqlite:///{there.home / 'hub.db'}").ask(
        "restore", str(tmp_path / "hub.backup")
    )
    assert answer.data["error"] == "hub.restore_not_empty"
    assert not (tmp_path / "third" / "hub" / "hub.json").exists()


def test_a_hub_restored_from_yesterday_says_nothing_to_a_centre_before_it_has_heard_it(
    founded: tuple[Association, str], tmp_path: Path
) -> None:
    association, _ = founded
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        device = at_work(hub)
        quiet = enrolled(hub, centre="320115")
    association.do("backup", str(tmp_path / "yesterday"))
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        lease(hub, 101, 150)
        (held,) = decode_segments(hub.chain_file(CODE))
    shutil.rmtree(association.home)
    association.do("restore", str(tmp_path / "yesterday"))
    association.refuses(
        "hub.unheard", "lease", "--centre", CODE, "--device", "1", "--from", "101", "--to", "120", "--out", "x.seg"
    )
    lists = ["lists", "--out", str(tmp_path / "lists.json")]
    assert association.do(*lists)["unheard"] == [quiet.centre, CODE]
    assert quiet.centre in association.ask(*lists, as_json=False).out
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub, serving(hub) as online:
        hub.act(shelf.publish_lists, 9)
        hub.write_chain(CODE, tmp_path / "chain.seg")
        assert len(decode_segments(hub.chain_file(CODE))[0].bodies) == held.last - 1
        hello = device.hello(hub_head_seq=held.last, hub_head_hash=held.previous)
        answer = online.client.post("/v1/hello", content=hello)
        assert answer.status_code == 200, answer.text
        with refused("hub.behind"):
            lease(hub, 151, 160)
        online.greet(device)
        online.send(device, held)
        with refused("hub.serials_taken"):
            lease(hub, 150, 160)
        lease(hub, 151, 160)
        with hub.look() as ledger:
            (one,) = status(ledger, CODE)
        assert one["leases"][-1]["first_index"] == 100 + SKIPPED_INDEXES
        with refused("hub.unheard"):
            hub.act(acts.decide, quiet.centre, "2026-01", "ab" * 32, False, "测试")
    association.do("go-on", "--centre", quiet.centre)
    assert association.do(*lists)["unheard"] == []
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        hub.act(acts.decide, quiet.centre, "2026-01", "ab" * 32, False, "测试")


def test_whoever_has_lost_the_passphrase_sets_another_by_the_recovery_code(founded: tuple[Association, str]) -> None:
    association, code = founded
    key = association.key
    wrong = association.ask("recover", ZHIKAO_RECOVERY_CODE="AAAA-" * 8, ZHIKAO_NEW_PASSPHRASE="新的口令")
    assert (wrong.exit_code, wrong.data["error"]) == (1, "hub.wrong_recovery_code")
    typed = code.lower().replace("-", " ")
    assert association.ask("recover", ZHIKAO_RECOVERY_CODE=typed, ZHIKAO_NEW_PASSPHRASE="新的口令").exit_code == 0
    assert association.ask("status").data["error"] == "hub.wrong_passphrase"
    assert association.ask("status", ZHIKAO_PASSPHRASE="新的口令").exit_code == 0
    changed = association.ask("passphrase", ZHIKAO_PASSPHRASE="新的口令", ZHIKAO_NEW_PASSPHRASE=HUB_PASSPHRASE)
    assert changed.exit_code == 0
    empty = association.ask("passphrase", ZHIKAO_NEW_PASSPHRASE="")
    assert (empty.exit_code, empty.data["error"]) == (1, "hub.no_passphrase")
    renewed = association.do("recovery-code")["recovery_code"]
    late = association.ask("recover", ZHIKAO_RECOVERY_CODE=code, ZHIKAO_NEW_PASSPHRASE="别的口令")
    assert late.data["error"] == "hub.wrong_recovery_code"
    assert association.ask("recover", ZHIKAO_RECOVERY_CODE=renewed, ZHIKAO_NEW_PASSPHRASE=HUB_PASSPHRASE).exit_code == 0
    assert (association.key, association.fingerprint) == (key, association.do("status")["fingerprint"])


def test_a_backup_that_is_cut_off_changed_or_none_makes_nothing(
    founded: tuple[Association, str], tmp_path: Path
) -> None:
    association, _ = founded
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        at_work(hub)
    whole_file = tmp_path / "whole"
    association.do("backup", str(whole_file))
    data = whole_file.read_bytes()
    other = Association(tmp_path / "other")
    (tmp_path / "other").mkdir()
    tried = [data[:cut] for cut in range(0, len(data), len(data) // 40)]
    for place in range(19, len(data), len(data) // 60):
        tried.append(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    tried.append(data + data)
    content = bytearray(gzip.decompress(data[len(MAGIC) :]))
    for place in range(len(content) // 2, len(content), len(content) // 20):
        content[place] ^= 1
        tried.append(MAGIC + gzip.compress(content))
        content[place] ^= 1
    for content in tried:
        (tmp_path / "broken").write_bytes(content)
        answer = other.ask("restore", str(tmp_path / "broken"))
        if answer.exit_code == 0:
            # A bit that gzip itself ignores: what it unpacks to is the same, and signed.
            assert len(content) == len(data) and content[:40] != data[:40]
            shutil.rmtree(other.home)
            continue
        assert answer.data["error"] in ("hub.backup_damaged", "hub.backup_not_one"), answer.data
        assert answer.exit_code in (1, 4)
        assert not other.home.exists() or not list(other.home.iterdir())
    none = other.ask("restore", str(tmp_path / "nowhere"))
    assert (none.exit_code, none.data["error"]) == (3, "hub.backup_unreadable")


def test_a_hub_that_comes_back_on_a_machine_whose_clock_is_behind_has_still_heard_nobody(
    founded: tuple[Association, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    association, _ = founded
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        at_work(hub)
    association.do("backup", str(tmp_path / "yesterday"))
    shutil.rmtree(association.home)
    with monkeypatch.context() as patch:
        patch.setattr(backup.time, "time_ns", lambda: 1_000_000_000 * 10**9)  # 2001
        association.do("restore", str(tmp_path / "yesterday"))
        with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
            with refused("hub.unheard"):
                lease(hub, 101, 120)
            hub.act(acts.go_on, CODE)
            lease(hub, 101, 120)


@pytest.mark.parametrize("moment", ["filling", "committing"])
def test_a_hub_whose_restoring_was_cut_off_speaks_to_nobody_and_can_be_restored_again(
    founded: tuple[Association, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    association, _ = founded
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        at_work(hub)
    association.do("backup", str(tmp_path / "kept"))
    there = Association(tmp_path / "there")
    kept = backup.files.write_whole

    def cut(*_: object) -> None:
        if moment == "committing":
            # As a power cut would: nothing is tidied up any more.
            written = tmp_path / "at the cut"
            shutil.copytree(there.home, written)
        raise OSError("cut off")

    with monkeypatch.context() as patch:
        if moment == "filling":
            patch.setattr(backup, "_fill", cut)
        else:
            patch.setattr(backup.files, "write_whole", lambda target, data: (kept(target, data), cut()))
        with pytest.raises(OSError, match="cut off"):
            backup.restore(tmp_path / "kept", there.home, None)
    assert list(there.home.iterdir()) == []
    if moment == "committing":
        with open_hub(tmp_path / "at the cut", HUB_PASSPHRASE, None) as hub, refused("hub.unheard"):
            lease(hub, 101, 120)
    there.do("restore", str(tmp_path / "kept"))
