"""The exchange by a stick: whole or refused in words, whatever happens to the file."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.association import bundles
from core.association.events import DecisionGiven
from core.errors import AppError
from core.exchange.courier import BundleWritten, read_bundle, write_bundle
from core.house import may_travel
from tests.exchange.conftest import Joined, fresh_joined, photograph
from tests.rooms import refused

TOLD_APART = {
    "exchange.bundle_cut_off",
    "exchange.bundle_altered",
    "exchange.bundle_not_one",
    "exchange.bundle_not_for_us",
    "exchange.bundle_other_centre",
    "exchange.bundle_other_device",
    "exchange.bundle_other_hub",
    "exchange.bundle_ours",
    "exchange.bundle_unknown",
    "association.not_a_hub_file",
}


def write(joined: Joined, target: Path, **options: Any) -> BundleWritten:
    return write_bundle(joined.centre.store, target, may_travel, **options)


def carried(joined: Joined, stick: Path) -> bytes:
    """The stick goes to the association and comes back; its reply's bytes."""
    reply = joined.hub.courier_reply(stick.read_bytes())
    stick.write_bytes(reply)
    return reply


@pytest.mark.stage("placed")
def test_a_stick_carries_everything_there_and_the_answer_back(joined: Joined, tmp_path: Path) -> None:
    photograph(joined.centre, joined.centre.applications[0])
    stick = tmp_path / "bundle.zkb"
    entries = joined.centre.store.head.seq
    written = write(joined, stick)
    assert (written.entries, written.blobs, written.blobs_left) == (entries, 1, 0)
    assert joined.standing().waiting.entries == entries, "until it is acknowledged, it waits"
    joined.hub.say(DecisionGiven("B1", bytes(32), True))
    carried(joined, stick)
    read = read_bundle(joined.centre.store, stick)
    assert (read.received, read.doubled, read.old, read.problems) == (1, False, False, ())
    assert joined.standing().waiting.total == 1, "that the answer was read is an entry itself"
    assert joined.hub.chains[1].seq == entries
    assert len(joined.hub.whole) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["bundle.zkb"]
    joined.centre.holds()


@pytest.mark.stage("placed")
def test_marks_go_by_stick_once_they_are_unsealed_and_only_once(joined: Joined, tmp_path: Path) -> None:
    first, stick = joined.centre.applications[0], tmp_path / "bundle.zkb"
    for login in ("E1", "E2"):
        joined.centre.mark(login, first)
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    assert joined.standing().waiting.held_back > 0
    joined.centre.mark("E3", first)
    assert write(joined, stick).parts > 0
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    waiting = joined.standing().waiting
    assert (waiting.parts, waiting.held_back, waiting.entries) == (0, 0, 0)
    assert write(joined, stick).parts == 0


def test_a_bundle_says_nothing_to_whoever_finds_the_stick(joined: Joined, tmp_path: Path) -> None:
    joined.centre.apply(7)
    write(joined, tmp_path / "bundle.zkb")
    data = (tmp_path / "bundle.zkb").read_bytes()
    assert "测试7".encode() not in data
    assert b"ZKSEG1" not in data
    header = bundles.read_header(data)
    with pytest.raises(AppError) as caught:
        bundles.read_up(data, X25519PrivateKey.generate(), _device_key(joined))
    assert caught.value.code == "exchange.bundle_not_for_us"
    assert header.centre == joined.centre.store.centre


def _device_key(joined: Joined) -> bytes:
    return joined.hub.chains[joined.centre.store.device].key


