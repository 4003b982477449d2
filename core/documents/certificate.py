"""证书, the certificates themselves: one sheet a candidate, by a template, as many as there are (10.4).

What a sheet says is handed in, word for word as it was signed; nothing is looked up or worked out here. A sheet that
can't be printed as it should stops the print under its number, before anything of the file is kept.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from core.documents.calibration import calibration_page, corrected
from core.documents.certificate_drawing import Drawing
from core.documents.certificate_page import EXACT, CertificatePage, Fit, Layer
from core.documents.layout import both, document, guarded, sheets
from core.errors import AppError, Refused

if TYPE_CHECKING:
    from core.documents.layout import Pen
    from core.documents.template_shape import Template

__all__ = [
    "CertificatePage",
    "Fit",
    "Layer",
    "calibration_page",
    "certificate_pdf",
    "corrected",
    "write_certificates",
    "write_each",
]


def write_certificates(
    target: Path,
    pages: Iterable[CertificatePage],
    template: Template,
    *,
    layer: Layer = Layer.WHOLE,
    fit: Fit = EXACT,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write one PDF with a sheet for each certificate; how many.

    `progress` hears how many are done. When `cancelled` says so the print stops with `documents.cancelled` and
    `target` is as it was. `template.no_glyph` and `template.sheet` say which number can't be printed, and why.
    """
    done = 0
    with document(target, _title(), (template.paper.width, template.paper.height)) as pen:
        draw = _drawing(pen, template, layer, fit)
        for page in pages:
            if cancelled():
                raise Refused("documents.cancelled")
            draw(page)
            done += 1
            progress(done)
        if not done:
            raise Refused("documents.nothing_to_print")
    return done


def write_each(
    folder: Path,
    pages: Iterable[CertificatePage],
    template: Template,
    name_of: Callable[[CertificatePage], str],
    *,
    layer: Layer = Layer.WHOLE,
    fit: Fit = EXACT,
    progress: Callable[[int], None] = lambda done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Path]:
    """Write one PDF a certificate into `folder`, under the names that `name_of` gives (no person's name: a number).

    All or none: the files appear when the last one is written. Refused like `write_certificates`.
    """
    written: dict[str, Path] = {}
    with guarded(folder):
        folder.mkdir(parents=True, exist_ok=True)
        beside = tempfile.TemporaryDirectory(dir=folder, prefix=".certificates-", ignore_cleanup_errors=True)
    with beside as near:
        for page in pages:
            if cancelled():
                raise Refused("documents.cancelled")
            name = name_of(page)
            if name in written or Path(name).name != name:
                raise ValueError("names of files must be plain and differ")
            write_certificates(Path(near, name), [page], template, layer=layer, fit=fit)
            written[name] = folder / name
            progress(len(written))
        if not written:
            raise Refused("documents.nothing_to_print")
        with guarded(folder):
            for name, path in written.items():
                Path(near, name).replace(path)
    return list(written.values())


def certificate_pdf(
    page: CertificatePage,
    template: Template,
    *,
    layer: Layer = Layer.WHOLE,
    fit: Fit = EXACT,
) -> bytes:
    """One certificate as a PDF, for a preview and for a sheet of the print queue. Refused like `write_certificates`."""
    out = io.BytesIO()
    pen = sheets(out, _title(), (template.paper.width, template.paper.height))
    _drawing(pen, template, layer, fit)(page)
    pen.done()
    return out.getvalue()


def _title() -> str:
    return both("template.document")[0]


def _drawing(pen: Pen, template: Template, layer: Layer, fit: Fit) -> Callable[[CertificatePage], None]:
    """What draws one sheet, and says which number it was if it can't."""
    drawing = Drawing(pen, template, layer)

    def draw(page: CertificatePage) -> None:
        try:
            fit.apply(pen)
            drawing.draw(page)
        except AppError as problem:
            if problem.code == "documents.no_glyph":
                raise Refused("template.no_glyph", number=page.number, problem=problem.sentence) from problem
            if isinstance(problem, Refused):
                raise Refused("template.sheet", number=page.number, problem=problem.sentence) from problem
            raise
        pen.next_sheet()

    return draw
