"""What was set for a printer is kept on this machine, and nothing out of reason is."""

from __future__ import annotations

import pytest

from core.certificates.printers import PrinterSetup, keep_printer_setup, printer_setup
from tests.rooms import Centre, refused


def test_each_printer_keeps_its_own_setup(centre: Centre) -> None:
    mine = PrinterSetup(dx=-120, dy=35, scale_x=10_040, scale_y=9_990, overprint=True, numbered=True, tray="Manual")
    centre.act("C1", keep_printer_setup, "测试打印机", mine)
    assert centre.ask(printer_setup, "测试打印机") == mine
    assert centre.ask(printer_setup, "P") == PrinterSetup()
    centre.act("C1", keep_printer_setup, "测试打印机", PrinterSetup())
    assert centre.ask(printer_setup, "测试打印机") == PrinterSetup()
    assert (mine.fit.dx_mm, mine.fit.scale_y) == (-120, 9_990)
    centre.holds()


@pytest.mark.parametrize("wrong", [{"dx": 5_001}, {"dy": -5_001}, {"scale_x": 8_999}, {"scale_y": 11_001}])
def test_what_no_printer_is_off_by_is_refused(centre: Centre, wrong: dict[str, int]) -> None:
    with refused("certs.setup_out_of_range"):
        centre.act("C1", keep_printer_setup, "P", PrinterSetup(**wrong))
    assert centre.ask(printer_setup, "P") == PrinterSetup()
