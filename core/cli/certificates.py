"""`certificates lease|issue|list|void|ask-revoke|settle|collect|template|blanks`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from core.batches.queries import batch_named
from core.certificates import commands
from core.certificates.handing_commands import record_collected
from core.certificates.needs import Lack, usable, what_is_missing
from core.certificates.print_commands import settle_up_to
from core.certificates.print_job import settle_on_paper
from core.certificates.standing import CertificateLine, certificate_named, certificates, runs, sheets
from core.certificates.templates import adopt_template
from core.cli import blanks
from core.cli.frame import Answer, Call, Noun, read_bytes_argument
from core.cli.session import acting
from core.clock import today
from core.errors import BadUsage, Refused
from core.scoring.readers import check_sees_results
from core.store import Actors, Id, Store
from core.words import say

PROGRESS_EVERY = 100
KINDS = ("certificate", "notice")


def register(noun: Noun) -> None:
    issue = noun.verb("issue", run_issue)
    issue.add_argument("--batch", required=True)
    issue.add_argument("--out", metavar="FILE", type=Path)
    issue.add_argument("--each", metavar="DIR", type=Path)
    issue.add_argument("--kind", choices=KINDS)
    issue.add_argument("--reason", default="")
    noun.verb("lease", run_lease).add_argument("file")
    noun.verb("list", run_list).add_argument("--batch", required=True)
    for verb, handler in (("void", run_void), ("ask-revoke", run_ask_revoke)):
        parser = noun.verb(verb, handler)
        parser.add_argument("number")
        parser.add_argument("--reason", required=True)
    settle = noun.verb("settle", run_settle)
    settle.add_argument("--batch", required=True)
    settle.add_argument("--up-to", metavar="NUMBER")
    settle.add_argument("--all", action="store_true")
    settle.add_argument("--none", action="store_true")
    settle.add_argument("--paper", metavar="SERIAL")
    collect = noun.verb("collect", run_collect)
    collect.add_argument("number")
    collect.add_argument("--proxy", metavar="WHO")
    noun.verb("template", run_template).add_argument("file")
    blanks.register(noun)


def run_issue(call: Call) -> Answer:
    """Issue a confirmed batch's certificates; while something is missing for these, provisional notices."""
    given = call.args
    if (given.out is None) == (given.each is None):
        raise BadUsage("certificates.where_to")
    with acting(call) as (store, actors):
        with store.read() as read:
            batch = batch_named(read, given.batch).id
            lacks = what_is_missing(read, batch)
        kind = given.kind or ("notice" if lacks else "certificate")
        if kind == "certificate":
            return _certificates(call, store, actors, batch)
        if given.each is not None:
            raise BadUsage("certificates.each_is_for_certificates")
        return _notices(call, store, actors, batch, lacks)


def _certificates(call: Call, store: Store, actors: Actors, batch: Id) -> Answer:
    from core.certificates.files import issue_and_write_certificates

    given = call.args
    filed = issue_and_write_certificates(
        store, actors, batch, given.out, given.each, given.reason, progress=_progress(call)
    )
    data = {
        "issued": filed.numbers,
        "kind": "certificate",
        "file": str(given.out or given.each),
        "files": [str(file) for file in filed.files],
        "left_out": filed.left_out,
    }
    text = say("certificates.issued_to_file", count=len(filed.numbers), file=given.out or given.each)
    return Answer(data, text + (say("certificates.left_out", count=filed.left_out) if filed.left_out else ""))


def _notices(call: Call, store: Store, actors: Actors, batch: Id, lacks: Sequence[Lack]) -> Answer:
    from core.certificates.notices import issue_and_write

    numbers = issue_and_write(store, actors, batch, call.args.out, _progress(call))
    missing = [lack.what for lack in lacks]
    data = {"issued": numbers, "kind": "notice", "file": str(call.args.out), "missing": missing}
    written = say("certificates.notices_written", count=len(numbers), file=call.args.out)
    why = [say("certificates.not_yet"), *(lack.sentence for lack in lacks)] if lacks else []
    return Answer(data, "\n".join([written, *why]))


