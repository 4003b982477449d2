"""`hub init|admit|authorise|decide|lease|revoke|withdraw|pack|lists|status|file`: the association's side over files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.association.fingerprint import fingerprint
from core.cli import hub_keeping, hub_online
from core.cli.frame import Answer, Call, Noun, new_secret, read_bytes_argument
from core.cli.hub_frame import DATABASE, hub_home, opened
from core.cli.hub_online import describe
from core.clock import CHINA, today
from core.errors import BadUsage
from core.words import say

if TYPE_CHECKING:
    from core.hub.hub import Hub

LISTS_DAYS = 30
_HOLDS = {True: "holds", False: "differs", None: "waits"}


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    init = noun.verb("init", run_init)
    init.add_argument("--name")
    init.add_argument("--partitions", type=int)
    admit = noun.verb("admit", run_admit)
    admit.add_argument("file", metavar="FILE")
    admit.add_argument("--out", type=Path, required=True)
    admit.add_argument("--only", action="append", default=[], metavar="NOUN")
    authorise = noun.verb("authorise", run_authorise)
    _for_centre(authorise)
    authorise.add_argument("--standard", required=True)
    authorise.add_argument("--until", required=True, type=_day)
    authorise.add_argument("--from", dest="first_day", type=_day)
    authorise.add_argument("--level", action="append", default=[])
    authorise.add_argument("--number", default="01")
    authorise.add_argument("--pattern")
    authorise.add_argument("--device", type=int)
    decide = noun.verb("decide", run_decide)
    _for_centre(decide)
    decide.add_argument("--batch", required=True)
    decide.add_argument("--results", required=True)
    decide.add_argument("--refuse", action="store_true")
    decide.add_argument("--reason", default="")
    lease = noun.verb("lease", run_lease)
    _for_centre(lease)
    lease.add_argument("--device", type=int, required=True)
    lease.add_argument("--from", dest="first", type=int, required=True)
    lease.add_argument("--to", dest="last", type=int, required=True)
    lease.add_argument("--year", type=int)
    revoke = noun.verb("revoke", run_revoke)
    revoke.add_argument("number", metavar="NUMBER")
    revoke.add_argument("--reason", default="")
    revoke.add_argument("--out", type=Path)
    withdraw = noun.verb("withdraw", run_withdraw)
    _for_centre(withdraw)
    withdraw.add_argument("--device", type=int)
    withdraw.add_argument("--standard")
    withdraw.add_argument("--reason", default="")
    lists = noun.verb("lists", run_lists)
    lists.add_argument("--out", type=Path, required=True)
    lists.add_argument("--days", type=int, default=LISTS_DAYS)
    lists.add_argument("--centre")
    pack = noun.verb("pack", run_pack)
    pack.add_argument("file", metavar="FILE")
    pack.add_argument("--centre")
    pack.add_argument("--out", type=Path)
    noun.verb("status", run_status).add_argument("--centre")
    _for_centre(noun.verb("file", run_file))
    hub_online.register(noun)
    hub_keeping.register(noun)


def _for_centre(parser: Any) -> None:
    parser.add_argument("--centre", required=True)
    parser.add_argument("--out", type=Path, required=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(say("hub.bad_day", given=text[:40])) from None


def run_init(call: Call) -> Answer:
    """Make the association's keys and its database; the recovery code is shown this once."""
    from core.hub.hub import make_hub
    from core.store import new_recovery_code

    passphrase = new_secret("ZHIKAO_PASSPHRASE", "hub.ask_passphrase")
    home, url = hub_home(call), os.environ.get(DATABASE) or None
    name, code = call.args.name or say("hub.usual_name"), new_recovery_code()
    hub = make_hub(home, name, passphrase, url, call.args.partitions, code)
    hub.close()
    data = {
        "name": hub.keys.name,
        "fingerprint": fingerprint(hub.keys.public),
        "key": hub.keys.public.hex(),
        "courier_key": hub.keys.courier_public.hex(),
        "home": str(home),
        "recovery_code": code,
    }
    return Answer(data, say("hub.made", **data))


