"""What the association published is everybody's: also of centres that enrol later, and of every process of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from core.association import wire
from core.association.bundles import UpContent
from core.certificates import numbers
from core.certificates.credential import Credential, sign, to_text
from core.certificates.lists import Lists, read_lists, trust_of_home
from core.clock import today
from core.hub import acts, shelf
from core.hub.hub import Hub, make_hub, open_hub
from core.standards.packs import pack, use_home
from core.store.events import decode_body, decode_part
from core.store.segments import Segment, decode_segments
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.hub.devices import Device, Online, enrolled, serving
from tests.hub.test_courier import bundle, carry
from tests.hub.test_packs import EDITION, NEW, changed, put
from tests.hub.test_processes import PASSPHRASE, process
from tests.rooms import STANDARD, Centre, refused

CODE = "999999"
OTHER = "320115"
TITLE = "乡村直播电商运营师职业能力水平评价规范"


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """No other test meets these packs."""
    yield
    use_home(None)


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Iterator[Hub]:
    found = make_hub(tmp_path / "own", "测试协会", PASSPHRASE, database_url)
    yield found
    found.close()


def said(chain: list[Segment]) -> list[str]:
    """The kinds of the hub's own entries, in order."""

    return [decode_body(body).kind for segment in chain for body in segment.bodies]


def chain(hub: Hub, centre: str = CODE) -> list[str]:
    return said(decode_segments(hub.chain_file(centre)))


def test_a_centre_that_enrols_by_file_later_gets_what_was_published_before(
    association: Association, centre: Centre
) -> None:
    association.do("pack", put(association, changed()))
    association.lists()
    answer = association.admit(centre)
    found = decode_segments(answer.read_bytes())
    assert said(found) == ["enrolment.accepted", "pack.published", "lists.published"]
    association.enrol(centre)
    assert said(decode_segments(answer.read_bytes())) == [*said(found), "enrolment.accepted"], "nothing is said twice"
    assert pack(NEW).standard.edition == EDITION
    assert {one.centre for one in trust_of_home(centre.store.home).issuers} == {centre.store.centre}
    centre.holds()


def test_a_device_that_greets_hears_what_was_published_since_and_hears_it_once(hub: Hub, tmp_path: Path) -> None:
    device = enrolled(hub)
    assert shelf.publish_pack(hub, changed(), "pack.toml").centres == [CODE]
    late = enrolled(hub, centre=OTHER, number=2)
    assert chain(hub, OTHER) == ["enrolment.accepted", "pack.published"]
    lists = hub.act(shelf.publish_lists, 9)
    with serving(hub) as online:
        for one in (device, late):
            for _ in range(2):
                online.greet(one)
            assert chain(hub, one.centre) == ["enrolment.accepted", "pack.published", "lists.published"]
        (held,) = online.entries(late, 0)
    told = read_lists(decode_part("lists.published", held.parts[-1][1]).lists)
    assert {one.centre for one in told.issuers} == {CODE, OTHER}
    assert told.revocations.until == read_lists(lists).revocations.until
    hub.act(shelf.publish_lists, 9)
    hub.write_chain(OTHER, tmp_path / "other.seg")
    assert chain(hub, OTHER)[3:] == ["lists.published"]


def test_what_is_revoked_or_withdrawn_reaches_every_centre_that_greets_without_another_word(hub: Hub) -> None:
    first, other = enrolled(hub), enrolled(hub, centre=OTHER, number=2)
    day = today()
    pattern = numbers.DEFAULT_PATTERN
    hub.act(acts.authorise, CODE, STANDARD, [], day, day + timedelta(days=30), "01", pattern)
    hub.act(acts.lease, CODE, 1, 1, 9, day.year)
    number = numbers.make(pattern, day.year, STANDARD, "junior", f"{CODE}01", 3)
    hub.act(acts.revoke, number, "")
    lists = read_lists(hub.act(shelf.publish_lists, 9))

    def held(online: Online, device: Device) -> Lists:
        online.greet(device)
        last = [part for one in online.entries(device, 0) for _, part in one.parts][-1]
        return read_lists(decode_part("lists.published", last).lists)

    with serving(hub) as online:
        before = held(online, other)
        hub.act(acts.revoke, numbers.make(pattern, day.year, STANDARD, "junior", f"{CODE}01", 5), "")
        after = held(online, other)
        assert after.revocations.bits != before.revocations.bits
        assert after.revocations.until == before.revocations.until == lists.revocations.until
        hub.act(acts.withdraw_authorisation, CODE, STANDARD, "")
        held(online, other)
        held(online, other)
        held(online, first)
    assert chain(hub, OTHER).count("lists.published") == 3
    assert chain(hub).count("lists.published") == 1, "who greets late hears only the newest"