def run_lease(call: Call) -> Answer:
    """Take in a file of the association; what this machine's newest lease of this year allows."""
    from core.certificates.issuers import take_in_hub_file

    data = read_bytes_argument(call.args.file)
    with acting(call) as (store, _):
        take_in_hub_file(store, data)
        year = today().year
        with store.read() as read:
            found = usable(read, year)
        device = store.device
    newest = found[-1].lease if found else None
    left = sum(one.left for one in found)
    answer = {
        "from": newest.first if newest else None,
        "to": newest.last if newest else None,
        "left": left,
        "year": year,
        "leases": [{"from": one.lease.first, "to": one.lease.last, "left": one.left} for one in found],
    }
    if newest is None:
        return Answer(answer, say("certificates.no_own_lease", device=device, year=year))
    return Answer(answer, say("certificates.lease_taken", start=newest.first, end=newest.last, left=left))


def run_list(call: Call) -> Answer:
    """Every certificate of a batch and how it stands."""
    with acting(call) as (store, actors), store.read(actors.first) as read:
        check_sees_results(read)
        found = certificates(read, batch_named(read, call.args.batch).id)
    text = "\n".join(
        f"{line.number}\t{line.candidate_number}\t{say(f'certificate_state.{line.state}')}" for line in found
    )
    return Answer({"certificates": [_line(line) for line in found]}, text)


def run_void(call: Call) -> Answer:
    """Void a certificate that has not been handed out."""
    with acting(call) as (store, actors):
        line = _named(store, call.args.number)
        store.write(actors, commands.void_certificate, line.id, call.args.reason)
        return Answer(_line(_named(store, line.number)), say("certificates.voided", number=line.number))


def run_ask_revoke(call: Call) -> Answer:
    """Ask the association to revoke a certificate."""
    with acting(call) as (store, actors):
        line = _named(store, call.args.number)
        store.write(actors, commands.ask_revocation, line.id, call.args.reason)
        return Answer(_line(_named(store, line.number)), say("certificates.asked", number=line.number))


def run_settle(call: Call) -> Answer:
    """Say what came out of every doubtful run of a batch; `--paper`: of one, on numbered paper from this serial on."""
    given = call.args
    if [given.up_to is not None, given.all, given.none].count(True) != 1 or (given.none and given.paper is not None):
        raise BadUsage("certificates.settle_how")
    printed = unprinted = 0
    with acting(call) as (store, actors):
        with store.read() as read:
            batch = batch_named(read, given.batch).id
            doubtful = {
                run.id: [sheet.certificate for sheet in sheets(read, run.id)]
                for run in runs(read, batch)
                if run.doubtful
            }
            last = certificate_named(read, given.up_to).id if given.up_to is not None else None
        if not doubtful:
            raise Refused("certificates.nothing_doubtful")
        if last is not None:
            doubtful = {run: ids for run, ids in doubtful.items() if last in ids}
            if not doubtful:
                raise Refused("certificates.not_in_run", number=given.up_to[:40])
        if given.paper is not None and len(doubtful) > 1:
            raise Refused("certificates.settle_one_run", count=len(doubtful))
        for run, ids in doubtful.items():
            good = ids[-1] if given.all else last
            if given.paper is not None:
                found = store.write(actors, settle_on_paper, run, good, given.paper).value
            else:
                found = store.write(actors, settle_up_to, run, good).value
            printed, unprinted = printed + found[0], unprinted + found[1]
    return Answer(
        {"printed": printed, "unprinted": unprinted},
        say("certificates.settled", printed=printed, unprinted=unprinted),
    )


def run_collect(call: Call) -> Answer:
    """Record that a certificate was handed out, by proxy if somebody is named."""
    with acting(call) as (store, actors):
        line = _named(store, call.args.number)
        store.write(actors, record_collected, line.id, call.args.proxy is not None, call.args.proxy or "")
        return Answer(_line(_named(store, line.number)), say("certificates.collected", number=line.number))


def run_template(call: Call) -> Answer:
    """Adopt the template that certificates are printed by."""
    data = read_bytes_argument(call.args.file)
    with acting(call) as (store, actors):
        id = store.write(actors, adopt_template, data).value
    return Answer({"template": id}, say("certificates.template_adopted"))


def _named(store: Store, number: str) -> CertificateLine:
    with store.read() as read:
        return certificate_named(read, number)


def _line(line: CertificateLine) -> dict[str, object]:
    return {
        "number": line.number,
        "candidate_number": line.candidate_number,
        "name": line.name,
        "name_differs": line.name_differs,
        "issued": line.issued.isoformat(),
        "state": str(line.state),
        "revocation_asked": line.asked,
        "copies": line.copies,
        "reissues": line.reissues,
        "serial": line.serial,
    }


def _progress(call: Call) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done % PROGRESS_EVERY == 0:
            call.progress(say("certificates.writing", done=done))

    return tell
