"""A standard that the association publishes as data: every centre has it, and no edition ever changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.association.events import PackPublished
from core.batches.commands import create_batch
from core.batches.queries import plan_of
from core.certificates.issuers import take_in_hub_file
from core.exchange.queries import standing
from core.house import may_travel, open_house
from core.hub.hub import open_hub
from core.hub.ledger import Ledger
from core.standards import plans
from core.standards.packs import PACK_FILES, pack, packs, use_home
from tests.cli.calls import call
from tests.hub.association import HUB_PASSPHRASE, Association
from tests.rooms import CODE, PASSPHRASE, STANDARD, Centre

NEW = "t-test-2027"
EDITION = "2027 测试版"


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """No other test meets these packs."""
    yield
    use_home(None)


def changed(standard: str = NEW, edition: str = EDITION, more: str = "") -> bytes:
    text = (PACK_FILES / f"{STANDARD}.toml").read_text("utf-8")
    text = text.replace(f'id = "{STANDARD}"', f'id = "{standard}"', 1)
    return (text.replace('edition = "2026 征求意见稿"', f'edition = "{edition}"', 1) + more).encode()


def put(association: Association, content: bytes) -> str:
    association.file("pack.toml").write_bytes(content)
    return str(association.file("pack.toml"))


def insist(ledger: Ledger, *found: PackPublished) -> None:
    """A hub of another version, that looks at nothing."""
    for one in found:
        ledger.record(CODE, one)


def bad(centre: Centre) -> list[bool]:
    with centre.store.read() as read:
        return [line.bad for line in reversed(standing(read, may_travel(read)).said) if line.kind == "pack.published"]


def test_a_published_standard_reaches_the_centre_and_serves_new_batches(
    association: Association, centre: Centre
) -> None:
    association.enrol(centre)
    file, out = put(association, changed()), association.file("pack.seg")
    for _ in range(2):
        done = association.do("pack", file, "--centre", CODE, "--out", str(out))
        assert (done["pack"], done["edition"], done["centres"], done["behind"]) == (NEW, EDITION, [CODE], [])
    association.do("pack", file)
    use_home(None)
    assert take_in_hub_file(centre.store, out.read_bytes()).entries == 1
    assert bad(centre) == [False]
    assert pack(NEW).standard.edition == EDITION
    centre.engage("M9", "manager")
    derived = centre.ask(plan_of, centre.act("M9", create_batch, NEW, "junior", date(2027, 5, 1)))
    assert (derived.pack, plans.problems(derived)) == (pack(NEW).digest.hex(), ())
    text = (plans.PLAN_FILES / f"{STANDARD}.junior.toml").read_text("utf-8")
    text = text.replace(f'standard = "{STANDARD}"', f'standard = "{NEW}"', 1)
    plan = plans.load(text.replace('edition = "2026 征求意见稿"', f'edition = "{EDITION}"', 1).encode())
    assert plan.pack == pack(NEW).digest.hex()
    centre.act("M9", create_batch, NEW, "junior", date(2027, 5, 1), plan)
    home = centre.store.home
    centre.store.close()
    use_home(None)
    listed = call("--home", str(home), "standards", "list").data["standards"]
    assert NEW in {one["id"] for one in listed}
    (home / "packs" / f"{NEW}.toml").write_text("somebody's")
    (home / "packs" / "other.toml").write_bytes(changed("other"))
    centre.store = open_house(home, PASSPHRASE)
    assert pack(NEW).standard.edition == EDITION
    assert "other" not in {one.id for one in packs()}
    centre.holds()


def test_an_edition_that_is_there_never_changes_and_what_is_no_pack_has_no_effect(
    association: Association, centre: Centre
) -> None:
    association.enrol(centre)
    before = pack(STANDARD).digest
    with open_hub(association.home, HUB_PASSPHRASE, None) as hub:
        hub.act(
            insist,
            PackPublished(STANDARD, "2026 征求意见稿", changed(STANDARD, "2026 征求意见稿", "# other\n")),
            PackPublished(NEW, EDITION, changed()[:-200]),
            PackPublished("../evil", EDITION, changed("../evil")),
            PackPublished(NEW, "another", changed()),
            PackPublished(NEW, EDITION, changed()),
            PackPublished(NEW, EDITION, changed(more="# other\n")),
        )
        data = hub.chain_file(CODE)
    use_home(None)
    assert take_in_hub_file(centre.store, data).entries == 6
    assert bad(centre) == [True, True, True, True, False, True]
    assert pack(STANDARD).digest == before
    assert [path.name for path in (centre.store.home / "packs").iterdir()] == [f"{NEW}.toml"]
    assert (centre.store.home / "packs" / f"{NEW}.toml").read_bytes() == changed()
    centre.holds()


def test_the_hub_publishes_nothing_that_centres_could_not_use(association: Association, tmp_path: Path) -> None:
    association.do("pack", put(association, changed()))
    for content, code in (
        (b"nothing", "standards.pack_invalid"),
        (changed("A b"), "standards.pack_invalid"),
        (changed(STANDARD), "hub.pack_known"),
        (changed(more="# other\n"), "hub.pack_known"),
        (changed("t-new").replace(b"senior", b"expert"), "hub.pack_levels"),
    ):
        association.refuses(code, "pack", put(association, content))
    association.refuses("hub.pack_out_of_one", "pack", put(association, changed()), "--out", "x.seg", exit_code=2)
    association.refuses("hub.not_enrolled", "pack", put(association, changed()), "--centre", "320115")
