"""One round with the hub: greet, take down what it said, send up what it has not got, late parts, photos last.

Each step begins where the hub's own word says that it stands, so a round that is cut anywhere is simply begun again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec

from core.association.compact import encode_compact
from core.association.events import HUB
from core.association.receipts import Receipt, decode_receipts
from core.association.wire import SEGMENTS_TYPE
from core.certificates.issuers import take_in_hub_file
from core.errors import EnvironmentFailure, IntegrityFailure, Refused
from core.exchange import blob_post, keeping, outbox
from core.exchange.failures import LASTING, busy
from core.exchange.greeting import Greeted, greet
from core.exchange.link import HubSays, Wire
from core.exchange.outbox import Batch, MayNow, MayTravel, Pack
from core.exchange.pace import Pace, backoff
from core.store import THE_PROGRAM, Read, Store, Write
from core.store.events import Body
from core.store.queries import hash_at, journal_heads, own_centre, own_devices
from core.store.segments import cut, encode_segments

P = ParamSpec("P")

FIRST_LIMIT = 64
"""Entries of the first batch."""
LARGEST_LIMIT = 16384
LARGEST_OF_A_BRANCH = 2048
"""Entries of a forked device that are shown to the hub at once."""
QUICK_SECONDS = 5.0
"""While a batch takes less than this, the next is twice as large."""
MOST_FAILURES = 6
"""In a row, before a round gives up."""
MOST_UNHEARD = 2
"""Where the hub can't even be reached: whoever waits is told soon that there is no link."""
LONGEST_ASKED = 120.0
"""Seconds of a `Retry-After` that a round itself waits."""
OF_A_DEVICE = {
    "fork": "exchange.fork",
    "unknown_device": "exchange.unknown_device",
    "frozen": "exchange.frozen",
    "kinds": "exchange.kinds",
    "withdrawn": "exchange.withdrawn",
    "altered": "exchange.altered_on_the_way",
}
"""What the hub may have against one device's entries, and its sentence."""
BROKEN = frozenset({"exchange.fork", "exchange.hub_fork", "exchange.altered_on_the_way"})


@dataclass
class Done:
    """What a round has moved so far."""

    sent: int = 0
    """Entries that the hub has acknowledged."""
    received: int = 0
    """New entries of the hub."""
    receipts: int = 0
    parts: int = 0
    """Late parts."""
    blobs: int = 0
    alarms: list[str] = field(default_factory=list)
    """Codes of what people must know; their sentences stand in the list of troubles."""