def run_admit(call: Call) -> Answer:
    """Enrol the device whose request the file is."""
    from core.association.requests import read_request
    from core.hub import acts
    from core.hub.status import status
    from core.hub.successions import claims

    request = read_bytes_argument(call.args.file)
    asked = read_request(request)
    with _speaking(call) as hub:
        entry = hub.act(acts.admit, request, call.args.only)
        hub.write_chain(asked.centre, call.args.out)
        with hub.look() as ledger:
            devices = status(ledger, asked.centre)[0]["devices"]
            before = claims(ledger, asked.centre, asked.device)
    data = {
        "centre": asked.centre,
        "name": asked.name,
        "device": asked.device,
        "enrolment": entry,
        "fingerprint": fingerprint(hub.keys.public),
        "devices": devices,
        "goes_on_from": [{"device": one.device, "seq": one.seq, "holds": one.holds} for one in before],
        "file": str(call.args.out),
    }
    lines = [say(f"hub.goes_on.{_HOLDS[one.holds]}", device=one.device, seq=one.seq) for one in before]
    return Answer(data, "\n".join([say("hub.admitted", **data), *lines]))


def run_authorise(call: Call) -> Answer:
    """Authorise a centre for a standard."""
    from core.certificates.numbers import DEFAULT_PATTERN
    from core.hub import acts

    given = call.args
    first, pattern = given.first_day or today(), given.pattern or DEFAULT_PATTERN
    with _speaking(call) as hub:
        entry = hub.act(
            acts.authorise,
            given.centre,
            given.standard,
            given.level,
            first,
            given.until,
            given.number,
            pattern,
            given.device,
        )
        hub.write_chain(given.centre, given.out)
    data = {
        "centre": given.centre,
        "authorisation": entry,
        "standard": given.standard,
        "levels": given.level,
        "from": first.isoformat(),
        "until": given.until.isoformat(),
        "number": given.centre + given.number,
        "pattern": pattern,
        "file": str(given.out),
    }
    return Answer(data, say("hub.authorised", **data))


def run_decide(call: Call) -> Answer:
    """Decide on a batch's results."""
    from core.hub import acts

    given = call.args
    with _speaking(call) as hub:
        entry = hub.act(acts.decide, given.centre, given.batch, given.results, not given.refuse, given.reason)
        hub.write_chain(given.centre, given.out)
    data = {
        "centre": given.centre,
        "decision": entry,
        "batch": given.batch,
        "results": "".join(given.results.replace("-", "").split()).lower(),
        "approved": not given.refuse,
        "file": str(given.out),
    }
    return Answer(data, say("hub.refused" if given.refuse else "hub.approved", **data))


def run_lease(call: Call) -> Answer:
    """Lease serials to a device of a centre."""
    from core.hub import acts

    given = call.args
    year = today().year if given.year is None else given.year
    with _speaking(call) as hub:
        entry = hub.act(acts.lease, given.centre, given.device, given.first, given.last, year)
        hub.write_chain(given.centre, given.out)
    data = {
        "centre": given.centre,
        "lease": entry,
        "device": given.device,
        "year": year,
        "from": given.first,
        "to": given.last,
        "count": given.last - given.first + 1,
        "file": str(given.out),
    }
    return Answer(data, say("hub.leased", **data))


def run_revoke(call: Call) -> Answer:
    """Revoke a certificate; verifying sees it from the next lists on."""
    from core.hub import acts

    given = call.args
    with _speaking(call) as hub:
        centre, index, new = hub.act(acts.revoke, given.number, given.reason)
        if given.out is not None:
            hub.write_chain(centre, given.out)
    data = {
        "number": given.number,
        "centre": centre,
        "index": index,
        "new": new,
        "file": str(given.out) if given.out is not None else None,
    }
    return Answer(data, say("hub.revoked" if new else "hub.revoked_before", **data))


def run_withdraw(call: Call) -> Answer:
    """Take nothing from a device any more, or end a centre's authorisation for a standard."""
    from core.hub import acts

    given = call.args
    if (given.device is None) == (given.standard is None):
        raise BadUsage("hub.device_or_standard")
    with _speaking(call) as hub:
        if given.device is not None:
            hub.act(acts.withdraw_device, given.centre, given.device, given.reason)
        else:
            hub.act(acts.withdraw_authorisation, given.centre, given.standard, given.reason)
        hub.write_chain(given.centre, given.out)
    data = {
        "centre": given.centre,
        "device": given.device,
        "standard": given.standard,
        "file": str(given.out),
    }
    return Answer(data, say("hub.device_withdrawn" if given.standard is None else "hub.authorisation_ended", **data))


