"""`hub serve|enrol-code|courier|rebuild`: the association's server, and what goes with exchange."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.frame import Answer, Call, Noun, read_bytes_argument, secret
from core.cli.hub_frame import DATABASE, hub_home, opened
from core.clock import china_time
from core.errors import BadUsage, EnvironmentFailure
from core.words import say

if TYPE_CHECKING:
    from core.hub.serving import Serving

MOST_WORKERS = 64


def register(noun: Noun) -> None:
    """The verbs and their arguments."""
    serve = noun.verb("serve", run_serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8443)
    serve.add_argument("--workers", type=int, default=1)
    serve.add_argument("--certificate", type=Path, metavar="FILE")
    serve.add_argument("--key", type=Path, metavar="FILE")
    code = noun.verb("enrol-code", run_enrol_code)
    code.add_argument("--centre", required=True)
    code.add_argument("--name", default="")
    code.add_argument("--days", type=int)
    courier = noun.verb("courier", run_courier)
    courier.add_argument("file", metavar="FILE")
    courier.add_argument("--out", type=Path, required=True)
    noun.verb("rebuild", run_rebuild).add_argument("--centre")


def run_serve(call: Call) -> Answer:
    """Serve until told to stop."""
    from core.hub.hub import open_hub

    try:
        from core.hub.serving import HOME, PASSPHRASE, listen, serve
    except ModuleNotFoundError:
        raise EnvironmentFailure("hub.server_missing") from None

    serving = _serving(call)
    passphrase = secret(PASSPHRASE, "hub.ask_passphrase")
    home, url = hub_home(call), os.environ.get(DATABASE) or ""
    with open_hub(home, passphrase, url or None) as hub, listen(serving) as listening:
        scheme, port = "https" if serving.certificate else "http", listening.getsockname()[1]
        address = f"{scheme}://{f'[{serving.host}]' if ':' in serving.host else serving.host}:{port}"
        call.progress(say("hub.serving", address=address, name=hub.keys.name, workers=serving.workers))
        if not serving.is_private:
            call.progress(say("hub.serving_plain"))
        serve(serving, listening, hub, {HOME: str(home), PASSPHRASE: passphrase, DATABASE: url})
    return Answer({"address": address, "workers": serving.workers}, say("hub.served"))


def _serving(call: Call) -> Serving:
    from core.hub.serving import Serving

    given = call.args
    if not 1 <= given.workers <= MOST_WORKERS:
        raise BadUsage("hub.bad_workers", most=MOST_WORKERS)
    if (given.certificate is None) != (given.key is None):
        raise BadUsage("hub.certificate_and_key")
    for file in (given.certificate, given.key):
        if file is not None:
            read_bytes_argument(str(file))
    return Serving(given.host, given.port, given.workers, given.certificate, given.key)


def run_enrol_code(call: Call) -> Answer:
    """A one-time code with which a centre enrols over the net."""
    from core.hub import enrolling

    given = call.args
    with opened(call) as hub:
        days = enrolling.USUAL_DAYS if given.days is None else given.days
        code = hub.act(enrolling.make_code, given.centre, given.name, days)
    until = china_time(code.until)
    data = {"centre": given.centre, "code": code.text, "until": until.isoformat(timespec="seconds")}
    return Answer(data, say("hub.code_made", **{**data, "until": f"{until:%Y-%m-%d %H:%M}"}))


def run_courier(call: Call) -> Answer:
    """Take a centre's bundle in and write the reply for the same stick."""
    from core.hub.couriering import receive
    from core.hub.hub import check_target
    from core.store.files import write_whole

    given = call.args
    check_target(given.out)
    bundle = read_bytes_argument(given.file)
    with opened(call) as hub:
        reply = receive(hub, bundle)
        write_whole(given.out, reply.data)
    data = {
        "centre": reply.centre,
        "device": reply.device,
        "number": reply.number,
        "receipts": reply.receipts,
        "blobs": reply.blobs,
        "problems": [{"code": one.code, "device": one.device, "held": one.held} for one in reply.problems],
        "file": str(given.out),
    }
    lines = [say("hub.courier_done", **{**data, "problems": len(reply.problems)})]
    lines += [
        say("hub.courier_problem", device=one.device, problem=say(f"hub.problem_{one.code}")) for one in reply.problems
    ]
    return Answer(data, "\n".join(lines))


def run_rebuild(call: Call) -> Answer:
    """Work the tables of one centre, or of all, out of their chains again."""
    from core.hub.senders import known_centres

    with opened(call) as hub:
        with hub.look() as ledger:
            known = known_centres(ledger, call.args.centre)
        entries = {centre: hub.rebuild(centre) for centre in known}
    data = {"centres": entries}
    return Answer(data, say("hub.rebuilt", count=len(entries)))


def describe(centre: dict[str, Any]) -> Iterator[str]:
    """What came of a centre and what is wrong with it, in lines."""
    still = dict[str, list[str]]()  # both certificates of one number are one incident to people
    for one in centre["incidents"]:
        if one.get("settled") is None:
            still.setdefault(say(f"hub.incident_{one['kind']}", **one), []).append(one["at"])
    yield say(
        "hub.status_more",
        centre=centre["centre"],
        heard=centre["heard"] or say("hub.never"),
        entries=sum(one["entries"] for one in centre["chains"]),
        applications=centre["applications"],
        results=centre["results"],
        certificates=centre["certificates"],
        incidents=len(still),
    )
    last = {one["batch"]: one for one in centre["confirmed"]}
    for one in last.values():
        if one["approved"] is None:
            yield say("hub.to_decide", centre=centre["centre"], batch=one["no"] or one["batch"], results=one["results"])
    for what, times in still.items():
        yield say("hub.incident_line", centre=centre["centre"], what=what, times=", ".join(times))
