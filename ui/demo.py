"""The demonstration in the window: an invented centre in a temporary home, in the middle of its marking."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core.words import say
from ui import ops
from ui.dialogs.gate import Gate
from ui.dialogs.sign_in import SignInGate
from ui.main_window import MainWindow
from ui.widgets.basics import button, label
from ui.widgets.flow import Flow

SHOWN_ROLES = (
    "manager",
    "registrar",
    "reviewer",
    "examiner",
    "invigilator",
    "certificates",
    "supervisor",
    "auditor",
    "admin",
)
"""Their accounts are offered in this order."""
PIN = "246810"
"""Everybody's, and said where they sign in: a signature and a second person ask for it again."""
STEPS = 7
UNSCORED = 3
"""Candidates whose knowledge score is still to be entered."""


def demo_home() -> Path:
    """A new folder of its own for a demonstration."""
    return Path(tempfile.mkdtemp(prefix="zhikao-demo-")) / "home"


def begin_demo(window: MainWindow) -> None:
    """Make the centre while saying so, then offer its accounts at the sign-in. A home with a centre opens as it is."""
    if window.entrance.has_centre():
        window.begin()
        return
    gate = Gate(window.station, say("ui.demo.title"), say("ui.demo.words"), languages=False)
    window.show_gate(gate)
    made = ops.work(gate, make_demo, window.entrance.home).progress().describe(say("ui.demo.title"))
    made.on_done(partial(_offer, window)).on_ended(lambda: window.entrance.store or window.close()).start()


def make_demo(home: Path, progress: Callable[[int, int, str], None]) -> Any:
    """An evaluation up to the middle of its marking; blocks. Its store stays open. Cancelled between two steps."""
    from core.demo import evaluation as demo
    from core.demo.to_try import prepare

    def tell(sentence: str) -> None:
        progress(len(run.seconds) if run else 0, STEPS, sentence)

    run: Any = None
    home.parent.mkdir(parents=True, exist_ok=True)
    size, level, seed = demo.SAMPLE_CANDIDATES, demo.SAMPLE_LEVEL, demo.SAMPLE_SEED
    run = demo.begin(home, secrets.token_hex(8), size, level, seed, tell, PIN)
    try:
        roster, photos = demo.roster_for(home.parent, size, level, seed)
        run.step("roster_taken", lambda: demo.take_roster(run, roster, photos))
        run.step("reviewed", lambda: demo.review(run))
        run.step("arranged", lambda: demo.arrange(run))
        run.step("knowledge", lambda: demo.examine_knowledge(run, home.parent, UNSCORED))
        run.step("marked", lambda: demo.mark(run, until=size // 4))
        run.step("prepared", lambda: prepare(run, size // 4, PIN))
    except BaseException:
        run.store.close()
        raise
    return run


def _offer(window: MainWindow, run: Any) -> None:
    window.entrance.store = run.store
    window.sign_in_extras = partial(_offer_accounts, run.cast.players)
    window.show_sign_in()


def _offer_accounts(everybody: Sequence[Any], gate: SignInGate) -> None:
    gate.body.addWidget(label(say("ui.demo.accounts"), "small"))
    chips = Flow()
    for role in SHOWN_ROLES:
        for player in everybody:
            if role in player.roles:
                words = f"{say(f'role.{role}')} {player.login}"
                chips.add(button(words, partial(_enter, gate, player.login, player.pin), "chip"))
    gate.body.addWidget(chips)
    gate.body.addWidget(label(say("ui.demo.pin", pin=PIN), "small", wrap=True))


def _enter(gate: SignInGate, login: str, pin: str) -> None:
    gate.account.setText(login)
    gate.pin.setText(pin)
    gate.confirm.click()