class Round:
    """A round, run on a thread of its own; every write is a short one. `may_travel` is the house's."""

    def __init__(
        self,
        store: Store,
        wire: Wire,
        pace: Pace,
        may_travel: MayNow,
        *,
        blobs: bool = True,
        progress: Callable[[Done], None] = lambda done: None,
        changed: Callable[[frozenset[str]], None] = lambda kinds: None,
    ) -> None:
        self.done = Done()
        self._store, self._wire, self._pace, self._may_travel = store, wire, pace, may_travel
        self._with_blobs, self._progress, self._changed = blobs, progress, changed
        self._limit, self._failures = FIRST_LIMIT, 0
        self._heard = False
        self._plain = False
        """Whether the hub couldn't read the short form that it had said it reads: another hub behind the same name."""
        self._heads: dict[int, int] = {}
        self._without: dict[int, str] = {}
        """Devices that the hub takes nothing of, and why."""

    def run(self) -> Done:
        """Exchange until nothing is waiting. Links that break are tried again; at last: exit 3, and why."""
        while True:
            try:
                self._once()
            except EnvironmentFailure as problem:
                self._fail(problem, None)
            except HubSays as said:
                self._answer(said)
            except (Refused, IntegrityFailure) as problem:
                if not self._pace.cancelled and problem.code not in self.done.alarms:
                    self._alarm("link", problem.code, problem.values)
                raise
            else:
                self._write(keeping.heard, self._pace.at_ms(), self._without)
                return self.done

    def _once(self) -> None:
        greeted = greet(self._store, self._wire, self._pace)
        self._heard = True
        if greeted.other_past:
            raise self._other_past()
        self._stand(greeted)
        self._take_down()
        with self._store.read() as read:
            may = self._may_travel(read)
        pack = encode_compact if self._is_compact() else encode_segments
        self._send(lambda read: outbox.next_batch(read, self._heads, self._limit, may, self._without, pack))
        self._send(self._late(may, pack))
        if self._with_blobs:
            self._send_blobs()

    def _is_compact(self) -> bool:
        return self._wire.compact and not self._plain

    def _send_blobs(self) -> None:
        """Photos and works, the last of all. One that has to stay here is told and stops no other."""
        with self._store.read() as read:
            found = outbox.waiting_blobs(read, self._heads)
        stuck = None
        for name, path in found:
            self._pace.check()
            stays = blob_post.send(self._wire, self._pace, name, path, self._thrive)
            if stays is None:
                self._write(keeping.blobs_arrived, [name])
                self.done.blobs += 1
                self._progress(self.done)
            stuck = stuck or stays
        if stuck is not None:
            self._alarm("blobs", stuck, {})
        else:
            self._write(keeping.settle, "blobs")

    def _stand(self, greeted: Greeted) -> None:
        """Compare what the hub holds with what is here, and with what it has signed for."""
        with self._store.read() as read:
            own = own_devices(read)
            here = journal_heads(read)
            # Of devices that are not here it may name as many as it likes.
            said = {device: greeted.heads[device] for device in here if device in greeted.heads}
            forked = [
                device
                for device, (seq, head) in said.items()
                if seq and (mine := hash_at(read, device, seq)) is not None and mine != head
            ]
            signed, before = keeping.signed_for(read), outbox.hub_heads(read)
        self._heads = {device: seq for device, (seq, _) in said.items() if device != HUB}
        own_seq, own_here = self._heads.get(own[0], 0), here[own[0]].seq
        if own_seq > own_here:
            # An older copy of this machine, or one that went its own way.
            if self._show_branch(own[0], signed.get(own[0], 0)):
                raise IntegrityFailure("exchange.fork", device=own[0])
            self._alarm(f"device:{own[0]}", "exchange.rolled_back", {"held": own_seq, "here": own_here})
            raise IntegrityFailure("exchange.rolled_back", held=own_seq, here=own_here)
        for device in forked:
            if not self._show_branch(device, signed.get(device, 0)):
                self._alarm(f"device:{device}", "exchange.fork", {"device": device})
            self._without[device] = "exchange.fork"
        if own[0] in forked:
            raise IntegrityFailure("exchange.fork", device=own[0])
        for device in own[1:]:
            held, ours = self._heads.get(device, 0), here[device].seq
            if held > ours and held != before.get(device):
                # Told once, until somebody has seen to it: what was done after the backup is not here any more.
                self._alarm(f"gone:{device}", "exchange.gone_here", {"first": ours + 1, "last": held})
        lost = {device: seq for device, seq in signed.items() if self._heads.get(device, 0) < seq}
        self._write(keeping.hold, {**dict.fromkeys(signed, 0), **self._heads})
        if lost or greeted.hub_seq < greeted.our_hub_seq:
            self._hub_was_restored(greeted)
        elif "exchange.hub_restored" not in self.done.alarms:
            self._write(keeping.settle, "hub")

    def _show_branch(self, device: int, agreed: int) -> bool:
        """Let the hub keep what was signed here beside what it holds, and freeze the device; whether it is a fork.

        `agreed` is the last entry that it has signed for. Only the hub can tell people which certificate numbers are
        double. What it has seen already isn't sent again.
        """
        with self._store.read() as read:
            may, here = self._may_travel(read), journal_heads(read)[device].seq
            shown = keeping.branch_shown(read, f"device:{device}")
        if shown is not None and shown >= here:
            self.done.alarms.append("exchange.fork")
            return True
        after, is_fork = agreed, False
        while after < here:
            self._pace.check()
            with self._store.read() as read:
                segment = cut(read.connection, own_centre(read), device, after, may, LARGEST_OF_A_BRANCH)
            if segment is None:
                break
            try:
                self._wire.post("/v1/segments", encode_segments([segment]), SEGMENTS_TYPE)
            except HubSays as said:
                if said.code not in ("fork", "frozen"):
                    raise
                is_fork = True
            after = segment.last
        if is_fork:
            self._alarm(f"device:{device}", "exchange.fork", {"device": device, keeping.SHOWN: here})
        return is_fork

    def _other_past(self) -> IntegrityFailure:
        """Show the hub once what it said to this centre before it was restored, and say in words why nothing goes on.

        Only so it learns which leases it has forgotten, whose serials must not be given out again.
        """
        with self._store.read() as read:
            chain = outbox.hubs_own(read)
            here = journal_heads(read)[HUB].seq
            shown = keeping.branch_shown(read, "hub", "exchange.hub_fork")
        if chain is not None and (shown is None or shown < here):
            try:
                self._wire.post("/v1/segments", chain, SEGMENTS_TYPE)
            except HubSays as said:
                if said.code != "fork":
                    raise
        self._alarm("hub", "exchange.hub_fork", {keeping.SHOWN: here})
        return IntegrityFailure("exchange.hub_fork")

    def _hub_was_restored(self, greeted: Greeted) -> None:
        """It has forgotten what it had signed for: say so, give its own chain back, and send everything again."""
        self._alarm("hub", "exchange.hub_restored", {})
        with self._store.read() as read:
            again = outbox.everything_again(read, self._heads)
        self._write(keeping.remember, again)
        self._write(keeping.forget_blobs)
        after = greeted.hub_seq
        while True:
            with self._store.read() as read:
                chain = cut(read.connection, own_centre(read), HUB, after, lambda body: True, FIRST_LIMIT)
            if chain is None:
                return
            self._wire.post("/v1/segments", encode_segments([chain]), SEGMENTS_TYPE)
            after = chain.last

    def _take_down(self) -> None:
        """The hub's entries that are not here yet, piece by piece."""
        while True:
            with self._store.read() as read:
                head = journal_heads(read).get(HUB)
            after = head.seq if head else 0
            answer = self._wire.get(f"/v1/entries?after={after}")
            if answer.status == 204:
                return
            try:
                taken = take_in_hub_file(self._store, answer.body)
            except IntegrityFailure as problem:
                if problem.code != "segment.fork":
                    raise
                raise self._other_past() from None
            self._thrive()
            self.done.received += taken.entries
            self._changed(taken.kinds)
            self._progress(self.done)
            if not taken.entries:
                raise IntegrityFailure("exchange.not_the_wire")

    def _send(self, following: Callable[[Read], Batch | None]) -> None:
        """Send batch after batch, as large as the link is quick."""
        while True:
            self._pace.check()
            with self._store.read() as read:
                batch = following(read)
            if batch is None:
                return
            if batch.withheld or batch.blobs:
                self._write(keeping.remember, batch)
            began = self._pace.seconds()
            answer = self._wire.post("/v1/segments", batch.data, SEGMENTS_TYPE)
            self._acknowledged(batch, decode_receipts(answer.body))
            if self._pace.seconds() - began < QUICK_SECONDS and self._limit < LARGEST_LIMIT:
                self._limit *= 2

    def _late(self, may: MayTravel, pack: Pack) -> Callable[[Read], Batch | None]:
        """The batches of what may go now of what had to wait: found once, sent piece by piece."""
        waiting: list[Body] = []
        asked = False

        def following(read: Read) -> Batch | None:
            nonlocal waiting, asked
            if not asked:
                waiting, asked = outbox.late_parts(read, self._heads, may, self._without), True
            while waiting:
                some, waiting = waiting[: self._limit], waiting[self._limit :]
                batch, rest = outbox.parts_batch(read, some, pack)
                waiting = [*rest, *waiting]
                if batch is not None:
                    return batch
            return None

        return following

    def _acknowledged(self, batch: Batch, receipts: list[Receipt]) -> None:
        """Check the receipts of a batch and keep them. One that is not the hub's word on this chain: exit 4."""
        self._write(keeping.take_receipts, receipts, batch.parts)
        before = dict(self._heads)
        for one in receipts:
            # An older receipt takes nothing back: that a hub has lost entries it says when it is greeted.
            self._heads[one.device] = max(one.seq, self._heads.get(one.device, 0))
        held = {device: min(self._heads.get(device, 0), end) for device, end in batch.ends.items()}
        sent = sum(max(0, seq - before.get(device, 0)) for device, seq in held.items())
        # Of parts alone, whoever holds them says by a receipt that it holds their entries.
        if not receipts or (batch.ends and not sent):
            raise IntegrityFailure("exchange.not_the_wire")
        self._thrive()
        self.done.sent += sent
        self.done.receipts += len(receipts)
        self.done.parts += len(batch.parts) if not batch.ends else 0
        self._progress(self.done)

    def _write(self, command: Callable[Concatenate[Write, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        if kinds := self._store.write(THE_PROGRAM, command, *args, **kwargs).kinds:
            self._changed(kinds)

    def _thrive(self) -> None:
        self._failures = 0

    def _fail(self, problem: EnvironmentFailure, asked: float | None) -> None:
        """Wait before the next attempt, or give up and say why."""
        self._failures += 1
        self._limit = max(1, self._limit // 2)
        unreached = not self._heard and problem.code in ("exchange.no_link", "exchange.no_name")
        most = MOST_UNHEARD if unreached else MOST_FAILURES
        if problem.code in LASTING or self._failures >= most or (asked or 0) > LONGEST_ASKED:
            self._alarm("link", problem.code, problem.values)
            raise problem
        self._pace.wait(max(asked or 0.0, backoff(self._failures)))

    def _answer(self, said: HubSays) -> None:
        """What the hub refused: begin again where it stands, leave a device out, or stop."""
        device = said.number("device")
        with self._store.read() as read:
            own, here = own_devices(read)[0], journal_heads(read)
        if said.code in ("busy", "maintenance") or said.status in (429, 503):
            self._fail(busy(said.after), said.after)
        elif said.status == 401 or said.code in ("gap", "hub_behind", "blob_offset"):
            # What it holds is another than it said a moment ago: greet it again.
            self._fail(EnvironmentFailure("exchange.out_of_step"), None)
        elif said.code == "altered" and self._is_compact():
            self._plain = True
        elif said.status == 413:
            if self._limit == 1:
                raise self._stopped("link", "exchange.too_large")
            self._limit //= 2
        elif said.code in OF_A_DEVICE and device in here and device not in (own, HUB, *self._without):
            # What stops one device stops no other.
            self._without[device or 0] = OF_A_DEVICE[said.code]
            self._alarm(f"device:{device}", OF_A_DEVICE[said.code], {"device": device})
        elif said.code == "fork" and device == HUB:
            raise self._stopped("hub", "exchange.hub_fork")
        elif said.code in OF_A_DEVICE and device in (None, own):
            raise self._stopped(f"device:{own}", OF_A_DEVICE[said.code], own)
        elif said.status == 422:
            raise self._stopped("link", "exchange.altered_on_the_way")
        else:
            self._fail(EnvironmentFailure("exchange.hub_fault", status=said.status, code=said.code), said.after)

    def _stopped(self, what: str, code: str, device: int = 0) -> Refused | IntegrityFailure:
        self._alarm(what, code, {"device": device})
        kind = IntegrityFailure if code in BROKEN else Refused
        return kind(code, device=device)

    def _alarm(self, what: str, code: str, values: dict[str, object]) -> None:
        self.done.alarms.append(code)
        self._write(keeping.trouble, what, code, values, self._pace.at_ms())