def run_lists(call: Call) -> Answer:
    """Sign the lists of now: a file, and every centre is told them; or with `--centre` the chain of that one alone."""
    from core.certificates.lists import read_lists
    from core.hub import publishing, shelf
    from core.hub.hub import check_centre
    from core.store.files import write_whole

    given = call.args
    with _speaking(call) as hub:
        if given.centre is None:
            lists = hub.act(shelf.publish_lists, given.days)
            write_whole(given.out, lists)
        else:
            check_centre(hub, given.centre)
            lists = hub.act(publishing.publish, given.centre, given.days)
            hub.write_chain(given.centre, given.out)
        unheard = shelf.unheard(hub)
    found = read_lists(lists)
    data = {
        "centre": given.centre,
        "issuers": len(found.issuers),
        "revoked": sum(byte.bit_count() for byte in found.revocations.bits),
        "dated": found.dated.isoformat(timespec="seconds"),
        "until": found.revocations.until.isoformat(timespec="seconds"),
        "fingerprint": fingerprint(found.key),
        "unheard": unheard,
        "file": str(given.out),
    }
    text = say("hub.listed", **{**data, "until": found.revocations.until.astimezone(CHINA).date()})
    lines = [say("hub.lists_unheard", centres=" ".join(unheard))] if unheard else []
    return Answer(data, "\n".join([text, *lines]))


def run_pack(call: Call) -> Answer:
    """Publish a standard as data, to every centre that is enrolled or to one."""
    from core.hub.shelf import publish_pack

    given = call.args
    if given.out is not None and given.centre is None:
        raise BadUsage("hub.pack_out_of_one")
    content = read_bytes_argument(given.file)
    with _speaking(call) as hub:
        done = publish_pack(hub, content, Path(given.file).name, given.centre)
        if given.out is not None:
            hub.write_chain(given.centre, given.out)
    data = {
        "pack": done.pack.id,
        "edition": done.pack.standard.edition,
        "digest": done.pack.digest.hex(),
        "centres": done.centres,
        "behind": done.behind,
        "file": str(given.out) if given.out is not None else None,
    }
    lines = [say("hub.pack_published", **{**data, "count": len(done.centres)})]
    lines += [say("hub.pack_behind", centre=one) for one in done.behind]
    return Answer(data, "\n".join(lines))


def run_status(call: Call) -> Answer:
    """What the hub knows of its centres."""
    from core.hub.status import status

    with opened(call) as hub, hub.look() as ledger:
        centres = status(ledger, call.args.centre)
        data = {"name": hub.keys.name, "fingerprint": fingerprint(hub.keys.public), "centres": centres}
    lines = [
        say(
            "hub.status_line",
            centre=one["centre"],
            name=one["name"],
            devices=len([device for device in one["devices"] if device["withdrawn"] is None]),
            authorisations=len([each for each in one["authorisations"] if each["withdrawn"] is None]),
            decisions=len(one["decisions"]),
            serials=sum(each["to"] - each["from"] + 1 for each in one["leases"]),
            revoked=len(one["revoked"]),
        )
        for one in centres
    ]
    more = [line for one in centres for line in describe(one)]
    return Answer(data, "\n".join([say("hub.status", **data, count=len(centres)), *lines, *more]))


def run_file(call: Call) -> Answer:
    """Write once more what the hub has said to a centre."""
    with _speaking(call) as hub:
        hub.write_chain(call.args.centre, call.args.out)
    data = {"centre": call.args.centre, "file": str(call.args.out)}
    return Answer(data, say("hub.written", **data))


@contextmanager
def _speaking(call: Call) -> Iterator[Hub]:
    """The hub, once it is known that the file can be written that it will answer with."""
    from core.hub.hub import check_target

    if call.args.out is not None:
        check_target(call.args.out)
    with opened(call) as hub:
        yield hub