def test_replies_are_told_apart_doubled_old_foreign_and_ours(joined: Joined, tmp_path: Path) -> None:
    store = joined.centre.store
    first, second = tmp_path / "1.zkb", tmp_path / "2.zkb"
    write(joined, first)
    up = first.read_bytes()
    with refused("exchange.bundle_ours"):
        read_bundle(store, first)
    joined.centre.apply(7)
    write(joined, second)
    carried(joined, first)
    carried(joined, second)
    assert not read_bundle(store, second).old
    assert read_bundle(store, second).doubled
    assert read_bundle(store, first).old
    assert read_bundle(store, first).doubled
    joined.same()
    # A reply to a number that was never written here: an older copy of this machine wrote it.
    header = bundles.read_header(up)
    strange = replace(header, number=9)
    content = bundles.DownContent([], b"", [], [])
    for one, code in (
        (strange, "exchange.bundle_unknown"),
        (bundles.BundleHeader(0, "320115", 1, 1, 1, header.hub, header.return_key), "exchange.bundle_other_centre"),
        (
            bundles.BundleHeader(0, header.centre, 7, 1, 1, header.hub, header.return_key),
            "exchange.bundle_other_device",
        ),
        (bundles.BundleHeader(0, header.centre, 1, 1, 1, bytes(16), header.return_key), "exchange.bundle_other_hub"),
    ):
        first.write_bytes(bundles.write_down(one, 1, content, joined.hub.key))
        with refused(code):
            read_bundle(store, first)
    somebody = Ed25519PrivateKey.generate()
    first.write_bytes(bundles.write_down(header, 1, content, somebody))
    with refused("exchange.bundle_altered", 4):
        read_bundle(store, first)


def test_a_plain_file_of_the_hub_is_read_too(joined: Joined, tmp_path: Path) -> None:
    joined.hub.say(DecisionGiven("B1", bytes(32), True))
    file = tmp_path / "hub.seg"
    file.write_bytes(joined.hub.after(0) or b"")
    assert read_bundle(joined.centre.store, file).received == 1
    file.write_bytes(b"something else")
    with refused("association.not_a_hub_file"):
        read_bundle(joined.centre.store, file)
    file.write_bytes(b"")
    with refused("exchange.bundle_cut_off"):
        read_bundle(joined.centre.store, file)
    with refused("exchange.unreadable", 3):
        read_bundle(joined.centre.store, tmp_path / "nowhere")


