"""Printing from the window: the system's own way where it follows a sheet to the paper, Qt's where it doesn't."""

from __future__ import annotations

from core.printing.cups import Cups
from core.printing.spooler import Spooler


def spooler() -> Spooler:
    """How this machine prints: CUPS where its commands are, otherwise Qt."""
    if Cups.is_here():
        return Cups()
    from ui.printing.qt_printer import QtSpooler

    return QtSpooler()