def test_a_centre_that_is_authorised_after_the_lists_is_on_the_next_ones_without_another_word(hub: Hub) -> None:
    device, day = enrolled(hub), today()
    hub.act(shelf.publish_lists, 9)
    with serving(hub) as online:
        online.greet(device)
        until = day + timedelta(days=30)
        hub.act(acts.authorise, CODE, STANDARD, [], day, until, "01", numbers.DEFAULT_PATTERN)
        online.greet(device)
        last = [part for one in online.entries(device, 0) for _, part in one.parts][-1]
    issuers = read_lists(decode_part("lists.published", last).lists).issuers
    assert [one.notices_only for one in issuers] == [True, False]


def test_a_bundle_by_courier_takes_home_what_was_published_since(association: Association) -> None:
    with open_hub(association.home, HUB_PASSPHRASE, None) as ours:
        device = enrolled(ours)
        association.do("pack", put(association, changed()))
        association.lists()
        for number in (1, 2):
            back = carry(association, ours, bundle(ours, device, UpContent(0, bytes(32), [], []), number))
            assert said(decode_segments(back.entries)) == ["enrolment.accepted", "pack.published", "lists.published"]


def test_a_pack_for_one_centre_is_told_to_no_other(hub: Hub) -> None:
    enrolled(hub)
    assert shelf.publish_pack(hub, changed(), "pack.toml", CODE).centres == [CODE]
    enrolled(hub, centre=OTHER)
    assert chain(hub, OTHER) == ["enrolment.accepted"]
    assert shelf.publish_pack(hub, changed(), "pack.toml").centres == [OTHER, CODE]
    assert (chain(hub, OTHER), chain(hub).count("pack.published")) == (["enrolment.accepted", "pack.published"], 1)


def test_a_device_that_holds_more_of_the_chain_than_the_hub_hears_nothing_before_it_has_given_it_back(
    hub: Hub, tmp_path: Path
) -> None:
    device = enrolled(hub)
    hub.act(shelf.publish_lists, 9)
    with serving(hub) as online:
        for _ in range(2):
            answer = online.client.post("/v1/hello", content=device.hello(hub_head_seq=5, hub_head_hash=bytes(32)))
            assert wire.decode_welcome(answer.content).hub_head_seq == 1
    assert shelf.publish_pack(hub, changed(), "pack.toml").behind == [CODE]
    with refused("hub.behind"):
        shelf.publish_pack(hub, changed(), "pack.toml", CODE)
    hub.write_chain(CODE, tmp_path / "chain.seg")
    assert chain(hub) == ["enrolment.accepted"]
    enrolled(hub, centre=OTHER)
    assert chain(hub, OTHER) == ["enrolment.accepted", "pack.published", "lists.published"]


def test_every_process_that_serves_names_a_standard_as_soon_as_it_is_published(
    hub: Hub, tmp_path: Path, database_url: str
) -> None:
    device = enrolled(hub)
    number = numbers.make(numbers.DEFAULT_PATTERN, 2026, STANDARD, "junior", f"{CODE}01", 1)
    text = to_text(
        sign(Credential(number, "测试一", b"\x01" * 6, NEW, "junior", date(2026, 6, 1), 0), device.issuer), "z.example"
    )
    with process(tmp_path / "own", database_url, "--workers", "2") as (_, url):

        def known() -> set[tuple[bool, bool]]:
            found = set()
            for _ in range(8):
                page = httpx.get(f"{url}/v", timeout=30).text
                verdict = httpx.post(f"{url}/v1/verify", content=text, timeout=30).text
                found.add((NEW in page, TITLE in verdict))
            return found

        assert known() == {(False, False)}
        shelf.publish_pack(hub, changed(), "pack.toml")
        assert known() == {(True, True)}