def test_a_reply_that_was_not_read_is_not_written_over(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "bundle.zkb"
    write(joined, stick)
    reply = carried(joined, stick)
    with refused("exchange.unread_reply"):
        write(joined, stick)
    assert stick.read_bytes() == reply
    read_bundle(joined.centre.store, stick)
    write(joined, stick)


def test_a_centre_that_is_not_enrolled_writes_no_bundle(centre: Any, tmp_path: Path) -> None:
    with refused("exchange.not_enrolled"):
        write_bundle(centre.store, tmp_path / "bundle.zkb", may_travel)
    assert not (tmp_path / "bundle.zkb").exists()


def test_photos_that_do_not_fit_go_with_the_next_bundle(joined: Joined, tmp_path: Path) -> None:
    photograph(joined.centre, joined.centre.apply(7))
    photograph(joined.centre, joined.centre.apply(8))
    stick = tmp_path / "bundle.zkb"
    size = max(path.stat().st_size for path in (joined.centre.store.home / "blobs").glob("??/*"))
    assert (write(joined, stick, blob_bytes=size + 10).blobs, write(joined, stick, blob_bytes=0).blobs) == (1, 0)
    write(joined, stick, blob_bytes=size + 10)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    assert write(joined, stick).blobs == 1


def test_a_lost_stick_loses_nothing(joined: Joined, tmp_path: Path) -> None:
    write(joined, tmp_path / "lost.zkb")
    joined.centre.apply(7)
    write(joined, tmp_path / "next.zkb")
    carried(joined, tmp_path / "next.zkb")
    read_bundle(joined.centre.store, tmp_path / "next.zkb")
    joined.same()


def test_a_hub_that_was_restored_comes_to_light_by_stick_too(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "bundle.zkb"
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.hub.forget(1, 5)
    joined.centre.apply(7)
    write(joined, stick)
    carried(joined, stick)
    assert read_bundle(joined.centre.store, stick).problems == ("gap",)
    assert {one.what for one in joined.standing().stuck} == {"hub", "device:1"}
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.same()
    assert joined.standing().stuck == ()


def test_a_hub_that_has_forgotten_its_own_word_gets_it_back_by_stick(joined: Joined, tmp_path: Path) -> None:
    stick = tmp_path / "bundle.zkb"
    joined.hub.say(DecisionGiven("B1", bytes(32), True), DecisionGiven.Part("同意"))
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    said = joined.hub.own.seq
    word = joined.hub.own.bodies[-1]
    del joined.hub.own.bodies[-1], joined.hub.own.hashes[-1], joined.hub.own.parts[said]
    write(joined, stick)
    carried(joined, stick)
    assert read_bundle(joined.centre.store, stick).problems == ()
    assert joined.hub.own.bodies[-1] == word and said in joined.hub.own.parts
    assert joined.standing().stuck == ()


@pytest.fixture(scope="module")
def replied() -> Any:
    """A centre and the reply that waits for it."""
    with fresh_joined() as joined:
        stick = joined.centre.store.home.parent / "bundle.zkb"
        write(joined, stick)
        joined.hub.say(DecisionGiven("B1", bytes(32), True))
        carried(joined, stick)
        yield joined, stick.read_bytes()


def test_a_bundle_cut_at_any_of_200_points_is_refused_and_changes_nothing(replied: Any, tmp_path: Path) -> None:
    joined, data = replied
    head = joined.centre.store.head
    for number in range(200):
        assert _refusal(joined, data[: len(data) * number // 200], tmp_path) == "exchange.bundle_cut_off"
    assert joined.centre.store.head == head
    assert joined.standing().acknowledged == ()


@given(st.data())
@settings(max_examples=80)
def test_a_bundle_with_any_bit_turned_is_refused_and_changes_nothing(replied: Any, data: st.DataObject) -> None:
    joined, whole = replied
    at = data.draw(st.integers(0, len(whole) - 1))
    turned = bytearray(whole)
    turned[at] ^= 1 << data.draw(st.integers(0, 7))
    assert _refusal(joined, bytes(turned), joined.centre.store.home.parent) in TOLD_APART
    assert joined.standing().acknowledged == ()


def _refusal(joined: Joined, data: bytes, folder: Path) -> str:
    """The code with which a file is refused."""
    file = folder / "changed.zkb"
    file.write_bytes(data)
    with pytest.raises(AppError) as caught:
        read_bundle(joined.centre.store, file)
    assert caught.value.sentence != caught.value.code
    return caught.value.code


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.ENODEV])
@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "core.store.files.flush_folder"])
def test_a_stick_that_is_full_or_pulled_out_leaves_no_half_file(
    joined: Joined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, step: str
) -> None:
    stick = tmp_path / "bundle.zkb"
    stick.write_bytes(b"what stood there")

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, "test")

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        with pytest.raises(AppError) as caught:
            write(joined, stick)
    assert caught.value.exit_code == 3
    assert caught.value.code == ("exchange.stick_full" if code == errno.ENOSPC else "store.cannot_write")
    if step != "core.store.files.flush_folder":
        assert stick.read_bytes() == b"what stood there"
    assert not list(tmp_path.glob("*.part"))
    write(joined, stick)
    carried(joined, stick)
    read_bundle(joined.centre.store, stick)
    joined.same()


def test_what_reads_back_otherwise_does_not_count(
    joined: Joined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Path.read_bytes

    def forgetful(path: Path) -> bytes:
        data = honest(path)
        return data[:-1] if path.name.startswith("bundle.zkb") else data

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", forgetful)
        with refused("exchange.not_read_back", 3):
            write(joined, tmp_path / "bundle.zkb")
    assert not (tmp_path / "bundle.zkb").exists()


def test_two_hubs_keep_their_sticks_apart(joined: Joined, tmp_path: Path) -> None:
    with fresh_joined() as another:
        write(another, tmp_path / "theirs.zkb")
        carried(another, tmp_path / "theirs.zkb")
    with refused("exchange.bundle_other_hub"):
        read_bundle(joined.centre.store, tmp_path / "theirs.zkb")
